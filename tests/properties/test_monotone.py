"""More beds, fewer patients or shorter stays never make anybody wait longer, where theory says so.

It says so where each patient asks one unit for one stay, first come, first served (Kiefer and Wolfowitz 1955, Transactions of
the American Mathematical Society 78:1, doi 10.1090/S0002-9947-1955-0066774-2): with the same luck nobody is then given a bed later.
It does not where stays follow one another in several units, or patients of another priority come in between: there a patient helped on
may come in the way of others, so that only the case of one stay is tried.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.journeys.journeys import Journeys
from tests.cases import Step, journeys, patient

BLOCK = 20
HORIZON = 400.0


def queues(seed: int) -> Journeys:
    """Patients of several areas, each with a unit of its own and a further one; some units are busy, many times are equal."""
    luck = np.random.default_rng(seed)
    units, count = int(luck.integers(1, 4)), int(luck.integers(20, 80))
    every = [
        patient(
            arrival,
            Step(stay=stay, rank=rank),
            area=rank,
        )
        for arrival, stay, rank in zip(
            np.sort(luck.integers(0, 160, count)) / 8, luck.integers(0, 40, count) / 8, luck.integers(0, units, count)
        )
    ]
    return journeys(
        *every,
        beds=luck.integers(1, 4, units),
        rank=[[u] for u in range(units)],
        home=luck.integers(0, 3, (units, units)) / 8,
    )


def later(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Who is given a bed later in the first."""
    return np.where(np.isnan(one), np.inf, one) > np.where(np.isnan(other), np.inf, other)


def mean_number_waiting(trace, horizon: float) -> float:
    """Over the run."""
    until = np.where(np.isnan(trace.given), horizon, trace.given)
    return float(np.nansum(until - trace.requested) / horizon)


@pytest.mark.parametrize("first", range(0, 60, BLOCK))
def test_more_beds_never_make_anybody_wait_longer(engine, first):
    for seed in range(first, first + BLOCK):
        case = queues(seed)
        luck = np.random.default_rng(seed)
        more = case.network.beds + luck.integers(0, 2, len(case.network.beds)).astype(np.int32)
        before = engine(case, HORIZON)
        after = engine(case._replace(network=case.network._replace(beds=more)), HORIZON)
        assert not later(after.given, before.given).any(), f"queues({seed})"
        assert mean_number_waiting(after, HORIZON) <= mean_number_waiting(before, HORIZON), f"queues({seed})"


@pytest.mark.parametrize("first", range(0, 60, BLOCK))
def test_without_some_patients_nobody_else_waits_longer(engine, first):
    for seed in range(first, first + BLOCK):
        case = queues(seed)
        stay = np.random.default_rng(seed).random(len(case.patients.number)) < 0.8
        before, after = engine(case, HORIZON), engine(only(case, stay), HORIZON)
        assert not later(after.given, before.given[stay]).any(), f"queues({seed})"


def only(case: Journeys, stay: np.ndarray) -> Journeys:
    """The patients who stay, with the numbers and the one step they have."""
    patients, steps = case.patients, case.steps
    return case._replace(
        patients=patients._replace(
            number=patients.number[stay],
            arrival=patients.arrival[stay],
            area=patients.area[stay],
            contact=patients.contact[stay],
            first=np.arange(stay.sum() + 1),
            start_unit=patients.start_unit[stay],
            start_in_bed=patients.start_in_bed[stay],
        ),
        steps=steps._replace(**{name: getattr(steps, name)[stay] for name in steps._fields if len(getattr(steps, name)) > 1}),
    )


@pytest.mark.parametrize("first", range(0, 60, BLOCK))
def test_shorter_stays_never_make_anybody_wait_longer(engine, first):
    for seed in range(first, first + BLOCK):
        case = queues(seed)
        shorter = case.steps.stay - np.minimum(case.steps.stay, np.random.default_rng(seed).integers(0, 5, len(case.steps.stay)) / 8)
        before = engine(case, HORIZON)
        after = engine(case._replace(steps=case.steps._replace(stay=shorter)), HORIZON)
        assert not later(after.given, before.given).any(), f"queues({seed})"


@pytest.mark.parametrize("first", range(0, 60, BLOCK))
def test_priorities_change_who_waits_but_not_when_a_bed_is_busy(engine, first):
    """Work is conserved: a single bed works off the same load in whatever order."""
    for seed in range(first, first + BLOCK):
        case = queues(seed)
        one_bed = case._replace(network=case.network._replace(beds=np.ones_like(case.network.beds)))
        priority = np.random.default_rng(seed).integers(0, 3, len(case.stages.priority)).astype(np.int32)
        other = one_bed._replace(stages=one_bed.stages._replace(priority=priority))
        busy = [held(engine(each, HORIZON), u) for each in (one_bed, other) for u in range(len(case.network.beds))]
        half = len(busy) // 2
        assert busy[:half] == busy[half:], f"queues({seed})"


def held(trace, unit: int) -> list[tuple[float, float]]:
    """The spans in which a single bed is held, those that meet joined."""
    of = (trace.unit == unit) & (trace.left > trace.given)
    made: list[tuple[float, float]] = []
    for given, left in sorted(zip(trace.given[of].tolist(), trace.left[of].tolist())):
        if made and made[-1][1] == given:
            made[-1] = made[-1][0], left
        else:
            made.append((given, left))
    return made
