"""Consolidate named units into one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.service.fault import Fault, refuse
from sim.service.service import Change, Service

from .beds import shifted_beds
from .close import refuse_closing_a_kind
from .find import Finder, unit_names


@dataclass(frozen=True)
class Consolidate:
    """Named units close and their beds move to one hub; patients go to the nearest unit that is left."""

    units: tuple[str, ...]
    """The units that close."""
    into: str
    """The hub that takes their beds."""
    at: object = 0
    """A date or days from the start of the run."""

    def __post_init__(self):
        names, into = unit_names(self.units, "Consolidate"), unit_names((self.into,), "Consolidate into")[0]
        object.__setattr__(self, "units", names)
        object.__setattr__(self, "into", into)
        faults = [Fault("the hub cannot be one of the units that close", into)] if into in names else []
        refuse(faults, of="Consolidate")

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        at = find.day(self.at)
        index = find.open_units((*self.units, self.into), at)
        find.refuse()
        hub, from_units = index[-1], index[:-1]
        closed = np.zeros(len(service.units), dtype=bool)
        closed[from_units] = True
        refuse_closing_a_kind(service, closed, at)
        beds = service.beds(at)
        moved = int(beds[from_units].sum())
        total = int(beds[hub]) + moved
        changes = [Change(at, unit, what, 0) for unit in self.units for what in ("open", "beds")]
        said = f"From day {at:g} {', '.join(self.units)} consolidate into {self.into}, which has {total} beds."
        marks = {**{unit: (f"consolidated into {self.into}",) for unit in self.units}, self.into: ("hub",)}
        changes += shifted_beds(service, {self.into: moved}, at)
        return service.with_changes(*changes, said=said, marks=marks)
