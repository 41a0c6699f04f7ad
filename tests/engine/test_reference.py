"""Every rule of the contract on a case small enough to work by hand, for each engine.

Times are days. By default a case has one area, units at sites of their own, no travel, one bed each; a patient needs one
day in a bed of kind 0 and tries the units in the order in which they are listed.
"""

import numpy as np
import pytest

from sim.engine.contract import DISCHARGED, GAVE_UP, IN_SYSTEM, LOST, UNPLACED, same_trace
from sim.engine.reference import simulate
from sim.journeys.journeys import BEDS, HOURS, OPEN, SLOTS
from tests.cases import Step, journeys, patient

NAN = np.nan


def expect(trace, **columns):
    """The named columns of a trace are these, NaN where a time did not come."""
    for name, values in columns.items():
        np.testing.assert_array_equal(getattr(trace, name), values, err_msg=name)


# -- from home to a bed ---------------------------------------------------------------------------------------------------


def test_first_contact_and_travel_come_before_the_request(engine):
    case = journeys(patient(0.5, contact=0.25), home=[[0.125]])
    trace = engine(case, 10.0)
    expect(trace, unit=[0], requested=[0.875], given=[0.875], arrived=[0.875], ready=[1.875], left=[1.875])
    expect(trace, end=[DISCHARGED], ended=[1.875])


def test_a_full_unit_is_waited_for_at_the_door_though_another_is_free(engine):
    trace = engine(journeys(patient(0.0), patient(0.25), beds=(1, 1)), 10.0)
    expect(trace, unit=[0, 0], requested=[0.0, 0.25], given=[0.0, 1.0], left=[1.0, 2.0])


def test_beds_are_given_in_the_order_of_asking(engine):
    case = journeys(patient(0.0), patient(0.75), patient(0.5), patient(0.25))
    expect(engine(case, 10.0), given=[0.0, 3.0, 2.0, 1.0])


def test_who_asks_at_the_same_time_is_served_by_number(engine):
    case = journeys(patient(0.0), patient(0.5), patient(0.5))
    expect(engine(case, 10.0), given=[0.0, 1.0, 2.0])


def test_priority_comes_before_the_time_of_asking_and_nobody_loses_a_bed_for_it(engine):
    case = journeys(
        patient(0.0, Step(priority=1)), patient(0.25, Step(priority=1)), patient(0.5, Step(priority=0))
    )  # fmt: skip
    expect(engine(case, 10.0), given=[0.0, 2.0, 1.0], left=[1.0, 3.0, 2.0])


def test_who_finds_no_acceptable_unit_is_unplaced(engine):
    trace = engine(journeys(patient(1.0), changes=[(0.5, OPEN, 0, 0)]), 10.0)
    expect(trace, unit=[-1], requested=[NAN], end=[UNPLACED], ended=[1.0])


def test_a_bed_left_by_a_stay_of_no_length_is_given_again_in_the_same_instant(engine):
    trace = engine(journeys(patient(1.0, Step(stay=0.0)), patient(1.0, Step(stay=0.0)), patient(1.0)), 10.0)
    expect(trace, given=[1.0, 1.0, 1.0], left=[1.0, 1.0, 2.0])


def test_the_run_stops_before_the_horizon(engine):
    trace = engine(journeys(patient(0.0), patient(0.5), patient(2.0)), 2.0)
    expect(trace, given=[0.0, 1.0, NAN], ready=[1.0, NAN, NAN], left=[1.0, NAN, NAN], requested=[0.0, 0.5, NAN])
    expect(trace, unit=[0, 0, -1], end=[DISCHARGED, IN_SYSTEM, IN_SYSTEM], ended=[1.0, NAN, NAN])


# -- doors found shut ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", [OPEN, HOURS])
def test_who_finds_the_door_shut_chooses_again_from_there(engine, what):
    case = journeys(
        patient(0.0), beds=(1, 1), home=[[1.0, 5.0]], between=[[0, 0.5], [3.0, 0]], changes=[(0.5, what, 0, 0)]
    )
    trace = engine(case, 10.0)
    expect(trace, unit=[1], requested=[1.5], given=[1.5], arrived=[1.5])


def test_a_door_found_shut_is_not_asked(engine):
    case = journeys(patient(0.0), home=[[1.0]], changes=[(0.5, HOURS, 0, 0)])
    expect(engine(case, 10.0), unit=[-1], requested=[NAN], end=[UNPLACED], ended=[1.0])


