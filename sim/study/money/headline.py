"""Headline: the rows about money in the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...measures.money.pence import in_gbp
from .bridges import growth_of
from .case import SIDES, Money, reckon
from .inaction import do_nothing
from .kinds import kinds_of
from .spread import drawn_cost, drawn_saving, ends_of
from .trust import flagged
from .worth import (
    break_even_capital,
    growth_in_saving,
    net_present_value,
    with_assets_left,
    without_capital_for_beds,
    without_guesses_at_change,
)

if TYPE_CHECKING:
    from ..tables import Findings


def money_summary(found: Findings) -> list[tuple]:
    """The headline rows: measure, unit, baseline, option, and, where it is known, the ends of the interval of the difference."""
    money = reckon(found)
    if money is None:
        return []
    before, after = (money.side[name].bill for name in SIDES)
    last = money.years - 1
    million = "GBP million"
    kinds = {(row["kind"], row["label"]): row["gbp"] / 1e6 for row in kinds_of(found, min(1, last))}
    saved, bare = net_present_value(money) / 1e6, without_capital_for_beds(money) / 1e6
    tolerance = 100 * money.finance.number["stability_tolerance"]
    rows = [
        (
            f"cost to the system in year {year + 1} (guesses)",
            million,
            *(in_gbp(each.total[year]) / 1e6 for each in (before, after)),
            *ends_of(drawn_cost(found, "total", year)),
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
            *ends_of(drawn_cost(found, "stranded", 0)),
        ),
        (f"net saving over {money.years} years, present value (guesses)", million, 0.0, saved, *ends_of(drawn_saving(found))),
        ("  of it growth of demand, brought (-) or avoided (+) (guesses)", million, 0.0, growth_in_saving(found) / 1e6),
        ("  with what is left of assets at the end (guesses)", million, 0.0, with_assets_left(money) / 1e6),
        ("  the same if added beds needed no capital (guesses)", million, 0.0, bare, *ends_of(drawn_saving(found, True))),
        (
            "  and if nothing were left stranded either (guesses)",
            million,
            0.0,
            without_guesses_at_change(money) / 1e6,
        ),
        *_break_even(money),
        (
            f"  growth of demand in the cost of year {last + 1} (guesses)",
            million,
            0.0,
            in_gbp(growth_of(found)[last]) / 1e6,
        ),
        (
            f"income trusts lose to others or to payers in year {min(1, last) + 1}, a transfer (guess)",
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
            f"trusts whose margin falls by over {tolerance:g} % of income in some year, transition included (guess)",
            "trusts",
            0.0,
            float(flagged(found)),
        ),
        (f"  of them in year {last + 1}, when it is over (guess)", "trusts", 0.0, float(flagged(found, last + 1))),
        (
            f"least transfer that leaves no trust below that in year {min(1, last) + 1} (guess)",
            million,
            0.0,
            kinds["transfer", "support"],
        ),
        ("ambulance hours, there and back (guesses)", "hours a year", *hours),
        *_inaction(found),
    ]


def _break_even(money: Money) -> list[tuple[str, str, float | None, float]]:
    """Capital a bed at which the option breaks even; no row where it builds none."""
    even, set_to = break_even_capital(money) / 1e3, money.finance.number["capital_per_bed"] / 1e3
    if even != even:
        return []
    if even < 0:
        return [(f"  capital a built bed at which it breaks even: none (guess: {set_to:,.0f})", "GBP thousand", None, float("nan"))]
    return [(f"  capital a built bed at which it breaks even (guess: {set_to:,.0f})", "GBP thousand", None, even)]


def _inaction(found: Findings) -> list[tuple[str, str, float, float]]:
    """Doing nothing while demand grows as expected, and the option beside it, in the last plan year."""
    rows = do_nothing(found)
    if not rows or not rows[-1]["growth_a_year"]:
        return []
    last = rows[-1]
    growth = f"year {last['year']} with growth"
    spent = [last[f"overspent_{label}_gbp"] / 1e6 for label in ("do_nothing", "option")]
    under = [float(last[f"units_under_minimum_{label}"]) for label in ("do_nothing", "option")]
    return [
        (f"over budget in {growth}: doing nothing, option (guesses)", "GBP million", *spent),
        (f"units under the minimum in {growth}: the same (guess)", "units", *under),
    ]
