"""Greedy hubs: keep the stated number of units that makes journeys shortest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.service.fault import Fault, is_whole
from sim.service.service import Service

from .p_median import p_median
from .rules import ClosingRule, Decision, Map, closures, index_standard


@dataclass(frozen=True)
class GreedyHubs(ClosingRule):
    """A stated number of units stays, chosen by greedy choice and interchange for the least mean minutes; the others close."""

    hubs: int | None = None
    """How many stay, protected ones included; None for the fewest that the upper limit of the standard allows."""
    proven: bool = False
    """Whether the choice is proved to be the best there is (some seconds more), not only that no single swap betters it."""

    repeats: ClassVar[bool] = False
    by_volume: ClassVar[bool] = False
    cause: ClassVar[str] = "not a hub"

    def _setting_faults(self) -> list[Fault]:
        faults = super()._setting_faults()
        if self.hubs is not None and not is_whole(self.hubs, 1):
            faults.append(Fault("hubs must be a whole number, 1 or more", self.hubs))
        if not isinstance(self.proven, bool):
            faults.append(Fault("proven is true or false", self.proven))
        return faults

    def needs(self, service: Service) -> list[Fault]:
        count = int(service.gives(self.kind).sum())
        if self.hubs is None:
            standard = index_standard(service, self.kind)
            if standard is None or not np.isfinite(standard.maximum):
                return [Fault(f"no standard gives {self.kind} an upper limit", cure="set scenario.hubs")]
        elif self.hubs > count:
            return [Fault(f"hubs must be at most the {count} units that give {self.kind} care", self.hubs)]
        return []

    def hubs_in(self, service: Service, at: float) -> int:
        """How many units stay."""
        if self.hubs is not None:
            return int(self.hubs)
        admissions = service.demand_at(at).sum() * service.index_share
        return max(1, int(np.ceil(admissions / index_standard(service, self.kind).maximum)))

    def closing(self, seen: Map) -> np.ndarray:
        fixed = sorted(self.protection(seen))
        count = min(self.hubs_in(seen.service, seen.at), len(seen.units))
        stays = np.zeros(len(seen.units), dtype=bool)
        asked = seen.minutes, seen.demand, max(count, len(fixed)), fixed
        if self.proven:
            from .p_median_proof import proven_p_median  # only where asked for: the solver is slow to import

            stays[list(proven_p_median(*asked).best.chosen)] = True
        else:
            stays[list(p_median(*asked).chosen)] = True
        return ~stays

    def sentence(self, service: Service, decision: Decision) -> str:
        left = int(np.isfinite(decision.volume_after).sum())
        stay = f"{left} {self.kind} units stay" if left > 1 else f"one {self.kind} unit stays"
        return f"{stay}, for the least mean minutes; {closures(len(decision.order), self.kind)}"
