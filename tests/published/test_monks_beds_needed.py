"""Beds needed against the bed tables of Monks et al. 2016 (BMC Health Serv Res 16:530), tables 2 and 3.

Their wards have no limit, so the number of patients is Poisson with the mean that their inputs give; the chance of delay is read as
they read it. The paper's own simulation lies 1 to 3 % above the exact load of its inputs.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.beds_needed import beds_needed, chance_of_delay, poisson_share
from sim.measures.load import erlang_b
from tests.comparison import agree

ACUTE, REHABILITATION = 8.145492831541219, 9.718217562619024
"""Mean patients on each ward: arrivals a day times days of stay, by type of patient."""

# ward, mean, beds, chance of delay as printed, one in so many as printed, exact Erlang loss
TABLE = [
    ("acute", ACUTE, 9, 0.19, 5, 0.180649439),
    ("acute", ACUTE, 10, 0.14, 7, 0.128272801),
    ("acute", ACUTE, 11, 0.09, 11, 0.086746253),
    ("acute", ACUTE, 12, 0.06, 16, 0.055608226),
    ("acute", ACUTE, 13, 0.04, 28, 0.033669655),
    ("acute", ACUTE, 14, 0.02, 50, 0.019213326),
    ("rehabilitation", REHABILITATION, 10, 0.2, 5, 0.201545616),
    ("rehabilitation", REHABILITATION, 12, 0.11, 9, 0.109057332),
    ("rehabilitation", REHABILITATION, 13, 0.08, 13, 0.075380848),
    ("rehabilitation", REHABILITATION, 14, 0.05, 20, 0.049724359),
    ("rehabilitation", REHABILITATION, 15, 0.03, 35, 0.03121003),
    ("rehabilitation", REHABILITATION, 16, 0.02, 57, 0.018603949),
]


@pytest.mark.parametrize(("ward", "mean", "beds", "printed", "one_in", "exact"), TABLE)
def test_the_chance_of_delay_is_the_one_published(ward, mean, beds, printed, one_in, exact):
    chance = chance_of_delay(poisson_share(mean, 60), "loss")[beds]
    assert chance == pytest.approx(float(erlang_b(mean, beds)), abs=1e-12)
    agree("beds needed", f"delay, {ward} {beds}", exact, chance, 1e-8, "a formula, not a simulation")
    agree("beds needed", f"delay as printed, {ward} {beds}", printed, chance, 0.015, "0.015: two decimals, the source's luck")
    agree("beds needed", f"delay one in, {ward} {beds}", one_in, 1 / chance, 0.15 * one_in, "15 %: whole numbers")


@pytest.mark.parametrize(("ward", "mean", "beds", "printed", "one_in", "exact"), TABLE)
def test_the_beds_needed_for_a_published_chance_are_the_published_beds(ward, mean, beds, printed, one_in, exact):
    share = poisson_share(mean, 60)
    assert int(beds_needed(share, exact * 1.0001, "loss")) == beds
    assert int(beds_needed(share, exact * 0.9999, "loss")) == beds + 1


def test_the_beds_of_the_day_give_the_delays_that_the_text_states():
    # "1 in 7" with 10 acute beds, "1 in 9" with 12 beds of rehabilitation.
    assert round(1 / chance_of_delay(poisson_share(ACUTE, 60), "loss")[10]) in (7, 8)
    assert round(1 / chance_of_delay(poisson_share(REHABILITATION, 60), "loss")[12]) == 9


def test_counts_of_a_simulated_ward_give_nearly_the_same_beds():
    # Five years of daily counts of an acute ward without limit: Poisson arrivals, stays of 8.145 patients' worth.
    luck = np.random.default_rng(1)
    days = 150 * 365
    arrivals = np.sort(luck.random(luck.poisson(days * ACUTE / 5)) * days)
    present = np.searchsorted(arrivals, np.arange(100, days)) - np.searchsorted(
        np.sort(arrivals + luck.exponential(5, len(arrivals))), np.arange(100, days)
    )
    share = np.bincount(present) / len(present)
    for _, _, beds, printed, _, exact in TABLE[:6]:
        assert chance_of_delay(share, "loss")[beds] == pytest.approx(exact, abs=0.006)
        assert chance_of_delay(share, "loss")[beds] == pytest.approx(printed, abs=0.02)
