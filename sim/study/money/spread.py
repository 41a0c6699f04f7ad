"""Spread: what is not known of the numbers behind a bill, carried to the headlines of money without billing anew.

The lines of a bill are sums of products: beds times capital, what closed times the share left stranded, what a unit is built from times
the scale that brings all units to the cost collection. So a bill with other numbers is the same sums, weighed anew. The laws are those of
`belief`, as an analysis of uncertainty has them; a number that the user sets is taken as it is set. Draws are the same for baseline and
option, and for every option of the same seed, so that differences are paired.

It rests on numbers of one service and region: activity, prices of what is passed through, growth and the rate of discount are as set.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...measures.cost import Built, built, scale_to_total
from ...measures.money.activity import first_stages, work_of
from ...measures.money.bill import LINES, NOT_IN_PRESENT_VALUE, ambulance_gbp
from ...measures.money.present_value import discount_factor
from ...measures.promise import promised_beds
from ..belief import Belief, Beliefs
from ..comparison import paired
from .case import SIDES, Money, reckon

if TYPE_CHECKING:
    from ..tables import Findings

DRAWS = 400
"""Sets of numbers drawn."""

BASIS = "interval of the numbers: capital, stranded cost, double running, ambulances, price and parts of unit cost"
"""On what such an interval rests."""

OF_FINANCE = {
    "capital_per_bed": ("capital_per_bed",),
    "share_of_beds_built": ("share_of_beds_built",),
    "optimism_bias": ("optimism_bias",),
    "double_running_months": ("double_running_months",),
    # Who releases slowly in one year does so in the next: all three lie at the same share of their laws.
    "stranded": ("stranded_share_year_1", "stranded_share_year_2", "stranded_share_year_3"),
    "ambulance_share": ("ambulance_share",),
    "ambulance_job": ("ambulance_job",),
}
"""By what is drawn together, numbers of finance that lines are made of."""

OF_COSTS = ("admission", "bed_day", "transfer", "equipment", "per_bed_day", "per_admission", "share_fixed", "share_semi_fixed")
"""Lines of a service's cost whose numbers are drawn; all numbers of a line together, as a multiple of what they are."""

Numbers = dict[str, np.ndarray]
"""By number of finance (N,) values, and by line of `OF_COSTS` (N,) multiples of it; what is not named is as set."""


def beliefs(money: Money) -> dict[str, tuple[Belief, ...]]:
    """By what is drawn together, what is believed of its numbers; those that are certain are left out."""
    service, finance = money.side["baseline"].service, money.finance
    named = service.costs.named
    groups = OF_FINANCE | {f"cost {line}": named.get(line, ()) for line in OF_COSTS}
    known = {each.name: each for each in service.parameters} | dict(finance.parameters)
    wanted = tuple(dict.fromkeys(n for names in groups.values() for n in names if n in known and known[n].basis != "user"))
    of = {each.name: each for each in Beliefs(wanted).of(service, finance)} if wanted else {}
    made = {key: tuple(of[name] for name in names if name in of) for key, names in groups.items()}
    return {key: each for key, each in made.items() if each}


def draw(money: Money, seed: int) -> Numbers:
    """(N,) of each number, by a Latin hypercube; the same whatever the option."""
    from scipy.stats import qmc

    known = beliefs(money)
    if not known:
        return {}
    share = qmc.LatinHypercube(len(known), rng=np.random.default_rng(seed)).random(DRAWS)
    made: Numbers = {}
    for place, (key, group) in enumerate(known.items()):
        if key in OF_FINANCE:
            made |= {each.name: each.quantile(share[:, place]) for each in group}
        else:
            line = key.removeprefix("cost ")
            made[line] = np.mean([each.quantile(share[:, place]) / each.value for each in group], axis=0)
    return made


class Spread(NamedTuple):
    """The bills of both sides with other numbers; (2, N, Y) GBP, the baseline first."""

    total: np.ndarray
    in_present_value: np.ndarray
    stranded: np.ndarray

    def saving(self, rate: float) -> np.ndarray:
        """(N,) GBP: the net present value."""
        factor = np.array([discount_factor(rate, year) for year in range(self.total.shape[2])])
        return (self.in_present_value[0] - self.in_present_value[1]) @ factor


@lru_cache(maxsize=4)
def spread(found: Findings, is_capital_free: bool = False) -> Spread | None:
    """The bills of a comparison over the draws, or if added beds needed no capital; None where every number is certain."""
    money = reckon(found)
    numbers = drawn(money, found.experiment.run.seed)
    if not numbers:
        return None
    return with_numbers(money, numbers | {"capital_per_bed": np.zeros(DRAWS)} if is_capital_free else numbers)


