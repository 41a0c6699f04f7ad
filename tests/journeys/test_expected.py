"""The expected way of patients of the two towns, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.cohort.cohort import draw
from sim.engine.engines import engine
from sim.journeys.expected import first_open, ways
from sim.journeys.routes import route
from sim.journeys.send import send
from sim.service.service import Change
from tests.two_towns import ASHFORD, ASHFORD_REHAB, DOVER, DOVER_REHAB, WARD, WARD_AND_REHABILITATION, stroke, towns

EVERY = np.ones(4, dtype=bool)
NO_DOVER = np.array([True, True, False, True])


def found(service, is_open=EVERY) -> dict[str, list]:
    """By stage of each group, every way to it: (chance, units of the two areas, in the same bed)."""
    made: dict[str, list] = {}
    for node in ways(service, is_open):
        way = (pytest.approx(float(node.chance)), node.unit.tolist(), node.in_same_bed.tolist())
        made.setdefault(f"{node.group.name} {node.stage.name}", []).append(way)
    return made


def test_the_first_open_unit_from_each_town_and_from_each_hospital():
    service = stroke()
    assert first_open(service, "acute", EVERY, "home").tolist() == [ASHFORD, DOVER]
    assert first_open(service, "acute", NO_DOVER, "home").tolist() == [ASHFORD, ASHFORD]
    assert first_open(service, "rehabilitation", EVERY, "here").tolist() == [ASHFORD_REHAB, DOVER_REHAB]
    assert first_open(service, "acute", np.zeros(4, dtype=bool), "home").tolist() == [-1, -1]


def test_a_later_stage_goes_on_from_the_unit_before():
    made = found(towns(all=WARD_AND_REHABILITATION))
    assert made["all ward"] == [(1.0, [ASHFORD, DOVER], [False, False])]
    assert made["all rehabilitation"] == [(0.25, [ASHFORD_REHAB, DOVER_REHAB], [False, False])]
    # With Dover's stroke unit closed its patients are in Ashford, and go on to Ashford's rehabilitation ward.
    made = found(towns(all=WARD_AND_REHABILITATION), NO_DOVER)
    assert made["all rehabilitation"] == [(0.25, [ASHFORD_REHAB, ASHFORD_REHAB], [False, False])]


def test_those_who_stay_in_their_own_bed_are_told_apart():
    service = stroke()
    made, onward = found(service), service.groups[2].stage("hyperacute").next["acute"]
    # Both hospitals give hyperacute and acute care from the same beds.
    assert made["stroke hyperacute"] == [(1.0, [ASHFORD, DOVER], [False, False])]
    assert made["stroke acute"] == [(onward, [ASHFORD, DOVER], [True, True])]


def test_whoever_is_sent_to_the_centre_and_back_comes_home_to_their_own_unit():
    service = stroke()
    made, centre = found(service), service.groups[0].stage("comprehensive")
    assert made["thrombectomy first_hospital"] == [(1.0, [ASHFORD, DOVER], [False, False])]
    assert made["thrombectomy comprehensive"] == [(1.0, [ASHFORD, ASHFORD], [False, False])]
    # From the centre in Ashford: those of Ashford are in their own unit's bed already, those of Dover go back.
    ((chance, unit, same_bed),) = made["thrombectomy acute"]
    assert (unit, same_bed) == ([ASHFORD, DOVER], [True, False])
    assert chance == 1 - centre.next["death"]


def test_ways_to_one_stage_are_kept_apart_and_their_chances_add_up():
    group = {
        "per_admission": 1,
        "stages": {
            "a": {"kind": "acute", "stay": 1, "next": {"b": 0.5, "c": 0.25, "home": "rest"}},
            "b": {"kind": "comprehensive", "stay": 1, "next": {"c": 0.5, "home": "rest"}},
            "c": {"kind": "rehabilitation", "stay": 1},
        },
    }
    made = found(towns(all=group))
    # From the acute unit of each town, and from Ashford's centre.
    assert made["all c"] == [
        (0.25, [ASHFORD_REHAB, ASHFORD_REHAB], [False] * 2),
        (0.25, [ASHFORD_REHAB, DOVER_REHAB], [False] * 2),
    ]


def test_a_kind_that_is_closed_everywhere_is_reached_by_nobody():
    is_open = np.array([True, False, True, False])
    assert found(towns(all=WARD_AND_REHABILITATION), is_open)["all rehabilitation"] == [
        (0.25, [-1, -1], [False, False])
    ]


def test_a_group_without_patients_goes_nowhere():
    assert set(found(towns(a={**WARD, "per_admission": 0}, b=WARD))) == {"b ward"}


@pytest.mark.parametrize("is_open", [EVERY, NO_DOVER], ids=["all open", "Dover closed"])
def test_with_room_everywhere_patients_go_where_they_are_expected(is_open):
    service = stroke().with_units(beds=np.full(4, 1000))
    service = service.with_changes(*(Change(0, str(unit), "open", 0) for unit in service.units.id[~is_open]))
    routes = route(service, 1500.0)
    sent = send(draw(service, 1, 0, 1500.0), routes)
    trace = engine("compiled")(sent.journeys, 1500.0)
    steps, patients = sent.journeys.steps, sent.journeys.patients
    area = np.repeat(patients.area, np.diff(patients.first))
    asked = trace.unit >= 0
    seen = {tuple(row) for row in np.stack([steps.stage[asked], area[asked], trace.unit[asked]], axis=1).tolist()}
    number = {
        (group.name, stage.name): q for q, (group, stage) in enumerate((g, s) for g in service.groups for s in g.stages)
    }
    expected = {(number[n.group.name, n.stage.name], a, int(n.unit[a])) for n in ways(service, is_open) for a in (0, 1)}
    assert seen <= expected
    assert len(seen) > 0.75 * len(expected)