def test_a_unit_that_shuts_as_a_patient_arrives_is_found_shut(engine):
    case = journeys(patient(0.0), beds=(1, 1), home=[[1.0, 1.0]], changes=[(1.0, OPEN, 0, 0)])
    expect(engine(case, 10.0), unit=[1], requested=[1.0])


def test_outside_hours_nobody_new_asks_but_those_waiting_are_given_beds(engine):
    case = journeys(patient(0.0), patient(0.25), patient(0.75), beds=(1, 1), changes=[(0.5, HOURS, 0, 0)])
    expect(engine(case, 10.0), unit=[0, 0, 1], given=[0.0, 1.0, 0.75])


# -- closing, reopening, beds in force --------------------------------------------------------------------------------------


def test_who_waits_at_a_unit_that_closes_chooses_again_and_keeps_the_time_first_asked(engine):
    case = journeys(
        patient(0.0, Step(stay=4.0)),  # in unit 0, and finishes there
        patient(0.25),  # waits at unit 0, goes to unit 1 as it closes
        patient(0.0, Step(rank=1, stay=2.0)),  # in unit 1
        patient(0.5, Step(rank=1)),  # waits at unit 1, asked later
        beds=(1, 1),
        rank=[[0, 1], [1]],
        between=[[0, 0.5], [0.5, 0]],
        changes=[(1.0, OPEN, 0, 0)],
    )
    trace = engine(case, 10.0)
    expect(trace, unit=[0, 1, 1, 1], requested=[0.0, 0.25, 0.0, 0.5], given=[0.0, 2.0, 0.0, 3.0], left=[4, 3, 2, 4])


def test_who_waits_at_a_unit_that_closes_and_has_nowhere_to_go_is_unplaced_and_leaves_the_bed_held(engine):
    case = journeys(
        patient(0.0, Step(stay=9.0, rank=1)),
        patient(0.0, Step(rank=2), Step(rank=1)),
        patient(1.5, Step(rank=2)),
        beds=(1, 1),
        rank=[[0, 1], [0], [1]],
        changes=[(2.0, OPEN, 0, 0)],
    )
    trace = engine(case, 9.0)
    expect(trace, unit=[0, 1, 0, 1], requested=[0, 0, 1, 1.5], given=[0, 0, NAN, 2.0], left=[NAN, 2.0, NAN, 3.0])
    expect(trace, end=[IN_SYSTEM, UNPLACED, DISCHARGED], ended=[NAN, 2.0, 3.0])


def test_a_bed_held_counts_though_its_patient_is_on_the_way_as_the_unit_closes(engine):
    case = journeys(
        patient(0.0, Step(rank=1), Step(rank=2)),
        beds=(1, 1),
        rank=[[0, 1], [0], [1]],
        between=[[0, 1.0], [1.0, 0]],
        changes=[(1.5, OPEN, 1, 0)],
    )
    expect(engine(case, 9.0), given=[0.0, 1.0], left=[1.0, 3.0], arrived=[0.0, 2.0], ready=[1.0, 3.0])


def test_a_unit_closed_and_reopened_in_one_instant_has_not_closed(engine):
    case = journeys(
        patient(0.0), patient(0.0), beds=(1, 1), changes=[(0.5, OPEN, 0, 0), (0.5, OPEN, 0, 1)]
    )  # fmt: skip
    expect(engine(case, 9.0), unit=[0, 0], given=[0.0, 1.0])


def test_a_unit_may_reopen(engine):
    case = journeys(
        patient(0.5), patient(1.5), beds=(1, 1), changes=[(0.0, OPEN, 0, 0), (1.0, OPEN, 0, 1)]
    )  # fmt: skip
    expect(engine(case, 9.0), unit=[1, 0], given=[0.5, 1.5])


def test_a_cut_drains_and_added_beds_are_given_at_once(engine):
    case = journeys(
        patient(0.0, Step(stay=1.0)),
        patient(0.0, Step(stay=2.0)),
        patient(0.25),
        patient(0.25, Step(stay=2.0)),
        patient(0.25),
        beds=(2,),
        changes=[(0.5, BEDS, 0, 1), (3.5, BEDS, 0, 3)],
    )
    expect(engine(case, 9.0), given=[0.0, 0.0, 2.0, 3.0, 3.5])


# -- from bed to bed ---------------------------------------------------------------------------------------------------------


