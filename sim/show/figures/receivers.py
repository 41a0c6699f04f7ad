"""Where the patients of closed units go."""

from __future__ import annotations

import numpy as np

from ...study import who
from ...study.tables import Findings
from .palette import BLUE, GREY, RED, bare, written

SHOWN = 20
"""Units shown; the table has all."""


def receivers(found: Findings, ax) -> str:
    """Extra index admissions a year at the units that gain most, and whether they can take them.

    Returns
    -------
    The text alternative.
    """
    rows = [row for row in who.receivers(found.before, found.after) if row["extra_admissions_per_year"] > 0.5]
    rows = sorted(rows, key=lambda row: -row["extra_admissions_per_year"])
    shown = rows[:SHOWN]
    place = -np.arange(len(shown))
    for can, colour, hatch, label in ((True, BLUE, "", "has the beds"), (False, RED, "//", "cannot take them as it stands")):
        of = [k for k, row in enumerate(shown) if row["can_take_them"] == can]
        if of:
            gain = [shown[k]["extra_admissions_per_year"] for k in of]
            ax.barh(place[of], gain, color=colour, hatch=hatch, edgecolor="white", linewidth=0, height=0.75, label=label)
    for at, row in zip(place, shown):
        ax.annotate(f"+{row['extra_admissions_per_year']:,.0f}", (row["extra_admissions_per_year"], at), xytext=(3, 0),
                    textcoords="offset points", va="center", fontsize=8)  # fmt: skip
    ax.set_yticks(place, [written(row["name"]) for row in shown], fontsize=8)
    ax.set_title("Units that gain patients" + (f": the {SHOWN} that gain most of {len(rows)}" if len(rows) > SHOWN else ""))
    ax.set_xlabel("extra index admissions a year")
    ax.margins(x=0.12)
    if shown:
        ax.legend(frameon=False, loc="lower right")
    else:
        ax.annotate("no unit gains patients", (0.5, 0.5), xycoords="axes fraction", ha="center", color=GREY)
    bare(ax)
    cannot = sum(not row["can_take_them"] for row in rows)
    first = f" Most: {rows[0]['name']}, {rows[0]['extra_admissions_per_year']:,.0f} more a year." if rows else ""
    return f"{len(rows)} units gain patients; {cannot} of them cannot take them as they stand.{first}"
