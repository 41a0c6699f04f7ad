"""Waiting lists, clocks and slots, worked on paper."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.outcomes import MEASURES, outcomes
from sim.measures.records import Window
from sim.measures.slots import comings
from sim.measures.waiting_list import clocks, waited_weeks
from sim.measures.waits import requests
from tests.elective import MONTHS, a_day, records, theatre

THREE = {
    "emergency": {"priority": 0},
    "planned": {"waiting_list": "planned", "priority": 1},
    "routine": {"waiting_list": "referral", "priority": 2},
}


def by(found, window: Window = MONTHS) -> dict[tuple[str, str], dict[str, float]]:
    return {(each.measure, each.by): dict(zip(each.key, each.value.tolist())) for each in outcomes(found, window)}


def only(found, measure: str, window: Window = MONTHS) -> float:
    return by(found, window)[measure, "all"][""]


def test_emergencies_are_on_no_list_and_planned_patients_are_off_the_clock():
    luck = np.tile([0.1, 0.5, 0.9], 40)
    of = clocks(records(theatre(0, groups=THREE), a_day(3, 40), luck))
    assert len(of.patient) == 80
    assert of.is_on_clock.tolist() == [False, True] * 40
    assert len(waited_weeks(of, 40.0)) == 40


def test_incomplete_pathways_are_told_by_the_weeks_waited_so_far():
    # Nobody is ever treated: one patient a day; at day 400 those of the first 274 days have waited 126 days and more.
    found = records(theatre(0), a_day(1, 400, 0.0), horizon=500.0)
    window = Window(100.0, 400.0)
    assert only(found, "waiting_list_at_start", window) == 101
    assert only(found, "waiting_list_at_end", window) == 400
    assert only(found, "incomplete_within_18_weeks_share", window) == pytest.approx(125 / 400)
    assert only(found, "waiting_over_52_weeks", window) == 400 - 364 + 1
    assert only(found, "waiting_over_65_weeks", window) == 0
    assert np.isnan(only(found, "completed_wait_weeks_median", window))
    assert by(found, window)["waiting_list", "month"]["2026-08"] == 149  # days 0 to 148


def test_completed_waits_are_of_those_treated_inside_the_window():
    found = records(theatre(7 * 2), np.concatenate([np.zeros(20), a_day(2, 90)]))
    assert only(found, "completed_wait_weeks_median") == pytest.approx(10.25 / 7)
    assert only(found, "completed_wait_weeks_p92") == pytest.approx(10.25 / 7)
    assert only(found, "treated_from_list_per_year") * MONTHS.years == pytest.approx(172)
    assert only(found, "left_list_untreated_per_year") == 0


def test_a_wait_on_a_list_is_no_wait_for_a_bed():
    found = records(theatre(0, groups=THREE), a_day(3, 40), np.tile([0.1, 0.5, 0.9], 40))
    assert len(requests(found, MONTHS).row) == 40  # the emergencies, whose pathway needs a slot here too
    assert only(found, "waiting_at_end") == 40


def test_slots_are_used_idle_or_cancelled():
    # Noon of day 0: three come, two wait. Day 1: three come, four wait, two beds are free: one is cancelled.
    arrival = [0.25, 0.3, 1.0, 1.1, 1.2, 1.3]
    found = records(theatre(21, beds=4, stay=10.0), arrival, horizon=3.0)
    of = comings(found, Window(0.0, 2.0))
    assert of.come.tolist() == [3, 3]
    assert of.used.tolist() == [2, 2]
    assert of.cancelled.tolist() == [0, 1]
    assert of.idle.tolist() == [1, 0]


def test_what_is_added_less_what_leaves_is_how_the_list_changes():
    found = records(
        theatre(17.5, beds=3, stay=1.75, groups=THREE), a_day(4, 90, 0.3), np.tile([0.1, 0.5, 0.9, 0.95], 90)
    )
    window = Window(20.0, 80.0)
    change = only(found, "waiting_list_at_end", window) - only(found, "waiting_list_at_start", window)
    names = ("added_to_list", "treated_from_list", "left_list_untreated")
    flow = {name: only(found, f"{name}_per_year", window) * window.years for name in names}
    # Both edges are counted by who has come and not gone at that moment; patients come and go at neither.
    assert change == pytest.approx(flow["added_to_list"] - flow["treated_from_list"] - flow["left_list_untreated"])
    slots = [
        only(found, f"{name}_per_year", window)
        for name in ("slots", "slots_used", "slots_idle", "operations_cancelled")
    ]
    assert slots[0] == pytest.approx(sum(slots[1:]))


def test_every_measure_of_lists_and_slots_has_a_definition():
    found = records(theatre(14, groups=THREE), a_day(3, 40), np.tile([0.1, 0.5, 0.9], 40))
    taken = {each.measure for each in outcomes(found, MONTHS)}
    undefined = {
        name for name in taken if name not in MEASURES and name != "operation_per_year" and "month" not in name
    }
    assert not {name for name in undefined if "list" in name or "slot" in name or "pathway" in name or "wait" in name}
