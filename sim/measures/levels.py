"""The step function of beds held, walked unit by unit: a kernel, because every stay of every unit passes through it.

Letters: u unit, n stays of a unit, i next bed given, j next bed left, c next change of beds, t now, h held.
"""

from __future__ import annotations

import numpy as np
from numba import njit


def levels(unit, given, left, count, start, end, change_first, change_time, change_beds):
    """Time spent at each number of held beds, summed up.

    Parameters
    ----------
    unit, given, left
        (N,) of each stay that touches the window; ``left`` is inf for a bed still held.
    count
        Units.
    start, end
        The window in days.
    change_first, change_time, change_beds
        The beds in force of unit u are ``change_beds[k]`` from ``change_time[k]``, k in ``change_first[u]:change_first[u+1]``;
        the first time is -inf.

    Returns
    -------
    (U,) beds at or below which the unit is for 95 % of the time, and (U,) share of the time with beds in force in which all are
    held (NaN where none ever are).
    """
    first, came, went = _by_unit(unit, given, left, count)
    for u in range(count):  # NumPy sorts several times sooner than a kernel does
        came[first[u] : first[u + 1]].sort()
        went[first[u] : first[u + 1]].sort()
    return _walk(first, came, went, start, end, change_first, change_time, change_beds)


@njit(cache=True, nogil=True)
def _by_unit(unit, given, left, count):
    """The stays of each unit side by side: those of unit u are ``first[u]:first[u+1]``."""
    size = np.zeros(count + 1, dtype=np.int64)
    for k in range(len(unit)):
        size[unit[k] + 1] += 1
    first = np.cumsum(size)
    place = first[:-1].copy()
    came, went = np.empty(len(unit)), np.empty(len(unit))
    for k in range(len(unit)):
        u = unit[k]
        came[place[u]], went[place[u]] = given[k], left[k]
        place[u] += 1
    return first, came, went


@njit(cache=True, nogil=True)
def _walk(first, came, went, start, end, change_first, change_time, change_beds):
    count = len(first) - 1
    p95, full = np.zeros(count), np.full(count, np.nan)
    for u in range(count):
        a, b = came[first[u] : first[u + 1]], went[first[u] : first[u + 1]]
        n = len(a)
        spent = np.zeros(n + 1)
        c, last = change_first[u], change_first[u + 1]
        i = j = h = 0
        t, reached, possible = start, 0.0, 0.0
        while t < end:
            while i < n and a[i] <= t:
                i, h = i + 1, h + 1
            while j < n and b[j] <= t:
                j, h = j + 1, h - 1
            while c + 1 < last and change_time[c + 1] <= t:
                c += 1
            until = end
            if i < n:
                until = min(until, a[i])
            if j < n:
                until = min(until, b[j])
            if c + 1 < last:
                until = min(until, change_time[c + 1])
            spent[h] += until - t
            if change_beds[c] > 0:
                possible += until - t
                if h >= change_beds[c]:
                    reached += until - t
            t = until
        # A hair below 95 %, so that the rounding of a sum does not ask for one bed more.
        goal, sum_so_far = 0.95 * (end - start) * (1 - 1e-12), 0.0
        for h in range(n + 1):
            sum_so_far += spent[h]
            if sum_so_far >= goal:
                p95[u] = h
                break
        if possible > 0:
            full[u] = reached / possible
    return p95, full