def test_a_patient_keeps_the_bed_until_the_next_is_given_then_travels_holding_it(engine):
    case = journeys(
        patient(0.0, Step(rank=2, stay=3.0)),
        patient(0.0, Step(rank=1), Step(rank=2)),
        patient(0.5, Step(rank=1)),
        beds=(1, 1),
        rank=[[0, 1], [0], [1]],
        between=[[0, 0.25], [0.5, 0]],
    )
    trace = engine(case, 9.0)
    expect(trace, requested=[0.0, 0.0, 1.0, 0.5], given=[0.0, 0.0, 3.0, 3.0], arrived=[0.0, 0.0, 3.25, 3.0])
    expect(trace, ready=[3.0, 1.0, 4.25, 4.0], left=[3.0, 3.0, 4.25, 4.0])


def test_both_beds_are_held_while_a_transfer_runs(engine):
    case = journeys(
        patient(0.0, Step(rank=1), Step(rank=2, transfer=0.5)),
        patient(0.0, Step(rank=1)),
        patient(1.25, Step(rank=2)),
        beds=(1, 1),
        rank=[[0, 1], [0], [1]],
        between=[[0, 0.25], [0.5, 0]],
    )
    trace = engine(case, 9.0)
    expect(trace, given=[0.0, 1.0, 1.5, 2.75], left=[1.5, 2.75, 2.5, 3.75], arrived=[0.0, 1.75, 1.5, 2.75])


def test_the_last_bed_is_kept_for_the_leaving_days(engine):
    trace = engine(journeys(patient(0.0, Step(leaving=0.5)), patient(0.25)), 9.0)
    expect(trace, ready=[1.0, 2.5], left=[1.5, 2.5], given=[0.0, 1.5], ended=[1.5, 2.5])


def test_who_does_not_keep_the_bed_waits_outside(engine):
    case = journeys(
        patient(0.0, Step(rank=2, stay=3.0)),
        patient(0.0, Step(rank=1), Step(rank=2, keeps_bed=False)),
        patient(0.5, Step(rank=1)),
        beds=(1, 1),
        rank=[[0, 1], [0], [1]],
        between=[[0, 0.25], [0.5, 0]],
    )
    trace = engine(case, 9.0)
    expect(trace, requested=[0.0, 0.0, 1.25, 0.5], given=[0.0, 0.0, 3.0, 1.0], arrived=[0.0, 0.0, 3.0, 1.0])
    expect(trace, left=[3.0, 1.0, 4.0, 2.0])


def test_an_unlimited_stage_counts_no_bed_and_its_patient_travels_to_the_next(engine):
    case = journeys(
        patient(0.0, Step(rank=1, unlimited=True), Step(rank=2)),
        patient(0.0, Step(rank=1, unlimited=True, stay=2.0)),
        beds=(0, 1),
        rank=[[0, 1], [0], [1]],
        between=[[0, 0.25], [0.5, 0]],
    )
    trace = engine(case, 9.0)
    expect(trace, given=[0.0, 1.25, 0.0], requested=[0.0, 1.25, 0.0], left=[1.0, 2.25, 2.0], ready=[1.0, 2.25, 2.0])


def test_who_goes_on_to_an_unlimited_stage_leaves_the_bed(engine):
    case = journeys(patient(0.0, Step(), Step(unlimited=True, transfer=0.5)), patient(0.25))
    trace = engine(case, 9.0)
    expect(trace, requested=[0.0, 1.0, 0.25], given=[0.0, 1.0, 1.5], left=[1.5, 2.5, 2.5], arrived=[0.0, 1.5, 1.5])


def test_a_blocked_patient_has_no_precedence_unless_set(engine):
    patients = (
        patient(0.0, Step(rank=2, stay=3.0)),
        patient(0.0, Step(rank=1), Step(rank=2)),  # asks for unit 1 from unit 0 at 1
        patient(0.5, Step(rank=2)),  # asks for unit 1 from home at 0.5
    )
    beds_and_rank = {"beds": (1, 1), "rank": [[0, 1], [0], [1]]}
    expect(engine(journeys(*patients, **beds_and_rank), 9.0), given=[0.0, 0.0, 4.0, 3.0])
    expect(engine(journeys(*patients, **beds_and_rank, blocked_first=True), 9.0), given=[0.0, 0.0, 3.0, 4.0])


def test_a_later_stage_is_ranked_from_where_the_patient_is(engine):
    case = journeys(
        patient(0.0, Step(), Step(kind=1, rank=-1)),
        beds=(1, 1, 1),
        gives=[(0,), (1,), (1,)],
        here=[[[0]] * 3, [[2, 1], [1, 2], [2, 1]]],
        rank=[[0]],
    )
    expect(engine(case, 9.0), unit=[0, 2])


# -- in the same bed -----------------------------------------------------------------------------------------------------------


