"""Price: harmonised income equals the cost total exactly, and harmonising moves money between trusts without making any."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import Localise
from sim.measures.money.price import harmonised
from sim.study.money import money_of
from tests.money import COST, finance_of, towns_in_round_numbers
from tests.two_towns import stroke

WORTH = st.lists(st.tuples(st.floats(0.5, 2.0), st.floats(0.0, 1e6)), min_size=1, max_size=20)


def care(service, year: int = 0, **given) -> np.ndarray:
    """(T, T) pence paid for care under the baseline."""
    found = money_of(service, service, finance_of(service, **given))
    return found.side["baseline"].books[year].line("care")


@pytest.mark.parametrize("service", [towns_in_round_numbers(), stroke()], ids=["round numbers", "stroke"])
@pytest.mark.parametrize("payment", ["block", "aligned", "activity"])
def test_harmonised_income_is_the_cost_total_exactly(service, payment):
    found = money_of(service, service, finance_of(service, payment=payment, harmonise="national", harmonise_at=0))
    side = found.side["baseline"]
    cost = sum(side.bill.line[name] for name in ("fixed", "semi_fixed", "variable", "procedures"))
    for year, books in enumerate(side.books):
        assert books.line("care").sum() == cost[year]


def test_a_price_goes_up_with_the_market_forces_factor_alone():
    service = towns_in_round_numbers()
    factor = {**service.units.attribute, "market_forces_factor": np.array([1.2, 1.2, 1.0, 1.0])}
    service = service.with_units(attribute=factor)
    found = money_of(service, service, finance_of(service))
    income = {
        name: found.side["baseline"].books[0].received[found.parties.index("provider", name)] for name in ("ASH", "DOV")
    }
    # 600 stays at 1.2 and 300 at 1 bring in 900,000: a price of 900,000 / 1,020 where the factor is 1.
    assert income["ASH"] == round(100 * 600 * 1.2 * 900_000 / 1020)
    assert income["DOV"] == round(100 * 300 * 900_000 / 1020)


def test_an_admission_is_divided_over_stages_by_their_bed_days():
    service = stroke()
    found = money_of(service, service, finance_of(service))
    prices = found.side["baseline"].till.prices
    assert prices.stay["stroke", "first_hospital"] == 0
    assert prices.stay["stroke", "acute"] / prices.stay["stroke", "hyperacute"] == pytest.approx(17.68 / 4.10)


REHABILITATION = {
    "all": {
        "per_admission": 1,
        "stages": {
            "ward": {"kind": "acute", "stay": 10, "next": {"rehabilitation": 0.25, "home": "rest"}},
            "rehabilitation": {"kind": "rehabilitation", "stay": 30},
        },
    }
}


@pytest.mark.parametrize("payment", ["aligned", "activity"])
@pytest.mark.parametrize("share", [0.25, 1.0])
def test_no_payer_saves_by_where_rehabilitation_is_given(payment, share):
    """225 patients spend 30 days at 100 in rehabilitation wards, and an admission pays 1,000 for ten days: as many pounds a day.

    So that the two differ, a day of rehabilitation costs 250 here.
    """
    service = towns_in_round_numbers(groups=REHABILITATION, cost={**COST, "bed_day": {"rehabilitation": 250}})
    option = Localise("rehabilitation", "acute", share)(service)
    found = money_of(service, option, finance_of(service, payment=payment))
    for year in range(4):
        before, after = (found.side[name].books[year].line("care").sum() for name in ("baseline", "option"))
        assert before == pytest.approx(100 * (900 * 1000 + 225 * 30 * 250), abs=2)
        assert after == pytest.approx(before, abs=2)


def test_what_is_given_elsewhere_is_paid_to_whom_gives_it():
    service = towns_in_round_numbers(groups=REHABILITATION, cost={**COST, "bed_day": {"rehabilitation": 250}})
    option = Localise("ward", "rehabilitation", 0.5)(service)
    found = money_of(service, option, finance_of(service, payment="activity"))
    before, after = (found.side[name].books[0].line("care").sum() for name in ("baseline", "option"))
    # A stay that is paid by the admission is so in a ward that is paid by the day, too.
    assert after == pytest.approx(before, abs=2)


def test_own_prices_by_lot_are_the_same_in_every_run_and_leave_the_sum_paid_as_it_was():
    service = stroke()
    even, odd, again = care(service), care(service, price_spread=0.2), care(service, price_spread=0.2)
    assert odd.tolist() == again.tolist()
    assert odd.tolist() != even.tolist()
    assert odd.sum() == pytest.approx(even.sum(), rel=1e-9)


def test_harmonising_to_the_mean_makes_no_money_and_to_the_cheapest_quarter_takes_some():
    service = stroke()
    spread = {"price_spread": 0.3, "harmonise_at": 0}
    before = care(service, price_spread=0.3).sum()
    assert care(service, harmonise="mean", **spread).sum() == pytest.approx(before, rel=1e-9)
    assert care(service, harmonise="efficient_quarter", **spread).sum() < before


@given(WORTH)
def test_the_mean_lies_between_the_cheapest_and_the_dearest_and_the_cheapest_quarter_below_it(pairs):
    ratio = {f"T{n}": pair[0] for n, pair in enumerate(pairs)}
    worth = {f"T{n}": pair[1] for n, pair in enumerate(pairs)}
    if sum(worth.values()) > 1:
        mean, cheap = (harmonised(ratio, worth, how)["T0"] for how in ("mean", "efficient_quarter"))
        of = [ratio[name] for name in ratio if worth[name] > 0]
        assert min(of) - 1e-9 <= cheap <= mean + 1e-9 <= max(of) + 2e-9


def test_nothing_to_harmonise_leaves_ratios_as_they_are():
    assert harmonised({"A": 1.3}, {"A": 5.0}, "none") == {"A": 1.3}
    assert harmonised({"A": 1.3}, {"A": 0.0}, "mean") == {"A": 1.0}
