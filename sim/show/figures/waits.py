"""Waits: what luck leaves open."""

from __future__ import annotations

import numpy as np

from ...study.comparison import compare
from ...study.tables import Findings
from .palette import BLUE, GREY, bare


def waits(found: Findings, ax) -> str:
    """The change of the mean wait for a bed, by kind of care, with 95 % intervals over replications.

    Returns
    -------
    The text alternative.
    """
    every = compare(found.experiment, "wait_hours_mean", "kind")
    rows = [each for each in every if np.isfinite(each.difference)]
    grows = [each.by.partition("=")[2] for each in every if np.inf in (each.baseline, each.option)]
    names = [each.by.partition("=")[2] for each in rows]
    place = -np.arange(len(rows))
    middle = np.array([each.difference for each in rows])
    half = np.array([0.0 if np.isnan(each.high) else each.high - each.difference for each in rows])
    ax.errorbar(middle, place, xerr=half, fmt="o", color=BLUE, capsize=3)
    ax.axvline(0, color=GREY, linewidth=0.8)
    ax.set_yticks(place, names)
    ax.set_ylim(-len(rows) + 0.4, 0.6)
    ax.set_title("Change of the mean wait for a bed, with 95 % intervals")
    ax.set_xlabel("hours; left of the line is a shorter wait")
    bare(ax)
    said = [f"{name} {each.difference:+.2f} ({each.low:+.2f} to {each.high:+.2f})" for name, each in zip(names, rows)]
    if grows:
        left_out = f"left out, as waits at saturated units grow without limit: {', '.join(grows)}"
        ax.annotate(left_out, (0, -0.28), xycoords="axes fraction", fontsize=8)
        said.append(left_out)
    return "Hours, change and 95 % interval: " + "; ".join(said) + "."
