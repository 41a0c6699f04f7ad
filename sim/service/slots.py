"""Slots: theatre lists and the like, so many a week at a unit, given together with a bed and gone when unused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from .calendar import Calendar
from .fault import Fault, is_number, settings
from .hours import read_hours

WEEKDAYS = tuple(day * 24 + 8 for day in range(5))
"""Monday to Friday at eight, as hours of the week."""


@dataclass(frozen=True)
class WeeklySlots:
    """Slots of one sort that come to one unit week by week."""

    unit: str
    """The unit's id."""
    sort: str
    """What they are for, as stages name it (theatre)."""
    a_week: float
    """How many a week on average, 0 or more; a fraction is made up by whole ones over the weeks."""
    hours: tuple[int, ...] = WEEKDAYS
    """The hours of the week, 0 to 167 from Monday midnight, at which they come, alike many at each."""
    since: float = 0.0
    """Days from the start of the run."""
    until: float = np.inf
    """Days from the start of the run: none comes from then on."""

    def come(self, calendar: Calendar, horizon: float) -> tuple[np.ndarray, np.ndarray]:
        """When slots come before a horizon, and how many.

        Parameters
        ----------
        calendar
            The run's: which weekday it starts on.
        horizon
            Days from the start of the run.

        Returns
        -------
        (N,) days from the start of the run, rising, and (N,) whole numbers above 0. By the end of the n-th coming there were n
        times the average, rounded down, whatever ``since`` is: what comes later is the same under every option.

        Examples
        --------
        >>> days, count = WeeklySlots("Ashford", "theatre", 7.5, (8, 32)).come(Calendar.read("2026-04-06"), 15)
        >>> (days * 24).tolist(), count.tolist()
        ([8.0, 32.0, 176.0, 200.0, 344.0], [3, 4, 4, 4, 3])
        """
        until = min(horizon, self.until)
        weeks = int(np.ceil(max(until, 0.0) / 7)) + 1
        start = calendar.weekday() * 24
        hour = (np.array(sorted(set(self.hours)))[None, :] + 168 * np.arange(weeks)[:, None] - start).reshape(-1)
        hour = hour[hour >= 0]
        total = np.floor((np.arange(len(hour)) + 1) * (self.a_week / len(set(self.hours))) + 1e-9)
        count = np.diff(total, prepend=0.0).astype(int)
        day = hour / 24
        used = (count > 0) & (day >= self.since) & (day < until)
        return day[used], count[used]


@dataclass(frozen=True)
class SlotRule:
    """How slots of a sort are laid out, and how many there are where no table of units says so."""

    sort: str
    hours: tuple[int, ...] = WEEKDAYS
    """As of `WeeklySlots`."""
    spare: float = 0.1
    """Slots over the requests expected at the baseline, as a share of these."""

    @property
    def column(self) -> str:
        """The column of the units table that holds how many come a week."""
        return f"{self.sort}_slots_a_week"


def read_slot_rules(given: object, amount: Callable) -> tuple[SlotRule, ...]:
    """The rules that the lines ``slots:`` of a service's config describe.

    Parameters
    ----------
    given
        By sort ``hours`` (as ``Mon-Fri 08:00-09:00``: slots come at the start of each hour) and ``spare`` (a share).
    amount
        Turns a name of the service's own parameters, or a number, into a number: called with it and what it is.
    """
    made = []
    for sort, lines in settings(given, "service slots").items():
        lines = settings(lines, f"slots {sort}", known=("hours", "spare"))
        hours = tuple(np.flatnonzero(read_hours(lines.get("hours", "Mon-Fri 08:00-09:00"), f"slots {sort}")).tolist())
        made.append(SlotRule(str(sort), hours, amount(lines.get("spare", 0.1), f"slots {sort} spare")))
    return tuple(made)


def slot_faults(slots: tuple[WeeklySlots, ...], units: Mapping | set) -> list[Fault]:
    """What must hold of weekly slots, whoever made them."""
    return [
        fault
        for each in slots
        for fault, bad in (
            (Fault("slots name an unknown unit", each.unit), each.unit not in units),
            (Fault(f"slots a week of {each.unit} must be a number, 0 or more", each.a_week), not is_number(each.a_week, 0)),
            (Fault(f"slots of {each.unit} come at hours of the week, 0 to 167", each.hours), not _are_hours(each.hours)),
        )
        if bad
    ]


def _are_hours(hours: tuple[int, ...]) -> bool:
    return len(hours) > 0 and all(isinstance(hour, int) and 0 <= hour < 168 for hour in hours)


def slots_at(slots: tuple[WeeklySlots, ...], sort: str, units: np.ndarray, at: float) -> np.ndarray:
    """(U,) slots a week of a sort that come to each unit at a time.

    Parameters
    ----------
    slots
        Those of a service.
    sort
        As stages name it.
    units
        (U,) ids.
    at
        Days from the start of the run.
    """
    place = {unit: u for u, unit in enumerate(units.tolist())}
    made = np.zeros(len(units))
    for each in slots:
        if each.sort == sort and each.since <= at < each.until:
            made[place[each.unit]] += each.a_week
    return made
