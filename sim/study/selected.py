"""A selection as it is told: which option is best, how sure that is, and each option beside the baseline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .comparison import paired
from .family import Member, family, variance_reduction
from .panel import Panel
from .selection import Selection, select_best
from .target import Target


@dataclass(frozen=True)
class Option:
    """One option of a selection."""

    name: str
    replications: int
    mean: float
    member: Member | None
    """Beside the baseline, over the replications that both have; None for the baseline."""
    paired: int
    """How many those are."""
    saved: float
    """The share of the variance of the difference that is saved by the same patients meeting both."""
    turn: int | None
    """The how-manieth to be dropped; None for one that was left."""
    is_alike: bool
    """Whether it is the best, or had the same value as the best in every replication of both."""


@dataclass(frozen=True)
class Selected:
    """The best of several options."""

    target: Target
    options: tuple[Option, ...]
    """The baseline first."""
    best: int
    chance: float
    is_sure: bool
    """Whether it was decided; else the ceiling was reached first, or nothing was seen to vary."""

    @property
    def said(self) -> list[str]:
        """What was found, a sentence each."""
        name, spent = self.options[self.best].name, sum(each.replications for each in self.options)
        promise = f"by at least {self.target.half_width:g}, with a chance of {100 * self.chance:g} % of being right (Kim and Nelson 2001)"
        first = (
            f"Selected: {name}, where it is better than every other {promise}."
            if self.is_sure
            else f"Not decided: {name} is best so far. The ceiling of replications came first (ceiling=...), or the measure never varied "
            "under it and another option, so that nothing is known of its luck (run.years=... sees more)."
        )
        corrected = (
            "Intervals hold in 95 % of repeats although it stops when it has seen enough, and are wider for it (Wang and Ramdas 2024); "
            "together, all at once (Bonferroni); p is after Holm (1979)."
        )
        luck = "All of this is luck of the simulation; how sure the numbers are that it rests on: python -m sim uncertainty."
        return [first, *self._alike(), f"{spent} replications in all.", corrected, luck]

    def _alike(self) -> list[str]:
        """Who does just as well as the best."""
        names = [each.name for number, each in enumerate(self.options) if each.is_alike and number != self.best]
        best = self.options[self.best].name
        good = ", and so as good" if self.is_sure else ""
        return [f"Alike with {best} in every replication{good}: {', '.join(names)}."] if names else []

    def rows(self) -> list[dict]:
        """One row an option."""
        return [
            {
                "option": each.name,
                "measure": self.target.name,
                "replications": each.replications,
                "mean": each.mean,
                **_member_columns(each),
                "dropped": each.turn,
                "selected": number == self.best,
                "alike": each.is_alike,
            }
            for number, each in enumerate(self.options)
        ]


def _member_columns(each: Option) -> dict:
    of = each.member
    return {
        "difference": of and of.difference,
        "low": of and of.low,
        "high": of and of.high,
        "low_together": of and of.low_together,
        "high_together": of and of.high_together,
        "p_holm": of and of.p_together,
        "paired_replications": each.paired,
        "variance_saved": each.saved,
    }


def select_from(
    panel: Panel,
    target: Target,
    worth: float,
    chance: float = 0.95,
    is_lower_better: bool = True,
    first: int = 10,
    ceiling: int = 1000,
    say: Callable[[str], None] | None = None,
) -> Selected:
    """Select the best of a panel by one measure.

    Parameters
    ----------
    panel
        The baseline and the options.
    target
        The measure.
    worth, chance, first, ceiling
        See `selection.select_best`.
    is_lower_better
        Whether a small value is good.
    say
        Told now and then how far it is.
    """
    sign = 1.0 if is_lower_better else -1.0

    def simulate(option: int, replication: int) -> float:
        if say and option == 0 and replication % 10 == 0:
            say(f"replication {replication + 1}")
        return sign * panel.value(option, replication, target)

    found = select_best(simulate, len(panel.names), worth, chance, first, ceiling)
    return Selected(target, tuple(_options(panel, target, found)), found.best, chance, found.is_sure)


def _options(panel: Panel, target: Target, found: Selection) -> list[Option]:
    values = [panel.values(k, count, target) for k, count in enumerate(found.replications)]
    pairs = [min(len(values[0]), len(each)) for each in values]
    changes = [paired(values[0][:n], each[:n]) for each, n in zip(values[1:], pairs[1:])]
    # When an option is dropped hangs on its luck.
    members = [None, *family(changes, is_fixed=False)]
    turn = {option: place for place, option in enumerate(found.dropped, start=1)}
    return [
        Option(
            panel.names[k],
            found.replications[k],
            float(values[k].mean()),
            members[k],
            pairs[k],
            variance_reduction(values[0][: pairs[k]], values[k][: pairs[k]]) if k else float("nan"),
            turn.get(k),
            _are_alike(values[k], values[found.best]),
        )
        for k in range(len(values))
    ]


def _are_alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two options have the same value in every replication of both."""
    count = min(len(one), len(other))
    return not paired(one[:count], other[:count]).any()