def test_same_bed_goes_on_at_once_where_the_unit_gives_the_kind(engine):
    going_on = Step(kind=1, same_bed=True, stay=2.0, stay_same_bed=0.5, rank=1)
    case = journeys(
        patient(0.0, Step(), going_on), beds=(1, 1), gives=[(0, 1), (1,)], rank=[[0], [1]], changes=[(0.5, OPEN, 0, 0)]
    )
    trace = engine(case, 9.0)
    expect(
        trace, unit=[0, 0], requested=[0.0, 1.0], given=[0.0, 1.0], arrived=[0.0, 1.0], ready=[1.0, 1.5], left=[1, 1.5]
    )


def test_same_bed_elsewhere_means_moving_for_the_full_stay(engine):
    going_on = Step(kind=1, same_bed=True, stay=2.0, stay_same_bed=0.5, rank=1)
    case = journeys(patient(0.0, Step(), going_on), beds=(1, 1), gives=[(0,), (1,)], rank=[[0], [1]])
    expect(engine(case, 9.0), unit=[0, 1], given=[0.0, 1.0], ready=[1.0, 3.0])


def test_the_own_unit_chosen_means_going_on_in_the_same_bed_though_others_wait(engine):
    case = journeys(patient(0.0, Step(), Step(stay=2.0)), patient(0.5))
    expect(engine(case, 9.0), given=[0.0, 1.0, 3.0], left=[1.0, 3.0, 4.0])


# -- lost, giving up -----------------------------------------------------------------------------------------------------------


def test_who_does_not_wait_and_gets_no_bed_is_lost(engine):
    trace = engine(journeys(patient(0.0), patient(0.5, Step(lost=True)), patient(1.0, Step(lost=True))), 9.0)
    expect(trace, requested=[0.0, 0.5, 1.0], given=[0.0, NAN, 1.0], end=[DISCHARGED, LOST, DISCHARGED])
    expect(trace, ended=[1.0, 0.5, 2.0], unit=[0, 0, 0])


def test_the_bed_of_one_lost_is_given_in_the_same_instant(engine):
    case = journeys(
        patient(0.0, Step(rank=1, stay=9.0)),
        patient(0.0, Step(rank=2), Step(rank=1, lost=True)),
        patient(0.5, Step(rank=2)),
        beds=(1, 1),
        rank=[[0, 1], [0], [1]],
    )
    trace = engine(case, 9.0)
    expect(trace, given=[0.0, 0.0, NAN, 1.0], left=[NAN, 1.0, NAN, 2.0], end=[IN_SYSTEM, LOST, DISCHARGED])


def test_patience_runs_from_the_first_request(engine):
    trace = engine(journeys(patient(0.0, Step(stay=3.0)), patient(0.5, Step(patience=1.0)), home=[[0.25]]), 9.0)
    expect(trace, requested=[0.25, 0.75], given=[0.25, NAN], end=[DISCHARGED, GAVE_UP], ended=[3.25, 1.75])


def test_whoever_gives_up_goes_before_the_bed_freed_in_that_instant_is_given(engine):
    trace = engine(journeys(patient(0.0), patient(0.5, Step(patience=0.5)), patient(0.75)), 9.0)
    expect(trace, given=[0.0, NAN, 1.0], ended=[1.0, 1.0, 2.0])


def test_patience_runs_on_the_road_between_two_doors(engine):
    case = journeys(
        patient(0.0, Step(stay=9.0)),
        patient(0.0, Step(patience=1.5)),
        beds=(1, 1),
        between=[[0, 1.0], [1.0, 0]],
        changes=[(1.0, OPEN, 0, 0)],
    )
    expect(engine(case, 9.0), end=[IN_SYSTEM, GAVE_UP], ended=[NAN, 1.5], unit=[0, 0])


def test_a_patience_that_no_longer_matters_does_not_part_an_instant_in_two(engine):
    case = journeys(
        patient(0.0, Step(stay=4.0)),
        patient(0.0, Step(stay=1.0, rank=1)),
        patient(0.0, Step(stay=9.0, rank=1, patience=4.0)),  # has a bed since 1; would have given up at 4
        patient(0.0, Step(stay=4.0, rank=2, unlimited=True), Step(stay=2.0, rank=0, priority=-1)),
        patient(1.0, Step(stay=1.0)),
        beds=(1, 1, 1),
        rank=[[0], [1], [2]],
    )
    # At 4 the first bed falls free and the fourth patient, who goes first, asks for it: all ends come before beds are given.
    expect(engine(case, 20.0), given=[0.0, 0.0, 1.0, 0.0, 4.0, 6.0])


