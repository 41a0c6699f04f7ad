"""Intervals that may be looked at again and again hold the truth as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from sim.study import any_time, comparison

PEEKS = (5, 7, 10, 14, 20, 28, 40, 57, 80, 113, 160, 226, 320)
REPEATS = 800


def ever_misses(interval) -> float:
    """The share of repeats in which an interval misses the true mean at any of the peeks."""
    luck = np.random.default_rng(8).normal(size=(REPEATS, PEEKS[-1]))
    ends = [[interval(values[:count])[1:] for count in PEEKS] for values in luck]
    return float(np.mean([any(not low <= 0 <= high for low, high in each) for each in ends]))


def test_an_interval_for_any_time_holds_however_often_it_is_looked_at():
    allowed = 0.05 + 2 * np.sqrt(0.05 * 0.95 / REPEATS)
    assert ever_misses(any_time.interval) <= allowed
    assert ever_misses(comparison.interval) > 2 * allowed  # which is why Student's will not do


def test_the_price_is_an_interval_wider_by_less_than_twice():
    values = np.random.default_rng(9).normal(size=50)
    (_, low, high), (_, least, most) = any_time.interval(values), comparison.interval(values)
    assert 1.3 < (high - low) / (most - least) < 2


@pytest.mark.parametrize("count", [4, 10, 100])
@pytest.mark.parametrize("shift", [0.0, 0.2, 0.6, 1.5])
def test_p_is_below_005_where_the_interval_leaves_0_out(count, shift):
    values = np.random.default_rng(count).normal(shift, 1.0, count)
    _, low, high = any_time.interval(values)
    assert (any_time.p_value(values) < 0.05) == (not low <= 0 <= high)


def test_what_has_no_spread_or_no_end_has_no_interval_but_itself():
    assert any_time.interval(np.full(5, 2.0)) == (2.0, 2.0, 2.0)
    assert (any_time.p_value(np.full(5, 2.0)), any_time.p_value(np.zeros(5))) == (0.0, 1.0)
    assert np.isnan(any_time.interval(np.array([1.0, np.inf]))).all()
    assert np.isnan(any_time.p_value(np.array([1.0, np.inf])))
