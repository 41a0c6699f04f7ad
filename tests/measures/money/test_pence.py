"""Pence: whatever is rounded, the parts sum to the total."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.measures.money.pence import in_pence

AMOUNTS = st.lists(st.floats(-1e9, 1e9, allow_nan=False), max_size=50)


@given(AMOUNTS)
def test_the_sum_of_the_pence_is_the_rounded_sum(gbp):
    assert in_pence(gbp).sum() == round(math.fsum((100 * np.array(gbp)).tolist()))


@given(AMOUNTS)
def test_no_amount_moves_by_a_penny_or_more(gbp):
    assert (np.abs(in_pence(gbp) - 100 * np.array(gbp)) < 1 + 1e-6).all()


def test_nothing_stays_nothing_and_whole_pence_stay_as_they_are():
    assert in_pence([0.0, 1.25, -3.5, 0.0]).tolist() == [0, 125, -350, 0]


def test_a_penny_left_over_goes_to_who_lost_most_and_then_to_the_first():
    assert in_pence([0.004, 0.006]).tolist() == [0, 1]
    assert in_pence([[1 / 3, 1 / 3], [1 / 3, 0.0]]).tolist() == [[34, 33], [33, 0]]