def test_a_journey_given_up_does_not_part_the_instant_in_two_at_which_it_would_have_ended(engine):
    between = np.zeros((4, 4))
    between[1, 2] = 2.0
    case = journeys(
        patient(0.0, Step(stay=4.0)),
        patient(0.0, Step(stay=9.0, rank=1)),
        patient(1.0, Step(rank=2, patience=2.0)),  # the unit closes at 2; on the way to the next, due at 4, gives up at 3
        patient(0.0, Step(stay=4.0, rank=3, unlimited=True), Step(stay=2.0, rank=0, priority=-1)),
        patient(1.0, Step(stay=1.0)),
        beds=(1, 1, 1, 1),
        rank=[[0], [1], [1, 2], [3]],
        between=between,
        changes=[(2.0, OPEN, 1, 0)],
    )
    trace = engine(case, 20.0)
    expect(trace, given=[0.0, 0.0, NAN, 0.0, 4.0, 6.0])
    assert (trace.end[2], trace.ended[2]) == (GAVE_UP, 3.0)


def test_giving_up_leaves_the_bed_held(engine):
    case = journeys(
        patient(0.0, Step(rank=1, stay=9.0)),
        patient(0.0, Step(rank=2), Step(rank=1, patience=0.5)),
        beds=(1, 1),
        rank=[[0, 1], [0], [1]],
    )
    expect(engine(case, 9.0), left=[NAN, 1.5, NAN], end=[IN_SYSTEM, GAVE_UP], ended=[NAN, 1.5])


# -- the stay from the request ---------------------------------------------------------------------------------------------------


def test_a_stay_from_the_request_runs_while_waiting(engine):
    late = Step(stay=2.0, from_requested=True)
    trace = engine(journeys(patient(0.0), patient(0.0, late)), 9.0)
    expect(trace, requested=[0.0, 0.0], given=[0.0, 1.0], ready=[1.0, 2.0], left=[1.0, 2.0])


def test_whoever_finishes_the_stay_while_waiting_leaves_without_a_bed(engine):
    late = Step(stay=0.5, from_requested=True, leaving=1.0)
    trace = engine(journeys(patient(0.0), patient(0.0, late), patient(0.25)), 9.0)
    expect(trace, given=[0.0, NAN, 1.0], arrived=[0.0, NAN, 1.0], ready=[1.0, 0.5, 2.0], left=[1.0, 0.5, 2.0])
    expect(trace, end=[DISCHARGED] * 3, ended=[1.0, 0.5, 2.0], unit=[0, 0, 0])


def test_the_stay_may_be_over_before_the_patient_arrives_in_the_bed_given(engine):
    late = Step(rank=2, stay=0.5, from_requested=True)
    case = journeys(
        patient(0.0, Step(rank=1), late), beds=(1, 1), rank=[[0, 1], [0], [1]], between=[[0, 1.0], [0, 0]]
    )  # fmt: skip
    expect(engine(case, 9.0), requested=[0.0, 1.0], given=[0.0, 1.0], arrived=[0.0, 2.0], ready=[1.0, 2.0])


def test_whoever_finishes_while_waiting_in_a_bed_of_the_step_before_goes_on_from_it(engine):
    late = Step(rank=2, stay=0.5, from_requested=True)
    case = journeys(
        patient(0.0, Step(rank=2, stay=9.0)),
        patient(0.0, Step(rank=1), late, Step(rank=3)),
        beds=(1, 1, 1),
        rank=[[0], [0], [1], [2]],
        between=[[0, 1, 0.25], [1, 0, 1], [1, 1, 0]],
    )
    trace = engine(case, 9.0)
    expect(trace, requested=[0.0, 0.0, 1.0, 1.5], given=[0.0, 0.0, NAN, 1.5], arrived=[0.0, 0.0, NAN, 1.75])
    expect(trace, ready=[NAN, 1.0, 1.5, 2.75], left=[NAN, 1.5, 1.5, 2.75])


def test_the_stay_may_end_on_the_road_between_two_doors(engine):
    case = journeys(
        patient(0.0, Step(stay=9.0)),
        patient(0.0, Step(stay=1.5, from_requested=True), Step(rank=1)),
        beds=(1, 1, 1),
        rank=[[0, 1], [2]],
        between=[[0, 1.0, 0.25], [1.0, 0, 0.5], [1, 1, 0]],
        changes=[(1.0, OPEN, 0, 0)],
    )
    trace = engine(case, 9.0)
    # The patient lies at the site last arrived at, a quarter of a day from unit 2.
    expect(trace, unit=[0, 0, 2], ready=[NAN, 1.5, 2.75], left=[NAN, 1.5, 2.75], requested=[0.0, 0.0, 1.75])


