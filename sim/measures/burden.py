"""Burden of travel: hours, kilometres and emissions of patients and their visitors over the whole pathway. No simulation.

From home to the first hospital by ambulance, or driven by somebody who goes back; from hospital to hospital by ambulance; by car home
at the end; visitors by car and by public transport as long as a patient lies in a bed. Minutes are those of the table of travel;
kilometres are as the crow flies times a ratio. Emissions are those of the journeys alone, not of care.

Letters: A areas.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ..journeys.expected import Node, ways
from ..service.pathway import DESTINATIONS, expected_stay
from ..service.service import Service
from ..service.straight_line import great_circle_km


class Travelled(NamedTuple):
    """Journeys of one kind in a year."""

    trips: float
    hours: float
    """Of those who travel."""
    km: float
    """Driven, or ridden."""
    emissions_kg: float
    """CO2e."""

    def __add__(self, other: Travelled) -> Travelled:
        return Travelled(*(x + y for x, y in zip(self, other)))

    def times(self, ratio: float) -> Travelled:
        """So many times as much."""
        return Travelled(*(x * ratio for x in self))


NONE = Travelled(0.0, 0.0, 0.0, 0.0)

PARTS = (
    *("to_first_hospital", "to_first_hospital_by_car", "between_hospitals", "home"),
    *("visitors_by_car", "visitors_by_public_transport"),
)
"""The parts of `burden`, in the order of a pathway."""


def burden(service: Service, is_open: np.ndarray, at: float = 0.0) -> dict[str, Travelled]:
    """Everything travelled in a year, by part (`PARTS`).

    Parameters
    ----------
    service
        With the numbers of a burden.
    is_open
        (U,) bool: units that take new patients.
    at
        Days from the start of the run: the demand of that time.

    Returns
    -------
    By part; patients who can reach no unit travel nowhere.
    """
    numbers, found = service.burden.numbers, dict.fromkeys(PARTS, NONE)
    areas, sites, travel = service.areas, service.sites, service.region.travel
    home_km = great_circle_km(areas.latitude, areas.longitude, sites.latitude, sites.longitude)
    site_km = great_circle_km(sites.latitude, sites.longitude, sites.latitude, sites.longitude)
    every = np.arange(len(areas))
    for node in ways(service, is_open):
        rate = node.rate(service, at)
        site = service.units.site[node.unit]
        is_there = node.unit >= 0
        rate = np.where(is_there, rate, 0.0)
        minutes = np.where(is_there, travel.area_site[every, site], 0.0)
        km = home_km[every, site]
        if node.before is None and node.group.waiting_list:
            found["home"] += _car(rate, minutes, km, numbers)  # whoever is asked in from a list comes by car
        elif node.before is None:
            share = numbers["ambulance_share"]
            found["to_first_hospital"] += _ambulance(share * rate, minutes, km, numbers)
            found["to_first_hospital_by_car"] += _driven((1 - share) * rate, minutes, km, numbers)
        else:
            here = service.units.site[node.before.unit]
            moves = np.where((node.before.unit >= 0) & (here != site), rate, 0.0)
            step = np.where(moves > 0, travel.site_site[here, site], 0.0)
            found["between_hospitals"] += _ambulance(moves, step, site_km[here, site], numbers)
        found["home"] += _car(rate * _share_home(node), minutes, km, numbers).times(numbers["fetching_trips"])
        for part, visits in _visits(node, rate, minutes, km, numbers).items():
            found[part] += visits
    return found


def _ambulance(rate, minutes, km, numbers: Mapping[str, float]) -> Travelled:
    """Hours with the patient aboard; kilometres with the way back."""
    driven = float(np.nansum(rate * km)) * numbers["road_ratio"] * numbers["ambulance_return_ratio"]
    hours = float(np.nansum(rate * minutes)) / 60
    return Travelled(float(rate.sum()), hours, driven, driven * numbers["ambulance_kg_per_km"])


def _car(rate, minutes, km, numbers: Mapping[str, float]) -> Travelled:
    driven = float(np.nansum(rate * km)) * numbers["road_ratio"]
    hours = float(np.nansum(rate * minutes)) / 60
    return Travelled(float(rate.sum()), hours, driven, driven * numbers["car_kg_per_km"])


def _driven(rate, minutes, km, numbers: Mapping[str, float]) -> Travelled:
    """Hours of the patient; kilometres with the way back of whoever drives."""
    one_way = _car(rate, minutes, km, numbers)
    return one_way._replace(km=2 * one_way.km, emissions_kg=2 * one_way.emissions_kg)


def _share_home(node: Node) -> float:
    """The share of those at a stage who leave it alive for good."""
    return sum(node.stage.next.get(to, 0.0) for to in DESTINATIONS if to != "death")


def _visits(node: Node, rate, minutes, km, numbers: Mapping[str, float]) -> dict[str, Travelled]:
    if node.stage.beds != "counted":
        return {}
    days = np.where(node.in_same_bed, expected_stay(node.stage, True), expected_stay(node.stage, False))
    visits = rate * days * numbers["visits_per_bed_day"]
    there_and_back = _car(visits, minutes, km, numbers).times(2.0)._replace(trips=float(visits.sum()))
    public = numbers["share_public_transport"]
    ridden = there_and_back.times(public)
    return {
        "visitors_by_car": there_and_back.times(1 - public),
        "visitors_by_public_transport": ridden._replace(
            hours=ridden.hours * numbers["public_transport_ratio"],
            emissions_kg=ridden.km * numbers["public_transport_kg_per_km"],
        ),
    }
