"""Results by calendar month: when waits, occupancy and delays move as an option is carried out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from ..service.calendar import Calendar
from .records import Records, Window
from .tidy import Outcome
from .waits import requests


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


def months(records: Records, window: Window) -> Iterator[Outcome]:
    """The measures that are followed month by month, over all units."""
    names, edge = month_edges(records.service.calendar, window)
    trace, count = records.trace, len(names)
    days = np.diff(edge)

    def per_month(time: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
        inside = window.has(time)
        place = np.searchsorted(edge, time[inside], side="right") - 1
        return np.bincount(place, None if weight is None else weight[inside], count)

    first = records.first
    index = records.is_index()
    yield Outcome("index_admissions", "month", names, per_month(trace.requested[first[index]]).astype(float))
    asked = requests(records, window)
    total = per_month(asked.time)
    with np.errstate(invalid="ignore"):
        yield Outcome(
            "wait_hours_mean", "month", names, per_month(asked.time, asked.hours) / np.where(total, total, np.nan)
        )
        yield Outcome(
            "wait_share_delayed",
            "month",
            names,
            per_month(asked.time, asked.delayed.astype(float)) / np.where(total, total, np.nan),
        )
    of = records.counted & ~np.isnan(trace.given)
    yield Outcome(
        "occupied_beds_mean", "month", names, np.diff(_held_up_to(edge, trace.given[of], trace.left[of])) / days
    )
    of &= ~np.isnan(trace.ready)
    yield Outcome(
        "delayed_transfer_bed_days", "month", names, np.diff(_held_up_to(edge, trace.ready[of], trace.left[of]))
    )


def _held_up_to(edge: np.ndarray, since: np.ndarray, until: np.ndarray) -> np.ndarray:
    """(edges,) the days of all spans that lie before each edge; a span that has not ended lasts beyond all."""
    until = np.where(np.isnan(until), np.inf, until)
    return np.array([(np.minimum(until, t) - np.minimum(since, t)).sum() for t in edge])
