"""A service in a few lines, many replications of it, and its figures set against exact ones.

Everything goes the public way: Service -> draw -> route -> send -> engine -> records -> measures. Patients live in areas
of one admission a day, so that a group's patients an admission are its arrivals a day; units stand at sites of their own with
no travel between them, unless minutes are given.

A figure is a function of sums over replications (a share lost is patients lost over patients who asked), never a mean of
ratios, and its standard error is the jackknife over replications (Efron and Stein 1981, Annals of Statistics 9:586-596,
doi 10.1214/aos/1176345462).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from sim.cohort.cohort import draw, layers_needed
from sim.engine.contract import Engine
from sim.engine.engines import engine as engine_of
from sim.journeys.deadlock import refuse_deadlock
from sim.journeys.journeys import on_grid
from sim.journeys.routes import route
from sim.journeys.send import send
from sim.measures.outcomes import outcomes
from sim.measures.records import Records, Window, record
from sim.service.calendar import Calendar
from sim.service.demand import DAYS_A_YEAR, Demand
from sim.service.pathway import Group
from sim.service.places import Areas, Region, Sites, Travel, Units
from sim.service.service import Service

SEED = 1
"""The luck of every test of this folder."""

STANDARD_ERRORS = 4.0
"""How far an estimate may lie from the exact value."""

MONDAY = date(2026, 4, 6)
"""The first day of every run."""

log = logging.getLogger("theory")


# -- describing ---------------------------------------------------------------------------------------------------------


def service(
    units: Mapping[str, tuple[str, int]], groups: Mapping[str, Mapping], areas=(1.0,), minutes=None, demand: Demand | None = None
) -> Service:
    """A service of a few units.

    Parameters
    ----------
    units
        By id: the kinds of care given, as words, and the beds.
    groups
        By name: the lines of a group as a configuration has them; ``per_admission`` is patients a day where areas are left out.
    areas
        (A,) admissions a day of each area.
    minutes
        (A, U) minutes from areas to units; NaN where a unit cannot be reached. None for none.
    demand
        How demand varies; steady where not given.
    """
    ids = sorted(units)
    kinds = dict.fromkeys(kind for given, _ in units.values() for kind in given.split())
    many, places = len(ids), len(areas)
    name = [f"area {a}" for a in range(places)]
    region = Region(
        name="theory",
        areas=Areas(name, name, np.asarray(areas) * DAYS_A_YEAR, np.zeros(places), np.zeros(places)),
        sites=Sites(ids, ids, np.zeros(many), np.zeros(many)),
        units=Units(
            id=ids, name=ids, site=np.arange(many), gives={kind: [kind in units[u][0].split() for u in ids] for kind in kinds},
            beds=[units[u][1] for u in ids], provider=ids, reported_volume=np.full(many, np.nan), reported_stay=np.full(many, np.nan),
        ),
        travel=Travel(np.zeros((places, many)) if minutes is None else minutes, np.zeros((many, many)), np.zeros(many, bool)),
        boundaries="none",
    )  # fmt: skip
    read = tuple(Group.read(group, lines) for group, lines in groups.items())
    return Service("theory", region, read, calendar=Calendar(MONDAY), demand=demand or Demand())


def stage(kind: str, stay, **settings) -> dict:
    """The lines of a stage."""
    return {"kind": kind, "stay": stay, **settings}


def group(a_day: float, stages: Mapping[str, Mapping], **settings) -> dict:
    """The lines of a group with so many arrivals a day (or, with areas, so many patients an admission)."""
    return {"per_admission": a_day, "stages": stages, **settings}


def exponential(mean: float) -> dict:
    """The lines of an exponential law."""
    return {"law": "exponential", "mean": mean}


# -- running ------------------------------------------------------------------------------------------------------------


class Size(NamedTuple):
    """How much is simulated."""

    warmup: float
    """Days before anything is measured."""
    days: float
    """Days measured in each replication."""
    cooldown: float
    """Days simulated after those measured, so that every wait is seen to its end."""
    replications: int = 100


class Held(NamedTuple):
    """A step function of time."""

    since: np.ndarray
    """(N,) days from which each count holds, the first of them 0."""
    count: np.ndarray
    """(N,) beds held from then on."""

    def days(self, is_so: np.ndarray, spans: np.ndarray) -> float:
        """Days inside spans, (J, 2), in which something is so, (N,) bool."""
        total = np.concatenate([[0.0], np.cumsum(is_so[:-1] * np.diff(self.since))])
        edge = np.minimum(spans, self.since[-1])
        return float(np.diff(np.interp(edge, self.since, total), axis=1).sum() + (np.diff(spans - edge, axis=1) * is_so[-1]).sum())


class Seen:
    """What one replication gave: its measures by name, and the records they were taken from."""

    def __init__(self, records: Records, window: Window):
        self.records, self.window, self.trace = records, window, records.trace
        self.days = window.end - window.start
        self._value = {(each.measure, each.by): (each.key, each.value) for each in outcomes(records, window)}

    def __call__(self, measure: str, key: str = "", by: str = "") -> float:
        """The value of a measure, for one unit where a key is given."""
        keys, value = self._value[measure, by or ("unit" if key else "all")]
        return float(value[keys.index(key)])

    def per(self, measure: str, key: str = "", by: str = "") -> float:
        """A measure that counts a year, counted over the window."""
        return self(measure, key, by) * self.window.years

    def waits(self, kind: str) -> dict[str, float]:
        """Requests for a kind of care, and the sums of their waits in days and of those delayed."""
        count = float(self.asks(kind).sum())
        if not count:
            return {"asked": 0.0, "wait": 0.0, "delayed": 0.0}
        return {"asked": count, "wait": count * self("wait_hours_mean", kind, "kind") / 24,
                "delayed": count * self("wait_share_delayed", kind, "kind")}  # fmt: skip

    def each_wait(self, kind: str) -> np.ndarray:
        """(N,) days from asking to being given, of requests for a kind of care inside the window that were served."""
        of = self.asks(kind)
        return (self.trace.given - self.trace.requested)[of]

    def queue_days(self, kind: str) -> float:
        """Days spent waiting for a kind of care inside the window, by whoever waited in it."""
        records, trace = self.records, self.trace
        of = records.sent.journeys.stages.kind[records.stage] == records.service.kinds.index(kind)
        until = np.where(np.isnan(trace.given), trace.ended[records.patient], trace.given)
        return float(self.window.days(trace.requested[of], until[of]).sum())

    def levels(self, unit: str) -> np.ndarray:
        """(L,) days of the window in which so many beds are held at a unit."""
        held = self.held(unit)
        return np.bincount(held.count, self.window.days(held.since, np.append(held.since[1:], np.inf)))

    def held(self, unit: str) -> Held:
        """Beds held at a unit as a step function."""
        records, trace = self.records, self.trace
        of = records.counted & (trace.unit == records.service.unit_index(unit)) & ~np.isnan(trace.given)
        given, left = trace.given[of], trace.left[of]
        time = np.concatenate([[0.0], given, left[~np.isnan(left)]])
        step = np.concatenate([[0], np.ones(len(given), int), -np.ones(len(time) - 1 - len(given), int)])
        since, place = np.unique(time, return_inverse=True)
        return Held(since, np.cumsum(np.bincount(place, step).astype(int)))

    def asks(self, kind: str) -> np.ndarray:
        """(M,) bool: steps that ask for a kind of care inside the window."""
        records = self.records
        of = records.service.kinds.index(kind)
        return (records.sent.journeys.stages.kind[records.stage] == of) & self.window.has(self.trace.requested)


def simulate(described: Service, size: Size, engine: Engine, take: Callable[[Seen], Mapping[str, float]]) -> dict[str, np.ndarray]:
    """Run all replications.

    Parameters
    ----------
    take
        From what one replication gave to its sums, by name.

    Returns
    -------
    By name, (R,) sums.
    """
    start, end = float(on_grid(size.warmup)), float(on_grid(size.warmup + size.days))
    window, horizon = Window(start, end), end + float(on_grid(size.cooldown))
    refuse_deadlock(described, horizon)
    routes, layers = route(described, horizon), layers_needed([described], horizon)
    taken = []
    for replication in range(size.replications):
        sent = send(draw(described, SEED, replication, horizon, layers), routes)
        taken.append(take(Seen(record(sent, engine(sent.journeys, horizon)), window)))
    return {name: np.array([each[name] for each in taken]) for name in taken[0]}


def relaxation(arrival: float, mean: float, beds: int, squared_cv: float = 1.0) -> float:
    """Days in which a queue forgets its start by a factor e: exact for M/M/1, a bound for M/M/c (van Doorn 1985, Advances in
    Applied Probability 17:514-530), and scaled by the variability of stays as in heavy traffic for other laws."""
    return max(mean, (1 + squared_cv) / 2 / (np.sqrt(beds / mean) - np.sqrt(arrival)) ** 2)


# -- comparing ----------------------------------------------------------------------------------------------------------


class Estimate(NamedTuple):
    """A figure and its standard error."""

    value: float
    error: float


def estimate(sums: Mapping[str, np.ndarray], figures: Callable[[Mapping], Mapping[str, float]]) -> dict[str, Estimate]:
    """Figures of the sums over all replications, with the jackknife's bias taken off and its standard error."""
    count = len(next(iter(sums.values())))
    whole = figures({name: each.sum(axis=0) for name, each in sums.items()})
    without = figures({name: each.sum(axis=0) - each for name, each in sums.items()})
    made = {}
    for name, value in whole.items():
        part = np.broadcast_to(without[name], count)
        error = np.sqrt((count - 1) / count * ((part - part.mean()) ** 2).sum())
        made[name] = Estimate(float(count * value - (count - 1) * part.mean()), float(error))
    return made


