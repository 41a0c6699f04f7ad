"""The long tail: what each unit sees before and after, and how far activity is concentrated."""

from __future__ import annotations

import numpy as np

from ...study.tables import Findings
from ...study.tail import concentration
from ...study.view import minimum_of
from .palette import BLUE, GREY, RED, bare, option_name


def volumes(found: Findings, ax) -> str:
    """Index admissions a year at each unit before and after, with the minimum.

    Returns
    -------
    The text alternative.
    """
    service, before, after = found.service, found.before, found.after
    of = np.flatnonzero(before.gives | after.gives)
    order = of[np.argsort(-before.load.index[of], kind="stable")]
    place = np.arange(len(order))
    ax.bar(place, before.load.index[order], color="#CCCCCC", width=0.9, label="baseline")
    is_open = after.gives[order]
    volume = after.load.index[order]
    ax.scatter(place[is_open], volume[is_open], color=BLUE, s=14, zorder=3, label=option_name(found.scenario))
    if (~is_open).any():
        nothing = np.zeros((~is_open).sum())
        ax.scatter(place[~is_open], nothing, color="black", marker="X", s=30, zorder=3, clip_on=False, label="closed")
    minimum = minimum_of(service)
    if minimum:
        ax.axhline(minimum, color=RED, linewidth=1, linestyle="--", label=f"minimum {minimum:g}")
    ax.set_title(f"Volume of each {service.access_kind} unit, modelled")
    ax.set_ylabel("index admissions a year")
    ax.set_xlabel(f"{len(order)} units, largest first", labelpad=10)
    ax.set_xticks([])
    ax.margins(x=0.01)
    ax.legend(frameon=False)
    bare(ax)
    if not minimum:
        return f"Volumes of {len(order)} units before and after."
    below = [int((seen.load.index[seen.gives] < minimum * (1 - 1e-9)).sum()) for seen in (before, after)]
    return (
        f"Modelled volumes of {len(order)} units. Under the minimum of {minimum:g} a year: {below[0]} units in the baseline, "
        f"{below[1]} under the option. The table of units has every number."
    )


def long_tail(found: Findings, ax) -> str:
    """The share of patients seen by the largest units, before and after.

    Returns
    -------
    The text alternative.
    """
    said = []
    for name, seen, colour, style in (
        ("baseline", found.before, GREY, "--"),
        (option_name(found.scenario), found.after, BLUE, "-"),
    ):
        rows = [row for row in concentration(seen) if row["over"] == "units"]
        share = [0, *(100 * row["cumulative_share"] for row in rows)]
        ax.plot(range(len(share)), share, color=colour, linestyle=style, label=f"{name} (Gini {rows[0]['gini']:.2f})" if rows else name)
        half = next((n for n, reached in enumerate(share) if reached >= 50), 0)
        said.append(f"{name}: {len(rows)} units, the {half} largest see half of all patients")
    ax.set_title(f"How concentrated {found.service.access_kind} care is")
    ax.set_xlabel("units, largest first")
    ax.set_ylabel("% of index admissions")
    ax.set_ylim(0, 101)
    ax.set_xlim(0, None)
    ax.legend(frameon=False, loc="lower right")
    bare(ax)
    return "; ".join(said) + "."
