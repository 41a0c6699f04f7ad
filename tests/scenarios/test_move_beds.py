"""MoveBeds, AddBeds, RemoveBeds: every bed is counted."""

from __future__ import annotations

import pytest

import scenarios
from sim.service.fault import InputError
from tests.two_towns import DOVER, stroke


def beds(service, at) -> list[float]:
    return service.beds(at).tolist()


def test_moving_beds_conserves_beds():
    option = scenarios.MoveBeds("Ashford", {"Dover": 4, "Ashford-REHAB": 2}, at=10)(stroke())
    assert beds(option, 9) == [34, 16, 18, 8]
    assert beds(option, 10) == [40, 14, 14, 8]


def test_beds_moved_before_a_later_change_stay_moved():
    later = scenarios.AddBeds({"Dover": 5}, at=20)(stroke())
    option = scenarios.MoveBeds("Ashford", {"Dover": 4}, at=10)(later)
    assert beds(option, 10) == [38, 16, 14, 8]
    assert beds(option, 20) == [38, 16, 19, 8]


def test_adding_and_removing_the_same_beds_leaves_what_was():
    option = scenarios.chain(scenarios.AddBeds({"Dover": 5}), scenarios.RemoveBeds({"Dover": 5}))(stroke())
    assert beds(option, 0) == beds(stroke(), 0)


def test_moving_more_beds_than_there_are_is_refused():
    with pytest.raises(InputError, match="Dover has 18 beds on day 0, and 19 are taken"):
        scenarios.MoveBeds("Ashford", {"Dover": 19})(stroke())


def test_taking_more_beds_than_there_will_be_is_refused():
    later = scenarios.RemoveBeds({"Dover": 15}, at=20)(stroke())
    with pytest.raises(InputError, match="Dover has 3 beds from day 10 on, and 4 are taken"):
        scenarios.RemoveBeds({"Dover": 4}, at=10)(later)


def test_an_open_unit_keeps_a_bed():
    with pytest.raises(InputError, match="Dover would be open without a bed"):
        scenarios.RemoveBeds({"Dover": 18})(stroke())
    assert scenarios.RemoveBeds({"Dover": 17})(stroke()).beds()[DOVER] == 1


def test_all_faults_are_told_together():
    with pytest.raises(InputError) as raised:
        scenarios.MoveBeds("Ashfrod", {"Dovr": 1, "Dover": 99}, at=-1)(stroke())
    for words in ("did you mean 'Ashford'", "did you mean 'Dover'", "99 are taken", "must not fall before the run"):
        assert words in str(raised.value)


@pytest.mark.parametrize("given", [{}, {"Dover": 0}, {"Dover": 1.5}, {"Dover": "two"}, "Dover"])
@pytest.mark.parametrize("verb", [scenarios.AddBeds, scenarios.RemoveBeds])
def test_beds_are_whole_numbers_by_unit(verb, given):
    with pytest.raises(InputError, match="beds"):
        verb(given)


def test_beds_cannot_be_added_to_a_closed_unit():
    with pytest.raises(InputError, match="Dover is closed already on day 5"):
        scenarios.AddBeds({"Dover": 2}, at=5)(scenarios.Close(["Dover"])(stroke()))
