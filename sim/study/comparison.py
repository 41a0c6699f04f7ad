"""Comparison: paired differences between an option and the baseline, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..measures.tidy import ALL
from .experiment import Experiment


@dataclass(frozen=True)
class Difference:
    """One measure, before and after."""

    measure: str
    by: str
    baseline: float
    option: float
    difference: float
    low: float
    """Lower end of the 95 % interval of the difference; NaN where there is no more than one replication."""
    high: float
    replications: int
    """How many replications both saw something; 0 for a measure without simulation, which has no luck in it."""


def interval(values: np.ndarray, share: float = 0.95) -> tuple[float, float, float]:
    """Mean and Student-t interval of independent values.

    Parameters
    ----------
    values
        (R,) one a replication; NaN is left out.
    share
        Of repeats in which the interval holds the true mean.

    Examples
    --------
    >>> [round(x, 3) for x in interval(np.array([1.0, 2.0, 3.0]))]
    [2.0, -0.484, 4.484]
    """
    from scipy.special import stdtrit

    values = values[~np.isnan(values)]
    count = len(values)
    if count == 0:
        return np.nan, np.nan, np.nan
    mean = float(values.mean())
    if count == 1 or not np.isfinite(mean):
        return mean, np.nan, np.nan
    half = float(stdtrit(count - 1, 0.5 + share / 2) * values.std(ddof=1) / np.sqrt(count))
    return mean, mean - half, mean + half


def paired(baseline: np.ndarray, option: np.ndarray) -> np.ndarray:
    """Option less baseline; NaN where a wait grows without limit under both, so that there is no difference to give.

    Values that are the same to nine digits, as far as sums and tables keep them, have none.
    """
    with np.errstate(invalid="ignore"):
        gap = option - baseline
        is_dust = np.isfinite(gap) & (np.abs(gap) <= 1e-9 * np.maximum(np.abs(option), np.abs(baseline)))
        return np.where(is_dust, 0.0, gap)


def compare(found: Experiment, measure: str, by: str = ALL) -> list[Difference]:
    """The paired differences of one measure, one a key.

    Examples
    --------
    ``compare(found, "wait_hours_mean", by="unit")``.
    """
    keys, before = found.values("baseline", measure, by)
    own, after = found.values("option", measure, by)
    if own != keys:  # an option may have groups or kinds of its own
        every = tuple(dict.fromkeys([*keys, *own]))
        before, after, keys = _laid_out(before, keys, every), _laid_out(after, own, every), every
    made = []
    for place, key in enumerate(keys):
        x, y = before[:, place], after[:, place]
        change = paired(x, y)
        mean, low, high = interval(change)
        both = ~np.isnan(change)
        # Where only one side ever saw something (a closed unit has no waits) there is no difference to give; where some
        # replications saw nothing, all three columns are over those that saw both, so that they add up.
        of = both if both.any() else np.ones(len(both), dtype=bool)
        made.append(
            Difference(
                measure, f"{by}={key}" if key else by, mean_of(x[of]), mean_of(y[of]), mean, low, high, int(both.sum())
            )
        )
    return made


def _laid_out(values: np.ndarray, keys: tuple[str, ...], wanted: tuple[str, ...]) -> np.ndarray:
    """(R, wanted) values in another order of keys; NaN where a key is not there."""
    place = {key: k for k, key in enumerate(keys)}
    columns = [values[:, place[key]] if key in place else np.full(len(values), np.nan) for key in wanted]
    return np.stack(columns, axis=1)


def mean_of(values: np.ndarray) -> float:
    """The mean of what is known; NaN where nothing is."""
    values = values[~np.isnan(values)]
    return float(values.mean()) if len(values) else float("nan")
