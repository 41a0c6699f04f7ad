"""Worth: the net present value of an option, with and without the capital that it hangs on, and where it breaks even."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...measures.money.bill import rests_on
from ...measures.money.pence import in_gbp
from ...measures.money.present_value import present_value
from .case import SIDES, Money, guesses, reckon

if TYPE_CHECKING:
    from ...measures.money.bill import Bill
    from ...service.finance import Finance
    from ..tables import Findings


def net_present_value(money: Money) -> float:
    """GBP in the first year of what the option saves over all years, value added tax apart; negative where it costs more."""
    return net_saving(*(money.side[name].bill for name in SIDES), money.finance)


def net_saving(before: Bill, after: Bill, finance: Finance) -> float:
    """The same of any two bills."""
    saved = before.in_present_value - after.in_present_value
    return present_value([in_gbp(each) for each in saved], finance.number["discount_rate"])


def discounted_beds(money: Money, which: str = "beds_built") -> float:
    """What each pound of capital a bed costs in present value: beds that the option builds or adds, discounted, with optimism bias."""
    n = money.finance.number
    before, after = (getattr(money.side[name].bill, which).sum(axis=1) for name in SIDES)
    growth = (1 + n["cost_growth"]) ** np.arange(money.years)
    return present_value(((after - before) * growth * (1 + n["optimism_bias"])).tolist(), n["discount_rate"])


def without_capital_for_beds(money: Money) -> float:
    """The net present value if beds needed no capital; capital that promises name is kept."""
    return net_present_value(money) + money.finance.number["capital_per_bed"] * discounted_beds(money)


def break_even_capital(money: Money) -> float:
    """GBP a built bed at which the net present value is nothing: above it the option costs more than it saves. NaN where none is built;
    negative where the option loses even with beds for nothing."""
    beds = discounted_beds(money)
    return without_capital_for_beds(money) / beds if abs(beds) > 1e-9 else float("nan")


def worth(found: Findings) -> list[dict]:
    """One row a reading of the net present value: as set, without capital for beds, at the ends of its interval; and the break-even."""
    money = reckon(found)
    if money is None:
        return []
    n, beds = money.finance.number, discounted_beds(money, "beds_added")
    without, set_to = without_capital_for_beds(money), n["capital_per_bed"]

    def at(capital: float, share: float) -> float:
        return without - capital * share * beds

    def row(case: str, what: str, value: float, unit: str, names: tuple[str, ...]) -> dict:
        return {
            "case": case,
            "what": what,
            "unit": unit,
            "value": value,
            "years": money.years,
            "discount_rate": n["discount_rate"],
            "rests_on_guesses": guesses(money, found.service, names),
        }

    every = rests_on(found.service)
    bare = tuple(name for name in every if name not in ("capital_per_bed", "share_of_beds_built"))
    bed = money.finance.parameters["capital_per_bed"]
    scale = set_to / float(bed.value) if bed.value else 1.0
    built = in_beds(money, "option", "beds_built") - in_beds(money, "baseline", "beds_built")
    added = in_beds(money, "option", "beds_added") - in_beds(money, "baseline", "beds_added")
    rows = [
        row(
            "as set",
            f"net present value; {added:g} beds added, {built:g} of them built",
            net_present_value(money),
            "GBP",
            every,
        ),
        row("no capital", "if no added bed needed capital", without, "GBP", bare),
        row("every bed built", f"at GBP {set_to:,.0f} for every added bed", at(set_to, 1.0), "GBP", every),
    ]
    for end in ("low", "high"):
        if (value := getattr(bed, end)) is not None:
            what = f"capital_per_bed at its {end} end, GBP {scale * value:,.0f}"
            rows.append(row(f"capital {end}", what, at(scale * value, n["share_of_beds_built"]), "GBP", every))
    even = break_even_capital(money)
    rows.append(row("break-even", break_even_in_words(even, set_to), even, "GBP per built bed", bare))
    return rows


def in_beds(money: Money, side: str, which: str) -> float:
    """Beds that a side adds or builds in all years."""
    return float(getattr(money.side[side].bill, which).sum())


def break_even_in_words(even: float, set_to: float) -> str:
    """What a break-even means for a planner."""
    if np.isnan(even):
        return "no bed is built, so nothing hangs on capital"
    if even < 0:
        return "the option costs more than it saves even if beds needed no capital"
    side = "the option saves" if even > set_to else "the option costs more than it saves"
    return f"capital a built bed at which nothing is lost or gained; it is set to GBP {set_to:,.0f}, so {side}"
