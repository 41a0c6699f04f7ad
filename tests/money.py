"""Two towns in round numbers, for every test about money worked by hand; and services, options and finances made up by chance.

Every trust's market forces factor is 1. Ashford has 600 admissions a year and 30 beds, Dover 300 and 15; a stay lasts ten days.
An admission costs GBP 1,000: of the 900,000 a year a quarter is fixed, a half goes with the 45 beds and a quarter with the
9,000 bed-days. So a unit costs 112,500 for being open, a bed 10,000 and a bed-day 25. Everybody comes by ambulance, GBP 100
a journey and 100 an hour.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios import Close, Localise
from sim.service.finance import Finance
from sim.service.service import Change, NewProvider, Service
from sim.study.load import load_finance
from sim.study.money import Money, money_of
from tests.two_towns import built

ROUND = {
    "ambulance_share": 1,
    "ambulance_job": 1,
    "capital_per_bed": 100_000,
    "share_of_beds_built": 1,
    "optimism_bias": 0.2,
    "value_added_tax": 0.2,
}
"""Round numbers in place of those of the table."""

COST = {
    "admission": 1000,
    "transfer": 100,
    "bed_day": {"rehabilitation": 100},
    "share_fixed": 0.25,
    "share_semi_fixed": 0.5,
}


def towns_in_round_numbers(**given) -> Service:
    """The service described above, with some lines of its config replaced."""
    service = built(**{"cost": COST, **given})
    factor = {**service.units.attribute, "market_forces_factor": np.ones(4)}
    return service.with_units(beds=[30.0, 16.0, 15.0, 8.0], attribute=factor)


def finance_of(service: Service, commissioning="icb", **given) -> Finance:
    """The shipped finance with round numbers, over four years; nothing is passed through."""
    parameters = {**ROUND, **given.pop("parameters", {})}
    return load_finance(
        service,
        commissioning=commissioning,
        **{"horizon_years": 4, "pass_through": {}, "parameters": parameters, **given},
    )


def dover_closes(service: Service | None = None, **given) -> Money:
    """Dover closes on the first day and its beds go to Ashford."""
    service = service or towns_in_round_numbers()
    return money_of(service, Close(("Dover",))(service), finance_of(service, **given))


MADE_UP = {
    "one": {
        "per_admission": 0.7,
        "stages": {
            "first": {"kind": "hyperacute", "beds": "unlimited", "stay": 0.1, "next": {"hub": 1.0}},
            "hub": {"kind": "comprehensive", "stay": 2, "counts": "done", "next": {"ward": 0.8, "home": "rest"}},
            "ward": {"kind": "acute", "ranked_from": "home", "same_bed": False, "stay": 9, "transfer": 0.5},
        },
    },
    "two": {
        "per_admission": 0.9,
        "is_index": False,
        "stages": {
            "ward": {"kind": "acute", "stay": 7, "next": {"rehabilitation": 0.3, "home": "rest"}},
            "rehabilitation": {"kind": "rehabilitation", "stay": 20},
        },
    },
}
"""Two pathways with several units, kinds and payers in them."""


def anything(seed: int) -> tuple[Service, Service, Finance]:
    """A baseline, an option and a finance made up by chance: every rule about money in every mixture."""
    luck = np.random.default_rng(seed)

    def pick(*choices):
        return choices[int(luck.integers(len(choices)))]

    cost = {**COST, "admission": float(luck.uniform(1, 9999)), "counted": {"done": 5000.5}}
    service = built(groups=MADE_UP, cost=cost)
    factor = {**service.units.attribute, "market_forces_factor": luck.uniform(0.9, 1.2, 4).round(6)}
    service = service.with_units(attribute=factor)
    day = float(luck.integers(0, 900))
    option = pick(
        service,
        Close(("Dover",))(service),
        service.with_changes(
            Change(day, "Dover", "open", 0), Change(day, "Dover", "beds", 0), Change(day, "Ashford", "beds", 60)
        ),
        service.with_changes(Change(day, "Dover-REHAB", "open", 0), Change(day, "Dover", "beds", 3)),
    )
    if luck.random() < 0.4:
        option = Localise("rehabilitation", "acute", 0.3)(option)
    if luck.random() < 0.3:
        option = replace(option, new_providers=(NewProvider(day, "Dover", "NEW"),))
    levels = ("icb", "pan_icb", "region", "national", "lead_provider")
    share = float(luck.uniform(0, 1))
    payers = [
        {"icb": 1.0},
        {
            "group": pick("all", "one"),
            "line": pick("all", "care", "device"),
            pick(*levels[1:]): share,
            "icb": 1 - share,
        },
        {"at": float(luck.integers(0, 900)), "stage": "hub", pick(*levels): 1.0},
    ]
    device = {
        "line": pick("device", "drug"),
        "counts": "done",
        "list_price": 1234.567,
        "rebate": 0.1,
        "growth": 0.03,
        "is_in_cost": True,
    }
    finance = load_finance(
        service,
        commissioning={
            "name": "made up",
            "bodies": {"icb": pick("icb", "region"), "region": "region"},
            "payers": payers,
        },
        horizon_years=3,
        payment=pick("block", "aligned", "activity"),
        payment_changes=[{"at": float(luck.integers(0, 900)), "stage": "hub", "payment": pick("block", "activity")}],
        rebase=pick([], [365.25], [0, 500]),
        harmonise=pick("none", "national", "mean", "efficient_quarter"),
        harmonise_at=float(luck.integers(0, 900)),
        price_spread=float(pick(0, 0.2)),
        pass_through={"thing": device},
        budgets={
            "by": pick("history", "need", "converging"),
            "basis": pick("resident", "host"),
            "pooling": pick("none", "region"),
        },
        risk_share={
            "rule": pick("none", "proportional", "capped", "band"),
            "share": 0.5,
            "limit": 0.01,
            "end": 1000,
            "taper_years": 2,
        },
        parameters={
            "stranded_support": float(luck.uniform(0, 1)),
            "cost_growth": float(luck.uniform(-0.02, 0.05)),
            "budget_growth": float(pick(0, 0.02)),
            "bed_step": float(pick(1, 4)),
        },
    )
    return service, option, finance
