"""When a change happens: a date, or days from the start of the run."""

from __future__ import annotations

from sim.service.fault import Fault, InputError, is_number, refuse
from sim.service.service import Service


def day_of(at: object, service: Service, of: str) -> float:
    """Days from the start of the run.

    Parameters
    ----------
    at
        A number of days, a date, or its ISO form.

    Raises
    ------
    InputError
        If it is no date, or falls before the run starts or after it ends.
    """
    day, faults = find_day(at, service)
    refuse(faults, of=of)
    return day


def find_day(at: object, service: Service, what: str = "at") -> tuple[float, list[Fault]]:
    """Days from the start of the run (0 where it is no date of the run), and what is wrong with it."""
    calendar = service.calendar
    try:
        day = float(at) if is_number(at) else calendar.day(at)
    except InputError:
        return 0.0, [Fault(f"{what} is a date, as 2027-04-01, or days from the start of the run", at)]
    if day < 0:
        return 0.0, [Fault(f"{what} must not fall before the run starts on {calendar.start}", at)]
    if day >= calendar.horizon:
        end = f"the run ends on {calendar.date(calendar.horizon)}, day {calendar.horizon:g}"
        return 0.0, [Fault(f"{what} must fall inside the run", at, f"{end}; raise run.years")]
    return day, []
