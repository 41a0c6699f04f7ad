"""KeepWithInvestment: a promise names what it rests on, what it costs and what follows if it is broken."""

from __future__ import annotations

import numpy as np
import pytest

import scenarios
from sim.measures.load import expected_load
from sim.service.fault import InputError
from sim.study.question import ask
from tests.two_towns import DOVER, QUICK, stroke

PROMISE = {
    "unit": "Dover",
    "growth": 300,
    "beds_added": 4,
    "staff": 6.5,
    "cost_gbp": 4e5,
    "capital_gbp": 2e6,
    "chance": 0.3,
}


def volume(service, at=0.0) -> dict[str, float]:
    load = expected_load(service, service.is_open(at), at)
    return dict(zip(service.units.id.tolist(), load.index.round(6)))


def test_growth_brings_the_patients_promised():
    option = scenarios.KeepWithInvestment(**PROMISE, from_units={})(stroke())
    assert volume(option)["Dover"] == pytest.approx(600)
    assert volume(option)["Ashford"] == pytest.approx(600)
    assert option.beds()[DOVER] == 22
    promise = option.promises[0]
    assert (promise.expected, promise.staff, promise.cost_gbp, promise.chance) == (600, 6.5, 4e5, 0.3)


def test_patients_of_another_unit_come_in_whole_areas_and_push_it_under():
    option = scenarios.KeepWithInvestment(unit="Dover", from_units={"Ashford": 200})(stroke())
    assert volume(option)["Dover"] == pytest.approx(900)
    promise = option.promises[0]
    assert promise.from_units == {"Ashford": 600}
    assert promise.pushed_under == ("Ashford",)
    assert "pushes under their minimum: Ashford" in option.history[-1]


def test_a_promise_due_later_changes_nothing_before():
    option = scenarios.KeepWithInvestment(unit="Dover", from_units={"Ashford": 200}, at=30)(stroke())
    assert volume(option, 29) == {"Ashford": 600, "Ashford-REHAB": 0, "Dover": 300, "Dover-KEPT": 0, "Dover-REHAB": 0}
    assert volume(option, 30)["Dover-KEPT"] == pytest.approx(900)
    assert option.beds(30)[option.is_open(30)].sum() == stroke().beds().sum()


def test_a_broken_promise_ends_in_its_fallback():
    shut = scenarios.KeepWithInvestment(**PROMISE, kept=False, at=30)(stroke())
    assert shut.is_open(29)[DOVER]
    assert not shut.is_open(30)[DOVER]
    stays = scenarios.KeepWithInvestment(**PROMISE, kept=False, fallback="stay")(stroke())
    assert stays.is_open(1e4)[DOVER]
    assert volume(stays)["Dover"] == 300


def test_an_expected_promise_is_kept_where_its_chance_is_one_half_or_more():
    for chance, is_kept in ((0.49, False), (0.5, True)):
        option = scenarios.KeepWithInvestment(**{**PROMISE, "chance": chance}, from_units={}, kept="expected")(stroke())
        assert option.promises[0].is_kept is is_kept


def test_without_a_name_it_is_the_unit_that_lacks_least():
    option = scenarios.KeepWithInvestment()(stroke())
    assert option.promises[0].unit == "Dover"


def test_a_promise_that_falls_short_says_so():
    option = scenarios.KeepWithInvestment(unit="Dover", growth=10, from_units={})(stroke())
    assert "Even if it is kept the target is not reached." in option.history[-1]


def test_it_runs_and_loses_nobody():
    found = ask(stroke(), scenarios.KeepWithInvestment(unit="Dover", from_units={"Ashford": 200}, at=30), QUICK)
    assert np.array_equal(found.experiment.values("option", "unplaced_per_year")[1], np.zeros((2, 1)))


def test_bad_promises_are_refused():
    with pytest.raises(InputError, match="kept can be expected only where a chance is given"):
        scenarios.KeepWithInvestment(kept="expected")
    with pytest.raises(InputError) as raised:
        scenarios.KeepWithInvestment(unit="Dovr", from_units={"Ashfrod": 5})(stroke())
    assert "did you mean 'Dover'" in str(raised.value)
    assert "did you mean 'Ashford'" in str(raised.value)
    with pytest.raises(InputError, match="Ashford has 600 admissions a year to give"):
        scenarios.KeepWithInvestment(unit="Dover", from_units={"Ashford": 700})(stroke())


def test_beds_and_staff_are_not_promised_for_nothing_unsaid():
    with pytest.raises(InputError, match="a promise of beds_added and staff names what they cost"):
        scenarios.KeepWithInvestment(unit="Dover", beds_added=4, staff=8)
    assert scenarios.KeepWithInvestment(unit="Dover", beds_added=4, cost_gbp=0)(stroke()).promises[0].cost_gbp == 0


def test_beds_that_are_a_number_are_refused_with_the_setting_that_was_meant():
    with pytest.raises(InputError, match=r"moved, resized, lost, got 4; how many it gets is beds_added"):
        scenarios.KeepWithInvestment(unit="Dover", beds=4)
