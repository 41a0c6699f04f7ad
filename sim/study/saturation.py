"""Saturation: units that are offered about as much as their beds can bear, or more.

Their waits grow for as long as the run lasts, so that a mean wait there is a number about the length of the run. It is shown as
without limit, never as a number; what is raw is in ``outcomes.parquet``.
"""

from __future__ import annotations

import numpy as np

from ..measures.load import expected_load
from ..service.service import Service

SATURATED = 0.95
"""Offered load over beds from which a unit counts as saturated."""

GROWS = ("wait_hours_mean", "wait_hours_p95")
"""The measures that grow without limit at a saturated unit."""


def is_saturated(is_open: np.ndarray, load: np.ndarray, beds: np.ndarray) -> np.ndarray:
    """(U,) bool: the open units offered so much.

    Parameters
    ----------
    is_open
        (U,) bool.
    load
        (U,) the offered load: beds occupied on average if nobody ever waited.
    beds
        (U,) beds in force.

    Examples
    --------
    >>> is_saturated(np.array([True, True, False]), np.array([9.5, 9.4, 12.0]), np.array([10, 10, 10])).tolist()
    [True, False, False]
    """
    return is_open & (load > 0) & (load >= SATURATED * beds)


def saturated_units(service: Service, start: float, end: float) -> np.ndarray:
    """(U,) bool: the units saturated at some time of a window: at its ends, or after a change in between."""
    times = sorted({start, end, *(change.at for change in service.changes if start < change.at < end)})
    found = np.zeros(len(service.units), dtype=bool)
    for at in times:
        is_open = service.is_open(at)
        found |= is_saturated(is_open, expected_load(service, is_open, at).beds, service.beds(at))
    return found


def share_of_beds() -> str:
    """The share in words."""
    return f"{100 * SATURATED:g} % of beds"
