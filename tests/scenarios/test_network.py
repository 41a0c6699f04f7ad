"""Network and Allocate: who goes where is designated."""

from __future__ import annotations

import pytest

import scenarios
from sim.measures.load import expected_load
from sim.service.fault import InputError
from tests.two_towns import ASHFORD, DOVER, stroke


def volume(service) -> list[float]:
    return expected_load(service).index[[ASHFORD, DOVER]].round(6).tolist()


def test_inside_one_body_the_nearest_unit_is_the_nearest():
    assert volume(scenarios.Network()(stroke())) == [600, 300]


def test_an_area_or_body_can_be_sent_to_a_named_unit():
    assert volume(scenarios.Network(send={"Dover": "Ashford"})(stroke())) == [900, 0]
    assert volume(scenarios.Network(send={"Two Towns": "Dover"})(stroke())) == [0, 900]


def test_when_the_designated_unit_closes_patients_go_to_the_nearest():
    both = scenarios.chain(scenarios.Network(send={"Ashford": "Dover"}), scenarios.Close(["Dover"], at=10))
    option = both(stroke())
    assert expected_load(option, option.is_open(10)).index[ASHFORD] == pytest.approx(900)


def test_everything_unknown_is_told_together():
    with pytest.raises(InputError) as raised:
        scenarios.Network(level="icbs", send={"Dovr": "Ashfrod"}, kind="hyperacut")(stroke())
    for words in ("did you mean 'icb'", "did you mean 'Dover'", "did you mean 'Ashford'", "did you mean 'hyperacute'"):
        assert words in str(raised.value)


def test_mothership_sends_everybody_to_the_centre_and_drip_and_ship_nobody_further():
    mothership = scenarios.Allocate({"rule": "bypass", "minutes": 10000, "to": "comprehensive"})
    assert volume(mothership(stroke())) == [900, 0]
    assert volume(scenarios.Allocate({"rule": "nearest"})(stroke())) == [600, 300]


def test_allocate_needs_a_rule():
    with pytest.raises(InputError, match="allocation is a rule with its settings"):
        scenarios.Allocate()
