"""Income: what a trust is left with, and what it would take to leave none too badly off."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.money.income import account, capital_charges, full_price, is_unstable, support_needed
from tests.money import dover_closes


def test_depreciation_returns_the_capital_over_its_life():
    spent = np.zeros(12, dtype=np.int64)
    spent[2] = 1_000_00
    assert capital_charges(spent, 5, 0.0).tolist() == [0, 0, *[200_00] * 5, *[0] * 5]


def test_the_charge_is_on_what_is_left():
    assert capital_charges(np.array([1_000_00, 0]), 10, 0.035).tolist() == [100_00 + 35_00, 100_00 + 31_50]


def test_a_part_of_a_year_of_life_is_written_off_as_such():
    assert capital_charges(np.array([300_00, 0, 0]), 1.5, 0.0).tolist() == [200_00, 100_00, 0]


def test_margin_is_income_less_all_that_a_trust_bears():
    found = dover_closes()
    side = found.side["option"]
    dover, ashford = (account(name, side.bill, side.books, found.finance) for name in ("DOV", "ASH"))
    assert (dover.margin / 100).tolist() == [240_000 - 157_500, -105_000, -65_625, 0]
    # Ashford: one unit, 45 beds, 9,000 bed-days; 2,160,000 written off over 40 years with 3.5 % on what is left.
    charges = [2_160_000 / 40 + 0.035 * 2_160_000 * (1 - year / 40) for year in range(4)]
    wanted = [660_000 - 787_500 - 37_500 - charges[0], *(900_000 - 787_500 - each for each in charges[1:])]
    np.testing.assert_allclose(ashford.margin / 100, wanted, atol=0.01)


def test_all_trusts_together_bear_the_bill_but_for_ambulances_and_cash_for_capital():
    found = dover_closes()
    side = found.side["option"]
    names = found.parties.body[found.parties.level == "provider"]
    borne = sum(side.bill.of_provider(str(name)) for name in names)
    assert borne.tolist() == (side.bill.total - side.bill.line["conveyance"] - side.bill.line["transfers"]).tolist()


def test_full_price_is_what_activity_payment_brings():
    found = dover_closes(payment="activity")
    side = found.side["option"]
    party = found.parties.index("provider", "ASH")
    assert full_price(side.till, side.spans)[:, party] == pytest.approx([900_000.0] * 4)


def test_a_trust_is_unstable_just_beyond_the_tolerance():
    change, base = np.array([-100, -101]), np.array([10_000, 10_000])
    assert is_unstable(change, base, 0.01).tolist() == [False, True]
    assert support_needed(change, base, 0.01).tolist() == [0, 1]