def test_an_end_of_stay_comes_before_patience_at_the_same_time(engine):
    late = Step(stay=0.5, from_requested=True, patience=0.5)
    trace = engine(journeys(patient(0.0), patient(0.0, late)), 9.0)
    expect(trace, ready=[1.0, 0.5], end=[DISCHARGED, DISCHARGED])


def test_a_stay_of_no_length_from_the_request_needs_no_bed(engine):
    trace = engine(journeys(patient(0.0, Step(stay=0.0, from_requested=True)), patient(0.0)), 9.0)
    expect(trace, given=[NAN, 0.0], ready=[0.0, 1.0], left=[0.0, 1.0], ended=[0.0, 1.0])


def test_who_asks_twice_in_one_instant_is_served_for_the_second_request_alone(engine):
    nothing = Step(stay=0.0, from_requested=True)
    case = journeys(
        patient(0.0, nothing, Step(rank=1)),
        patient(0.0, nothing, nothing, Step(rank=1)),
        beds=(1, 1),
        rank=[[0], [1]],
        between=[[0, 0], [0, 0]],
    )
    trace = engine(case, 9.0)
    expect(trace, given=[NAN, 0.0, NAN, NAN, 1.0], requested=[0.0] * 5, left=[0.0, 1.0, 0.0, 0.0, 2.0])


# -- any of several units --------------------------------------------------------------------------------------------------------


def test_any_takes_the_first_bed_of_all_acceptable_units_and_travels_there(engine):
    case = journeys(
        patient(0.0, Step(stay=3.0)),
        patient(0.0, Step(stay=1.0, rank=1)),
        patient(0.0, Step(any=True)),
        beds=(1, 1),
        rank=[[0, 1], [1]],
        between=[[0, 0.25], [0.5, 0]],
    )
    trace = engine(case, 9.0)
    expect(
        trace, unit=[0, 1, 1], requested=[0.0] * 3, given=[0.0, 0.0, 1.0], arrived=[0.0, 0.0, 1.25], left=[3, 1, 2.25]
    )


def test_any_prefers_the_unit_ranked_first(engine):
    case = journeys(
        patient(0.0), patient(0.0, Step(rank=1)), patient(0.0, Step(any=True)), beds=(1, 1), rank=[[0, 1], [1]]
    )
    expect(engine(case, 9.0), unit=[0, 1, 0], given=[0.0, 0.0, 1.0])


def test_any_is_not_on_the_list_of_a_unit_outside_its_hours_since_the_request(engine):
    case = journeys(
        patient(0.0, Step(stay=9.0)),
        patient(1.0, Step(any=True)),
        beds=(1, 1),
        changes=[(0.5, HOURS, 1, 0), (2.0, HOURS, 1, 1), (2.5, HOURS, 1, 0)],
    )
    expect(engine(case, 9.0), unit=[0, 1], given=[0.0, 2.0])


def test_any_stays_on_the_list_of_a_unit_whose_hours_end_but_not_of_one_that_closes(engine):
    patients = (patient(0.0, Step(rank=0)), patient(0.25, Step(rank=1, any=True)))
    units = {"beds": (0, 1), "rank": [[1], [0, 1]]}
    expect(engine(journeys(*patients, **units, changes=[(0.5, HOURS, 1, 0)]), 9.0), unit=[1, 1], given=[0.0, 1.0])
    closes_and_reopens = [(0.5, OPEN, 1, 0), (3.0, OPEN, 1, 1)]
    expect(engine(journeys(*patients, **units, changes=closes_and_reopens), 9.0), unit=[1, 1], given=[0.0, 3.0])


def test_whoever_waits_for_several_goes_on_in_their_own_bed_when_its_unit_reopens(engine):
    case = journeys(
        patient(0.0, Step(stay=9.0, rank=1)),
        patient(0.0, Step(stay=2.0, rank=0), Step(stay=1.0, rank=2, any=True)),
        beds=(1, 1),
        rank=[[0], [1], [0, 1]],
        changes=[(1.0, OPEN, 0, 0), (3.0, OPEN, 0, 1)],
    )
    # No bed is free at 3: the one they lie in is theirs.
    expect(engine(case, 20.0), unit=[1, 0, 0], given=[0.0, 0.0, 3.0], left=[9.0, 3.0, 4.0])


