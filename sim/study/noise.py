"""Noise: values that have luck in them made to spread as they would without it.

What is looked at has two mean squares, as in an analysis of variance: one that holds signal and noise, one of noise alone. Their ratio
tests whether there is a signal, and says how far the values lie too far apart. The values are drawn in towards their mean until
their covariance is that of the signal; an analysis of uncertainty with luck inside each draw needs that before anything is made of a
maximum (O'Hagan, Stevenson and Madan 2007, Health Economics 16:1009, doi 10.1002/hec.1199).

Letters: K things compared, N values of each.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

GROUPS = 20
"""How many groups a jackknife leaves out, one after the other."""


def kept(total: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """The map that takes the noise out of deviations: (K, K) A, with A total A' the covariance of the signal.

    That is total less noise, with no direction below nothing. For one thing it is the root of 1 - noise / total. What is compared may
    be written as differences from any of them: the map is the same.

    Parameters
    ----------
    total, noise
        (K, K) mean squares and products: signal and noise together, and noise alone.

    Examples
    --------
    >>> kept(np.array([[4.0]]), np.array([[3.0]])).tolist(), kept(np.array([[4.0]]), np.array([[5.0]])).tolist()
    ([[0.5]], [[0.0]])
    """
    scale = np.sqrt(np.diag(total))
    unit = np.where(scale > 0, scale, 1.0)
    size, axis = np.linalg.eigh(total / np.outer(unit, unit))
    is_seen = size > 1e-10 * max(1.0, size[-1])
    axis, root = axis[:, is_seen], np.sqrt(size[is_seen])
    white = axis.T / root[:, None]
    share, turn = np.linalg.eigh(white @ (noise / np.outer(unit, unit)) @ white.T)
    left = turn @ np.diag(np.sqrt(np.clip(1 - share, 0.0, 1.0))) @ turn.T
    return unit[:, None] * ((axis * root) @ left @ white) / unit


def mean_noise(noise: np.ndarray, freedom: np.ndarray) -> tuple[np.ndarray, float]:
    """The mean (K, K) of the noise of N values where it is known, and its degrees of freedom; NaN and 0 where it is known of none.

    Parameters
    ----------
    noise
        (N, K, K) covariances, NaN where not known.
    freedom
        (N,) the degrees of freedom of each.
    """
    known = np.isfinite(noise).all(axis=(1, 2))
    if not known.any():
        return np.full(noise.shape[1:], np.nan), 0.0
    return noise[known].mean(axis=0), float(freedom[known].sum())


def chance_of_noise(total: np.ndarray, noise: np.ndarray, freedom: tuple[float, float]) -> float:
    """How often noise alone gives so large a ratio, of any two of those compared: F tests, corrected for their number (Bonferroni).

    Parameters
    ----------
    total, noise
        (K, K) mean squares and products.
    freedom
        The degrees of freedom of each.

    Returns
    -------
    1 where nothing differs; 0 where something does and there is no noise; NaN where the noise is not known.
    """
    from scipy.special import fdtrc

    if not np.isfinite(noise).all():
        return float("nan")
    found = []
    for i in range(len(total)):
        for j in range(i):
            above, below = (of[i, i] + of[j, j] - 2 * of[i, j] for of in (total, noise))
            is_none = above <= 1e-12 * max(total[i, i], total[j, j])
            found.append(1.0 if is_none else float(fdtrc(*freedom, above / below)) if below > 0 else 0.0)
    return min(1.0, len(found) * min(found)) if found else 1.0


def jackknife(of: Callable[[np.ndarray], np.ndarray], count: int) -> np.ndarray:
    """The standard error of whatever is found of N values, by leaving a twentieth of them out in turn; NaN where they are under 20.

    Parameters
    ----------
    of
        What is found of those values whose places it is given.
    count
        N.

    Examples
    --------
    >>> values = np.random.default_rng(1).normal(0, 1, 400)
    >>> bool(0.03 < jackknife(lambda at: values[at].mean(), 400) < 0.07)  # 1 over the root of 400
    True
    """
    every = np.arange(count)
    if count < GROUPS:
        return np.full(np.shape(of(every)), np.nan)
    found = np.stack([of(every[every % GROUPS != group]) for group in range(GROUPS)])
    return np.sqrt((GROUPS - 1) * found.var(axis=0))
