"""Figures of uncertainty: what one number at a time does, what all together do, and how often each option is best.

Each takes what was drawn (`study.uncertainty.Drawn`) and an ``ax``, and returns what it shows in words.
"""

from __future__ import annotations

import numpy as np

from ...study.best import COST, EFFECT, acceptability_rows, best_rows
from ...study.uncertainty import Drawn, tornado_rows
from ..numbers import rough
from .palette import BLUE, GREEN, GREY, INK, ORANGE, RED, SKY, bare, option_name, written

COLOURS = (GREY, BLUE, ORANGE, GREEN, RED, SKY)
MARKS = ("o", "s", "^", "D", "v", "P")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
SHOWN = 12
"""Numbers shown of a tornado."""


def tornado(drawn: Drawn, ax, option: int = 0, measure: int = 0) -> str:
    """What a measure of one option, less the baseline, does as one number at a time goes to the ends of its interval."""
    of, name = drawn.measures[measure], drawn.options[option]
    rows = [row for row in tornado_rows(drawn) if (row["option"], row["measure"]) == (name, of.key)]
    widest = max((row["swing"] for row in rows if np.isfinite(row["swing"])), default=0.0)
    left_out = [row["parameter"].replace("_", " ") for row in rows if not np.isfinite(row["swing"])]
    rows = [row for row in rows if np.isfinite(row["swing"]) and row["swing"] > 3e-3 * widest][:SHOWN]
    place = -np.arange(len(rows))
    low, high = (np.array([row[end] - row["as_tabled"] for row in rows]) for end in ("at_low", "at_high"))
    for own, other, colour, label in ((low, high, SKY, "number at its low end"), (high, low, BLUE, "number at its high end")):
        # Where both ends move it one way the shorter bar lies inside the longer one.
        is_inside = (own * other > 0) & (np.abs(own) <= np.abs(other))
        height = np.where(is_inside, 0.3, 0.7)
        left = [row["as_tabled"] for row in rows]
        bars = ax.barh(place, own, left=left, color=colour, height=height, label=label)
        for bar, inside in zip(bars, is_inside):
            bar.set_zorder(3 if inside else 2)
    if rows:
        ax.axvline(rows[0]["as_tabled"], color=INK, linewidth=0.8, label="every number as tabled", zorder=4)
        ax.axvline(0, color=GREY, linewidth=0.8, linestyle="--", zorder=0, label="no difference")
        ax.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=4)
    lines = [_number_line(row) for row in rows]
    ax.set_yticks(place, lines, fontsize=8)
    ax.set_title(f"{written(of.label, 60)}\n{option_name(name)} less baseline, one number at a time", pad=26 if rows else None)
    notes = ["~ no more than luck"] if any(row["beyond_luck"] is False for row in rows) else []
    notes += [f"left out, without limit or not known: {written(', '.join(left_out), 60)}"] if left_out else []
    ax.set_xlabel("\n".join(["percentage points" if of.unit == "%" else of.unit, *notes]))
    bare(ax)
    without = f" Left out, without limit or not known: {', '.join(left_out)}." if left_out else ""
    if not rows:
        rest = "of the other numbers " if left_out else "of the numbers "
        ax.text(0.5, 0.5, f"none {rest}moves it", ha="center", transform=ax.transAxes)
        ax.set_xticks([])
        return f"None {rest}moves {of.label} of {name}.{without}"
    said = ", ".join(f"{row['parameter']} {row['at_low']:.3g} to {row['at_high']:.3g}" for row in rows[:5])
    return f"{of.label}, {name} less baseline, as tabled {rows[0]['as_tabled']:.3g}. Widest swings: {said}.{without}"


def _number_line(row: dict) -> str:
    mark = "~ " if row["beyond_luck"] is False else ""
    return f"{mark}{written(row['parameter'].replace('_', ' '), 36)}  ({rough(row['low'])} to {rough(row['high'])})"


def has_cloud(drawn: Drawn) -> bool:
    """Whether running cost and QALYs were judged."""
    return {COST, EFFECT} <= {of.key for of in drawn.measures}


