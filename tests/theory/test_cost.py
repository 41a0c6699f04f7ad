"""Discounting against exact values, computed apart with mpmath; the rate is that of HM Treasury's Green Book."""

from __future__ import annotations

from sim.measures.money.present_value import annuity_factor, discount_factor, equivalent_annual_cost, present_value
from tests.comparison import agree
from tests.theory.build import items

ITEMS = items("cost")
TESTED = tuple(ITEMS)


def test_discount_factors_are_those_of_the_green_book():
    item = ITEMS["discount_3.5pct"]
    for year, factor in item.exact.items():
        found = discount_factor(item.params["rate"], int(year))
        agree(item.id, f"factor of year {year}", factor, found, 5e-10, "nine digits are given")


def test_the_year_in_hand_is_not_discounted():
    assert discount_factor(0.035, 0) == 1
    assert present_value([7.0], 0.035) == 7


def test_net_present_value_of_capital_and_savings_is_exact():
    item = ITEMS["npv_example"]
    given = item.params
    flow = [-given["capital_year0"], *[given["saving"]] * given["years"]]
    found = {
        "npv": present_value(flow, given["rate"]),
        "annuity_factor_10": annuity_factor(given["rate"], given["years"]),
        "eac_of_capital": equivalent_annual_cost(given["capital_year0"], given["rate"], given["years"]),
    }
    for name, value in found.items():
        agree(item.id, name, item.exact[name], value, 1e-12 * abs(item.exact[name]), "exact")
