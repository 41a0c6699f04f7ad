"""Designs: which points of a space of settings to ask.

A setting has either values, which are all taken, or a range, from which a design takes some: evenly (grid), one from each of N
equal slices in every direction (Latin hypercube; McKay, Beckman & Conover 1979, doi 10.1080/00401706.1979.10489755), or as a
scrambled Sobol sequence, whose points fill the space more evenly the more there are (best at powers of two; Owen 1998,
doi 10.1006/jcom.1998.0487). Values are crossed with what the design takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from ..service.fault import Fault, is_number, nearest_spelling, refuse

KINDS = ("grid", "lhs", "sobol")
SEED = "run.seed"


@dataclass(frozen=True)
class Range:
    """A range of a setting."""

    low: float
    high: float
    whole: bool = False
    """Whole numbers only, both ends among them."""
    scale: str = "linear"
    """linear, or log: equal steps are equal factors."""

    def __post_init__(self):
        faults = []
        if not (is_number(self.low) and is_number(self.high) and self.low < self.high):
            faults.append(Fault("a range has a low end below its high end", (self.low, self.high)))
        if self.scale not in ("linear", "log"):
            faults.append(Fault("the scale of a range is linear or log", self.scale))
        elif not faults and self.scale == "log" and self.low <= 0:
            faults.append(Fault("a range on a log scale starts above 0", self.low))
        refuse(faults)

    def at(self, share: float) -> float | int:
        """The value that is a share (0 to 1) of the way from low to high.

        Examples
        --------
        >>> Range(10, 1000, scale="log").at(0.5), Range(1, 6, whole=True).at(0.99)
        (100.0, 6)
        """
        if self.whole:
            return int(min(self.low + np.floor(share * (self.high - self.low + 1)), self.high))
        if self.scale == "log":
            value = self.low * (self.high / self.low) ** share
        else:
            value = self.low + share * (self.high - self.low)
        return float(f"{value:.10g}")  # a value that can be typed, the same on every machine


@dataclass(frozen=True)
class Design:
    """How ranges are covered.

    Examples
    --------
    >>> space = {"scenario": ("a", "b"), "x": Range(0, 1)}
    >>> list(Design("grid", 3).points(space))
    [('a', 0.0), ('a', 0.5), ('a', 1.0), ('b', 0.0), ('b', 0.5), ('b', 1.0)]
    """

    kind: str = "grid"
    count: int = 0
    """Points that lhs and sobol take; values that a grid takes of every range."""
    seed: int = 1
    """The luck of the design itself."""
    seeds: str = "crossed"
    """crossed: every point meets the same values of ``run.seed``; nested: every point has as many of its own."""

    def __post_init__(self):
        faults = []
        if self.kind not in KINDS:
            faults.append(
                Fault(
                    f"unknown design {self.kind!r}",
                    cure="known: " + ", ".join(KINDS) + nearest_spelling(self.kind, KINDS),
                )
            )
        if self.seeds not in ("crossed", "nested"):
            faults.append(Fault("seeds are crossed or nested", self.seeds))
        for name in ("count", "seed"):
            called = "points" if name == "count" else name
            if not is_number(getattr(self, name), 0) or not isinstance(getattr(self, name), int):
                faults.append(Fault(f"{called} of a design is a whole number, 0 or more", getattr(self, name)))
        refuse(faults)

    def points(self, space: dict[str, Sequence | Range]) -> Iterator[tuple]:
        """Every point, in the order of the space's settings; the last one changes first, seeds before all."""
        names = list(space)
        ranges = {name: each for name, each in space.items() if isinstance(each, Range)}
        if ranges and self.count < (2 if self.kind == "grid" else 1):
            refuse([Fault(f"sweep.points must say how many points of {', '.join(ranges)}", self.count or None)])
        taken = self._taken(ranges)
        seeds = list(space.get(SEED, ())) if not isinstance(space.get(SEED), Range) else []
        bad = [each for each in seeds if not is_number(each, 0) or not isinstance(each, int)]
        refuse(Fault(f"{SEED} must be a whole number, 0 or more", each) for each in bad)
        rest = [name for name in names if name not in ranges and not (seeds and name == SEED)]
        step = max(seeds) - min(seeds) + 1 if seeds and self.seeds == "nested" else 0
        place = 0
        for values in product(*(space[name] for name in rest)):
            for drawn in taken:
                found = dict(zip(rest, values)) | dict(zip(ranges, drawn))
                for seed in seeds or (None,):
                    yield tuple(seed + place * step if name == SEED and seeds else found[name] for name in names)
                place += 1

    def _taken(self, ranges: dict[str, Range]) -> list[tuple]:
        """What is taken of the ranges: one tuple a point."""
        if not ranges:
            return [()]
        if self.kind == "grid":
            shares = np.linspace(0, 1, self.count)
            return list(product(*(dict.fromkeys(each.at(share) for share in shares) for each in ranges.values())))
        from scipy.stats import qmc

        luck = np.random.default_rng(self.seed)
        if self.kind == "lhs":
            found = qmc.LatinHypercube(len(ranges), rng=luck).random(self.count)
        else:
            # Drawn to the next power of two, as the sequence is balanced, and cut.
            found = qmc.Sobol(len(ranges), rng=luck).random_base2(max(0, int(self.count - 1).bit_length()))[
                : self.count
            ]
        return [tuple(each.at(share) for each, share in zip(ranges.values(), row)) for row in found.tolist()]
