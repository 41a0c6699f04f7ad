"""Deadlock: circles of units in which patients could hold beds for ever are refused, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.cohort.cohort import draw
from sim.engine.contract import DISCHARGED, IN_SYSTEM
from sim.engine.engines import engine
from sim.journeys.deadlock import refuse_deadlock, waits_for
from sim.journeys.routes import route
from sim.journeys.send import send
from sim.service.fault import InputError
from sim.service.service import Change
from tests.two_towns import ASHFORD, ASHFORD_REHAB, DOVER, DOVER_REHAB, WARD_AND_REHABILITATION, stroke, towns

HORIZON = 100.0


def there_and_back(**back) -> dict:
    """From the local stroke unit to the centre in Ashford, and back to the local stroke unit."""
    return {
        "per_admission": 1,
        "stages": {
            "ward": {"kind": "acute", "stay": 2, "next": {"centre": 1}},
            "centre": {"kind": "comprehensive", "stay": 2, "same_bed": False, "next": {"back": 1}},
            "back": {"kind": "acute", "ranked_from": "home", "stay": 5, "same_bed": False, **back},
        },
    }


def arrows(service, horizon=HORIZON) -> set[tuple[int, int]]:
    """(u, v): somebody may hold a bed in u while waiting for v, which is another unit."""
    joined = sum(found.astype(int) for found in waits_for(service, horizon).values())
    return {(int(u), int(v)) for u, v in np.argwhere(joined) if u != v}


def test_a_pathway_that_only_goes_on_has_no_circle():
    service = towns(all=WARD_AND_REHABILITATION)
    assert arrows(service) == {(ASHFORD, ASHFORD_REHAB), (DOVER, DOVER_REHAB)}
    refuse_deadlock(service, HORIZON)


def test_the_shipped_pathways_have_none():
    refuse_deadlock(stroke(), HORIZON)


def test_treat_and_return_is_refused_by_group_and_units_with_a_cure():
    service = towns(all=there_and_back())
    assert {(DOVER, ASHFORD), (ASHFORD, DOVER)} <= arrows(service)
    with pytest.raises(InputError) as raised:
        refuse_deadlock(service, HORIZON)
    for word in (
        "test could deadlock",
        "patients of all",
        "Ashford, Dover",
        "each waiting for the next",
        "keeps_bed: false",
    ):
        assert word in str(raised.value)
    assert "REHAB" not in str(raised.value)


def test_such_a_pathway_does_lock_when_it_is_run_all_the_same():
    service = towns(all=there_and_back()).with_units(beds=[2, 0, 2, 0])
    sent = send(draw(service, 1, 0, HORIZON), route(service, HORIZON))
    trace = engine("reference")(sent.journeys, HORIZON)
    assert np.nanmax(trace.ended) < HORIZON / 2
    assert (trace.end == IN_SYSTEM).sum() > 10 * (trace.end == DISCHARGED).sum()


def test_leaving_the_bed_before_the_next_one_comes_mends_it():
    service = towns(all=there_and_back(keeps_bed=False))
    assert arrows(service) == {(DOVER, ASHFORD)}
    refuse_deadlock(service, HORIZON)


def test_a_stage_that_counts_no_beds_waits_for_none_and_holds_none():
    pathway = there_and_back()
    pathway["stages"]["centre"]["beds"] = "unlimited"
    assert arrows(towns(all=pathway)) == {(DOVER, ASHFORD)}
    refuse_deadlock(towns(all=pathway), HORIZON)


def test_going_on_in_ones_own_bed_waits_for_nobody():
    pathway = there_and_back(same_bed=True)
    # Ashford's centre gives acute care too: whoever lies there stays there.
    assert arrows(towns(all=pathway)) == {(DOVER, ASHFORD)}


def test_two_groups_can_make_a_circle_that_neither_makes_alone():
    one = {
        "per_admission": 1,
        "stages": {"a": {"kind": "acute", "stay": 1, "next": {"b": 1}}, "b": {"kind": "rehabilitation", "stay": 1}},
    }
    other = {
        "per_admission": 1,
        "stages": {"a": {"kind": "rehabilitation", "stay": 1, "next": {"b": 1}}, "b": {"kind": "acute", "stay": 1}},
    }
    refuse_deadlock(towns(one=one), HORIZON)
    refuse_deadlock(towns(other=other), HORIZON)
    with pytest.raises(InputError, match="patients of one, other could hold beds in a circle at") as raised:
        refuse_deadlock(towns(one=one, other=other), HORIZON)
    assert "2 faults" in str(raised.value)
    # A group without patients holds no bed.
    refuse_deadlock(towns(one=one, other={**other, "per_admission": 0}), HORIZON)


def test_a_circle_that_only_a_later_closure_makes_is_refused():
    pathway = {
        "per_admission": 1,
        "stages": {
            "ward": {"kind": "acute", "stay": 2, "next": {"later": 1}},
            "later": {"kind": "acute", "ranked_from": "home", "stay": 5, "same_bed": False},
        },
    }
    service = towns(all=pathway)
    refuse_deadlock(service, HORIZON)
    # Dover shuts and opens again, then Ashford does: some lie in one and wait for the other, both ways round.
    closing = [(10, "Dover", 0), (20, "Dover", 1), (30, "Ashford", 0), (40, "Ashford", 1)]
    option = service.with_changes(*(Change(at, unit, "open", value) for at, unit, value in closing))
    with pytest.raises(InputError, match="could hold beds in a circle at Ashford, Dover"):
        refuse_deadlock(option, HORIZON)
    # A closure beyond the end of the run makes none.
    refuse_deadlock(replace(service, changes=tuple(replace(c, at=c.at + HORIZON) for c in option.changes)), HORIZON)


@pytest.mark.parametrize("setting", [{"wait_at": "any"}, {"diversion_minutes": 30}])
def test_where_any_unit_may_take_a_patient_every_unit_counts(setting):
    pathway = {
        "per_admission": 1,
        "stages": {
            "ward": {"kind": "acute", "stay": 2, "next": {"later": 1}},
            "later": {"kind": "acute", "ranked_from": "home", "stay": 5, "same_bed": False},
        },
    }
    refuse_deadlock(towns(all=pathway), HORIZON)
    pathway["stages"]["later"] |= setting
    with pytest.raises(InputError, match="circle at Ashford, Dover"):
        refuse_deadlock(towns(all=pathway), HORIZON)
