"""Who: journeys by deprivation, age and rurality, both ways."""

from __future__ import annotations

import numpy as np

from ...study.tables import Findings
from ...study.who import who
from .palette import BLUE, GREY, ORANGE, SKY, bare, option_name, written

GROUPS = ("all", "deprivation", "age", "rurality", "given")
"""The dimensions shown, in order; bodies have a table of their own."""

ABOVE = {"frameon": False, "loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "ncols": 2, "borderaxespad": 0.2}
"""A legend between the title and the rows: wherever it lay among them, it would cover some."""

TITLE_PAD = 26.0
"""Points that it takes."""


def _rows(found: Findings) -> list[dict]:
    rows = [row for row in who(found.before, found.after) if row["dimension"] in GROUPS and row["patients_per_year"]]
    return sorted(rows, key=lambda row: GROUPS.index(row["dimension"]))


def equity(found: Findings, ax) -> str:
    """Mean minutes of each group of patients, before and after.

    Returns
    -------
    The text alternative.
    """
    rows = _rows(found)
    place = -np.arange(len(rows))
    x, y = (np.array([row[f"minutes_mean_{side}"] for row in rows]) for side in ("baseline", "option"))
    ax.hlines(place, np.minimum(x, y), np.maximum(x, y), color="#BBBBBB", linewidth=2, zorder=1)
    ax.scatter(x, place, color="white", edgecolor=GREY, linewidths=1.5, s=36, zorder=2, label="baseline")
    ax.scatter(y, place, color=BLUE, s=36, zorder=3, marker="s", label=option_name(found.scenario))
    ax.set_yticks(place, [written(row["group"], 30) for row in rows])
    ax.set_title(f"Mean minutes to the first {found.service.access_kind} unit, by group", pad=TITLE_PAD)
    ax.set_xlabel("minutes")
    ax.set_xlim(0, None)
    ax.legend(**ABOVE)
    bare(ax)
    said = [f"{row['group']} {a:.1f} to {b:.1f}" for row, a, b in zip(rows, x, y)]
    return "Mean minutes, baseline to option: " + "; ".join(said) + "."


def gainers_and_losers(found: Findings, ax) -> str:
    """The share of each group whose journey grows, and whose journey shrinks.

    Returns
    -------
    The text alternative.
    """
    rows = _rows(found)
    place = -np.arange(len(rows))
    longer, shorter = (
        np.array([100 * row[f"patients_{way}"] / row["patients_per_year"] for row in rows]) for way in ("longer", "shorter")
    )
    ax.barh(place, longer, color=ORANGE, height=0.7, label="longer journey")
    ax.barh(place, -shorter, color=SKY, height=0.7, label="shorter journey", hatch="//", edgecolor="white", linewidth=0)
    reach = max(float(longer.max(initial=0)), float(shorter.max(initial=0)), 1.0)
    for at, more, less in zip(place, longer, shorter):
        ax.annotate(f"{more:.1f} %", (more, at), xytext=(3, 0), textcoords="offset points", va="center", fontsize=8)
        if less > 0.05:
            ax.annotate(f"{less:.1f} %", (-less, at), xytext=(-3, 0), textcoords="offset points", va="center", ha="right", fontsize=8)
    ax.axvline(0, color="#444444", linewidth=0.8)
    ax.set_yticks(place, [written(row["group"], 30) for row in rows])
    ax.set_xlim(-1.25 * max(float(shorter.max(initial=0)), 0.08 * reach), 1.2 * reach)
    ax.xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    ax.set_title("Who gains and who loses", pad=TITLE_PAD)
    ax.set_xlabel("% of the group's patients")
    ax.legend(**ABOVE)
    bare(ax)
    said = [f"{row['group']} {a:.1f} % longer, {b:.1f} % shorter" for row, a, b in zip(rows, longer, shorter)]
    return "Share of each group whose journey changes: " + "; ".join(said) + "."
