"""Grow beds: every unit of some kinds of care gets more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.service.fault import refuse
from sim.service.service import Service

from .beds import apportion, shifted_beds
from .find import Finder, names_of, number_fault


@dataclass(frozen=True)
class GrowBeds:
    """The beds of all units that give some kinds of care grow by a share, from a date."""

    kinds: tuple[str, ...]
    """The kinds of care."""
    share: float
    """Of the beds in force then; whole beds, by the largest remainder."""
    at: object = 0
    """A date or days from the start of the run."""

    def __post_init__(self):
        object.__setattr__(self, "kinds", names_of(self.kinds))
        refuse(number_fault("share", self.share, 0), of="GrowBeds")

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        at, kinds = find.day(self.at), find.kinds(self.kinds)
        find.refuse()
        gives = np.any([service.gives(kind) for kind in kinds], axis=0) & service.is_open(at)
        beds = np.where(gives, service.beds(at), 0.0)
        extra = apportion(round(self.share * beds.sum()), beds)
        by_unit = {str(service.units.id[u]): int(extra[u]) for u in np.flatnonzero(extra)}
        said = f"From day {at:g} {' and '.join(kinds)} has {extra.sum()} more beds than {beds.sum():.0f}, at {len(by_unit)} units."
        return service.with_changes(*shifted_beds(service, by_unit, at), said=said)
