"""The p-median problem solved to a proven optimum, by Benders cuts and the solver HiGHS that SciPy ships.

How far a patient of an area must travel is bounded from below by lines in the choice of places: if the k nearest places of the area
hold less than one whole chosen place between them, the patient goes farther. Each choice looked at gives such a line for
every area; areas with the same nearest place are added up, so that the problem handed to the solver has a few hundred
numbers, whatever the number of areas. Choices may first be shared out in parts (a linear problem, soon solved), then must be
whole. When the solver's bound meets the journeys of a choice, no other choice is better. Of England's 101 units and 32,843
areas it takes one or two seconds. See Duran-Mateluna, Ales and Elloumi 2023, Computers and Operations Research 159:106338, doi
10.1016/j.cor.2023.106338.

Letters: A areas, W places, G groups of areas.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, vstack

from .p_median import FAR_MINUTES, Medians, p_median

CLOSE_ENOUGH = 1e-7
"""How far, as a share, a bound may lie from the value it proves: the rounding of the solver."""

EVEN = 1e-9


class Cuts:
    """Lower bounds on the minutes of each group of areas: ``minutes[g] + slope[g] @ y >= constant[g]``."""

    def __init__(self, minutes: np.ndarray, demand: np.ndarray):
        self.minutes, self.demand = minutes, demand
        self.order = np.argsort(minutes, axis=1, kind="stable")
        self.sorted = np.take_along_axis(minutes, self.order, axis=1)
        _, self.group = np.unique(self.order[:, 0], return_inverse=True)
        self.groups = int(self.group.max()) + 1
        self.rows: list[csr_matrix] = []
        self.constants: list[np.ndarray] = []

    def add(self, y: np.ndarray, bound: np.ndarray) -> float:
        """Add the lines at a choice, (W,) shares of places, that are above a bound, (G,); return the choice's minutes."""
        # The first place that, with all nearer ones, makes a whole one: nobody needs to go farther.
        enough = (np.cumsum(y[self.order], axis=1) >= 1 - EVEN).argmax(axis=1)
        edge = self.sorted[np.arange(len(enough)), enough]
        saved = np.maximum(edge[:, None] - self.minutes, 0.0) * self.demand[:, None]
        slope = np.zeros((self.groups, self.minutes.shape[1]))
        np.add.at(slope, self.group, saved)
        constant = np.bincount(self.group, self.demand * edge, self.groups)
        value = constant - slope @ y
        of = np.flatnonzero(value > bound * (1 + EVEN))
        self.rows.append(csr_matrix(np.hstack([slope[of], np.eye(self.groups)[of]])))
        self.constants.append(constant[of])
        return float(value.sum())

    @property
    def table(self) -> tuple[csr_matrix, np.ndarray]:
        """All lines as one matrix over places and groups, and their constants."""
        return vstack(self.rows).tocsr(), np.concatenate(self.constants)


class Proof(NamedTuple):
    """A choice of places, and what no choice can be better than."""

    best: Medians
    bound_minutes: float
    """Mean minutes of a patient: no choice has fewer."""


def proven_p_median(minutes: np.ndarray, demand: np.ndarray, p: int, fixed: Iterable[int] = ()) -> Proof:
    """Choose places so that the mean minutes are least, and prove it.

    Parameters
    ----------
    minutes
        (A, W) minutes from each area to each place; NaN where it cannot be reached.
    demand
        (A,) patients a year.
    p
        How many places, those fixed included.
    fixed
        Places that are chosen whatever they add.

    Examples
    --------
    >>> proven_p_median(np.array([[10.0, 40.0], [50.0, 15.0]]), np.array([600.0, 300.0]), 1).best
    Medians(chosen=(0,), mean_minutes=23.333333333333332)
    """
    demand, fixed = np.asarray(demand, dtype=float), list(fixed)
    cuts = Cuts(np.where(np.isnan(minutes), FAR_MINUTES, minutes), demand)
    places, total = minutes.shape[1], demand.sum()
    least = np.zeros(places)
    least[fixed] = 1.0
    best = p_median(minutes, demand, p, fixed)
    known, bound = best.mean_minutes * total, np.full(cuts.groups, -1.0)
    cuts.add(np.isin(np.arange(places), best.chosen).astype(float), bound)
    cuts.add(np.full(places, p / places), bound)
    lowest, is_whole = 0.0, False
    while lowest < known * (1 - CLOSE_ENOUGH):
        y, bound, lowest = _solve(cuts, p, least, is_whole)
        value = cuts.add(y, bound)
        if not is_whole:
            is_whole = lowest >= value * (1 - CLOSE_ENOUGH)
        elif value < known:
            known, best = value, Medians(tuple(np.flatnonzero(y).tolist()), value / total)
    return Proof(best, min(lowest, known) / total)


def _solve(cuts: Cuts, p: int, least: np.ndarray, is_whole: bool) -> tuple[np.ndarray, np.ndarray, float]:
    """The choice, (W,), that the lines so far allow the fewest minutes, those of each group, (G,), and the bound they prove."""
    slope, constant = cuts.table
    places = len(least)
    cost = np.concatenate([np.zeros(places), np.ones(cuts.groups)])
    count = csr_matrix(np.concatenate([np.ones(places), np.zeros(cuts.groups)])[None])
    low, high = np.concatenate([least, np.zeros(cuts.groups)]), np.concatenate([np.ones(places), np.full(cuts.groups, np.inf)])
    if not is_whole:
        made = linprog(cost, -slope, -constant, count, [p], np.column_stack([low, high]), method="highs")
        return made.x[:places], made.x[places:], made.fun
    made = milp(
        cost,
        integrality=np.concatenate([np.ones(places), np.zeros(cuts.groups)]),
        bounds=(low, high),
        constraints=[LinearConstraint(slope, constant, np.inf), LinearConstraint(count, p, p)],
        options={"mip_rel_gap": EVEN},
    )
    return np.round(made.x[:places]), made.x[places:], made.mip_dual_bound
