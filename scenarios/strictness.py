"""Strictness: how many units would fail as the minimum rises."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sim.measures.standards import MINIMUMS, strictness
from sim.service.fault import Fault, refuse
from sim.service.service import Service

from .find import Finder, number_fault


@dataclass(frozen=True)
class Strictness:
    """Nothing changes; how many units would be under the minimum as it rises, by reported and by modelled volume."""

    minimums: tuple[float, ...] = MINIMUMS
    """Index admissions a year."""
    kind: str | None = None
    """The kind of care whose units are held to it; None for the one that access is measured to."""

    def __post_init__(self):
        given = self.minimums
        several = tuple(given) if isinstance(given, (tuple, list)) else (given,)
        faults = [fault for minimum in several for fault in number_fault("minimums", minimum, 0)]
        refuse(faults or ([] if several else [Fault("minimums needs at least one number")]), of="Strictness")
        object.__setattr__(self, "minimums", several)

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        find.kinds(() if self.kind is None else (self.kind,))
        find.refuse()
        said = tuple(
            f"Minimum {row['minimum_per_year']:g}: of {row['units']} {row['kind']} units {row['under_reported']} are under it by reported "
            f"volume ({row['not_reported']} do not report), {row['under_modelled']} by modelled volume, {row['disputed']} are disputed."
            for row in strictness(service, self.minimums, self.kind)
        )
        return replace(service, history=(*service.history, *said))
