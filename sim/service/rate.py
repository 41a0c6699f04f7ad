"""Demand from a rate: admissions a year of each area as so many per 100,000 of its people, or of its births.

For services whose admissions no table of areas counts. A region's own column ``demand_<service>`` always goes before it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from .fault import Fault, nearest_spelling, refuse, settings
from .places import Region

PER = 100_000.0
"""People, or births, that a rate is given for."""


def with_demand(region: Region, service: str, given: object, amount: Callable) -> Region:
    """The region with the demand of a service.

    Parameters
    ----------
    region
        As read; where its demand is this service's already it is left alone.
    service
        The service's name.
    given
        ``from``: a column of numbers of the areas (population, births ...); ``per_100000``: admissions a year. None leaves the
        region's demand as it is, which is refused where that counts another service.
    amount
        Turns a name of the service's own parameters, or a number, into a number: called with it and what it is.

    Raises
    ------
    InputError
        The column is not there, or is blank for some area; or the region has no demand of this service and no rate is given.
    """
    if region.demand_of == service:
        return region
    if not given:
        cure = f"add a column demand_{service} to areas.csv, or lines demand: to the config of the service"
        other = f"the areas of {region.name} have demand for {region.demand_of} and not for {service}"
        refuse([Fault(other, cure=cure)] if region.demand_of else [])
        return region
    given = settings(given, "service demand", ("from", "per_100000"), ("from", "per_100000"))
    column, known = str(given["from"]), region.areas.attribute
    rate = amount(given["per_100000"], "demand per_100000")
    if column not in known:
        cure = f"add it, or a column demand_{service}" + nearest_spelling(column, known)
        refuse([Fault(f"the areas of {region.name} have no column of numbers {column!r}", cure=cure)], of="service demand")
    people = np.asarray(known[column], dtype=float)
    blank = region.areas.id[~(people >= 0)]
    if len(blank):
        named = ", ".join(blank[:8]) + (f" and {len(blank) - 8} more" if len(blank) > 8 else "")
        refuse([Fault(f"{column} is not known of {len(blank)} areas: {named}", cure="fill it in")], of="service demand")
    demand = people * rate / PER
    return replace(region, areas=replace(region.areas, demand=demand), demand_of=service)
