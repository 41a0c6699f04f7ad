"""p-median: greedy choice and interchange."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from scenarios.p_median import p_median


def best(minutes, demand, p, fixed=()) -> float:
    """The optimum by looking at every choice."""
    choices = (c for c in combinations(range(minutes.shape[1]), p) if set(fixed) <= set(c))
    return min(float(demand @ minutes[:, c].min(axis=1)) / demand.sum() for c in choices)


@pytest.mark.parametrize("seed", range(10))
def test_it_is_never_below_the_optimum_and_seldom_above(seed):
    rng = np.random.default_rng(seed)
    minutes, demand = rng.uniform(5, 90, (40, 9)), rng.uniform(1, 100, 40)
    for p in (1, 2, 4):
        found, least = p_median(minutes, demand, p), best(minutes, demand, p)
        assert least - 1e-9 <= found.mean_minutes <= 1.05 * least
        assert len(found.chosen) == p


def test_one_place_and_all_places_are_exact():
    rng = np.random.default_rng(1)
    minutes, demand = rng.uniform(5, 90, (40, 9)), rng.uniform(1, 100, 40)
    for p in (1, 9):
        assert p_median(minutes, demand, p).mean_minutes == pytest.approx(best(minutes, demand, p))


def test_fixed_places_are_chosen_whatever_they_add():
    rng = np.random.default_rng(2)
    minutes, demand = rng.uniform(5, 90, (40, 9)), rng.uniform(1, 100, 40)
    minutes[:, 3] = 500
    found = p_median(minutes, demand, 3, fixed=(3,))
    assert 3 in found.chosen
    assert found.mean_minutes >= best(minutes, demand, 3, fixed=(3,)) - 1e-9


def test_being_reached_comes_before_being_near():
    minutes = np.array([[1.0, 50.0, np.nan], [1.0, 50.0, np.nan], [np.nan, np.nan, 90.0]])
    assert p_median(minutes, np.array([100.0, 100.0, 1.0]), 2).chosen == (0, 2)
