"""Waiting lists: without luck a list grows by demand less capacity, exactly, and those served first wait least."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.slots import comings
from sim.measures.waiting_list import clocks
from tests.comparison import agree
from tests.elective import MONTHS, a_day, records, theatre

ENGINES = pytest.mark.parametrize("engine", ["reference", "compiled"])


@ENGINES
@pytest.mark.parametrize(("demand", "capacity", "backlog"), [(5, 3, 0), (5, 3, 40), (3, 3, 12), (2, 5, 60), (4, 0, 7)])
def test_a_list_grows_by_demand_less_capacity(demand, capacity, backlog, engine):
    arrival = np.concatenate([np.zeros(backlog), a_day(demand, 100)])
    of = clocks(records(theatre(7 * capacity), arrival, engine=engine))
    item = f"{demand} come and {capacity} are seen a day, {backlog} at the start, {engine} engine"
    for day in range(1, 90):
        expected = max(backlog + (demand - capacity) * day, 0)
        agree(item, f"waiting on day {day}", expected, of.waiting(float(day)).sum(), 0, "no luck: exactly")


@ENGINES
def test_a_fraction_of_a_slot_is_made_up_over_the_weeks(engine):
    of = clocks(records(theatre(24.5), a_day(5, 100), engine=engine))
    for week in (2, 4, 8, 12):
        ours = of.waiting(7.0 * week).sum()
        agree(f"24.5 slots a week, {engine} engine", f"waiting in week {week}", 35 * week - 24.5 * week, ours, 0, "no luck: exactly")


@ENGINES
def test_the_backlog_waits_as_long_as_it_takes_to_serve_those_before(engine):
    of = clocks(records(theatre(7 * 4), np.concatenate([np.zeros(20), a_day(4, 60)]), engine=engine))
    served = of.stop[of.is_treated] - of.start[of.is_treated]
    assert served[:20].tolist() == np.repeat(np.arange(5) + 0.5, 4).tolist()
    assert (served[20:] == 5.25).all()


@ENGINES
def test_urgent_patients_wait_for_nobody_and_routine_ones_take_all_the_growth(engine):
    groups = {
        "urgent": {"waiting_list": "referral", "priority": 1},
        "routine": {"waiting_list": "referral", "priority": 2},
    }
    arrival, luck = a_day(5, 100), np.tile([0.0, 0.0, 0.9, 0.9, 0.9], 100)
    found = records(theatre(7 * 3, groups=groups), arrival, luck, engine=engine)
    of, group = clocks(found), found.sent.group
    assert (of.stop - of.start)[(group == 0) & of.is_treated].tolist() == [0.25] * 200
    for day in (10, 50, 90):
        waiting = of.waiting(float(day))
        assert (waiting & (group == 0)).sum() == 0
        assert (waiting & (group == 1)).sum() == 2 * day


@ENGINES
def test_slots_lapse_for_want_of_a_bed_exactly_as_often_as_beds_are_short(engine):
    # Three slots a day, one bed held for two days: one operation every second day, and at each coming somebody waits.
    found = records(theatre(21, beds=1, stay=2.0), a_day(5, 100), engine=engine)
    of = comings(found, MONTHS)
    assert of.come.sum() == 3 * 86
    assert of.used.sum() == 43
    assert of.cancelled.sum() == 3 * 86 - 43
    assert of.idle.sum() == 0
