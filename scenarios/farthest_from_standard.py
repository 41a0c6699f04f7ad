"""Close the units farthest from their standards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.measures.load import expected_load
from sim.measures.standards import value_of
from sim.service.service import Service
from sim.service.standing import MET, NOT_MET

from .rules import ClosingRule, Decision, Map, closures


@dataclass(frozen=True)
class FarthestFromStandard(ClosingRule):
    """The unit that lacks most of what its standards ask closes, over all its standards, until each unit left meets all."""

    cause: ClassVar[str] = "short of a standard"

    def closing(self, seen: Map) -> np.ndarray:
        return seen.once("lacking", lambda: self._lacking(seen)) > 1e-9

    def first(self, seen: Map) -> np.ndarray:
        return -seen.once("lacking", lambda: self._lacking(seen))

    def _lacking(self, seen: Map) -> np.ndarray:
        """(W,) the sum over standards of the share that is lacking: 0.25 for 450 of 600; 1 for one a table calls not met."""
        service = seen.service
        total = np.zeros(len(seen.units))
        status = {(row.standard, row.unit): row.status for row in service.standing}
        load = None
        for standard in service.standards:
            held = seen.column(service.gives(standard.kind)) & seen.is_open
            if not held.any():
                continue
            minimum = standard.minimum
            if standard.counts == "index":
                minimum = self.minimum if self.minimum and standard.kind == self.kind else minimum
                volume = np.where(seen.is_open, seen.volume, 0.0)
            else:
                load = expected_load(service, seen.all_open, seen.at) if load is None else load
                volume = seen.column(value_of(service, load, standard))
            lacking = np.clip(1 - np.where(np.isnan(volume), minimum, volume) / minimum, 0.0, 1.0) if minimum > 0 else np.zeros(len(total))
            said = np.array([status.get((standard.name, str(u)), "") for u in seen.column(service.units.id)])
            lacking = np.where(said == NOT_MET, np.where(lacking > 0, lacking, 1.0), lacking)
            total += np.where(held & (said != MET), lacking, 0.0)
        return total

    def sentence(self, service: Service, decision: Decision) -> str:
        return f"{closures(len(decision.order), self.kind)}, the one farthest from its standards first"
