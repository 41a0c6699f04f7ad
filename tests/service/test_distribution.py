"""Laws of durations: the mean and SD drawn are those asked for, and numbers that make no law are refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.cohort.stream import stream
from sim.service.distribution import LAWS, Distribution
from sim.service.fault import InputError

DRAWS = 200_000

BY_MOMENTS = [
    Distribution("exponential", mean=3.0),
    Distribution("lognormal", mean=4.1, sd=3.67),
    Distribution("lognormal", mean=0.0433, sd=0.0185),
    Distribution("gamma", mean=4.0, sd=1.5),
    Distribution("gamma", mean=2.0, sd=3.0),
    Distribution("erlang", mean=6.0, sd=3.0),
    Distribution("weibull", mean=5.0, sd=2.0),
    Distribution("weibull", mean=5.0, sd=9.0),
]

BY_QUARTILES = [
    Distribution("lognormal", median=0.177, lower=0.0924, upper=0.369),
    Distribution("gamma", median=1.7, lower=0.8, upper=3.7),
    Distribution("weibull", median=1.7, lower=0.8, upper=3.7),
]

EVERY = [
    *BY_MOMENTS,
    *BY_QUARTILES,
    Distribution("constant", mean=2.0),
    Distribution("empirical", values=(3, 1, 2), weights=(1, 2, 1)),
]


def name(law: Distribution) -> str:
    return f"{law.law} {law.mean if law.median is None else law.median}"


def drawn(law: Distribution) -> np.ndarray:
    return law.quantile(stream(1, 0, f"test of {law}").random(DRAWS))


@pytest.mark.parametrize("law", BY_MOMENTS, ids=name)
def test_the_mean_drawn_is_the_mean_asked_for(law):
    days = drawn(law)
    assert abs(days.mean() - law.mean) < 4 * days.std() / np.sqrt(DRAWS)


@pytest.mark.parametrize("law", BY_MOMENTS, ids=name)
def test_the_sd_drawn_is_the_sd_asked_for(law):
    square = (drawn(law) - law.mean) ** 2
    assert abs(square.mean() - law.sd**2) < 4 * square.std() / np.sqrt(DRAWS)


@pytest.mark.parametrize("law", BY_QUARTILES, ids=name)
def test_the_median_and_the_ratio_of_quartiles_are_those_asked_for(law):
    lower, median, upper = law.quantile([0.25, 0.5, 0.75])
    assert median == pytest.approx(law.median, rel=1e-9)
    assert upper / lower == pytest.approx(law.upper / law.lower, rel=1e-9)


@pytest.mark.parametrize("law", EVERY, ids=name)
def test_the_expectation_is_the_mean_drawn(law):
    days = drawn(law)
    assert abs(days.mean() - law.expectation) <= 4 * days.std() / np.sqrt(DRAWS) + 1e-12
    if law.mean is not None:
        assert law.expectation == pytest.approx(law.mean, rel=1e-9)


@pytest.mark.parametrize("law", EVERY, ids=name)
def test_more_luck_is_never_a_shorter_stay_and_every_uniform_has_one(law):
    uniform = np.concatenate([[0.0], np.sort(stream(1, 0, "uniform").random(1000)), [1 - 2.0**-53]])
    days = law.quantile(uniform)
    assert (np.diff(days) >= 0).all()
    assert (days >= 0).all()
    assert np.isfinite(days).all()


def test_every_law_is_tried_here():
    assert {law.law for law in EVERY} == set(LAWS)


def test_values_come_as_often_as_they_weigh():
    law = Distribution("empirical", values=(30, 10, 20), weights=(1, 2, 1))
    # In order 10 weighs a half, 20 a quarter and 30 a quarter.
    assert law.quantile([0, 0.49, 0.5, 0.74, 0.75, 0.99]).tolist() == [10, 10, 20, 20, 30, 30]
    assert law.expectation == 17.5


def test_an_erlang_is_a_gamma_of_whole_shape_and_an_exponential_one_phase():
    uniform = np.linspace(0, 0.99, 50)
    by_shape, by_sd = Distribution("erlang", mean=6.0, shape=4), Distribution("erlang", mean=6.0, sd=3.0)
    gamma = Distribution("gamma", mean=6.0, sd=3.0)
    np.testing.assert_allclose(by_shape.quantile(uniform), gamma.quantile(uniform), rtol=1e-12)
    np.testing.assert_array_equal(by_shape.quantile(uniform), by_sd.quantile(uniform))
    one = Distribution("erlang", mean=3.0, shape=1)
    np.testing.assert_allclose(
        one.quantile(uniform), Distribution("exponential", mean=3.0).quantile(uniform), rtol=1e-9
    )


@given(st.sampled_from(["lognormal", "gamma", "weibull"]), st.floats(0.01, 100), st.floats(0.05, 5))
def test_mean_and_sd_are_met_over_a_wide_range(law, mean, variation):
    made = Distribution(law, mean=mean, sd=mean * variation)
    assert made.expectation == pytest.approx(mean, rel=1e-6)
    assert made.quantile(0.5) > 0


def test_a_number_is_a_constant_and_a_mapping_a_law():
    assert Distribution.read(2) == Distribution("constant", mean=2.0)
    assert Distribution.read({"law": "gamma", "mean": 4, "sd": 2}) == Distribution("gamma", mean=4, sd=2)
    assert Distribution.read({"law": "empirical", "values": [1, 2]}) == Distribution("empirical", values=(1, 2))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"law": "gama", "mean": 1, "sd": 1}, ["unknown law, got 'gama'", "did you mean 'gamma'?"]),
        ({"law": None, "mean": 1}, ["unknown law"]),
        ({"law": "lognormal", "mean": -1, "sd": 2}, ["mean must be above 0, got -1"]),
        ({"law": "lognormal", "mean": 4}, ["sd must be above 0", "median, lower and upper quartile"]),
        ({"law": "lognormal", "mean": float("nan"), "sd": 1}, ["mean must be a finite number, got nan"]),
        ({"law": "lognormal", "mean": "four", "sd": 1}, ["mean must be a finite number, got 'four'"]),
        ({"law": "lognormal", "mean": True, "sd": 1}, ["mean must be a finite number, got True"]),
        ({"law": "gamma", "median": 2, "lower": 3, "upper": 4}, ["0 < lower < median < upper"]),
        ({"law": "gamma", "median": 2}, ["0 < lower < median < upper"]),
        ({"law": "gamma", "mean": 2, "sd": 1, "median": 2, "lower": 1, "upper": 4}, ["not both"]),
        ({"law": "erlang", "median": 2, "lower": 1, "upper": 4}, ["lognormal, gamma and weibull only"]),
        ({"law": "erlang", "mean": 3, "sd": 2}, ["mean / sqrt(shape)", "the nearest is 2.121"]),
        ({"law": "erlang", "mean": 3, "shape": 0}, ["shape must be 1, 2, 3"]),
        ({"law": "exponential", "mean": 3, "sd": 2}, ["the SD of an exponential is its mean"]),
        ({"law": "exponential", "sd": 2}, ["mean must be above 0"]),
        ({"law": "constant"}, ["a mean of 0 or more"]),
        ({"law": "weibull", "mean": 1, "sd": 1e6}, ["no such law"]),
        ({"law": "weibull", "mean": 1, "sd": 1e-4}, ["no such law"]),
        ({"law": "gamma", "median": 1, "lower": 0.9999, "upper": 1.0001}, ["no such law"]),
        ({"law": "lognormal", "mean": 1, "sd": 1e200}, ["no such law"]),
        ({"law": "empirical"}, ["needs values"]),
        ({"law": "empirical", "values": [1, -2]}, ["values must be 0 or more, got -2"]),
        ({"law": "empirical", "values": 5}, ["lists of numbers, got 5"]),
        ({"law": "empirical", "values": [1, 2], "weights": [1]}, ["one a value"]),
        ({"law": "empirical", "values": [1, 2], "weights": [0, 0]}, ["not all 0"]),
        ({"law": "empirical", "values": [1, 2], "weights": ["a", "b"]}, ["one a value, 0 or more"]),
        ({"law": "gamma", "mn": 4, "sd": 2}, ["unknown setting of a distribution, got 'mn'", "did you mean 'mean'?"]),
        ({"mean": 4}, ["a number of days or a law"]),
        ("four", ["a number of days or a law", "'four'"]),
        (-1, ["a mean of 0 or more, got -1"]),
        (float("inf"), ["a number of days or a law"]),
        (None, ["a number of days or a law"]),
    ],
)
def test_numbers_that_make_no_law_are_refused(given, words):
    with pytest.raises(InputError) as raised:
        Distribution.read(given)
    for word in words:
        assert word in str(raised.value)
