"""What holds of closing units anywhere, in places made up by chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import Baseline, Chain, Close, CloseSmallUnits, Consolidate
from sim.cohort.cohort import draw
from sim.journeys.routes import route
from sim.journeys.send import send
from sim.service.fault import InputError
from sim.service.service import Service
from sim.study.view import view
from tests.two_towns import anywhere, stroke

HORIZON = 60.0

VERBS = [
    Baseline(),
    Close("Dover"),
    Close(["Dover", "Dover-REHAB"], at=30, beds="resized"),
    Close("Dover", at="2026-05-01", beds="lost"),
    Consolidate("Dover", "Ashford"),
    CloseSmallUnits(),
    CloseSmallUnits(minimum=100),
    Chain((Close("Dover-REHAB"), Close("Dover", at=5))),
]

PLACES = (st.integers(0, 10_000), st.floats(0, 1), st.integers(0, 100))
"""A place, the share of its units that close, and which."""


def closing(service: Service, share: float, luck: int) -> list[str]:
    """Some units to close, never all."""
    units = np.random.default_rng(luck).permutation(service.units.id)
    return units[: max(1, round(share * (len(units) - 1)))].tolist()


@pytest.mark.parametrize("verb", VERBS, ids=repr)
def test_the_same_patients_need_the_same_care_under_every_option(verb):
    service = stroke()
    cohort = draw(service, 1, 0, HORIZON)
    before, after = (send(cohort, route(each, HORIZON)) for each in (service, verb(service)))
    np.testing.assert_array_equal(before.journeys.patients.number, after.journeys.patients.number)
    np.testing.assert_array_equal(before.journeys.patients.arrival, after.journeys.patients.arrival)
    np.testing.assert_array_equal(before.journeys.steps.stage, after.journeys.steps.stage)
    np.testing.assert_array_equal(before.journeys.steps.stay, after.journeys.steps.stay)
    np.testing.assert_array_equal(before.destination, after.destination)


def held(service: Service) -> dict:
    """Everything a service holds that a verb could have changed under it."""
    arrays = {"beds": service.units.beds, "demand": service.areas.demand, "minutes": service.region.travel.area_site}
    arrays |= {f"gives {kind}": given for kind, given in service.units.gives.items()}
    told = {
        "history": service.history,
        "marks": dict(service.marks),
        "changes": service.changes,
        "groups": service.groups,
    }
    return {**{key: array.tolist() for key, array in arrays.items()}, **told}


@pytest.mark.parametrize("verb", VERBS, ids=repr)
def test_no_verb_edits_the_service_it_is_given(verb):
    service = stroke()
    before = held(service)
    verb(service)
    assert held(service) == before


@pytest.mark.parametrize("verb", VERBS, ids=repr)
def test_a_verb_says_the_same_twice(verb):
    one, other = verb(stroke()), verb(stroke())
    assert (one.changes, one.history, dict(one.marks)) == (other.changes, other.history, dict(other.marks))


@pytest.mark.parametrize("verb", VERBS[1:], ids=repr)
def test_every_change_is_said_in_a_sentence(verb):
    option = verb(stroke())
    assert option.history
    assert all(said.endswith(".") for said in option.history)
    assert all(option.marks[change.unit] for change in option.changes if change.what == "open")


@settings(max_examples=40, deadline=None)
@given(*PLACES)
def test_closing_never_shortens_a_journey_to_the_nearest_unit(seed, share, luck):
    service = anywhere(seed)
    before, after = view(service), view(Close(closing(service, share, luck))(service))
    assert (after.nearest.minutes >= before.nearest.minutes).all()
    assert after.access.mean >= before.access.mean - 1e-9
    assert (after.access.within <= before.access.within + 1e-9).all()


@settings(max_examples=40, deadline=None)
@given(*PLACES)
def test_only_patients_of_a_closed_unit_move(seed, share, luck):
    service = anywhere(seed)
    gone = closing(service, share, luck)
    before, after = view(service), view(Close(gone)(service))
    stays = ~np.isin(service.units.id[before.nearest.unit], gone)
    np.testing.assert_array_equal(before.nearest.unit[stays], after.nearest.unit[stays])
    assert not np.isin(service.units.id[after.nearest.unit], gone).any()


@settings(max_examples=40, deadline=None)
@given(*PLACES)
def test_closing_moves_every_admission_and_loses_none(seed, share, luck):
    service = anywhere(seed)
    before, after = view(service), view(Close(closing(service, share, luck))(service))
    assert after.load.index.sum() == pytest.approx(before.load.index.sum()) == pytest.approx(service.areas.demand.sum())
    assert after.load.bed_days.sum() == pytest.approx(before.load.bed_days.sum())
    assert (after.load.index[~after.is_open] == 0).all()
    assert (after.load.index[after.is_open] >= before.load.index[after.is_open] - 1e-9).all()


@settings(max_examples=40, deadline=None)
@given(*PLACES)
def test_moving_beds_conserves_beds(seed, share, luck):
    service = anywhere(seed)
    gone = closing(service, share, luck)
    is_gone = np.isin(service.units.id, gone)
    option = Close(gone, beds="moved")(service)
    if view(service).load.index[is_gone].sum() > 0:  # beds follow patients: where nobody came, they follow nobody
        assert option.beds().sum() == service.beds().sum()
    assert (option.beds()[is_gone] == 0).all()
    assert (option.beds()[~is_gone] >= service.beds()[~is_gone]).all()
    hub = next(str(unit) for unit in service.units.id if unit not in gone)
    assert Consolidate(gone, hub)(service).beds().sum() == service.beds().sum()


@settings(max_examples=40, deadline=None)
@given(*PLACES)
def test_lost_beds_are_those_of_the_closed_units_alone(seed, share, luck):
    service = anywhere(seed)
    gone = np.isin(service.units.id, closing(service, share, luck))
    option = Close(service.units.id[gone].tolist(), beds="lost")(service)
    np.testing.assert_array_equal(option.beds(), np.where(gone, 0, service.beds()))


def closed_by(service: Service, minimum: float) -> int:
    """How many units close under a minimum when none is spared; all of them where all are under it."""
    rule = CloseSmallUnits(minimum=minimum, volume="modelled", keep_remote=False, protect_kinds=())
    try:
        decision = rule.decide(service)
    except InputError:
        return len(service.units)
    assert all(volume < minimum for volume in decision.volume_at_closing)
    after = view(rule(service))
    left = np.flatnonzero(after.is_open)
    spared = np.isin(left, list(decision.kept))
    assert (after.load.index[left[~spared]] >= minimum * (1 - 1e-9)).all()
    return len(decision.order) + int(spared.sum())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(100, 1000), st.floats(0, 500))
def test_no_unit_is_left_under_the_minimum_and_a_higher_one_leaves_no_more(seed, minimum, more):
    service = anywhere(seed)
    assert closed_by(service, minimum + more) >= closed_by(service, minimum)
