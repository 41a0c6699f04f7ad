"""Volume effects: how many minutes sooner, or how much better, busy units are said to treat. Associations, not effects of trials.

Letters: U units.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


def needle_minutes(thrombolysed: np.ndarray, numbers: Mapping[str, float]) -> np.ndarray:
    """Minutes from arrival to needle against a hospital that treats few, in the published bands.

    Parameters
    ----------
    thrombolysed
        (U,) patients given thrombolysis a year.
    numbers
        ``thrombolysis_few``, ``thrombolysis_many``, ``needle_minutes_middle``, ``needle_minutes_many``.

    Returns
    -------
    (U,) minutes, below 0 for sooner.

    Examples
    --------
    >>> bray = {"thrombolysis_few": 25, "thrombolysis_many": 50, "needle_minutes_middle": -6, "needle_minutes_many": -28}
    >>> needle_minutes(np.array([24.9, 25, 50]), bray).tolist()
    [0.0, -6.0, -28.0]
    """
    few, many = numbers["thrombolysis_few"], numbers["thrombolysis_many"]
    middle = np.where(thrombolysed >= few, float(numbers["needle_minutes_middle"]), 0.0)
    return np.where(thrombolysed >= many, float(numbers["needle_minutes_many"]), middle)


def puncture_minutes(thrombectomies: np.ndarray, numbers: Mapping[str, float]) -> np.ndarray:
    """Minutes from arrival to puncture against a centre that treats few; in a straight line between few and many.

    Parameters
    ----------
    thrombectomies
        (U,) a year.
    numbers
        ``thrombectomy_few``, ``thrombectomy_many``, ``puncture_minutes_many``.

    Examples
    --------
    >>> hahn = {"thrombectomy_few": 135, "thrombectomy_many": 180, "puncture_minutes_many": -26.5}
    >>> puncture_minutes(np.array([100, 157.5, 400]), hahn).tolist()
    [0.0, -13.25, -26.5]
    """
    few, many = numbers["thrombectomy_few"], numbers["thrombectomy_many"]
    return (
        np.clip((np.asarray(thrombectomies, float) - few) / (many - few), 0, 1) * numbers["puncture_minutes_many"] + 0.0
    )


def is_busy(thrombectomies: np.ndarray, numbers: Mapping[str, float]) -> np.ndarray:
    """(U,) bool: centres whose patients have the better odds of the published ratio."""
    return np.asarray(thrombectomies, float) >= numbers["thrombectomy_odds_from"]
