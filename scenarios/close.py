"""Close named units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.service.fault import Fault, refuse
from sim.service.service import Change, Service

from .beds import bed_changes, check_fate
from .dates import day_of


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
        names = (self.units,) if isinstance(self.units, str) else tuple(self.units)
        object.__setattr__(self, "units", names)
        faults = [] if names else [Fault("Close needs at least one unit", cure="name one: units: [LA144LF]")]
        faults += [Fault("a unit is named twice", name) for name in sorted({n for n in names if names.count(n) > 1})]
        refuse(faults, of="Close")
        check_fate(self.beds, "Close")

    def __call__(self, service: Service) -> Service:
        at = day_of(self.at, service, "Close")
        index = find_units(service, self.units, "Close")
        shut = service.units.id[index][~service.is_open(at)[index]]
        refuse([Fault(f"{unit} is closed already on day {at:g}") for unit in shut], of="Close")
        closed = np.zeros(len(service.units), dtype=bool)
        closed[index] = True
        said = f"From day {at:g} {', '.join(self.units)} close to new patients; beds {self.beds}."
        shuts = tuple(Change(at, unit, "open", 0) for unit in self.units)
        refuse_closing_a_kind(service, closed, at)
        return service.with_changes(
            *shuts,
            *bed_changes(service, closed, at, self.beds),
            said=said,
            marks={unit: ("closed",) for unit in self.units},
        )


def find_units(service: Service, units: tuple[str, ...], of: str) -> np.ndarray:
    """The rows of named units; all unknown ones are told at once, with the nearest spelling."""
    from sim.service.fault import nearest_spelling

    known = set(service.units.id.tolist())
    refuse(
        [Fault(f"unknown unit {unit!r} in {of}" + nearest_spelling(unit, known)) for unit in units if unit not in known]
    )
    return np.array([service.unit_index(unit) for unit in units], dtype=int)


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
