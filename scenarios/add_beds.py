"""Add beds."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.service.service import Service

from .beds import shifted_beds
from .find import Finder, counts_of


@dataclass(frozen=True)
class AddBeds:
    """Staffed beds are added to units from a date."""

    beds: dict[str, int] = field(default_factory=dict)
    """By unit id, how many."""
    at: object = 0
    """A date or days from the start of the run."""

    def __post_init__(self):
        object.__setattr__(self, "beds", counts_of(self.beds, "AddBeds"))

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        at = find.day(self.at)
        find.open_units(self.beds, at)
        find.refuse()
        told = ", ".join(f"{count} at {unit}" for unit, count in self.beds.items())
        return service.with_changes(
            *shifted_beds(service, self.beds, at),
            said=f"From day {at:g} beds are added: {told}.",
            marks={unit: (f"{count} beds added",) for unit, count in self.beds.items()},
        )
