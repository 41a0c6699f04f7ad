"""Nothing changes."""

from __future__ import annotations

from dataclasses import dataclass

from sim.service.service import Service


@dataclass(frozen=True)
class Baseline:
    """The service as it is."""

    def __call__(self, service: Service) -> Service:
        return service
