"""How often a rule closes each unit."""

from __future__ import annotations

from ...study.stability import SURE, UNDECIDED, UNSURE, Stability, stability_rows
from .palette import BLUE, GREY, ORANGE, PALE, bare, written


def _shown(found: Stability) -> list[dict]:
    return [row for row in stability_rows(found) if row["share_of_draws"] > 0 or row["closes_as_given"]]


def closing_height(found: Stability) -> float:
    """Inches that the figure needs."""
    return max(3.0, 1.4 + 0.24 * len(_shown(found)))


def closing(found: Stability, ax) -> str:
    """The share of draws in which each unit closes; those between 5 and 95 % are undecided.

    Returns
    -------
    The text alternative.
    """
    rows = _shown(found)
    ax.axvspan(100 * UNSURE, 100 * SURE, color=PALE, alpha=0.4, zorder=0)
    for place, row in enumerate(rows):
        is_open = row["verdict"] == UNDECIDED
        ax.barh(-place, 100 * row["share_of_draws"], color=ORANGE if is_open else BLUE, hatch="//" if is_open else "",
                edgecolor="white", height=0.75)  # fmt: skip
        if row["closes_as_given"]:
            ax.plot([101.5], [-place], marker="x", color=GREY, clip_on=False)
    ax.set_yticks([-place for place in range(len(rows))], [written(row["name"], 44) for row in rows], fontsize=7.5)
    ax.set_ylim(-len(rows) + 0.3, 0.7)
    ax.set_xlim(0, 100)
    ax.set_xlabel("% of draws in which the rule closes it; hatched: undecided; crosses: closed as given")
    ax.set_title("How sure the rule is of each unit")
    bare(ax)
    return "Closed in so many draws: " + "; ".join(f"{row['unit']} {100 * row['share_of_draws']:.0f} %" for row in rows) + "."
