"""Discounting against exact values, computed apart with mpmath; the rate is that of HM Treasury's Green Book."""

from __future__ import annotations

import pytest

from sim.measures.money.present_value import annuity_factor, discount_factor, equivalent_annual_cost, present_value
from tests.theory.build import items


def test_discount_factors_are_those_of_the_green_book():
    item = items("cost")["discount_3.5pct"]
    for year, factor in item.exact.items():
        assert discount_factor(item.params["rate"], int(year)) == pytest.approx(factor, abs=5e-10)


def test_the_year_in_hand_is_not_discounted():
    assert discount_factor(0.035, 0) == 1
    assert present_value([7.0], 0.035) == 7


def test_net_present_value_of_capital_and_savings_is_exact():
    item = items("cost")["npv_example"]
    given = item.params
    flow = [-given["capital_year0"], *[given["saving"]] * given["years"]]
    assert present_value(flow, given["rate"]) == pytest.approx(item.exact["npv"], rel=1e-12)
    assert annuity_factor(given["rate"], given["years"]) == pytest.approx(item.exact["annuity_factor_10"], rel=1e-12)
    annual = equivalent_annual_cost(given["capital_year0"], given["rate"], given["years"])
    assert annual == pytest.approx(item.exact["eac_of_capital"], rel=1e-12)
