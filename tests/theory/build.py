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
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.cohort.cohort import draw, layers_needed
from sim.engine.contract import Engine
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
        By id: the kind of care given and the beds.
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
    kinds = dict.fromkeys(kind for kind, _ in units.values())
    many, places = len(ids), len(areas)
    name = [f"area {a}" for a in range(places)]
    region = Region(
        name="theory",
        areas=Areas(name, name, np.asarray(areas) * DAYS_A_YEAR, np.zeros(places), np.zeros(places)),
        sites=Sites(ids, ids, np.zeros(many), np.zeros(many)),
        units=Units(
            id=ids, name=ids, site=np.arange(many), gives={kind: [units[u][0] == kind for u in ids] for kind in kinds},
            beds=[units[u][1] for u in ids], provider=ids, reported_volume=np.full(many, np.nan), reported_stay=np.full(many, np.nan),
        ),
        travel=Travel(np.zeros((places, many)) if minutes is None else minutes, np.zeros((many, many)), np.zeros(many, bool)),
        boundaries="none",
    )  # fmt: skip
    read = tuple(Group.read(group, lines) for group, lines in groups.items())
    return Service("theory", region, read, calendar=Calendar(MONDAY), demand=demand or Demand())


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
