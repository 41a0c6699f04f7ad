"""PhasedClosure: a rule's decision, in waves."""

from __future__ import annotations

import pytest

import scenarios
from sim.service.fault import InputError
from sim.study.load import load_service
from tests.two_towns import stroke


@pytest.fixture(scope="module")
def england():
    return load_service("stroke", region="england_220")


def test_what_closes_in_the_end_is_what_the_rule_closes(england):
    rule = scenarios.CloseSmallUnits()
    assert scenarios.PhasedClosure(rule)(england).is_open(1e4).tolist() == rule(england).is_open(1e4).tolist()


def test_waves_are_evenly_spaced_and_follow_the_rules_order(england):
    rule = scenarios.CloseSmallUnits()
    order, option = rule.decide(england).order, scenarios.PhasedClosure(rule, waves=4, years=2, at=10)(england)
    shut = [c for c in option.changes if c.what == "open"]
    assert [england.unit_index(c.unit) for c in shut] == list(order)
    assert sorted({c.at for c in shut}) == [10, 193, 376, 559]


def test_beds_are_conserved_through_every_wave(england):
    option = scenarios.PhasedClosure()(england)
    for at in (0, 200, 400, 600):
        assert option.beds(at)[option.is_open(at)].sum() == england.beds().sum()


def test_one_wave_is_the_rule_itself():
    one, rule = scenarios.PhasedClosure(waves=1)(stroke()), scenarios.CloseSmallUnits()(stroke())
    assert one.changes == rule.changes


@pytest.mark.parametrize("given", [{"waves": 0}, {"years": -1}, {"rule": "small"}])
def test_bad_settings_are_refused(given):
    with pytest.raises(InputError, match=next(iter(given))):
        scenarios.PhasedClosure(**given)
