"""Results by calendar month: when waits, occupancy and delays move as an option is carried out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from ..service.calendar import Calendar
from .records import Records, Window
from .tidy import Outcome
from .waits import Requests


def month_edges(calendar: Calendar, window: Window) -> tuple[tuple[str, ...], np.ndarray]:
    """The months a window touches and the days at which they begin and end inside it.

    Returns
    -------
    Names as ``2026-04`` and (months + 1,) days from the start of the run.

    Examples
    --------
    >>> names, edge = month_edges(Calendar.read("2026-04-01"), Window(10.0, 40.0))
    >>> names, edge.tolist()
    (('2026-04', '2026-05'), [10.0, 30.0, 40.0])
    """
    first = calendar.date(window.start)
    year, month = first.year, first.month
    names, edges = [], [window.start]
    while edges[-1] < window.end:
        names.append(f"{year}-{month:02d}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        edges.append(min(float((date(year, month, 1) - calendar.start).days), window.end))
    return tuple(names), np.array(edges)


def months(records: Records, window: Window, asked: Requests) -> Iterator[Outcome]:
    """The measures that are followed month by month, over all units; ``asked`` are the requests inside the window."""
    names, edge = month_edges(records.service.calendar, window)
    trace, count = records.trace, len(names)
    # Months begin at midnight, so the day alone tells the month: a look-up is quicker than a search for each of a million stays.
    month_of_day = np.searchsorted(edge[1:-1], np.arange(np.ceil(window.end)) + 1e-9, side="right")

    def place(time: np.ndarray) -> np.ndarray:
        return month_of_day[time.astype(np.int64)]

    def up_to_edges(time: np.ndarray) -> np.ndarray:
        """(months + 1,) the sum of min(time, edge) over all times; NaN counts as beyond every edge."""
        known = time[time < window.end]
        known = np.maximum(known, window.start)
        month = place(known)
        before = np.concatenate([[0.0], np.cumsum(np.bincount(month, known, count))])
        fewer = np.concatenate([[0], np.cumsum(np.bincount(month, minlength=count))])
        return before + edge * (len(time) - fewer)

    asked_first = trace.requested[records.index]
    asked_first = asked_first[window.has(asked_first)]
    yield Outcome("index_admissions", "month", names, np.bincount(place(asked_first), minlength=count).astype(float))
    month = place(asked.time)
    total = np.bincount(month, minlength=count)
    total = np.where(total, total, np.nan)
    yield Outcome("wait_hours_mean", "month", names, np.bincount(month, asked.hours, count) / total)
    yield Outcome("wait_share_delayed", "month", names, np.bincount(month, asked.delayed, count) / total)
    of = np.flatnonzero(records.counted & (trace.given < window.end) & ~(trace.left <= window.start))
    held = up_to_edges(trace.given[of]), up_to_edges(trace.left[of])
    yield Outcome("occupied_beds_mean", "month", names, np.diff(held[1] - held[0]) / np.diff(edge))
    of = of[~(trace.ready[of] == trace.left[of])]
    late = up_to_edges(trace.ready[of]), up_to_edges(trace.left[of])
    yield Outcome("delayed_transfer_bed_days", "month", names, np.diff(late[1] - late[0]))
