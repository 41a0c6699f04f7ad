"""Figures: functions that take findings and an ``ax`` - the same ones in a results folder, a notebook and a report.

Colours are of Okabe and Ito (2008), told apart by people with colour blindness; every figure has a title, units and a source line.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..study.tables import Findings
from ..study.view import minimum_of
from ..study.warmup import warm_up

BLUE, ORANGE, GREEN, RED, GREY, SKY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#7F7F7F", "#56B4E9"


def draw_figures(found: Findings, folder: Path) -> None:
    """Write every figure as PNG and SVG."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    for name, drawer, size in (
        ("map", minutes_map, (7.5, 8)),
        ("volumes", volumes, (11, 5.5)),
        ("travel", travel, (8, 5)),
        ("warm_up", filling, (8, 4.5)),
    ):
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasAgg(figure)
        drawer(found, figure.add_subplot())
        figure.text(0.01, 0.004, source_line(found), fontsize=6.5, color="#555555")
        figure.get_layout_engine().set(rect=(0, 0.03, 1, 0.97))
        # A fixed salt and no date: the same run draws the same bytes.
        with rc_context({"svg.hashsalt": "sim"}):
            figure.savefig(folder / f"{name}.png", dpi=150, metadata={"Software": None})
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None})


def source_line(found: Findings) -> str:
    """What a figure rests on, in one line."""
    region = found.service.region
    open_data = "Open data, illustrative, not a proposal. " if region.is_open_data else ""
    return f"{open_data}Region {region.name}, {region.boundaries}; minutes: {region.travel.basis}."


def minutes_map(found: Findings, ax) -> None:
    """Areas coloured by minutes added to the first unit; units that stay are dots, closed ones are crossed."""
    from matplotlib.colors import BoundaryNorm, ListedColormap

    service, before, after = found.service, found.before, found.after
    places, sites = service.areas, service.sites
    added = after.first.minutes - before.first.minutes
    edges = [-1e3, -0.05, 0.05, 5, 10, 20, 1e3]
    colours = ListedColormap([SKY, "#D0D0D0", "#F0D060", ORANGE, RED, "#7A0177"])
    labels = ["shorter", "unchanged", "up to 5", "5 to 10", "10 to 20", "over 20"]
    order = np.argsort(added, kind="stable")
    size = 60000 / max(len(places), 400) / 3.5  # so that the areas of a town touch at any level
    drawn = ax.scatter(
        places.longitude[order],
        places.latitude[order],
        c=added[order],
        s=size,
        cmap=colours,
        norm=BoundaryNorm(edges, 6),
        linewidths=0,
    )
    seat = service.units.site
    for of, style in (
        (after.gives, {"marker": "o", "s": 12, "facecolor": "white", "edgecolor": "black", "linewidths": 0.7}),
        (
            before.gives & ~after.gives,
            {"marker": "X", "s": 50, "facecolor": "black", "edgecolor": "white", "linewidths": 0.8},
        ),
    ):
        ax.scatter(sites.longitude[seat[of]], sites.latitude[seat[of]], zorder=3, **style)
    bar = ax.figure.colorbar(
        drawn, ax=ax, shrink=0.6, ticks=[(a + b) / 2 for a, b in zip(edges, edges[1:])], spacing="uniform"
    )
    bar.ax.set_yticklabels(labels)
    bar.set_label("minutes added to the first unit")
    closed = int((before.gives & ~after.gives).sum())
    ax.set_title(
        f"Minutes added to the first {service.access_kind} unit\n"
        f"{found.scenario}: {closed} closed (crosses), {int(after.gives.sum())} open (dots)"
    )
    ax.set_aspect(1 / np.cos(np.radians(float(np.mean(places.latitude)))))
    ax.set_axis_off()


