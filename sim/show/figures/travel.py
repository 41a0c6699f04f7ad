"""How far: the share of patients within each number of minutes."""

from __future__ import annotations

import numpy as np

from ...study.tables import Findings
from .palette import BLUE, GREY, bare, option_name


def travel(found: Findings, ax) -> str:
    """The share of patients within each number of minutes, before and after.

    Returns
    -------
    The text alternative.
    """
    service = found.service
    demand = service.areas.demand
    for seen, colour, style, label in (
        (found.before, GREY, "--", "baseline"),
        (found.after, BLUE, "-", option_name(found.scenario)),
    ):
        parts = seen.parts
        order = np.argsort(parts.minutes, kind="stable")
        minutes, share = parts.minutes[order], np.cumsum((demand[parts.area] * parts.share)[order]) / demand.sum()
        # No step narrower than the line that draws it.
        shown = np.append(np.flatnonzero(np.diff(np.round(minutes, 1)) > 0), len(minutes) - 1)
        x, y = np.concatenate([[0], minutes[shown]]), 100 * np.concatenate([[0], share[shown]])
        ax.step(x, y, where="post", color=colour, linestyle=style, label=label)
    said = []
    for place, threshold in enumerate(service.threshold_minutes):
        ax.axvline(threshold, color="#BBBBBB", linewidth=0.8)
        within = [100 * seen.access.within[place] for seen in (found.before, found.after)]
        words = f"{within[0]:.1f} to {within[1]:.1f} %"
        where = {"xytext": (3, 0), "textcoords": "offset points", "fontsize": 8, "color": "#444444"}
        ax.annotate(f"{threshold:g} min\n{words}", (threshold, 30), **where)
        said.append(f"within {threshold:g} minutes {words}")
    ax.set_title(f"Travel to the first {service.access_kind} unit")
    ax.set_xlabel("minutes")
    ax.set_ylabel("% of patients within")
    ax.set_xlim(0, max(float(np.nanmax(found.after.parts.minutes, initial=0.0)), *service.threshold_minutes) * 1.02)
    ax.set_ylim(0, 101)
    ax.legend(frameon=False, loc="center right")
    bare(ax)
    return "Share of patients by minutes, baseline to option: " + "; ".join(said) + "."
