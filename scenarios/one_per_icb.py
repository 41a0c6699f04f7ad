"""One unit per body: the largest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.service.fault import Fault
from sim.service.service import Service

from .find import Finder
from .rules import ClosingRule, Decision, Map, closures, level_name


@dataclass(frozen=True)
class OnePerIcb(ClosingRule):
    """Each ICB keeps its largest unit, and those that are protected; every other closes."""

    level: str = "icb"
    """The level of bodies that keep one each (icb, icb_2026, sub_icb, isdn for stroke networks, region)."""

    repeats: ClassVar[bool] = False
    by_volume: ClassVar[bool] = False
    cause: ClassVar[str] = "not the largest"

    def needs(self, service: Service) -> list[Fault]:
        find = Finder(service, self)
        find.body(self.level)
        return find.faults

    def closing(self, seen: Map) -> np.ndarray:
        body = seen.service.sites.body[self.level][seen.column(seen.service.units.site)]
        stays = np.zeros(len(body), dtype=bool)
        stays[list(self.protection(seen))] = True
        # Where one is protected that one is the body's own; else the largest is.
        for name in np.unique(body[~np.isin(body, body[stays])]):
            of = np.flatnonzero(body == name)
            stays[of[np.argmax(seen.volume[of])]] = True
        return ~stays

    def sentence(self, service: Service, decision: Decision) -> str:
        body = f"each {level_name(self.level)} keeps its protected {self.kind} units, or else the largest by {self.volume} volume"
        return f"{body}; {closures(len(decision.order), self.kind)}"
