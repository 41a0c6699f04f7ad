"""A service in a few lines, many replications of it, and its figures set against exact ones.

Everything goes the public way: Service -> draw -> route -> send -> engine -> records -> measures. Patients live in
areas of one admission a day, so that a group's patients an admission are its arrivals a day; units stand at sites of
their own with no travel to or between them, unless minutes are given.

A figure is a function of sums over replications (a share lost is patients lost over patients who asked), never a mean
of ratios, and its standard error is the jackknife over replications (Efron and Stein 1981, Annals of Statistics
9:586-596, doi 10.1214/aos/1176345462). Every comparison is logged: ``--log-cli-level=INFO`` prints it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from sim.cohort.cohort import draw, layers_needed
from sim.engine.contract import GAVE_UP, LOST, Engine
from sim.engine.engines import engine as engine_of
from sim.journeys.deadlock import refuse_deadlock
from sim.journeys.journeys import on_grid
from sim.journeys.routes import route
from sim.journeys.send import Sent, send
from sim.measures.outcomes import outcomes
from sim.measures.records import Records, Window, record
from sim.service.calendar import Calendar
from sim.service.demand import DAYS_A_YEAR, Demand
from sim.service.pathway import Group
from sim.service.places import Areas, Region, Sites, Travel, Units
from sim.service.service import Service
from tests.comparison import is_within, simulated_by

SEED = 1
"""The luck of every test of this folder."""

STANDARD_ERRORS = 4.0
"""How far an estimate may lie from the exact value."""

MONDAY = date(2026, 4, 6)
"""The first day of every run."""

log = logging.getLogger("theory")


# -- describing --------------------------------------------------------------------------------------------------------


def service(
    units: Mapping[str, tuple[str, int]],
    groups: Mapping[str, Mapping],
    areas=(1.0,),
    minutes=None,
    demand: Demand | None = None,
) -> Service:
    """A service of a few units.

    Parameters
    ----------
    units
        By id: the kinds of care given, as words, and the beds.
    groups
        By name: the lines of a group as a configuration has them; ``per_admission`` is patients a day where areas are
        left out.
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
            id=ids,
            name=ids,
            site=np.arange(many),
            gives={kind: [kind in units[u][0].split() for u in ids] for kind in kinds},
            beds=[units[u][1] for u in ids],
            provider=ids,
            reported_volume=np.full(many, np.nan),
            reported_stay=np.full(many, np.nan),
        ),
        travel=Travel(
            np.zeros((places, many)) if minutes is None else minutes, np.zeros((many, many)), np.zeros(many, bool)
        ),
        boundaries="none",
    )
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


# -- running -----------------------------------------------------------------------------------------------------------


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
        return float(
            np.diff(np.interp(edge, self.since, total), axis=1).sum()
            + (np.diff(spans - edge, axis=1) * is_so[-1]).sum()
        )


