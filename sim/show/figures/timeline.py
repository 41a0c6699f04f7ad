"""When: month by month."""

from __future__ import annotations

import numpy as np

from ...study.tables import Findings, months
from .palette import BLUE, GREY, ORANGE, bare, option_name


def timeline(found: Findings, ax) -> str:
    """The share of requests that wait for a bed, month by month, before and after, with the dates on which units close or open.

    Returns
    -------
    The text alternative.
    """
    rows = [row for row in months(found) if row["days"] >= 1]
    place = np.arange(len(rows))
    sides = {}
    for side, colour, style, label in (
        ("baseline", GREY, "o--", "baseline"),
        ("option", BLUE, "s-", option_name(found.scenario)),
    ):
        sides[side] = np.array([100 * row[f"wait_share_delayed_{side}"] for row in rows])
        ax.plot(place, sides[side], style, color=colour, label=label, markersize=4)
    run, units = found.experiment.run, [row["units_open_option"] for row in rows]
    for day in sorted({change.at for change in found.after.service.changes if run.window.start < change.at < run.window.end}):
        at = (day - run.window.start) / (run.window.end - run.window.start) * len(rows) - 0.5
        ax.axvline(at, color=ORANGE, linewidth=1)
        ax.annotate(f"{run.calendar.date(day):%d %b %Y}", (at, 0.98), xycoords=("data", "axes fraction"),
                    rotation=90, va="top", ha="right", fontsize=7, color="#444444")  # fmt: skip
    ax.set_title("Requests that wait for a bed, month by month")
    ax.set_ylabel("% of requests")
    ax.set_xticks(place, [f"{row['month']}" for row in rows], rotation=90 if len(rows) > 18 else 45, ha="center", fontsize=8)
    if len(rows) > 36:
        ax.set_xticks(place[::6], [row["month"] for row in rows[::6]], rotation=45, fontsize=8)
    ax.set_ylim(0, None)
    ax.legend(frameon=False)
    bare(ax)
    ends = [f"{rows[0]['month']} to {rows[-1]['month']}", *(f"{np.nanmean(v):.1f} % {side}" for side, v in sides.items())]
    return (
        f"Requests that wait, {ends[0]}: on average {ends[1]}, {ends[2]}. Units open under the option: {units[0]:.0f} in the first month, "
        f"{units[-1]:.0f} in the last."
    )
