"""The warm-up is judged on a series whose answer is known."""

import numpy as np

from sim.study.warmup import mser5, warm_up


def test_a_level_series_needs_no_warm_up():
    assert mser5(np.random.default_rng(1).normal(100, 1, 400)) <= 40


def test_a_series_that_fills_is_cut_where_it_is_full():
    day = np.arange(600)
    series = 1000 * (1 - np.exp(-day / 20)) + np.random.default_rng(2).normal(0, 5, 600)
    assert 60 <= mser5(series) <= 200


def test_too_short_a_warm_up_is_told_with_the_days_needed():
    series = np.concatenate([np.linspace(0, 100, 100), np.full(400, 100.0)])[None, :]
    assert "too short" in warm_up(series, 30).said
    assert warm_up(series, 120).said == ""


def test_a_series_that_fills_to_its_end_may_need_more_than_was_searched():
    filling = np.linspace(0, 100, 80)[None, :]
    assert "MSER-5 asks for 40 days or more" in warm_up(filling, 30).said
    assert "or more" not in warm_up(np.concatenate([np.linspace(0, 100, 100), np.full(400, 100.0)])[None, :], 30).said


def test_the_two_week_average_keeps_the_length_of_the_series():
    assert len(warm_up(np.arange(40.0)[None, :], 10).smooth) == 40


def test_a_filled_start_needs_no_warm_up_where_it_is_level():
    luck = np.random.default_rng(1)
    level = 100 + luck.normal(0, 3, (4, 200))
    assert warm_up(level, 0.0, is_filled=True).said == ""
    emptying = level + np.maximum(0, 60 - np.arange(200))
    assert "From the filled start beds over all units empty still" in warm_up(emptying, 0.0, is_filled=True).said


def test_a_series_too_short_to_be_judged_is_not_called_enough():
    filling = np.linspace(0, 100, 19)[None, :]
    for is_filled in (False, True):
        found = warm_up(filling, 5, is_filled)
        assert not found.is_enough
        assert "cannot be judged: the 19 days simulated are fewer than the 20 that MSER-5 takes" in found.said
    assert "too short: beds over all units still fill" in warm_up(np.linspace(0, 100, 20)[None, :], 5).said
