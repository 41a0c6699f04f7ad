"""Small numbers: counts of a handful of people that are not published, and those that would give them away.

A count above 0 and below a threshold is suppressed. Where a total of several counts is published too, one suppressed count would follow
from the others; so at least two are suppressed of any such set, and together they reach the threshold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

LEAST = 5.0
"""Counts below this are not published; of a year, as rates are."""

MARK = "[c]"
"""What stands in place of a suppressed count: confidential, as Government statistics mark it."""


class Suppressed(NamedTuple):
    """Which rows of counts are not shown."""

    primary: np.ndarray
    """(N,) bool: they hold a count that is too small."""
    secondary: np.ndarray
    """(N,) bool: they would give another one away."""

    @property
    def any(self) -> np.ndarray:
        """(N,) bool: not shown, for either reason."""
        return self.primary | self.secondary


def suppress(
    count: np.ndarray, sets: Sequence[np.ndarray] = (), least: float = LEAST, also: np.ndarray | None = None
) -> Suppressed:
    """Which rows of counts are not to be published.

    The counts of a row stand or fall together, since one often follows from the others (before, after and their difference).

    Parameters
    ----------
    count
        (N,) or (N, C) counts; NaN where there is none to show.
    sets
        Rows whose total is published: each an array of places among the rows.
    least
        The smallest count that is published; 0 is.
    also
        (N,) bool: rows that are suppressed elsewhere, and so here.

    Examples
    --------
    >>> suppress(np.array([3.0, 40.0, 10.0]), [np.arange(3)]).any
    array([ True, False,  True])
    >>> suppress(np.array([0.0, 40.0])).any
    array([False, False])
    """
    count = np.asarray(count, dtype=float)
    count = count[:, None] if count.ndim == 1 else count
    least = least * (1 - 1e-9)  # sums of shares make 5 out of 4.9999999
    primary = ((count > 0) & (count < least)).any(axis=1) | (False if also is None else also)
    known = np.nan_to_num(count)
    hidden, changed = primary.copy(), True
    while changed:
        changed = False
        for places in sets:
            gone, shown = places[hidden[places]], places[~hidden[places]]
            if len(gone) and len(shown) and _follows(known[gone], known[places], least):
                # The smallest that is shown goes too: one with something in it, for a row of noughts hides nothing.
                total = known[shown].sum(axis=1)
                hidden[shown[np.lexsort((shown, total, total == 0))[0]]] = changed = True
    return Suppressed(primary, hidden & ~primary)


def _follows(gone: np.ndarray, every: np.ndarray, least: float) -> bool:
    """Whether what is suppressed of a set follows from its total: one row, or several that together are too few.

    Of a count whose total is itself too small to publish nothing follows.
    """
    total = gone.sum(axis=0)
    return len(gone) == 1 or bool(((total > 0) & (total < least) & (every.sum(axis=0) >= least)).any())
