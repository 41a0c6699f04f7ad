"""Access: how long patients travel to the first unit that treats, weighted by demand. One definition a measure.

Pure functions of two arrays: minutes from each area to its unit, and the demand of each area. An area that reaches no unit
(minutes NaN) is never dropped in silence: it counts as not reached in every share and percentile, is left out of means
because it has no minutes, and `unreached` counts and names it.

Letters: A areas, U units, T thresholds. Demand is index admissions a year.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

TOLERANCE = 1e-9
"""Share by which sums of demand may differ from equal: the rounding of sums of doubles, far below one patient."""


def mean_minutes(minutes: np.ndarray, demand: np.ndarray) -> float:
    """Mean minutes of a patient: sum(demand x minutes) / sum(demand), over areas that reach a unit.

    Parameters
    ----------
    minutes
        (A,) minutes to the unit; NaN where none is reached.
    demand
        (A,) patients a year.

    Returns
    -------
    Minutes; NaN where nobody is reached.

    Examples
    --------
    >>> mean_minutes([10, 15], [600, 300])
    11.666666666666666
    """
    minutes, demand = _arrays(minutes, demand)
    is_reached = ~np.isnan(minutes)
    total = demand[is_reached].sum()
    return float(demand[is_reached] @ minutes[is_reached] / total) if total > 0 else float("nan")


def percentile_minutes(minutes: np.ndarray, demand: np.ndarray, share: float = 0.95) -> float:
    """The smallest minutes within which at least ``share`` of all patients reach their unit.

    Parameters
    ----------
    minutes
        (A,) minutes to the unit; NaN where none is reached.
    demand
        (A,) patients a year.
    share
        Above 0, up to 1: 0.5 for the median, 0.95 for the 95th percentile.

    Returns
    -------
    Minutes of one of the areas (nothing is interpolated); NaN where so many reach no unit at all.

    Examples
    --------
    >>> percentile_minutes([10, 15], [600, 300], 0.5), percentile_minutes([10, 15], [600, 300], 0.95)
    (10.0, 15.0)
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be above 0 and at most 1, got {share!r}")
    minutes, demand = _arrays(minutes, demand)
    order = np.argsort(minutes, kind="stable")  # NaN last
    reached = np.cumsum(demand[order])
    if not len(reached) or reached[-1] == 0:
        return float("nan")
    return float(minutes[order][np.searchsorted(reached, share * reached[-1] * (1 - TOLERANCE))])


def median_minutes(minutes: np.ndarray, demand: np.ndarray) -> float:
    """The smallest minutes within which at least half of all patients reach their unit.

    Examples
    --------
    >>> median_minutes([10, 15, 90], [300, 300, 1])
    15.0
    """
    return percentile_minutes(minutes, demand, 0.5)


def longest_minutes(minutes: np.ndarray, demand: np.ndarray) -> float:
    """The longest minutes of any area with patients that reaches a unit.

    Examples
    --------
    >>> longest_minutes([10, 15, 90, np.nan], [600, 300, 0, 5])
    15.0
    """
    minutes, demand = _arrays(minutes, demand)
    counted = minutes[(demand > 0) & ~np.isnan(minutes)]
    return float(counted.max()) if len(counted) else float("nan")


def share_within(
    minutes: np.ndarray, demand: np.ndarray, thresholds: Sequence[float], meets: np.ndarray | None = None
) -> np.ndarray:
    """Share of all patients whose unit is at most so many minutes away, and meets a condition where one is given.

    Parameters
    ----------
    minutes
        (A,) minutes to the unit; NaN where none is reached: within no threshold.
    demand
        (A,) patients a year; those who reach no unit stay in the denominator.
    thresholds
        (T,) minutes.
    meets
        (A,) bool: whether the area's unit meets the condition, for example its minimum volume; None asks nothing.

    Returns
    -------
    (T,) shares, 0 to 1; NaN where there are no patients.

    Examples
    --------
    >>> share_within([10, 15], [600, 300], [10, 14.9, 15]).round(4).tolist()
    [0.6667, 0.6667, 1.0]
    >>> share_within([10, 15], [600, 300], [30], meets=[True, False]).round(4).tolist()
    [0.6667]
    """
    minutes, demand = _arrays(minutes, demand)
    is_within = minutes <= np.asarray(thresholds, float)[:, None] + TOLERANCE
    if meets is not None:
        is_within = is_within & np.asarray(meets, bool)
    total = demand.sum()
    return is_within @ demand / total if total > 0 else np.full(len(is_within), np.nan)


