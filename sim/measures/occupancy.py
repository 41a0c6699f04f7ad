"""Occupancy: beds held over time, from the step function of beds given and left."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..journeys.journeys import BEDS
from .records import Records, Window


class Occupancy(NamedTuple):
    """Beds held at each unit inside a window."""

    mean: np.ndarray
    """(U,) time average of beds held."""
    p95: np.ndarray
    """(U,) the fewest beds at or below which the unit is for at least 95 % of the time."""
    full: np.ndarray
    """(U,) share of time in which held beds reach the beds in force; NaN for a unit without beds."""
    on_the_way: np.ndarray
    """(U,) time average of beds held for patients who have not arrived."""


def occupancy(records: Records, window: Window) -> Occupancy:
    """Beds held from given to left, clipped to the window.

    A patient who goes on in the same bed leaves it and is given it at one instant: the step function does not move.
    """
    trace = records.trace
    count = len(records.service.units)
    of = np.flatnonzero(records.counted & (trace.given < window.end) & ~(trace.left <= window.start))
    unit, given, left = trace.unit[of], trace.given[of], trace.left[of]
    left = np.where(np.isnan(left), np.inf, left)
    length = window.end - window.start
    mean = np.bincount(unit, np.minimum(left, window.end) - np.maximum(given, window.start), count) / length
    arrived = trace.arrived[of]
    far = np.flatnonzero(arrived != given)  # nobody else is ever on the way
    arrived = np.where(np.isnan(arrived[far]), np.inf, arrived[far])
    way = np.bincount(unit[far], window.days(given[far], arrived), count) / length
    from .levels import levels  # numba is slow to import: only where something was simulated

    p95, full = levels(unit, given, left, count, window.start, window.end, *_beds_in_force(records))
    return Occupancy(mean, p95, full, way)


def _beds_in_force(records: Records) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The beds of each unit over time: where each unit's rows begin, from when each number holds, and the numbers."""
    network = records.sent.journeys.network
    count = len(network.beds)
    of = np.flatnonzero(network.change_what == BEDS)
    unit = np.concatenate([np.arange(count), network.change_unit[of]])
    time = np.concatenate([np.full(count, -np.inf), network.change_time[of]])
    beds = np.concatenate([network.beds, network.change_value[of]]).astype(np.int64)
    order = np.argsort(unit, kind="stable")
    return np.searchsorted(unit[order], np.arange(count + 1)), time[order], beds[order]
