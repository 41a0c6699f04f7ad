"""Laws of durations made longer or shorter: the same uniform of a patient gives a stay scaled by the same factor."""

from __future__ import annotations

from sim.service.distribution import Distribution
from sim.service.fault import Fault

from .find import number_fault


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
