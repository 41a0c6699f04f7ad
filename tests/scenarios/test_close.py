"""Closing named units of the two towns."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios import Close
from sim.service.fault import InputError
from sim.service.service import Change
from tests.two_towns import ASHFORD, DOVER, WARD, stroke, towns


def refusal(service=None, /, **settings) -> str:
    with pytest.raises(InputError) as raised:
        Close(**settings)(service or stroke())
    return str(raised.value)


def test_a_unit_closes_from_its_day_on_and_its_beds_go_with_its_patients():
    option = Close("Dover", at=30)(stroke())
    assert option.is_open(29.9).all()
    assert option.is_open(30).tolist() == [True, True, False, True]
    assert option.beds(29.9).tolist() == [34, 16, 18, 8]
    # All of Dover's patients go to Ashford's stroke unit, and so do its 18 beds; rehabilitation stays local.
    assert option.beds(30).tolist() == [52, 16, 0, 8]
    assert option.marks == {"Dover": ("closed",)}
    assert option.history == ("From day 30 Dover close to new patients; beds moved.",)


def test_a_date_is_as_good_as_a_day():
    assert Close("Dover", at="2026-05-01")(stroke()).changes == Close("Dover", at=30)(stroke()).changes


def test_one_unit_may_be_named_without_a_list_and_a_number_is_an_id():
    assert Close("Dover") == Close(["Dover"]) == Close(("Dover",))
    assert Close(12).units == ("12",)


def test_beds_may_be_lost():
    assert Close("Dover", beds="lost")(stroke()).beds().tolist() == [34, 16, 0, 8]


def test_resized_beds_delay_no_more_than_before():
    from sim.measures.load import delay_without_limit, expected_load

    service = stroke()
    option = Close("Dover", beds="resized")(service)
    was = float(delay_without_limit(expected_load(service).beds[ASHFORD], service.beds()[ASHFORD]))
    now = float(delay_without_limit(expected_load(option).beds[ASHFORD], option.beds()[ASHFORD]))
    assert now <= was
    # Pooled beds wait for fewer idle ones: less than all of Dover's are needed.
    assert 34 < option.beds()[ASHFORD] < 52
    assert option.beds()[DOVER] == 0


def test_a_kind_that_closes_somewhere_leaves_its_beds_to_units_of_that_kind():
    option = Close("Dover-REHAB")(stroke())
    assert option.beds().tolist() == [34, 24, 18, 0]


def test_changes_that_were_there_before_stay():
    service = towns(all=WARD).with_changes(Change(10, "Ashford", "beds", 40))
    option = Close("Dover", at=20)(service)
    assert [option.beds(at)[ASHFORD] for at in (0, 10, 20)] == [34, 40, 58]


def test_beds_added_later_are_added_to_those_that_moved():
    service = towns(all=WARD).with_changes(Change(50, "Ashford", "beds", 40))
    option = Close("Dover", at=20)(service)
    assert [option.beds(at)[ASHFORD] for at in (0, 20, 50)] == [34, 52, 58]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"units": "Dovr"}, ["unknown unit 'Dovr'", "did you mean 'Dover'?"]),
        ({"units": ["Dovr", "Ashfrd"]}, ["2 faults", "did you mean 'Dover'?", "did you mean 'Ashford'?"]),
        ({"units": []}, ["at least one unit"]),
        ({"units": ["Dover", "Dover"]}, ["a unit is named twice, got 'Dover'"]),
        ({"units": None}, ["a unit is named by its id"]),
        ({"units": [1.5]}, ["a unit is named by its id, got 1.5", "between quotes"]),
        ({"units": [True]}, ["a unit is named by its id, got True"]),
        ({"units": [["Dover"]]}, ["a unit is named by its id"]),
        ({"units": {"Dover": 1}}, ["a unit is named by its id"]),
        ({"units": "Ashford"}, ["comprehensive"]),
        ({"units": ["Ashford", "Dover"]}, ["3 faults", "hyperacute", "acute", "comprehensive"]),
        ({"units": ["Ashford-REHAB", "Dover-REHAB"]}, ["rehabilitation"]),
        (
            {"units": "Dover", "beds": "move"},
            ["beds is one of moved, resized, lost", "did you mean 'moved'?", "'move'"],
        ),
        ({"units": "Dover", "beds": None}, ["beds is one of moved, resized, lost"]),
        ({"units": "Dover", "beds": 0}, ["beds is one of moved, resized, lost", "0"]),
        ({"units": "Dover", "at": "yesterday"}, ["a date", "2027-04-01", "'yesterday'"]),
        ({"units": "Dover", "at": "31-12-2026"}, ["a date", "'31-12-2026'"]),
        ({"units": "Dover", "at": "2026-03-31"}, ["must not fall before the run starts on 2026-04-01"]),
        ({"units": "Dover", "at": -1}, ["must not fall before the run starts", "-1"]),
        ({"units": "Dover", "at": float("nan")}, ["a date", "nan"]),
        ({"units": "Dover", "at": float("inf")}, ["a date", "inf"]),
        ({"units": "Dover", "at": None}, ["a date"]),
        ({"units": "Dover", "at": True}, ["a date", "True"]),
    ],
)
def test_a_closure_that_cannot_be_is_refused(settings, words):
    said = refusal(**settings)
    for word in words:
        assert word in said


def test_what_is_closed_already_cannot_close():
    service = Close("Dover", at=10)(stroke())
    assert "Dover" in refusal(service, units="Dover", at=20)
    assert "closed" in refusal(service, units="Dover", at=20)
    # Before that day it can; then it is closed for longer.
    assert not Close("Dover", at=5)(service).is_open(7)[DOVER]


def test_closing_every_unit_of_a_kind_one_after_the_other_is_refused_too():
    service = towns(all=WARD)
    assert "acute" in refusal(Close("Dover")(service), units="Ashford", at=20)
    assert np.array_equal(Close("Dover")(service).is_open(), [True, True, False, True])
