"""Remove beds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sim.service.service import Service

from .beds import shifted_beds
from .find import Finder, counts_of


@dataclass(frozen=True)
class RemoveBeds:
    """Beds are taken away from a date; those in them finish their stay."""

    beds: dict[str, int] = field(default_factory=dict)
    """By unit id, how many."""
    at: object = 0
    """A date or days from the start of the run."""

    def __post_init__(self):
        object.__setattr__(self, "beds", counts_of(self.beds, "RemoveBeds"))

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        at = find.day(self.at)
        find.units(self.beds)
        keep_a_bed(find, self.beds, at)
        find.refuse()
        told = ", ".join(f"{count} at {unit}" for unit, count in self.beds.items())
        return service.with_changes(
            *shifted_beds(service, {unit: -count for unit, count in self.beds.items()}, at),
            said=f"From day {at:g} beds are taken away: {told}.",
            marks={unit: (f"{count} beds taken away",) for unit, count in self.beds.items()},
        )


def keep_a_bed(find: Finder, taken: Mapping[str, int], at: float) -> None:
    """Faults where more beds are taken than there are, or the last of an open unit: patients would wait there for ever."""
    service = find.service
    known, is_open, beds = service.units.id.tolist(), service.is_open(at), service.beds(at)
    for unit, count in taken.items():
        if unit not in known:
            continue
        u = known.index(unit)
        if count > beds[u]:
            find.fault(f"{unit} has {beds[u]:.0f} beds on day {at:g}, and {count} are taken", cure="take fewer")
        elif count == beds[u] and is_open[u]:
            find.fault(f"{unit} would be open without a bed", cure="close it: scenario=close")
