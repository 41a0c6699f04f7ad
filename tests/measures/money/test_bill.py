"""Bill: the parts sum to the cost collection, the lines to the bill, the months to the years, and each line is what it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import scenarios
from sim.measures.load import expected_load
from sim.measures.money.bill import LINES
from sim.service.extend import same_units
from sim.service.service import Change, NewProvider
from sim.study.money import money_of
from tests.money import anything, dover_closes, finance_of, towns_in_round_numbers
from tests.two_towns import stroke

QUARTER = 365.25 / 4


def gbp(side, line: str) -> list[float]:
    return (side.bill.line[line] / 100).tolist()


def options(seed: int):
    baseline, option, finance = anything(seed)
    return money_of(baseline, option, finance)


@pytest.mark.parametrize("seed", range(12))
def test_the_cost_of_a_service_is_the_sum_of_its_parts_to_the_penny(seed):
    for side in options(seed).side.values():
        bill = side.bill
        assert bill.pence.dtype == np.int64
        assert sum(bill.line.values()).tolist() == bill.total.tolist()
        assert bill.month.reshape(3, 12, -1).sum(axis=1).tolist() == bill.pence.sum(axis=2).tolist()


@pytest.mark.parametrize("service", [towns_in_round_numbers(), stroke()], ids=["round numbers", "stroke"])
def test_the_parts_of_unit_cost_are_the_cost_collection_total_at_baseline_exactly(service):
    found = money_of(service, service, finance_of(service)).side["baseline"].bill
    load, costs = expected_load(service), service.costs
    rehabilitation = service.gives("rehabilitation") & ~service.gives("acute")
    total = load.index.sum() * costs.admission + load.bed_days[rehabilitation].sum() * costs.bed_day["rehabilitation"]
    parts = sum(found.line[name] for name in ("fixed", "semi_fixed", "variable"))
    assert parts.tolist() == [round(100 * total)] * 4


def test_the_cost_of_procedures_and_of_their_devices_is_the_cost_collection_total():
    service = stroke()
    finance = finance_of(
        service,
        pass_through={
            "device": {
                "line": "device",
                "counts": "thrombectomy",
                "list_price": "thrombectomy_device",
                "is_in_cost": True,
            }
        },
    )
    found = money_of(service, service, finance).side["baseline"].bill
    done = expected_load(service).counted["thrombectomy"].sum()
    assert found.line["pass_through"][0] == round(100 * done * 4639)
    assert found.line["procedures"][0] + found.line["pass_through"][0] == pytest.approx(100 * done * 11162, abs=1)


def test_closing_a_unit_saves_its_fixed_cost_and_strands_a_falling_share_of_what_closed():
    option = dover_closes().side["option"]
    assert gbp(option, "fixed") == [112_500.0] * 4
    assert gbp(option, "semi_fixed") == [450_000.0] * 4
    assert gbp(option, "variable") == [225_000.0] * 4
    # Dover's 112,500 and 15 beds at 10,000, of which 60, 40 and 25 % are not yet released.
    assert gbp(option, "stranded") == [157_500.0, 105_000.0, 65_625.0, 0.0]


@pytest.mark.parametrize(("beds", "left"), [(15, 0.0), (5, 100_000.0)])
def test_a_unit_that_opens_again_takes_back_what_it_has_left_stranded(beds, left):
    service = towns_in_round_numbers()
    again = Change(365.25, "Dover", "open", 1), Change(365.25, "Dover", "beds", beds)
    option = scenarios.Close(("Dover",), beds="lost")(service).with_changes(*again)
    found = money_of(service, option, finance_of(service)).side["option"]
    assert gbp(found, "fixed") == [112_500.0, 225_000.0, 225_000.0, 225_000.0]
    # 112,500 and 15 beds at 10,000 are lost; 112,500 and the beds that come back are at work again.
    assert gbp(found, "stranded") == [157_500.0, 0.4 * left, 0.25 * left, 0.0]
    assert gbp(found, "capital") == gbp(found, "double_running") == [0.0] * 4


def test_added_beds_cost_capital_once_and_double_running_before_they_take_patients():
    option = dover_closes().side["option"]
    assert gbp(option, "capital") == [1_500_000.0, 0, 0, 0]
    assert gbp(option, "optimism_bias") == [300_000.0, 0, 0, 0]
    assert gbp(option, "value_added_tax") == [360_000.0, 0, 0, 0]
    assert gbp(option, "double_running") == [37_500.0, 0, 0, 0]


@pytest.mark.parametrize("day", [0.0, 45.0])
def test_double_running_before_the_first_day_costed_is_charged_on_it_and_none_after_the_opening(day):
    service = towns_in_round_numbers()
    option = scenarios.Close(("Dover",), at=day)(service)
    month = money_of(service, option, finance_of(service)).side["option"].bill.month[:, list(LINES).index("double_running")]
    assert month.sum() == 37_500_00
    assert month[int(day // (365.25 / 12)) + 1 :].sum() == 0


def test_double_running_ends_on_the_day_the_beds_take_patients():
    service = towns_in_round_numbers()
    changes = (
        Change(400.0, "Dover", "open", 0),
        Change(400.0, "Dover", "beds", 0),
        Change(400.0, "Ashford", "beds", 45),
    )
    found = money_of(service, service.with_changes(*changes), finance_of(service)).side["option"].bill
    month = found.month[:, list(LINES).index("double_running")]
    # From day 308.7 to day 400: the end of the eleventh month, the twelfth, the thirteenth and 4.3 days of the fourteenth.
    assert np.flatnonzero(month).tolist() == [10, 11, 12, 13]
    assert month.sum() == 37_500_00
    stranded = found.line["stranded"]
    assert stranded[0] == 0
    assert stranded[1] == pytest.approx(157_500_00 * (2 * 365.25 - 400) / 365.25, abs=1)


def test_ambulance_hours_are_there_and_back_and_minutes_beyond_the_usual_are_priced_by_the_hour():
    found = dover_closes()
    # 600 x 10 + 300 x 15 minutes; then 600 x 10 + 300 x 50.
    assert found.side["baseline"].bill.conveyance_hours.tolist() == pytest.approx([350.0] * 4)
    assert found.side["option"].bill.conveyance_hours.tolist() == pytest.approx([700.0] * 4)
    assert gbp(found.side["baseline"], "conveyance") == [90_000.0] * 4
    assert gbp(found.side["option"], "conveyance") == [125_000.0] * 4


def test_beds_that_change_units_within_a_site_are_neither_built_nor_stranded():
    service = towns_in_round_numbers()
    moved = service.with_changes(Change(0.0, "Dover-REHAB", "beds", 3), Change(0.0, "Dover", "beds", 20))
    option = money_of(service, moved, finance_of(service)).side["option"]
    assert gbp(option, "capital") == [0.0] * 4


def test_a_kept_promise_costs_what_it_says_and_its_beds_are_not_charged_again():
    least = {"kind": "hyperacute", "counts": "index", "minimum": 600, "source": "made up"}
    service = towns_in_round_numbers(standards={"least": least})
    promise = scenarios.KeepWithInvestment(
        unit="Dover", growth=300, beds_added=4, cost_gbp=4e5, capital_gbp=2e6, from_units={}
    )
    option = promise(service)
    found = money_of(same_units(service, option), option, finance_of(service)).side["option"]
    assert gbp(found, "promises") == [400_000.0] * 4
    assert gbp(found, "capital")[0] == 2_000_000.0
    assert gbp(found, "semi_fixed") == [450_000.0] * 4


def test_what_is_stranded_is_borne_by_the_trust_that_lost_it():
    service = towns_in_round_numbers()
    option = replace(scenarios.Close(("Dover",), at=400)(service), new_providers=(NewProvider(400.0, "Dover", "NEW"),))
    found = money_of(service, option, finance_of(service)).side["option"].bill
    assert found.of_provider("DOV", "stranded").sum() > 0
    assert found.of_provider("NEW", "stranded").sum() == 0


def test_staff_come_in_whole_steps_of_beds():
    service = towns_in_round_numbers()
    option = service.with_changes(Change(0.0, "Dover", "beds", 14))
    by_one = money_of(service, option, finance_of(service)).side["option"].bill
    by_five = money_of(service, option, finance_of(service, parameters={"bed_step": 5})).side["option"].bill
    assert (by_one.line["semi_fixed"] < by_five.line["semi_fixed"]).all()
    assert by_five.line["semi_fixed"].tolist() == [450_000_00] * 4


def test_devices_grow_and_jump_as_the_settings_say():
    service = stroke()
    line = {
        "line": "device",
        "counts": "thrombectomy",
        "list_price": 1000,
        "rebate": 0.25,
        "growth": 0.1,
        "shock": 0.5,
        "shock_at": 730.5,
    }
    found = money_of(service, service, finance_of(service, pass_through={"device": line})).side["baseline"].bill
    done = expected_load(service).counted["thrombectomy"].sum()
    wanted = [done * 750, done * 750 * 1.1, done * 750 * 1.1**2 * 1.5, done * 750 * 1.1**3 * 1.5]
    np.testing.assert_allclose(found.line["pass_through"] / 100, wanted, atol=0.01)


def test_prices_of_another_year_are_those_of_the_deflators():
    service = towns_in_round_numbers()
    later = money_of(service, service, finance_of(service, price_year="2026/27")).side["baseline"].bill
    now = money_of(service, service, finance_of(service)).side["baseline"].bill
    assert later.line["fixed"][0] / now.line["fixed"][0] == pytest.approx(105.3095 / 100.0)
