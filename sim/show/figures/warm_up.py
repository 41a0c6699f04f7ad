"""Whether the simulation had filled before it was measured."""

from __future__ import annotations

import numpy as np

from ...study.tables import Findings
from ...study.warmup import warm_up
from .palette import BLUE, RED, bare


def filling(found: Findings, ax) -> str:
    """Beds held each midnight of the baseline from the start, its two-week average (Welch), and the warm-up used.

    Returns
    -------
    The text alternative.
    """
    run = found.experiment.run
    census, is_filled = [each.census for each in found.experiment.replications], run.start_from == "filled"
    warm = warm_up(np.stack(census), run.window.start, is_filled)
    day = np.arange(len(warm.mean))
    ax.plot(day, warm.mean, color="#BBBBBB", linewidth=0.8, label="beds held, mean of replications")
    ax.plot(day, warm.smooth, color=BLUE, label="two-week average")
    ax.axvspan(0, run.window.start, color="#F2F2F2", zorder=0, label=f"warm-up, {run.window.start:g} days")
    if warm.is_judged:
        ax.axvline(warm.needed, color=RED, linestyle="--", linewidth=1, label=f"MSER-5: {warm.needed:g} days")
    ax.set_title(f"Beds held in the baseline from {'a filled' if is_filled else 'an empty'} start")
    ax.set_xlabel("days from the start of the simulation")
    ax.set_ylabel("beds")
    ax.set_ylim(0, None)
    ax.set_xlim(0, max(len(day) - 1, 1))
    ax.legend(frameon=False, loc="lower right")
    bare(ax)
    settled = f"settle after {warm.needed:g} days by MSER-5" if warm.is_judged else "are followed for too few days to be judged"
    return f"Beds held in the baseline {settled}; the first {run.window.start:g} days are not measured."
