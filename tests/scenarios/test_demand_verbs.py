"""Grow, AgeDemand: demand by year, group, area and age; patients are added and none removed."""

from __future__ import annotations

import numpy as np
import pytest

import scenarios
from sim.cohort.cohort import draw, layers_needed
from sim.journeys.routes import route
from sim.journeys.send import present
from sim.measures.load import expected_load
from sim.service.demand import DAYS_A_YEAR
from sim.service.fault import InputError
from tests.two_towns import stroke


def test_growth_compounds_from_its_date():
    option = scenarios.Grow(0.1, at=100)(stroke())
    assert option.demand_at(99).tolist() == [600, 300]
    assert option.demand_at(100 + DAYS_A_YEAR + 1) == pytest.approx([660, 330])
    assert option.demand_at(100 + 2 * DAYS_A_YEAR + 1) == pytest.approx([726, 363])


def test_each_year_has_its_own_rate_and_the_last_goes_on():
    option = scenarios.Grow([0.1, 0.0, 0.5])(stroke())
    at = [option.demand_at(year * DAYS_A_YEAR + 1)[0] for year in (1, 2, 3, 4)]
    assert at == pytest.approx([660, 660, 990, 1485])


def test_growth_can_be_of_one_area_or_one_group():
    option = scenarios.Grow(0.1, areas=["Dover"])(stroke())
    assert option.demand_at(DAYS_A_YEAR + 1) == pytest.approx([600, 330])
    by_group = scenarios.Grow(0.1, groups=["mimic"])(stroke())
    assert by_group.demand_at(DAYS_A_YEAR + 1) == pytest.approx([600, 300])
    assert expected_load(by_group, at=DAYS_A_YEAR + 1).bed_days.sum() > expected_load(by_group).bed_days.sum()


def test_growth_adds_patients_and_removes_none():
    service, option = stroke(), scenarios.Grow(0.5)(stroke())
    horizon = 400.0
    cohort = draw(service, 1, 0, horizon, layers_needed([service, option], horizon))
    before, after = (set(present(cohort, route(s, horizon))[0].tolist()) for s in (service, option))
    assert before < after


def test_without_a_rate_the_services_forecast_is_used():
    option = scenarios.Grow()(stroke())
    assert option.demand_at(DAYS_A_YEAR + 1)[0] == pytest.approx(600 * 1.0238)


def test_a_growing_load_is_a_growing_volume():
    option = scenarios.Grow(0.1)(stroke())
    assert expected_load(option, at=DAYS_A_YEAR + 1).index.sum() == pytest.approx(990)


def test_ageing_makes_the_older_town_grow_more():
    option = scenarios.AgeDemand({"share_80_plus": 0.1})(stroke())
    growth = option.demand_at(DAYS_A_YEAR + 1) / stroke().areas.demand - 1
    old = np.array([0.05, 0.07]) * 1520.9
    rest = np.array([0.15, 0.18]) * 368.3 + np.array([0.80, 0.75]) * 27.2
    assert growth == pytest.approx(0.1 * old / (old + rest))
    assert growth[1] > growth[0]


def test_demand_by_age_keeps_the_total():
    option = scenarios.AgeDemand({}, by_age=True)(stroke())
    rate = np.array([0.8 * 27.2 + 0.15 * 368.3 + 0.05 * 1520.9, 0.75 * 27.2 + 0.18 * 368.3 + 0.07 * 1520.9])
    cases = rate * np.array([100_000, 50_000])
    assert option.demand_at() == pytest.approx(900 * cases / cases.sum())


def test_bad_growth_is_refused():
    with pytest.raises(InputError, match="unknown age band"):
        scenarios.AgeDemand({"share_90_plus": 0.1})
    with pytest.raises(InputError, match="a_year must be a number"):
        scenarios.Grow("fast")
    with pytest.raises(InputError) as raised:
        scenarios.Grow(0.1, areas=["Dovr"], groups=["mimics"], at="soon")(stroke())
    for words in ("did you mean 'Dover'", "did you mean 'mimic'", "at is a date"):
        assert words in str(raised.value)
