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
    of = np.flatnonzero(records.counted & ~np.isnan(trace.given))
    unit, given, left = trace.unit[of], trace.given[of], trace.left[of]
    length = window.end - window.start
    mean = np.bincount(unit, window.days(given, left), count) / length
    way = (
        np.bincount(unit, window.days(given, np.where(np.isnan(trace.arrived[of]), np.inf, trace.arrived[of])), count)
        / length
    )
    inside = (given < window.end) & ~(left <= window.start)
    unit, given, left = unit[inside], given[inside], left[inside]
    order = np.argsort(unit, kind="stable")
    unit, given, left = unit[order], np.maximum(given[order], window.start), left[order]
    edge = np.searchsorted(unit, np.arange(count + 1))
    p95, full = np.zeros(count), np.full(count, np.nan)
    for u in range(count):
        of = slice(edge[u], edge[u + 1])
        p95[u], full[u] = _levels(given[of], left[of], *_beds_in_force(records, u), window)
    return Occupancy(mean, p95, full, way)


def _beds_in_force(records: Records, unit: int) -> tuple[np.ndarray, np.ndarray]:
    """Times from which each number of beds holds, and the numbers."""
    network = records.sent.journeys.network
    of = (network.change_unit == unit) & (network.change_what == BEDS)
    return np.concatenate([[-np.inf], network.change_time[of]]), np.concatenate(
        [[network.beds[unit]], network.change_value[of]]
    )


def _levels(given, left, since, beds, window: Window) -> tuple[float, float]:
    """The 95th percentile over time of beds held, and the share of time in which all are."""
    left = left[left < window.end]  # one still held does not step down inside the window; NaN compares false
    inner = since[(since > window.start) & (since < window.end)]
    time = np.concatenate([[window.start], given, left, inner])
    step = np.concatenate([[0], np.ones(len(given)), -np.ones(len(left)), np.zeros(len(inner))])
    order = np.argsort(time, kind="stable")
    time, held = time[order], np.cumsum(step[order])
    days = np.diff(np.append(time, window.end))
    force = beds[np.searchsorted(since, time, side="right") - 1]
    spent = np.bincount(held.astype(int), days)
    p95 = int(np.searchsorted(np.cumsum(spent), 0.95 * spent.sum() * (1 - 1e-12)))
    possible = force > 0
    full = float(days[possible & (held >= force)].sum() / days[possible].sum()) if days[possible].sum() else np.nan
    return float(p95), full