def hold(found: Mapping[str, Estimate], exact: Mapping[str, float], relative: float | Mapping[str, float] | None, of: str = "") -> None:
    """Every estimate lies within four standard errors of its exact value and, where asked, within a share of it.

    Parameters
    ----------
    found, exact
        By figure; every figure found has an exact value.
    relative
        The share, for all figures or by figure; None for none.
    """
    wrong = []
    for name, (value, error) in found.items():
        off = abs(value - exact[name])
        share = relative.get(name) if isinstance(relative, Mapping) else relative
        said = f"{of} {name}: exact {exact[name]:.8g}, found {value:.8g}, standard error {error:.2g}"
        if not off <= STANDARD_ERRORS * error:
            wrong.append(f"{said}: {off / error if error else np.inf:.2f} standard errors off")
        elif share is not None and not off <= share * abs(exact[name]):
            wrong.append(f"{said}: {off / abs(exact[name]):.2%} off")
        log.info("%s, %.2f standard errors, %.2f %%%s", said, off / error if error else 0.0, 100 * off / abs(exact[name]) if exact[name] else 0.0,
                 ", WRONG" if wrong and wrong[-1].startswith(said) else "")  # fmt: skip
    assert not wrong, "\n".join(wrong)


# -- items --------------------------------------------------------------------------------------------------------------


