"""Several verbs, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.service.service import Service

Verb = Callable[[Service], Service]


@dataclass(frozen=True)
class Chain:
    """Several changes, one after the other."""

    steps: tuple[Verb, ...] = ()

    def __post_init__(self):
        object.__setattr__(self, "steps", tuple(self.steps))

    def __call__(self, service: Service) -> Service:
        for step in self.steps:
            service = step(service)
        return service


def chain(*steps: Verb) -> Chain:
    """The verbs as one; ``chain()`` changes nothing."""
    return Chain(steps)
