"""What becomes of the beds of units that close: they move with the patients, the others are sized anew, or they are lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sim.measures.load import beds_for_delay, delay_without_limit, expected_load
from sim.service.fault import Fault, nearest_spelling, refuse
from sim.service.service import Change, Service

from .parts import pools, with_parts
from .theatres import slots_after

FATES = ("moved", "resized", "lost")


def fate_faults(fate: str, cure: str = "") -> list[Fault]:
    """What is wrong with a word that says nothing of what becomes of beds."""
    rule = "beds is one of " + ", ".join(FATES) + nearest_spelling(str(fate), FATES)
    return [] if fate in FATES else [Fault(rule, fate, cure)]


def check_fate(fate: str, of: str) -> None:
    """Refuse such a word."""
    refuse(fate_faults(fate), of=of)


def shifted_beds(service: Service, extra: Mapping[str, int], at: float) -> tuple[Change, ...]:
    """The changes that add beds to units (or take them away) from a date on, later changes of the same units included.

    Parameters
    ----------
    service
        The service; its own dated changes of beds are carried up or down by as many.
    extra
        By unit id, beds added; below 0 for beds taken away.
    at
        Days from the start of the run.

    Raises
    ------
    InputError
        Where more beds would be taken than there are at the date or later.
    """
    changes, faults = [], []
    before = service.beds(at)
    for unit, count in extra.items():
        now = int(before[service.unit_index(unit)])
        later = [c for c in service.changes if c.unit == unit and c.what == "beds" and c.at > at]
        least = min([now, *(c.value for c in later)])
        if least + count < 0:
            faults.append(
                Fault(f"{unit} has {least} beds from day {at:g} on, and {-count} are taken", cure="take fewer")
            )
            continue
        changes += [Change(at, unit, "beds", now + count)] + [replace(c, value=c.value + count) for c in later]
    refuse(faults)
    return tuple(changes)


def close_units(service: Service, order: Sequence[int], at: float, fate: str) -> Service:
    """The service with units closed from a date, their parts with them, and their beds and slots dealt with.

    Parameters
    ----------
    service
        The service before the closure.
    order
        The rows of the units that close, in the order in which they are told.
    at
        Days from the start of the run.
    fate
        What becomes of beds (`bed_changes`) and slots (`theatres.slots_after`).
    """
    closed = np.zeros(len(service.units), dtype=bool)
    closed[list(order)] = True
    closed = with_parts(service, closed, at)
    rows = dict.fromkeys([*(int(u) for u in order), *np.flatnonzero(closed).tolist()])
    shuts = [Change(at, str(service.units.id[u]), "open", 0) for u in rows]
    option = replace(service, slots=slots_after(service, closed, at, fate))
    return option.with_changes(*shuts, *bed_changes(service, closed, at, fate))


def bed_changes(
    service: Service, closed: np.ndarray, at: float, fate: str, opened: np.ndarray | None = None
) -> tuple[Change, ...]:
    """The changes of beds that go with closing units at a date.

    Parameters
    ----------
    service
        The service before the closure.
    closed
        (U,) bool: the units that close.
    at
        Days from the start of the run.
    fate
        ``moved``: every bed goes to a unit that gains load, in proportion to what it gains, so that no bed is made or lost.
        ``resized``: units that gain load get beds until a request is as seldom delayed there as it was before (quick estimate).
        ``lost``: nobody gets any.
    opened
        (U,) bool: units that open at the same time, in place of those that close; None for none.
    """
    beds, is_open = service.beds(at), service.is_open(at)
    new = np.zeros(len(beds), dtype=bool) if opened is None else opened
    before = expected_load(service, is_open & ~new, at).beds
    after = expected_load(service, (is_open | new) & ~closed, at).beds
    gain = np.where(closed, 0.0, np.maximum(after - before, 0.0))
    extra = np.zeros(len(beds), dtype=int)
    if fate == "moved":
        extra = sum((apportion(int(beds[of].sum()), gain * takes) for of, takes in pools(service, closed)), extra)
    elif fate == "resized":
        extra = beds_for_same_delay(beds, before, after, gain)
    if opened is not None:
        extra = _one_each(extra, opened, is_moved=fate == "moved")
    units = service.units.id
    shut = [Change(at, str(units[u]), "beds", 0) for u in np.flatnonzero(closed)]
    return (*shut, *shifted_beds(service, {str(units[u]): int(extra[u]) for u in np.flatnonzero(extra)}, at))


def _one_each(extra: np.ndarray, opened: np.ndarray, is_moved: bool) -> np.ndarray:
    """At least one bed for each unit that opens; where beds are moved it comes from the unit that gets most."""
    extra = extra.copy()
    for u in np.flatnonzero(opened & (extra == 0)):
        most = int(np.argmax(extra))
        extra[most] -= is_moved and extra[most] > 1
        extra[u] = 1
    return extra


def beds_for_same_delay(beds, before, after, gain) -> np.ndarray:
    extra = np.zeros(len(beds), dtype=int)
    for u in np.flatnonzero(gain > 1e-9):
        chance = float(delay_without_limit(before[u], beds[u])) if before[u] > 0 else 0.05
        extra[u] = max(0, int(beds_for_delay([after[u]], max(chance, 1e-6))[0]) - int(beds[u]))
    return extra


def apportion(total: int, weight: np.ndarray) -> np.ndarray:
    """Share out a whole number in proportion to weights by largest remainder (Hamilton); ties go to the one listed first.

    Examples
    --------
    >>> apportion(10, np.array([1.0, 1.0, 2.0])).tolist()
    [3, 2, 5]
    """
    if total == 0 or weight.sum() <= 0:
        return np.zeros(len(weight), dtype=int)
    exact = total * weight / weight.sum()
    given = np.floor(exact + 1e-9).astype(int)
    order = np.argsort(-(exact - given), kind="stable")
    given[order[: total - given.sum()]] += 1
    return given
