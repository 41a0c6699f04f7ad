"""Consolidate named units into one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.service.fault import Fault, refuse
from sim.service.service import Change, Service

from .close import find_units, refuse_closing_a_kind
from .dates import day_of


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
        names = (self.units,) if isinstance(self.units, str) else tuple(self.units)
        object.__setattr__(self, "units", names)
        faults = [] if names else [Fault("Consolidate needs at least one unit", cure="name one: units: [Dover]")]
        faults += [Fault("the hub cannot be one of the units that close", self.into)] if self.into in names else []
        faults += [Fault("a unit is named twice", name) for name in sorted({n for n in names if names.count(n) > 1})]
        refuse(faults, of="Consolidate")

    def __call__(self, service: Service) -> Service:
        at = day_of(self.at, service, "Consolidate")
        index = find_units(service, (*self.units, self.into), "Consolidate")
        shut = service.units.id[index][~service.is_open(at)[index]]
        refuse([Fault(f"{unit} is closed already on day {at:g}") for unit in shut], of="Consolidate")
        hub, from_units = index[-1], index[:-1]
        closed = np.zeros(len(service.units), dtype=bool)
        closed[from_units] = True
        refuse_closing_a_kind(service, closed, at)
        beds = service.beds(at)
        total = int(beds[hub] + beds[from_units].sum())
        changes = [Change(at, unit, what, 0) for unit in self.units for what in ("open", "beds")]
        said = f"From day {at:g} {', '.join(self.units)} consolidate into {self.into}, which has {total} beds."
        marks = {**{unit: (f"consolidated into {self.into}",) for unit in self.units}, self.into: ("hub",)}
        return service.with_changes(*changes, Change(at, self.into, "beds", total), said=said, marks=marks)
