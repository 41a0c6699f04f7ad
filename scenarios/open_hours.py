"""Opening hours by the week."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sim.service.fault import InputError
from sim.service.hours import read_hours
from sim.service.service import Service, WeeklyHours

from .find import Finder, unit_names

NOT_EXPECTED = "Rows without simulation take units as open at all hours."
"""What a report must say where units have hours."""


@dataclass(frozen=True)
class OpenHours:
    """Named units take new patients in opening hours only; those who wait there stay, and beds are still given at night.

    The hours hold for the whole run.
    """

    units: tuple[str, ...]
    """Unit ids."""
    hours: str
    """As ``Mon-Fri 08:00-18:00``; several spans with commas between them. Whole hours; a span may run past midnight."""

    def __post_init__(self):
        object.__setattr__(self, "units", unit_names(self.units, "OpenHours"))
        read_hours(self.hours)

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        find.units(self.units)
        hours = WeeklyHours(read_hours(self.hours))
        find.faults += nowhere_open(service, {**service.hours, **dict.fromkeys(self.units, hours)})
        find.refuse()
        said = f"{', '.join(self.units)} take new patients {self.hours} only. {NOT_EXPECTED}"
        option = replace(service, hours={**service.hours, **dict.fromkeys(self.units, hours)})
        marks = {unit: (f"open {int(hours.is_open.sum())} of 168 hours a week",) for unit in self.units}
        return option.with_changes(said=said, marks=marks)


def nowhere_open(service: Service, hours: dict[str, WeeklyHours]) -> list[str]:
    """Faults where some kind of care would be open nowhere at some hour of the week: its patients would be turned away."""
    known = set(service.units.id.tolist())
    try:
        replace(service, hours={unit: table for unit, table in hours.items() if unit in known})
    except InputError as error:
        return [str(error)]
    return []
