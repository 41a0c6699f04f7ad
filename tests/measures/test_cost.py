"""Cost: the parts sum to the cost-collection total at baseline, and an option keeps the rates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import KeepWithInvestment, Localise
from sim.measures.cost import Work, annual_cost, built, cost_rates, unit_cost
from sim.measures.load import expected_load
from sim.measures.staff import Mix
from sim.service.service import Change
from tests.two_towns import built as service_of
from tests.two_towns import stroke

PLAIN = {"admission": 1000, "transfer": 50, "share_fixed": 0.25, "share_semi_fixed": 0.5}
WARD = {"ward": {"kind": "acute", "stay": 10, "next": {"rehabilitation": 0.25, "home": "rest"}}}
GROUPS = {"all": {"per_admission": 1, "stages": {**WARD, "rehabilitation": {"kind": "rehabilitation", "stay": 30}}}}


def plain(standards_of=None, **cost):
    standards = {"standards": {"least": standards_of}} if standards_of else {}
    return service_of(groups=GROUPS, cost={**PLAIN, **cost}, **standards)


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


def test_every_kind_priced_by_the_day_has_its_own_price():
    """900 patients of ten days, a quarter of them 30 days in rehabilitation at 100 a day and a tenth 5 days in critical care at 2,000."""
    ward = {"kind": "acute", "stay": 10, "next": {"rehabilitation": 0.25, "critical": 0.1, "home": "rest"}}
    stages = {"ward": ward, "rehabilitation": {"kind": "rehabilitation", "stay": 30}, "critical": {"kind": "comprehensive", "stay": 5}}
    groups = {"all": {"per_admission": 1, "stages": stages}}
    service = service_of(groups=groups, cost={**PLAIN, "bed_day": {"rehabilitation": 100, "comprehensive": 2000}})
    gives = {**service.units.gives, "acute": np.array([True, False, False, False]), "hyperacute": np.array([True, False, False, False])}
    gives["comprehensive"] = np.array([False, False, True, False])
    service = service.with_units(gives=gives)
    found = costs(service)
    assert found.total == pytest.approx(900_000 + 225 * 30 * 100 + 90 * 5 * 2000 + 90 * 50)
    rates = cost_rates(service, expected_load(service))
    assert rates.pool.tolist() == [0, 1, 2, 1]
    assert rates.total.tolist() == pytest.approx([900_000, 675_000, 900_000])


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


STAFF = {
    "share_moving": 0.5,
    "groups": {
        "nurses": {"per_bed": {"acute": 2}, "minimum": {"acute": 10}, "pay": 50_000},
        "consultants": {"per_bed": {"acute": 0.1}, "minimum": {"acute": 4}, "pay": 200_000},
    },
}
PAID = {"admission": 4_000, "transfer": 50, "equipment": {"acute": 60_000}, "per_bed_day": 100, "per_admission": 200}
ONE_WARD = {"all": {"per_admission": 1, "stages": {"ward": {"kind": "acute", "stay": 10}}}}


def paid(beds=(30.0, 0.0, 4.0, 0.0), **cost):
    return built_service(beds, cost={**PAID, **cost}, staff=STAFF)


def built_service(beds, **given):
    return service_of(groups=ONE_WARD, **given).with_units(beds=list(beds))


def test_a_unit_is_built_from_its_rota_equipment_staffed_beds_and_what_is_used_up():
    """Ashford has 30 beds and 600 admissions of ten days, Dover 4 beds and 300.

                              Ashford                                  Dover
    rota      10 x 50,000 + 4 x 200,000 = 1,300,000       the same: 1,300,000
    equipment                                60,000                    60,000
    beds      60 nurses, 10 of them in the rota:          8 nurses, fewer than the rota: 0
              50 x 50,000 = 2,500,000                     0.4 consultants: 0
              3 consultants, fewer than the rota: 0
    used      6,000 days x 100 + 600 x 200 = 720,000      3,000 x 100 + 300 x 200 = 360,000
    together                              4,580,000                 1,720,000     = 6,300,000
    The cost collection says 900 x 4,000 = 3,600,000: every part is multiplied by 3,600,000 / 6,300,000 = 4/7.
    """
    service = paid()
    load = expected_load(service)
    mix = Mix(load.by_kind, service.units.gives)
    made = built(service, service.is_open(), service.beds(0.0), Work.of(load), mix)
    ashford, dover = (service.unit_index(name) for name in ("Ashford", "Dover"))
    assert [made.rota[u] for u in (ashford, dover)] == [1_300_000, 1_300_000]
    assert [made.equipment[u] for u in (ashford, dover)] == [60_000, 60_000]
    assert [made.beds[u] for u in (ashford, dover)] == pytest.approx([2_500_000, 0])
    assert [made.used_in_beds[u] + made.used_on_admission[u] for u in (ashford, dover)] == pytest.approx(
        [720_000, 360_000]
    )
    rates = cost_rates(service, load)
    assert rates.scale[:, 0] == pytest.approx([4 / 7] * 3)
    found = costs(service)
    assert (found.fixed, found.semi_fixed) == pytest.approx((2_720_000 * 4 / 7, 2_500_000 * 4 / 7))
    assert found.total == pytest.approx(3_600_000)


TWO_KINDS = {
    "share_moving": 0.5,
    "groups": {
        "nurses": {
            "per_bed": {"acute": 2, "rehabilitation": 1},
            "minimum": {"acute": 10, "rehabilitation": 6},
            "pay": 50_000,
        }
    },
}


def two_pools(admission=4_000.0, day=700.0, beds=(30.0, 20.0, 15.0, 10.0), **cost):
    """A ward and rehabilitation, each with a price and a pool of its own, built from staff and pay."""
    cost = {**PAID, "admission": admission, "bed_day": {"rehabilitation": day}, **cost}
    return service_of(groups=GROUPS, cost=cost, staff=TWO_KINDS).with_units(beds=list(beds))


def by_pool(service, rates):
    """(pools,) what units cost at baseline, and the least part of any."""
    load = expected_load(service)
    parts = unit_cost(rates, service, service.is_open(), service.beds(0.0), Work.of(load))
    assert min(part.min() for part in parts) >= 0
    return np.bincount(rates.pool, sum(parts[:3]), len(rates.total))


@settings(max_examples=40, deadline=None)
@given(
    st.floats(1, 99_999),
    st.floats(1, 9_999),
    st.lists(st.integers(0, 60), min_size=4, max_size=4),
    st.lists(st.floats(0.9, 1.3), min_size=4, max_size=4),
)
def test_every_pool_sums_to_its_own_total_whatever_its_price_and_no_part_is_negative(admission, day, beds, factor):
    service = two_pools(admission, day, [float(each) for each in beds])
    rates = cost_rates(service, expected_load(service), np.array(factor))
    assert by_pool(service, rates) == pytest.approx(rates.total, rel=1e-12)


def test_what_is_used_up_has_the_scale_of_all_cost_together_and_the_rest_takes_what_is_left_of_its_pool():
    """Ashford has 600 admissions and 30 beds, Dover 300 and 15; a quarter goes on to 30 days in 20 and 10 beds of the same hospital.

                        wards                                       rehabilitation
    rota                2 x 10 x 50,000 = 1,000,000                 2 x 6 x 50,000 = 600,000
    equipment           2 x 60,000 = 120,000                        none
    beds                (60 - 10 + 30 - 10) x 50,000 = 3,500,000    (20 - 6 + 10 - 6) x 50,000 = 900,000
    used                9,000 x 100 + 900 x 200 = 1,080,000         6,750 x 100 = 675,000
    together            5,700,000                                   2,175,000                          = 7,875,000
    cost collection     900 x 4,000 = 3,600,000                     6,750 x 700 = 4,725,000            = 8,325,000
    """
    service = two_pools()
    rates, same = cost_rates(service, expected_load(service)), 8_325_000 / 7_875_000
    assert rates.scale[2] == pytest.approx([same, same])
    wards, rehabilitation = (3_600_000 - same * 1_080_000) / 4_620_000, (4_725_000 - same * 675_000) / 1_500_000
    assert rates.scale[0] == pytest.approx([wards, rehabilitation])
    assert rates.scale[1] == pytest.approx([wards, rehabilitation])


@pytest.mark.parametrize("day", [200.0, 700.0, 2000.0])
def test_the_same_day_of_care_uses_as_much_wherever_it_is_given(day):
    service = two_pools(day=day)
    before, after = costs(service), costs(service, Localise("rehabilitation", "acute", 0.5)(service))
    assert after.variable == pytest.approx(before.variable, rel=1e-12)


def test_what_is_used_up_never_comes_to_more_than_a_pool_costs():
    # 6,750 days of rehabilitation use 675,000 as built, and the collection says 67,500 for all of it: a tenth.
    service = two_pools(day=10.0)
    rates = cost_rates(service, expected_load(service))
    assert rates.scale[2] == pytest.approx([0.1, 0.1])
    assert rates.scale[:2, 1] == pytest.approx([0, 0])
    assert by_pool(service, rates) == pytest.approx([3_600_000, 67_500])


def test_a_pool_that_has_nothing_but_what_is_used_up_keeps_a_scale_of_its_own():
    lines = {"nurses": {"per_bed": {"acute": 2, "rehabilitation": 0}, "minimum": {"acute": 10}, "pay": 50_000}}
    cost = {**PAID, "admission": 4_000, "bed_day": {"rehabilitation": 700}}
    service = service_of(groups=GROUPS, cost=cost, staff={**TWO_KINDS, "groups": lines}).with_units(beds=[30.0, 20.0, 15.0, 10.0])
    rates = cost_rates(service, expected_load(service))
    assert rates.scale[2, 1] == pytest.approx(7)
    assert rates.scale[2, 0] == pytest.approx(3_600_000 / 5_700_000)
    assert by_pool(service, rates) == pytest.approx([3_600_000, 4_725_000])


def test_a_day_uses_its_stated_share_of_the_price_of_its_pool_where_parts_are_stated():
    # A quarter of 900,000 over 9,000 days, and a quarter of 250 a day.
    service = plain(bed_day={"rehabilitation": 250})
    rates = cost_rates(service, expected_load(service))
    assert rates.scale[2] == pytest.approx([25, 62.5])


def test_closing_a_small_unit_saves_its_rota_and_not_what_is_used_up():
    service = paid()
    moved = service.with_changes(
        Change(0, "Dover", "open", 0), Change(0, "Dover", "beds", 0), Change(0, "Ashford", "beds", 34)
    )
    before, after = costs(service), costs(service, moved)
    assert before.fixed - after.fixed == pytest.approx(1_360_000 * 4 / 7)
    # Four beds more ask for eight nurses; in Dover they were part of the rota.
    assert after.semi_fixed - before.semi_fixed == pytest.approx(8 * 50_000 * 4 / 7)
    assert after.variable == pytest.approx(before.variable)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=4, max_size=4), st.floats(1, 99_999), st.sampled_from([1, 4]))
def test_built_parts_sum_to_the_cost_collection_whatever_the_beds_and_the_price(beds, admission, step):
    service = paid(beds, admission=admission)
    load = expected_load(service)
    rates = cost_rates(service, load, bed_step=step)
    parts = unit_cost(rates, service, service.is_open(), service.beds(0.0), Work.of(load))
    assert sum(part.sum() for part in parts) == pytest.approx(rates.total.sum(), rel=1e-12)
    assert min(part.min() for part in parts) >= 0


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 60), st.integers(1, 59))
def test_the_same_beds_in_one_unit_never_cost_more_than_in_two(beds, of_them):
    of_them = min(of_them, beds - 1)
    service = paid((float(beds - of_them), 0.0, float(of_them), 0.0))
    one = service.with_changes(
        Change(0, "Dover", "open", 0), Change(0, "Dover", "beds", 0), Change(0, "Ashford", "beds", beds)
    )
    assert costs(service, one).total <= costs(service).total + 1e-6


def test_more_work_of_one_kind_in_the_same_beds_saves_no_staff_of_the_other():
    service = stroke()
    option = Localise("rehabilitation", "acute", 0.5)(service)
    before, after = costs(service), costs(service, option)
    assert (after.fixed, after.semi_fixed) == pytest.approx((before.fixed, before.semi_fixed))


def test_a_kept_promise_costs_what_it_says_and_its_beds_are_not_charged_again():
    least = {"kind": "hyperacute", "counts": "index", "minimum": 600, "source": "made up"}
    service = plain(standards_of=least)
    option = KeepWithInvestment(unit="Dover", growth=300, beds_added=4, cost_gbp=4e5, from_units={})(service)
    before, after = costs(service), costs(service, option)
    assert (after.semi_fixed, after.promises) == pytest.approx((before.semi_fixed, 400_000))


def test_a_service_names_the_numbers_that_each_part_of_its_cost_rests_on():
    named = stroke().costs.named
    assert {"pay_nurse", "nurses_minimum", "equipment_hyperacute"} <= set(named["fixed"])
    assert "nurses_per_acute_bed" in named["semi_fixed"]
    assert named["variable"] == ("used_per_bed_day", "used_per_admission")
    assert not {"pay_nurse", "used_per_bed_day"} - {each.name for each in stroke().parameters}
