"""A service: dated changes, what is open and how many beds there are when, and what cannot be a service."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.service.costs import Costs
from sim.service.fault import InputError
from sim.service.places import Region
from sim.service.service import Change, Service, WeeklyHours
from tests.two_towns import ASHFORD, DOVER, WARD, WARD_AND_REHABILITATION, towns

SERVICE = towns(all=WARD)


def changed(*changes: Change) -> Service:
    return SERVICE.with_changes(*changes)


def refusal(service: Service, **change) -> str:
    with pytest.raises(InputError) as raised:
        replace(service, **change)
    return str(raised.value)


def test_a_unit_is_closed_from_its_day_on_and_opens_again():
    service = changed(Change(10, "Dover", "open", 0), Change(20, "Dover", "open", 1))
    assert [bool(service.is_open(at)[DOVER]) for at in (0, 9.99, 10, 19.99, 20, 500)] == [
        True,
        True,
        False,
        False,
        True,
        True,
    ]
    assert service.is_open(15)[ASHFORD]
    assert service.epochs(100) == (0.0, 10, 20)
    assert service.epochs(20) == (0.0, 10)


def test_beds_hold_from_their_day_on_whatever_the_order_of_the_list():
    service = changed(Change(20, "Dover", "beds", 5), Change(10, "Dover", "beds", 9))
    assert [service.beds(at)[DOVER] for at in (0, 10, 20)] == [18, 9, 5]
    assert service.beds(20)[ASHFORD] == 34


def test_of_two_changes_at_one_time_the_later_in_the_list_holds():
    service = changed(Change(10, "Dover", "beds", 9), Change(10, "Dover", "beds", 7))
    assert service.beds(10)[DOVER] == 7


def test_a_change_of_a_service_leaves_the_old_one_as_it_was():
    before = SERVICE.changes, SERVICE.history, dict(SERVICE.marks)
    after = SERVICE.with_changes(Change(1, "Dover", "beds", 9), said="Dover shrinks.", marks={"Dover": ("shrunk",)})
    assert (SERVICE.changes, SERVICE.history, dict(SERVICE.marks)) == before
    assert (after.history, after.marks) == (("Dover shrinks.",), {"Dover": ("shrunk",)})
    again = after.with_changes(said="Dover shrinks again.", marks={"Dover": ("again",)})
    assert again.marks == {"Dover": ("shrunk", "again")}
    assert SERVICE.with_units(beds=[1, 2, 3, 4]).units.beds.tolist() == [1, 2, 3, 4]
    assert SERVICE.units.beds.tolist() == [34, 16, 18, 8]


def test_nothing_in_a_region_can_be_changed_in_place():
    region: Region = SERVICE.region
    arrays = [
        region.areas.demand,
        region.areas.id,
        region.units.beds,
        region.units.gives["acute"],
        region.travel.area_site,
    ]
    arrays += [region.areas.attribute["population"], region.areas.body["icb"], region.sites.body["icb"]]
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[-1]
    for mapping in (region.units.gives, region.areas.attribute, region.sites.body):
        with pytest.raises(TypeError, match="read-only"):
            mapping["acute"] = None


def test_the_kinds_are_those_asked_for_and_then_those_given():
    assert towns(all=WARD_AND_REHABILITATION).kinds == ("acute", "rehabilitation", "hyperacute", "comprehensive")
    assert SERVICE.gives("acute").tolist() == [True, False, True, False]
    assert SERVICE.gives("maternity").tolist() == [False] * 4


def test_an_unknown_unit_is_refused_with_the_nearest_spelling():
    assert SERVICE.unit_index("Dover") == DOVER
    with pytest.raises(InputError, match=r"unknown unit 'Dovr' in Close; did you mean 'Dover'\?"):
        SERVICE.unit_index("Dovr", "Close")


def test_a_kind_that_no_unit_gives_is_refused_by_stage_and_group():
    with pytest.raises(InputError) as raised:
        towns(all={"per_admission": 1, "stages": {"ward": {"kind": "actue", "stay": 1}}})
    for word in ("group all stage ward", "that no unit gives, got 'actue'", "did you mean 'acute'?"):
        assert word in str(raised.value)


def test_the_last_unit_of_a_kind_that_somebody_needs_cannot_close():
    said = refusal(SERVICE, changes=(Change(5, "Dover", "open", 0), Change(9, "Ashford", "open", 0)))
    assert "no unit that gives acute is open from day 9" in said
    # It may where the other opens again in time, and where nobody needs the kind.
    changed(Change(5, "Dover", "open", 0), Change(9, "Dover", "open", 1), Change(9, "Ashford", "open", 0))
    changed(Change(5, "Ashford-REHAB", "open", 0), Change(5, "Dover-REHAB", "open", 0))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change(1, "Dovr", "beds", 1), ["an unknown unit 'Dovr'; did you mean 'Dover'?"]),
        (Change(-1, "Dover", "beds", 1), ["a change of Dover must fall at or after the start of the run, got -1"]),
        (Change(float("nan"), "Dover", "beds", 1), ["must fall at or after the start of the run, got nan"]),
        (Change(float("inf"), "Dover", "beds", 1), ["got inf"]),
        (Change(1, "Dover", "bed", 1), ["a change sets one of beds, open, slots, got 'bed'"]),
        (Change(1, "Dover", "beds", -1), ["a whole number, 0 or more, got -1"]),
        (Change(1, "Dover", "beds", 1.5), ["a whole number, 0 or more, got 1.5"]),
        (Change(1, "Dover", "beds", float("nan")), ["a whole number, 0 or more, got nan"]),
    ],
)
def test_a_change_that_cannot_be_is_refused(change, words):
    said = refusal(SERVICE, changes=(change,))
    for word in words:
        assert word in said


def test_a_service_without_patients_is_refused():
    nobody = replace(SERVICE.areas, demand=np.zeros(2))
    assert "no area has demand" in refusal(SERVICE, region=replace(SERVICE.region, areas=nobody))
    assert "no group has patients" in refusal(SERVICE, groups=(replace(SERVICE.groups[0], per_admission=0.0),))
    assert "two groups have one name, got 'all'" in refusal(SERVICE, groups=SERVICE.groups * 2)


def test_more_beds_than_an_engine_counts_are_refused():
    with pytest.raises(InputError, match="beds of Dover must be at most 1,000,000"):
        SERVICE.with_units(beds=[34, 16, 1e10, 8])


def test_opening_hours_are_of_known_units_and_of_a_whole_week():
    week = WeeklyHours(np.ones((7, 24)))
    assert "opening hours name an unknown unit 'Dovr'; did you mean 'Dover'?" in refusal(SERVICE, hours={"Dovr": week})
    with pytest.raises(InputError, match="7 days of 24 hours, got \\(24,\\)"):
        WeeklyHours(np.ones(24))


@pytest.mark.parametrize("shares", [(-0.1, 0.5), (0.6, 0.6), (1.1, 0)])
def test_shares_of_cost_that_do_not_fit_are_refused(shares):
    with pytest.raises(InputError, match="fixed and semi-fixed shares must be 0 or more and sum to at most 1"):
        Costs(1, 1, {}, {}, *shares)