def test_whoever_waits_elsewhere_is_left_in_peace_when_a_unit_of_their_list_closes(engine):
    case = journeys(
        patient(0.0, Step(stay=9.0, rank=0)),
        patient(0.0, Step(stay=9.0, rank=1)),
        patient(0.0, Step(stay=6.0, rank=2)),
        patient(0.5, Step(rank=0)),  # waits at the unit that closes, and has nowhere to go
        patient(0.5, Step(rank=3, any=True)),
        beds=(1, 1, 1),
        rank=[[0], [1], [2], [1, 0, 2]],
        changes=[(3.0, HOURS, 2, 0), (5.0, OPEN, 0, 0)],
    )
    # Asking anew at 5 would be after the hours of the third unit, whose bed is given at 6.
    trace = engine(case, 20.0)
    expect(trace, unit=[0, 1, 2, 0, 2], given=[0.0, 0.0, 0.0, NAN, 6.0])
    assert trace.end[3] == UNPLACED


# -- diversion -------------------------------------------------------------------------------------------------------------------


def test_a_full_unit_is_passed_over_within_the_limit(engine):
    travel = {"home": [[0.0, 0.25, 0.5]], "beds": (1, 1, 1)}
    taken = (patient(0.0), patient(0.0, Step(rank=1)))
    ranks = {"rank": [[0, 1, 2], [1]]}
    for limit, unit, given in ((0.5, 2, 1.0), (0.25, 0, 1.0), (-1.0, 0, 1.0)):
        trace = engine(journeys(*taken, patient(0.5, Step(diversion=limit)), **travel, **ranks), 9.0)
        expect(trace, unit=[0, 1, unit], given=[0.0, 0.25, given])


def test_who_waits_at_the_door_counts_against_room_but_not_who_is_on_the_road(engine):
    divert = Step(diversion=9.0)
    near_and_far = {"beds": (1, 1), "home": [[0.5, 1.0]]}
    # At 0 both choose unit 0, for neither is there yet; at 0.75 one is in bed there, one waits; unit 1 has room.
    case = journeys(patient(0.0, divert), patient(0.25, divert), patient(0.75, divert), **near_and_far)
    expect(engine(case, 9.0), unit=[0, 0, 1], requested=[0.5, 0.75, 1.75], given=[0.5, 1.5, 1.75])


def test_all_choose_on_the_same_state(engine):
    divert = Step(diversion=9.0)
    expect(
        engine(journeys(patient(0.0, divert), patient(0.0, divert), beds=(1, 1)), 9.0), unit=[0, 0], given=[0.0, 1.0]
    )


def test_where_no_unit_has_room_the_first_is_chosen(engine):
    divert = Step(diversion=9.0)
    case = journeys(patient(0.0), patient(0.0, Step(rank=1)), patient(0.5, divert), beds=(1, 1), rank=[[0, 1], [1]])
    expect(engine(case, 9.0), unit=[0, 1, 0], given=[0.0, 0.0, 1.0])


def test_ones_own_bed_is_room(engine):
    case = journeys(patient(0.0, Step(), Step(diversion=9.0)), patient(0.0), beds=(1, 1))
    expect(engine(case, 9.0), unit=[0, 0, 0], given=[0.0, 1.0, 2.0])


# -- slots -----------------------------------------------------------------------------------------------------------------------


def test_bed_and_slot_are_given_together_and_unused_slots_lapse(engine):
    case = journeys(
        patient(0.0),
        patient(0.0, Step(slot=0)),
        patient(0.25, Step(slot=0)),
        changes=[(0.5, SLOTS, 0, 2), (1.5, SLOTS, 0, 1, 1), (2.0, SLOTS, 0, 2), (3.0, SLOTS, 0, 1)],
    )
    expect(engine(case, 9.0), given=[0.0, 2.0, 3.0])


def test_a_slot_waiter_does_not_keep_the_bed_from_one_who_asks_later(engine):
    case = journeys(patient(0.0, Step(slot=0)), patient(0.25), changes=[(0.5, SLOTS, 0, 1), (2.0, SLOTS, 0, 1)])
    expect(engine(case, 9.0), given=[2.0, 0.25])


def test_a_slot_is_there_for_a_bed_left_in_the_same_instant(engine):
    case = journeys(patient(0.0), patient(0.25, Step(slot=0)), changes=[(1.0, SLOTS, 0, 1)])
    expect(engine(case, 9.0), given=[0.0, 1.0])


def test_a_stay_that_goes_on_waits_for_its_slot_in_its_own_bed(engine):
    going_on = Step(same_bed=True, slot=0, stay_same_bed=0.5)
    case = journeys(patient(0.0, Step(), going_on), patient(0.5), changes=[(2.0, SLOTS, 0, 1)])
    trace = engine(case, 9.0)
    expect(trace, requested=[0.0, 1.0, 0.5], given=[0.0, 2.0, 2.5], arrived=[0.0, 2.0, 2.5], left=[2.0, 2.5, 3.5])


