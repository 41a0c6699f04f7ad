"""Access measures: by hand on two towns, and what holds whatever the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.journeys.nearest import nearest, unit_minutes
from sim.measures.access import (
    access,
    is_below,
    longest_minutes,
    mean_minutes,
    median_minutes,
    percentile_minutes,
    share_within,
    unit_volume,
    unreached,
    volume_error,
)
from sim.service.region import load_region

NAN = np.nan

PLACES = st.lists(
    st.tuples(st.one_of(st.integers(0, 600).map(lambda n: n / 10), st.just(NAN)), st.integers(0, 20)), min_size=1, max_size=12
)


def columns(places):
    minutes, demand = zip(*places, strict=True)
    return np.array(minutes), np.array(demand, float)


def test_two_towns_by_hand():
    region = load_region("two_towns")
    hyperacute = np.flatnonzero(region.units.gives["hyperacute"])
    minutes = unit_minutes(region.travel.area_site, region.units.site[hyperacute])
    both = nearest(minutes)
    now = access(both.minutes, region.areas.demand, region.areas.name, [10, 15])
    assert now.mean == pytest.approx((600 * 10 + 300 * 15) / 900)
    assert (now.median, now.percentile_95, now.longest) == (10, 15, 15)
    assert now.within.tolist() == pytest.approx([2 / 3, 1])
    assert unit_volume(both.unit, region.areas.demand, 2).tolist() == [600, 300]

    one = nearest(minutes, np.array([True, False]))
    then = access(one.minutes, region.areas.demand, region.areas.name, [10, 15])
    assert then.mean == pytest.approx((600 * 10 + 300 * 50) / 900)
    assert (then.median, then.percentile_95, then.longest) == (10, 50, 50)
    assert unit_volume(one.unit, region.areas.demand, 2).tolist() == [900, 0]


def test_a_percentile_is_the_smallest_minutes_that_so_many_reach():
    minutes, demand = [10, 20, 30], [50, 45, 5]
    assert percentile_minutes(minutes, demand, 0.5) == 10
    assert percentile_minutes(minutes, demand, 0.501) == 20
    assert percentile_minutes(minutes, demand, 0.95) == 20
    assert percentile_minutes(minutes, demand, 0.951) == 30


def test_a_percentile_met_exactly_is_met_though_thirds_do_not_add_up_in_binary():
    minutes, demand = np.arange(1.0, 31.0), np.full(30, 1 / 3)
    assert percentile_minutes(minutes, demand, 0.5) == 15
    assert percentile_minutes(minutes, demand, 0.9) == 27


@pytest.mark.parametrize("share", [0, -0.1, 1.1, NAN])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ValueError, match="share must be above 0"):
        percentile_minutes([1], [1], share)


def test_areas_that_reach_no_unit_are_counted_named_and_never_dropped():
    minutes, demand, name = [10, NAN, NAN], [80, 15, 5], np.array(["a", "b", "c"])
    assert share_within(minutes, demand, [10, 1e6]).tolist() == [0.8, 0.8]
    assert percentile_minutes(minutes, demand, 0.8) == 10
    assert np.isnan(percentile_minutes(minutes, demand, 0.81))
    assert mean_minutes(minutes, demand) == 10
    lost = unreached(minutes, demand, name)
    assert (lost.area.tolist(), lost.demand) == (["b", "c"], 20)


def test_within_a_threshold_means_at_most():
    assert share_within([30.0, 30.1], [1, 1], [30]).tolist() == [0.5]
    assert share_within([300.3 / 10], [1], [30.03]).tolist() == [1.0]


def test_the_share_within_reach_of_a_unit_that_meets_its_minimum_is_never_larger():
    minutes, demand, unit = np.array([10.0, 20.0]), np.array([600.0, 300.0]), np.array([0, 1])
    meets = ~is_below(unit_volume(unit, demand, 2), 600)[unit]
    assert share_within(minutes, demand, [30]).tolist() == [1]
    assert share_within(minutes, demand, [30], meets).tolist() == pytest.approx([2 / 3])


def test_an_area_without_patients_changes_nothing():
    minutes, demand = [10, 15, 99], [600, 300, 0]
    assert mean_minutes(minutes, demand) == mean_minutes(minutes[:2], demand[:2])
    assert percentile_minutes(minutes, demand, 1) == longest_minutes(minutes, demand) == 15


@pytest.mark.filterwarnings("error")
def test_without_patients_there_are_no_figures():
    for measure in (mean_minutes, median_minutes, longest_minutes):
        assert np.isnan(measure([10, 20], [0, 0]))
    assert np.isnan(share_within([10], [0], [30])).all()


def test_what_is_asked_for_where_nothing_is_said():
    minutes, demand = [10, 20, 40, 50, 90], [10, 40, 30, 15, 5]
    assert percentile_minutes(minutes, demand) == percentile_minutes(minutes, demand, 0.95) == 50
    found = access(minutes, demand, np.arange(5))
    assert found.thresholds == (30, 45, 60)
    assert found.within == pytest.approx([0.5, 0.8, 0.95])


def test_a_unit_with_just_the_minimum_meets_it():
    thirds = np.full(1800, 1 / 3).cumsum()[-1]
    assert thirds != 600
    assert not is_below(np.array([thirds]), 600)[0]


def test_a_closed_unit_is_never_below():
    assert is_below([10, 10], 600, [True, False]).tolist() == [True, False]


def test_volume_error_weighs_every_unit_the_same_and_leaves_out_empty_ones():
    assert volume_error([110, 900, 5], [100, 1000, 0]) == pytest.approx(0.1)


def test_volume_error_counts_a_unit_of_less_than_one_patient_a_year():
    assert volume_error([0.25, 100], [0.5, 100]) == pytest.approx(0.25)


@given(PLACES)
def test_the_measures_agree_with_each_other(places):
    minutes, demand = columns(places)
    if demand[~np.isnan(minutes)].sum() == 0:
        return
    longest = longest_minutes(minutes, demand)
    assert 0 <= mean_minutes(minutes, demand) <= longest + 1e-9
    everyone = share_within(minutes, demand, [longest])[0]
    assert everyone * demand.sum() + unreached(minutes, demand, np.arange(len(demand))).demand == pytest.approx(demand.sum())
    for share in (0.05, 0.5, 0.95):
        within = percentile_minutes(minutes, demand, share)
        if np.isnan(within):
            assert everyone < share
        else:
            assert share_within(minutes, demand, [within])[0] >= share - 1e-9
            assert share_within(minutes, demand, [within - 0.05])[0] < share


@given(PLACES, st.integers(2, 5))
def test_measures_do_not_change_when_demand_is_counted_in_another_unit(places, factor):
    minutes, demand = columns(places)
    for measure in (mean_minutes, median_minutes, longest_minutes):
        assert measure(minutes, factor * demand) == pytest.approx(measure(minutes, demand), nan_ok=True)
