"""Present value: money of later years in that of the first.

HM Treasury's Green Book discounts at 3.5 % a year for the first 30 years; the year in hand is year 0 and is not discounted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def discount_factor(rate: float, year: float) -> float:
    """What a pound of a later year is worth in year 0: 1 / (1 + rate) ** year.

    Examples
    --------
    >>> round(discount_factor(0.035, 10), 4)
    0.7089
    """
    return (1 + rate) ** -year


def present_value(flow: Sequence[float], rate: float) -> float:
    """The value in year 0 of what comes in years 0, 1, 2 and so on.

    Examples
    --------
    Twelve million now for a million and a half in each of ten years:

    >>> round(present_value([-12.0, *[1.5] * 10], 0.035), 6)
    0.474908
    """
    return math.fsum(value * discount_factor(rate, year) for year, value in enumerate(flow))


def annuity_factor(rate: float, years: int) -> float:
    """The present value of a pound in each of the years 1 to ``years``."""
    return present_value([0.0, *[1.0] * years], rate)


def equivalent_annual_cost(capital: float, rate: float, years: int) -> float:
    """The sum that, paid in each of the years 1 to ``years``, is worth as much as capital in year 0.

    Examples
    --------
    >>> round(equivalent_annual_cost(12.0, 0.035, 10), 6)
    1.442896
    """
    return capital / annuity_factor(rate, years)
