"""Bridge: from what the baseline costs in the first year to what an option costs in a later one, by cause. The steps sum exactly."""

from __future__ import annotations

import numpy as np

from ...service.finance import Finance
from ...service.service import Service
from .bill import LINES, Bill, Reference, running
from .course import Span

STEPS = {
    "price": "real growth of pay and prices, devices and drugs apart",
    "demand": "more or fewer patients in the units of the baseline",
    "shift": "units, beds and patients moved by the option; ambulances; promised investments",
    "drugs": "devices and drugs: price and use",
    "stranded": "cost of what closed and is not yet released",
    "double_running": "staff of added beds before these take patients",
    "capital": "added beds, with optimism bias and value added tax",
}
"""The steps, in the order in which they are taken, and what each is."""

_PASSED = list(LINES).index("pass_through")
LUMPS = {
    "stranded": ("stranded",),
    "double_running": ("double_running",),
    "capital": ("capital", "optimism_bias", "value_added_tax"),
}


def bridge(
    year: int,
    finance: Finance,
    at: Reference,
    baseline: tuple[Service, tuple[Span, ...], Bill],
    same_demand: tuple[Service, tuple[Span, ...]],
    option: tuple[Service, tuple[Span, ...], Bill],
) -> dict[str, int]:
    """The steps to one plan year.

    Parameters
    ----------
    year
        From 0.
    finance
        Prices.
    at
        The baseline at the start.
    baseline, option
        Each with its course and bill.
    same_demand
        The baseline with the option's demand, and its course.

    Returns
    -------
    By step, pence. The baseline's bill of year 0 and all steps sum to the option's bill of the year.
    """
    made = {
        step: round(100 * gbp) for step, gbp in steps_in_gbp(year, finance, at, baseline, same_demand, option).items()
    }
    # Each step is worked out by itself; what is missing are the few pence by which two bills are rounded.
    largest = max(made, key=lambda step: abs(made[step]))
    made[largest] += int(option[2].total[year] - baseline[2].total[0]) - sum(made.values())
    return made


def steps_in_gbp(
    year: int,
    finance: Finance,
    at: Reference,
    baseline: tuple[Service, tuple[Span, ...], Bill],
    same_demand: tuple[Service, tuple[Span, ...]],
    option: tuple[Service, tuple[Span, ...], Bill],
) -> dict[str, float]:
    """The same before rounding: each step by itself, in pounds."""

    def cost(service: Service, spans: tuple[Span, ...], of: int, prices: int) -> tuple[float, float]:
        """GBP of a year at the prices of another: devices and drugs apart, and these."""
        own = None if prices == of else prices
        total = sum(running(service, s, finance, at, own).sum(axis=1) * s.years for s in spans if s.year == of)
        return float(np.delete(total, _PASSED).sum()), float(total[_PASSED])

    before, then = baseline[:2], option[:2]
    care, passed = cost(*before, 0, 0)
    dearer, _ = cost(*before, 0, year)
    more, more_passed = cost(*same_demand, year, year)[0], cost(*same_demand, year, 0)[1]
    after, passed_after = cost(*then, year, year)
    made = {
        "price": dearer - care,
        "demand": more - dearer + more_passed - passed,
        "shift": after - more,
        "drugs": passed_after - more_passed,
    }
    for step, lines in LUMPS.items():
        made[step] = float(sum(option[2].line[name][year] - baseline[2].line[name][0] for name in lines)) / 100
    return made
