"""A scorecard: the option rows of several options side by side, and what one option is beside another.

The baseline is an option like the others: the first. Options that were run with the same luck are compared patient by patient: the
interval of a difference between two of them is made of the paired samples of both, never of two intervals taken apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ..service.fault import Fault, nearest_spelling, refuse
from .comparison import paired
from .option_row import INDEX, NEUTRAL, Measure, Samples, less, verdict

BASELINE = "baseline"
"""The first option of every scorecard."""


class Difference(NamedTuple):
    """One option less another, of one measure."""

    difference: float
    low: float
    """Lower end of the paired 95 % interval; NaN where there is none."""
    high: float
    verdict: str
    """What the first is beside the other: better, worse, the same, undecided, neutral; empty where one of them is not known."""
    is_exact: bool
    """Whether no luck is in it."""


@dataclass(frozen=True, eq=False)
class Scorecard:
    """Several options by several measures."""

    options: tuple[str, ...]
    """The baseline first."""
    measures: tuple[Measure, ...]
    """One of each key, for its words, unit and direction; in order."""
    cell: Mapping[tuple[str, str], Measure]
    """By option and key; nothing where the run of the option does not know the measure."""
    is_paired: bool = True
    """Whether all runs had the same luck."""

    def value(self, option: str, key: str) -> float:
        """What a measure is under an option; NaN where it is not known."""
        found = self.cell.get((option, key))
        return found.option if found else float("nan")

    def measure(self, key: str) -> Measure:
        """A measure by its key; an unknown one is refused."""
        keys = [each.key for each in self.measures]
        refuse([] if key in keys else [Fault("unknown measure", key, _known(key, keys))])
        return self.measures[keys.index(key)]

    def interval(self, option: str, key: str) -> tuple[float, float]:
        """The 95 % interval of what a measure is under an option; both ends its value where no luck is in it."""
        found = self.cell.get((option, key))
        if found is None or found.samples is None:
            return (self.value(option, key),) * 2
        low, high = found.samples.interval(found.samples.option)
        return low, high

    def beside(self, option: str, other: str, key: str) -> Difference:
        """An option less another one, of one measure, with the paired interval."""
        x, y = self.cell.get((other, key)), self.cell.get((option, key))
        if x is None or y is None:
            return Difference(np.nan, np.nan, np.nan, "", True)
        gap = less(y.option, x.option)
        is_exact = x.samples is None and y.samples is None
        low, high = np.nan, np.nan
        if not is_exact and self.is_paired and len(x.samples.option) == len(y.samples.option):
            low, high = y.samples.interval(paired(x.samples.option, y.samples.option))
        is_sure = is_exact and (gap == 0 or not (x.is_bare_guess or y.is_bare_guess))
        return Difference(gap, low, high, verdict(y.better, gap, low, high, is_sure), is_exact)

    def other_demand(self) -> dict[str, float]:
        """By option that meets more or fewer patients than the baseline, by what share: its sums are not like for like."""
        share = {option: self.value(option, INDEX) / self.value(BASELINE, INDEX) - 1 for option in self.options}
        return {option: value for option, value in share.items() if abs(value) > 1e-6}

    def judged_by(self, keys: Sequence[str] = ()) -> tuple[Measure, ...]:
        """The measures that options are judged by: those named, or all headlines with a direction but for guesses without an interval.

        Each is known under every option.
        """
        if keys:
            made = tuple(self.measure(key) for key in keys)
            neutral = [each.key for each in made if each.better == NEUTRAL]
            rule = "a measure to judge by is better one way"
            refuse([Fault(rule, ", ".join(neutral), "for the reader to weigh: leave it out")] if neutral else [])
        else:
            made = tuple(each for each in self.measures if each.is_headline and each.better != NEUTRAL and not each.is_bare_guess)
        return tuple(m for m in made if all(self.value(option, m.key) == self.value(option, m.key) for option in self.options))


def scorecard(rows: Mapping[str, Iterable[Measure]], is_paired: bool = True) -> Scorecard:
    """Set options side by side.

    Parameters
    ----------
    rows
        By option, its option row. All runs have the same baseline where they had the same luck.
    is_paired
        Whether all runs had the same luck; else no interval between options is given.

    Raises
    ------
    InputError
        If runs with the same luck have not the same baseline.
    """
    first: dict[str, Measure] = {}
    cell: dict[tuple[str, str], Measure] = {}
    faults, apart = [], set()
    for option, row in rows.items():
        for each in row:
            known = first.setdefault(each.key, each)
            cell[option, each.key] = each
            if less(each.baseline, known.baseline) and each.baseline == each.baseline:
                apart.add(each.key)
                rule = f"{each.label} of the baseline differs between runs: they are not about the same service"
                faults.append(Fault(rule, (known.baseline, each.baseline), f"run {option} again"))
    refuse(faults if is_paired else [])
    for key, each in first.items():
        if key not in apart:
            cell[BASELINE, key] = as_baseline(each)
    return Scorecard((BASELINE, *rows), tuple(_in_order(rows.values(), first)), cell, is_paired)


def as_baseline(measure: Measure) -> Measure:
    """The baseline of a measure, as an option beside itself."""
    seen = measure.samples
    none = (0.0, 0.0) if seen else (np.nan, np.nan)
    same = Samples(seen.over, seen.baseline, seen.baseline) if seen else None
    return replace(measure, option=measure.baseline, low=none[0], high=none[1], samples=same)


def _in_order(rows: Iterable[Iterable[Measure]], first: Mapping[str, Measure]) -> list[Measure]:
    """Every measure once; one that only some runs know goes after that which it follows there."""
    order: list[str] = []
    for row in rows:
        at = 0
        for each in row:
            if each.key in order:
                at = order.index(each.key) + 1
            else:
                order.insert(at, each.key)
                at += 1
    return [first[key] for key in order]


def _known(key: str, keys: Sequence[str]) -> str:
    return "known: " + ", ".join(keys) + nearest_spelling(key, keys)


# -- dominance ----------------------------------------------------------------------------------------------------------


class Dominated(NamedTuple):
    """An option that another one beats or equals in everything."""

    option: str
    by: str
    is_beyond_luck: bool
    """Whether every difference it rests on is exact, or has an interval that does not hold 0."""
    better_in: tuple[str, ...]
    """The measures, by key, in which the other is better; it is no worse in any."""


def dominated(card: Scorecard, keys: Sequence[str] = ()) -> list[Dominated]:
    """The options that are dominated (Pareto): another is at least as good in every measure and better in one.

    Parameters
    ----------
    card
        The options; the baseline counts as one.
    keys
        Measures to judge by; all headlines with a direction, but for guesses without an interval, where none are given.
    """
    measures = card.judged_by(keys)
    found = []
    for option in card.options:
        for other in card.options:
            if option != other and measures:
                each = {m.key: card.beside(other, option, m.key) for m in measures}
                gain = {m.key: each[m.key].difference * (1 if m.better == "higher" else -1) for m in measures}
                better = tuple(key for key, value in gain.items() if value > 0)
                if better and not any(value < 0 for value in gain.values()):
                    sure = all(each[key].verdict == "better" for key in better)
                    found.append(Dominated(option, other, sure, better))
    return found
