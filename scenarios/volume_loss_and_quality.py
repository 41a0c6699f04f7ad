"""Close units that are small, lose money and are of low quality, all three."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.service.fault import Fault
from sim.service.service import Service

from .below_quality import is_poor
from .columns import INCOME, QUALITY, column_faults, column_of
from .find import number_fault
from .rules import ClosingRule, Decision, Map, closures


@dataclass(frozen=True)
class VolumeLossAndQuality(ClosingRule):
    """Units under the minimum that lose money and are of low quality close, the smallest first; all three must hold."""

    least: float | None = None
    """The least quality score allowed; None for the lower quartile of the units judged."""

    cause: ClassVar[str] = "under the minimum, making a loss and of low quality"

    def _setting_faults(self) -> list[Fault]:
        return super()._setting_faults() + ([] if self.least is None else number_fault("least", self.least))

    def needs(self, service: Service) -> list[Fault]:
        return column_faults(service, INCOME, QUALITY)

    def closing(self, seen: Map) -> np.ndarray:
        loses = seen.column(column_of(seen.service, INCOME)) < 0
        return (seen.volume < self.minimum_in(seen.service)) & loses & is_poor(seen, self.least)

    def why(self, service: Service, unit: int) -> str:
        loss, quality = -column_of(service, INCOME)[unit], column_of(service, QUALITY)[unit]
        return f"a loss of GBP {loss:,.0f} a year, quality {quality:g}"

    def sentence(self, service: Service, decision: Decision) -> str:
        return (
            f"{closures(len(decision.order), self.kind)}: under {self.minimum_in(service):g} a year by {self.volume} volume, making a "
            "loss and of low quality"
        )
