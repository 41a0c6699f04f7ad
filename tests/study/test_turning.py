"""What would have to be true: at the value that is named, option and baseline are level; where none is named, none is in range."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import scenarios
from sim.study.load import load_finance, load_service
from sim.study.money import money_of, net_present_value, reckon
from sim.study.question import ask
from sim.study.turning import _slip, crossings, slipped, turning_points
from tests.two_towns import QUICK, stroke


def asked(service, option):
    return ask(service, option, QUICK, finance=load_finance(service))


@pytest.fixture(scope="module")
def found():
    return asked(stroke(), scenarios.Close(["Dover"]))


@pytest.fixture(scope="module")
def points(found):
    return {each.what: each for each in turning_points(found)}


@pytest.fixture(scope="module")
def close():
    """An option in England that all but breaks even."""
    return asked(load_service(region="england_220"), scenarios.Close(["BS234TQ"], beds="resized"))


@pytest.fixture(scope="module")
def close_points(close):
    return {each.what: each for each in turning_points(close)}


def saved(found, **numbers) -> float:
    finance = replace(found.finance, number={**found.finance.number, **numbers})
    return net_present_value(money_of(found.before.service, found.after.service, finance))


def test_at_the_capital_that_is_named_nothing_is_saved_or_lost(close, close_points):
    at = close_points["capital for each bed that is built"]
    assert at.is_found
    assert abs(saved(close, capital_per_bed=at.turns_at)) < 1000
    assert saved(close, capital_per_bed=0.9 * at.turns_at) > 0 > saved(close, capital_per_bed=1.1 * at.turns_at)


def test_at_the_release_that_is_named_nothing_is_saved_or_lost(close, close_points):
    at = close_points["cost of closed units not yet released in each of three years"]
    assert at.is_found
    names = [f"stranded_share_year_{year}" for year in (1, 2, 3)]
    assert abs(saved(close, **dict.fromkeys(names, at.turns_at / 100))) < 1000
    assert at.now == pytest.approx(100 * np.mean([close.finance.number[name] for name in names]))


def test_a_number_that_turns_nothing_says_so(points):
    slip = points["slip of every date of the option"]
    assert not slip.is_found
    assert np.isnan(slip.turns_at)
    assert "no slip up to 36 months turns it" in slip.said


def test_a_root_of_a_curve_is_as_near_as_it_is_asked_to_be():
    # From saving to costing along a curve, at 7 months.
    (at,) = crossings(lambda months: np.exp(-months / 10) - np.exp(-0.7), 0.0, 36.0, 36, 0.01)
    assert at == pytest.approx(7.0, abs=0.01)


def test_a_curve_that_turns_back_has_both_its_roots_and_one_that_only_touches_has_none():
    assert crossings(lambda x: (x - 2.2) * (x - 30.7), 0.0, 36.0, 36, 0.001) == pytest.approx([2.2, 30.7], abs=0.001)
    assert crossings(lambda x: (x - 3) * (x - 5.5), 0.0, 36.0, 36, 0.001) == pytest.approx([3.0, 5.5], abs=0.001)
    assert crossings(lambda x: (x - 3) ** 2, 0.0, 36.0, 36, 0.001) == []
    assert crossings(lambda x: 1.0 if x < 4.3 else -1.0, 0.0, 36.0, 36, 0.001) == pytest.approx([4.3], abs=0.001)


@pytest.mark.parametrize(
    ("money", "turns", "said"),
    [
        (lambda months: np.exp(-months / 10) - np.exp(-0.73), (7.3,), "the option saves until it is 7.3 months late"),
        (lambda months: (months - 4.2) * (months - 20.1), (4.2, 20.1), "saves until it is 4.2 months late, and turns again at 20.1"),
        (lambda months: 1.0 + months, (), "no slip up to 36 months turns it"),
    ],
)
def test_a_slip_turns_where_the_money_first_does(found, money, turns, said):
    origin = found.finance.origin

    def worth(option) -> float:
        moved = [change.at - origin for change in option.changes if change not in found.before.service.changes]
        return float(money(max(moved) * 12 / 365.25))

    at = _slip(found, worth, money(0.0))
    assert (at.turns_at, *at.again)[: len(turns)] == pytest.approx(turns, abs=0.01)
    assert at.is_found == bool(turns)
    assert said in at.said


def test_the_effect_of_volume_is_that_of_the_outcome_tables(found, points):
    from sim.study.outcome import change_of

    assert points["size of the effect of volume"].turns_at == pytest.approx(100 * change_of(found).break_even[2])


def test_an_option_comes_as_late_as_it_slips(found):
    late = slipped(found, 100.0)
    origin = found.finance.origin
    own = set(found.after.service.changes) - set(found.before.service.changes)
    assert own
    assert {change.at for change in late.changes if change not in found.before.service.changes} == {origin + 100.0}
    assert net_present_value(reckon(found)) != net_present_value(money_of(found.before.service, late, found.finance))


def test_without_money_and_outcome_there_is_nothing_to_turn(found):
    bare = replace(found, finance=None, before=replace(found.before, service=replace(found.service, benefit=None)))
    assert turning_points(bare) == []
