"""Bridge: the steps from the baseline of the first year to the option of a later one sum exactly, and each says its own cause."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.measures.money.bridge import STEPS, bridge
from sim.measures.money.course import course
from sim.study.money import money_of
from tests.money import anything, dover_closes, finance_of, towns_in_round_numbers


def steps(found, year: int) -> dict[str, int]:
    before, after = found.side["baseline"], found.side["option"]
    same = replace(before.service, demand=after.service.demand)
    moments = (*(span.start for span in before.spans), before.spans[-1].end)
    ends = [(side.service, side.spans, side.bill) for side in (before, after)]
    return bridge(year, found.finance, found.at, ends[0], (same, course(same, found.homes, moments)), ends[1])


@pytest.mark.parametrize("seed", range(10))
def test_the_steps_sum_exactly(seed):
    found = money_of(*anything(seed))
    for year in range(found.years):
        made = steps(found, year)
        assert list(made) == list(STEPS)
        start, end = (int(found.side[name].bill.total[of]) for name, of in (("baseline", 0), ("option", year)))
        assert start + sum(made.values()) == end


def test_each_cause_has_its_own_step():
    made = steps(dover_closes(), 0)
    gbp = {step: pence / 100 for step, pence in made.items()}
    # 112,500 of fixed cost saved, 35,000 of ambulances added.
    assert gbp["shift"] == -77_500
    assert gbp["stranded"] == 157_500
    assert gbp["double_running"] == 37_500
    assert gbp["capital"] == 2_160_000
    assert gbp["price"] == gbp["demand"] == gbp["drugs"] == 0


def test_growth_of_prices_and_of_demand_are_told_apart():
    service = towns_in_round_numbers()
    dearer = money_of(service, service, finance_of(service, parameters={"cost_growth": 0.1}))
    assert steps(dearer, 1)["price"] == 99_000_00
    assert sum(steps(dearer, 1).values()) == 99_000_00
    grown = replace(service, demand=replace(service.demand, growth=0.1))
    more = steps(money_of(service, grown, finance_of(service)), 1)
    assert more["demand"] > 0
    assert sum(more.values()) == pytest.approx(more["demand"], abs=2)


def test_dearer_devices_are_a_step_of_their_own():
    baseline, _, finance = anything(1)
    line = replace(finance.pass_through[0], growth=0.5)
    found = money_of(
        baseline, baseline, replace(finance, pass_through=(line,), number={**finance.number, "cost_growth": 0.0})
    )
    assert steps(found, 1)["drugs"] == sum(steps(found, 1).values()) > 0
