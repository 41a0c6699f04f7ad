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


def pools(service: Service, closed: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """The units that close, put together by where their beds and slots may go, and (U,) bool which units those are.

    Those of a part (critical care) go to units of its own kinds, and those of the unit that it is part of to the others.
    """
    is_part = closed & (whole(service) != "")
    every = np.ones(len(closed), dtype=bool)
    made, taken = [], ~every
    for kinds in dict.fromkeys(_kinds(service, u) for u in np.flatnonzero(is_part)):
        takes = np.any([service.gives(kind) for kind in kinds], axis=0)
        taken = taken | takes
        made.append((is_part & np.array([_kinds(service, u) == kinds for u in range(len(closed))]), takes))
    return [(closed & ~is_part, ~taken), *made]


def _kinds(service: Service, u: int) -> tuple[str, ...]:
    return tuple(kind for kind, given in service.units.gives.items() if given[u])
