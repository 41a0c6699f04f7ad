"""Merge trusts: who runs a unit changes, the unit stays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.service.fault import Fault, refuse
from sim.service.service import NewProvider, Service

from .find import Finder, names_of


@dataclass(frozen=True)
class MergeTrusts:
    """Trusts merge from a date: one of them, or a new one, runs the units of all; income follows, units and beds stay."""

    trusts: tuple[str, ...]
    """The providers that merge, as the units table has them."""
    into: str
    """The provider that runs their units afterwards."""
    is_new: bool = False
    """Whether ``into`` is a trust that runs no unit yet."""
    at: object = 0
    """A date or days from the start of the run."""

    def __post_init__(self):
        object.__setattr__(self, "trusts", names_of(self.trusts))
        object.__setattr__(self, "into", str(self.into))
        faults = [] if set(self.trusts) - {self.into} else [Fault("name at least one trust that merges into another")]
        if not isinstance(self.is_new, bool):
            faults.append(Fault("is_new is true or false", self.is_new))
        refuse(faults, of="MergeTrusts")

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        at = find.day(self.at)
        runs = service.provider(at)
        known = sorted(set(runs.tolist()))
        for trust in self.trusts:
            find.name(trust, known, "trust")
        if self.is_new and self.into in known:
            find.fault(f"{self.into} runs units already", cure="leave is_new out")
        if not self.is_new and self.into not in self.trusts and not find.name(self.into, known, "trust"):
            find.fault("a trust that is new must be said to be", cure="scenario.is_new=true")
        find.refuse()
        moved = np.flatnonzero(np.isin(runs, self.trusts) & (runs != self.into))
        units = service.units.id[moved].tolist()
        changes = tuple(NewProvider(at, unit, self.into) for unit in units)
        said = f"From day {at:g} {self.into} runs the {len(units)} units of {', '.join(t for t in self.trusts if t != self.into)}."
        marks = {unit: (f"run by {self.into} instead of {runs[u]}",) for unit, u in zip(units, moved)}
        option = replace(service, new_providers=(*service.new_providers, *changes))
        return option.with_changes(said=said, marks=marks)
