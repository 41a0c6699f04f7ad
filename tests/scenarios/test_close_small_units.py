"""Closing small units: which close, in which order, and why others stay - in the two towns and in places made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scenarios import CloseSmallUnits
from sim.service.fault import InputError
from sim.service.service import Service
from tests.two_towns import DOVER, anywhere, stroke

ANY = {"keep_remote": False, "protect_kinds": ()}


def in_a_row(demand, reported, places=None) -> Service:
    """Units and areas along a road, a minute a kilometre: area i lives at unit i. Reported volumes may be NaN."""
    count = len(demand)
    service = anywhere(0, areas=count, units=count)
    place = np.arange(count) * 10.0 if places is None else np.array(places, dtype=float)
    minutes = abs(place[:, None] - place)
    region = service.region
    travel = replace(region.travel, area_site=minutes, site_site=minutes)
    areas = replace(region.areas, demand=demand)
    units = replace(region.units, reported_volume=reported, beds=np.full(count, 10))
    return replace(service, region=replace(region, travel=travel, areas=areas, units=units))


def closed(service, **settings) -> list[str]:
    """The units closed, in order."""
    return [str(service.units.id[u]) for u in CloseSmallUnits(**{**ANY, **settings}).decide(service).order]


def test_dover_is_under_600_and_closes():
    option = CloseSmallUnits()(stroke())
    assert option.is_open().tolist() == [True, True, False, True]
    assert option.beds().tolist() == [52, 16, 0, 8]
    assert "closed 1 of 1 at 300 a year by reported volume" in option.marks["Dover"][0]
    assert "under 600 a year by reported volume; beds moved." in option.history[0]


def test_the_smallest_closes_first_and_its_patients_may_lift_the_next_over_the_minimum():
    # 100 goes first and makes 250 + 100 = 350; that is still the smallest and goes on to 600.
    service = in_a_row([100, 250, 600], [np.nan] * 3)
    assert closed(service, minimum=400, volume="modelled") == ["U00", "U01"]
    # From 350 on it may stay.
    assert closed(service, minimum=350, volume="modelled") == ["U00"]
    assert closed(service, minimum=100, volume="modelled") == []


def test_a_unit_with_just_the_minimum_stays():
    assert closed(in_a_row([300, 600], [300, 600]), minimum=300) == []
    # The shares of the stroke groups sum to one but for the last bit.
    for volume in ("modelled", "reported"):
        assert closed(stroke(), minimum=300, volume=volume) == []
        assert CloseSmallUnits(minimum=600, volume=volume, **ANY).decide(stroke()).disputed == frozenset()


def test_reported_volume_decides_where_there_is_one_and_carries_the_modelled_change():
    # Modelled 300 and 600, reported 500 and 400: the second is under 450 by report, the first by model.
    service = in_a_row([300, 600], [500, 400])
    assert closed(service, minimum=450, volume="reported") == ["U01"]
    assert closed(service, minimum=450, volume="modelled") == ["U00"]
    decision = CloseSmallUnits(minimum=450, **ANY).decide(service)
    assert decision.disputed == {0, 1}
    # The first keeps its 500 and takes the 600 modelled for the second.
    assert decision.volume_after.tolist() == pytest.approx([1100, np.nan], nan_ok=True)
    # Without a report the model stands in.
    assert closed(in_a_row([300, 600], [np.nan, 400]), minimum=350) == ["U00"]


def test_a_small_and_remote_unit_stays_with_the_reason():
    service = in_a_row([100, 600], [100, 600], places=[0, 90])
    rule = CloseSmallUnits(minimum=300, protect_kinds=())
    decision = rule.decide(service)
    assert decision.order == ()
    assert "remote" in decision.kept[0]
    assert "100 %" in decision.kept[0]
    assert "but kept" in rule(service).marks["U00"][0]
    assert CloseSmallUnits(minimum=300, protect_kinds=(), remote_minutes=90).decide(service).order == (0,)
    assert CloseSmallUnits(minimum=300, protect_kinds=(), keep_remote=False).decide(service).order == (0,)
    assert CloseSmallUnits(minimum=300, protect_kinds=(), remote_share=1).decide(service).order == (0,)


def test_a_protected_unit_stays_with_its_reason_and_the_next_one_closes():
    service = in_a_row([100, 200, 600], [np.nan] * 3)
    rule = CloseSmallUnits(minimum=300, protected={"U00": "across the bay"}, keep_remote=False, protect_kinds=())
    decision = rule.decide(service)
    assert decision.order == (1,)
    assert "across the bay" in decision.kept[0]


def test_a_unit_that_gives_a_protected_kind_never_closes():
    service = stroke()
    rule = CloseSmallUnits(minimum=10_000, keep_remote=False)
    decision = rule.decide(service)
    assert decision.order == (DOVER,)
    assert "comprehensive" in decision.kept[0]
    assert CloseSmallUnits(protect_kinds="comprehensive") == CloseSmallUnits(protect_kinds=["comprehensive"])


def test_a_closure_that_hangs_on_a_tie_is_marked():
    service = in_a_row([200, 200, 600], [np.nan] * 3)
    decision = CloseSmallUnits(minimum=250, **ANY).decide(service)
    assert decision.order == (0,)
    assert decision.tied == {0}


def test_units_of_other_kinds_are_never_touched():
    decision = CloseSmallUnits(minimum=10_000, keep_remote=False).decide(stroke())
    assert np.isnan(decision.volume_before[[1, 3]]).all()
    assert set(decision.order) <= {DOVER}


def test_deciding_changes_nothing():
    service = stroke()
    before = service.is_open().tolist(), service.changes
    CloseSmallUnits().decide(service)
    assert (service.is_open().tolist(), service.changes) == before


def test_every_closing_rule_may_come_later():
    option = CloseSmallUnits(at="2026-05-01")(stroke())
    assert option.is_open(29).all()
    assert not option.is_open(30)[DOVER]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"minimum": 0}, ["minimum must be a number of admissions a year, above 0, got 0"]),
        ({"minimum": "many"}, ["minimum must be a number", "'many'"]),
        ({"minimum": True}, ["minimum must be a number", "True"]),
        ({"minimum": float("inf")}, ["minimum must be a number", "inf"]),
        ({"volume": "repoted"}, ["volume is reported or modelled", "did you mean 'reported'?"]),
        ({"volume": ("reported",)}, ["volume is reported or modelled"]),
        ({"keep_remote": "no"}, ["keep_remote is true or false, got 'no'"]),
        ({"remote_share": 2}, ["remote_share must lie between 0 and 1, got 2"]),
        ({"remote_share": "some"}, ["remote_share must lie between 0 and 1, got 'some'"]),
        ({"remote_share": None}, ["remote_share must lie between 0 and 1"]),
        ({"remote_minutes": -5}, ["remote_minutes must be a number, 0 or more, got -5"]),
        ({"remote_minutes": "far"}, ["remote_minutes must be a number", "'far'"]),
        ({"kind": 5}, ["kind is a kind of care, got 5"]),
        ({"kind": "hyperactue"}, ["no unit gives this kind of care, got 'hyperactue'", "did you mean 'hyperacute'?"]),
        ({"kind": "rehabilitation"}, ["no minimum for rehabilitation", "set scenario.minimum"]),
        ({"protect_kinds": 5}, ["protect_kinds is a list of kinds of care, got 5"]),
        ({"protect_kinds": [5]}, ["protect_kinds is a list of kinds of care"]),
        ({"protect_kinds": ["comprehensiv"]}, ["got 'comprehensiv'", "did you mean 'comprehensive'?"]),
        ({"protected": 5}, ["protected is unit ids, each with its reason, got 5"]),
        ({"protected": ["Dover"]}, ["protected is unit ids, each with its reason"]),
        ({"protected": {"Dovr": "x"}}, ["unknown protected unit 'Dovr'", "did you mean 'Dover'?"]),
        ({"beds": "move"}, ["beds is one of moved, resized, lost"]),
        ({"at": "soon"}, ["a date", "'soon'"]),
        ({"minimum": -1, "volume": "x", "remote_share": 3}, ["3 faults"]),
    ],
)
def test_a_rule_that_cannot_be_is_refused(settings, words):
    with pytest.raises(InputError) as raised:
        CloseSmallUnits(**settings)(stroke())
    for word in ("CloseSmallUnits", *words):
        assert word in str(raised.value)


def test_closing_by_modelled_volume_is_refused_where_the_model_is_too_coarse():
    service = stroke()
    coarse = replace(service, region=replace(service.region, volume_error=0.08))
    with pytest.raises(
        InputError, match=r"off by 8.0 % against the finest level known.*use region=england, or volume=reported"
    ):
        CloseSmallUnits(volume="modelled")(coarse)
    CloseSmallUnits(volume="reported")(coarse)


def test_closing_everything_is_refused():
    service = in_a_row([100, 200, 600], [np.nan] * 3)
    with pytest.raises(InputError, match="every hyperacute unit is under 1000 a year; lower the minimum"):
        CloseSmallUnits(minimum=1000, **ANY)(service)
