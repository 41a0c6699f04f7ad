"""Elective care with no luck in it: one theatre, patients who come at stated times, slots that come at stated times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from sim.engine.engines import engine as engine_of
from sim.journeys.routes import route
from sim.journeys.send import send
from sim.measures.records import Records, Window, record
from sim.service.pathway import Group
from sim.service.service import Service
from sim.service.slots import WeeklySlots
from tests.theory.build import service
from tests.two_towns import cohort

EVERY_DAY = tuple(range(12, 168, 24))
"""Noon of every day, as hours of the week."""


def theatre(a_week: float, beds: int = 50, stay: float = 1.0, groups: Mapping[str, Mapping] | None = None) -> Service:
    """A unit whose patients need a slot and a bed; slots come at noon, every day alike many."""
    stages = {"operation": {"kind": "theatre", "stay": stay, "slot": "theatre", "counts": "operation"}}
    groups = groups or {"elective": {"waiting_list": "referral"}}
    made = service({"unit": ("theatre", beds)}, {"any": {"per_admission": 1, "stages": stages}})
    read = tuple(Group.read(name, {"per_admission": 1, "stages": stages, **lines}) for name, lines in groups.items())
    return replace(made, groups=read, access_kind="theatre", slots=(WeeklySlots("unit", "theatre", a_week, EVERY_DAY),))


def records(made: Service, arrival, group_luck=None, horizon: float = 100.0, engine: str = "compiled") -> Records:
    """The records of patients who need care at stated times."""
    arrival = np.asarray(arrival, dtype=float)
    drawn = cohort(made, arrival, np.zeros(len(arrival)), group_luck, horizon)
    sent = send(drawn, route(made, horizon))
    return record(sent, engine_of(engine)(sent.journeys, horizon))


def a_day(count: int, days: int, at: float = 0.25) -> np.ndarray:
    """So many patients each morning."""
    return np.repeat(np.arange(days) + at, count)


MONTHS = Window(0.0, 86.0)
"""From Monday 6 April 2026 to the end of June."""
