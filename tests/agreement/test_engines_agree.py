"""Two engines, one answer: on random cases both give the same trace, to the last bit."""

import numpy as np
import pytest

from sim.engine.contract import same_trace
from sim.engine.reference import simulate as reference
from sim.journeys.journeys import Journeys
from tests.benchmarks.two_tier import two_tier
from tests.cases import SMALL, Sizes, random_case, smallest

compiled = pytest.importorskip("sim.engine.compiled").simulate

BLOCK = 50
BUSY = Sizes(patients=400, units=12, steps=6, changes=30, days=30)
"""Cases with long queues, for what small ones do not meet."""


def compare(seeds: range, sizes: Sizes = SMALL) -> None:
    """Compare the engines on random cases; a failure names the seed and how far the case can be shrunk."""
    for seed in seeds:
        case, horizon = random_case(seed, sizes)
        if not agree(case, horizon):
            small = smallest(case, lambda smaller, horizon=horizon: not agree(smaller, horizon))
            pytest.fail(f"random_case({seed}, {sizes}), horizon {horizon}, shrinks to {told(small, horizon)}")


def agree(case: Journeys, horizon: float) -> bool:
    return same_trace(reference(case, horizon), compiled(case, horizon))


def told(case: Journeys, horizon: float) -> str:
    """A small case and both its traces, to be worked by hand."""
    return "\n".join(map(str, (case, reference(case, horizon), compiled(case, horizon))))


@pytest.mark.parametrize("first", range(0, 300, BLOCK))
def test_engines_give_the_same_trace(first):
    compare(range(first, first + BLOCK))


@pytest.mark.parametrize("first", range(0, 30, 10))
def test_engines_give_the_same_trace_of_busy_cases(first):
    compare(range(first, first + 10), BUSY)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(300, 10_300, 10 * BLOCK))
def test_engines_give_the_same_trace_on_ten_thousand_cases(first):
    compare(range(first, first + 10 * BLOCK))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(30, 530, BLOCK))
def test_engines_give_the_same_trace_on_five_hundred_busy_cases(first):
    compare(range(first, first + BLOCK), BUSY)


@pytest.mark.parametrize("days", [120.0, pytest.param(1500.0, marks=pytest.mark.slow)])
def test_engines_give_the_same_trace_of_a_blocked_network_on_the_fine_grid(days):
    assert agree(two_tier(np.random.default_rng(1), days=days), days)
