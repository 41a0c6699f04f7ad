"""Weekly slots: as many as the average asks for, at the hours of the week, whatever the option."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.service.calendar import Calendar
from sim.service.fault import InputError
from sim.service.slots import WEEKDAYS, WeeklySlots, read_slot_rules, slots_at
from tests.two_towns import WARD, towns

MONDAY, THURSDAY = Calendar.read("2026-04-06"), Calendar.read("2026-04-09")


def plain(number, of):
    return float(number)


@given(st.floats(0, 80), st.integers(1, 60))
def test_after_any_number_of_weeks_there_were_as_many_as_the_average_asks_for(a_week, weeks):
    _, count = WeeklySlots("A", "theatre", a_week, WEEKDAYS).come(MONDAY, 7.0 * weeks)
    assert abs(count.sum() - a_week * weeks) < 1 + 1e-6


def test_slots_come_on_weekdays_whichever_day_a_run_starts():
    for calendar in (MONDAY, THURSDAY):
        day, _ = WeeklySlots("A", "theatre", 50.0, WEEKDAYS).come(calendar, 21.0)
        weekday = (calendar.weekday() + np.floor(day)) % 7
        assert set(weekday) == set(range(5))
        assert (np.round(day * 24) % 24 == 8).all()


@given(st.floats(0.5, 30), st.integers(0, 40))
def test_a_list_that_begins_later_or_ends_sooner_has_the_same_slots_in_between(a_week, at):
    whole = WeeklySlots("A", "theatre", a_week, WEEKDAYS)
    day, count = whole.come(MONDAY, 60.0)
    for part, inside in ((replace(whole, since=float(at)), day >= at), (replace(whole, until=float(at)), day < at)):
        found = part.come(MONDAY, 60.0)
        assert found[0].tolist() == day[inside].tolist()
        assert found[1].tolist() == count[inside].tolist()


def test_slots_of_one_unit_add_up_while_they_come():
    several = (WeeklySlots("Dover", "theatre", 4.0), WeeklySlots("Dover", "theatre", 2.0, since=10.0, until=20.0))
    ids = np.array(["Ashford", "Dover"])
    assert [slots_at(several, "theatre", ids, at).tolist() for at in (0, 10, 20)] == [[0, 4], [0, 6], [0, 4]]


def test_a_rule_is_read_from_words():
    (rule,) = read_slot_rules({"theatre": {"hours": "Mon-Tue 08:00-10:00", "spare": 0.1}}, plain)
    assert (rule.sort, rule.hours, rule.spare, rule.column) == ("theatre", (8, 9, 32, 33), 0.1, "theatre_slots_a_week")


@pytest.mark.parametrize(
    ("slots", "words"),
    [
        (WeeklySlots("Dovre", "theatre", 4.0), "slots name an unknown unit, got 'Dovre'"),
        (WeeklySlots("Dover", "theatre", -1.0), "slots a week of Dover must be a number, 0 or more, got -1"),
        (WeeklySlots("Dover", "theatre", 4.0, (168,)), "hours of the week, 0 to 167"),
    ],
)
def test_slots_that_cannot_come_are_refused(slots, words):
    with pytest.raises(InputError, match=words):
        replace(towns(all=WARD), slots=(slots,))
