"""Access of many sets is the access of each."""

import warnings

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
        is_as_one_set(found, n, minutes, demand, is_open, (15.0, 30.0))


def is_as_one_set(found, n: int, minutes, demand, is_open, thresholds) -> None:
    """Assert that the measures of one of many sets are those of that set alone."""
    unit, time, _ = nearest(minutes, is_open)
    expected = mean_minutes(time, demand), percentile_minutes(time, demand, 0.95), longest_minutes(time, demand)
    np.testing.assert_allclose((found.mean[n], found.percentile_95[n], found.longest[n]), expected, rtol=1e-12)
    np.testing.assert_allclose(found.within[n], share_within(time, demand, thresholds), rtol=1e-9)
    np.testing.assert_allclose(found.volume[n], unit_volume(unit, demand, len(is_open)), rtol=1e-12)


def alone(minutes, demand, is_open, *thresholds):
    """One set, held against the measures of a set alone."""
    minutes, demand, is_open = np.array(minutes, float), np.array(demand, float), np.array(is_open, bool)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = access_of_many(ranked(minutes, demand), is_open[None], *([thresholds] if thresholds else []))
    is_as_one_set(found, 0, minutes, demand, is_open, thresholds or (30, 45, 60))
    return found


NAN = np.nan


@pytest.mark.parametrize("last", [5, 6, 7])
def test_an_area_goes_beyond_the_depth_of_the_tree_and_never_to_a_unit_that_it_cannot_reach(last):
    # More units than the tree is deep and fewer areas; what is open is the last that one area reaches, and one that it does not.
    minutes = [[*range(10, 10 + last), *[NAN] * (9 - last)], [*range(30, 39)], [*range(38, 29, -1)]]
    is_open = np.zeros(9, bool)
    is_open[[last - 1, 8]] = True
    alone(minutes, [1, 2, 4], is_open, 20, 35)
    is_open[last - 1] = False
    found = alone(minutes, [1, 2, 4], is_open, 20, 35)
    assert found.volume[0, 8] == 6  # the first area reaches none that is open


@pytest.mark.parametrize("nearest_minutes", [0.0, 0.1, 0.9])
def test_a_percentile_below_a_minute_is_not_overtaken_by_the_few_farther_away(nearest_minutes):
    found = alone([[nearest_minutes], [12.0]], [97, 3], [True])
    assert found.percentile_95[0] == nearest_minutes


def test_thresholds_beyond_the_longest_journey_all_count_everybody():
    found = alone([[5.0], [7.0]], [1, 1], [True], 6, 8, 10, 20)
    assert found.within[0].tolist() == [0.5, 1, 1, 1]


def test_half_a_patient_counts_and_nobody_has_no_figures():
    assert alone([[5.0]], [0.5], [True]).mean[0] == 5
    found = alone([[5.0]], [0.0], [True])
    assert np.isnan([found.mean[0], found.percentile_95[0], found.longest[0], *found.within[0]]).all()


def test_the_usual_thresholds_are_those_of_stroke():
    found = alone([[29.9], [30.1], [44.9], [45.1], [59.9], [60.1]], [1] * 6, [True])
    assert (found.within[0] * 6).round(9).tolist() == [1, 3, 5]
