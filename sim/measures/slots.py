"""Slots: how many come, how many are used, and how many lapse though somebody waits - an operation cancelled for want of a bed.

A slot and a bed are given together or not at all, so a slot that lapses while a patient who needs one waits there lapses because no bed
was free. One that lapses with nobody waiting is idle.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ..journeys.journeys import OPEN, SLOTS
from .records import Records, Window
from .tidy import ALL, Outcome


class Comings(NamedTuple):
    """One row a time, unit and sort of slot; letters: N comings."""

    unit: np.ndarray
    """(N,) int."""
    come: np.ndarray
    """(N,) slots that come."""
    used: np.ndarray
    """(N,) slots given with a bed."""
    cancelled: np.ndarray
    """(N,) slots that lapse while as many patients wait for one."""

    @property
    def idle(self) -> np.ndarray:
        """(N,) slots that lapse with nobody waiting."""
        return self.come - self.used - self.cancelled


def comings(records: Records, window: Window) -> Comings:
    """Every coming of slots inside the window and what becomes of it."""
    network, trace = records.sent.journeys.network, records.trace
    of = np.flatnonzero((network.change_what == SLOTS) & window.has(network.change_time))
    time, unit, sort = network.change_time[of], network.change_unit[of], network.change_slot[of]
    # Slots of one unit and sort that come at one time are one coming.
    key = np.stack([unit, sort, time], axis=1)
    key, place = np.unique(key, axis=0, return_inverse=True) if len(of) else (key, np.zeros(0, dtype=int))
    come = np.bincount(place.reshape(-1), network.change_value[of], len(key))
    slot = records.sent.journeys.stages.slot[records.stage]
    row = np.flatnonzero((slot >= 0) & (trace.unit >= 0))
    asked, gone = _asked(records, row), _gone(records, row)
    used, waiting = np.zeros(len(key)), np.zeros(len(key))
    for u, s in {(int(u), int(s)) for u, s, _ in key}:
        here = np.flatnonzero((key[:, 0] == u) & (key[:, 1] == s))
        mine = (trace.unit[row] == u) & (slot[row] == s)
        at, given = key[here, 2], np.sort(trace.given[row[mine]])
        used[here] = np.searchsorted(given, at, side="right") - np.searchsorted(given, at, side="left")
        came, went = np.sort(asked[mine]), np.sort(gone[mine])
        waiting[here] = np.searchsorted(came, at, side="right") - np.searchsorted(went, at, side="right")
    return Comings(key[:, 0].astype(int), come, used, np.minimum(come - used, np.maximum(waiting, 0)))


def _asked(records: Records, row: np.ndarray) -> np.ndarray:
    """(N,) since when patients wait at the unit that gave the bed, or was asked last.

    One who came there because the unit they waited at closed has waited there since that moment.
    """
    trace, network, site = records.trace, records.sent.journeys.network, records.service.units.site
    asked = trace.requested[row].copy()
    before = np.where(records.follows[row], trace.unit[np.maximum(row - 1, 0)], -1)
    moved = np.flatnonzero((before >= 0) & (site[before] != site[trace.unit[row]]))
    shut = (network.change_what == OPEN) & (network.change_value == 0)
    for u in np.unique(before[moved]):
        times = network.change_time[shut & np.isin(network.change_unit, np.flatnonzero(site == site[u]))]
        if len(times):
            those = moved[before[moved] == u]
            asked[those] = np.maximum(asked[those], times.min())
    return asked


def _gone(records: Records, row: np.ndarray) -> np.ndarray:
    """(N,) when patients stop waiting: given, or out of the system; infinite where neither came."""
    given, ended = records.trace.given[row], records.trace.ended[records.patient[row]]
    until = np.where(np.isnan(given), ended, given)
    return np.where(np.isnan(until), np.inf, until)


def slot_outcomes(records: Records, window: Window) -> Iterator[Outcome]:
    """All measures of slots of one replication; nothing where no stage needs one."""
    if not (records.sent.journeys.stages.slot >= 0).any():
        return
    of, units = comings(records, window), tuple(records.service.units.id.tolist())
    counts = {"slots": of.come, "slots_used": of.used, "slots_idle": of.idle, "operations_cancelled": of.cancelled}
    for name, count in counts.items():
        by_unit = np.bincount(of.unit, count, len(units)) / window.years
        yield Outcome(f"{name}_per_year", "unit", units, by_unit)
        yield Outcome(f"{name}_per_year", ALL, ("",), np.array([by_unit.sum()]))


DEFINITIONS = {
    "slots_per_year": "slots that come (theatre lists)",
    "slots_used_per_year": "slots given together with a bed",
    "slots_idle_per_year": "slots that lapse with nobody waiting for one",
    "operations_cancelled_per_year": "slots that lapse while a patient waits there for one: no bed was free",
}
"""Every measure here and its definition."""
