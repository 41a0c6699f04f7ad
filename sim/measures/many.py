"""Access under many sets of open units: thousands a second, for searches and sweeps.

The same measures as `access`, one definition each. Areas that try the same units in the same order are walked together: their
ranks are laid out as a tree, whose node at depth d holds all areas that agree on their first d units. If the node's unit is open all of
them go there and the tree below is skipped; else the walk goes down. What a node adds is known beforehand: patients by tenth of a
minute, the step of the tables, from which mean, percentile and shares follow at once.

Letters: A areas, U units, W units in a rank, N sets, T thresholds, K nodes of the tree in order of walking, E entries of all nodes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from ..journeys.nearest import rank_by_minutes, tenths

DEPTH = 6
"""How deep the tree goes; below it areas are walked one by one. With half of the units closed one area in 64 is."""


class Ranked(NamedTuple):
    """What does not depend on the set: made once (`ranked`)."""

    unit: np.ndarray
    """(K,) int: the unit that the areas of a node try at its depth; -1 where no further unit can be reached."""
    skip: np.ndarray
    """(K,) int: the node after the tree below this one."""
    demand: np.ndarray
    """(K,) patients a year of the node's areas."""
    entry: np.ndarray
    """(K+1,) int: the entries of node k are ``entry[k]:entry[k+1]``."""
    entry_tenth: np.ndarray
    """(E,) int: minutes to the node's unit in whole tenths."""
    entry_demand: np.ndarray
    """(E,) patients a year at that many tenths."""
    first: np.ndarray
    """(K,) int: the node's areas are ``first[k]:last[k]`` of the three below; only of the deepest nodes."""
    last: np.ndarray
    rank: np.ndarray
    """(A, W) int: the rank of each area, in the order of the tree; -1 after the last unit that can be reached."""
    tenth: np.ndarray
    """(A, W) int: minutes in whole tenths."""
    area_demand: np.ndarray
    """(A,) patients a year."""


class ManyAccess(NamedTuple):
    """Access measures of each set."""

    mean: np.ndarray
    """(N,) minutes, weighted by demand, over areas that reach a unit."""
    percentile_95: np.ndarray
    """(N,) minutes; NaN where so many reach no unit at all."""
    longest: np.ndarray
    """(N,) minutes of any area with patients."""
    within: np.ndarray
    """(N, T) share of all patients."""
    volume: np.ndarray
    """(N, U) patients a year."""


def ranked(minutes: np.ndarray, demand: np.ndarray) -> Ranked:
    """Prepare minutes for many sets.

    Parameters
    ----------
    minutes
        (A, U) minutes; NaN where a unit cannot be reached.
    demand
        (A,) patients a year.
    """
    rank = rank_by_minutes(minutes)
    depth = min(DEPTH, rank.shape[1])
    order = np.lexsort(rank[:, :depth].T[::-1])
    rank, demand = rank[order], np.asarray(demand, np.float64)[order]
    tenth = np.where(rank >= 0, np.take_along_axis(tenths(minutes)[order], np.maximum(rank, 0), axis=1), 0)
    start, end, level = _nodes(rank[:, :depth])
    walk = np.lexsort((level, start))
    start, end, level = start[walk], end[walk], level[walk]
    entry, entry_tenth, entry_demand = _entries(start, end, level, tenth, demand)
    total = np.concatenate([[0.0], np.cumsum(demand)])
    is_deepest = level == depth - 1
    return Ranked(
        unit=rank[start, level].astype(np.int64),
        skip=np.searchsorted(start, end, side="left"),
        demand=total[end] - total[start],
        entry=entry,
        entry_tenth=entry_tenth,
        entry_demand=entry_demand,
        first=np.where(is_deepest, start, 0),
        last=np.where(is_deepest, end, 0),
        rank=rank.astype(np.int64),
        tenth=tenth.astype(np.int64),
        area_demand=demand,
    )


