"""Intervals that hold at any time: where the number of replications hangs on what was seen.

An interval of Student's holds in 95 % of repeats for a number of replications that was fixed beforehand. Looked at again and again, and
left where it looks well, it misses more often. These hold at every number of replications at once, in 95 % of repeats, and so at whichever
one stops: they are wider, by half or so. They are of the t test with a normal law of the size of the effect (Gönen and others 2005, The
American Statistician 59:252, doi 10.1198/000313005X55233), which is a martingale where the mean is the true one (Wang and Ramdas 2024,
arXiv 2310.03722): over all numbers of replications it passes 1 / 0.05 in at most 5 % of repeats (Ville).
"""

from __future__ import annotations

import numpy as np

SIZE = 1.0
"""The variance of the law of the size of the effect, in standard deviations of a replication; any is valid, this is usual."""


def interval(values: np.ndarray, share: float = 0.95) -> tuple[float, float, float]:
    """Mean, and the interval that holds however the number of values came about.

    Parameters
    ----------
    values
        (R,) one a replication, independent and about normal; NaN is left out.
    share
        Of repeats in which it holds the true mean, at every number of values at once.

    Examples
    --------
    >>> [round(x, 2) for x in interval(np.tile([1.0, 2.0, 3.0], 10))]
    [2.0, 1.49, 2.51]
    >>> interval(np.array([1.0, 2.0, 4.0]))[1:]  # three values leave everything open
    (-inf, inf)
    """
    values = values[~np.isnan(values)]
    count = len(values)
    mean = float(values.mean()) if count and np.isfinite(values).all() else np.nan
    if count < 2 or mean != mean:
        return mean, np.nan, np.nan
    wide = 1 + count * SIZE
    bound = np.exp((np.log(wide) - 2 * np.log1p(-share)) / count)
    square = (count - 1) * (bound - 1) / (1 - bound / wide) if bound < wide else np.inf
    sd = float(values.std(ddof=1))
    half = float(np.sqrt(square / count) * sd) if sd else 0.0
    return mean, mean - half, mean + half


def p_value(values: np.ndarray) -> float:
    """That the mean is 0: below 0.05 at some number of values in at most 5 % of repeats where it is.

    Examples
    --------
    >>> round(p_value(np.tile([1.0, 2.0, 3.0], 10)), 6), p_value(np.array([1.0, -1.0]))
    (0.0, 1.0)
    """
    values = values[~np.isnan(values)]
    count = len(values)
    if count < 2 or not np.isfinite(values).all():
        return np.nan
    sd = values.std(ddof=1)
    if not sd:
        return 0.0 if values[0] else 1.0
    wide, t = 1 + count * SIZE, count * (values.mean() / sd) ** 2 / (count - 1)
    log_factor = count / 2 * (np.log1p(t) - np.log1p(t / wide)) - np.log(wide) / 2
    return float(min(1.0, np.exp(-log_factor)))
