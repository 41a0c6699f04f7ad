"""Budgets and what commissioners share: nobody gains what another does not lose."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measures.money.risk_share import settlement, transfers
from sim.service.finance import RiskShare
from sim.study.money import money_of
from tests.money import anything, finance_of, towns_in_round_numbers

RULES = st.builds(
    RiskShare,
    rule=st.sampled_from(["proportional", "capped", "band"]),
    share=st.floats(0, 1),
    limit=st.floats(0, 0.5),
)
PARTIES = st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(1, 1e6), st.integers(-1, 2)), min_size=1, max_size=12)


@given(RULES, PARTIES, st.floats(0, 1))
def test_what_some_pay_others_get_within_every_group(rule, rows, strength):
    deviation, budget, group = (np.array(column) for column in zip(*rows))
    made = settlement(rule, deviation, budget, group, budget, strength)
    for name in np.unique(group):
        assert made[group == name].sum() == pytest.approx(0, abs=1e-6 * np.abs(deviation).sum() + 1e-9)
    assert not made[group == -1].any()


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=12))
def test_transfers_pay_each_net_sum_exactly(net):
    net = np.array([*net, -sum(net)])
    made = transfers(net, np.zeros(len(net), dtype=int))
    assert (made >= 0).all()
    assert (made.sum(axis=1) - made.sum(axis=0)).tolist() == net.tolist()


def shared(rule: RiskShare, deviation=(30.0, -10.0)) -> list[float]:
    """What two commissioners with budgets of 100 bear in the end."""
    deviation, budget = np.array(deviation), np.full(2, 100.0)
    return (deviation + settlement(rule, deviation, budget, np.zeros(2, dtype=int), budget)).tolist()


def test_each_rule_shares_what_it_says():
    assert shared(RiskShare("none")) == [30, -10]
    assert shared(RiskShare("proportional", share=1.0)) == [10, 10]
    assert shared(RiskShare("proportional", share=0.5)) == [20, 0]
    # 20 of the first one's 30 lie above a tenth of its budget: each bears half.
    assert shared(RiskShare("capped", limit=0.1)) == [20, 0]
    assert shared(RiskShare("band", limit=0.1), (30.0, -30.0)) == [10, -10]


def test_shares_may_be_given():
    rule = RiskShare("proportional")
    net = settlement(rule, np.array([30.0, -10.0]), np.full(2, 100.0), np.zeros(2, dtype=int), np.array([0.25, 0.75]))
    assert (np.array([30.0, -10.0]) + net).tolist() == [5, 15]


def test_a_rule_holds_from_its_start_to_its_end_and_fades_before_it():
    rule = RiskShare("proportional", start=365.25, end=4 * 365.25, taper_years=2)
    years = [rule.strength((year + 0.5) * 365.25) for year in range(6)]
    assert years == pytest.approx([0, 1, 0.75, 0.25, 0, 0])
    assert RiskShare("none").strength(0) == 0
    assert RiskShare("band", end=math.inf).strength(1e6) == 1


def two_icbs():
    """The towns in round numbers, each its own ICB; Dover has twice the need for its patients."""
    service = towns_in_round_numbers()
    body = {"icb": np.array(["A", "D"])}
    attribute = {"population": np.array([1000.0, 1000.0])}
    areas = replace(service.areas, body={**service.areas.body, **body}, attribute=attribute)
    sites = replace(service.sites, body={**service.sites.body, **body})
    return replace(service, region=replace(service.region, areas=areas, sites=sites))


def budgets(by: str, **parameters) -> list[list[float]]:
    service = two_icbs()
    found = money_of(service, service, finance_of(service, budgets={"by": by}, parameters=parameters))
    return [(found.budget.pence[:, found.parties.index("icb", name)] / 100).tolist() for name in ("A", "D")]


def test_budgets_follow_history_need_or_go_from_the_one_to_the_other():
    # History: 600 and 300 admissions at 1,000 and ambulances of 90,000 by their minutes; need: half the people each.
    a, d = budgets("history")
    assert a[0] + d[0] == 990_000
    assert a == [a[0]] * 4
    assert budgets("need") == [[495_000.0] * 4, [495_000.0] * 4]
    toward, _ = budgets("converging", budget_pace=0.5)
    assert toward == pytest.approx([a[0], (a[0] + 495_000) / 2, 495_000, 495_000])


def test_budgets_grow_as_set():
    a, d = budgets("history", budget_growth=0.1)
    assert a[1] + d[1] == pytest.approx(1.1 * 990_000)


def test_a_user_s_budgets_are_taken_as_they_are(tmp_path):
    path = tmp_path / "budgets.csv"
    path.write_text("level,body,budget_gbp\nicb,A,500000\nicb,D,400000.5\nnational,the nation,0\n")
    service = two_icbs()
    found = money_of(service, service, finance_of(service, budgets={"table": str(path)}))
    assert found.budget.pence[2, found.parties.index("icb", "D")] == 400_000_50


def test_pooling_gives_everyone_the_same_share_of_budget():
    service = two_icbs()
    finance = finance_of(service, budgets={"by": "need", "pooling": "region"})
    found = money_of(service, service, finance)
    over = found.side["baseline"].deviation[0]
    icbs = [found.parties.index("icb", name) for name in ("A", "D")]
    assert over.own[icbs].sum() == 0
    assert over.own[icbs].tolist() != [0, 0]
    assert over.after[icbs].tolist() == [0, 0]


@pytest.mark.parametrize("seed", range(12))
def test_pooling_and_sharing_move_money_and_make_none(seed):
    found = money_of(*anything(seed))
    for side in found.side.values():
        for each, books in zip(side.deviation, side.books):
            assert each.pooled.sum() == each.shared.sum() == 0
            moved = books.line("pooling", "risk share")
            assert (moved.sum(axis=1) - moved.sum(axis=0)).tolist() == (each.pooled + each.shared).tolist()
