"""Effects: how the headlines move when one number goes from the low to the high end of its interval, all others as they are.

Two headlines can be worked out again without simulation: the net saving in present value, which rests on the numbers of finance, and the
life years with volume, which rest on the estimates of the outcome. What moves only the simulation is left out: a sweep tells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..measures.treatment import MEASURES, care, centre, outcome, volumes
from ..service.finance import Finance
from ..service.service import Parameter, Service
from .money import money_of, net_present_value
from .view import view


class Effect(NamedTuple):
    """One headline with a number at the low end of its interval, as it is, and at the high end."""

    headline: str
    unit: str
    low: float
    value: float
    high: float

    @property
    def turns(self) -> bool:
        """Whether a gain turns into a loss between the ends."""
        return min(self.low, self.high) < 0 < max(self.low, self.high)

    @property
    def words(self) -> str:
        """As a table says it."""
        said = f"{self.headline}: {self.low:,.2f} at low, {self.value:,.2f} as it is, {self.high:,.2f} at high ({self.unit})"
        return f"{said}; TURNS a gain into a loss" if self.turns else said


def has_interval(of: Parameter) -> bool:
    """Whether a number has two ends to go to."""
    return of.low is not None and of.high is not None and of.low < of.high


def outcome_effects(baseline: Service, option: Service, at: float) -> dict[str, Effect]:
    """By estimate of the outcome, what it does to the life years that the option gains, time with volume.

    Parameters
    ----------
    baseline, option
        With the same units.
    at
        Days from the start of the run.
    """
    benefit = baseline.benefit
    if benefit is None:
        return {}
    views = [view(service, at) for service in (baseline, option)]
    busy = volumes(baseline, *(seen.load for seen in views))
    before, after = (care(seen.service, seen.is_open, seen.load, of, seen.at) for seen, of in zip(views, busy))
    place = MEASURES.index("qalys")

    def gain(numbers: Mapping[str, float]) -> float:
        mean = centre(before, benefit, numbers)
        sides = [outcome(side, benefit, numbers, 1.0, mean)[:, place].sum() for side in (before, after)]
        return float(sides[1] - sides[0])

    as_it_is = gain(benefit.numbers)
    label = "QALYs of treated patients gained, time with volume"
    return {
        name: Effect(
            *(label, "QALYs a year"), gain(benefit.numbers | {name: of.low}), as_it_is, gain(benefit.numbers | {name: of.high})
        )
        for name, of in benefit.estimate.items()
        if has_interval(of)
    }


def finance_effects(
    baseline: Service, option: Service, finance: Finance | None, finance_with: Callable[[Mapping[str, float]], Finance]
) -> dict[str, Effect]:
    """By number of finance, what it does to the net saving in present value.

    Parameters
    ----------
    baseline, option
        With the same units.
    finance
        As it is.
    finance_with
        The finance with some numbers set.
    """
    if finance is None:
        return {}

    def saved(given: Finance) -> float:
        return net_present_value(money_of(baseline, option, given)) / 1e6

    as_it_is = saved(finance)
    label = f"net saving over {finance.horizon_years} years, present value"
    return {
        name: Effect(label, "GBP million", saved(finance_with({name: of.low})), as_it_is, saved(finance_with({name: of.high})))
        for name, of in finance.parameters.items()
        if has_interval(of)
    }
