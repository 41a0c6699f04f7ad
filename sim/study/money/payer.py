"""Payers: what commissioners spend beside their budgets, what they pool and share, and their chance of overspending.

The chance is of luck alone: of who falls ill when, at the prices and numbers set. What is not known of the numbers is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ...measures.money.bill import rests_on
from ...measures.money.deviation import spending
from ...measures.money.ledger import LINES as PAID_LINES
from ...measures.money.ledger import Ledger, ledger, plan_at
from ...measures.money.pence import in_gbp
from ...service.demand import DAYS_A_YEAR
from ..comparison import interval
from ..run import Run
from .case import SIDES, commissioners, deviation_of, guesses, middle_of_window, period, reckon, span_of_window

if TYPE_CHECKING:
    from ..tables import Findings


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
    side, span = money.side[name], span_of_window(found, name)
    plan = plan_at(side.till, side.spans, money.plan, span.start)
    extra = [PAID_LINES.index(line) for line in ("population budget", "stranded support")]
    for each in found.experiment.replications:
        books = ledger(money.parties, side.till.payments(span, plan, each.activity[SIDES.index(name)]))
        books.pence[extra] = side.books[year].pence[extra]
        yield books


def simulated_year(found: Findings) -> int:
    """The plan year in which the middle of the measured window lies, or the last one costed."""
    return min(int(middle_of_window(found) // DAYS_A_YEAR), found.finance.horizon_years - 1)


FEWEST = 20
"""Replications below which no chance of overspending is told: of ten or fewer, a 90th percentile is no more than the largest."""


def tells_chances(run: Run) -> bool:
    """Whether a run says anything of chances by luck: of many replications, each of whole years.

    Days that are scaled to a year have more luck in them than a year has.
    """
    return run.replications >= FEWEST and run.window.end - run.window.start > DAYS_A_YEAR - 1


def payers(found: Findings) -> list[dict]:
    """One row a commissioner and plan year: spending, budget, what is pooled and shared, and the chance of overspending."""
    money = reckon(found)
    if money is None:
        return []
    before, after = (money.side[name] for name in SIDES)
    own_year, runs = simulated_year(found), len(found.experiment.replications)
    spent = simulated_spending(found)
    simulated = {side: deviation_of(money, each, own_year).after for side, each in spent.items()}
    is_told = tells_chances(found.experiment.run)
    said = guesses(money, found.service, ("variable_share", "budget_growth", *rests_on(found.service, "conveyance")))
    rows = []
    for party in commissioners(money):
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
                told = borne if is_told else None
                row |= {
                    f"simulated_mean_{side}_gbp": in_gbp(borne.mean()) if borne is not None else None,
                    f"simulated_p90_{side}_gbp": in_gbp(percentile(told, 0.9)) if told is not None else None,
                    f"chance_of_overspending_{side}": float((told > 0).mean()) if told is not None else None,
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
