"""Demand: relative rates by area, group, month, hour and growth, and the bound that says how many layers to draw."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.service.calendar import Calendar
from sim.service.demand import DAYS_A_YEAR, Demand, Factor

APRIL = Calendar(date(2026, 4, 1))
MONDAY = Calendar(date(2026, 4, 6))


def relative(demand: Demand, time, area=0, group="stroke", calendar=APRIL) -> list[float]:
    time = np.atleast_1d(np.asarray(time, dtype=float))
    return demand.relative(time, np.broadcast_to(area, time.shape), group, calendar).tolist()


def test_demand_that_says_nothing_is_the_baseline_everywhere():
    assert relative(Demand(), [0, 10, 1000]) == [1, 1, 1]
    assert Demand().most(1000, "stroke") == 1


def test_factors_multiply_from_their_own_time_on():
    demand = Demand((Factor(2.0, since=10), Factor(3.0, since=20)))
    assert relative(demand, [9.99, 10, 19.99, 20]) == [1, 2, 2, 6]


def test_a_factor_may_be_of_one_group_and_differ_by_area():
    demand = Demand((Factor([1.5, 0.5], group="mimic"),))
    assert relative(demand, [0, 0], [0, 1], "mimic") == [1.5, 0.5]
    assert relative(demand, [0, 0], [0, 1], "stroke") == [1, 1]


def test_growth_compounds_by_whole_months():
    month = DAYS_A_YEAR / 12
    demand = Demand(growth=0.21)
    assert relative(demand, [0, month - 0.01, month, 12 * month]) == pytest.approx([1, 1, 1.21 ** (1 / 12), 1.21])
    assert relative(Demand(growth=-0.19), [12 * month])[0] == pytest.approx(0.81)


def test_seasons_follow_the_calendar_and_not_the_run():
    month = np.ones(12)
    month[4] = 1.5  # May
    # The run starts on 1 April: May is days 30 to 60.
    assert relative(Demand(month=month), [29.99, 30, 60.99, 61]) == [1, 1.5, 1.5, 1]


def test_hours_follow_the_weekday():
    hour = np.ones((7, 24))
    hour[5, 9] = 2.0  # Saturday, nine to ten
    demand = Demand(hour=hour)
    nine, ten = 9 / 24, 10 / 24
    assert relative(demand, [5 + nine, 5 + ten - 1e-6, 5 + ten, 4 + nine], calendar=MONDAY) == [2, 2, 1, 1]
    # 1 April 2026 is a Wednesday, so that the first Saturday is day 3.
    assert relative(demand, [3 + nine, 5 + nine]) == [2, 1]


@given(
    st.floats(-0.3, 0.5),
    st.lists(st.tuples(st.floats(0, 3), st.floats(0, 300)), max_size=3),
    st.integers(0, 11),
    st.floats(0.1, 3),
)
def test_no_rate_exceeds_the_bound_for_which_layers_are_drawn(growth, factors, peak, height):
    month = np.ones(12)
    month[peak] = height
    demand = Demand(tuple(Factor(value, since) for value, since in factors), growth, month)
    time = np.linspace(0, 399.9, 800)
    assert max(relative(demand, time)) <= demand.most(400, "stroke") * (1 + 1e-12)


def test_the_tables_of_demand_cannot_be_changed_in_place():
    demand = Demand((Factor([1.0, 2.0]),))
    for array in (demand.month, demand.hour, demand.factors[0].value):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 9
