"""Close units of low quality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.service.fault import Fault
from sim.service.service import Service

from .columns import QUALITY, column_faults, column_of
from .find import number_fault
from .rules import ClosingRule, Decision, Map, closures


@dataclass(frozen=True)
class BelowQuality(ClosingRule):
    """Units whose quality score is below the least allowed close, the lowest first; the score is the units table's own."""

    least: float | None = None
    """The least score allowed; None for the lower quartile of the units judged."""

    repeats: ClassVar[bool] = False
    by_volume: ClassVar[bool] = False
    cause: ClassVar[str] = "of low quality"

    def _setting_faults(self) -> list[Fault]:
        return super()._setting_faults() + ([] if self.least is None else number_fault("least", self.least))

    def needs(self, service: Service) -> list[Fault]:
        return column_faults(service, QUALITY)

    def closing(self, seen: Map) -> np.ndarray:
        return is_poor(seen, self.least)

    def first(self, seen: Map) -> np.ndarray:
        return seen.column(column_of(seen.service, QUALITY))

    def why(self, service: Service, unit: int) -> str:
        return f"quality {column_of(service, QUALITY)[unit]:g}"

    def sentence(self, service: Service, decision: Decision) -> str:
        what = "the lower quartile" if self.least is None else f"{self.least:g}"
        return f"{closures(len(decision.order), self.kind)}, of a quality below {what}"


def is_poor(seen: Map, least: float | None) -> np.ndarray:
    """(W,) bool: the units judged whose score is below the least allowed, or below the lower quartile of all judged."""
    score = seen.column(column_of(seen.service, QUALITY))
    with np.errstate(invalid="ignore"):
        return score < (np.nanpercentile(score, 25) if least is None else least)
