"""Every scenario that ships, on the two towns, under every way of paying: what is paid is what is received, and parts sum to totals."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
import yaml
from omegaconf import OmegaConf

from sim.compose import scenario_of
from sim.configs import choices, folder
from sim.measures.money.bill import LINES
from sim.measures.money.bridge import STEPS, bridge, steps_in_gbp
from sim.measures.money.course import course
from sim.service.extend import same_units
from sim.study.load import load_finance, load_service
from sim.study.money import money_of
from tests.measures.money.test_ledger import check

NEEDED = {
    "add_beds": {"beds": {"Dover": 4}},
    "cap_volume": {"units": ["Dover"], "most": 200},
    "change_stay": {"stage": "rehabilitation", "factor": 0.8},
    "close": {"units": ["Dover"], "at": "2027-01-01"},
    "consolidate": {"units": ["Dover"], "into": "Ashford", "at": "2028-06-01"},
    "fewer_centres": {"hubs": 1},
    "merge_trusts": {"trusts": ["ASH", "DOV"], "into": "ASH", "at": "2027-10-01"},
    "move_beds": {"beds": {"Dover": 4}, "into": "Ashford"},
    "open": {"unit": "New", "site": "Dover", "kinds": ["comprehensive"], "beds": 9, "at": "2027-04-01"},
    "open_hours": {"units": ["Dover"], "hours": "Mon-Sun 08:00-20:00"},
    "remove_beds": {"beds": {"Dover": 4}},
    "set_minimum": {"minimum": 800},
    "keep_with_investment": {"beds_added": 2, "cost_gbp": 123_456.78, "capital_gbp": 1e6},
}
"""What those that decide nothing by themselves are told."""

COMMISSIONING = sorted(choices("commissioning"))
PAYMENT = ("block", "aligned", "activity")
HARMONISE = ("none", "national", "mean", "efficient_quarter")
BUDGETS = ("history", "need", "converging")
RISK = (
    {"rule": "none"},
    {"rule": "proportional", "share": 0.5, "among": "region"},
    {"rule": "capped", "limit": 0.01, "end": "2029-04-01", "taper_years": 2},
    {"rule": "band", "limit": 0.005, "start": "2027-04-01"},
)


@lru_cache
def baseline(name: str):
    """The two towns, with the columns that some rules of closure ask for."""
    service = load_service(name, region="two_towns")
    count = len(service.units)
    own = {"quality": np.linspace(0.9, 0.3, count), "net_income_gbp": np.linspace(1e6, -1e6, count)}
    return service.with_units(attribute={**service.units.attribute, **own})


def asked(name: str):
    """The service that a scenario is for, and the scenario as the command line would build it."""
    text = (folder() / "scenario" / f"{name}.yaml").read_text("utf-8")
    service = next((each for each in choices("service") if f"service={each}" in text), "stroke")
    lines = yaml.safe_load(text) | NEEDED.get(name, {})
    of_service = yaml.safe_load((folder() / "service" / f"{service}.yaml").read_text("utf-8"))
    resolved = OmegaConf.to_container(OmegaConf.create({"service": of_service, "scenario": lines}), resolve=True)
    return baseline(service), scenario_of(resolved["scenario"])


def finance(service, luck: np.random.Generator, who: str):
    def pick(choices):
        return choices[int(luck.integers(len(choices)))]

    return load_finance(
        service,
        commissioning=who,
        horizon_years=3,
        payment=pick(PAYMENT),
        rebase=pick(([], [365.25], ["2027-10-01"])),
        harmonise=pick(HARMONISE),
        price_spread=pick((0, "own_price_spread")),
        budgets={"by": pick(BUDGETS), "basis": pick(("resident", "host")), "pooling": pick(("none", "region"))},
        risk_share=pick(RISK),
        parameters={
            "stranded_support": float(luck.uniform(0, 1)),
            "cost_growth": float(luck.uniform(-0.01, 0.03)),
            "device_rebate": float(luck.uniform(0, 0.3)),
            "device_shock": float(luck.uniform(-0.2, 0.5)),
            "share_of_beds_built": float(luck.uniform(0, 1)),
            "bed_step": float(pick((1, 4))),
        },
    )


def check_bridge(found) -> None:
    """The steps, each worked out by itself, lead from the baseline of the first year to the option of the last, to the penny."""
    before, after = (found.side[name] for name in ("baseline", "option"))
    moments = (*(span.start for span in before.spans), before.spans[-1].end)
    same = replace(before.service, demand=after.service.demand)
    middle = same, course(same, found.homes, moments, found.finance.origin)
    ends = [(side.service, side.spans, side.bill) for side in (before, after)]
    year = found.years - 1
    given = year, found.finance, found.at, ends[0], middle, ends[1]
    steps, apart = bridge(*given), steps_in_gbp(*given)
    change = after.bill.total[year] - before.bill.total[0]
    assert 100 * sum(apart.values()) == pytest.approx(change, abs=2 * len(LINES))
    assert list(steps) == list(STEPS)
    assert sum(steps.values()) == change


@pytest.mark.parametrize("name", sorted(choices("scenario")))
def test_what_is_paid_is_what_is_received_and_parts_sum_to_totals_in_every_scenario(name):
    service, scenario = asked(name)
    option = scenario(service)
    before = same_units(service, option)
    luck = np.random.default_rng(len(name) * 1000 + sum(map(ord, name)))
    # Three ways of commissioning each: over all scenarios every way comes many times.
    for who in luck.choice(COMMISSIONING, 3, replace=False):
        found = money_of(before, option, finance(service, luck, who))
        check_bridge(found)
        for side in found.side.values():
            for year, books in enumerate(side.books):
                check(books)
                assert side.deviation[year].after.sum() == side.deviation[year].own.sum()
                assert side.deviation[year].pooled.sum() == side.deviation[year].shared.sum() == 0
            assert sum(side.bill.line.values()).tolist() == side.bill.total.tolist()
            assert (
                side.bill.month.reshape(found.years, 12, -1).sum(axis=1).tolist()
                == side.bill.pence.sum(axis=2).tolist()
            )
            # Every ambulance is paid for what it costs, and every device at its net price.
            for year, books in enumerate(side.books):
                cost = {line: int(side.bill.line[line][year]) for line in ("conveyance", "transfers", "pass_through")}
                assert books.line("ambulance").sum() == pytest.approx(cost["conveyance"] + cost["transfers"], abs=2)
                assert books.line("device", "drug").sum() == pytest.approx(cost["pass_through"], abs=2)
