"""A view: everything about a service at one time that needs no simulation - access, volume, load, beds, cost.

This is the access core put together. It ranks thousands of configurations in seconds and stands beside every simulation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..journeys.expected import Moves, Parts, first_parts, moves
from ..journeys.nearest import Nearest, nearest, unit_minutes
from ..measures.access import Access, access, share_within
from ..measures.cost import Cost, CostRates, annual_cost
from ..measures.load import Load, expected_load
from ..service.service import Service


class First(NamedTuple):
    """The first unit that treats, area by area; where a rule splits an area, the one most of its patients go to."""

    unit: np.ndarray
    """(A,) int: the unit of most index patients; -1 where none can be reached."""
    share: np.ndarray
    """(A,) the share of index patients who go there: 1 unless a rule splits the area."""
    minutes: np.ndarray
    """(A,) minutes to the first unit, averaged over index patients; NaN where none can be reached."""
    is_tied: np.ndarray
    """(A,) bool: two open units are nearest, to the tenth of a minute."""


@dataclass(frozen=True, eq=False)
class View:
    """What the rule of allocation makes of a service at a time; letters: A areas, R parts of areas, U units."""

    service: Service
    at: float
    """Days from the start of the run."""
    is_open: np.ndarray
    """(U,) bool."""
    beds: np.ndarray
    """(U,) beds in force."""
    nearest: Nearest
    """Of each area, the nearest open unit of the kind that access is measured to, whatever the rule."""
    parts: Parts
    """(R,) index patients by first unit under the rule: what access rests on."""
    first: First
    """The same area by area."""
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
    """The least admissions a year for the kind that access is measured to: index admissions, or else what its stages count, where
    each patient has one (operations); 0 where the service sets none."""
    counts = [s for s in service.standards if s.kind == service.access_kind and s.is_count]
    index = [s for s in counts if s.counts == "index"]
    return max((s.minimum for s in index or counts[:1]), default=0.0)


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
    parts = parts_of(service, is_open, at, found)
    demand = service.demand_at(at)[parts.area] * parts.share
    load = expected_load(service, is_open, at)
    large = np.append(load.index >= minimum_of(service) * (1 - 1e-9), False)[parts.unit]
    cost = annual_cost(service, load, rates, at) if rates is not None and service.costs is not None else None
    return View(
        service,
        at,
        is_open,
        beds,
        found,
        parts,
        _by_area(parts, found),
        access(parts.minutes, demand, service.areas.name[parts.area], service.threshold_minutes),
        load,
        share_within(parts.minutes, demand, service.threshold_minutes, large),
        rates if service.costs is not None else None,
        cost,
    )


def parts_of(service: Service, is_open: np.ndarray, at: float, found: Nearest) -> Parts:
    """Index patients by first unit: `expected.first_parts`, without finding the nearest twice."""
    if service.allocation.rule.name != "nearest":
        return first_parts(service, is_open, at)
    return Parts(np.arange(len(found.unit)), np.ones(len(found.unit)), found.unit, found.minutes)


def _by_area(parts: Parts, found: Nearest) -> First:
    if len(parts.area) == len(found.unit):
        return First(parts.unit, parts.share, parts.minutes, found.is_tied)
    # Parts are in order of areas: within one, the largest comes last.
    order = np.lexsort((parts.share, parts.area))
    last = np.append(np.flatnonzero(np.diff(parts.area[order])), len(order) - 1)
    most = order[last]
    minutes = np.bincount(parts.area, weights=parts.share * parts.minutes)
    return First(parts.unit[most], parts.share[most], minutes, found.is_tied)


def moves_between(before: View, after: View) -> Moves:
    """Index patients by first unit in one view and in another, with the luck that they keep."""
    x, y = before.parts, after.parts
    if len(x.area) == len(y.area) == len(before.service.areas):
        return Moves(x.area, x.share, x.unit, y.unit, x.minutes, y.minutes)
    return moves(before.service, before.is_open, after.service, after.is_open, after.at)
