"""Worth: the net present value of an option, with and without the guesses that it hangs on, and where it breaks even."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ...measures.money.bill import bill, rests_on
from ...measures.money.pence import in_gbp
from ...measures.money.present_value import discount_factor, present_value
from .bridges import growth_of
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


def growth_in_saving(found: Findings) -> float:
    """Of the net present value, what is growth of demand: negative where the option brings patients, positive where it keeps them away."""
    rate = reckon(found).finance.number["discount_rate"]
    return 0.0 - present_value([in_gbp(pence) for pence in growth_of(found)], rate)


ASSETS = ("capital", "optimism_bias")
"""The lines that buy assets; value added tax on them is no part of a present value, nor of what is left in one."""


def assets_left(money: Money, *lines: str) -> float:
    """What is left at the end of the years costed of what the option buys beyond the baseline, in present value.

    Straight line over `asset_life`, in full years of use as depreciation has it; the end of the last year costed is discounted by so
    many years as there are.
    """
    n, years = money.finance.number, money.years
    age = years - np.arange(years)
    left = np.maximum(1 - age / n["asset_life"], 0.0)
    before, after = (sum(money.side[name].bill.line[line] for line in lines or ASSETS) for name in SIDES)
    return in_gbp(((after - before) * left).sum()) * discount_factor(n["discount_rate"], years)


def with_assets_left(money: Money) -> float:
    """The net present value with what is left of assets, which outlive the years of saving that it counts."""
    return net_present_value(money) + assets_left(money)


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


STRANDED = ("stranded_share_year_1", "stranded_share_year_2", "stranded_share_year_3")


@lru_cache(maxsize=16)
def value_with(money: Money, numbers: tuple[tuple[str, float], ...]) -> float:
    """The net present value with some numbers of finance set otherwise, in pounds of the price year."""
    finance = replace(money.finance, number={**money.finance.number, **dict(numbers)})
    before, after = (bill(money.side[name].service, money.side[name].spans, finance, money.at) for name in SIDES)
    return present_value(
        [in_gbp(each) for each in before.in_present_value - after.in_present_value], finance.number["discount_rate"]
    )


def without_guesses_at_change(money: Money) -> float:
    """The net present value if beds needed no capital and nothing were left stranded: what the new shape itself saves or costs."""
    return value_with(money, (("share_of_beds_built", 0.0), *((name, 0.0) for name in STRANDED)))


def worth(found: Findings) -> list[dict]:
    """One row a reading of the net present value: as set, without capital or stranded cost, at the ends of these; the break-even."""
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
    promised = in_beds(money, "option", "beds_promised") - in_beds(money, "baseline", "beds_promised")
    rows = [
        row(
            "as set",
            f"net present value; {beds_in_words(added, built, promised)}",
            net_present_value(money),
            "GBP",
            every,
        ),
        row("no capital", "if no added bed needed capital", without, "GBP", bare),
        row("every bed built", f"at GBP {set_to:,.0f} for every added bed", at(set_to, 1.0), "GBP", every),
    ]
    life, until = n["asset_life"], f"years, {money.years} of them costed"
    kept = (*every, "asset_life")
    for case, lines, said in (
        ("with what is left of assets", ASSETS, "with optimism bias"),
        ("with what is left of assets, no optimism bias", ASSETS[:1], "without the optimism bias on them"),
    ):
        what = f"with what is left of assets {said} and without value added tax: straight line over {life:g} {until}"
        rows.append(row(case, what, net_present_value(money) + assets_left(money, *lines), "GBP", kept))
    for end in ("low", "high"):
        if (value := getattr(bed, end)) is not None:
            what = f"capital_per_bed at its {end} end, GBP {scale * value:,.0f}"
            rows.append(row(f"capital {end}", what, at(scale * value, n["share_of_beds_built"]), "GBP", every))
    rows += [row(*each, "GBP", every) for each in _stranded(money)]
    shape = tuple(name for name in bare if name not in STRANDED)
    what = "if no added bed needed capital and nothing were left stranded"
    rows.append(row("no capital, nothing stranded", what, without_guesses_at_change(money), "GBP", shape))
    even = break_even_capital(money)
    rows.append(row("break-even", break_even_in_words(even, set_to), even, "GBP per built bed", bare))
    return rows


def _stranded(money: Money) -> Iterator[tuple[str, str, float]]:
    """Case, words and value with what is stranded at nothing and at the ends of its intervals, where these are known."""
    yield "nothing stranded", "if all cost of what closed were released at once", value_with(money, tuple((n, 0.0) for n in STRANDED))
    for end in ("low", "high"):
        path = [getattr(money.finance.parameters[name], end) for name in STRANDED]
        if None not in path:
            said = ", ".join(f"{100 * share:g} %" for share in path)
            value = value_with(money, tuple(zip(STRANDED, path)))
            yield f"stranded {end}", f"shares left stranded at their {end} ends: {said}", value


def in_beds(money: Money, side: str, which: str) -> float:
    """Beds that a side adds or builds in all years."""
    return float(getattr(money.side[side].bill, which).sum())


def beds_in_words(added: float, built: float, promised: float) -> str:
    """How many beds are added, and who says what they cost.

    Examples
    --------
    >>> beds_in_words(12, 6, 0)
    '12 beds added, 6 of them built'
    >>> beds_in_words(0, 0, 4)
    '4 beds added, 0 of them built and 4 by a promise that names their cost itself'
    """
    by_promise = f" and {promised:g} by a promise that names their cost itself" if promised else ""
    return f"{added + promised:g} beds added, {built:g} of them built{by_promise}"


def break_even_in_words(even: float, set_to: float) -> str:
    """What a break-even means for a planner."""
    if np.isnan(even):
        return "no bed is built, so nothing hangs on capital"
    if even < 0:
        return "the option costs more than it saves even if beds needed no capital"
    side = "the option saves" if even > set_to else "the option costs more than it saves"
    return f"capital a built bed at which nothing is lost or gained; it is set to GBP {set_to:,.0f}, so {side}"
