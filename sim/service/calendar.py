"""The calendar: the date at which a run starts, and what follows from it.

Inside the simulation time is days from the start; this module is the only place that turns dates into days and back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from .fault import Fault, refuse


@dataclass(frozen=True)
class Calendar:
    """The first day of a run, and how long it lasts.

    Examples
    --------
    >>> calendar = Calendar.read("2026-04-01")
    >>> calendar.day("2027-04-01")
    365.0
    >>> calendar.date(30).isoformat()
    '2026-05-01'
    >>> calendar.financial_year(364.5), calendar.financial_year(365)
    ('2026/27', '2027/28')
    """

    start: date
    horizon: float = math.inf
    """Days from the start at which the run ends; infinite where no run is known yet."""

    @classmethod
    def read(cls, given: object) -> Calendar:
        """A calendar from a date or its ISO form."""
        return cls(read_date(given, "run.start"))

    def day(self, when: object) -> float:
        """Days from the start to a date (its first instant)."""
        return float((read_date(when, "date") - self.start).days)

    def date(self, day: float) -> date:
        """The date on which a moment falls."""
        return self.start + timedelta(days=int(np.floor(day)))

    def weekday(self) -> int:
        """The weekday of the first day; Monday is 0."""
        return self.start.weekday()

    def financial_year(self, day: float) -> str:
        """The April-March year of a moment."""
        when = self.date(day)
        first = when.year if when.month >= 4 else when.year - 1
        return f"{first}/{(first + 1) % 100:02d}"


def read_date(given: object, of: str) -> date:
    """A date from a date or its ISO form; anything else is refused."""
    if isinstance(given, datetime):
        return given.date()
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        refuse([Fault("a date is written year-month-day, as 2026-04-01", given)], of=of)
