"""Money of an option: what it costs, who pays, who is paid, and what that does to trusts and budgets.

Everything here rests on expected activity and is exact for the allocation in force, but for chances of overspending, which are
counted over replications. All money is in whole pence of one price year until it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ..measures.cost import cost_rates, market_forces
from ..measures.load import expected_load
from ..measures.money.activity import Homes, expected_activity, homes
from ..measures.money.bill import (
    LINES,
    NOT_IN_PRESENT_VALUE,
    RESTS_ON,
    Bill,
    Reference,
    bill,
    counted,
    first_stages,
    reference,
    running,
)
from ..measures.money.bridge import STEPS, bridge
from ..measures.money.budget import Budget, budgets
from ..measures.money.course import Span, course, cuts
from ..measures.money.deviation import Deviation, deviation, groups, settled, spending
from ..measures.money.income import (
    RUNNING,
    Account,
    account,
    full_price,
    harmonising_transfer,
    is_unstable,
    support_needed,
)
from ..measures.money.ledger import LINES as PAID_LINES
from ..measures.money.ledger import Ledger, Plan, Till, ledger, plan_at, with_support, yearly
from ..measures.money.payer import Parties, parties
from ..measures.money.pence import in_gbp
from ..measures.money.present_value import discount_factor, present_value
from ..measures.money.price import national_prices
from ..service.build_finance import market_forces_faults
from ..service.commissioning import LEVELS
from ..service.demand import DAYS_A_YEAR
from ..service.fault import refuse
from ..service.finance import Finance
from ..service.service import Service
from .comparison import interval
from .view import View, minimum_of

if TYPE_CHECKING:
    from .tables import Findings

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


def _side(found: Money, service: Service, spans: tuple[Span, ...], till: Till) -> Side:
    finance = found.finance
    cost = bill(service, spans, finance, found.at)
    books, deviations = [], []
    site = {str(p): int(s) for span in reversed(spans) for p, s in zip(span.provider, service.units.site)}
    for year, gbp in enumerate(yearly(till, spans, found.plan)):
        stranded = {name: int(cost.of_provider(name, "stranded")[year]) for name in site}
        made = ledger(found.parties, gbp).adding("population budget", found.budget.population[year])
        made = with_support(made, stranded, finance.number["stranded_support"], site)
        held = _deviation(found, spending(made), year)
        books.append(settled(made, held))
        deviations.append(held)
    return Side(service, spans, cost, till, tuple(books), tuple(deviations))


def _deviation(found: Money, spent: np.ndarray, year: int) -> Deviation:
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


# -- rows for people ----------------------------------------------------------------------------------------------------


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


def option_costs(found: Findings) -> list[dict]:
    """One row a plan year and line: baseline, option, difference, and on which guesses it rests."""
    money = reckon(found)
    if money is None:
        return []
    before, after = (money.side[name] for name in SIDES)
    rows = []
    for year in range(money.years):
        head = {"year": year + 1, "period": period(found, year)}

        def row(line, what, unit, x, y, counts=False, rests_on=(), head=head, year=year):
            factor = discount_factor(money.finance.number["discount_rate"], year)
            said = guesses(money, found.service, rests_on)
            return {
                **head,
                "line": line,
                "what": what,
                "unit": unit,
                "baseline": x,
                "option": y,
                "difference": y - x,
                "discounted_difference": (y - x) * factor if counts else None,
                "guess": bool(said),
                "rests_on_guesses": said,
            }

        for line, what in LINES.items():
            x, y = (in_gbp(side.bill.line[line][year]) for side in (before, after))
            rows.append(row(line, what, "GBP", x, y, line not in NOT_IN_PRESENT_VALUE, RESTS_ON[line]))
        x, y = (in_gbp(side.bill.total[year]) for side in (before, after))
        every = tuple(dict.fromkeys(name for names in RESTS_ON.values() for name in names))
        rows.append(row("total", "the sum of all lines", "GBP", x, y, False, every))
        x, y = (in_gbp(side.bill.in_present_value[year]) for side in (before, after))
        rows.append(row("in_present_value", "the same without value added tax", "GBP", x, y, True, every))
        for line, what in (
            ("conveyance_hours", "on journeys from home"),
            ("transfer_hours", "on journeys between sites"),
        ):
            x, y = (float(getattr(side.bill, line)[year]) for side in (before, after))
            rows.append(row(line, f"ambulance hours {what}", "hours", x, y, False, RESTS_ON["conveyance"]))
        x, y = (_rebates(side, year) for side in (before, after))
        rows.append(
            row("rebates", "devices and drugs: list price less net", "GBP", x, y, False, RESTS_ON["pass_through"])
        )
        x, y = (household_gbp(money, side, year) for side in (before, after))
        on = ("car_minute", "ambulance_share", "visits_per_bed_day", "fetching_trips")
        rows.append(row("households", "travel of patients and visitors, borne by them", "GBP", x, y, False, on))
        x, y = (float(side.bill.beds_added[year].sum()) for side in (before, after))
        rows.append(row("beds_added", "beds added", "beds", x, y))
    return rows


def _rebates(side: Side, year: int) -> float:
    total = 0.0
    for span in side.spans:
        if span.year == year:
            for line in side.till.finance.pass_through:
                used = counted(side.service, span.activity).get(line.counts, np.zeros(1)).sum()
                total += float(used) * line.price(span.start) * line.rebate * span.years
    return total


def household_gbp(money: Money, side: Side, year: int) -> float:
    """What patients and those who visit them spend on driving: outside the cost of the service and the ledger.

    Patients without an ambulance are driven there; whoever goes home is fetched; visitors come and go.
    """
    n, minutes = money.finance.number, 0.0
    for span in side.spans:
        if span.year == year:
            of = first_stages(side.service)[span.activity.stage]
            driven = span.activity.journey_minutes[of].sum() * (1 - n["ambulance_share"]) * 2
            visits = span.activity.visit_minutes.sum() * n["visits_per_bed_day"] * 2
            fetched = span.activity.homeward_minutes.sum() * n["fetching_trips"]
            minutes += float(driven + visits + fetched) * span.years
    return minutes * n["car_minute"]


def option_costs_by_month(found: Findings) -> list[dict]:
    """One row a twelfth of a plan year: every line of the baseline's and the option's bill, and their difference."""
    money = reckon(found)
    if money is None:
        return []
    before, after = (money.side[name].bill.month for name in SIDES)
    rows = []
    for month in range(len(before)):
        middle = found.service.calendar.date(money.finance.origin + (month + 0.5) * DAYS_A_YEAR / 12)
        row = {"month": f"{middle:%Y-%m}", "year": month // 12 + 1}
        for side, values in (("baseline", before), ("option", after)):
            row |= {f"{line}_{side}_gbp": in_gbp(values[month, place]) for place, line in enumerate(LINES)}
            row[f"total_{side}_gbp"] = in_gbp(values[month].sum())
        row["total_difference_gbp"] = in_gbp(after[month].sum() - before[month].sum())
        rows.append(row)
    return rows


def bridge_rows(found: Findings) -> list[dict]:
    """One row a plan year and step, from the baseline of the first year to the option."""
    money = reckon(found)
    if money is None:
        return []
    rows = []
    for year, steps in enumerate(_bridges(found)):
        start = {"year": year + 1, "period": period(found, year)}
        first, last = (int(money.side[name].bill.total[of]) for name, of in (("baseline", 0), ("option", year)))
        ends = (
            [("baseline", "what the baseline costs in the first year", first)],
            [("option", "what the option costs in this year: the sum of all above", last)],
        )
        steps_said = [(step, STEPS[step], pence) for step, pence in steps.items()]
        rows += [
            {**start, "step": s, "what": what, "gbp": in_gbp(p)} for s, what, p in (*ends[0], *steps_said, *ends[1])
        ]
    return rows


@lru_cache(maxsize=2)
def _bridges(found: Findings) -> tuple[dict[str, int], ...]:
    money = reckon(found)
    before, after = (money.side[name] for name in SIDES)
    same = before.service, before.spans
    if after.service.demand is not before.service.demand:
        moments = (*(span.start for span in before.spans), before.spans[-1].end)
        service = replace(before.service, demand=after.service.demand)
        same = service, course(service, money.homes, moments, money.finance.origin)
    ends = ((side.service, side.spans, side.bill) for side in (before, after))
    first, last = ends
    return tuple(bridge(year, money.finance, money.at, first, same, last) for year in range(money.years))


def savings_kinds(found: Findings) -> list[dict]:
    """One row a plan year and kind: of what changes, what the system saves in cash, what it does not, and what only changes hands."""
    money = reckon(found)
    if money is None:
        return []
    rows = []
    for year in range(money.years):
        head = {"year": year + 1, "period": period(found, year)}
        rows += [{**head, **row} for row in _kinds(found, year)]
    return rows


def _kinds(found: Findings, year: int) -> list[dict]:
    money = reckon(found)
    before, after = (money.side[name] for name in SIDES)
    avoided = max(0, -_bridges(found)[year]["demand"])
    fall = int(before.bill.total[year] - after.bill.total[year])
    held = int(after.bill.line["stranded"][year] - before.bill.line["stranded"][year])
    income = [np.array([a.income[year] for a in accounts(found)[name].values()]) for name in SIDES]
    spent = [side.deviation[year].spent for side in (before, after)]
    every = guesses(money, found.service, tuple(dict.fromkeys(n for names in RESTS_ON.values() for n in names)))

    def row(kind, label, is_cash, what, pence, guess=every):
        return {
            "kind": kind,
            "label": label,
            "cash_releasing": is_cash,
            "what": what,
            "gbp": in_gbp(pence),
            "rests_on_guesses": guess,
        }

    moved = np.maximum(income[0] - income[1], 0).sum()
    support = round(100 * sum(each["least_transfer_gbp"] for each in providers(found) if each["year"] == year + 1))
    by_price = np.maximum(-harmonised_by_trust(found)[year], 0).sum()
    return [
        row(
            "system",
            "cash",
            True,
            "fall of what the service costs, growth apart; negative where it rises",
            fall - avoided,
        ),
        row("system", "not released", False, "would fall too, but is stranded this year", held),
        row("avoided growth", "growth", False, "cost of patients whom the option keeps from coming", avoided),
        row(
            "transfer",
            "trusts",
            False,
            "income that trusts lose to others, or back to commissioners",
            moved,
            "variable_share",
        ),
        row("transfer", "prices", False, "of that, lost by harmonising prices", by_price, "own_price_spread"),
        row(
            "transfer",
            "commissioners",
            False,
            "spending that rises for some of them",
            np.maximum(spent[1] - spent[0], 0).sum(),
        ),
        row(
            "transfer",
            "support",
            False,
            "least that leaves no trust below the tolerance",
            support,
            "stability_tolerance",
        ),
    ]


@lru_cache(maxsize=2)
def harmonised_by_trust(found: Findings) -> np.ndarray:
    """(Y, T) int64 pence: what harmonising changes in each trust's income from the option's activity."""
    after = reckon(found).side["option"]
    return harmonising_transfer(after.till, after.spans)


@lru_cache(maxsize=2)
def accounts(found: Findings) -> dict[str, dict[str, Account]]:
    """By side and provider, its account."""
    money = reckon(found)
    names = [str(name) for name in money.parties.body[money.parties.level == "provider"]]
    return {
        side: {name: account(name, money.side[side].bill, money.side[side].books, money.finance) for name in names}
        for side in SIDES
    }


RULE = "margin falls by more than {:g} % of {}"


@lru_cache(maxsize=2)
def providers(found: Findings) -> list[dict]:
    """One row a trust and plan year: income, cost, what is released and stranded, margin, stability and alignment."""
    money = reckon(found)
    if money is None:
        return []
    names = _provider_names(found.service)
    worth = [full_price(money.side[side].till, money.side[side].spans) for side in SIDES]
    tolerance = money.finance.number["stability_tolerance"]
    said = guesses(
        money, found.service, (*RESTS_ON["stranded"], "variable_share", "stability_tolerance", "double_running_months")
    )
    rows = []
    for name in accounts(found)["baseline"]:
        was, now = (accounts(found)[side][name] for side in SIDES)
        book, party = money.finance.book(name), money.parties.index("provider", name)
        total = book.total_income
        for year in range(money.years):
            base = 100 * total if total == total else float(was.income[year])
            of_what = "its total income" if total == total else "its income from the service"
            change = int(now.margin[year] - was.margin[year])
            unstable = bool(is_unstable(np.array(change), np.array(base), tolerance))
            income = [in_gbp(each.income[year]) for each in (was, now)]
            care = [in_gbp(money.side[s].books[year].line("care")[:, party].sum()) for s in SIDES]
            run = [in_gbp(each.running[year]) for each in (was, now)]
            stranded = in_gbp(now.stranded[year] - was.stranded[year])
            payable = in_gbp(_payable(money, party, year))
            rows.append(
                {
                    "provider": name,
                    "name": names.get(name, ""),
                    "year": year + 1,
                    "period": period(found, year),
                    "income_baseline_gbp": income[0],
                    "income_option_gbp": income[1],
                    "income_change_gbp": income[1] - income[0],
                    "harmonising_transfer_gbp": in_gbp(harmonised_by_trust(found)[year, party]),
                    "implied_price_baseline": _ratio(care[0], worth[0][year, party]),
                    "implied_price_option": _ratio(care[1], worth[1][year, party]),
                    "running_cost_baseline_gbp": run[0],
                    "running_cost_option_gbp": run[1],
                    "cost_released_gbp": max(0.0, run[0] - run[1] - stranded),
                    "stranded_gbp": stranded,
                    "double_running_gbp": in_gbp(now.double_running[year] - was.double_running[year]),
                    "capital_charges_gbp": in_gbp(now.capital_charges[year] - was.capital_charges[year]),
                    "margin_baseline_gbp": in_gbp(was.margin[year]),
                    "margin_option_gbp": in_gbp(now.margin[year]),
                    "margin_change_gbp": in_gbp(change),
                    "control_total_gbp": book.control_total,
                    "margin_less_control_total_gbp": in_gbp(now.margin[year]) - book.control_total,
                    "total_income_gbp": total,
                    "specialised_share_baseline": _ratio(income[0], total),
                    "specialised_share_option": _ratio(income[1], total),
                    "below_tolerance": unstable,
                    "rule": RULE.format(100 * tolerance, of_what),
                    "least_transfer_gbp": in_gbp(support_needed(np.array(change), np.array(base), tolerance)),
                    "plan_income_gbp": book.plan_income,
                    "commissioners_can_pay_gbp": payable,
                    "plan_above_what_can_be_paid_gbp": book.plan_income - payable,
                    "rests_on_guesses": said,
                }
            )
    return rows


def _provider_names(service: Service) -> dict[str, str]:
    column = service.units.attribute.get("provider_name", service.units.provider)
    return dict(zip(service.units.provider.tolist(), map(str, column)))


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole == whole and whole > 0 else float("nan")


def _payable(money: Money, party: int, year: int) -> float:
    """Pence a year that a trust's commissioners can pay it within their budgets: overspent ones pay all alike so much less."""
    after = money.side["option"]
    spent, budget = after.deviation[year].spent, money.budget.pence[year]
    share = np.divide(budget, spent, out=np.ones(len(spent)), where=spent > 0)
    return float((after.books[year].pence[:, :, party].sum(axis=0) * np.minimum(1.0, share)).sum())


