"""Running to a precision: as many replications as it takes for stated half-widths, up to a ceiling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..service.fault import Fault, is_number, nearest_spelling, refuse
from ..service.service import Service
from .comparison import interval, paired
from .experiment import Experiment, Progress, experiment, extend
from .run import Run
from .target import Target, read_targets

FIRST = 10
"""Replications of the first batch at least: their spread says how many are needed, and of fewer it says little."""


@dataclass(frozen=True)
class Reached:
    """How close one measure came."""

    target: Target
    half_width: float
    """Of the 95 % interval of the paired difference; infinite where it is not known."""
    replications: int

    @property
    def measure(self) -> str:
        """The measure, and by what."""
        return self.target.name

    @property
    def wanted(self) -> float:
        """The half-width that was asked for."""
        return self.target.half_width

    @property
    def is_met(self) -> bool:
        """Whether it was reached; not where nothing was seen to vary, which says little of what might."""
        return self.has_spread and self.half_width <= self.wanted

    @property
    def has_spread(self) -> bool:
        """Whether the difference varied at all between replications."""
        return self.half_width > 0

    @property
    def said(self) -> str:
        """In words."""
        if self.half_width == np.inf:
            return f"{self.measure} +-{self.wanted:g} cannot be reached: it grows without limit, or was never seen"
        if not self.has_spread:
            same = "the same change in every replication"
            return f"{self.measure} +-{self.wanted:g} cannot be judged: {same}, so that nothing is known of its spread"
        so = "reached" if self.is_met else "NOT reached"
        return f"{self.measure} +-{self.half_width:.3g}, {self.wanted:g} wanted: {so}"


def half_width(found: Experiment, target: Target | str) -> float:
    """Half of the 95 % interval of a paired difference; infinite where it is not known yet."""
    target = Target(target, np.inf) if isinstance(target, str) else target
    keys, before = found.values("baseline", target.measure, target.by)
    others, after = found.values("option", target.measure, target.by)
    known = [key for key in keys if key in others]
    rule = f"{target.measure} is not known by {target.by} {target.key!r}"
    cure = "known: " + ", ".join(known) + nearest_spelling(target.key, known)
    refuse([] if target.key in known else [Fault(rule, cure=cure)], of="run.precision")
    change = paired(before[:, keys.index(target.key)], after[:, others.index(target.key)])
    _, low, high = interval(change)
    return (high - low) / 2 if high == high else np.inf


def run_to_precision(
    baseline: Service,
    option: Service,
    run: Run,
    wanted: Mapping[str, object] | tuple[Target, ...],
    ceiling: int = 200,
    engine: str = "compiled",
    progress: Progress | None = None,
) -> tuple[Experiment, list[Reached]]:
    """Replicate until every named measure has its half-width, or the ceiling is reached.

    Parameters
    ----------
    run
        Its replications are the first batch, at least `FIRST` of them.
    wanted
        Half-widths of the 95 % intervals of paired differences, as `read_targets` takes them.
    ceiling
        Replications at which it stops whatever was reached.

    Returns
    -------
    The experiment, and how close each measure came, the worst first (its half-width furthest above what was wanted).

    Notes
    -----
    After Stein's two stages (1945, Annals of Mathematical Statistics 16:243, doi 10.1214/aoms/1177731088): the spread of the first batch
    says how many replications there must be, n >= (t s / h)^2, for the mean to lie within h of the true one in 95 % of repeats. Unlike
    his, the interval is made of the spread of all replications, and where it is still wider than h a few more are added until it is not.
    What that costs in coverage is measured, not proven.
    """
    targets = read_targets(wanted)
    refuse([] if is_number(ceiling, 5) else [Fault("the ceiling must be 5 replications or more", ceiling)], of="run")
    count = min(max(run.replications, FIRST), int(ceiling))
    found = experiment(baseline, option, replace(run, replications=count), engine, progress)
    known = sorted({outcome.measure for outcome in found.replications[0].baseline})
    unknown = [each.measure for each in targets if each.measure not in known]
    refuse(
        [Fault(f"unknown measure {name!r}" + nearest_spelling(name, known), cure="known: " + ", ".join(known)) for name in unknown],
        of="run.precision",
    )
    while True:
        count = len(found.replications)
        reached = [Reached(each, half_width(found, each), count) for each in targets]
        reached.sort(key=lambda each: each.half_width / each.wanted, reverse=True)
        short = [each.half_width / each.wanted for each in reached if each.wanted < each.half_width < np.inf]
        if not short or count >= ceiling:
            return found, reached
        found = extend(found, min(int(ceiling), max(count + 1, int(np.ceil(count * short[0] ** 2)))), progress)
