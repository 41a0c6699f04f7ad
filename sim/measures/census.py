"""The census: beds held each midnight, over all units - the series by which a warm-up is judged."""

from __future__ import annotations

import numpy as np

from .records import Records


def census(records: Records) -> np.ndarray:
    """Beds held at each midnight from the start of the run to its end.

    Returns
    -------
    (D,) whole beds, one a day; day 0 is the start.
    """
    trace, days = records.trace, int(records.sent.routes.horizon) + 1
    of = records.counted & ~np.isnan(trace.given)
    # A bed given during day d is first seen at midnight d + 1; one given exactly at midnight is seen at once.
    given = np.ceil(trace.given[of]).astype(np.int64)
    left = trace.left[of]
    left = np.ceil(left[~np.isnan(left)]).astype(np.int64)
    change = np.bincount(given, minlength=days + 1) - np.bincount(left, minlength=days + 1)
    return np.cumsum(change)[:days]
