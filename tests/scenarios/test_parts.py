"""Units that close take their parts with them, and their beds and theatre lists go where the patients go."""

from __future__ import annotations

import pytest

import scenarios
from sim.service.slots import slots_at
from sim.study.load import load_service


@pytest.fixture(scope="module")
def neurosurgery():
    return load_service("neurosurgery", region="two_towns")


def beds(service, at=0.0) -> dict[str, int]:
    return {str(u): int(b) for u, b in zip(service.units.id, service.beds(at))}


def slots(service, at=0.0) -> dict[str, float]:
    come = slots_at(service.slots, "theatre", service.units.id, at)
    return {str(u): float(n) for u, n in zip(service.units.id, come) if n}


CLOSING = {
    "Close": lambda at: scenarios.Close(["Dover"], at),
    "Consolidate": lambda at: scenarios.Consolidate(["Dover"], "Ashford", at),
    "CloseSmallUnits": lambda at: scenarios.CloseSmallUnits(kind="neurosurgery", minimum=2000, protect_kinds=(), at=at),
    "GreedyHubs": lambda at: scenarios.GreedyHubs(
        kind="neurosurgery", hubs=1, protect_kinds=(), keep_remote=False, at=at
    ),
}


@pytest.mark.parametrize("at", [0, 90])
@pytest.mark.parametrize("name", CLOSING)
def test_critical_care_closes_with_its_centre_and_no_bed_or_slot_is_lost(neurosurgery, name, at):
    option = CLOSING[name](at)(neurosurgery)
    shut = set(option.units.id[~option.is_open(at)])
    assert shut == {"Dover", "Dover-NCC"}
    before, after = beds(neurosurgery), beds(option, at)
    assert after["Ashford"] == before["Ashford"] + before["Dover"]
    assert after["Ashford-NCC"] == before["Ashford-NCC"] + before["Dover-NCC"]
    assert slots(option, at) == pytest.approx({"Ashford": 45, "Ashford-NCC": 8})
    assert slots(option, at - 1) == (slots(neurosurgery) if at else {})


def test_beds_resized_bring_slots_for_those_who_come(neurosurgery):
    option = scenarios.Close(["Dover"], beds="resized")(neurosurgery)
    assert slots(option)["Ashford"] > slots(neurosurgery)["Ashford"]
    assert set(slots(option)) == {"Ashford", "Ashford-NCC"}


def test_slots_lost_go_to_nobody(neurosurgery):
    option = scenarios.Close(["Dover"], beds="lost")(neurosurgery)
    assert slots(option) == {"Ashford": 30, "Ashford-NCC": 5}


def test_a_spoke_loses_its_lists_to_the_hub(neurosurgery):
    option = scenarios.HubAndSpoke(kind="neurosurgery", hubs=["Ashford"], higher=(), protect_kinds=(), minimum=1)(
        neurosurgery
    )
    assert sum(slots(option).values()) == pytest.approx(53)
    assert not {unit for unit in slots(option) if unit.startswith("Dover") and unit != "Dover-NCC"}


@pytest.mark.parametrize("at", [0, 90])
def test_a_unit_that_stays_on_a_promise_keeps_its_lists_and_gets_more(at):
    service = load_service("congenital_heart", region="two_towns")
    option = scenarios.KeepWithInvestment(kind="congenital_heart", at=at)(service)
    unit = "Dover-KEPT" if at else "Dover"
    # All of Ashford's patients come: a whole area is designated or none.
    assert slots(option, at)[unit] == pytest.approx(19.5)
    assert slots(option, at)["Ashford"] == 13
    assert ("Dover" in slots(option, at)) == (not at)


def test_beds_of_a_kind_grow_by_a_share(neurosurgery):
    option = scenarios.GrowBeds(["rehabilitation_level_2", "rehabilitation_level_3"], 0.5)(neurosurgery)
    added = {
        unit: count - beds(neurosurgery)[unit]
        for unit, count in beds(option).items()
        if count != beds(neurosurgery)[unit]
    }
    assert sum(added.values()) == round(0.5 * (5 + 9 + 3))
    assert set(added) == {"Ashford-L3", "Dover-L2", "Dover-L3"}


def test_rapid_access_takes_people_from_the_local_bed_and_from_nowhere_else(neurosurgery):
    option = scenarios.Redirect("ward", "acute", "rapid_rehabilitation", 0.21)(neurosurgery)
    for before, after in zip(neurosurgery.groups, option.groups):
        was, now = (dict(next((s.next for s in g.stages if s.name == "ward"), {})) for g in (before, after))
        if "rapid_rehabilitation" in was:
            assert now["acute"] == pytest.approx(0.79 * was["acute"])
            assert now["rapid_rehabilitation"] == pytest.approx(0.21 * was["acute"])
            assert {k: v for k, v in now.items() if k not in ("acute", "rapid_rehabilitation")} == {
                k: v for k, v in was.items() if k not in ("acute", "rapid_rehabilitation")
            }
        else:
            assert was == now
    assert beds(option)["Dover-L2"] > beds(neurosurgery)["Dover-L2"]
    assert beds(
        scenarios.Redirect("ward", "acute", "rapid_rehabilitation", 0.21, beds="as they are")(neurosurgery)
    ) == beds(neurosurgery)
