"""Trusts: income, cost, what is released and stranded, margin, stability and alignment, before and after."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ...measures.money.bill import rests_on
from ...measures.money.income import (
    Account,
    account,
    full_price,
    harmonising_transfer,
    is_unstable,
    support_needed,
)
from ...measures.money.pence import in_gbp
from ...service.service import Service
from .case import SIDES, Money, guesses, period, reckon

if TYPE_CHECKING:
    from ..tables import Findings


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
    on = rests_on(found.service, "fixed", "semi_fixed", "variable", "stranded", "double_running")
    said = guesses(money, found.service, (*on, "variable_share", "stability_tolerance"))
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


def flagged(found: Findings, year: int | None = None) -> int:
    """How many trusts fall below the tolerance in a plan year, from 1; in any year, the transition included, where none is given."""
    return len({row["provider"] for row in providers(found) if row["below_tolerance"] and year in (None, row["year"])})


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
