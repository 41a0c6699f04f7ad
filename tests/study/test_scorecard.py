"""Scorecards: options side by side, paired by luck, and which of them another beats in everything."""

from __future__ import annotations

import numpy as np
import pytest

from sim.service.fault import InputError
from sim.study.comparison import interval
from sim.study.option_row import ESTIMATE, HIGHER, LOWER, NEUTRAL, REPLICATION, Measure, Samples
from sim.study.scorecard import BASELINE, dominated, scorecard

LUCK = np.array([-3.0, 1.0, 4.0, -2.0])
"""Of four replications: it moves every option alike."""


def exact(key, option, better=LOWER, baseline=10.0, **more) -> Measure:
    return Measure(key, "Access", key, "minutes", better, baseline, option, **more)


def sampled(key, gain, noise=0.0, better=LOWER) -> Measure:
    """A measure that an option moves by so much in every replication, and by some noise of its own."""
    baseline = 100 + LUCK
    option = baseline + gain + noise
    low, high = interval(option - baseline)[1:]
    of = Samples(REPLICATION, baseline, option)
    return Measure(key, "Waits", key, "hours", better, baseline.mean(), option.mean(), low, high, "4 replications", samples=of)


def test_the_baseline_is_the_first_option():
    card = scorecard({"a": [exact("minutes", 12.0), sampled("wait", 2.0)]})
    assert card.options == (BASELINE, "a")
    assert card.value(BASELINE, "minutes") == 10.0
    assert card.beside(BASELINE, BASELINE, "wait")[:4] == (0.0, 0.0, 0.0, "the same")
    assert card.beside("a", BASELINE, "minutes").verdict == "worse"


def test_two_options_are_compared_replication_by_replication():
    noise = np.array([0.1, -0.1, 0.1, -0.1])
    card = scorecard({"a": [sampled("wait", -5.0)], "b": [sampled("wait", -6.0, noise)]})
    found = card.beside("b", "a", "wait")
    # The luck of a replication, which is ten times the difference, is in both and leaves it.
    mean, low, high = interval(-1.0 + noise)
    assert (found.difference, found.low, found.high) == pytest.approx((mean, low, high))
    assert found.verdict == "better"
    apart = [card.interval(option, "wait") for option in ("a", "b")]
    assert apart[1][1] - apart[0][0] > 10 * (high - low)


def test_estimates_are_compared_draw_by_draw():
    draws = np.linspace(1, 2, 401)
    of = [Samples(ESTIMATE, draws * 0, draws * times) for times in (10.0, 11.0)]
    made = [Measure("qalys", "Clinical outcome", "q", "QALYs", HIGHER, 0.0, s.option.mean(), samples=s) for s in of]
    found = scorecard({"a": made[:1], "b": made[1:]}).beside("b", "a", "qalys")
    assert (found.low, found.high) == pytest.approx(np.percentile(draws, (2.5, 97.5)))
    assert found.verdict == "better"


def test_runs_without_the_same_luck_have_no_interval_between_them():
    card = scorecard({"a": [sampled("wait", -5.0)], "b": [sampled("wait", -6.0)]}, is_paired=False)
    found = card.beside("b", "a", "wait")
    assert found.difference == pytest.approx(-1.0)
    assert np.isnan(found.low)
    assert found.verdict == "undecided"


def test_runs_of_another_baseline_are_refused_unless_they_may_differ():
    rows = {"a": [exact("minutes", 12.0)], "b": [exact("minutes", 12.0, baseline=11.0)]}
    with pytest.raises(InputError, match="minutes of the baseline differs between runs"):
        scorecard(rows)
    card = scorecard(rows, is_paired=False)
    assert np.isnan(card.value(BASELINE, "minutes"))


def test_a_measure_that_one_run_does_not_know_keeps_its_place_and_judges_nobody():
    card = scorecard({"a": [exact("x", 1.0), exact("z", 1.0)], "b": [exact("x", 2.0), exact("y", 2.0), exact("z", 2.0)]})
    assert [each.key for each in card.measures] == ["x", "y", "z"]
    assert np.isnan(card.value("a", "y"))
    assert card.beside("b", "a", "y").verdict == ""
    assert [each.key for each in card.judged_by()] == ["x", "z"]


def test_an_unknown_measure_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="unknown measure, got 'minute'; known: minutes; did you mean 'minutes'"):
        scorecard({"a": [exact("minutes", 12.0)]}).judged_by(["minute"])


def test_a_measure_without_a_direction_judges_nobody():
    card = scorecard({"a": [exact("beds", 9.0, NEUTRAL), exact("minutes", 12.0)]})
    assert [each.key for each in card.judged_by()] == ["minutes"]
    with pytest.raises(InputError, match="better one way, got 'beds'"):
        card.judged_by(["beds"])


def test_an_option_is_dominated_where_another_is_no_worse_in_anything_and_better_in_something():
    card = scorecard(
        {
            "good": [exact("minutes", 9.0), exact("share", 80.0, HIGHER, 70.0)],
            "bad": [exact("minutes", 9.0), exact("share", 75.0, HIGHER, 70.0)],
            "other": [exact("minutes", 5.0), exact("share", 60.0, HIGHER, 70.0)],
        }
    )
    found = {(each.option, each.by): each for each in dominated(card)}
    assert set(found) == {("bad", "good"), (BASELINE, "good"), (BASELINE, "bad")}
    assert found["bad", "good"].better_in == ("share",)
    assert found["bad", "good"].is_beyond_luck


def test_two_options_alike_dominate_each_other_not():
    assert not dominated(scorecard({"a": [exact("x", 10.0)], "b": [exact("x", 10.0)]}))


def test_dominance_by_luck_alone_says_so():
    card = scorecard({"a": [sampled("wait", -1.0, np.array([9.0, -9.0, 5.0, -5.0]))]})
    assert [(each.option, each.is_beyond_luck) for each in dominated(card)] == [(BASELINE, False)]


def test_only_the_measures_that_were_asked_for_decide():
    card = scorecard({"a": [exact("x", 9.0), exact("y", 11.0)]})
    assert not dominated(card)
    assert [each.option for each in dominated(card, ["x"])] == [BASELINE]
    assert [each.option for each in dominated(card, ["y"])] == ["a"]


def test_options_that_meet_other_patients_are_named():
    card = scorecard({"a": [exact("index_admissions", 10.0, NEUTRAL)], "b": [exact("index_admissions", 11.0, NEUTRAL)]})
    assert card.other_demand() == {"b": pytest.approx(0.1)}
    assert scorecard({"a": [exact("minutes", 1.0)]}).other_demand() == {}
