"""Figures of uncertainty: what one number at a time does, what all together do, and how often each option is best.

Each takes what was drawn (`study.uncertainty.Drawn`) and an ``ax``, and returns what it shows in words.
"""

from __future__ import annotations

import numpy as np

from ...study.uncertainty import COST, EFFECT, Drawn, acceptability_rows, best_rows, tornado_rows
from .palette import BLUE, GREEN, GREY, INK, ORANGE, PALE, RED, SKY, bare, option_name, written

COLOURS = (GREY, BLUE, ORANGE, GREEN, RED, SKY)
MARKS = ("o", "s", "^", "D", "v", "P")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
SHOWN = 12
"""Numbers shown of a tornado."""


def tornado(drawn: Drawn, ax, option: int = 0, measure: int = 0) -> str:
    """What a measure of one option, less the baseline, does as one number at a time goes to the ends of its interval."""
    of, name = drawn.measures[measure], drawn.options[option]
    rows = [row for row in tornado_rows(drawn) if (row["option"], row["measure"]) == (name, of.key)]
    rows = [row for row in rows if row["swing"] > 1e-3 * rows[0]["swing"]][:SHOWN]
    place = -np.arange(len(rows))
    for end, colour, label in (("at_low", SKY, "number at its low end"), ("at_high", BLUE, "number at its high end")):
        values = np.array([row[end] - row["as_tabled"] for row in rows])
        ax.barh(place, values, left=[row["as_tabled"] for row in rows], color=colour, height=0.7, label=label)
    if rows:
        ax.axvline(rows[0]["as_tabled"], color=INK, linewidth=0.8)
        ax.legend(frameon=False, fontsize=8, loc="lower right")
    lines = [f"{written(row['parameter'].replace('_', ' '), 36)}  ({row['low']:.3g} to {row['high']:.3g})" for row in rows]
    ax.set_yticks(place, lines, fontsize=8)
    ax.axvline(0, color=PALE, linewidth=0.8, zorder=0)
    ax.set_title(f"{written(of.label, 60)}\n{option_name(name)} less baseline, one number at a time")
    ax.set_xlabel(of.unit)
    bare(ax)
    if not rows:
        ax.text(0.5, 0.5, "none of the numbers moves it", ha="center", transform=ax.transAxes)
        return f"None of the numbers moves {of.label}."
    said = "; ".join(f"{row['parameter']} {row['at_low']:.3g} to {row['at_high']:.3g}" for row in rows[:5])
    return f"{of.label}, {name} less baseline, as tabled {rows[0]['as_tabled']:.3g}; widest swings: {said}."


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
    ax.set_xlabel("QALYs a year")
    ax.set_ylabel("running cost of the last plan year, GBP million")
    ax.legend(frameon=False, fontsize=8)
    bare(ax)
    return "On average over draws: " + "; ".join(said) + "."


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
    ax.set_title("Draws in which each is best")
    ax.set_xlabel("value of a QALY, GBP thousand")
    ax.set_ylabel("% of draws")
    ax.set_ylim(0, 101)
    ax.legend(frameon=False, fontsize=8)
    bare(ax)
    return f"Best in so many draws as a QALY is worth GBP {worth[0]:,.0f} to {worth[-1]:,.0f}: " + "; ".join(said) + "."


def chances(drawn: Drawn, ax) -> str:
    """How often each option, and the baseline, is best by each measure."""
    rows, left = best_rows(drawn), {}
    labels = dict.fromkeys(row["label"] for row in rows)
    place = {label: -n for n, label in enumerate(labels)}
    names = list(dict.fromkeys(row["option"] for row in rows))
    for row in rows:
        o, at, wide = names.index(row["option"]), left.get(row["label"], 0.0), 100 * row["chance_best"]
        ax.barh(place[row["label"]], wide, left=at, height=0.6, color=COLOURS[o % len(COLOURS)],
                edgecolor="white", hatch=("", "//", "..", "xx", "--", "++")[o % 6])  # fmt: skip
        left[row["label"]] = at + wide
        if wide >= 12:
            text = f"{option_name(row['option'])} {wide:.0f} %"
            ax.text(at + wide / 2, place[row["label"]], text, ha="center", va="center", fontsize=7.5,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2, "alpha": 0.85})  # fmt: skip
    ax.set_yticks(list(place.values()), [written(label, 44) for label in place], fontsize=8)
    ax.set_xlim(0, 100)
    ax.set_xlabel("% of draws")
    ax.set_title("How often each is best")
    bare(ax)
    return "Best in so many draws: " + "; ".join(f"{row['label']}: {row['option']} {100 * row['chance_best']:.0f} %" for row in rows) + "."