def _nodes(rank: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First area, area after the last, and level of every node; areas are in the order of the tree."""
    areas, depth = rank.shape
    starts, ends, levels = [], [], []
    is_new = np.zeros(areas, dtype=bool)
    is_new[:1] = True
    for d in range(depth):
        is_new[1:] |= rank[1:, d] != rank[:-1, d]
        start = np.flatnonzero(is_new)
        starts.append(start)
        ends.append(np.append(start[1:], areas))
        levels.append(np.full(len(start), d))
    return np.concatenate(starts), np.concatenate(ends), np.concatenate(levels)


def _entries(start, end, level, tenth, demand) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Patients by tenth of a minute of every node, one after the other."""
    size = end - start
    node = np.repeat(np.arange(len(start)), size)
    area = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size) + np.repeat(start, size)
    at = tenth[area, level[node]]
    order = np.lexsort((at, node))
    node, at, weight = node[order], at[order], demand[area[order]]
    is_new = np.ones(len(node), dtype=bool)
    is_new[1:] = (node[1:] != node[:-1]) | (at[1:] != at[:-1])
    where = np.flatnonzero(is_new)
    entry = np.searchsorted(node[where], np.arange(len(start) + 1))
    return entry, at[where], np.add.reduceat(weight, where) if len(where) else np.empty(0)


def access_of_many(place: Ranked, is_open: np.ndarray, thresholds=(30.0, 45.0, 60.0)) -> ManyAccess:
    """Measure access under many sets of open units.

    Parameters
    ----------
    place
        Areas and units (`ranked`).
    is_open
        (N, U) bool: the sets.
    thresholds
        (T,) minutes.

    Examples
    --------
    >>> place = ranked(np.array([[10.0, 40.0], [50.0, 15.0]]), np.array([600.0, 300.0]))
    >>> found = access_of_many(place, np.array([[True, True], [True, False]]))
    >>> found.mean.round(2).tolist(), found.percentile_95.tolist(), found.volume.tolist()
    ([11.67, 23.33], [15.0, 50.0], [[600.0, 300.0], [900.0, 0.0]])
    """
    edge = np.floor(np.asarray(thresholds, np.float64) * 10 + 1e-6).astype(np.int64)
    return ManyAccess(*_walk(place, np.ascontiguousarray(is_open, dtype=np.bool_), edge))


@njit(cache=True, nogil=True)
def _walk(place, is_open, edge):
    N, U = is_open.shape
    K, W = len(place.unit), place.rank.shape[1]
    mean, p95, far = np.full(N, np.nan), np.full(N, np.nan), np.full(N, np.nan)
    within, volume = np.full((N, len(edge)), np.nan), np.zeros((N, U))
    total = place.area_demand.sum()
    spread = np.zeros(place.tenth.max() + 1)  # patients by tenth of a minute
    for n in range(N):
        spread[:] = 0.0
        most = 0
        k = 0
        while k < K:
            u = place.unit[k]
            if u >= 0 and not is_open[n, u]:
                for a in range(place.first[k], place.last[k]):
                    for w in range(DEPTH, W):
                        v = place.rank[a, w]
                        if v < 0:
                            break
                        if is_open[n, v]:
                            spread[place.tenth[a, w]] += place.area_demand[a]
                            most = max(most, place.tenth[a, w])
                            volume[n, v] += place.area_demand[a]
                            break
                k += 1
                continue
            if u >= 0:
                volume[n, u] += place.demand[k]
                for e in range(place.entry[k], place.entry[k + 1]):
                    spread[place.entry_tenth[e]] += place.entry_demand[e]
                most = max(most, place.entry_tenth[place.entry[k + 1] - 1])
            k = place.skip[k]
        if total <= 0:
            continue
        reached, minutes = 0.0, 0.0
        within[n, :] = 0.0
        t = 0
        for b in range(most + 1):
            while t < len(edge) and edge[t] < b:
                within[n, t] = reached / total
                t += 1
            if spread[b] > 0:
                reached += spread[b]
                minutes += spread[b] * b
                far[n] = b / 10
                if not p95[n] >= 0 and reached >= 0.95 * total * (1 - 1e-9):
                    p95[n] = b / 10
        while t < len(edge):
            within[n, t] = reached / total
            t += 1
        if reached > 0:
            mean[n] = minutes / reached / 10
    return mean, p95, far, within, volume
