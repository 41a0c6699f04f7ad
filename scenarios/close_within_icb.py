"""Close small units only where their own body keeps another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.service.fault import Fault
from sim.service.service import Service

from .find import Finder
from .rules import ClosingRule, Decision, Map, closures, level_name


@dataclass(frozen=True)
class CloseWithinIcb(ClosingRule):
    """The smallest unit under the minimum closes while another remains in its ICB, until no such unit is left."""

    level: str = "icb"
    """The level of bodies inside which another unit must remain (icb, icb_2026, sub_icb, isdn, region)."""

    def needs(self, service: Service) -> list[Fault]:
        find = Finder(service, self)
        find.body(self.level)
        return find.faults

    def closing(self, seen: Map) -> np.ndarray:
        left = in_body(seen, self.level)
        return (seen.volume < self.minimum_in(seen.service)) & (left > 1)

    def sentence(self, service: Service, decision: Decision) -> str:
        return (
            f"{closures(len(decision.order), self.kind)}: the smallest under {self.minimum_in(service):g} a year by {self.volume} volume "
            f"first, each while another remains in its {level_name(self.level)}"
        )


def in_body(seen: Map, level: str) -> np.ndarray:
    """(W,) how many of the units judged are open in the body that each lies in."""
    sites = seen.column(seen.service.units.site)
    _, body = np.unique(seen.service.sites.body[level][sites], return_inverse=True)
    return np.bincount(body, seen.is_open)[body]
