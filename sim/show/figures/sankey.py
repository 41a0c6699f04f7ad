"""A flow picture: patients from where they live through the units to where they leave to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ...study.paths import Link
from .palette import BLUE, GREEN, GREY, INK, ORANGE, RED, SKY, written

SHOWN = 9
"""Places shown in a column; the rest are one."""

COLOURS = (BLUE, ORANGE, GREEN, SKY, RED, "#CC79A7", "#8B6914", "#4B4B8F", "#5F9EA0")
"""Of the first units, from the largest; the others are grey."""

WIDTH, GAP = 0.10, 0.012


def sankey(links: Sequence[Link], ax, title: str = "") -> str:
    """Bands as wide as the patients who go that way, coloured by the first unit.

    Parameters
    ----------
    links
        See `study.paths`.
    ax
        Where to draw.
    title
        What it is of.

    Returns
    -------
    The text alternative.
    """
    last = max((max(each.from_column, each.to_column) for each in links), default=0) + 1
    nodes, merged = _merged(links, last)
    height = {column: sum(of.values()) for column, of in nodes.items()}
    tall = max(height.values(), default=1.0) or 1.0
    colour = _colours(nodes)
    bottom: dict[tuple[int, str], float] = {}
    top: dict[tuple[int, str], float] = {}
    low = 0.0
    for column, of in nodes.items():
        y = 1.0
        for name, size in of.items():
            y -= size / tall
            bottom[column, name] = top[column, name] = y
            shade = colour.get(name, GREY) if 0 < column < last else "#B8B8B8"
            ax.add_patch(_box(column, y, size / tall, shade))
            if size / tall > 0.004:
                words = f"{written(name, 36)}  {size:,.0f}"
                side = {"ha": "right", "x": column - WIDTH / 2 - 0.015} if column == 0 else {"ha": "left", "x": column + WIDTH / 2 + 0.015}
                paper = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.6}
                ax.text(y=y + size / tall / 2, s=words, va="center", fontsize=6.5, color=INK, zorder=4, bbox=paper, **side)
            y -= GAP + max(0.0, 0.012 - size / tall)  # room for the words of thin ones
        low = min(low, y)
    for (from_column, source, to_column, target), patients in merged.items():
        size = patients / tall
        start, end = bottom[from_column, source], top[to_column, target]
        shade = colour.get(source if from_column else target, GREY)
        ax.add_patch(_band(from_column + WIDTH / 2, start, to_column - WIDTH / 2, end, size, shade))
        bottom[from_column, source] += size
        top[to_column, target] += size
    ax.set_xlim(-0.75, last + 0.6)
    ax.set_ylim(low - 0.02, 1.06)
    for column in range(last + 1):
        words = "lives in" if column == 0 else "leaves to" if column == last else ("first unit" if column == 1 else f"unit {column}")
        ax.text(column, 1.03, words, ha="center", fontsize=8, fontweight="bold", color=INK)
    ax.set_axis_off()
    ax.set_title(title)
    total = sum(each.patients for each in links if each.from_column == 0)
    firsts = ", ".join(f"{name} {size:,.0f}" for name, size in list(nodes.get(1, {}).items())[:4])
    return f"{title}: {total:,.0f} index patients a year; first units: {firsts or 'none'}."


def _merged(links: Sequence[Link], last: int):
    """Places by column, the largest first, the small ones put together; and the links between these."""
    size: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for each in links:
        if each.from_column == 0:
            size[0][each.source] += each.patients
        size[last if each.to_column == -1 else each.to_column][each.target] += each.patients
    called: dict[tuple[int, str], str] = {}
    nodes: dict[int, dict[str, float]] = {}
    for column in sorted(size):
        ordered = sorted(size[column].items(), key=lambda item: (-item[1], item[0]))
        rest = ordered[SHOWN:] if len(ordered) > SHOWN + 1 else []
        kept = ordered[: len(ordered) - len(rest)]
        nodes[column] = dict(kept)
        called |= {(column, name): name for name, _ in kept}
        if rest:
            other = f"{len(rest)} others"
            nodes[column][other] = sum(value for _, value in rest)
            called |= {(column, name): other for name, _ in rest}
    merged: dict[tuple[int, str, int, str], float] = defaultdict(float)
    for each in links:
        to = last if each.to_column == -1 else each.to_column
        merged[each.from_column, called[each.from_column, each.source], to, called[to, each.target]] += each.patients
    place = {(column, name): k for column, of in nodes.items() for k, name in enumerate(of)}
    # From the bottom up, so that bands cross no more than they must.
    order = sorted(merged, key=lambda key: (key[0], -place[key[2], key[3]], -place[key[0], key[1]]))
    return nodes, {key: merged[key] for key in order}


def _colours(nodes) -> dict[str, str]:
    """A colour for each named unit, first units first, the same in every column."""
    names: dict[str, None] = {}
    for column in sorted(nodes)[1:-1]:
        names |= dict.fromkeys(name for name in nodes[column] if not name.endswith(" others"))
    return dict(zip(names, COLOURS))


def _box(column: int, y: float, height: float, shade: str):
    from matplotlib.patches import Rectangle

    return Rectangle((column - WIDTH / 2, y), WIDTH, height, facecolor=shade, edgecolor="none", zorder=3)


def _band(x: float, y: float, to_x: float, to_y: float, size: float, shade: str):
    """A band from one box to another, bent like an S."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    middle = (x + to_x) / 2
    upper = [(to_x, to_y + size), (middle, to_y + size), (middle, y + size), (x, y + size)]
    points = [(x, y), (middle, y), (middle, to_y), (to_x, to_y), *upper]
    codes = [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
    return PathPatch(Path(points, codes), facecolor=shade, alpha=0.4, edgecolor="none", zorder=2)
