"""The quick estimates of `sim.measures.load` against exact values."""

from __future__ import annotations

from fractions import Fraction
from math import exp, factorial

import numpy as np
import pytest

from sim.measures.load import beds_for_delay, delay_without_limit, erlang_b, erlang_c
from tests.comparison import agree
from tests.theory.build import items

FORMULA = "a formula, not a simulation: nine digits are given"


def test_erlang_b_is_exact():
    for item in items("loss").values():
        exact = item.exact["P_block"]
        found = erlang_b(item.params["offered_load"], item.params["servers"])
        agree(item.id, "erlang_b", exact, float(found), 1e-9 * exact, FORMULA)


def test_erlang_b_serves_units_of_any_size_at_once():
    given = items("loss").values()
    load, beds = [each.params["offered_load"] for each in given], [each.params["servers"] for each in given]
    np.testing.assert_allclose(erlang_b(load, beds), [each.exact["P_block"] for each in given], rtol=1e-12)


def test_erlang_c_is_exact():
    for item in items("queue", "mmc_").values():
        load = item.params["arrival_rate"] * item.params["mean_los"]
        exact = item.exact["P_wait"]
        agree(item.id, "erlang_c", exact, float(erlang_c(load, item.params["servers"])), 1e-9 * exact, FORMULA)


def poisson_tail(load: Fraction, beds: int) -> float:
    """The chance of at least so many, from the sum of all fewer in whole numbers."""
    return 1 - float(sum(load**n / factorial(n) for n in range(beds))) * exp(-load)


@pytest.mark.parametrize(
    ("load", "beds"), [(Fraction(8), 12), (Fraction(1, 2), 1), (Fraction(33, 2), 20), (Fraction(40), 38)]
)
def test_delay_without_limit_is_the_tail_of_a_poisson_law(load: Fraction, beds: int):
    np.testing.assert_allclose(delay_without_limit(float(load), beds), poisson_tail(load, beds), rtol=1e-10)


@pytest.mark.parametrize("delay", [0.01, 0.05, 0.2])
def test_beds_for_a_delay_are_the_fewest_that_do(delay: float):
    load = np.array([0.3, 2.0, 8.145492831541219, 33.6, 180.0])
    beds = beds_for_delay(load, delay)
    assert (delay_without_limit(load, beds) <= delay).all()
    assert (delay_without_limit(load, beds - 1) > delay).all()
