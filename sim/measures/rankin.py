"""Outcome by the time of treatment: the modified Rankin scale, utility and quality-adjusted life years.

A treatment given at onset leads to one published distribution of scores, given when it no longer works to another. In between
the log-odds of being at a score or better fall in a straight line with the minutes (stroke-outcome 0.1.8, Emberson et al. 2014,
Fransen et al. 2016); later than that the second distribution holds, deaths from treatment included.
"""

from __future__ import annotations

import numpy as np


def scores_at(minutes, at_onset: np.ndarray, at_no_effect: np.ndarray, no_effect_minutes: float) -> np.ndarray:
    """The distribution of scores of patients treated so many minutes after onset.

    Parameters
    ----------
    minutes
        (...) from onset to treatment, 0 or more.
    at_onset, at_no_effect
        (7,) the share at each score or better, treated at once and treated when it no longer works.
    no_effect_minutes
        When that is.

    Returns
    -------
    (..., 7) the share at each score, 0 to 6, or better.

    Examples
    --------
    >>> at_onset = [0.306, 0.429, 0.548, 0.707, 0.851, 0.915, 1]
    >>> at_no_effect = [0.048, 0.124, 0.255, 0.412, 0.649, 0.779, 1]
    >>> scores_at([0, 240, 480, 900], np.array(at_onset), np.array(at_no_effect), 480)[:, 2].round(3).tolist()
    [0.548, 0.392, 0.255, 0.255]
    """
    passed = np.clip(np.asarray(minutes, float) / no_effect_minutes, 0, 1)[..., None]
    first, last = log_odds(at_onset), log_odds(at_no_effect)
    return from_log_odds(first + passed * (last - first))


def log_odds(share: np.ndarray) -> np.ndarray:
    """(6,) log-odds of the shares at scores 0 to 5 or better; everybody is at 6 or better."""
    share = np.asarray(share, float)[..., :-1]
    return np.log(share / (1 - share))


def from_log_odds(value: np.ndarray) -> np.ndarray:
    """(..., 7) shares from (..., 6) log-odds."""
    share = 1 / (1 + np.exp(-value))
    return np.concatenate([share, np.ones((*share.shape[:-1], 1))], axis=-1)


def better_by(share: np.ndarray, odds_ratio: float) -> np.ndarray:
    """(..., 7) the shares when the odds of every score or better are multiplied.

    Examples
    --------
    >>> better_by(np.array([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1.0]), 3.0)[:2].tolist()
    [0.75, 0.75]
    """
    return from_log_odds(log_odds(share) + np.log(odds_ratio))


def mean_weight(share: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(...) the mean of a weight by score over (..., 7) cumulative shares: a utility, or 1 for some scores and 0 for others.

    Examples
    --------
    >>> float(mean_weight(np.array([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1.0]), np.array([1, 1, 1, 0, 0, 0, 0])))
    0.5
    """
    return np.diff(share, prepend=0.0, axis=-1) @ np.asarray(weight, float)


def life_years(utility: np.ndarray, years: np.ndarray, discount: float) -> np.ndarray:
    """Quality-adjusted life years by score: utility over the remaining life, each year discounted from its start.

    A stated simple rule: utility stays what it is at 90 days, and everybody lives the median remaining life of their score.

    Parameters
    ----------
    utility
        (7,) by score.
    years
        (7,) remaining life by score.
    discount
        A year.

    Examples
    --------
    Ten years at 0.5 without discounting, and two and a half years at 1 with 100 % a year: 1 + 1/2 + 1/2 x 1/4.

    >>> life_years(np.array([0.5]), np.array([10.0]), 0.0).tolist(), life_years(np.array([1.0]), np.array([2.5]), 1.0).tolist()
    ([5.0], [1.625])
    """
    years = np.asarray(years, float)
    start = np.arange(int(np.ceil(years.max(initial=0))))
    lived = np.clip(years[:, None] - start, 0, 1)
    return np.asarray(utility, float) * (lived @ (1 + discount) ** -start)
