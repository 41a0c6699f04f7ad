"""Parts: units that stand and fall with another, as a centre's critical care with its wards (``part_of`` in the units table)."""

from __future__ import annotations

import numpy as np

from sim.service.service import Service

COLUMN = "part_of"
"""The column of the units table that names the unit another is part of."""


def whole(service: Service) -> np.ndarray:
    """(U,) text: the unit that each is part of; blank for those that stand alone."""
    column = service.units.attribute.get(COLUMN)
    is_text = column is not None and np.asarray(column).dtype.kind == "U"
    return np.asarray(column) if is_text else np.full(len(service.units), "")


def with_parts(service: Service, closed: np.ndarray, at: float = 0.0) -> np.ndarray:
    """(U,) bool: the units that close, with those open parts of them that close too.

    Parameters
    ----------
    service
        The service.
    closed
        (U,) bool: the units that a verb closes.
    at
        Days from the start of the run.
    """
    if not closed.any():
        return closed
    return closed | (np.isin(whole(service), service.units.id[closed]) & service.is_open(at))
