"""The nearest open unit: ties, closures, and places that cannot be reached."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.journeys.nearest import first_open, nearest, rank_by_minutes, tenths, unit_minutes
from sim.service.region import load_region

NAN = np.nan


@st.composite
def networks(draw):
    """Minutes in steps of 0.1 with many ties and gaps, and a map of open units."""
    areas, units = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    cell = st.one_of(st.integers(0, 5).map(lambda n: n / 10), st.just(NAN))
    minutes = np.array(draw(st.lists(st.lists(cell, min_size=units, max_size=units), min_size=areas, max_size=areas)))
    return minutes, np.array(draw(st.lists(st.booleans(), min_size=units, max_size=units)))


def by_hand(row, is_open):
    """The first unit of least minutes, in plain Python."""
    known = [(round(minutes * 10), u) for u, minutes in enumerate(row) if is_open[u] and not np.isnan(minutes)]
    return min(known)[1] if known else -1


def test_in_two_towns_everyone_goes_to_their_own_hospital():
    region = load_region("two_towns")
    hyperacute = np.flatnonzero(region.units.gives["hyperacute"])
    minutes = unit_minutes(region.travel.area_site, region.units.site[hyperacute])
    assert nearest(minutes).unit.tolist() == [0, 1]
    assert nearest(minutes).minutes.tolist() == [10, 15]
    assert nearest(minutes, np.array([True, False])).minutes.tolist() == [10, 50]


def test_a_tie_goes_to_the_unit_listed_first_and_is_marked():
    found = nearest(np.array([[20.0, 10.0, 10.0], [5.0, 6.0, 7.0]]))
    assert found.unit.tolist() == [1, 0]
    assert found.is_tied.tolist() == [True, False]


def test_minutes_equal_to_the_tenth_are_a_tie_whatever_their_last_bit():
    assert 0.1 + 0.2 > 0.3
    found = nearest(np.array([[0.1 + 0.2, 0.3]]))
    assert found.unit.tolist() == [0]
    assert found.is_tied.tolist() == [True]


def test_minutes_are_told_apart_by_tenths_and_no_finer():
    assert tenths(np.array([0.0, 12.34, 12.36])).tolist() == [0, 123, 124]


def test_a_tie_with_a_closed_unit_is_no_tie():
    assert not nearest(np.array([[10.0, 10.0]]), np.array([True, False])).is_tied[0]


def test_where_nothing_can_be_reached_there_is_no_unit():
    minutes = np.array([[NAN, 10.0], [NAN, NAN]])
    found = nearest(minutes, np.array([True, False]))
    assert found.unit.tolist() == [-1, -1]
    assert np.isnan(found.minutes).all()
    assert nearest(minutes, np.zeros(2, bool)).unit.tolist() == [-1, -1]
    assert not found.is_tied.any()


def test_a_rank_keeps_the_nearest_when_cut_short():
    minutes = np.array([[3.0, 1.0, 2.0], [NAN, 5.0, NAN]])
    assert rank_by_minutes(minutes, width=2).tolist() == [[1, 2], [1, -1]]


def test_units_at_one_site_have_the_same_minutes():
    assert unit_minutes(np.array([[10.0, 40.0]]), np.array([1, 1, 0])).tolist() == [[40, 40, 10]]


@given(networks())
@settings(max_examples=200, deadline=None)
def test_three_ways_to_the_nearest_open_unit_agree(network):
    minutes, is_open = network
    expected = [by_hand(row, is_open) for row in minutes]
    assert nearest(minutes, is_open).unit.tolist() == expected
    assert first_open(rank_by_minutes(minutes), is_open).tolist() == expected


@given(networks(), st.integers(0, 5))
@settings(max_examples=200, deadline=None)
def test_closing_a_unit_never_shortens_a_journey(network, closing):
    minutes, is_open = network
    before = nearest(minutes, is_open)
    after_open = is_open.copy()
    after_open[closing % len(is_open)] = False
    after = nearest(minutes, after_open)
    assert (tenths(after.minutes) >= tenths(before.minutes)).all()
    stays = after_open[before.unit] & (before.unit >= 0)
    assert np.array_equal(after.unit[stays], before.unit[stays])


@given(networks())
@settings(max_examples=200, deadline=None)
def test_a_rank_lists_each_reachable_unit_once_from_near_to_far(network):
    minutes, _ = network
    for row, order in zip(minutes, rank_by_minutes(minutes), strict=True):
        listed = order[order >= 0]
        assert sorted(listed) == np.flatnonzero(~np.isnan(row)).tolist()
        assert (order[len(listed) :] == -1).all()
        assert (np.diff(row[listed]) >= 0).all()


@pytest.mark.parametrize("kind", ["hyperacute", "comprehensive"])
def test_the_first_open_unit_of_a_rank_is_the_nearest_in_england(kind):
    region = load_region("england_220")
    units = np.flatnonzero(region.units.gives[kind])
    minutes = unit_minutes(region.travel.area_site, region.units.site[units])
    rank, luck = rank_by_minutes(minutes), np.random.default_rng(1)
    for _ in range(20):
        is_open = luck.random(len(units)) < 0.5
        assert np.array_equal(first_open(rank, is_open), nearest(minutes, is_open).unit)
