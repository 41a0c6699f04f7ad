"""Beds wanted over time: those held and those asked for at a unit, whatever its beds.

Where a unit is often full, the beds held say nothing of the beds needed: they never pass the beds there are. So the patients who
wait there are counted with those in beds. Whoever waits in a bed of another unit counts in both: one wants the bed, the other cannot
be had.
"""

from __future__ import annotations

import numpy as np

from .beds_needed import beds_needed
from .records import Records, Window

AUDITS_A_DAY = 6
"""How often patients are counted: every four hours, far more often than a bed changes hands."""


def share_of_time(records: Records, window: Window) -> np.ndarray:
    """(U, N) the share of the audits in a window at which 0, 1, 2 ... patients held or wanted a bed of each unit."""
    trace, count = records.trace, len(records.service.units)
    # One in a bed at the start of the run asked for nothing, and whoever is on a list wants no bed before their turn.
    since = np.where(records.from_list, trace.given, np.fmin(trace.requested, trace.given))
    of = np.flatnonzero(records.counted & (trace.unit >= 0) & (since < window.end))
    until = trace.left[of]
    # Who gave up, or finished their stay in another ward, wanted the bed until then.
    none = np.flatnonzero(np.isnan(trace.given[of]))
    until[none] = np.fmin(trace.ready[of[none]], trace.ended[records.patient[of[none]]])
    inside = ~(until <= window.start)
    of, until = of[inside], until[inside]
    audits = max(1, round((window.end - window.start) * AUDITS_A_DAY))

    def audit(time: np.ndarray) -> np.ndarray:
        """The first audit at or after a time; the last and one for a time that has not come."""
        place = np.where(np.isnan(time), window.end, time)
        place -= window.start
        place *= AUDITS_A_DAY
        place -= 0.5
        return np.minimum(np.maximum(np.ceil(place), 0), audits).astype(np.int32)

    unit = trace.unit[of]
    order = np.argsort(unit.astype(np.min_scalar_type(count)), kind="stable")  # small numbers are sorted in no time
    edge = np.cumsum([0, *np.bincount(unit, minlength=count)])
    come, gone = audit(since[of])[order], audit(until)[order]
    audits_with = []
    # Unit by unit: a table of all units and audits would be the largest of all that are made.
    for first, last in zip(edge[:-1], edge[1:]):
        step = np.bincount(come[first:last], minlength=audits + 1)
        step -= np.bincount(gone[first:last], minlength=audits + 1)
        audits_with.append(np.bincount(np.cumsum(step)[:-1]))
    share = np.zeros((count, max(map(len, audits_with), default=1)))
    for u, audits_of_unit in enumerate(audits_with):
        share[u, : len(audits_of_unit)] = audits_of_unit / audits
    return share


def beds_wanted(records: Records, window: Window, delay: float) -> np.ndarray:
    """(U,) the fewest beds with which at least that many are wanted for at most a share ``delay`` of the window."""
    return beds_needed(share_of_time(records, window), delay).astype(float)
