"""Bridges: from what the baseline costs in the first year to the option in each later one, by cause."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ...measures.money.bill import rests_on, running
from ...measures.money.bridge import LUMPS, STEPS, bridge
from ...measures.money.course import Span, course
from ...measures.money.pence import in_gbp
from ...service.service import Service
from .case import SIDES, Money, guesses, period, reckon

if TYPE_CHECKING:
    from ..tables import Findings


_RUNNING = ("fixed", "semi_fixed", "variable", "procedures", "conveyance", "transfers", "promises")
_MADE_OF = {**dict.fromkeys(("price", "demand", "shift"), _RUNNING), "drugs": ("pass_through",)} | LUMPS
"""By step, the lines of a bill that it is made of."""


def bridge_rows(found: Findings) -> list[dict]:
    """One row a plan year and step, from the baseline of the first year to the option."""
    money = reckon(found)
    if money is None:
        return []
    rows = []
    said = {step: guesses(money, found.service, rests_on(found.service, *lines)) for step, lines in _MADE_OF.items()}
    said |= dict.fromkeys(("baseline", "option"), guesses(money, found.service, rests_on(found.service)))
    for year, steps in enumerate(bridges_of(found)):
        start = {"year": year + 1, "period": period(found, year)}
        first, last = (int(money.side[name].bill.total[of]) for name, of in (("baseline", 0), ("option", year)))
        ends = (
            [("baseline", "what the baseline costs in the first year", first)],
            [("option", "what the option costs in this year: the sum of all above", last)],
        )
        steps_said = [(step, STEPS[step], pence) for step, pence in steps.items()]
        rows += [
            {**start, "step": s, "what": what, "gbp": in_gbp(p), "rests_on_guesses": said[s]}
            for s, what, p in (*ends[0], *steps_said, *ends[1])
        ]
    return rows


@lru_cache(maxsize=2)
def bridges_of(found: Findings) -> tuple[dict[str, int], ...]:
    money = reckon(found)
    first, last = ((side.service, side.spans, side.bill) for side in (money.side[name] for name in SIDES))
    same = _with_demand_of_option(money)
    return tuple(bridge(year, money.finance, money.at, first, same, last) for year in range(money.years))


def _with_demand_of_option(money: Money) -> tuple[Service, tuple[Span, ...]]:
    """The baseline with the demand of the option, and its course."""
    before, after = (money.side[name] for name in SIDES)
    if after.service.demand is before.service.demand:
        return before.service, before.spans
    moments = (*(span.start for span in before.spans), before.spans[-1].end)
    service = replace(before.service, demand=after.service.demand)
    return service, course(service, money.homes, moments, money.finance.origin)


@lru_cache(maxsize=2)
def growth_of(found: Findings) -> tuple[int, ...]:
    """By plan year, pence that the units of the baseline would cost more for the patients of the option: growth is not of its making."""
    money = reckon(found)
    before, (service, spans) = money.side["baseline"], _with_demand_of_option(money)
    made = np.zeros(money.years)
    if service is not before.service:
        for sign, of, course_of in ((1, service, spans), (-1, before.service, before.spans)):
            for span in course_of:
                made[span.year] += sign * span.years * running(of, span, money.finance, money.at).sum()
    return tuple(round(100 * gbp) for gbp in made.tolist())
