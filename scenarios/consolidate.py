"""Consolidate named units into one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.service.fault import Fault, refuse
from sim.service.service import Change, Service
from sim.service.slots import WeeklySlots

from .beds import shifted_beds
from .close import refuse_closing_a_kind
from .find import Finder, unit_names
from .parts import whole, with_parts
from .theatres import renamed_slots


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
        closed = with_parts(service, closed, at)
        refuse_closing_a_kind(service, closed, at)
        beds, target = service.beds(at), self._targets(service, closed, hub)
        moved = {str(service.units.id[t]): int(beds[closed & (target == t)].sum()) for t in np.unique(target[closed])}
        total = int(beds[hub]) + moved.get(self.into, 0)
        names = service.units.id[closed].tolist()
        changes = [Change(at, unit, what, 0) for unit in names for what in ("open", "beds")]
        said = f"From day {at:g} {', '.join(self.units)} consolidate into {self.into}, which has {total} beds."
        marks = {**{unit: (f"consolidated into {self.into}",) for unit in self.units}, self.into: ("hub",)}
        changes += shifted_beds(service, moved, at)
        option = replace(service, slots=self._slots(service, closed, target, at))
        return option.with_changes(*changes, said=said, marks=marks)

    @staticmethod
    def _targets(service: Service, closed: np.ndarray, hub: int) -> np.ndarray:
        """(U,) int: where the beds and slots of each closing unit go: the hub, or for a part the hub's part of the same kinds."""
        of, target = whole(service), np.full(len(closed), hub)
        gives = np.stack(list(service.units.gives.values()), axis=1)
        own = np.flatnonzero(of == service.units.id[hub])
        for u in np.flatnonzero(closed & (of != "")):
            alike = own[(gives[own] == gives[u]).all(axis=1)]
            target[u] = alike[0] if len(alike) else hub
        return target

    @staticmethod
    def _slots(service: Service, closed: np.ndarray, target: np.ndarray, at: float) -> tuple[WeeklySlots, ...]:
        """The weekly slots, those of closing units from the date on at their hub."""
        slots = service.slots
        for u in np.flatnonzero(closed):
            slots = renamed_slots(slots, str(service.units.id[u]), str(service.units.id[target[u]]), at)
        return slots
