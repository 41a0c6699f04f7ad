"""Close units that lose money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.service.fault import Fault
from sim.service.service import Service

from .columns import INCOME, column_faults, column_of
from .rules import ClosingRule, Decision, Map, closures


@dataclass(frozen=True)
class NetLoss(ClosingRule):
    """Units that cost more than they earn close, the largest loss first; income is the units table's net_income_gbp."""

    repeats: ClassVar[bool] = False
    by_volume: ClassVar[bool] = False
    cause: ClassVar[str] = "making a loss"

    def needs(self, service: Service) -> list[Fault]:
        return column_faults(service, INCOME)

    def closing(self, seen: Map) -> np.ndarray:
        return seen.column(column_of(seen.service, INCOME)) < 0

    def first(self, seen: Map) -> np.ndarray:
        return seen.column(column_of(seen.service, INCOME))

    def why(self, service: Service, unit: int) -> str:
        return f"a loss of GBP {-column_of(service, INCOME)[unit]:,.0f} a year"

    def sentence(self, service: Service, decision: Decision) -> str:
        lost = -column_of(service, INCOME)[list(decision.order)].sum()
        return f"{closures(len(decision.order), self.kind)}, with a loss of GBP {lost:,.0f} a year in all"
