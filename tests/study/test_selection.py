"""The best option is selected as often as promised, on cases whose best is known."""

import numpy as np
import pytest

from sim.service.fault import InputError
from sim.study.selection import select_best


def normal_options(mean, seed, shared=0.0):
    """Options with normal values; ``shared`` is the part of the luck that all have in common."""
    cache = {}

    def simulate(option: int, replication: int) -> float:
        if replication not in cache:
            rng = np.random.default_rng([seed, replication])
            cache[replication] = shared * rng.normal() + np.sqrt(1 - shared**2) * rng.normal(size=len(mean))
        return mean[option] + cache[replication][option]

    return simulate


@pytest.mark.parametrize("shared", [0.0, 0.7])
def test_the_best_is_selected_at_least_as_often_as_promised(shared):
    mean = [0.0, 0.5, 0.5, 0.5, 1.0]  # the hardest case: all others just at the indifference
    repeats = 200
    right = sum(select_best(normal_options(mean, seed, shared), 5, 0.5, 0.95).best == 0 for seed in range(repeats))
    # Promised 95 %; four standard errors below it is the least that luck allows.
    assert right / repeats >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / repeats)


def test_shared_luck_needs_fewer_replications():
    mean = [0.0, 0.5, 0.5]
    alone, shared = (
        np.mean([sum(select_best(normal_options(mean, s, share), 3, 0.5).replications) for s in range(30)])
        for share in (0.0, 0.9)
    )
    assert shared < alone


def test_one_option_is_the_best():
    assert select_best(lambda option, replication: 1.0, 1, 0.1).best == 0


def test_options_that_are_alike_need_no_more_than_the_first_stage():
    found = select_best(lambda option, replication: float(replication % 7), 3, 0.1, first=5)
    assert (found.replications, found.dropped, found.is_sure) == ((5, 5, 5), (), True)


def test_where_nothing_was_seen_to_vary_nothing_is_sure():
    """Once in fifty replications the first costs 100: its mean is 2, and most often the first stage sees nothing but zeros."""

    def is_right(seed: int) -> bool:
        is_rare = np.random.default_rng(seed).random(200) < 0.02
        found = select_best(lambda option, r: 100.0 * is_rare[r] if option == 0 else 1.0, 2, 0.5, ceiling=200)
        return found.best == 1 or not found.is_sure

    assert all(is_right(seed) for seed in range(50))
    assert not select_best(lambda option, replication: 0.0, 2, 0.5).is_sure


def test_at_the_ceiling_it_is_not_decided():
    found = select_best(normal_options([0.0, 0.0], 1), 2, 1e-3, first=5, ceiling=8)
    assert (found.replications, found.is_sure) == ((8, 8), False)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"indifference": 0.0}, "above 0"),
        ({"options": 0}, "at least one"),
        ({"first": 2}, "at least 3"),
        ({"first": 5.5}, "whole number"),
        ({"ceiling": 9}, r"no fewer than those of the first stage \(10\)"),
    ],
)
def test_bad_settings_are_refused(settings, words):
    with pytest.raises(InputError, match=words):
        select_best(lambda option, replication: 0.0, **({"options": 2, "indifference": 1.0} | settings))
