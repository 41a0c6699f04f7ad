"""Clinical outcome: time alone beside time with volume."""

from __future__ import annotations

from ...study import outcome as tables
from ...study.tables import Findings
from .palette import BLUE, ORANGE, bare

MEASURE = "QALYs of the remaining life, discounted"


def outcome(found: Findings, ax) -> str:
    """The change of QALYs a year of those treated, by treatment: by time alone, and by time with volume, with 95 % intervals.

    Returns
    -------
    The text alternative.
    """
    rows = [row for row in tables.outcome(found) if row["measure"] == MEASURE]
    names = list(dict.fromkeys(row["of"] for row in rows))
    said = []
    for mechanism, colour, mark, off in zip(tables.MECHANISMS, (BLUE, ORANGE), "os", (0.12, -0.12)):
        of = {row["of"]: row for row in rows if row["mechanism"] == mechanism}
        place = [-k + off for k, name in enumerate(names) if name in of]
        middle = [of[name]["difference"] for name in names if name in of]
        spread = [[of[name]["difference"] - of[name]["low"] for name in names if name in of],
                  [of[name]["high"] - of[name]["difference"] for name in names if name in of]]  # fmt: skip
        spread = [[max(0.0, each) for each in side] for side in spread]
        ax.errorbar(middle, place, xerr=spread, fmt=mark, color=colour, capsize=3, label=mechanism)
        said += [f"{name}, {mechanism}: {of[name]['difference']:+.1f} ({of[name]['low']:+.1f} to {of[name]['high']:+.1f})"
                 for name in names if name in of]  # fmt: skip
    ax.axvline(0, color="#444444", linewidth=0.8)
    ax.set_yticks([-k for k in range(len(names))], names)
    ax.set_ylim(-len(names) + 0.4, 0.6)
    ax.set_title("Change of QALYs of treated patients (parts are guesses)")
    ax.set_xlabel("QALYs a year; left of the line is harm")
    ax.legend(frameon=False)
    bare(ax)
    return "QALYs a year, change and 95 % interval: " + "; ".join(said) + "."
