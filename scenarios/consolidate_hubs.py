"""Consolidate into hubs named by rule: by default the units that give the highest kind of care."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.service.fault import Fault
from sim.service.service import Service

from .find import Finder, names_of
from .rules import ClosingRule, Decision, Map, closures


@dataclass(frozen=True)
class ConsolidateHubs(ClosingRule):
    """Every unit but the hubs closes, the smallest first; hubs are those named, or all that give the highest kind of care."""

    hubs: tuple[str, ...] = ()
    """Unit ids; where none is named, the units that give ``hub_kind``."""
    hub_kind: str | None = "comprehensive"

    repeats: ClassVar[bool] = False
    by_volume: ClassVar[bool] = False
    cause: ClassVar[str] = "not a hub"

    def __post_init__(self):
        super().__post_init__()
        object.__setattr__(self, "hubs", names_of(self.hubs))

    def needs(self, service: Service) -> list[Fault]:
        find = Finder(service, self)
        named = find.units(self.hubs)
        for u in named[~service.gives(self.kind)[named]]:
            find.fault(f"{service.units.id[u]} is to be a hub and gives no {self.kind} care")
        if not self.hubs and not self.hub_kind:
            find.fault(f"the service has no tier above {self.kind} to be hubs", cure="name hubs: scenario.hubs=[...]")
        elif not self.hubs:
            find.kinds((self.hub_kind,))
        if not find.faults and not self.is_hub(service).any():
            find.fault(
                f"no unit gives both {self.kind} and {self.hub_kind} care", cure="name hubs: scenario.hubs=[...]"
            )
        return find.faults

    def is_hub(self, service: Service) -> np.ndarray:
        """(U,) bool: the hubs."""
        if self.hubs:
            return np.isin(service.units.id, self.hubs)
        return service.gives(self.kind) & service.gives(self.hub_kind or "")

    def closing(self, seen: Map) -> np.ndarray:
        return ~seen.column(self.is_hub(seen.service))

    def sentence(self, service: Service, decision: Decision) -> str:
        hubs = int(self.is_hub(service).sum())
        into = f"{hubs} hubs" if hubs > 1 else "one hub"
        return f"{self.kind} care is consolidated into {into}; {closures(len(decision.order), self.kind)}"

    def marks(self, service: Service, decision: Decision) -> dict[str, tuple[str, ...]]:
        hubs = {str(unit): ("hub",) for unit in service.units.id[self.is_hub(service)]}
        made = super().marks(service, decision)
        return {**made, **{unit: (*words, *made.get(unit, ())) for unit, words in hubs.items()}}
