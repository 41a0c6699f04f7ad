"""Only sites that give every kind of care keep their unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.service.service import Service

from .rules import ClosingRule, Decision, Map, closures


@dataclass(frozen=True)
class OnlyCompleteSites(ClosingRule):
    """Units at sites that lack any kind of care that a pathway asks for close; only complete sites keep theirs."""

    repeats: ClassVar[bool] = False
    by_volume: ClassVar[bool] = False
    cause: ClassVar[str] = "at an incomplete site"

    def closing(self, seen: Map) -> np.ndarray:
        return np.array([bool(kinds) for kinds in self._lacking(seen.service, seen.all_open)])[seen.units]

    def why(self, service: Service, unit: int) -> str:
        return "its site has no " + " and no ".join(self._lacking(service, service.is_open())[unit]) + " care"

    @staticmethod
    def _lacking(service: Service, is_open: np.ndarray) -> list[list[str]]:
        """For each unit, the kinds that no open unit at its site gives."""
        kinds = dict.fromkeys(stage.kind for group in service.groups for stage in group.stages)
        site = service.units.site
        given = {kind: np.bincount(site, service.gives(kind) & is_open, len(service.sites)) > 0 for kind in kinds}
        return [[kind for kind in kinds if not given[kind][s]] for s in site]

    def sentence(self, service: Service, decision: Decision) -> str:
        return f"{self.kind} care is given at complete sites only; {closures(len(decision.order), self.kind)}"