def volumes(found: Findings, ax) -> None:
    """Index admissions a year at each unit before and after, with the minimum."""
    service, before, after = found.service, found.before, found.after
    of = np.flatnonzero(before.gives | after.gives)
    order = of[np.argsort(-before.load.index[of], kind="stable")]
    place = np.arange(len(order))
    ax.bar(place, before.load.index[order], color="#CCCCCC", width=0.9, label="baseline")
    is_open = after.gives[order]
    ax.scatter(place[is_open], after.load.index[order][is_open], color=BLUE, s=14, zorder=3, label=found.scenario)
    ax.scatter(
        place[~is_open],
        np.zeros((~is_open).sum()),
        color="black",
        marker="X",
        s=30,
        zorder=3,
        clip_on=False,
        label="closed",
    )
    if minimum := minimum_of(service):
        ax.axhline(minimum, color=RED, linewidth=1, linestyle="--", label=f"minimum {minimum:g}")
    ax.set_title(f"Volume of each {service.access_kind} unit, modelled")
    ax.set_ylabel("index admissions a year")
    ax.set_xlabel(f"{len(order)} units, largest first", labelpad=10)
    ax.set_xticks([])
    ax.margins(x=0.01)
    ax.legend(frameon=False)
    ax.spines[["top", "right"]].set_visible(False)


def travel(found: Findings, ax) -> None:
    """The share of patients within each number of minutes, before and after."""
    service = found.service
    demand = service.areas.demand
    for seen, colour, style, label in (
        (found.before, GREY, "--", "baseline"),
        (found.after, BLUE, "-", found.scenario),
    ):
        parts = seen.parts
        order = np.argsort(parts.minutes, kind="stable")
        minutes, share = parts.minutes[order], np.cumsum((demand[parts.area] * parts.share)[order]) / demand.sum()
        ax.step(
            np.concatenate([[0], minutes]),
            100 * np.concatenate([[0], share]),
            where="post",
            color=colour,
            linestyle=style,
            label=label,
        )
    for threshold in service.threshold_minutes:
        ax.axvline(threshold, color="#BBBBBB", linewidth=0.8)
        within = [
            100 * seen.access.within[list(service.threshold_minutes).index(threshold)]
            for seen in (found.before, found.after)
        ]
        ax.annotate(
            f"{threshold:g} min\n{within[0]:.1f} to {within[1]:.1f} %",
            (threshold, 30),
            xytext=(3, 0),
            textcoords="offset points",
            fontsize=8,
            color="#444444",
        )
    ax.set_title(f"Travel to the first {service.access_kind} unit")
    ax.set_xlabel("minutes")
    ax.set_ylabel("% of patients within")
    ax.set_xlim(0, max(float(np.nanmax(found.after.parts.minutes)), max(service.threshold_minutes)) * 1.02)
    ax.set_ylim(0, 101)
    ax.legend(frameon=False, loc="center right")
    ax.spines[["top", "right"]].set_visible(False)


def filling(found: Findings, ax) -> None:
    """Beds held each midnight of the baseline from the empty start, its two-week average (Welch), and the warm-up used."""
    run = found.experiment.run
    warm = warm_up(np.stack([each.census for each in found.experiment.replications]), run.window.start)
    day = np.arange(len(warm.mean))
    ax.plot(day, warm.mean, color="#BBBBBB", linewidth=0.8, label="beds held, mean of replications")
    ax.plot(day, warm.smooth, color=BLUE, label="two-week average")
    ax.axvspan(0, run.window.start, color="#F2F2F2", zorder=0, label=f"warm-up, {run.window.start:g} days")
    ax.axvline(warm.needed, color=RED, linestyle="--", linewidth=1, label=f"MSER-5: {warm.needed:g} days")
    ax.set_title("Beds held in the baseline from an empty start")
    ax.set_xlabel("days from the start of the simulation")
    ax.set_ylabel("beds")
    ax.set_ylim(0, None)
    ax.set_xlim(0, len(day) - 1)
    ax.legend(frameon=False, loc="lower right")
    ax.spines[["top", "right"]].set_visible(False)