class Item(NamedTuple):
    """One exact answer: what is solved, its parameters, and its figures."""

    id: str
    model: str
    params: Mapping[str, float]
    exact: Mapping[str, float]


def items(table: str, *starts: str) -> dict[str, Item]:
    """The items of a table, by id; only those whose id starts so, where starts are given."""
    found = json.loads((Path(__file__).parent / "data" / f"{table}.json").read_text("utf-8"))["items"]
    return {each["id"]: Item(**each) for each in found if not starts or each["id"].startswith(starts)}


class Effort(NamedTuple):
    """How hard an item is tried."""

    engine: str
    is_full: bool
    """Long enough for an error of 2 % (5 % for waits at a utilisation of 0.9 or more) to show, or only for 4 standard errors."""

    def size(self, relaxing: float, a_day: float, full: float, brief: float = 100_000, cooldown: float = 0.0) -> Size:
        """The length of 100 replications.

        Parameters
        ----------
        relaxing
            Days in which the start is forgotten by a factor e; the warm-up is 10 of them (6 in a brief run).
        a_day
            Arrivals a day.
        full, brief
            How many patients are measured altogether.
        cooldown
            Days after those measured.
        """
        patients = full if self.is_full else brief
        return Size((10 if self.is_full else 6) * relaxing, patients / a_day / 100, cooldown)

    @property
    def simulate(self) -> Engine:
        """The engine."""
        return engine_of(self.engine)


BRIEF = Effort("reference", False)
FULL = Effort("compiled", True)


def cases(of: Mapping[str, Item], *brief: str) -> list:
    """Parameters (item, effort): every item in full and slowly, those named also briefly in the ordinary suite."""
    named = [pytest.param(of[name], BRIEF, id=f"{name}-brief") for name in brief]
    return named + [pytest.param(item, FULL, id=name, marks=pytest.mark.slow) for name, item in of.items()]


def tolerance(exact: Mapping[str, float], effort: Effort, utilisation: float = 0.0, waits: tuple[str, ...] = ()) -> dict[str, float] | None:
    """The share by which each figure may be off: 2 %, and 5 % for waits at a utilisation of 0.9 or more; none in a brief run."""
    if not effort.is_full:
        return None
    return {name: 0.05 if name in waits and utilisation >= 0.9 - 1e-9 else 0.02 for name in exact}
