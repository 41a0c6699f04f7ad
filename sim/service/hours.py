"""Hours of the week in words: when a unit takes new patients, when staff discharge."""

from __future__ import annotations

import re

import numpy as np

from .fault import Fault, refuse

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_SPAN = re.compile(r"([A-Za-z]+)(?:\s*-\s*([A-Za-z]+))?\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


def read_hours(given: object, of: str = "OpenHours") -> np.ndarray:
    """(7, 24) bool, Monday first, from words.

    Parameters
    ----------
    given
        As ``Mon-Fri 08:00-18:00``; several spans with commas between them. Whole hours; a span may run past midnight.
    of
        What faults say the hours are of.

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
    refuse(faults, of=of)
    return table.reshape(7, 24)


def _day(name: str, faults: list[Fault]) -> int:
    short = name[:3].capitalize()
    if short not in DAYS or len(name) < 3:
        faults.append(Fault("days are " + ", ".join(DAYS), name))
        return 0
    return DAYS.index(short)