class Seen:
    """What one replication gave: its measures by name, and the records they are taken from.

    Sums are read from the trace, which is the quicker way, and in the first replication of every run are held against
    the measures of the program.
    """

    def __init__(self, records: Records, window: Window, is_first: bool):
        self.records, self.window, self.is_first = records, window, is_first
        self.trace = records.trace
        self.days = window.end - window.start

    @cached_property
    def measured(self) -> dict:
        """All measures of the replication."""
        return {(each.measure, each.by): (each.key, each.value) for each in outcomes(self.records, self.window)}

    def __call__(self, measure: str, key: str = "", by: str = "") -> float:
        """The value of a measure, for one unit where a key is given."""
        keys, value = self.measured[measure, by or ("unit" if key else "all")]
        return float(value[keys.index(key)])

    def per(self, measure: str, key: str = "", by: str = "") -> float:
        """A measure that counts a year, counted over the window."""
        return self(measure, key, by) * self.window.years

    def asks(self, kind: str) -> np.ndarray:
        """(M,) bool: steps that ask for a kind of care inside the window."""
        records = self.records
        of = records.service.kinds.index(kind)
        return (records.sent.journeys.stages.kind[records.stage] == of) & self.window.has(self.trace.requested)

    def same(self, value: float, measured: Callable[[], float]) -> float:
        """A sum read from the trace, in the first replication held against what the program measures."""
        if self.is_first:
            np.testing.assert_allclose(measured(), value, rtol=1e-9, atol=1e-9)
        return float(value)

    def waits(self, kind: str) -> dict[str, float]:
        """Requests for a kind of care, the sum of their waits in days (until they gave up), and those delayed."""
        trace, of = self.trace, np.flatnonzero(self.asks(kind))
        ended = np.where(np.isnan(trace.given[of]), trace.ended[self.records.patient[of]], trace.given[of])
        wait = ended - trace.requested[of]
        delayed = (wait > 0) | np.isnan(trace.given[of])
        count = len(of)
        if not count:
            return {"asked": 0, "wait": 0.0, "delayed": 0.0}
        return {
            "asked": count,
            "wait": self.same(wait.sum(), lambda: self("wait_hours_mean", kind, "kind") * count / 24),
            "delayed": self.same(delayed.sum(), lambda: self("wait_share_delayed", kind, "kind") * count),
        }

    def at(self, unit: str) -> np.ndarray:
        """(M,) bool: stays in a counted bed of a unit."""
        return self.records.counted & (self.trace.unit == self.records.service.unit_index(unit))

    def bed_days(self, unit: str) -> float:
        """Days of beds held at a unit inside the window."""
        of = self.at(unit)
        days = self.window.days(self.trace.given[of], self.trace.left[of]).sum()
        return self.same(days, lambda: self("occupied_beds_mean", unit) * self.days)

    def full_days(self, unit: str) -> float:
        """Days of the window in which all beds of a unit are held."""
        beds = int(self.records.service.units.beds[self.records.service.unit_index(unit)])
        return self.same(self.levels(unit)[beds:].sum(), lambda: self("time_full_share", unit) * self.days)

    def blocked_days(self, unit: str) -> float:
        """Days spent ready to leave but still in a bed of the unit."""
        of = self.at(unit) & ~np.isnan(self.trace.ready)
        days = self.window.days(self.trace.ready[of], self.trace.left[of]).sum()
        return self.same(days, lambda: self.per("delayed_transfer_bed_days_per_year", unit))

    def begun(self, unit: str) -> float:
        """Stays begun at a unit inside the window."""
        return self.same(
            (self.at(unit) & self.window.has(self.trace.given)).sum(), lambda: self.per("stays_per_year", unit)
        )

    def lost(self) -> float:
        """Patients who found no bed and did not wait, or gave up, inside the window."""
        lost = self.window.has(self.trace.ended) & np.isin(self.trace.end, (LOST, GAVE_UP))
        return self.same(lost.sum(), lambda: self.per("lost_per_year"))

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
        trace = self.trace
        of = self.at(unit) & ~np.isnan(trace.given)
        given, left = trace.given[of], trace.left[of]
        time = np.concatenate([[0.0], given, left[~np.isnan(left)]])
        step = np.concatenate([[0], np.ones(len(given), int), -np.ones(len(time) - 1 - len(given), int)])
        since, place = np.unique(time, return_inverse=True)
        return Held(since, np.cumsum(np.bincount(place, step).astype(int)))


def simulate(
    described: Service, size: Size, engine: Engine, take: Callable[[Seen], Mapping[str, float]]
) -> dict[str, np.ndarray]:
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
    simulated_by(engine)
    taken = []
    for each in sent(described, horizon, size.replications):
        taken.append(take(Seen(record(each, engine(each.journeys, horizon)), window, is_first=not taken)))
    return {name: np.array([each[name] for each in taken]) for name in taken[0]}


