"""Hub and spoke: the higher kinds of care at hubs, the rest near home."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from sim.measures.load import expected_load
from sim.service.extend import NewUnit, with_new_units
from sim.service.fault import Fault
from sim.service.service import Change, Service

from .beds import apportion, bed_changes
from .consolidate_hubs import ConsolidateHubs
from .find import names_of
from .rules import Decision
from .theatres import slots_after


@dataclass(frozen=True)
class HubAndSpoke(ConsolidateHubs):
    """Spokes give up the higher kinds of care to hubs and keep the rest; patients come back to them from the hub.

    What a unit gives is fixed for its life, so at the date a spoke's unit closes and a ward that gives the kinds it keeps
    opens beside it (``-SPOKE``); those in the old beds finish their stay there. With ``back_to_spokes`` a hub's unit becomes
    two as well: one for the higher kinds (``-HUB``) and a ward for the rest (``-WARD``), so that patients of spokes leave the hub for
    their local unit and do not stay on in the hub's bed.
    """

    higher: tuple[str, ...] = ("comprehensive",)
    """Further kinds that spokes give up, beside ``kind``."""
    back_to_spokes: bool = True
    """Whether hubs keep the kinds that spokes keep apart from the higher ones."""

    cause: ClassVar[str] = "not a hub"

    def __post_init__(self):
        super().__post_init__()
        object.__setattr__(self, "higher", names_of(self.higher))

    def _setting_faults(self) -> list[Fault]:
        good = isinstance(self.back_to_spokes, bool)
        return super()._setting_faults() + (
            [] if good else [Fault("back_to_spokes is true or false", self.back_to_spokes)]
        )

    def carry_out(self, service: Service, order: tuple[int, ...], at: float) -> Service:
        parts = self._parts(service, order, at)
        units = service.units
        new = [
            NewUnit(
                f"{units.id[u]}-{end}",
                f"{units.name[u]} ({name})",
                int(units.site[u]),
                kinds,
                0,
                str(units.provider[u]),
            )
            for u, wards in parts.items()
            for end, name, kinds in wards
        ]
        split = [str(units.id[u]) for u in parts]
        own = {str(units.id[u]): int(beds) for u, beds in enumerate(service.beds(at)) if u in parts}
        shuts = tuple(Change(at, unit, "open", 0) for unit in split)
        option = with_new_units(service, new, at).with_changes(*shuts)
        closed, opened = (np.isin(option.units.id, ids) for ids in (split, [unit.id for unit in new]))
        before = service_without(option, opened, closed, at)
        if self.beds == "lost":
            option = replace(option, slots=slots_after(before, closed, at, "moved", opened))
            extra = _own_beds(before, option, parts, own, at)
            return option.with_changes(*(Change(at, unit, "beds", 0) for unit in split), *extra)
        option = replace(option, slots=slots_after(before, closed, at, self.beds, opened))
        return option.with_changes(*bed_changes(before, closed, at, self.beds, opened))

    def _parts(
        self, service: Service, order: tuple[int, ...], at: float
    ) -> dict[int, list[tuple[str, str, tuple[str, ...]]]]:
        """By unit that changes, the wards that take its place: end of the id, name, kinds."""
        up = (self.kind, *self.higher)
        parts = {}
        for u in order:
            kept = self._given(service, u, without=up)
            parts[u] = [("SPOKE", "spoke", kept)] if kept else []
        if self.back_to_spokes and order:
            for u in np.flatnonzero(self.is_hub(service) & service.is_open(at)):
                kept = self._given(service, u, without=up)
                if kept:
                    top = tuple(kind for kind in self._given(service, u) if kind in up)
                    parts[int(u)] = [("HUB", "hub", top), ("WARD", "ward of the hub", kept)]
        return parts

    @staticmethod
    def _given(service: Service, u: int, without: tuple[str, ...] = ()) -> tuple[str, ...]:
        return tuple(kind for kind, given in service.units.gives.items() if given[u] and kind not in without)

    def marks(self, service: Service, decision: Decision) -> dict[str, tuple[str, ...]]:
        made = super().marks(service, decision)
        for u in decision.order:
            kept = self._given(service, u, without=(self.kind, *self.higher))
            unit = str(service.units.id[u])
            if kept:
                made[unit] = (*made[unit], f"a spoke keeps {' and '.join(kept)} care as {unit}-SPOKE")
        return made

    def sentence(self, service: Service, decision: Decision) -> str:
        hubs, count = int(self.is_hub(service).sum()), len(decision.order)
        spokes = f"{count} units become spokes and keep their other care"
        if count == 1:
            spokes = "1 unit becomes a spoke and keeps its other care"
        spokes = (
            f"{count} units become spokes and keep their other care"
            if count != 1
            else "1 unit becomes a spoke and keeps its other care"
        )
        return f"{self.kind} care is given at {hubs} hub{'s' if hubs != 1 else ''}; {spokes}"


def service_without(option: Service, opened: np.ndarray, closed: np.ndarray, at: float) -> Service:
    """The option as it would be at a date if nothing opened or closed then: what beds are counted from."""
    undone = [Change(at, str(option.units.id[u]), "open", 0) for u in np.flatnonzero(opened)]
    undone += [Change(at, str(option.units.id[u]), "open", 1) for u in np.flatnonzero(closed)]
    return option.with_changes(*undone)


def _own_beds(before: Service, option: Service, parts: dict, own: dict[str, int], at: float) -> list[Change]:
    """Beds where none changes site: a unit's wards share its own beds by their load, a spoke's at most as its load falls."""
    load = {
        str(unit): (float(was), float(now))
        for unit, was, now in zip(
            option.units.id, expected_load(before, None, at).beds, expected_load(option, None, at).beds
        )
    }
    changes = []
    for (unit, beds), wards in zip(own.items(), (parts[u] for u in sorted(parts))):
        ids = [f"{unit}-{end}" for end, _, _ in wards]
        now = np.array([load[ward][1] for ward in ids])
        left = beds if len(ids) > 1 else round(beds * min(1.0, now.sum() / max(load[unit][0], 1e-9)))
        changes += [Change(at, ward, "beds", max(1, int(n))) for ward, n in zip(ids, apportion(left, now))]
    return changes
