"""Cost: the parts sum to the cost-collection total at baseline, and an option keeps the rates."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.cost import annual_cost, cost_rates
from sim.measures.load import expected_load
from sim.service.service import Change
from tests.two_towns import built, stroke

PLAIN = {"admission": 1000, "transfer": 50, "share_fixed": 0.25, "share_semi_fixed": 0.5}
WARD = {"ward": {"kind": "acute", "stay": 10, "next": {"rehabilitation": 0.25, "home": "rest"}}}
GROUPS = {"all": {"per_admission": 1, "stages": {**WARD, "rehabilitation": {"kind": "rehabilitation", "stay": 30}}}}


def plain(**cost):
    return built(groups=GROUPS, cost={**PLAIN, **cost})


def costs(service, option=None, at: float = 0.0):
    option = option or service
    return annual_cost(option, expected_load(option, at=at), cost_rates(service, expected_load(service)), at)


def test_the_parts_are_shares_of_the_total_at_baseline():
    # 900 admissions at 1,000: 900,000, of which a quarter is fixed, a half goes with beds and a quarter with bed-days.
    found = costs(plain())
    assert (found.fixed, found.semi_fixed, found.variable) == pytest.approx((225_000, 450_000, 225_000))
    assert (found.procedures, found.transfers) == (0, 0)
    assert found.total == pytest.approx(900_000)


def test_beds_priced_by_the_day_are_a_pool_of_their_own():
    # 225 patients spend 30 days in rehabilitation at 100 a day: 675,000 beside the 900,000.
    found = costs(plain(bed_day={"rehabilitation": 100}))
    assert found.total == pytest.approx(900_000 + 675_000)
    assert found.fixed == pytest.approx(0.25 * 1_575_000)


def test_the_shipped_costs_sum_to_the_cost_collection_at_baseline():
    service = stroke()
    load, prices = expected_load(service), service.costs
    rehabilitation = service.gives("rehabilitation") & ~service.gives("acute")
    total = load.index.sum() * prices.admission + load.bed_days[rehabilitation].sum() * prices.bed_day["rehabilitation"]
    found = costs(service)
    assert found.fixed + found.semi_fixed + found.variable == pytest.approx(total)
    assert found.procedures == pytest.approx(load.counted["thrombectomy"].sum() * prices.counted["thrombectomy"])
    assert found.transfers == pytest.approx(load.transfers * prices.transfer)


def test_closing_a_unit_saves_what_it_costs_to_be_open_and_moving_beds_saves_none_of_theirs():
    service = plain()
    shut = service.with_changes(Change(0, "Dover", "open", 0), Change(0, "Dover", "beds", 0))
    moved = shut.with_changes(Change(0, "Ashford", "beds", 34 + 18))
    before, lost, kept = costs(service), costs(service, shut), costs(service, moved)
    # All four units are one pool: 225,000 over four units, 450,000 over 76 beds; 225 go to rehabilitation in Ashford, as many days.
    assert before.fixed - kept.fixed == pytest.approx(225_000 / 4)
    assert kept.semi_fixed == pytest.approx(before.semi_fixed)
    assert before.semi_fixed - lost.semi_fixed == pytest.approx(450_000 * 18 / 76)
    assert kept.variable == pytest.approx(before.variable)
    assert kept.transfers == before.transfers == 0


def test_cost_is_that_of_the_units_open_at_its_time():
    service = plain()
    later = service.with_changes(Change(100, "Dover", "open", 0), Change(100, "Dover", "beds", 0))
    assert costs(service, later, at=99).total == pytest.approx(costs(service).total)
    assert costs(service, later, at=100).fixed < costs(service).fixed


def test_cost_is_never_negative_nor_counted_twice():
    for shares in ((0, 0), (1, 0), (0, 1), (0.5, 0.5)):
        found = costs(plain(share_fixed=shares[0], share_semi_fixed=shares[1]))
        assert found.total == pytest.approx(900_000)
        assert min(found.fixed, found.semi_fixed, found.variable) >= -1e-6
    assert np.isfinite(costs(stroke()).total)
