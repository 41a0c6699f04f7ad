"""What becomes of the slots (theatre lists) of units that close: they go where the patients go."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.measures.load import expected_load
from sim.service.service import Service
from sim.service.slots import WeeklySlots, slots_at

from .parts import pools


def slots_after(
    service: Service, closed: np.ndarray, at: float, fate: str, opened: np.ndarray | None = None
) -> tuple[WeeklySlots, ...]:
    """The weekly slots of a service from which units close at a date.

    Parameters
    ----------
    service
        The service before the closure.
    closed
        (U,) bool: the units that close; no slot comes there any more.
    at
        Days from the start of the run.
    fate
        ``moved``: the slots go to the units whose patients need more of them, in proportion. ``resized``: those units get slots until
        there are as many to a request as before. ``lost``: nobody gets any.
    opened
        (U,) bool: units that open at the same time; None for none.
    """
    if not service.slots:
        return ()
    ids, is_open = service.units.id, service.is_open(at)
    new = np.zeros(len(ids), dtype=bool) if opened is None else opened
    before = expected_load(service, is_open & ~new, at).slots
    after = expected_load(service, (is_open | new) & ~closed, at).slots
    made = [_ended(each, at) if closed[service.unit_index(each.unit)] else each for each in service.slots]
    for sort in dict.fromkeys(each.sort for each in service.slots):
        was, now = (np.asarray(load.get(sort, 0.0)) + np.zeros(len(ids)) for load in (before, after))
        come = slots_at(service.slots, sort, ids, at)
        gain = np.where(closed, 0.0, np.maximum(now - was, 0.0))
        extra = np.zeros(len(ids))
        if fate == "moved":
            extra = sum((_shared_out(come[of].sum(), gain * takes) for of, takes in pools(service, closed)), extra)
        elif fate == "resized":
            ratio = come.sum() / was.sum() if was.sum() else 0.0
            extra = gain * ratio
        hours = next(each.hours for each in service.slots if each.sort == sort)
        made += [WeeklySlots(str(ids[u]), sort, float(extra[u]), hours, since=at) for u in np.flatnonzero(extra > 1e-9)]
    return tuple(each for each in made if each is not None)


def _shared_out(total: float, weight: np.ndarray) -> np.ndarray:
    return total * weight / weight.sum() if weight.sum() > 0 else np.zeros(len(weight))


def _ended(slots: WeeklySlots, at: float) -> WeeklySlots | None:
    """Slots that come no more from a date on; None where none ever came."""
    return replace(slots, until=min(slots.until, at)) if slots.since < at else None


def renamed_slots(slots: tuple[WeeklySlots, ...], unit: str, to: str, at: float) -> tuple[WeeklySlots, ...]:
    """Weekly slots, those of one unit at another from a date on."""
    made = []
    for each in slots:
        if each.unit != unit:
            made.append(each)
            continue
        made += [ended] if (ended := _ended(each, at)) is not None else []
        made += [replace(each, unit=to, since=max(each.since, at))] if each.until > at else []
    return tuple(made)
