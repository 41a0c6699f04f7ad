"""Journeys on two towns, by hand."""

from __future__ import annotations

import pytest

from scenarios import Close
from sim.measures.burden import PARTS, burden
from sim.service.straight_line import great_circle_km
from tests.two_towns import stroke

BURDEN = {"table": "burden"}


def found(service):
    return burden(service, service.is_open())


def journeys(**parameters):
    return found(stroke(burden={**BURDEN, "parameters": parameters}))


def test_the_way_to_the_first_hospital_by_hand():
    service = stroke()
    # Patients for one admission: one index patient and mimics, and those transferred in vain count among the index patients.
    ratio = sum(group.per_admission for group in service.groups)
    share = service.burden.numbers["ambulance_share"]
    for part, of in (("to_first_hospital", share), ("to_first_hospital_by_car", 1 - share)):
        way = found(service)[part]
        assert way.trips == pytest.approx(of * 900 * ratio)
        assert way.hours == pytest.approx(of * ratio * (600 * 10 + 300 * 15) / 60)


def test_whoever_is_driven_is_in_no_ambulance_and_the_driver_goes_back():
    all_by, none_by = journeys(ambulance_share=1), journeys(ambulance_share=0)
    assert all_by["to_first_hospital_by_car"] == none_by["to_first_hospital"] == (0, 0, 0, 0)
    assert none_by["to_first_hospital_by_car"].hours == pytest.approx(all_by["to_first_hospital"].hours)
    # Both are counted there and back: an ambulance by ambulance_return_ratio, which is 2.
    assert none_by["to_first_hospital_by_car"].km == pytest.approx(all_by["to_first_hospital"].km)
    assert none_by["between_hospitals"] == all_by["between_hospitals"]


def test_transfers_are_those_between_sites():
    service = stroke()
    # Dover's patients for thrombectomy, treated or not, go 45 minutes to Ashford and 45 back.
    moved = 300 * sum(group.per_admission for group in service.groups if group.name.startswith("thrombectomy"))
    there = found(service)["between_hospitals"]
    dead = 1 - service.groups[0].stage("comprehensive").next["death"]
    treated = 300 * service.groups[0].per_admission
    back = moved - treated + treated * dead
    assert there.trips == pytest.approx(moved + back)
    assert there.hours == pytest.approx((moved + back) * 45 / 60)


def test_kilometres_are_as_the_crow_flies_times_a_ratio():
    service = stroke(burden={**BURDEN, "parameters": {"road_ratio": 2.0, "ambulance_return_ratio": 1.0, "ambulance_share": 1.0}})
    areas, sites = service.areas, service.sites
    km = great_circle_km(areas.latitude, areas.longitude, sites.latitude, sites.longitude)
    ratio = sum(group.per_admission for group in service.groups)
    by_hand = ratio * 2.0 * (600 * km[0, 0] + 300 * km[1, 1])
    assert found(service)["to_first_hospital"].km == pytest.approx(by_hand, abs=1e-9)


def test_visitors_by_public_transport_take_as_much_longer_as_is_said():
    twice, thrice = journeys(public_transport_ratio=2), journeys(public_transport_ratio=3)
    part = "visitors_by_public_transport"
    assert thrice[part].hours == pytest.approx(1.5 * twice[part].hours)
    assert thrice[part].km == twice[part].km
    assert thrice["visitors_by_car"] == twice["visitors_by_car"]


def test_visits_are_shared_between_car_and_public_transport():
    shares = [journeys(share_public_transport=share) for share in (0.0, 0.25, 1.0)]
    trips = [sum(each[part].trips for part in PARTS[4:]) for each in shares]
    assert trips[0] == pytest.approx(trips[1]) == pytest.approx(trips[2])
    assert shares[0]["visitors_by_public_transport"].trips == 0
    assert shares[2]["visitors_by_car"].trips == 0


def test_a_closure_lengthens_what_is_travelled_and_makes_no_fewer_journeys_to_hospital():
    service = stroke()
    option = Close(units=["Dover"])(service)
    before, after = found(service), found(option)
    assert after["to_first_hospital"].trips == pytest.approx(before["to_first_hospital"].trips)
    assert all(after[part].hours > before[part].hours for part in PARTS if part != "between_hospitals")
