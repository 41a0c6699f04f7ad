"""Targets: what each commissioner must save, what the option brings it, and the gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...measures.money.pence import in_gbp
from .case import SIDES, commissioners, guesses, period, reckon

if TYPE_CHECKING:
    from ..tables import Findings


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
    for party in commissioners(money):
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
