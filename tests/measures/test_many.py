"""Access of many sets is the access of each."""

import numpy as np
import pytest

from sim.journeys.nearest import nearest
from sim.measures.access import longest_minutes, mean_minutes, percentile_minutes, share_within, unit_volume
from sim.measures.many import access_of_many, ranked


@pytest.mark.parametrize("seed", range(20))
def test_many_sets_measure_what_one_set_measures(seed):
    rng = np.random.default_rng(seed)
    areas, units = int(rng.integers(1, 60)), int(rng.integers(1, 14))
    minutes = np.round(rng.random((areas, units)) * 60, 1)
    minutes[rng.random((areas, units)) < 0.1] = np.nan
    demand = rng.integers(0, 5, areas).astype(float)
    sets = rng.random((12, units)) < 0.4
    found = access_of_many(ranked(minutes, demand), sets, (15.0, 30.0))
    for n, is_open in enumerate(sets):
        unit, time, _ = nearest(minutes, is_open)
        expected = mean_minutes(time, demand), percentile_minutes(time, demand, 0.95), longest_minutes(time, demand)
        np.testing.assert_allclose((found.mean[n], found.percentile_95[n], found.longest[n]), expected, rtol=1e-12)
        np.testing.assert_allclose(found.within[n], share_within(time, demand, (15.0, 30.0)), rtol=1e-9)
        np.testing.assert_allclose(found.volume[n], unit_volume(unit, demand, units), rtol=1e-12)
