"""Delay against beds: how many beds a stated chance of delay takes."""

from __future__ import annotations

import numpy as np

from ...measures.load import beds_for_delay, delay_without_limit
from ...study.tables import Findings
from .palette import BLUE, GREY, bare, option_name

DELAYS = (0.01, 0.02, 0.03, 0.05, 0.075, 0.10, 0.15, 0.20, 0.30)
"""Chances of delay that beds are sized for."""


def delay_against_beds(found: Findings, ax) -> str:
    """Beds needed at all units together for each chance of delay, before and after, and the beds in force.

    The quick estimate (`measures.load.delay_without_limit`): every unit is sized on its own load.

    Returns
    -------
    The text alternative.
    """
    said = []
    for seen, colour, style, mark, name in (
        (found.before, GREY, "--", "o", "baseline"),
        (found.after, BLUE, "-", "s", option_name(found.scenario)),
    ):
        load = np.where(seen.is_open, seen.load.beds, 0.0)
        needed = [int(beds_for_delay(load, delay).sum()) for delay in DELAYS]
        ax.plot(needed, [100 * delay for delay in DELAYS], linestyle=style, color=colour, label=f"{name}: beds needed")
        beds = np.where(seen.is_open, seen.beds, 0)
        used = load > 0
        chance = 100 * float(np.average(delay_without_limit(load[used], beds[used]), weights=load[used])) if used.any() else 0.0
        ax.scatter([beds.sum()], [chance], color=colour, marker=mark, s=50, zorder=3, label=f"{name}: beds in force")
        five = needed[DELAYS.index(0.05)]
        said.append(f"{name}: {beds.sum():,.0f} beds in force, {five:,} would do for a 5 % chance of delay at every unit")
    ax.set_title("Chance of delay against beds, all units")
    ax.set_xlabel("beds")
    ax.set_ylabel("% of requests that find no bed free")
    ax.set_ylim(0, None)
    ax.legend(frameon=False, fontsize=8)
    bare(ax)
    return "; ".join(said) + "."
