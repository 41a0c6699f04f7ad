"""A view: everything about a service at one time that needs no simulation - access, volume, load, beds, cost.

This is the access core put together. It ranks thousands of configurations in seconds and stands beside every simulation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..journeys.nearest import Nearest, nearest, unit_minutes
from ..measures.access import Access, access, share_within
from ..measures.cost import Cost, CostRates, annual_cost
from ..measures.load import Load, expected_load
from ..service.service import Service


@dataclass(frozen=True, eq=False)
class View:
    """What nearest allocation makes of a service at a time; letters: A areas, U units."""

    service: Service
    at: float
    """Days from the start of the run."""
    is_open: np.ndarray
    """(U,) bool."""
    beds: np.ndarray
    """(U,) beds in force."""
    nearest: Nearest
    """Of each area, the unit of the kind that access is measured to."""
    access: Access
    load: Load
    within_and_large: np.ndarray
    """(T,) share of patients within each threshold of a unit that also meets its minimum volume."""
    rates: CostRates | None
    """The baseline's cost rates; None where cost is not known."""
    cost: Cost | None
    """None where the service has no costs."""

    @property
    def gives(self) -> np.ndarray:
        """(U,) bool: open units that give the kind that access is measured to."""
        return self.service.gives(self.service.access_kind) & self.is_open


def minimum_of(service: Service) -> float:
    """The least index admissions a year for the kind that access is measured to; 0 where the service sets none."""
    return max(
        (s.minimum for s in service.standards if s.kind == service.access_kind and s.counts == "index"), default=0.0
    )


def view(service: Service, at: float = 0.0, rates: CostRates | None = None) -> View:
    """Look at a service at a time.

    Parameters
    ----------
    service
        Beds may be unknown; cost then is too.
    at
        Days from the start of the run.
    rates
        The baseline's cost rates; no cost where not given.
    """
    is_open, beds = service.is_open(at), service.beds(at)
    gives = service.gives(service.access_kind) & is_open
    found = nearest(unit_minutes(service.region.travel.area_site, service.units.site), gives)
    demand = service.areas.demand
    load = expected_load(service, is_open)
    large = np.append(load.index >= minimum_of(service) * (1 - 1e-9), False)[found.unit]
    cost = annual_cost(service, load, rates, at) if rates is not None and service.costs is not None else None
    return View(
        service,
        at,
        is_open,
        beds,
        found,
        access(found.minutes, demand, service.areas.name, service.threshold_minutes),
        load,
        share_within(found.minutes, demand, service.threshold_minutes, large),
        rates if service.costs is not None else None,
        cost,
    )
