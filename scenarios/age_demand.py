"""Demand by age: each area's demand grows as its own people age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from sim.service.demand import DAYS_A_YEAR, Factor
from sim.service.fault import Fault, refuse
from sim.service.service import Service

from .find import Finder, number_fault

BANDS = ("share_0_64", "share_65_79", "share_80_plus")
"""Shares of the population by age, as the areas table and the rates of admission name them."""

_YEARS = 30
"""How far growth is laid out."""


@dataclass(frozen=True)
class AgeDemand:
    """Demand follows the ages of each area's people: rates of admission by age, and growth of each age band a year."""

    growth: Mapping[str, float] | None = None
    """Growth a year (share) of the people in ``share_0_64``, ``share_65_79``, ``share_80_plus``; None for the service's forecast."""
    by_age: bool = False
    """Whether demand today is what ages alone imply, the total kept, and not what the areas table says."""
    at: object = 0
    """Growth starts at a date or days from the start of the run; in steps of a year."""

    def __post_init__(self):
        faults = [] if isinstance(self.by_age, bool) else [Fault("by_age is true or false", self.by_age)]
        given = {} if self.growth is None else self.growth
        if not isinstance(given, Mapping):
            refuse(
                [Fault("growth is a share a year for each age band", given, "as {share_80_plus: 0.02}")], of="AgeDemand"
            )
        faults += [Fault("unknown age band", k, "known: " + ", ".join(BANDS)) for k in given if k not in BANDS]
        faults += [f for k, v in given.items() for f in number_fault(f"growth of {k}", v, -0.9, 10)]
        refuse(faults, of="AgeDemand")

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        at = find.day(self.at)
        growth = dict(service.growth if self.growth is None else self.growth)
        known = service.areas.attribute
        for name in ("population", *BANDS[1:]):
            if name not in known or np.isnan(known[name]).any():
                find.fault(f"the areas table lacks {name}", cure=f"add a column {name} to areas.csv")
        for name in BANDS:
            if name not in service.need:
                find.fault(f"the service has no rate of admission for {name}", cure="give it under need: in its config")
        find.refuse()
        people = age_bands(service)
        cases = {band: service.need[band] * people[band] for band in BANDS}
        total = sum(cases.values())
        factors = []
        if self.by_age:
            has_demand = service.areas.demand > 0
            expected = total * service.areas.demand.sum() / total[has_demand].sum()
            factors.append(
                Factor(value=np.divide(expected, service.areas.demand, out=np.ones_like(total), where=has_demand))
            )
        aged = [
            sum(case * (1 + growth.get(band, 0.0)) ** year for band, case in cases.items()) for year in range(_YEARS)
        ]
        if any(growth.get(band, 0.0) for band in BANDS):
            factors += [
                Factor(value=later / before, since=at + year * DAYS_A_YEAR)
                for year, (before, later) in enumerate(zip(aged, aged[1:]), start=1)
            ]
        demand = replace(service.demand, factors=(*service.demand.factors, *factors))
        told = ", ".join(
            f"{band[6:].replace('_', '-').replace('-plus', ' and over')} {100 * growth.get(band, 0.0):+g} %"
            for band in BANDS
        )
        said = "Demand is what the ages of each area imply. " if self.by_age else ""
        said += f"From day {at:g} the people of each age grow a year by: {told}; demand follows, area by area."
        return replace(service, demand=demand, history=(*service.history, said))


def age_bands(service: Service) -> dict[str, np.ndarray]:
    """By age band, (A,) people."""
    known = service.areas.attribute
    share = {band: known[band] for band in BANDS[1:]}
    share["share_0_64"] = 1 - share["share_65_79"] - share["share_80_plus"]
    return {band: share[band] * known["population"] for band in BANDS}
