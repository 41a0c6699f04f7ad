"""p-median to a proven optimum, against looking at every choice."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.p_median import p_median
from scenarios.p_median_proof import proven_p_median
from tests.scenarios.test_p_median import best


@pytest.mark.parametrize("seed", range(8))
def test_the_optimum_is_that_of_looking_at_every_choice_and_the_bound_meets_it(seed):
    rng = np.random.default_rng(seed)
    minutes, demand = rng.uniform(5, 90, (40, 9)), rng.uniform(0, 100, 40)
    for p, fixed in ((1, ()), (2, ()), (4, (3,)), (9, ())):
        found, least = proven_p_median(minutes, demand, p, fixed), best(minutes, demand, p, fixed)
        assert found.best.mean_minutes == pytest.approx(least, rel=1e-9)
        assert found.bound_minutes == pytest.approx(least, rel=1e-6)
        assert len(found.best.chosen) == p
        assert set(fixed) <= set(found.best.chosen)


def test_it_mends_what_interchange_leaves():
    gains = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        minutes, demand = rng.integers(1, 6, (12, 8)).astype(float), np.ones(12)
        gains.append(p_median(minutes, demand, 3).mean_minutes - proven_p_median(minutes, demand, 3).best.mean_minutes)
    assert min(gains) >= -1e-9
    assert max(gains) > 0.05


def test_being_reached_comes_before_being_near():
    minutes = np.array([[1.0, 50.0, np.nan], [1.0, 50.0, np.nan], [np.nan, np.nan, 90.0]])
    assert proven_p_median(minutes, np.array([100.0, 100.0, 1.0]), 2).best.chosen == (0, 2)