def test_who_waits_for_a_slot_in_their_own_bed_chooses_again_if_the_unit_closes(engine):
    going_on = Step(same_bed=True, slot=0)
    case = journeys(
        patient(0.0, Step(), going_on), beds=(1, 1), changes=[(1.5, OPEN, 0, 0), (2.0, SLOTS, 0, 1), (3.0, SLOTS, 1, 1)]
    )
    trace = engine(case, 9.0)
    expect(trace, unit=[0, 1], requested=[0.0, 1.0], given=[0.0, 3.0], left=[3.0, 4.0])


# -- present at the start ----------------------------------------------------------------------------------------------------------


def test_who_lies_in_a_bed_at_the_start_holds_it_even_above_the_beds_in_force(engine):
    lies = {"start_unit": 0, "start_in_bed": True}
    case = journeys(patient(0.0, Step(stay=0.5), **lies), patient(0.0, Step(stay=2.0), **lies), patient(0.0))
    trace = engine(case, 9.0)
    expect(trace, unit=[0, 0, 0], requested=[NAN, NAN, 0.0], given=[0.0, 0.0, 2.0], arrived=[0.0, 0.0, 2.0])
    expect(trace, ready=[0.5, 2.0, 3.0])


def test_who_waits_at_the_start_asked_before_and_is_served_outside_hours(engine):
    case = journeys(
        patient(0.0, Step(stay=1.0), start_unit=0, start_in_bed=True),
        patient(-1.0, start_unit=0),
        patient(-2.0, start_unit=0),
        changes=[(0.0, HOURS, 0, 0)],
    )
    expect(engine(case, 9.0), requested=[NAN, -1.0, -2.0], given=[0.0, 2.0, 1.0])


def test_who_waits_at_the_start_at_a_closed_unit_chooses_again_from_there(engine):
    case = journeys(
        patient(-1.0, start_unit=0),
        beds=(1, 1),
        home=[[9.0, 9.0]],
        between=[[0, 0.5], [0, 0]],
        changes=[(0.0, OPEN, 0, 0)],
    )
    expect(engine(case, 9.0), unit=[1], requested=[-1.0], given=[0.5])


def test_what_was_due_before_the_start_is_due_at_the_start(engine):
    case = journeys(
        patient(-1.0, Step(patience=0.5), start_unit=0),
        patient(-1.0, Step(stay=0.5, from_requested=True), start_unit=0),
        patient(0.0),
    )
    trace = engine(case, 9.0)
    expect(trace, end=[GAVE_UP, DISCHARGED, DISCHARGED], ended=[0.0, 0.0, 1.0], ready=[NAN, 0.0, 1.0], unit=[0, 0, 0])


# -- the reference engine itself ---------------------------------------------------------------------------------------------------


def test_columns_may_be_stored_once():
    case = journeys(
        patient(0.0, Step(leaving=0.25)), patient(0.0, Step(leaving=0.25)), patient(0.5, Step(leaving=0.25))
    )
    once = {name: getattr(case.steps, name)[:1] for name in ("stay_same_bed", "patience", "transfer", "leaving")}
    contact, unit, in_bed = (
        column[:1] for column in (case.patients.contact, case.patients.start_unit, case.patients.start_in_bed)
    )
    shorter = case._replace(
        steps=case.steps._replace(**once),
        patients=case.patients._replace(contact=contact, start_unit=unit, start_in_bed=in_bed),
    )
    assert same_trace(simulate(shorter, 9.0), simulate(case, 9.0))


def test_a_bed_is_kept_on_to_when_staff_discharge(engine):
    late, soon = Step(stay=0.5, leaving=0.25, at_round=True), Step(stay=0.5)
    case = journeys(patient(0.0, late), patient(0.0, soon), patient(0.25, late), beds=(2,), rounds=[(0.25, 0.75), (2.0, 2.5)])
    trace = engine(case, 9.0)
    # Ready at 0.5 and gone at 0.75, which is too late for the first round; who need not wait for one goes at once.
    expect(trace, ready=[0.5, 0.5, 1.0], left=[2.0, 0.5, 2.0], given=[0.0, 0.0, 0.5], ended=[2.0, 0.5, 2.0])


def test_who_is_ready_after_the_last_round_stays(engine):
    trace = engine(journeys(patient(0.0, Step(at_round=True)), rounds=[(0.25, 0.75)]), 9.0)
    expect(trace, ready=[1.0], left=[np.nan], ended=[np.nan])
