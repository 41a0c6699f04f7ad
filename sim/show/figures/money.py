"""Money: from the baseline to the option, and what it does to trusts and commissioners."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...study import money
from ...study.tables import Findings
from .palette import BLUE, GREEN, GREY, ORANGE, RED, bare, option_name, written

SHOWN = 12
"""Bodies shown at either end; the tables have all."""


def _year_shown(found: Findings) -> int:
    """The plan year shown: the second, by which capital and double running are mostly done, or the only one."""
    return min(2, found.finance.horizon_years)


def bridge(found: Findings, ax) -> str:
    """From what the baseline costs in the first plan year to what the option costs in the second, cause by cause.

    Returns
    -------
    The text alternative.
    """
    year = _year_shown(found)
    rows = [row for row in money.bridge_rows(found) if row["year"] == year]
    first, *steps, last = rows
    steps = [row for row in steps if abs(row["gbp"]) >= 500]
    value = np.array([row["gbp"] / 1e6 for row in steps])
    start = first["gbp"] / 1e6 + np.concatenate([[0.0], np.cumsum(value)[:-1]]) if len(value) else np.zeros(0)
    ends = np.array([first["gbp"], last["gbp"]]) / 1e6
    place = np.arange(len(steps) + 2)
    ax.bar(place[[0, -1]], ends, color=GREY, width=0.6)
    ax.bar(place[1:-1], value, bottom=start, color=[RED if v > 0 else GREEN for v in value], width=0.6)
    tops = [ends[0], *np.maximum(start, start + value), ends[1]]
    shown = [f"{ends[0]:,.1f}", *(f"{v:+,.1f}" for v in value), f"{ends[1]:,.1f}"]
    for at, top, words in zip(place, tops, shown):
        ax.annotate(words, (at, top), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=9)
    low, high = min(np.min(ends), np.min(np.concatenate([start, start + value]), initial=np.inf)), max(tops)
    room = max(high - low, 0.02 * high, 1e-9)
    ax.set_ylim(max(0.0, low - room), high + 0.35 * room)
    labels = ["baseline\nyear 1", *(row["step"].replace("_", "\n") for row in steps), f"option\nyear {year}"]
    ax.set_xticks(place, labels, fontsize=9)
    cut = ", axis cut" if ax.get_ylim()[0] > 0 else ""
    ax.set_ylabel(f"GBP million a year{cut}")
    ax.set_title(f"What the service costs: baseline to option in {rows[0]['period']} (parts are guesses)")
    bare(ax)
    said = [f"{row['what']} {v:+,.1f}" for row, v in zip(steps, value)]
    return f"From GBP {ends[0]:,.1f} million in the baseline to GBP {ends[1]:,.1f} million: " + "; ".join(said or ["no change"]) + "."


def margins(found: Findings, ax) -> str:
    """The trusts whose margin from the service changes most in the second plan year.

    Returns
    -------
    The text alternative.
    """
    year = _year_shown(found)
    rows = [row for row in money.providers(found) if row["year"] == year and abs(row["margin_change_gbp"]) > 500]
    values = [(written(row["name"] or row["provider"], 46), row["margin_change_gbp"] / 1e6) for row in rows]
    said = _both_ends(ax, values)
    ax.set_title("Change of margin of trusts" + (f": the {2 * SHOWN} that change most" if len(values) > 2 * SHOWN else ""))
    ax.set_xlabel(f"GBP million in year {year} (parts are guesses)")
    return f"Margins change at {len(rows)} trusts. {said}"


def spending(found: Findings, ax) -> str:
    """The commissioners whose spending changes most in the second plan year.

    Returns
    -------
    The text alternative.
    """
    year = _year_shown(found)
    rows = [row for row in money.payers(found) if row["year"] == year and abs(row["spent_change_gbp"]) > 500]
    values = [(written(row["body"], 46), row["spent_change_gbp"] / 1e6) for row in rows]
    said = _both_ends(ax, values, is_good=-1)
    ax.set_title("Change of spending of commissioners" + (f": the {2 * SHOWN} that change most" if len(values) > 2 * SHOWN else ""))
    ax.set_xlabel(f"GBP million in year {year} (parts are guesses)")
    return f"Spending changes at {len(rows)} commissioners. {said}"


def _both_ends(ax, values: Sequence[tuple[str, float]], is_good: int = 1) -> str:
    """Bars of the largest and of the smallest values."""
    values = sorted(values, key=lambda each: (-each[1], each[0]))
    shown = values if len(values) <= 2 * SHOWN else values[:SHOWN] + values[-SHOWN:]
    place = -np.arange(len(shown))
    size = np.array([value for _, value in shown])
    for of, colour, hatch in ((is_good * size >= 0, BLUE, ""), (is_good * size < 0, ORANGE, "//")):
        ax.barh(place[of], size[of], color=colour, hatch=hatch, edgecolor="white", linewidth=0, height=0.75)
    ax.set_yticks(place, [name for name, _ in shown], fontsize=8)
    ax.axvline(0, color="#444444", linewidth=0.8)
    ax.margins(x=0.1)
    for at, value in zip(place, size):
        ax.annotate(f"{value:+,.2f}", (value, at), xytext=(3 if value >= 0 else -3, 0), textcoords="offset points",
                    va="center", ha="left" if value >= 0 else "right", fontsize=7)  # fmt: skip
    bare(ax)
    if not values:
        ax.annotate("no change", (0.5, 0.5), xycoords="axes fraction", ha="center", color=GREY)
        return "None."
    (top, most), (bottom, least) = values[0], values[-1]
    return f"Most: {top}, GBP {most:+,.2f} million; least: {bottom}, GBP {least:+,.2f} million."


def do_nothing(found: Findings, ax) -> str:
    """What the service costs year by year, doing nothing and under the option, with expected growth.

    Returns
    -------
    The text alternative.
    """
    rows = money.do_nothing(found)
    year = [row["period"] for row in rows]
    said = []
    for label, colour, style, name in (
        ("do_nothing", GREY, "o--", "doing nothing"),
        ("option", BLUE, "s-", option_name(found.scenario)),
    ):
        cost = [row[f"cost_{label}_gbp"] / 1e6 for row in rows]
        ax.plot(range(len(rows)), cost, style, color=colour, label=name, markersize=4)
        said.append(f"{name} {cost[0]:,.1f} in {year[0]}, {cost[-1]:,.1f} in {year[-1]}")
    ax.set_xticks(range(len(rows)), year, fontsize=8)
    ax.set_title("Cost to the system with expected growth (parts are guesses)")
    ax.set_ylabel("GBP million a year")
    ax.set_ylim(0, None)
    ax.legend(frameon=False, loc="lower right")
    bare(ax)
    return "GBP million: " + "; ".join(said) + "."
