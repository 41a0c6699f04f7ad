"""Small numbers: what is too small is hidden, and so is what would give it away."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.study.small_numbers import suppress


def test_counts_below_the_threshold_are_hidden_and_noughts_are_not():
    found = suppress(np.array([0.0, 0.4, 4.9, 5.0, 4.999999999999, np.nan, 100.0]))
    assert found.any.tolist() == [False, True, True, False, False, False, False]


def test_one_hidden_count_of_a_set_with_a_total_takes_the_next_smallest_with_it():
    found = suppress(np.array([3.0, 40.0, 10.0, 0.0]), [np.arange(4)])
    assert found.primary.tolist() == [True, False, False, False]
    assert found.secondary.tolist() == [False, False, True, False]


def test_two_that_together_are_too_few_take_a_third():
    # 1 + 2 = 3: whoever knows the total knows that both are below 3.
    assert suppress(np.array([1.0, 2.0, 10.0, 50.0]), [np.arange(4)]).any.tolist() == [True, True, True, False]
    assert suppress(np.array([4.0, 4.0, 10.0, 50.0]), [np.arange(4)]).any.tolist() == [True, True, False, False]


def test_what_is_hidden_in_a_row_needs_company_in_its_column_too():
    # A table of two by three, with totals of rows and columns: cells 0 1 2 / 3 4 5.
    count = np.array([2.0, 30.0, 40.0, 20.0, 50.0, 60.0])
    sets = [np.array(each) for each in ([0, 1, 2], [3, 4, 5], [0, 3], [1, 4], [2, 5])]
    hidden = suppress(count, sets).any
    assert hidden.tolist() == [True, True, False, True, True, False]


def test_the_counts_of_a_row_stand_or_fall_together():
    count = np.array([[100.0, 3.0], [50.0, 60.0], [20.0, 30.0]])
    assert suppress(count, [np.arange(3)]).any.tolist() == [True, False, True]


def test_a_count_whose_total_is_too_small_itself_hides_no_more():
    count = np.array([[100.0, 1.0], [60.0, 2.0], [50.0, 0.0], [40.0, 0.0]])
    assert suppress(count, [np.arange(4)]).any.tolist() == [True, True, False, False]


def test_the_threshold_is_a_setting_and_nought_hides_nothing():
    assert suppress(np.array([7.0, 20.0]), least=10).any.tolist() == [True, False]
    assert not suppress(np.array([0.5, 20.0]), [np.arange(2)], least=0).any.any()


def test_what_is_hidden_elsewhere_is_hidden_here():
    found = suppress(np.array([30.0, 40.0, 50.0]), [np.arange(3)], also=np.array([True, False, False]))
    assert found.any.tolist() == [True, True, False]


def test_a_count_that_stands_in_a_total_of_its_own_covers_no_other():
    # 0 is alone in its own total, so it is known: of the column {0, 1, 2} the 3 must be covered by the 40, not by the 10.
    sets = [np.array([0]), np.array([0, 1, 2])]
    found = suppress(np.array([10.0, 3.0, 40.0]), sets)
    assert found.any.tolist() == [False, True, True]
    assert found.bare == ()


def test_a_total_that_gives_a_small_count_away_is_named_where_nothing_can_cover_it():
    assert suppress(np.array([3.0, 40.0]), [np.array([0]), np.array([1])]).bare == (0,)
    # The 40 is known from its own total, and so the 3 from theirs.
    assert 1 in suppress(np.array([40.0, 3.0]), [np.array([0]), np.array([0, 1])]).bare


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=2, max_size=12), st.integers(1, 12), st.integers(1, 5))
def test_no_total_gives_a_hidden_count_away(count, least, parts):
    count = np.array(count, dtype=float)
    sets = [np.flatnonzero(np.arange(len(count)) % parts == part) for part in range(parts)] + [np.arange(len(count))]
    sets = [each for each in sets if len(each)]
    found = suppress(count, sets, least)
    assert not ((count > 0) & (count < least) & ~found.any).any()
    for places in sets:
        hidden = places[found.any[places]]
        if 0 < len(hidden) < len(places):
            assert len(hidden) >= 2
            assert count[hidden].sum() == 0 or count[hidden].sum() >= least - 1e-6 or count[places].sum() < least


@pytest.mark.parametrize("least", [5, 10])
def test_nothing_is_hidden_where_nothing_is_small(least):
    assert not suppress(np.full(5, 20.0), [np.arange(5)], least).any.any()
