"""Selecting the best of several options with a stated chance of being right.

The fully sequential procedure of Kim and Nelson (2001, ACM TOMACS 11:251, doi 10.1145/502109.502111), which allows the common
random numbers that all options share: options are simulated side by side and one that is clearly worse is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..service.fault import Fault, is_number, is_whole, refuse


@dataclass(frozen=True)
class Selection:
    """Which option is best, and what it took."""

    best: int
    """Index of the option selected."""
    replications: tuple[int, ...]
    """Replications spent on each option."""
    dropped: tuple[int, ...]
    """Options in the order in which they were dropped."""
    mean: tuple[float, ...]
    """Mean of each option over its replications."""
    is_sure: bool = True
    """Whether it was decided, all others dropped or as good; False where the ceiling came first, or nothing was seen to vary."""


def check_settings(options: int, indifference: object, confidence: object, first: object, ceiling: object) -> None:
    """Refuse what cannot be selected by, before anything is simulated."""
    faults = [] if options >= 1 else [Fault("selection needs at least one option", options)]
    faults += [] if is_number(indifference, 0) and indifference else [
        Fault("the indifference (worth) must be a number above 0", indifference, "in units of the measure")
    ]  # fmt: skip
    rule = "the chance of being right must lie between 0 and 1"
    faults += [] if is_number(confidence, 0, 1) and 0 < confidence < 1 else [Fault(rule, confidence)]
    faults += [] if is_whole(first, 3) else [Fault("the first stage needs a whole number of replications (first), at least 3", first)]
    least = first if is_whole(first, 3) else 3
    rule = f"the ceiling must be a whole number of replications, no fewer than those of the first stage ({least:g})"
    faults += [] if is_whole(ceiling, least) else [Fault(rule, ceiling)]
    refuse(faults, of="selection")


def select_best(
    simulate: Callable[[int, int], float],
    options: int,
    indifference: float,
    confidence: float = 0.95,
    first: int = 10,
    ceiling: int = 10_000,
) -> Selection:
    """Select the option with the smallest mean.

    Parameters
    ----------
    simulate
        Called with an option and a replication, gives the value; the same replication means the same luck.
    options
        How many there are.
    indifference
        The smallest difference worth telling apart, in the units of the value.
    confidence
        The chance of selecting the best where it is better by at least ``indifference``.
    first
        Replications of every option before any is dropped, at least 3.
    ceiling
        Replications of any one option at which the smallest mean so far is taken.

    Notes
    -----
    Once no slack is left between any two that remain, the smallest total is taken: any of them will do. So it ends where options are alike.
    Where the best and another never varied at all, what is rare may not have happened yet, and nothing is sure.
    """
    check_settings(options, indifference, confidence, first, ceiling)
    first, ceiling = int(first), int(ceiling)
    value: list[list[float]] = [[] for _ in range(options)]
    for r in range(first):  # replication by replication, as whoever simulates may keep the luck of one
        for k in range(options):
            value[k].append(simulate(k, r))
    if options == 1:
        return Selection(0, (first,), (), (float(np.mean(value[0])),))
    eta = 0.5 * ((2 * (1 - confidence) / (options - 1)) ** (-2 / (first - 1)) - 1)
    spread = np.zeros((options, options))  # h^2 S^2 of each pair
    for i in range(options):
        for j in range(options):
            spread[i, j] = 2 * eta * (first - 1) * np.var(np.subtract(value[i], value[j]), ddof=1)
    left, dropped, count = list(range(options)), [], first
    is_over = False
    while len(left) > 1 and not is_over:
        total = {k: float(np.sum(value[k][:count])) for k in left}
        slack = np.maximum(0.0, indifference / 2 * (spread / indifference**2 - count))
        worse = [i for i in left if any(total[i] > total[j] + slack[i, j] for j in left if j != i)]
        dropped += worse
        left = [k for k in left if k not in worse]
        is_sure = len(left) == 1 or not slack[np.ix_(left, left)].any()
        is_over = is_sure or count >= ceiling
        if not is_over:
            for k in left:
                value[k].append(simulate(k, count))
            count += 1
    best = min(left, key=lambda k: float(np.mean(value[k])))
    mean = tuple(float(np.mean(v)) for v in value)
    constant = [k for k in range(options) if min(value[k]) == max(value[k])]
    is_blind = best in constant and len(constant) > 1
    return Selection(best, tuple(map(len, value)), tuple(dropped), mean, is_sure and not is_blind)
