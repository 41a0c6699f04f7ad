"""Where patients live: the look-up that drawing uses against the search that it stands for."""

from __future__ import annotations

import numpy as np
import pytest

from sim.cohort.cohort import _STEPS, _area_of


@pytest.mark.parametrize("areas", [1, 3, 500])
def test_the_look_up_gives_every_patient_the_area_that_a_search_gives(areas):
    rng = np.random.default_rng(areas)
    demand = rng.gamma(0.3, size=areas) * rng.integers(0, 2, areas)
    demand[areas // 2] += 1.0
    weight = np.cumsum(demand)
    edges = np.arange(_STEPS) / _STEPS
    uniform = np.concatenate(
        [rng.random(_STEPS), edges, np.nextafter(edges[1:], 0.0), weight[weight < weight[-1]] / weight[-1]]
    )
    uniform = uniform[uniform < 1]
    expected = np.searchsorted(weight, uniform * weight[-1], side="right")
    np.testing.assert_array_equal(_area_of(weight, uniform), expected)
    np.testing.assert_array_equal(_area_of(weight, uniform[:10]), expected[:10])
