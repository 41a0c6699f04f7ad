"""Outcome by minutes against the published distributions: stroke-outcome 0.1.8 (MIT), its table of cumulative probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.rankin import mean_weight, scores_at
from tests.comparison import agree
from tests.two_towns import stroke

T0 = {
    "nlvo_ivt": [0.445, 0.642, 0.752, 0.862, 0.941, 0.967, 1],
    "lvo_ivt": [0.14, 0.233, 0.361, 0.522, 0.73, 0.838, 1],
    "lvo_mt": [0.306, 0.429, 0.548, 0.707, 0.851, 0.915, 1],
}
NO_EFFECT = {
    "nlvo_ivt": [0.196, 0.455, 0.574, 0.701, 0.847, 0.908, 1],
    "lvo_ivt": [0.048, 0.124, 0.255, 0.414, 0.653, 0.783, 1],
    "lvo_mt": [0.048, 0.124, 0.255, 0.412, 0.649, 0.779, 1],
}
NO_TREATMENT = {
    "nlvo": [0.198, 0.46, 0.58, 0.708, 0.856, 0.918, 1],
    "lvo": [0.05, 0.129, 0.265, 0.429, 0.676, 0.811, 1],
}
MINUTES = {"nlvo_ivt": 378, "lvo_ivt": 378, "lvo_mt": 480}
WANG_2020 = [0.97, 0.88, 0.74, 0.55, 0.20, -0.19, 0.00]


def at(minutes, kind):
    """The shipped distributions at so many minutes from onset."""
    benefit = stroke().benefit
    treatment = "thrombolysis" if kind.endswith("ivt") else "thrombectomy"
    no_effect = benefit.numbers[f"{treatment}_no_effect_minutes"]
    return scores_at(minutes, benefit.distribution[f"t0_{kind}"], benefit.distribution[f"no_effect_{kind}"], no_effect)


@pytest.mark.parametrize("kind", MINUTES)
def test_the_published_distributions_come_back_at_onset_and_at_the_time_of_no_effect(kind):
    for minutes, known in ((0, T0), (MINUTES[kind], NO_EFFECT), (10 * MINUTES[kind], NO_EFFECT)):
        for score, (published, ours) in enumerate(zip(known[kind], at(minutes, kind), strict=True)):
            agree(f"{kind} at {minutes} minutes", f"chance of mRS {score} or better", published, ours, 1e-12, "the table's own digits")


@pytest.mark.parametrize("kind", MINUTES)
def test_in_between_the_log_odds_lie_on_a_straight_line(kind):
    first, last = (np.log(np.array(x[:6]) / (1 - np.array(x[:6]))) for x in (T0[kind], NO_EFFECT[kind]))
    third = at(MINUTES[kind] / 3, kind)[:6]
    assert np.log(third / (1 - third)) == pytest.approx(first + (last - first) / 3)


def test_untreated_patients_and_utilities_are_the_published_ones():
    benefit = stroke().benefit
    for kind, published in NO_TREATMENT.items():
        assert benefit.distribution[f"no_treatment_{kind}"].tolist() == published
    assert benefit.utility.tolist() == WANG_2020


def test_the_mean_utility_of_the_untreated_is_what_the_table_gives_by_hand():
    # With occlusion of a large vessel: 0.050 x 0.97 + 0.079 x 0.88 + 0.136 x 0.74 + 0.164 x 0.55 + 0.247 x 0.20 - 0.135 x 0.19
    by_hand = 0.050 * 0.97 + 0.079 * 0.88 + 0.136 * 0.74 + 0.164 * 0.55 + 0.247 * 0.20 - 0.135 * 0.19
    assert float(mean_weight(np.array(NO_TREATMENT["lvo"]), np.array(WANG_2020))) == pytest.approx(by_hand)
