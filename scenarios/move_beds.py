"""Move beds from units to another."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.service.fault import Fault, refuse
from sim.service.service import Service

from .beds import shifted_beds
from .find import Finder, counts_of
from .remove_beds import keep_a_bed


@dataclass(frozen=True)
class MoveBeds:
    """Beds move from units to another from a date; none is made or lost."""

    into: str
    """The unit that gets them."""
    beds: dict[str, int] = field(default_factory=dict)
    """By unit id, how many beds leave it."""
    at: object = 0
    """A date or days from the start of the run."""

    def __post_init__(self):
        object.__setattr__(self, "beds", counts_of(self.beds, "MoveBeds"))
        object.__setattr__(self, "into", str(self.into))
        refuse(
            [Fault("beds cannot move from a unit into itself", self.into)] if self.into in self.beds else [], "MoveBeds"
        )

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        at = find.day(self.at)
        find.units(self.beds)
        find.open_units((self.into,), at)
        keep_a_bed(find, self.beds, at)
        find.refuse()
        total = sum(self.beds.values())
        extra = {**{unit: -count for unit, count in self.beds.items()}, self.into: total}
        told = ", ".join(f"{count} from {unit}" for unit, count in self.beds.items())
        marks = {unit: (f"{count} beds move to {self.into}",) for unit, count in self.beds.items()}
        return service.with_changes(
            *shifted_beds(service, extra, at),
            said=f"From day {at:g} {total} beds move to {self.into}: {told}.",
            marks={**marks, self.into: (f"gets {total} beds",)},
        )
