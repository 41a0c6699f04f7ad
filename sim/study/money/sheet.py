"""Sheet: income, all that a trust bears and its margin, month by month, for its plan.

The months of a plan stand for the twelfths of plan years in which costs fall (`option_costs_by_month`), counted from the first day
costed: a month of 31 days and one of 28 bear the same. What is told of twelve of them is what `trust.providers` tells of the plan year,
to the penny.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ...measures.money.bill import LINES, rests_on
from ...measures.money.income import RUNNING
from ...measures.money.ledger import plan_at
from ...measures.money.transition import MONTHS, months
from ...service.calendar import Calendar
from .case import Money, Side, guesses, reckon
from .trust import accounts

if TYPE_CHECKING:
    from ..tables import Findings

_BORNE = {
    "income": ("income_gbp", ()),
    "running": ("running_cost_gbp", RUNNING),
    "stranded": ("stranded_gbp", ("stranded",)),
    "double_running": ("double_running_gbp", ("double_running",)),
    "capital_charges": ("capital_charges_gbp", ()),
}
"""By part of an account (`income.Account`), the column, and the lines of the bill whose months it follows; none: not by the bill."""

MARGIN = "margin_gbp"


def plan_guesses(found: Findings) -> tuple[str, ...]:
    """The guesses among the numbers that its income, cost and staff rest on."""
    money = reckon(found)
    groups = found.service.staffing.groups if found.service.staffing else ()
    of_staff = tuple(f"staff: {group.name}" for group in groups if group.is_guess)
    if money is None:
        return of_staff
    on = rests_on(found.service, *RUNNING, "stranded", "double_running", "capital", "optimism_bias", "value_added_tax")
    said = guesses(money, found.service, (*on, "asset_life", "capital_charge", "variable_share"))
    return (*of_staff, *(name for name in said.split("; ") if name))


def plan_money(found: Findings, edge: np.ndarray) -> dict[str, dict[str, Mapping[str, np.ndarray]]]:
    """What a plan sheet shows of money.

    Parameters
    ----------
    found
        The comparison.
    edge
        (P + 1,) days from the start of the run at which periods begin and end.

    Returns
    -------
    By side and column, by provider, (P,) GBP of each period, in whole pence; NaN beyond the years costed. Empty where no money is counted.
    """
    money = reckon(found)
    if money is None:
        return {}
    at = months_since(found.service.calendar, money.finance.origin, edge)
    made: dict[str, dict[str, dict[str, np.ndarray]]] = {}
    for name, side in money.side.items():
        income, columns = _income_by_month(money, side), {column: {} for column, _ in _BORNE.values()} | {MARGIN: {}}
        for who, account in accounts(found)[name].items():
            weight = {"income": income[:, money.parties.index("provider", who)]}
            margin = 0
            for part, (column, lines) in _BORNE.items():
                of = weight.get(part, _lines_by_month(side, who, lines))
                pence = np.diff(_so_far(getattr(account, part), of, at))
                margin = margin + (pence if part == "income" else -pence)
                columns[column][who] = pence / 100
            columns[MARGIN][who] = margin / 100
        made[name] = columns
    return made


def months_since(calendar: Calendar, origin: float, day: np.ndarray) -> np.ndarray:
    """Months from the first day costed to some days, each counted from its day of the month.

    Examples
    --------
    >>> months_since(Calendar.read("2026-01-31"), 0.0, np.array([0.0, 28.0, 43.5, 365.0])).tolist()
    [0.0, 1.0, 1.5, 12.0]
    """
    first = calendar.date(origin)
    count = int(np.ceil((float(np.max(day)) - origin) / 28)) + 1
    ends = []
    for month in range(count + 1):
        year, place = divmod(first.year * 12 + first.month - 1 + month, 12)
        ends.append(calendar.day(first.replace(year=year, month=place + 1, day=min(first.day, monthrange(year, place + 1)[1]))))
    return np.interp(day, ends, np.arange(len(ends)))


def _so_far(yearly: np.ndarray, weight: np.ndarray, at: np.ndarray) -> np.ndarray:
    """(P + 1,) pence from the first day costed to some months, of (Y,) pence a plan year that fall as (M,) weights say; NaN beyond them."""
    total = [0]
    for year, pence in enumerate(yearly.tolist()):
        of = weight[year * MONTHS : (year + 1) * MONTHS]
        of = of / of.sum() if abs(of.sum()) > 1e-6 else np.full(MONTHS, 1 / MONTHS)
        total += [total[year * MONTHS] + round(pence * share) for share in np.cumsum(of)[:-1].tolist()]
        total.append(total[year * MONTHS] + pence)
    return np.where(at <= len(total) - 1, np.rint(np.interp(at, np.arange(len(total)), total)), np.nan)


def _lines_by_month(side: Side, provider: str, lines: tuple[str, ...]) -> np.ndarray:
    """(M,) GBP of some lines that a trust bears; an even flow where there are none."""
    places = [list(LINES).index(line) for line in lines]
    of = side.bill.by_month[:, places][:, :, side.bill.provider == provider]
    return of.sum(axis=(1, 2)) if lines else np.ones(len(of))


def _income_by_month(money: Money, side: Side) -> np.ndarray:
    """(M, T) GBP that each party is paid as care is given: how its income falls within a year."""
    made, plan = np.zeros((money.years * MONTHS, len(money.parties.name))), money.plan
    for span in side.spans:
        plan = plan_at(side.till, (span,), plan, span.start)
        paid = side.till.payments(span, plan).sum(axis=(0, 1))
        for month, share in months(span.start, span.end):
            made[month] += paid * share
    return made
