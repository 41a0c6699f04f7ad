"""Weights: a score with its parts, and how far the ranking hangs on them."""

from __future__ import annotations

import numpy as np
import pytest

from sim.service.fault import InputError
from sim.study.option_row import HIGHER, NEUTRAL
from sim.study.scorecard import scorecard
from sim.study.weights import weigh
from tests.study.test_scorecard import exact

CARD = scorecard(
    {
        "near": [exact("minutes", 5.0), exact("cost", 20.0), exact("share", 60.0, HIGHER, 50.0)],
        "cheap": [exact("minutes", 15.0), exact("cost", 5.0), exact("share", 60.0, HIGHER, 50.0)],
    }
)
"""The baseline: 10 minutes, a cost of 10, a share of 50."""


def test_a_part_is_0_for_the_worst_and_1_for_the_best():
    found = weigh(CARD, {"minutes": 1, "cost": 1})
    assert found.options == ("baseline", "near", "cheap")
    # minutes 10, 5, 15; cost 10, 20, 5
    np.testing.assert_allclose(found.part, [[0.5, 2 / 3], [1.0, 0.0], [0.0, 1.0]])
    np.testing.assert_allclose(found.score[0], [7 / 12, 0.5, 0.5])
    assert found.rank[0].tolist() == [1, 2, 2]


def test_the_score_is_the_mean_of_its_parts_by_weight():
    found = weigh(CARD, {"minutes": 3, "cost": 1, "share": 2})
    np.testing.assert_allclose(found.weight, [0.5, 1 / 6, 1 / 3])
    np.testing.assert_allclose(found.score[0], found.part @ found.weight)


def test_the_ranking_is_given_under_equal_weights_and_with_each_doubled():
    found = weigh(CARD, {"minutes": 3, "cost": 1})
    assert found.sets == ("as stated", "equal", "minutes doubled", "cost doubled")
    assert found.rank[:, 1].tolist() == [1, 2, 1, 1]  # near: 0.75 as stated, 0.5 equal, 0.857, 0.6
    assert found.rank[:, 0].tolist() == [2, 1, 2, 2]  # baseline: 0.542, 0.583, 0.524, 0.567


def test_the_share_of_random_weights_is_that_of_the_simplex():
    found = weigh(CARD, {"minutes": 1, "cost": 1})
    # With weight w on minutes, evenly from 0 to 1: cheap 1 - w, near w, baseline 2/3 - w/6. Near is first from w = 4/7 on, cheap up
    # to w = 0.4.
    room = 4 * np.sqrt(0.25 / 10_000)
    np.testing.assert_allclose(found.first_share, [4 / 7 - 0.4, 3 / 7, 0.4], atol=room)
    assert found.first_share.sum() == pytest.approx(1.0)


def test_options_that_tie_share_the_first_place():
    card = scorecard({"a": [exact("minutes", 5.0)], "b": [exact("minutes", 5.0)]})
    found = weigh(card, {"minutes": 1})
    assert found.first_share.tolist() == [0.0, 0.5, 0.5]
    assert found.rank[0].tolist() == [3, 1, 1]


def test_a_measure_that_is_the_same_everywhere_moves_nobody():
    card = scorecard({"a": [exact("minutes", 10.0), exact("cost", 5.0)]})
    assert weigh(card, {"minutes": 100, "cost": 1}).rank[0].tolist() == [2, 1]


def test_the_same_weights_give_the_same_shares_whoever_asks():
    one, other = (weigh(CARD, {"minutes": 1, "cost": 1}, seed=3) for _ in range(2))
    assert (one.first_share == other.first_share).all()


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({}, "weights name at least one measure"),
        ({"minutes": -1}, "the weight of minutes is a number above 0, got -1"),
        ({"minutes": "much", "cost": 0}, "2 faults"),
        ({"minuets": 1}, "unknown measure.*did you mean 'minutes'"),
    ],
)
def test_weights_that_say_nothing_are_refused(weights, said):
    with pytest.raises(InputError, match=said):
        weigh(CARD, weights)


def test_a_measure_without_a_direction_or_not_known_everywhere_cannot_be_weighed():
    card = scorecard({"a": [exact("beds", 1.0, NEUTRAL), exact("x", 1.0)], "b": [exact("x", 2.0), exact("y", 2.0)]})
    with pytest.raises(InputError, match="better one way, got 'beds'"):
        weigh(card, {"beds": 1})
    with pytest.raises(InputError, match="weighed that some option has not, got 'y'"):
        weigh(card, {"x": 1, "y": 1})


def test_what_has_no_limit_is_the_worst_and_spoils_no_other():
    options = {name: [exact("wait", value), exact("cost", value)] for name, value in (("a", 5.0), ("b", 15.0), ("c", np.inf))}
    found = weigh(scorecard(options), {"wait": 1})
    np.testing.assert_allclose(found.part[:, 0], [0.5, 1.0, 0.0, 0.0])  # the baseline has 10; b is the worst of those with a limit
    assert found.first_share.tolist() == [0.0, 1.0, 0.0, 0.0]
    two = weigh(scorecard({"c": [exact("wait", np.inf)]}), {"wait": 1})
    assert two.part[:, 0].tolist() == [1.0, 0.0]
