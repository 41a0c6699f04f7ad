"""One scenario under every rule, and what bypassing costs and gains."""

from __future__ import annotations

import math

import pytest

from scenarios import Close
from sim.__main__ import main
from sim.service.fault import InputError
from sim.study.allocations import as_text, bypass_table, compare_allocations
from tests.two_towns import anywhere, stroke

CLOSE_DOVER = Close(units=("Dover",))


def test_closing_dover_by_hand_under_each_rule():
    rows = {row["rule"]: row for row in compare_allocations(stroke(), CLOSE_DOVER, ["nearest", "mothership", "bypass"])}
    nearest = rows["nearest"]
    assert nearest["minutes_mean_baseline"] == pytest.approx((600 * 10 + 300 * 15) / 900)
    assert nearest["minutes_mean_option"] == pytest.approx((600 * 10 + 300 * 50) / 900)
    assert nearest["minutes_95th_option"] == 50
    assert nearest["within_30_share_option"] == pytest.approx(2 / 3)
    assert (nearest["units_under_minimum_baseline"], nearest["units_under_minimum_option"]) == (1, 0)
    assert nearest["patients_moved_per_year"] == pytest.approx(300)
    assert nearest["minutes_added_per_moved"] == pytest.approx(35)
    assert rows["bypass"]["minutes_mean_baseline"] == nearest["minutes_mean_baseline"]
    assert rows["mothership"]["patients_moved_per_year"] == 0
    assert rows["mothership"]["minutes_mean_baseline"] == rows["mothership"]["minutes_mean_option"]


def test_a_rule_that_is_not_nearest_comes_first_as_given():
    rows = compare_allocations(stroke(allocation="observed"), CLOSE_DOVER, ["nearest"])
    assert [row["rule"] for row in rows] == ["as given", "nearest"]
    assert rows[0]["minutes_added_per_moved"] == pytest.approx((60 * -30 + 240 * 35) / 300)


def test_a_rule_that_does_not_fit_says_why_and_gives_no_numbers():
    rows = compare_allocations(anywhere(0), lambda service: service)
    refused = {row["rule"]: row for row in rows}["bypass"]
    assert "unknown kind 'comprehensive'" in refused["remark"]
    assert math.isnan(refused["minutes_mean_option"])
    assert len({tuple(row) for row in rows}) == 1
    assert any("bypass" in line for line in as_text(rows))


def test_going_straight_to_ashford_by_hand():
    """Dover is 15 minutes from its unit and 50 from the centre, to which the transfer takes an hour and 45 minutes."""
    before, after = bypass_table(stroke(), delays=(0, 35))
    assert before["redirected_share"] == 0
    assert before["minutes_higher_tier"] == pytest.approx((600 * 10 + 300 * (15 + 60 + 45)) / 900)
    assert after["redirected_share"] == pytest.approx(1 / 3)
    assert after["lost_minutes_of_redirected"] == pytest.approx(35)
    assert after["gained_minutes_of_redirected"] == pytest.approx(15 + 60 + 45 - 50)
    assert after["higher_tier_first_share"] == 1


def test_the_command_line_prints_both_tables(capsys):
    assert main(["rules", "region=two_towns", "scenario=close", "scenario.units=[Dover]"]) == 0
    said = capsys.readouterr().out
    assert "units under minimum option" in said
    assert "choice calibrated: Allocation: patients choose" in said
    assert "gained minutes of redirected" in said


def test_the_table_needs_a_unit_of_the_higher_tier():
    with pytest.raises(InputError, match="no open unit gives hyperacute and burns care"):
        bypass_table(stroke(), to="burns")