def cloud(drawn: Drawn, ax) -> str:
    """Every draw of every option: QALYs a year against running cost of the last plan year, both less the baseline."""
    keys = [of.key for of in drawn.measures]
    said = []
    for o, name in enumerate(drawn.options):
        cost, effect = (drawn.value[o, :, keys.index(key)] for key in (COST, EFFECT))
        colour, mark = COLOURS[(o + 1) % len(COLOURS)], MARKS[(o + 1) % len(MARKS)]
        ax.scatter(effect, cost, s=9, alpha=0.5, color=colour, marker=mark, linewidths=0, label=option_name(name))
        both = np.isfinite(cost) & np.isfinite(effect)
        if both.any():
            ax.scatter(effect[both].mean(), cost[both].mean(), s=60, color=colour, marker=mark, edgecolor=INK)
            said.append(f"{name} {effect[both].mean():+.3g} QALYs a year at {cost[both].mean():+.3g} million")
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.axvline(0, color=GREY, linewidth=0.8)
    ax.set_title("Every draw, less the baseline; large marks are means")
    ax.set_xlabel("QALYs a year; more is better")
    ax.set_ylabel("running cost of the last plan year, GBP million; less is better")
    ax.legend(frameon=False, fontsize=8, markerscale=2.5)
    bare(ax)
    return "On average over draws: " + ", ".join(said) + "."


def acceptability(drawn: Drawn, ax) -> str:
    """How often each option, and the baseline, has the greatest net benefit, by the value of a QALY."""
    rows = acceptability_rows(drawn)
    worth = sorted({row["gbp_per_qaly"] for row in rows})
    said = []
    for o, name in enumerate(dict.fromkeys(row["option"] for row in rows)):
        chance = [100 * row["chance_best"] for row in rows if row["option"] == name]
        style = {"color": COLOURS[o % len(COLOURS)], "linestyle": DASHES[o % len(DASHES)]}
        ax.plot([each / 1000 for each in worth], chance, label=option_name(name), clip_on=False, **style)
        said.append(f"{name} {chance[0]:.0f} to {chance[-1]:.0f} %")
    ax.set_title("How often each has the greatest net benefit of a year, once all is in force")
    ax.set_xlabel("value of a QALY, GBP thousand; less running cost, without capital and stranded cost")
    ax.set_ylabel("% of draws")
    ax.set_ylim(0, 101)
    ax.legend(frameon=False, fontsize=8)
    bare(ax)
    return f"Best in so many draws as a QALY is worth GBP {worth[0]:,.0f} to {worth[-1]:,.0f}: " + ", ".join(said) + "."


def chances(drawn: Drawn, ax) -> str:
    """How often each option, and the baseline, is best by each measure; what the draws do not tell apart is one bar."""
    from matplotlib.patches import Patch

    rows = best_rows(drawn)
    labels = {row["measure"]: row["label"] for row in rows}
    names = list(dict.fromkeys(row["option"] for row in rows))
    said = []
    for place, (measure, label) in enumerate(labels.items()):
        own = [row for row in rows if row["measure"] == measure]
        known = [row for row in own if row["chance_best"] == row["chance_best"]]
        left = 0.0
        for row in known:
            o, wide = names.index(row["option"]), 100 * row["chance_best"]
            ax.barh(-place, wide, left=left, height=0.6, **_fill(o))
            if wide >= 4:
                _inside(ax, left + wide / 2, -place, f"{wide:.0f} %")
            left += wide
        said.append(f"{label}: " + ", ".join(f"{row['option']} {100 * row['chance_best']:.0f} %" for row in known))
        if len(known) < len(own):
            others = [row for row in own if row not in known]
            why = "not told apart" if all(row["told_apart"] is False for row in others) else "not known"
            ax.barh(-place, 100 - left, left=left, height=0.6, color="white", edgecolor=GREY, linestyle=":")
            _inside(ax, left + (100 - left) / 2, -place, f"{why}: {written(', '.join(option_name(row['option']) for row in others), 70)}")
            said[-1] += f"{', ' if known else ''}{why}: " + " and ".join(row["option"] for row in others)
    ax.set_yticks(-np.arange(len(labels)), [written(label, 44) for label in labels.values()], fontsize=8)
    ax.set_xlim(0, 100)
    ax.set_xlabel("% of draws")
    lines = (len(names) + 2) // 3
    ax.set_title("How often each is best, luck taken off", pad=10 + 16 * lines)
    keys = [Patch(label=option_name(name), **_fill(o)) for o, name in enumerate(names)]
    ax.legend(handles=keys, frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=3)
    bare(ax)
    return "Best in so many draws, luck taken off. " + ". ".join(said) + "."


def _fill(o: int) -> dict:
    return {"facecolor": COLOURS[o % len(COLOURS)], "edgecolor": "white", "hatch": ("", "//", "..", "xx", "--", "++")[o % 6]}


def _inside(ax, x: float, y: float, text: str) -> None:
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.2, "alpha": 0.85}
    ax.text(x, y, text, ha="center", va="center", fontsize=7.5, bbox=box)
