"""Hurdles: passed, failed, or undecided where the interval holds the bound."""

from __future__ import annotations

import numpy as np
import pytest

from sim.service.fault import InputError
from sim.study.hurdles import Hurdle, judge, passed, read_hurdles
from sim.study.scorecard import scorecard
from tests.study.test_scorecard import exact, sampled

SOURCE = {"source": "a test"}


@pytest.mark.parametrize(
    ("bounds", "value", "low", "high", "said"),
    [
        ({"at_least": 5}, 6, 5.5, 6.5, "pass"),
        ({"at_least": 5}, 6, 4.5, 7.5, "undecided"),
        ({"at_least": 5}, 4, 3.0, 4.9, "fail"),
        ({"at_most": 5}, 4, 3.0, 5.0, "pass"),
        ({"at_most": 5}, 6, 5.1, 7.0, "fail"),
        ({"at_least": 3, "at_most": 5}, 4, 3.5, 4.5, "pass"),
        ({"at_least": 3, "at_most": 5}, 4, 2.0, 6.0, "undecided"),
        ({"at_least": 3, "at_most": 5}, 7, 6.0, 8.0, "fail"),
        ({"at_least": 5}, 6, np.nan, np.nan, "undecided"),
        ({"at_least": 5}, np.nan, np.nan, np.nan, "not known"),
        ({"at_most": 5}, np.inf, np.nan, np.nan, "fail"),  # a wait without limit
    ],
)
def test_an_interval_must_lie_on_one_side_of_the_bound(bounds, value, low, high, said):
    assert Hurdle("x", **SOURCE, **bounds).judge(value, low, high, is_exact=False) == said


def test_what_has_no_luck_in_it_passes_at_the_bound_itself():
    assert Hurdle("x", at_least=5, **SOURCE).judge(5.0, np.nan, np.nan, is_exact=True) == "pass"
    assert Hurdle("x", at_least=5, **SOURCE).judge(4.999, np.nan, np.nan, is_exact=True) == "fail"


def test_every_option_stands_before_every_hurdle_and_the_baseline_too():
    card = scorecard({"a": [exact("minutes", 12.0), sampled("wait", -50.0)], "b": [exact("minutes", 9.0), sampled("wait", 0.0)]})
    hurdles = (Hurdle("minutes", at_most=10, **SOURCE), Hurdle("wait", at_most=-10, of="change", **SOURCE))
    found = {(each.option, each.hurdle.measure): each.outcome for each in judge(card, hurdles)}
    assert found == {
        ("baseline", "minutes"): "pass",
        ("baseline", "wait"): "fail",
        ("a", "minutes"): "fail",
        ("a", "wait"): "pass",
        ("b", "minutes"): "pass",
        ("b", "wait"): "fail",
    }
    assert passed(judge(card, hurdles)) == {"baseline": "fail", "a": "fail", "b": "fail"}
    assert passed(judge(card, hurdles[:1])) == {"baseline": "pass", "a": "fail", "b": "pass"}


def test_a_hurdle_on_a_measure_that_a_run_does_not_know_is_not_passed():
    card = scorecard({"a": [exact("x", 1.0)], "b": [exact("x", 1.0), exact("y", 1.0)]})
    assert passed(judge(card, (Hurdle("y", at_most=5, **SOURCE),)))["a"] == "not known"


def test_hurdles_on_unknown_measures_are_refused_together():
    card = scorecard({"a": [exact("minutes", 1.0)]})
    with pytest.raises(InputError, match=r"(?s)2 faults.*'minuets'.*did you mean 'minutes'.*'wait'"):
        judge(card, (Hurdle("minuets", at_most=5, **SOURCE), Hurdle("wait", at_most=5, **SOURCE)))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ({}, "criteria is missing"),
        ({"criteria": 5}, "criteria is a list"),
        ({"criteria": [{"measure": "x", "source": "s"}]}, "a hurdle has a bound; add at_least: or at_most:"),
        ({"criteria": [{"measure": "x", "at_most": 5}]}, "source is missing"),
        ({"criteria": [{"measure": "x", "source": " ", "at_most": 5}]}, "names its source"),
        ({"criteria": [{"measure": "x", "source": "s", "at_most": "five"}]}, "a bound is a number, got 'five'"),
        ({"criteria": [{"measure": "x", "source": "s", "at_most": 1, "of": "level"}]}, "of is option or change, got 'level'"),
        ({"criteria": [{"measure": "x", "source": "s", "at_mots": 1}]}, "unknown setting, got 'at_mots'.*at_most"),
        ({"criteria": [{}, {"measure": "x", "source": "s"}]}, "(?s)2 faults.*measure is missing.*a hurdle has a bound"),
    ],
)
def test_a_hurdle_that_cannot_be_judged_is_refused(lines, said):
    with pytest.raises(InputError, match=said):
        read_hurdles(lines)
