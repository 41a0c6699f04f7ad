"""Options against each other in two measures at a time."""

from __future__ import annotations

import textwrap

import numpy as np

from ...study.option_row import LOWER
from ...study.scorecard import BASELINE, Scorecard
from ..numbers import signed
from .palette import BLUE, GREY, bare, option_name

PAIRS = (
    ("net_present_saving", "minutes_mean"),
    ("net_present_saving", "qalys_time_with_volume"),
    ("minutes_mean", "within_30_and_minimum"),
)
"""Measures set against each other, where all options have them: money and journeys, money and health, journeys and volume."""


def front(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(O,) bool: options that no other is at least as good as in both and better than in one; more is better.

    Examples
    --------
    >>> front(np.array([0.0, 1.0, 2.0]), np.array([2.0, 1.0, 1.0])).tolist()
    [True, False, True]
    """
    no_worse = (x[:, None] >= x) & (y[:, None] >= y)
    better = (x[:, None] > x) | (y[:, None] > y)
    return ~(no_worse & better).any(axis=0)


def _together(options: list[str], change: np.ndarray) -> list[tuple[list[str], np.ndarray]]:
    """Options that would be drawn over each other, under one label."""
    size = np.maximum(np.ptp(change, axis=0), 1e-12)
    made: list[tuple[list[str], np.ndarray]] = []
    for name, where in zip(options, change):
        near = next((names for names, other in made if (np.abs(where - other) < 0.025 * size).all()), None)
        if near is None:
            made.append(([name], where))
        else:
            near.append(name)
    return made


def _label(ax, labels: list[tuple[str, np.ndarray]]) -> None:
    """Write each label on the first side of its point where it covers no other label."""
    taken = []
    for text, where in labels:
        for x, y in ((7, 6), (-7, 6), (7, -6), (-7, -6)):
            sides = {"ha": "left" if x > 0 else "right", "va": "bottom" if y > 0 else "top"}
            made = ax.annotate(text, where, xytext=(x, y), textcoords="offset points", fontsize=8, **sides)
            box = made.get_window_extent()
            if not any(box.overlaps(other) for other in taken):
                break
            made.remove()
        else:
            made = ax.annotate(text, where, xytext=(7, 6), textcoords="offset points", fontsize=8)
        taken.append(box)


def pareto(card: Scorecard, ax, across: str, up: str) -> str:
    """The change of two measures against the baseline, option by option; better is to the right and up.

    Parameters
    ----------
    card
        The options.
    ax
        Where to draw.
    across, up
        Keys of measures that are better one way.

    Returns
    -------
    The text alternative.
    """
    measures = [card.measure(key) for key in (across, up)]
    found = {option: [card.beside(option, BASELINE, key) for key in (across, up)] for option in card.options}
    options = [option for option, both in found.items() if all(each.difference == each.difference for each in both)]
    change = np.array([[each.difference for each in found[option]] for option in options])
    sign = np.array([-1.0 if of.better == LOWER else 1.0 for of in measures])
    is_best = front(*(change * sign).T)
    for at in np.argsort(change[:, 0] * sign[0], kind="stable"):
        both = found[options[at]]
        spread = [[[max(0.0, of.difference - of.low)], [max(0.0, of.high - of.difference)]] if of.low == of.low else None for of in both]
        style = {"marker": "s", "markerfacecolor": BLUE} if is_best[at] else {"marker": "o", "markerfacecolor": "white"}
        colour = BLUE if is_best[at] else GREY
        ax.errorbar(*change[at], xerr=spread[0], yerr=spread[1], color=colour, capsize=3, markersize=8, elinewidth=0.8, **style)
    ax.axvline(0, color="#BBBBBB", linewidth=0.8, zorder=0)
    ax.axhline(0, color="#BBBBBB", linewidth=0.8, zorder=0)
    for of, label, flip, way in (
        (measures[0], ax.set_xlabel, ax.invert_xaxis, "right"),
        (measures[1], ax.set_ylabel, ax.invert_yaxis, "up"),
    ):
        turned = "axis turned round, " if of.better == LOWER else ""
        label(f"change of {of.label}\n({of.unit}; {turned}better is {way})")
        if turned:
            flip()
    ax.margins(0.18)
    _label(ax, [(",\n".join(map(option_name, names)), where) for names, where in _together(options, change)])
    words = textwrap.wrap(f"{measures[1].label}, against {measures[0].label}", 62)
    ax.set_title("\n".join([*words, "filled: no other option is as good in both"]), fontsize=10)
    bare(ax)
    said = [
        f"{option_name(option)} {signed(x, measures[0].unit)} and {signed(y, measures[1].unit)}{' (not beaten in both)' if best else ''}"
        for option, (x, y), best in zip(options, change, is_best)
    ]
    units = f"{measures[0].label} ({measures[0].unit}) and {measures[1].label} ({measures[1].unit})"
    return f"Change against the baseline of {units}: " + "; ".join(said) + "."
