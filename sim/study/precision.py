"""Running to a precision: as many replications as it takes for stated half-widths, up to a ceiling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..service.fault import Fault, is_number, refuse
from ..service.service import Service
from .comparison import interval, paired
from .experiment import Experiment, Progress, experiment, extend
from .run import Run
from .target import Target, read_targets, unknown

FIRST = 10
"""Replications of the first batch at least: their spread says how many are needed, and of fewer it says little."""


LOPSIDED = 25
"""So many times the squared skewness there must be replications, for Student's interval to hold as often as it says: in 94 % of repeats
(Cochran 1977, Sampling Techniques, section 2.15). Waits that are rare are most often 0, now and then long."""

AMPLE = 5
"""Where the interval is so many times narrower than wanted it matters no more: by Chebyshev's inequality the mean lies within."""


@dataclass(frozen=True)
class Reached:
    """How close one measure came."""

    target: Target
    half_width: float
    """Of the 95 % interval of the paired difference; infinite where it is not known."""
    replications: int
    for_skew: int = 0
    """Replications there must be because they are lopsided (`LOPSIDED`)."""

    @property
    def needed(self) -> float:
        """Replications that it takes, as far as those there are tell."""
        return max(self.replications * (self.half_width / self.wanted) ** 2, float(self.for_skew))

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
        return self.has_spread and self.half_width <= self.wanted and self.replications >= self.for_skew

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
        if self.half_width <= self.wanted and not self.is_met:
            why = f"replications are lopsided, so that an interval holds from {self.for_skew} of them"
            return f"{self.measure} +-{self.half_width:.3g}, {self.wanted:g} wanted: NOT sure, {why}"
        so = "reached" if self.is_met else "NOT reached"
        return f"{self.measure} +-{self.half_width:.3g}, {self.wanted:g} wanted: {so}"


def half_width(found: Experiment, target: Target | str) -> float:
    """Half of the 95 % interval of a paired difference; infinite where it is not known yet."""
    _, low, high = interval(_change(found, target))
    return (high - low) / 2 if high == high else np.inf


def for_skew(change: np.ndarray) -> int:
    """Replications there must be for an interval to hold although they are lopsided; 0 where they do not vary.

    Examples
    --------
    >>> for_skew(np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])), for_skew(np.array([2.0, 2.0, 2.0]))
    (129, 0)
    """
    lean = skewness(change)
    return int(np.ceil(LOPSIDED * lean**2)) if lean == lean else 0


def skewness(change: np.ndarray) -> float:
    """How lopsided replications are: 0 where they lie alike to both sides, above it where few are far above; NaN where they do not vary.

    Examples
    --------
    >>> round(skewness(np.array([0.0, 0.0, 0.0, 4.0])), 3)
    1.155
    """
    change = change[np.isfinite(change)]
    sd = change.std() if len(change) else 0.0
    return float(np.mean(((change - change.mean()) / sd) ** 3)) if sd else np.nan


def _reached(found: Experiment, target: Target) -> Reached:
    half = half_width(found, target)
    return Reached(target, half, len(found.replications), for_skew(_change(found, target)) if half * AMPLE > target.half_width else 0)


def _change(found: Experiment, target: Target | str) -> np.ndarray:
    """(R,) the paired differences of a target."""
    target = Target(target, np.inf) if isinstance(target, str) else target
    _refuse_unknown(found, (target,))
    keys, before = found.values("baseline", target.measure, target.by)
    others, after = found.values("option", target.measure, target.by)
    return paired(before[:, keys.index(target.key)], after[:, others.index(target.key)])


def _refuse_unknown(found: Experiment, targets: Iterable[Target]) -> None:
    """Refuse what the first replication has no measure of, under the baseline and the option alike."""
    first = found.replications[0]
    sides = [{(each.measure, each.by, key) for each in side for key in each.key} for side in (first.baseline, first.option)]
    seen = sides[0] & sides[1]
    wrong = [each for each in targets if (each.measure, each.by, each.key) not in seen]
    refuse([unknown(each, seen, "the run") for each in wrong], of="run.precision")


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
    The experiment, and how close each measure came, the worst first (that which takes most replications).

    Notes
    -----
    After Stein's two stages (1945, Annals of Mathematical Statistics 16:243, doi 10.1214/aoms/1177731088): the spread of the first batch
    says how many replications there must be, n >= (t s / h)^2, for the mean to lie within h of the true one in 95 % of repeats. Unlike
    his, the interval is made of the spread of all replications, and where it is still wider than h a few more are added until it is not.
    What that costs in coverage is measured, not proven. Both take means for normal, which those of lopsided replications become late:
    as many are made as Cochran's rule asks for.
    """
    targets = read_targets(wanted)
    refuse([] if is_number(ceiling, 5) else [Fault("the ceiling must be 5 replications or more", ceiling)], of="run")
    count = min(max(run.replications, FIRST), int(ceiling))
    # One replication says which measures there are: a name that is wrong is told before the others are waited for.
    found = experiment(baseline, option, replace(run, replications=1), engine)
    _refuse_unknown(found, targets)
    found = extend(found, count, progress)
    while True:
        count = len(found.replications)
        reached = [_reached(found, each) for each in targets]
        reached.sort(key=lambda each: each.needed, reverse=True)
        short = [each.needed for each in reached if each.needed > count and each.half_width < np.inf]
        if not short or count >= ceiling:
            return found, reached
        found = extend(found, min(int(ceiling), max(count + 1, int(np.ceil(short[0])))), progress)
