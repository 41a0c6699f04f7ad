"""Close named units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.service.fault import Fault, refuse
from sim.service.service import Service

from .beds import check_fate, close_units
from .find import Finder, unit_names
from .parts import with_parts


@dataclass(frozen=True)
class Close:
    """Named units close to new patients from a date; those in a bed finish their stay."""

    units: tuple[str, ...]
    """Unit ids."""
    at: object = 0
    """A date (2027-04-01) or days from the start of the run."""
    beds: str = "moved"
    """What becomes of their beds: ``moved`` with the patients, others ``resized`` to the same delay, or ``lost``."""

    def __post_init__(self):
        object.__setattr__(self, "units", unit_names(self.units, "Close"))
        check_fate(self.beds, "Close")

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        at = find.day(self.at)
        index = find.open_units(self.units, at)
        find.refuse()
        closed = np.zeros(len(service.units), dtype=bool)
        closed[index] = True
        said = f"From day {at:g} {', '.join(self.units)} close to new patients; beds {self.beds}."
        refuse_closing_a_kind(service, with_parts(service, closed, at), at)
        option = close_units(service, index.tolist(), at, self.beds)
        return option.with_changes(said=said, marks={unit: ("closed",) for unit in self.units})


def refuse_closing_a_kind(service: Service, closed: np.ndarray, at: float) -> None:
    """Refuse to close every unit of a kind that some pathway needs."""
    still = service.is_open(at) & ~closed
    kinds = sorted({stage.kind for group in service.groups for stage in group.stages})
    faults = [
        Fault(f"closing these leaves no unit that gives {kind}", cure="keep one open")
        for kind in kinds
        if not (service.gives(kind) & still).any()
    ]
    refuse(faults)
