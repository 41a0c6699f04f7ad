"""Saturation: units that are offered about as much as their beds can bear, or more.

Their waits grow for as long as the run lasts, so that a mean wait there is a number about the length of the run. It is shown as
without limit, never as a number; what is raw is in ``outcomes.parquet``. A unit with beds enough is saturated too where its patients
keep their beds while they wait for a unit that is offered all it has: sooner or later such patients lie in every bed.
"""

from __future__ import annotations

import numpy as np

from ..journeys.expected import Node, ways
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
        load, beds = expected_load(service, is_open, at).beds, service.beds(at)
        found |= is_saturated(is_open, load, beds) | held_up(service, is_open, is_open & (load > 0) & (load >= beds))
    return found


def held_up(service: Service, is_open: np.ndarray, full: np.ndarray) -> np.ndarray:
    """(U,) bool: the units whose beds fill with patients who wait for a full unit, or for one that is itself held up.

    Parameters
    ----------
    service
        The service.
    is_open
        (U,) bool: units that take new patients.
    full
        (U,) bool: units offered as much as their beds, or more, so that the number who wait for them has no limit.
    """
    made = np.zeros(len(full), dtype=bool)
    links = [_link(node) for node in ways(service, is_open) if _keeps_waiting(node)] if full.any() else []
    while True:
        behind = made.copy()
        for before, unit in links:
            behind[before[(full | made)[unit]]] = True
        if (behind == made).all():
            return made
        made = behind


def _keeps_waiting(node: Node) -> bool:
    """Whether patients lie in the bed of the stage before for as long as they wait for this one, however long that is."""
    stage, before = node.stage, node.before
    has_beds = before is not None and before.stage.beds == stage.beds == "counted"
    waits = stage.keeps_bed and (stage.if_full, stage.wait_at, stage.stay_from) == ("wait", "first", "given")
    return has_beds and waits and stage.gives_up_after is None


def _link(node: Node) -> tuple[np.ndarray, np.ndarray]:
    """(N,) units that patients come from, and (N,) those that they wait for."""
    moved = (node.unit >= 0) & (node.before.unit >= 0) & ~node.in_same_bed & (np.asarray(node.chance) > 0)
    return node.before.unit[moved], node.unit[moved]


def share_of_beds() -> str:
    """From when on a unit is saturated, in words."""
    return f"{100 * SATURATED:g} % of beds, or beds kept by those who wait for a unit that is offered all it has"
