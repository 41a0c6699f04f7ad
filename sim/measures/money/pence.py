"""Pence: whole numbers whose parts sum to their total."""

from __future__ import annotations

import math

import numpy as np


def in_pence(gbp, total: int | None = None) -> np.ndarray:
    """Round pounds to whole pence so that the sum is the rounded sum.

    Each amount is rounded down, and the pence that are then missing go to the amounts that lost most; of equal ones to the first.

    Parameters
    ----------
    gbp
        (...) pounds, of either sign.
    total
        The pence that they are to sum to instead, a few away from the rounded sum.

    Returns
    -------
    (...) int64 pence.

    Examples
    --------
    >>> in_pence([1 / 3, 1 / 3, 1 / 3]).tolist(), in_pence([-0.015, 0.015]).tolist()
    ([34, 33, 33], [-1, 1])
    """
    gbp = np.asarray(gbp, dtype=np.float64)
    some = np.flatnonzero(gbp)
    exact = 100 * gbp.reshape(-1)[some]
    down = np.floor(exact)
    missing = (round(math.fsum(exact.tolist())) if total is None else total) - int(down.sum())
    order = np.argsort(down - exact, kind="stable")
    down[order[:missing] if missing >= 0 else order[missing:]] += np.sign(missing)
    made = np.zeros(gbp.size, dtype=np.int64)
    made[some] = down
    return made.reshape(gbp.shape)


def in_gbp(pence) -> float:
    """Pounds, for tables."""
    return float(pence) / 100
