"""Consolidating units of the two towns into one hub."""

from __future__ import annotations

import pytest

from scenarios import Close, Consolidate
from sim.measures.load import expected_load
from sim.service.fault import InputError
from tests.two_towns import WARD, stroke, towns


def refusal(service=None, /, **settings) -> str:
    with pytest.raises(InputError) as raised:
        Consolidate(**settings)(service or stroke())
    return str(raised.value)


def test_the_hub_takes_all_beds_whoever_its_patients_are():
    option = Consolidate("Dover", "Ashford", at=30)(stroke())
    assert option.beds(0).tolist() == [34, 16, 18, 8]
    assert option.beds(30).tolist() == [52, 16, 0, 8]
    assert option.is_open(30).tolist() == [True, True, False, True]
    assert option.marks == {"Dover": ("consolidated into Ashford",), "Ashford": ("hub",)}
    assert "which has 52 beds" in option.history[0]


def test_patients_go_to_the_nearest_unit_that_is_left():
    option = Consolidate("Dover", "Ashford")(towns(all=WARD))
    assert expected_load(option).index.tolist() == [900, 0, 0, 0]


def test_several_units_go_into_one():
    option = Consolidate(["Dover", "Dover-REHAB"], "Ashford")(stroke())
    assert option.beds().tolist() == [34 + 18 + 8, 16, 0, 0]


def test_closing_where_only_one_unit_gains_is_consolidating():
    close, consolidate = Close("Dover", at=7)(stroke()), Consolidate("Dover", "Ashford", at=7)(stroke())
    for at in (0, 7, 100):
        assert close.beds(at).tolist() == consolidate.beds(at).tolist()
        assert close.is_open(at).tolist() == consolidate.is_open(at).tolist()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"units": "Dover", "into": "Ashfrd"}, ["unknown unit 'Ashfrd'", "did you mean 'Ashford'?"]),
        ({"units": "Dovr", "into": "Ashfrd"}, ["2 faults", "did you mean 'Dover'?", "did you mean 'Ashford'?"]),
        ({"units": "Dover", "into": "Dover"}, ["the hub cannot be one of the units that close, got 'Dover'"]),
        ({"units": [], "into": "Ashford"}, ["at least one unit"]),
        ({"units": ["Dover", "Dover"], "into": "Ashford"}, ["a unit is named twice"]),
        ({"units": "Dover", "into": None}, ["a unit is named by its id"]),
        ({"units": "Dover", "into": ["Ashford"]}, ["a unit is named by its id"]),
        ({"units": "Ashford", "into": "Dover"}, ["comprehensive"]),
        ({"units": "Dover", "into": "Ashford", "at": "soon"}, ["a date", "'soon'"]),
        ({"units": "Dover", "into": "Ashford", "at": -1}, ["must not fall before the run starts"]),
    ],
)
def test_what_cannot_be_consolidated_is_refused(settings, words):
    said = refusal(**settings)
    for word in words:
        assert word in said


def test_a_hub_that_is_closed_takes_nobody():
    service = Close("Dover", at=10)(stroke())
    assert "Dover" in refusal(service, units="Dover-REHAB", into="Dover", at=20)
