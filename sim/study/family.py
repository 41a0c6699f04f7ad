"""Families of comparisons: several options against one baseline, so that all that is said holds at once.

With twenty options and one interval each, one interval in twenty misses by luck alone. Simultaneous intervals are Bonferroni's: of k
comparisons each is made at 1 - 0.05 / k, and in 95 % of repeats all of them hold. Tests are Holm's (1979, Scandinavian Journal of
Statistics 6:65), which keep the chance of any false finding under 5 % and find more. Neither asks that comparisons be independent,
which those with one baseline are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from . import any_time
from .comparison import interval, paired


@dataclass(frozen=True)
class Member:
    """One of several differences, with its interval alone and among all."""

    difference: float
    low: float
    """Of the 95 % interval of this difference alone; NaN where there is none."""
    high: float
    low_together: float
    """Of the interval that holds together with those of all others in 95 % of repeats."""
    high_together: float
    p: float
    """Of the paired t test; NaN where there is none, 0 where the difference is the same in every replication."""
    p_together: float
    """After Holm."""

    @property
    def is_sure(self) -> bool:
        """Whether the difference is other than 0, all others looked at too."""
        return self.p_together < 0.05


def family(differences: Sequence[np.ndarray], share: float = 0.95, is_fixed: bool = True) -> list[Member]:
    """Paired differences, corrected for their number.

    Parameters
    ----------
    differences
        One (R,) array of paired differences a comparison; NaN is left out.
    share
        Of repeats in which all simultaneous intervals hold.
    is_fixed
        Whether the number of replications was fixed beforehand; where it hangs on what was seen, all is as `any_time` has it.

    Examples
    --------
    >>> found = family([np.array([1.0, 2.0, 3.0, 2.0]), np.array([0.5, -1.0, 0.5, 0.3])])
    >>> [each.is_sure for each in found]
    [True, False]
    """
    count = max(1, len(differences))
    ends_of, p_of = (interval, _p) if is_fixed else (any_time.interval, any_time.p_value)
    alone = [ends_of(each, share) for each in differences]
    together = [ends_of(each, 1 - (1 - share) / count) for each in differences]
    p = np.array([p_of(each) for each in differences])
    return [
        Member(mean, low, high, *ends[1:], own, corrected)
        for (mean, low, high), ends, own, corrected in zip(alone, together, p.tolist(), holm(p).tolist())
    ]


def _p(values: np.ndarray) -> float:
    """Of the two-sided t test that the mean is 0."""
    from scipy.special import stdtr

    values = values[~np.isnan(values)]
    if len(values) < 2 or not np.isfinite(values).all():
        return np.nan
    error = values.std(ddof=1) / np.sqrt(len(values))
    if error == 0:
        return 0.0 if values[0] else 1.0
    return float(2 * stdtr(len(values) - 1, -abs(values.mean()) / error))


def holm(p: np.ndarray) -> np.ndarray:
    """Adjusted p values: the smallest level at which Holm's procedure rejects each.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p, dtype=float)
    made = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    made[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * (len(order) - np.arange(len(order)))))
    return made


def variance_reduction(baseline: np.ndarray, option: np.ndarray) -> float:
    """The share of the variance of a difference that is saved by giving both the same patients; NaN where nothing varies.

    Examples
    --------
    >>> round(variance_reduction(np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.1, 3.9])), 3)
    0.995
    """
    change = paired(baseline, option)
    of = np.isfinite(change)
    if of.sum() < 2:
        return np.nan
    apart = baseline[of].var(ddof=1) + option[of].var(ddof=1)
    return float(1 - change[of].var(ddof=1) / apart) if apart > 0 else np.nan
