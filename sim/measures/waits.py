"""Waits for a bed: from the request to the bed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .records import Records, Window


class Requests(NamedTuple):
    """The requests for a counted bed inside a window; going on in one's own bed asks for nothing and is none, and what is waited for
    on a list is measured there (`waiting_list`)."""

    row: np.ndarray
    """(N,) int: the row of the stay asked for."""
    time: np.ndarray
    """(N,) days from the start of the run: when the patient first asked."""
    hours: np.ndarray
    """(N,) given - requested; one who got no bed counts with the wait until they went on, left, or the run ended."""
    delayed: np.ndarray
    """(N,) bool: no bed was given at once."""


def requests(records: Records, window: Window) -> Requests:
    """Every request inside the window, none dropped."""
    trace = records.trace
    row = np.flatnonzero(records.counted & window.has(trace.requested) & ~records.same_bed & ~records.from_list)
    given, time = trace.given[row], trace.requested[row]
    hours = (given - time) * 24
    none = np.flatnonzero(np.isnan(given))
    until = trace.ready[row[none]]
    until = np.where(np.isnan(until), trace.ended[records.patient[row[none]]], until)
    hours[none] = (np.where(np.isnan(until), records.sent.routes.horizon, until) - time[none]) * 24
    return Requests(row, time, hours, np.isnan(given) | (hours > 0))
