"""Allocate: patients are sent by another rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sim.service.allocation import Allocation, with_allocation
from sim.service.fault import Fault, refuse
from sim.service.service import Service


@dataclass(frozen=True)
class Allocate:
    """Patients are sent to their first unit by another rule of allocation, for the whole run."""

    allocation: Mapping[str, object] | None = None
    """The rule and its settings, as in ``configs/allocation/*.yaml``: ``{rule: bypass, minutes: 15}``."""

    def __post_init__(self):
        good = isinstance(self.allocation, (Mapping, Allocation))
        cure = "as {rule: bypass, minutes: 15}"
        refuse([] if good else [Fault("allocation is a rule with its settings", self.allocation, cure)], of="Allocate")
        if not isinstance(self.allocation, Allocation):
            object.__setattr__(self, "allocation", Allocation.read(self.allocation))

    def __call__(self, service: Service) -> Service:
        option = with_allocation(service, self.allocation)
        return replace(option, history=(*option.history, self.allocation.sentence))
