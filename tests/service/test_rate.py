"""Demand as a rate per head, where no table counts a service's admissions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.service.fault import InputError
from sim.service.rate import with_demand
from sim.service.region import load_region
from sim.study.load import load_service

LINES = {"from": "population", "per_100000": 132}


def plain(number, of):
    return float(number)


def test_demand_is_a_rate_per_head():
    region = with_demand(load_region("two_towns"), "vascular", LINES, plain)
    assert region.areas.demand.tolist() == pytest.approx([132, 66])
    assert region.demand_of == "vascular"


def test_a_column_of_the_services_own_goes_before_the_rate():
    assert load_service("neurosurgery", region="two_towns").areas.demand.tolist() == [2400, 1200]
    assert load_service("stroke", region="two_towns").areas.demand.tolist() == [600, 300]


def test_a_column_of_another_service_is_no_number_known_of_areas():
    assert not [name for name in load_region("two_towns").areas.attribute if name.startswith("demand")]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "have demand for stroke and not for vascular; add a column demand_vascular to areas.csv"),
        (
            {"from": "births", "per_100000": 755},
            "have no column of numbers 'births'; add it, or a column demand_vascular",
        ),
        ({"from": "population"}, "per_100000"),
    ],
)
def test_what_demand_cannot_be_had_from_is_refused(given, words):
    with pytest.raises(InputError, match=words):
        with_demand(load_region("two_towns"), "vascular", given, plain)


def test_areas_without_people_known_are_named():
    region = load_region("two_towns")
    attribute = {**region.areas.attribute, "population": [100_000, float("nan")]}
    region = replace(region, areas=replace(region.areas, attribute=attribute))
    with pytest.raises(InputError, match="population is not known of 1 areas: Dover"):
        with_demand(region, "vascular", LINES, plain)
