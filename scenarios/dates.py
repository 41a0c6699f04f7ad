"""When a change happens: a date, or days from the start of the run."""

from __future__ import annotations

from sim.service.fault import Fault, refuse
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
        If it is no date, or falls before the run starts.
    """
    if isinstance(at, (int, float)) and not isinstance(at, bool):
        day = float(at)
    else:
        day = service.calendar.day(at)
    refuse(
        [Fault(f"{of}: at must not fall before the run starts on {service.calendar.start}", at)] if not day >= 0 else []
    )
    return day
