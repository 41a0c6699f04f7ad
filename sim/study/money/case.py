"""Money of a comparison: the two sides over the years, worked out once and read by every table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ...measures.cost import cost_rates, market_forces
from ...measures.load import expected_load
from ...measures.money.activity import Homes, expected_activity, homes
from ...measures.money.bill import Bill, Reference, bill, reference
from ...measures.money.budget import Budget, budgets
from ...measures.money.course import Span, course, cuts
from ...measures.money.deviation import Deviation, deviation, groups, settled, spending
from ...measures.money.ledger import Ledger, Plan, Till, ledger, with_support, yearly
from ...measures.money.payer import Parties, parties
from ...measures.money.price import national_prices
from ...service.build_finance import market_forces_faults
from ...service.commissioning import LEVELS
from ...service.demand import DAYS_A_YEAR
from ...service.fault import refuse
from ...service.finance import Finance
from ...service.service import Service

if TYPE_CHECKING:
    from ..tables import Findings

SIDES = ("baseline", "option")


@dataclass(frozen=True, eq=False)
class Side:
    """The money of one service over the years."""

    service: Service
    spans: tuple[Span, ...]
    bill: Bill
    till: Till
    books: tuple[Ledger, ...]
    """One a plan year, with pooling and risk share."""
    deviation: tuple[Deviation, ...]
    """One a plan year."""


@dataclass(frozen=True, eq=False)
class Money:
    """The money of a comparison."""

    finance: Finance
    homes: Homes
    parties: Parties
    at: Reference
    plan: Plan
    """What fixed elements rest on at the start: the baseline."""
    budget: Budget
    pool: np.ndarray
    """(T,) int: who pools with whom."""
    sharing: np.ndarray
    """(T,) int: who shares risk with whom."""
    side: dict[str, Side]
    """The baseline and the option."""

    @property
    def years(self) -> int:
        """How many plan years."""
        return self.finance.horizon_years


def money_of(baseline: Service, option: Service, finance: Finance) -> Money:
    """Work out the money of an option against a baseline.

    Parameters
    ----------
    baseline, option
        With the same units, and known beds.
    finance
        See `service.build_finance`.

    Raises
    ------
    InputError
        If a provider has no market forces factor.
    """
    refuse(market_forces_faults(option))
    at = homes(baseline)
    origin = finance.origin
    moments = cuts((baseline, option), finance.horizon_years, origin, finance.dates)
    factor, step = market_forces(baseline), finance.number["bed_step"]
    rates = cost_rates(baseline, expected_load(baseline, at=origin), factor, step, finance.cost_uplift, origin)
    trend = {group.name: baseline.demand.trend(origin, len(baseline.areas), group.name) for group in baseline.groups}
    now = expected_activity(baseline, baseline.is_open(origin), at, trend)
    ref = reference(rates, baseline, now, finance)
    everyone = parties((baseline, option), finance, at)
    trusts = everyone.body[everyone.level == "provider"].tolist()
    prices = national_prices(baseline, now, finance, ref, trusts)
    plan = Plan(baseline, now, baseline.provider(origin), False, 1.0)
    spans = course(baseline, at, moments, origin)
    till = Till(baseline, finance, prices, ref, everyone)
    first = spans[0]._replace(activity=now)
    budget = budgets(till, first, spans, at)
    need = np.bincount(at.of_area, weights=baseline.areas.demand, minlength=at.count)
    pool = groups(everyone, finance.budgets.pooling, need, at.body)
    sharing = groups(everyone, finance.risk_share.among, need, at.body)
    found = Money(finance, at, everyone, ref, plan, budget, pool, sharing, {})
    for name, service in zip(SIDES, (baseline, option)):
        own = spans if service is baseline else course(service, at, moments, origin)
        found.side[name] = _side(found, service, own, till.of(service))
    return found


def bill_of(found: Money, service: Service, finance: Finance | None = None) -> Bill:
    """What a service would cost beside the baseline of a comparison, without who pays for it: a part of the work of `money_of`.

    Parameters
    ----------
    found
        The money of the comparison.
    service
        With the same units, and known beds.
    finance
        Where money is counted otherwise; what the baseline's own costs rest on stays as it is.
    """
    finance = finance or found.finance
    moments = cuts((found.side["baseline"].service, service), finance.horizon_years, finance.origin, finance.dates)
    return bill(service, course(service, found.homes, moments, finance.origin), finance, found.at)


def _side(found: Money, service: Service, spans: tuple[Span, ...], till: Till) -> Side:
    finance = found.finance
    cost = bill(service, spans, finance, found.at)
    books, deviations = [], []
    site = {str(p): int(s) for span in reversed(spans) for p, s in zip(span.provider, service.units.site)}
    for year, gbp in enumerate(yearly(till, spans, found.plan)):
        stranded = {name: int(cost.of_provider(name, "stranded")[year]) for name in site}
        made = ledger(found.parties, gbp).adding("population budget", found.budget.population[year])
        made = with_support(made, stranded, finance.number["stranded_support"], site)
        held = deviation_of(found, spending(made), year)
        books.append(settled(made, held))
        deviations.append(held)
    return Side(service, spans, cost, till, tuple(books), tuple(deviations))


def deviation_of(found: Money, spent: np.ndarray, year: int) -> Deviation:
    return deviation(spent, found.budget.pence[year], found.finance, year, found.parties, found.pool, found.sharing)


@lru_cache(maxsize=2)
def reckon(found: Findings) -> Money | None:
    """The money of a comparison, worked out once; None where no money is counted."""
    if found.finance is None:
        return None
    return money_of(found.before.service, found.after.service, found.finance)


@lru_cache(maxsize=1)
def reckon_with_growth(found: Findings) -> Money | None:
    """The same with demand growing as it is expected to: what doing nothing leads to, and the option beside it.

    An option that changes demand itself keeps its own.
    """
    money, growth = reckon(found), found.service.growth.get("admissions")
    if money is None or not isinstance(growth, float) or not growth:
        return money
    before, after = found.before.service, found.after.service
    grown = replace(before, demand=replace(before.demand, growth=growth))
    option = replace(after, demand=grown.demand) if after.demand is before.demand else after
    return money_of(grown, option, money.finance)


def guesses(money: Money, service: Service, names: tuple[str, ...]) -> str:
    """Which of some parameters are guesses, by name."""
    known = {each.name: each for each in service.parameters} | dict(money.finance.parameters)
    return "; ".join(name for name in names if name in known and known[name].is_guess)


def period(found: Findings, year: int) -> str:
    """A plan year in words: its April-March year where it begins on 1 April, else its first and last month."""
    calendar, origin = found.service.calendar, found.finance.origin
    first, last = (calendar.date(origin + each * DAYS_A_YEAR + shift) for each, shift in ((year, 0.5), (year + 1, -2)))
    start = calendar.date(origin)
    if (start.month, start.day) == (4, 1):
        return calendar.financial_year(origin + year * DAYS_A_YEAR + 180)
    return f"{first:%b %Y} to {last:%b %Y}"


def commissioners(money: Money) -> list[int]:
    """The parties that have a budget or spend anything."""
    active = money.budget.pence.sum(axis=0) != 0
    for side in money.side.values():
        active = active | (np.array([each.spent for each in side.deviation]) != 0).any(axis=0)
    return [int(k) for k in np.flatnonzero(active & np.isin(money.parties.level, LEVELS))]


def middle_of_window(found: Findings) -> float:
    """Days from the first day costed to the middle of the measured window."""
    window = found.experiment.run.window
    return (window.start + window.end) / 2 - found.finance.origin


def span_of_window(found: Findings, name: str) -> Span:
    """The span of a side in which the middle of the measured window lies, or the last one costed."""
    money = reckon(found)
    middle = min(middle_of_window(found), money.finance.days - 1e-6)
    return next(each for each in money.side[name].spans if each.start <= middle < each.end)
