"""Running to a precision: as many replications as it takes for stated half-widths, up to a ceiling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..service.fault import Fault, is_number, nearest_spelling, refuse
from ..service.service import Service
from .comparison import interval
from .experiment import Experiment, Progress, experiment, extend
from .run import Run


@dataclass(frozen=True)
class Reached:
    """How close one measure came."""

    measure: str
    wanted: float
    """Half-width of the 95 % interval of the paired difference that was asked for."""
    half_width: float
    replications: int

    @property
    def is_met(self) -> bool:
        """Whether it was reached."""
        return self.half_width <= self.wanted


def half_width(found: Experiment, measure: str) -> float:
    """Half of the 95 % interval of a paired difference over everything; infinite where it is not known yet."""
    _, before = found.values("baseline", measure)
    _, after = found.values("option", measure)
    _, low, high = interval((after - before)[:, 0])
    return (high - low) / 2 if high == high else np.inf


def run_to_precision(
    baseline: Service,
    option: Service,
    run: Run,
    wanted: Mapping[str, float],
    ceiling: int = 200,
    engine: str = "compiled",
    progress: Progress | None = None,
) -> tuple[Experiment, list[Reached]]:
    """Replicate until every named measure has its half-width, or the ceiling is reached.

    Parameters
    ----------
    run
        Its replications are the first batch, at least 5.
    wanted
        Half-width of the 95 % interval of the paired difference, by measure (of everything together).
    ceiling
        Replications at which it stops whatever was reached.

    Returns
    -------
    The experiment, and how close each measure came, the worst first (its half-width furthest above what was wanted).

    Notes
    -----
    The next batch is what the spread so far asks for, never more than doubling; the interval is that of Student's t at the final number
    (Law 2015, Simulation Modeling and Analysis, 9.4.1). Looking again after each batch makes the intervals a little narrow; the
    first batch of at least 5 keeps that small.
    """
    refuse([Fault("a half-width must be a number above 0", value, f"mend {name}") for name, value in wanted.items()
            if not is_number(value, 0) or value == 0])  # fmt: skip
    refuse([] if is_number(ceiling, 5) else [Fault("the ceiling must be 5 replications or more", ceiling)])
    found = experiment(
        baseline, option, replace(run, replications=min(max(run.replications, 5), ceiling)), engine, progress
    )
    known = sorted({outcome.measure for outcome in found.replications[0].baseline if outcome.by == "all"})
    refuse([Fault(f"unknown measure {name!r}" + nearest_spelling(name, known), cure="known: " + ", ".join(known))
            for name in wanted if name not in known])  # fmt: skip
    while True:
        reached = [
            Reached(name, value, half_width(found, name), len(found.replications)) for name, value in wanted.items()
        ]
        reached.sort(key=lambda each: each.half_width / each.wanted, reverse=True)
        count = len(found.replications)
        if reached[0].is_met or count >= ceiling:
            return found, reached
        ratio = min(reached[0].half_width / reached[0].wanted, np.sqrt(2.0))
        found = extend(found, min(ceiling, max(count + 1, int(np.ceil(count * ratio**2)))), progress)
