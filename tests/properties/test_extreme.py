"""Sizes and times at the edge of what there is: crowds at one instant, stays without end or length, long pathways, the finest step of time.

Each is worked out by hand where it can be, conserves patients and beds, and is the same under both engines.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.contract import DISCHARGED, IN_SYSTEM, LOST, same_trace
from sim.engine.engines import engine as engine_of
from sim.journeys.journeys import BEDS, GRID
from tests.cases import Step, journeys, patient
from tests.conservation import check


def both(case, horizon: float, is_checked: bool = True):
    """The trace, which both engines give and which conserves patients and beds."""
    trace = engine_of("reference")(case, horizon)
    assert same_trace(trace, engine_of("compiled")(case, horizon))
    if is_checked:  # it looks at every pair of patients
        check(case, trace, horizon)
    return trace


def test_a_crowd_at_one_instant_is_served_one_by_one_in_the_order_of_numbers():
    count = 2_000
    trace = both(journeys(*(patient(1.0, Step(0.125)) for _ in range(count))), 400.0, is_checked=False)
    np.testing.assert_array_equal(trace.given, 1 + 0.125 * np.arange(count))
    assert (trace.end == DISCHARGED).all()


def test_stays_of_no_length_are_all_over_within_the_instant():
    trace = both(journeys(*(patient(2.0, Step(0.0), Step(0.0)) for _ in range(500))), 3.0, is_checked=False)
    for column in (trace.requested, trace.given, trace.arrived, trace.ready, trace.left, trace.ended):
        assert (column == 2).all()


def test_a_stay_beyond_the_end_of_the_run_is_never_over_and_whoever_waits_behind_it_is_still_there():
    trace = both(journeys(patient(0.0, Step(1e6)), patient(1.0)), 100.0)
    assert trace.given[0] == 0
    assert np.isnan(trace.ready[0])
    assert np.isnan(trace.given[1])
    assert (trace.end == IN_SYSTEM).all()


def test_the_finest_step_of_time_is_kept():
    every = [patient(GRID * n, Step(GRID)) for n in range(64)]
    trace = both(journeys(*every), 100 * GRID)
    np.testing.assert_array_equal(trace.given, GRID * np.arange(64))
    np.testing.assert_array_equal(trace.left, GRID * np.arange(1, 65))


def test_a_run_of_a_single_step_of_time_sees_its_first_instant_only():
    trace = both(journeys(patient(0.0, Step(0.0)), patient(0.0, Step(GRID)), patient(GRID), beds=(3,)), GRID)
    assert trace.end.tolist() == [DISCHARGED, IN_SYSTEM, IN_SYSTEM]
    assert np.isnan(trace.left[1])
    assert np.isnan(trace.requested[2])


def test_a_century_and_more_keeps_its_exact_times():
    late = 60_000.0
    trace = both(journeys(patient(0.0, Step(late)), patient(late - 1, Step(GRID)), patient(late, Step(0.5))), late + 1)
    assert trace.given.tolist() == [0.0, late, late + GRID]
    assert trace.left.tolist() == [late, late + GRID, late + GRID + 0.5]


def test_a_pathway_of_many_steps_is_walked_to_its_end():
    count = 200
    trace = both(journeys(patient(0.5, *(Step(0.125, same_bed=True) for _ in range(count)))), 100.0)
    np.testing.assert_array_equal(trace.given, 0.5 + 0.125 * np.arange(count))
    assert trace.ended[0] == 0.5 + 0.125 * count


def test_many_units_have_each_their_own_patient():
    count = 400
    every = [patient(0.0, Step(1.0, rank=u)) for u in range(count)]
    trace = both(journeys(*every, beds=[1] * count, rank=[[u] for u in range(count)]), 5.0, is_checked=False)
    np.testing.assert_array_equal(trace.unit, np.arange(count))
    assert (trace.left == 1).all()


@pytest.mark.parametrize("beds", [0, 1, 7, 1_000_000])
def test_of_those_who_do_not_wait_as_many_stay_as_there_are_beds(beds):
    trace = both(journeys(*(patient(0.0, Step(2.0, lost=True)) for _ in range(20)), beds=(beds,)), 9.0)
    stays = min(beds, 20)
    assert (trace.end == DISCHARGED).sum() == stays
    assert (trace.end == LOST).sum() == 20 - stays


def test_beds_may_come_and_go_at_every_step():
    changes = [(n / 8, BEDS, 0, n % 2) for n in range(80)]
    trace = both(journeys(*(patient(n / 8, Step(0.125)) for n in range(40)), beds=(0,), changes=changes), 20.0)
    assert (trace.given * 8 % 2 == 1).all()
    np.testing.assert_array_equal(np.sort(trace.given), trace.given)
