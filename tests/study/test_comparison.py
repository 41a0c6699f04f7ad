"""Comparison: paired differences and their intervals."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.tidy import Outcome
from sim.study.comparison import compare, interval
from sim.study.experiment import Experiment, Replication
from sim.study.run import Run
from tests.two_towns import WARD, towns

NAN = np.nan


def made(baseline, option, keys=("a", "b"), option_keys=None) -> Experiment:
    """An experiment whose one measure has these values, a row a replication."""
    sides = [
        [Outcome("wait", "unit", keys, np.array(x, dtype=float)) for x in baseline],
        [Outcome("wait", "unit", option_keys or keys, np.array(y, dtype=float)) for y in option],
    ]
    replications = tuple(
        Replication(number, [x], [y], np.zeros((1, 1)), **_rest())
        for number, (x, y) in enumerate(zip(*sides, strict=True))
    )
    return Experiment(towns(all=WARD), towns(all=WARD), Run(), "compiled", replications)


def _rest() -> dict:
    """What else a replication holds, which comparisons do not ask for."""
    known = {"number", "baseline", "option", "flows"}
    return dict.fromkeys([name for name in Replication.__dataclass_fields__ if name not in known])


def test_an_interval_is_students():
    # Mean 3 and standard error sqrt(2.5 / 5); t of 4 degrees of freedom at 97.5 % is 2.776445.
    mean, low, high = interval(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    assert mean == 3
    assert (high - mean, mean - low) == pytest.approx((2.776445 * np.sqrt(0.5),) * 2, rel=1e-6)
    assert interval(np.array([1.0, 3.0]), share=0.5)[2] == pytest.approx(2 + 1.0)


def test_an_interval_of_one_value_or_none_is_not_known():
    assert interval(np.array([3.0]))[0] == 3
    assert np.isnan(interval(np.array([3.0]))[1:]).all()
    assert np.isnan(interval(np.array([]))).all()
    assert np.isnan(interval(np.array([NAN, NAN]))).all()
    assert interval(np.array([NAN, 3.0, NAN]))[0] == 3


def test_values_that_do_not_vary_have_an_interval_of_no_width():
    assert interval(np.array([2.0, 2.0, 2.0])) == (2, 2, 2)


def test_an_interval_holds_the_true_mean_as_often_as_it_says():
    luck = np.random.default_rng(1)
    held = [low <= 5 <= high for _, low, high in (interval(luck.normal(5, 2, 4)) for _ in range(4000))]
    assert abs(np.mean(held) - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 4000)


def test_differences_are_paired_by_replication():
    # Both sides swing by ten, their difference does not.
    found = made([[10, 1], [20, 2], [30, 3]], [[11, 1], [21, 2], [31, 3]])
    one, other = compare(found, "wait", "unit")
    assert (one.by, one.baseline, one.option, one.difference, one.low, one.high) == ("unit=a", 20, 21, 1, 1, 1)
    assert (other.by, other.difference, other.replications) == ("unit=b", 0, 3)


def test_where_some_replications_saw_nothing_the_three_columns_still_add_up():
    found = made([[10, 1], [NAN, 2], [30, 3]], [[12, 1], [22, NAN], [34, 5]])
    for each in compare(found, "wait", "unit"):
        assert each.option - each.baseline == pytest.approx(each.difference)
        assert each.replications == 2


def test_where_only_one_side_saw_anything_there_is_no_difference():
    found = made([[10, 1], [20, 2]], [[NAN, 1], [NAN, 2]])
    closed = compare(found, "wait", "unit")[0]
    assert closed.baseline == 15
    assert np.isnan([closed.option, closed.difference, closed.low, closed.high]).all()
    assert closed.replications == 0


def test_one_replication_gives_a_difference_without_an_interval():
    one = compare(made([[10, 1]], [[12, 1]]), "wait", "unit")[0]
    assert (one.difference, one.replications) == (2, 1)
    assert np.isnan([one.low, one.high]).all()


def test_keys_that_one_side_alone_has_are_kept():
    found = made([[10, 1], [20, 2]], [[5, 12, 7], [5, 22, 7]], option_keys=("c", "a", "b"))
    by = {each.by: each for each in compare(found, "wait", "unit")}
    assert set(by) == {"unit=a", "unit=b", "unit=c"}
    assert by["unit=a"].difference == 2
    assert by["unit=b"].difference == pytest.approx(5.5)
    assert (by["unit=c"].option, by["unit=c"].replications) == (5, 0)