@lru_cache(maxsize=4)
def drawn(money: Money, seed: int) -> Numbers:
    """`draw`, once."""
    return draw(money, seed)


def drawn_cost(found: Findings, line: str, year: int) -> np.ndarray | None:
    """(2, N) GBP million of ``total`` or ``stranded`` in a plan year, from 0, the baseline first; None where every number is certain."""
    of = spread(found)
    return None if of is None else getattr(of, line)[:, :, year] / 1e6


def drawn_saving(found: Findings, is_capital_free: bool = False) -> np.ndarray | None:
    """The same of what is saved in present value: nothing in the baseline."""
    of = spread(found, is_capital_free)
    if of is None:
        return None
    saved = of.saving(reckon(found).finance.number["discount_rate"]) / 1e6
    return np.stack([np.zeros(len(saved)), saved])


def ends_of(drawn: np.ndarray | None) -> tuple[float, float] | tuple[None, None]:
    """The 95 % interval of option less baseline (2, N); None where there is none."""
    if drawn is None:
        return None, None
    low, high = np.percentile(paired(*drawn), (2.5, 97.5))
    return float(low), float(high)


def with_numbers(money: Money, numbers: Numbers) -> Spread:
    """The bills of both sides with other numbers: what a full bill with them comes to.

    Double running is taken to lie in the plan years in which it lies as set, and what is left stranded to follow what the units that close
    are built from; all else is exact but for pence.
    """
    count = max((len(each) for each in numbers.values()), default=1)
    given = {name: np.asarray(each, dtype=float) for name, each in numbers.items()}
    scale = _scales(money, given, count)
    made = [_lines(money, name, given, count, scale) for name in SIDES]
    total = np.stack([sum(of.values()) for of in made])
    taxed = np.stack([sum(of[line] for line in NOT_IN_PRESENT_VALUE) for of in made])
    return Spread(total, total - taxed, np.stack([of["stranded"] for of in made]))


def _parts(of: np.ndarray) -> np.ndarray:
    """(..., 3, P) the three parts of unit cost from (..., 5, P) what they are built from."""
    return np.stack([of[..., :2, :].sum(axis=-2), of[..., 2, :], of[..., 3:, :].sum(axis=-2)], axis=-2)


def _multiples(given: Numbers, count: int) -> np.ndarray:
    """(N, 5) by field of `Built`."""
    by = {"equipment": "equipment", "used_in_beds": "per_bed_day", "used_on_admission": "per_admission"}
    return np.stack([np.broadcast_to(given.get(by.get(field, ""), 1.0), count) for field in Built._fields], axis=1)


@lru_cache(maxsize=8)
def _built(money: Money, name: str) -> np.ndarray:
    """(Y, 5, P) what the units of a side are built from in each plan year, by field and pool, with market forces and growth."""
    side, rates = money.side[name], money.at.rates
    made = np.zeros((money.years, len(Built._fields), rates.scale.shape[1]))
    growth = 1 + money.finance.number["cost_growth"]
    for span in side.spans:
        beds = span.beds - promised_beds(side.service, money.finance.origin + span.start)
        work = work_of(side.service, span.activity)
        of = built(side.service, span.is_open, rates.staffed(beds), work, rates.mix, rates.uplift)
        made[span.year] += _by_pool(money, of) * span.years * growth**span.year
    return made


def _by_pool(money: Money, of: Built) -> np.ndarray:
    """(5, P)"""
    rates = money.at.rates
    return np.stack([np.bincount(rates.pool, each * rates.factor, rates.scale.shape[1]) for each in of])


@lru_cache(maxsize=8)
def _at_start(money: Money, closed_only: bool = False) -> np.ndarray:
    """(5, P) the same of the baseline at the start, of all units or of those that the option ends without."""
    rates, at, service = money.at.rates, money.at, money.side["baseline"].service
    of = built(service, at.is_open, rates.staffed(at.beds), at.work, rates.mix, rates.uplift)
    gone = ~money.side["option"].spans[-1].is_open
    return _by_pool(money, Built(*(each * gone for each in of)) if closed_only else of)


def _scales(money: Money, given: Numbers, count: int) -> np.ndarray:
    """(1 + N, 3, P) the scales as set, then with each set of numbers."""
    costs, total = money.side["baseline"].service.costs, money.at.rates.total
    base = _at_start(money)
    made = [scale_to_total(costs, total, _parts(base))]
    if not any(line in given for line in OF_COSTS if line != "transfer"):
        return np.repeat(made, 1 + count, axis=0)
    multiple = _multiples(given, count)
    price, day = (np.broadcast_to(given.get(line, 1.0), count) for line in ("admission", "bed_day"))
    for n in range(count):
        by_pool = np.where(np.arange(len(total)) == 0, price[n], day[n])
        made.append(scale_to_total(_shared(costs, given, n), total * by_pool, _parts(base * multiple[n, :, None])))
    return np.stack(made)