def relaxation(arrival: float, mean: float, beds: int, squared_cv: float = 1.0) -> float:
    """Days in which a queue forgets its start by a factor e.

    Of M/M/1, and of M/M/c at a high load (Karlin and McGregor 1958, Pacific Journal of Mathematics 8:87-118); for other
    laws scaled by the variability of stays, as in heavy traffic; at least one stay.
    """
    return max(mean, (1 + squared_cv) / 2 / (np.sqrt(beds / mean) - np.sqrt(arrival)) ** 2)


def sent(described: Service, days: float, replications: int) -> Iterator[Sent]:
    """The patients of each replication with their stays, before any engine."""
    routes, layers = route(described, days), layers_needed([described], days)
    for replication in range(replications):
        yield send(draw(described, SEED, replication, days, layers), routes)


# -- comparing ---------------------------------------------------------------------------------------------------------


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


def hold(
    found: Mapping[str, Estimate],
    exact: Mapping[str, float],
    relative: float | Mapping[str, float] | None,
    of: str = "",
) -> None:
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
        right = abs(exact[name])
        off = abs(value - exact[name])
        share = relative.get(name) if isinstance(relative, Mapping) else relative
        said = (
            f"{of} {name}: exact {exact[name]:.8g}, found {value:.8g}, standard error {error:.2g}, "
            f"{off / error if error else off:.2f} standard errors, {100 * off / right if right else off:.2f} %"
        )
        log.info(said)
        allowed, rule = STANDARD_ERRORS * error, f"{STANDARD_ERRORS:g} standard errors"
        if share is not None:
            allowed, rule = min(allowed, share * right), f"{rule} and {100 * share:g} %"
        if not is_within(of, name, exact[name], value, allowed, rule):
            wrong.append(said)
    assert not wrong, "\n".join(wrong)


# -- items -------------------------------------------------------------------------------------------------------------


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
    """Long enough for an error of 2 % to show (5 % for waits at a utilisation of 0.9 or more)."""

    def size(self, relaxing: float, a_day: float, full: float, brief: float = 60_000, cooldown: float = 0.0) -> Size:
        """The length and number of replications: 100, or more where these would be too long for the compiled engine.

        Parameters
        ----------
        relaxing
            Days in which the start is forgotten by a factor e; the warm-up is 10 of them (4 in a brief run).
        a_day
            Arrivals a day.
        full, brief
            How many patients are measured altogether.
        cooldown
            Days after those measured.
        """
        days = (full if self.is_full else brief) / a_day
        replications = 100 * int(np.ceil(days / 100 / LONGEST))
        return Size((10 if self.is_full else 4) * relaxing, days / replications, cooldown, replications)

    @property
    def simulate(self) -> Engine:
        """The engine."""
        return engine_of(self.engine)


LONGEST = 30_000
"""Days measured in one replication at most."""

BRIEF = Effort("reference", False)
FULL = Effort("compiled", True)


def cases(of: Mapping[str, Item], *brief: str) -> list:
    """Parameters (item, effort): every item in full and slowly, those named also briefly in the ordinary suite."""
    named = [pytest.param(of[name], BRIEF, id=f"{name}-brief") for name in brief]
    return named + [pytest.param(item, FULL, id=name, marks=pytest.mark.slow) for name, item in of.items()]


def tolerance(
    exact: Mapping[str, float], effort: Effort, utilisation: float = 0.0, waits: tuple[str, ...] = ()
) -> dict[str, float] | None:
    """The share by which each figure may be off: 2 %, and 5 % for waits at a utilisation of 0.9 or more.

    None in a brief run. Figures that are not among ``exact`` are held by their standard errors alone.
    """
    if not effort.is_full:
        return None
    return {name: 0.05 if name in waits and is_busy(utilisation) else 0.02 for name in exact}


def is_busy(utilisation: float) -> bool:
    """Whether waits may be 5 % off: a utilisation of 0.9 or more, which sums of decimals may miss by the last bit."""
    return utilisation >= 0.9 - 1e-9