def unit_volume(unit: np.ndarray, demand: np.ndarray, units: int) -> np.ndarray:
    """Patients a year at each unit: the sum of the demand of the areas that go there.

    Parameters
    ----------
    unit
        (A,) index of the unit of each area; -1 for none.
    demand
        (A,) patients a year.
    units
        How many units there are.

    Returns
    -------
    (U,) patients a year.

    Examples
    --------
    >>> unit_volume([0, 0, -1], [600, 300, 5], units=2).tolist()
    [900.0, 0.0]
    """
    unit, demand = np.asarray(unit), np.asarray(demand, float)
    return np.bincount(unit[unit >= 0], weights=demand[unit >= 0], minlength=units)


def is_below(volume: np.ndarray, minimum: float, is_open: np.ndarray | None = None) -> np.ndarray:
    """Whether each open unit has fewer patients a year than a minimum; a unit that has just the minimum meets it.

    Parameters
    ----------
    volume
        (U,) patients a year.
    minimum
        Patients a year.
    is_open
        (U,) bool: closed units are never below; None takes all as open.

    Examples
    --------
    >>> is_below([599, 600, 0], 600, is_open=[True, True, False]).tolist()
    [True, False, False]
    """
    below = np.asarray(volume, float) < minimum * (1 - TOLERANCE)
    return below if is_open is None else below & np.asarray(is_open, bool)


class Unreached(NamedTuple):
    """Areas from which no unit can be reached."""

    area: np.ndarray
    """(areas,) their names, in the order given."""
    demand: float
    """Patients a year who live there."""


def unreached(minutes: np.ndarray, demand: np.ndarray, name: np.ndarray) -> Unreached:
    """Name the areas that reach no unit, and count who lives there.

    Examples
    --------
    >>> unreached([10, np.nan], [600, 5], np.array(["Ashford", "Lundy"]))
    Unreached(area=array(['Lundy'], dtype='<U7'), demand=5.0)
    """
    minutes, demand = _arrays(minutes, demand)
    is_lost = np.isnan(minutes)
    return Unreached(np.asarray(name)[is_lost], float(demand[is_lost].sum()))


def volume_error(volume: np.ndarray, true_volume: np.ndarray) -> float:
    """Mean absolute error of unit volumes, as a share: mean over units of abs(volume - true) / true.

    It says how far volumes modelled with coarse areas lie from those of the finest level. Units without true volume are
    left out.

    Examples
    --------
    >>> volume_error([90, 220], [100, 200])
    0.1
    """
    volume, true_volume = np.asarray(volume, float), np.asarray(true_volume, float)
    counted = true_volume > 0
    return float((np.abs(volume - true_volume)[counted] / true_volume[counted]).mean())


class Access(NamedTuple):
    """The access measures of one map of open units."""

    mean: float
    """Minutes, weighted by demand."""
    median: float
    """Minutes."""
    percentile_95: float
    """Minutes."""
    longest: float
    """Minutes."""
    thresholds: tuple[float, ...]
    """(T,) minutes."""
    within: np.ndarray
    """(T,) share of patients within each threshold."""
    unreached: Unreached
    """Areas without a unit."""


def access(
    minutes: np.ndarray, demand: np.ndarray, name: np.ndarray, thresholds: Sequence[float] = (30, 45, 60)
) -> Access:
    """All access measures at once.

    Parameters
    ----------
    minutes
        (A,) minutes to the unit; NaN where none is reached.
    demand
        (A,) patients a year.
    name
        (A,) how areas without a unit are named.
    thresholds
        (T,) minutes; the default is what stroke services use.

    Examples
    --------
    >>> found = access([10, 15], [600, 300], np.array(["Ashford", "Dover"]))
    >>> found.mean.__round__(2), found.median, found.percentile_95, found.longest, found.within.tolist()
    (11.67, 10.0, 15.0, 15.0, [1.0, 1.0, 1.0])
    """
    return Access(
        mean_minutes(minutes, demand),
        median_minutes(minutes, demand),
        percentile_minutes(minutes, demand, 0.95),
        longest_minutes(minutes, demand),
        tuple(thresholds),
        share_within(minutes, demand, thresholds),
        unreached(minutes, demand, name),
    )


def _arrays(minutes: np.ndarray, demand: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(minutes, np.float64), np.asarray(demand, np.float64)
