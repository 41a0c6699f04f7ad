"""Sheet: income and running cost of each provider, for its plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ...measures.money.bill import LINES, rests_on, running
from ...measures.money.income import RUNNING
from ...measures.money.ledger import plan_at
from ..view import View
from .case import guesses, reckon

if TYPE_CHECKING:
    from ..tables import Findings


def plan_guesses(found: Findings) -> tuple[str, ...]:
    """The guesses among the numbers that its income, running cost and staff rest on."""
    money = reckon(found)
    groups = found.service.staffing.groups if found.service.staffing else ()
    of_staff = tuple(f"staff: {group.name}" for group in groups if group.is_guess)
    if money is None:
        return of_staff
    said = guesses(money, found.service, (*rests_on(found.service, *RUNNING), "variable_share"))
    return (*of_staff, *(name for name in said.split("; ") if name))


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
