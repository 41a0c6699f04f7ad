"""Small numbers: what is shown of a count tells its band alone, and what is shown of a figure no more."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.study.small_numbers import MARK, band, of_patients, of_share, rounded, shown

COUNT = st.floats(0.01, 1e5, allow_nan=False)
LEAST = st.sampled_from([3.0, 5.0, 7.0, 10.0])


@given(COUNT, LEAST)
@settings(deadline=None, max_examples=200)
def test_a_count_lies_in_the_band_that_is_shown_and_all_of_a_band_show_the_same(count, least):
    told = band(count, least)
    assert told.low - 1e-3 <= count < told.high
    assert math.isclose(told.low / least, round(told.low / least), abs_tol=1e-9)
    assert {shown(told.low + least * part, least) for part in (0.001, 0.3, 0.999)} == {shown(count, least)}


@pytest.mark.parametrize(
    ("count", "said"), [(0, 0), (0.2, MARK), (4.9, MARK), (5, 5), (4.999999999999, 5), (9.9, 5), (-3, MARK), (-12, -10)]
)
def test_nobody_is_told_and_a_handful_is_not(count, said):
    assert shown(count, 5) == said


@given(st.integers(3, 5000), st.floats(1e-3, 1e5), LEAST)
@settings(deadline=None, max_examples=200)
def test_a_figure_that_is_so_much_a_patient_is_the_same_throughout_a_band(number, rate, least):
    low = number * least
    counts = (low, low + 0.4 * least, low + 0.999 * least)
    assert len({str(rounded([of_patients(rate * count, count, least)])) for count in counts}) == 1


@given(st.floats(0.001, 0.999), st.floats(20, 1e5))
@settings(deadline=None, max_examples=200)
def test_a_share_is_shown_by_the_bands_of_those_inside_and_of_all(share, count):
    figure = of_share(share, count, 5)
    inside, whole = band(share * count, 5), band(count, 5)
    if inside.is_small:
        assert figure is None
    else:
        assert figure.value == min(1.0, (inside.low + 2.5) / (whole.low + 2.5))
        assert abs(figure.value - share) <= 10 / count


def test_figures_of_a_handful_are_not_told():
    assert of_patients(100.0, 4.0) is None
    assert rounded([None])[0] == [MARK]
    assert rounded([of_patients(9.0, 6.0)])[0] == [MARK]


def test_figures_that_are_compared_have_one_step_and_none_is_finer_than_asked():
    found, step = rounded([of_patients(9_000_000.0, 1000.0), of_patients(900_000.0, 100.0)], finest=50_000)
    assert step == 200_000
    assert found == [9_000_000.0, 1_000_000.0]


def test_what_is_nothing_stays_nothing():
    assert rounded([of_patients(0.0, 4.0), of_share(0.0, 3.0), of_share(1.0, 3.0)])[0] == [0.0, 0.0, 1.0]
