"""The nearest open unit: the access core, pure functions of arrays that need no simulation.

Minutes are compared in whole tenths, the step of the tables, because ties are common (3.5 % of English stroke admissions live
equally far from two units) and must not hang on the last bit of a sum. A tie goes to the unit listed first.

Letters: A areas, U units, W units in a rank. -1 is no unit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

FAR = np.iinfo(np.int32).max
"""Whole tenths of a minute that stand for: cannot be reached."""


class Nearest(NamedTuple):
    """The nearest open unit of every area."""

    unit: np.ndarray
    """(A,) int32 index; -1 where no open unit can be reached."""
    minutes: np.ndarray
    """(A,) minutes to it; NaN where there is none."""
    is_tied: np.ndarray
    """(A,) bool: another open unit is as near, to the tenth of a minute."""


def unit_minutes(place_site: np.ndarray, unit_site: np.ndarray) -> np.ndarray:
    """Minutes to units from minutes to the sites they stand at.

    Parameters
    ----------
    place_site
        (A, S) minutes from areas, or (S, S) from sites.
    unit_site
        (U,) the site of each unit.

    Returns
    -------
    (A, U) minutes.
    """
    return np.asarray(place_site)[:, np.asarray(unit_site)]


def tenths(minutes: np.ndarray) -> np.ndarray:
    """Minutes in whole tenths; `FAR` for NaN.

    Examples
    --------
    >>> tenths(np.array([0.1 + 0.2, 0.3, np.nan])).tolist()
    [3, 3, 2147483647]
    """
    minutes = np.asarray(minutes, np.float64)
    whole = np.rint(minutes * 10)
    return np.where(whole < FAR, whole, FAR).astype(np.int32)


def rank_by_minutes(minutes: np.ndarray, width: int | None = None) -> np.ndarray:
    """Units in the order of their minutes from each area, whether open or not.

    Parameters
    ----------
    minutes
        (A, U) minutes; NaN where a unit cannot be reached.
    width
        How many units to keep; None keeps all.

    Returns
    -------
    (A, W) int32: the units from near to far, ties in the order of the list; -1 fills the rest of a row.

    Examples
    --------
    >>> rank_by_minutes(np.array([[20.0, 10.0, 20.0], [5.0, np.nan, 1.0]]))
    array([[ 1,  0,  2],
           [ 2,  0, -1]], dtype=int32)
    """
    whole = tenths(minutes)
    order = np.argsort(whole, axis=1, kind="stable")
    if width is not None:
        order = order[:, :width]
    return np.where(np.take_along_axis(whole, order, axis=1) == FAR, -1, order).astype(np.int32)


def nearest(minutes: np.ndarray, is_open: np.ndarray | None = None) -> Nearest:
    """The nearest open unit of every area.

    Parameters
    ----------
    minutes
        (A, U) minutes; NaN where a unit cannot be reached.
    is_open
        (U,) bool: the units that may be chosen; None opens all.

    Examples
    --------
    >>> nearest(np.array([[10.0, 40.0], [50.0, 15.0]]), is_open=np.array([True, False]))
    Nearest(unit=array([0, 0], dtype=int32), minutes=array([10., 50.]), is_tied=array([False, False]))
    """
    minutes = np.asarray(minutes, np.float64)
    areas, units = minutes.shape
    choice = np.arange(units) if is_open is None else np.flatnonzero(is_open)
    if not len(choice):
        return Nearest(np.full(areas, -1, np.int32), np.full(areas, np.nan), np.zeros(areas, bool))
    whole = tenths(minutes[:, choice])
    place = whole.argmin(axis=1)
    least = whole[np.arange(areas), place]
    is_reached = least < FAR
    unit = np.where(is_reached, choice[place], -1).astype(np.int32)
    is_tied = is_reached & ((whole == least[:, None]).sum(axis=1) > 1)
    return Nearest(unit, np.where(is_reached, minutes[np.arange(areas), unit], np.nan), is_tied)


def first_open(rank: np.ndarray, is_open: np.ndarray) -> np.ndarray:
    """The first open unit of each row of a rank: `nearest` for those who ask a thousand times.

    Parameters
    ----------
    rank
        (A, W) units in order, -1 at the end of a row, as `rank_by_minutes` gives them.
    is_open
        (U,) bool.

    Returns
    -------
    (A,) int32 index of the unit; -1 where none is open.

    Examples
    --------
    >>> first_open(np.array([[1, 0, 2], [2, 0, -1]]), is_open=np.array([True, False, False]))
    array([0, 0], dtype=int32)
    """
    may = np.append(np.asarray(is_open, bool), False)  # so that -1, no unit, is never open
    unit = np.full(len(rank), -1, np.int32)
    looking = np.arange(len(rank))
    # Few areas lack an open unit among their first ones, so that later columns are read for few rows.
    for column in range(rank.shape[1]):
        asked = rank[looking, column]
        found = may[asked]
        unit[looking[found]] = asked[found]
        looking = looking[~found & (asked >= 0)]
        if not len(looking):
            break
    return unit
