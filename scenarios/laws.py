"""Laws of durations made longer or shorter: the same uniform of a patient gives a stay scaled by the same factor."""

from __future__ import annotations

from dataclasses import replace

from sim.service.distribution import Distribution
from sim.service.fault import Fault

from .find import number_fault


def scaled(law: Distribution, factor: float) -> Distribution:
    """The law of so many times the duration.

    Examples
    --------
    >>> scaled(Distribution("lognormal", mean=4.0, sd=2.0), 0.5)
    Distribution(law='lognormal', mean=2.0, sd=1.0, median=None, lower=None, upper=None, shape=None, values=(), weights=())
    """
    if factor == 0:
        return Distribution("constant", mean=0.0)
    names = ("mean", "sd", "median", "lower", "upper")
    made = {name: getattr(law, name) * factor for name in names if getattr(law, name) is not None}
    return replace(law, **made, values=tuple(value * factor for value in law.values))


def factor_faults(factor: object, mean: object) -> list[Fault]:
    """What is wrong with a factor or a new mean, of which just one is given."""
    if (factor is None) == (mean is None):
        return [Fault("give factor, or mean in days, and not both", (factor, mean))]
    return number_fault("factor", factor, 0) if mean is None else number_fault("mean", mean, 0)


def factor_of(law: Distribution, factor: float | None, mean: float | None) -> float:
    """By how much a law is scaled to have a mean; the factor itself where that is given."""
    return float(factor) if mean is None else float(mean) / law.expectation


def in_words(factor: float | None, mean: float | None) -> str:
    """A factor or a mean as a sentence says it."""
    return f"{factor:g} times as long" if mean is None else f"{mean:g} days on average"
