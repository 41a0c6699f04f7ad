"""Kinds of saving: what the system saves in cash, what it would save but for stranded cost, and what only changes hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...measures.money.bill import rests_on
from ...measures.money.pence import in_gbp
from .bridges import growth_of
from .case import SIDES, guesses, period, reckon
from .trust import accounts, harmonised_by_trust, providers

if TYPE_CHECKING:
    from ..tables import Findings


def savings_kinds(found: Findings) -> list[dict]:
    """One row a plan year and kind: of what changes, what the system saves in cash, what it does not, and what only changes hands."""
    money = reckon(found)
    if money is None:
        return []
    rows = []
    for year in range(money.years):
        head = {"year": year + 1, "period": period(found, year)}
        rows += [{**head, **row} for row in kinds_of(found, year)]
    return rows


def kinds_of(found: Findings, year: int) -> list[dict]:
    money = reckon(found)
    before, after = (money.side[name] for name in SIDES)
    growth = growth_of(found)[year]
    fall = int(before.bill.total[year] - after.bill.total[year])
    held = int(after.bill.line["stranded"][year] - before.bill.line["stranded"][year])
    income = [np.array([a.income[year] for a in accounts(found)[name].values()]) for name in SIDES]
    spent = [side.deviation[year].spent for side in (before, after)]
    every = guesses(money, found.service, rests_on(found.service))

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
            fall + growth,
        ),
        row("system", "not released", False, "would fall too, but is stranded this year", held),
        row("avoided growth", "growth", False, "cost of patients whom the option keeps from coming", max(0, -growth)),
        row("added growth", "growth", False, "cost of patients who come with the option only: no loss of its making", max(0, growth)),
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
