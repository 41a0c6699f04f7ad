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
    bare: tuple[int, ...] = ()
    """Sets, by place, whose total gives a small count away though nothing is left to hide: the total must not be published."""

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
    number = np.nan_to_num(count)
    hidden = primary.copy()
    # A row alone in a set stands in its total, hidden or not: it covers nobody in its other sets.
    known = np.zeros(len(count), dtype=bool)
    known[[places[0] for places in sets if len(places) == 1]] = True
    bare: set[int] = {at for at, places in enumerate(sets) if len(places) == 1 and primary[places[0]]}
    changed = True
    while changed:
        changed = False
        for at, places in enumerate(sets):
            gone, shown = places[hidden[places]], places[~hidden[places]]
            secret = gone[~known[gone]]
            is_told = len(secret) > 0 and _follows(number[secret], number[places], least)
            if len(shown) and (is_told or (len(gone) and _follows(number[gone], number[places], least))):
                # The smallest that is shown goes too: one with something in it, for a row of noughts hides nothing.
                total = number[shown].sum(axis=1)
                hidden[shown[np.lexsort((shown, total, total == 0, known[shown]))[0]]] = changed = True
            elif is_told:
                if primary[secret].any():
                    bare.add(at)
                if len(secret) == 1:
                    known[secret] = changed = True
    return Suppressed(primary, hidden & ~primary, tuple(sorted(bare)))


def _follows(gone: np.ndarray, every: np.ndarray, least: float) -> bool:
    """Whether what is suppressed of a set follows from its total: one row, or several that together are too few.

    Of a count whose total is itself too small to publish nothing follows.
    """
    total = gone.sum(axis=0)
    return len(gone) == 1 or bool(((total > 0) & (total < least) & (every.sum(axis=0) >= least)).any())