@lru_cache(maxsize=2)
def simulated_spending(found: Findings) -> dict[str, np.ndarray]:
    """What each commissioner spends in every replication, a year, in pence.

    Returns
    -------
    By side, (R, T) int64.
    """
    return {side: np.stack([spending(books) for books in simulated_books(found, side)]) for side in SIDES}


def simulated_books(found: Findings, name: str) -> Iterator[Ledger]:
    """The ledger of each replication of a side: its window's activity at the prices and payers of the window's middle, a year."""
    money, year = reckon(found), simulated_year(found)
    middle = min(_middle(found), money.finance.days - 1e-6)
    side = money.side[name]
    span = next(each for each in side.spans if each.start <= middle < each.end)
    plan = plan_at(side.till, side.spans, money.plan, span.start)
    extra = [PAID_LINES.index(line) for line in ("population budget", "stranded support")]
    for each in found.experiment.replications:
        books = ledger(money.parties, side.till.payments(span, plan, each.activity[SIDES.index(name)]))
        books.pence[extra] = side.books[year].pence[extra]
        yield books


def simulated_year(found: Findings) -> int:
    """The plan year in which the middle of the measured window lies, or the last one costed."""
    return min(int(_middle(found) // DAYS_A_YEAR), found.finance.horizon_years - 1)


def _middle(found: Findings) -> float:
    """Days from the first day costed to the middle of the measured window."""
    window = found.experiment.run.window
    return (window.start + window.end) / 2 - found.finance.origin


def payers(found: Findings) -> list[dict]:
    """One row a commissioner and plan year: spending, budget, what is pooled and shared, and the chance of overspending."""
    money = reckon(found)
    if money is None:
        return []
    before, after = (money.side[name] for name in SIDES)
    own_year, runs = simulated_year(found), len(found.experiment.replications)
    spent = simulated_spending(found)
    simulated = {side: _deviation(money, each, own_year).after for side, each in spent.items()}
    said = guesses(money, found.service, ("variable_share", "budget_growth", *RESTS_ON["conveyance"]))
    rows = []
    for party in _commissioners(money):
        for year in range(money.years):
            x, y = before.deviation[year], after.deviation[year]
            row = {
                "level": str(money.parties.level[party]),
                "body": str(money.parties.body[party]),
                "year": year + 1,
                "period": period(found, year),
                "budget_gbp": in_gbp(money.budget.pence[year, party]),
                "spent_baseline_gbp": in_gbp(x.spent[party]),
                "spent_option_gbp": in_gbp(y.spent[party]),
                "spent_change_gbp": in_gbp(y.spent[party] - x.spent[party]),
                "over_budget_baseline_gbp": in_gbp(x.own[party]),
                "over_budget_option_gbp": in_gbp(y.own[party]),
                "pooled_gbp": in_gbp(y.pooled[party]),
                "risk_shared_gbp": in_gbp(y.shared[party]),
                "borne_baseline_gbp": in_gbp(x.after[party]),
                "borne_option_gbp": in_gbp(y.after[party]),
            }
            for side in SIDES:
                borne = simulated[side][:, party] if year == own_year else None
                row |= {
                    f"simulated_mean_{side}_gbp": in_gbp(borne.mean()) if borne is not None else None,
                    f"simulated_p90_{side}_gbp": in_gbp(percentile(borne, 0.9)) if borne is not None else None,
                    f"chance_of_overspending_{side}": float((borne > 0).mean()) if borne is not None else None,
                }
            low, high = None, None
            if year == own_year:
                _, low, high = interval((spent["option"] - spent["baseline"])[:, party] / 100)
            row |= {"simulated_spent_change_low_gbp": low, "simulated_spent_change_high_gbp": high}
            row |= {"replications": runs if year == own_year else None, "rests_on_guesses": said}
            rows.append(row)
    return rows


def percentile(values: np.ndarray, share: float) -> float:
    """The smallest value that at least a share of all do not exceed."""
    return float(np.sort(values)[max(0, int(np.ceil(share * len(values) - 1e-9)) - 1)])


def _commissioners(money: Money) -> list[int]:
    """The parties that have a budget or spend anything."""
    active = money.budget.pence.sum(axis=0) != 0
    for side in money.side.values():
        active = active | (np.array([each.spent for each in side.deviation]) != 0).any(axis=0)
    return [int(k) for k in np.flatnonzero(active & np.isin(money.parties.level, LEVELS))]


def savings(found: Findings) -> list[dict]:
    """One row a commissioner and plan year: what it must save, what the option brings it, risk-rated, and the gap."""
    money = reckon(found)
    if money is None:
        return []
    n = money.finance.number
    before, after = (money.side[name] for name in SIDES)
    said = guesses(money, found.service, ("savings_target", "savings_delivery", "savings_slip"))
    slip = n["savings_slip"]
    rows = []
    for party in _commissioners(money):
        falls = np.array(
            [before.deviation[y].spent[party] - after.deviation[y].spent[party] for y in range(money.years)]
        )
        found_savings = np.maximum(falls, 0)
        for year in range(money.years):
            target = round(n["savings_target"] * int(money.budget.pence[year, party]))
            late = np.interp(year - slip, np.arange(money.years), found_savings) if year >= slip else 0.0
            rated = round(n["savings_delivery"] * float(late))
            rows.append(
                {
                    "level": str(money.parties.level[party]),
                    "body": str(money.parties.body[party]),
                    "year": year + 1,
                    "period": period(found, year),
                    "target_gbp": in_gbp(target),
                    "identified_gbp": in_gbp(found_savings[year]),
                    "risk_rated_gbp": in_gbp(rated),
                    "gap_gbp": in_gbp(target - rated),
                    "rests_on_guesses": said,
                }
            )
    return rows


def do_nothing(found: Findings) -> list[dict]:
    """One row a plan year with expected growth: doing nothing beside the option - cost, overspending, units under their minimum."""
    grown = reckon_with_growth(found)
    if grown is None:
        return []
    rows = []
    for year in range(grown.years):
        row = {"year": year + 1, "period": period(found, year)}
        for label, side in zip(("do_nothing", "option"), (grown.side[name] for name in SIDES)):
            over = np.maximum(side.deviation[year].own, 0)  # a pound is no overspending, but what rounding leaves
            over = np.where(over > 100, over, 0)
            row |= {
                f"cost_{label}_gbp": in_gbp(side.bill.total[year]),
                f"spent_{label}_gbp": in_gbp(side.deviation[year].spent.sum()),
                f"overspent_{label}_gbp": in_gbp(over.sum()),
                f"commissioners_over_budget_{label}": int((over > 0).sum()),
                f"units_under_minimum_{label}": _under_minimum(side, year),
            }
        row["growth_a_year"] = found.service.growth.get("admissions", 0.0)
        rows.append(row)
    return rows


def _under_minimum(side: Side, year: int) -> int:
    """Open units of the kind that access is measured to with fewer index admissions than its minimum, at the end of the year."""
    service, span = side.service, [span for span in side.spans if span.year == year][-1]
    is_index = np.array([group.is_index for group in service.groups for _ in group.stages], dtype=bool)
    counts = (is_index & first_stages(service))[span.activity.stage]
    volume = span.activity.by_unit(span.activity.stays * counts, len(service.units))
    judged = service.gives(service.access_kind) & span.is_open
    return int((judged & (volume < minimum_of(service) * (1 - 1e-9))).sum())


def plan_columns(found: Findings) -> list[Callable[[View], dict[str, dict[str, float]]]]:
    """What a plan sheet shows of money: functions from a view to the income and the running cost of each provider, GBP a year."""
    money = reckon(found)
    if money is None:
        return []

    def income_and_cost(seen: View) -> dict[str, dict[str, float]]:
        side = money.side["option" if seen.service is found.after.service else "baseline"]
        day = min(max(seen.at - money.finance.origin, 0.0), money.finance.days - 1e-6)
        span = next(each for each in side.spans if each.start <= day < each.end)
        paid = side.till.payments(span, plan_at(side.till, side.spans, money.plan, span.start)).sum(axis=(0, 1))
        cost = running(side.service, span, money.finance, money.at)[_RUNNING_ROWS].sum(axis=0)
        names = np.unique(span.provider)
        return {
            "income_gbp": {str(name): float(paid[money.parties.index("provider", name)]) for name in names},
            "running_cost_gbp": {str(name): float(cost[span.provider == name].sum()) for name in names},
        }

    return [income_and_cost]


_RUNNING_ROWS = [list(LINES).index(name) for name in RUNNING]


def net_present_value(money: Money) -> float:
    """GBP in the first year of what the option saves over all years, value added tax apart; negative where it costs more."""
    before, after = (money.side[name].bill.in_present_value for name in SIDES)
    return present_value([in_gbp(x - y) for x, y in zip(before, after)], money.finance.number["discount_rate"])


def money_summary(found: Findings) -> list[tuple[str, str, float, float]]:
    """The headline rows: measure, unit, baseline, option."""
    money = reckon(found)
    if money is None:
        return []
    before, after = (money.side[name].bill for name in SIDES)
    last = money.years - 1
    million = "GBP million"
    flagged = {row["provider"] for row in providers(found) if row["below_tolerance"]}
    kinds = {(row["kind"], row["label"]): row["gbp"] / 1e6 for row in _kinds(found, min(1, last))}
    tolerance = 100 * money.finance.number["stability_tolerance"]
    rows = [
        (
            f"cost to the system in year {year + 1} (guesses)",
            million,
            *(in_gbp(each.total[year]) / 1e6 for each in (before, after)),
        )
        for year in dict.fromkeys((0, last))
    ]
    hours = [float(each.conveyance_hours[0] + each.transfer_hours[0]) for each in (before, after)]
    return [
        *rows,
        (
            "of it stranded in year 1 (guess)",
            million,
            *(in_gbp(each.line["stranded"][0]) / 1e6 for each in (before, after)),
        ),
        (f"net saving over {money.years} years, present value (guesses)", million, 0.0, net_present_value(money) / 1e6),
        (
            f"income moved between trusts in year {min(1, last) + 1}, a transfer (guess)",
            million,
            0.0,
            kinds["transfer", "trusts"],
        ),
        (
            f"cost of growth avoided in year {min(1, last) + 1} (guesses)",
            million,
            0.0,
            kinds["avoided growth", "growth"],
        ),
        (
            f"trusts whose margin falls by over {tolerance:g} % of income in some year (guess)",
            "trusts",
            0.0,
            float(len(flagged)),
        ),
        ("ambulance hours, there and back (guesses)", "hours a year", *hours),
    ]
