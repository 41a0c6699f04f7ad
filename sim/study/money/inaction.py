"""Inaction: what doing nothing leads to as demand grows, and the option beside it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ...measures.money.activity import index_stages
from ...measures.money.bill import rests_on
from ...measures.money.pence import in_gbp
from ..view import minimum_of
from .case import SIDES, Side, guesses, period, reckon_with_growth

if TYPE_CHECKING:
    from ..tables import Findings


@lru_cache(maxsize=2)
def do_nothing(found: Findings) -> list[dict]:
    """One row a plan year with expected growth: doing nothing beside the option - cost, overspending, units under their minimum."""
    grown = reckon_with_growth(found)
    if grown is None:
        return []
    on = (*rests_on(found.service), "growth_admissions", "budget_growth", "variable_share")
    rows, said = [], guesses(grown, found.service, on)
    for year in range(grown.years):
        row = {"year": year + 1, "period": period(found, year)}
        for label, side in zip(("do_nothing", "option"), (grown.side[name] for name in SIDES)):
            over = np.maximum(side.deviation[year].own, 0)  # a pound is no overspending, but what rounding leaves
            over = np.where(over > 100, over, 0)
            # What ICBs hand a lead provider it spends on their behalf: counted where it is spent.
            handed_on = side.books[year].line("population budget").sum()
            row |= {
                f"cost_{label}_gbp": in_gbp(side.bill.total[year]),
                f"spent_{label}_gbp": in_gbp(side.deviation[year].spent.sum() - handed_on),
                f"overspent_{label}_gbp": in_gbp(over.sum()),
                f"commissioners_over_budget_{label}": int((over > 0).sum()),
                f"units_under_minimum_{label}": _under_minimum(side, year),
            }
        row |= {"growth_a_year": found.service.growth.get("admissions", 0.0), "rests_on_guesses": said}
        rows.append(row)
    return rows


def _under_minimum(side: Side, year: int) -> int:
    """Open units of the kind that access is measured to with fewer index admissions than its minimum, at the end of the year."""
    service, span = side.service, [span for span in side.spans if span.year == year][-1]
    counts = index_stages(service)[span.activity.stage]
    volume = span.activity.by_unit(span.activity.stays * counts, len(service.units))
    judged = service.gives(service.access_kind) & span.is_open
    return int((judged & (volume < minimum_of(service) * (1 - 1e-9))).sum())
