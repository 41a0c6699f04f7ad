"""Close all units that do not meet their standard, at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.service.service import Service
from sim.service.standing import MET, NOT_MET

from .rules import ClosingRule, Decision, Map, closures, index_standard


@dataclass(frozen=True)
class CloseAllUnder(ClosingRule):
    """Every unit that is under the minimum today closes, all at once; none is spared by patients it would gain."""

    repeats: ClassVar[bool] = False

    def closing(self, seen: Map) -> np.ndarray:
        under = seen.volume < self.minimum_in(seen.service)
        standard = index_standard(seen.service, self.kind)
        if self.minimum is not None or standard is None:
            return under
        # What a table says of a unit against the standard goes before what its volume says.
        known = {row.unit: row.status for row in seen.service.standing if row.standard == standard.name}
        status = np.array([known.get(str(unit), "") for unit in seen.column(seen.service.units.id)])
        return (under & (status != MET)) | (status == NOT_MET)

    def sentence(self, service: Service, decision: Decision) -> str:
        return (
            f"{closures(len(decision.order), self.kind)}: all that are under {self.minimum_in(service):g} a year by "
            f"{self.volume} volume and may"
        )
