"""Weights: one score an option, never without its parts and never without what the ranking would be under other weights.

Each measure is brought to 0 for the worst of the options set side by side and 1 for the best, and the parts are averaged by weight. Such
a score depends on which options stand beside each other, and a difference within luck counts like any other: it is a way to see
whether the ranking hangs on the weights, not a verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..cohort.stream import stream
from ..service.fault import Fault, is_number, refuse
from .option_row import HIGHER, Measure, less
from .scorecard import Scorecard

DRAWS = 10_000
"""Random weights, drawn evenly from all that sum to 1 (a flat Dirichlet law)."""


@dataclass(frozen=True, eq=False)
class Weighted:
    """A ranking, and how it stands under other weights; axes: W sets of weights, O options, M measures."""

    options: tuple[str, ...]
    measures: tuple[Measure, ...]
    weight: np.ndarray
    """(M,) as stated, summing to 1."""
    part: np.ndarray
    """(O, M) each measure from 0, the worst option, to 1, the best; 0 where all are the same."""
    sets: tuple[str, ...]
    """What each set of weights is: as stated, equal, each measure's doubled."""
    score: np.ndarray
    """(W, O) 0 to 1."""
    first_share: np.ndarray
    """(O,) of random weights, the share under which the option is first; ties are shared."""

    @property
    def rank(self) -> np.ndarray:
        """(W, O) int: 1 for the best; those with the same score share the better rank."""
        better = self.score[:, None, :] > self.score[:, :, None] + 1e-12
        return 1 + better.sum(axis=2)


def weigh(card: Scorecard, weights: Mapping[str, float], seed: int = 1) -> Weighted:
    """Score options under weights, and under other weights.

    Parameters
    ----------
    card
        The options, the baseline among them.
    weights
        By key of a measure, its weight; they need not sum to 1.
    seed
        Of the random weights.

    Raises
    ------
    InputError
        If a measure is unknown, has no direction or is not known under every option, or a weight is no number above 0.
    """
    measures = card.judged_by(tuple(weights)) if weights else ()
    known = [each.key for each in measures]
    faults = [] if weights else [Fault("weights name at least one measure", cure="as weights={within_30: 2, qalys_time_alone: 1}")]
    faults += [Fault(f"the weight of {key} is a number above 0", w) for key, w in weights.items() if not (is_number(w, 0) and w > 0)]
    faults += [Fault("a measure is weighed that some option has not", key) for key in weights if key not in known]
    refuse(faults)
    part = np.array([_parts(card, each) for each in measures]).T
    stated = np.array([float(weights[each.key]) for each in measures])
    equal = np.ones(len(measures))
    doubled = [stated * np.where(np.arange(len(measures)) == m, 2.0, 1.0) for m in range(len(measures))]
    every = np.array([stated, equal, *doubled])
    every = every / every.sum(axis=1, keepdims=True)
    luck = stream(seed, 0, "weights").dirichlet(equal, DRAWS)
    said = ("as stated", "equal", *(f"{each.label} doubled" for each in measures))
    return Weighted(card.options, measures, every[0], part, said, every @ part.T, _first_share(luck @ part.T))


def _parts(card: Scorecard, measure: Measure) -> np.ndarray:
    """(O,) from 0, the worst, to 1, the best; a wait without limit is the worst, and the others lie between those that have one."""
    value = np.array([card.value(option, measure.key) for option in card.options])
    value = value if measure.better == HIGHER else -value
    known = np.isfinite(value)
    made = np.where(value == np.inf, 1.0, 0.0)
    if not known.any():
        return made
    least, most = value[known].min(), value[known].max()
    if less(most, least):
        made[known] = (value[known] - least) / (most - least)
    elif not known.all():  # alike among themselves, and better than what has no limit
        made[known] = 1.0
    return made


def _first_share(score: np.ndarray) -> np.ndarray:
    """(O,) the share of sets of weights under which each option is first."""
    first = score >= score.max(axis=1, keepdims=True) - 1e-12
    return (first / first.sum(axis=1, keepdims=True)).mean(axis=0)
