"""Opening hours by the week."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from sim.service.fault import Fault, InputError, refuse
from sim.service.service import Service, WeeklyHours

from .find import Finder, unit_names

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

NOT_EXPECTED = "Rows without simulation take units as open at all hours."
"""What a report must say where units have hours."""

_SPAN = re.compile(r"([A-Za-z]+)(?:\s*-\s*([A-Za-z]+))?\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


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


def read_hours(given: object) -> np.ndarray:
    """(7, 24) bool, Monday first, from words.

    Examples
    --------
    >>> read_hours("Mon-Fri 08:00-18:00").sum(axis=1).tolist()
    [10, 10, 10, 10, 10, 0, 0]
    >>> read_hours("Sun 22:00-02:00").sum(axis=1).tolist()
    [2, 0, 0, 0, 0, 0, 2]
    """
    table, faults = np.zeros(168, dtype=bool), []
    for span in str(given).split(","):
        found = _SPAN.fullmatch(span.strip())
        if not found:
            faults.append(Fault("hours are written as Mon-Fri 08:00-18:00", span.strip()))
            continue
        first, last, *clock = found.groups()
        days = [_day(name, faults) for name in (first, last or first)]
        start, start_minutes, end, end_minutes = map(int, clock)
        if start_minutes or end_minutes or start > 23 or end > 24:
            faults.append(Fault("hours are whole hours from 00:00 to 24:00", span.strip()))
        if faults:
            continue
        length = (end - start) % 24 or 24
        for day in range((days[1] - days[0]) % 7 + 1):
            begin = ((days[0] + day) % 7) * 24 + start
            table[np.arange(begin, begin + length) % 168] = True
    refuse(faults, of="OpenHours")
    return table.reshape(7, 24)


def _day(name: str, faults: list[Fault]) -> int:
    short = name[:3].capitalize()
    if short not in DAYS or len(name) < 3:
        faults.append(Fault("days are " + ", ".join(DAYS), name))
        return 0
    return DAYS.index(short)


def nowhere_open(service: Service, hours: dict[str, WeeklyHours]) -> list[str]:
    """Faults where some kind of care would be open nowhere at some hour of the week: its patients would be turned away."""
    known = set(service.units.id.tolist())
    try:
        replace(service, hours={unit: table for unit, table in hours.items() if unit in known})
    except InputError as error:
        return [str(error)]
    return []