def _shared(costs, given: Numbers, n: int):
    """Costs with stated shares multiplied, and brought down where they would pass the whole."""
    if costs.is_built:
        return costs
    fixed, semi = (getattr(costs, line) * (given[line][n] if line in given else 1.0) for line in ("share_fixed", "share_semi_fixed"))
    most = max(1.0, (fixed + semi) * (1 + 1e-12))
    return replace(costs, share_fixed=fixed / most, share_semi_fixed=semi / most)


def _lines(money: Money, name: str, given: Numbers, count: int, scale: np.ndarray) -> dict[str, np.ndarray]:
    """By line, (N, Y) GBP."""
    side, n = money.side[name], money.finance.number
    made = {line: np.broadcast_to(pence / 100, (count, money.years)) for line, pence in side.bill.line.items()}

    def of(number: str) -> np.ndarray:
        return np.broadcast_to(given.get(number, n.get(number)), count)[:, None]

    def times(line: str) -> np.ndarray:
        return np.broadcast_to(given.get(line, 1.0), count)[:, None]

    multiple = _multiples(given, count)
    parts = _built(money, name)
    was = (_parts(parts) * scale[0]).sum(axis=2)
    now = (_parts(parts[None] * multiple[:, None, :, None]) * scale[1:, None]).sum(axis=3)
    for place, line in enumerate(("fixed", "semi_fixed", "variable")):
        made[line] = made[line] + now[:, :, place] - was[:, place]
    usual, beyond = _ambulances(money, name)
    for row, (line, share) in enumerate((("conveyance", _over(of("ambulance_share"), n["ambulance_share"])), ("transfers", 1.0))):
        changed = times("transfer") * share * (usual[row] + beyond[row] * n["ambulance_job"] / of("ambulance_job"))
        made[line] = made[line] + changed - usual[row] - beyond[row]
    added = side.bill.beds_added.sum(axis=1) * (1 + n["cost_growth"]) ** np.arange(money.years)
    set_to = n["capital_per_bed"] * n["share_of_beds_built"]
    made["capital"] = made["capital"] + added * (of("capital_per_bed") * of("share_of_beds_built") - set_to)
    made["optimism_bias"] = made["capital"] * of("optimism_bias")
    made["value_added_tax"] = made["capital"] * (1 + of("optimism_bias")) * n["value_added_tax"]
    beds, held = (_follows(money, multiple, scale, fields) for fields in (slice(2, 3), slice(0, 3)))
    made["double_running"] = made["double_running"] * _over(of("double_running_months"), n["double_running_months"]) * beds
    path = np.stack([np.broadcast_to(of(each)[:, 0], count) for each in OF_FINANCE["stranded"]], axis=1)
    made["stranded"] = made["stranded"] + (path @ side.bill.closed.T) * held - np.array(money.finance.stranded_path) @ side.bill.closed.T
    return {line: made[line] for line in LINES}


def _follows(money: Money, multiple: np.ndarray, scale: np.ndarray, fields: slice) -> np.ndarray:
    """(N, 1) what the cost of being there - some fields of `Built`, of units that close where any do - is multiplied by."""
    own = _at_start(money, True)
    own = own if own[fields].any() else _at_start(money)
    kept = np.zeros_like(own)
    kept[fields] = own[fields]
    was = (_parts(kept) * scale[0]).sum()
    now = (_parts(kept * multiple[:, :, None]) * scale[1:]).sum(axis=(1, 2))
    return (now / was if was > 0 else np.ones(len(now)))[:, None]


def _over(value: np.ndarray, of: float) -> np.ndarray | float:
    return value / of if of else 1.0


@lru_cache(maxsize=8)
def _ambulances(money: Money, name: str) -> tuple[np.ndarray, np.ndarray]:
    """(2, Y) GBP of journeys at the price of an average one, from home and between sites, and of the minutes beyond the usual."""
    side, finance = money.side[name], money.finance
    unpriced = replace(finance, number={**finance.number, "ambulance_job": np.inf})
    usual, beyond = np.zeros((2, 2, money.years))
    for span in side.spans:
        first = first_stages(side.service)[span.activity.stage]
        whole, journeys = (ambulance_gbp(side.service, span.activity, each, money.at) for each in (finance, unpriced))
        share = span.years * (1 + finance.number["cost_growth"]) ** span.year
        for row, of in enumerate((first, ~first)):
            usual[row, span.year] += journeys[of].sum() * share
            beyond[row, span.year] += (whole - journeys)[of].sum() * share
    return usual, beyond
