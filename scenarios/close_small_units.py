"""Close small units: the smallest under the minimum, reassign its patients, repeat until none is under."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.service.service import Service

from .rules import ClosingRule, Decision, Map, closures


@dataclass(frozen=True)
class CloseSmallUnits(ClosingRule):
    """The smallest unit under the minimum closes, its patients go to the nearest left, until none is under."""

    def closing(self, seen: Map) -> np.ndarray:
        return seen.volume < self.minimum_in(seen.service)

    def sentence(self, service: Service, decision: Decision) -> str:
        return (
            f"{closures(len(decision.order), self.kind)}, smallest first, until none that may close is under "
            f"{self.minimum_in(service):g} a year by {self.volume} volume"
        )
