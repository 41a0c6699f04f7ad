"""Outcome by the time of treatment: what holds whatever the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measures.rankin import better_by, life_years, mean_weight, scores_at
from sim.measures.treatment import MEASURES, values
from tests.two_towns import stroke

SHARES = st.lists(st.floats(0.01, 0.99), min_size=6, max_size=6).map(lambda x: np.array([*sorted(x), 1.0]))


@pytest.mark.parametrize("utility", ["utility_wang_2020", "utility_dijkland_2018"])
@pytest.mark.parametrize("volume", ["minutes", "odds"])
def test_life_years_never_rise_with_minutes(utility, volume):
    service = stroke()
    outcome = {"table": "outcome", "distributions": "mrs", "thrombolysis_share": 0.1, "thrombectomy": "thrombectomy"}
    benefit = stroke(outcome={**outcome, "utility": utility, "thrombectomy_volume": volume}).benefit
    found = values(benefit, service.benefit.numbers, 1.0)
    for name in ("thrombolysis", "thrombectomy", "busy"):
        by_minutes = getattr(found, name)
        for measure, sign in (("independent", -1), ("dead", 1), ("utility", -1), ("qalys", -1)):
            step = sign * np.diff(by_minutes[:, MEASURES[2:].index(measure)])
            assert (step >= -1e-12).all(), (name, measure)
            assert (step[:-2] > 0).all(), (name, measure)


@given(SHARES, SHARES, st.floats(0, 1000), st.floats(1, 500))
def test_a_distribution_stays_one_at_every_minute(first, last, minutes, no_effect):
    found = scores_at(minutes, first, last, no_effect)
    assert found[-1] == 1
    assert (np.diff(found) >= -1e-12).all()
    assert (np.minimum(first, last) - 1e-9 <= found).all()
    assert (found <= np.maximum(first, last) + 1e-9).all()


@given(SHARES)
def test_odds_that_do_not_change_change_nothing_and_better_odds_help_every_score(share):
    assert better_by(share, 1.0) == pytest.approx(share)
    assert (better_by(share, 1.42)[:6] > share[:6]).all()


def test_everybody_at_one_score_has_its_weight():
    utility = np.array([0.97, 0.88, 0.74, 0.55, 0.2, -0.19, 0.0])
    for score in range(7):
        assert float(mean_weight((np.arange(7) >= score).astype(float), utility)) == pytest.approx(utility[score])


def test_discounted_life_years_by_hand():
    # Three and a half years at 0.8, at 3.5 %: 0.8 x (1 + 1 / 1.035 + 1 / 1.035^2 + 0.5 / 1.035^3).
    by_hand = 0.8 * (1 + 1 / 1.035 + 1 / 1.035**2 + 0.5 / 1.035**3)
    assert life_years(np.array([0.8]), np.array([3.5]), 0.035)[0] == pytest.approx(by_hand)
