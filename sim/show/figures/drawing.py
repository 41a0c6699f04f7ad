"""Every figure of a comparison, drawn: the same bytes each time."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from ...service.places import Region
from ...study.fit import ILLUSTRATIVE, is_fitted
from ...study.tables import Findings
from .beds import delay_against_beds
from .equity import equity, gainers_and_losers
from .minutes_map import minutes_map
from .money import bridge, do_nothing, margins, spending
from .outcome import outcome
from .receivers import receivers
from .timeline import timeline
from .travel import travel
from .volumes import long_tail, volumes
from .waits import waits
from .warm_up import filling


class Figure(NamedTuple):
    """A figure that a comparison has."""

    draw: Callable
    """From findings and an axis to the text alternative."""
    size: tuple[float, float]
    """Inches."""
    needs: str = ""
    """What the findings or their service must hold: ``finance``, ``benefit``; empty for nothing."""

    def is_there(self, found: Findings) -> bool:
        """Whether the findings hold what it needs."""
        return not self.needs or getattr(found, self.needs, getattr(found.service, self.needs, None)) is not None


FIGURES = {
    "map": Figure(minutes_map, (7.5, 8.5)),
    "travel": Figure(travel, (8, 5)),
    "timeline": Figure(timeline, (8, 4.5)),
    "receivers": Figure(receivers, (8, 6)),
    "gainers_and_losers": Figure(gainers_and_losers, (8, 5)),
    "equity": Figure(equity, (8, 5)),
    "delay_against_beds": Figure(delay_against_beds, (8, 4.5)),
    "bridge": Figure(bridge, (8, 4.5), "finance"),
    "do_nothing": Figure(do_nothing, (8, 4.5), "finance"),
    "margins": Figure(margins, (8, 7), "finance"),
    "spending": Figure(spending, (8, 7), "finance"),
    "outcome": Figure(outcome, (8, 3.5), "benefit"),
    "volumes": Figure(volumes, (11, 5.5)),
    "long_tail": Figure(long_tail, (8, 4.5)),
    "waits": Figure(waits, (8, 3.5)),
    "warm_up": Figure(filling, (8, 4.5)),
}
"""By name, in the order of a report."""


class Picture(NamedTuple):
    """A figure, drawn."""

    name: str
    alternative: str
    """What it shows, in words."""
    svg: bytes
    png: bytes


STYLE = {
    "svg.hashsalt": "sim",
    "svg.fonttype": "none",  # letters stay letters, to be read aloud, found and copied
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "sans-serif"],
    "axes.titlesize": "medium",
    "axes.titleweight": "bold",
}
"""Of every figure that is written; a fixed salt and no date, so that the same run draws the same bytes."""


def draw_figures(found: Findings, folder: Path) -> list[Picture]:
    """Write every figure as PNG and SVG."""
    made = []
    for each in pictures(found):
        (folder / f"{each.name}.png").write_bytes(each.png)
        (folder / f"{each.name}.svg").write_bytes(each.svg)
        made.append(each)
    return made


def pictures(found: Findings, names: tuple[str, ...] = tuple(FIGURES)) -> Iterator[Picture]:
    """Every figure that the findings have, drawn in memory."""
    for name in names:
        if FIGURES[name].is_there(found):
            yield picture(name, FIGURES[name], found, source_line(found))


def picture(name: str, figure: Figure, shown, source: str) -> Picture:
    """One figure, drawn in memory, with what it rests on under it."""
    import matplotlib
    import matplotlib.figure
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with matplotlib.rc_context({**matplotlib.rcParamsDefault, **STYLE}), warnings.catch_warnings():
        # A unit's name may hold letters that the font lacks; it shows boxes in the PNG and letters in the SVG.
        warnings.filterwarnings("ignore", message=r"(?s).*[Gg]lyph")
        paper = matplotlib.figure.Figure(figsize=figure.size, layout="constrained")
        FigureCanvasAgg(paper)
        alternative = figure.draw(shown, paper.add_subplot())
        paper.text(0.01, 0.006, source, fontsize=6.5, color="#595959")
        paper.get_layout_engine().set(rect=(0.01, 0.035, 0.98, 0.965))
        png, svg = io.BytesIO(), io.BytesIO()
        paper.savefig(png, format="png", dpi=150, metadata={"Software": None})
        paper.savefig(svg, format="svg", dpi=150, metadata={"Date": None, "Creator": None})
    return Picture(name, alternative, svg.getvalue(), png.getvalue())


def source_line(found: Findings) -> str:
    """What a figure rests on, in one line."""
    run = found.experiment.run
    fitted = "" if is_fitted(found) or found.service.region.is_open_data else f"{ILLUSTRATIVE}: the baseline is not fitted. "
    return f"{fitted}{source_of(found.service.region)}; {run.replications} replications, seed {run.seed}."


def source_of(region: Region) -> str:
    """What a figure without simulation rests on."""
    open_data = "Open data, illustrative, not a proposal. " if region.is_open_data else ""
    return f"{open_data}Region {region.name}, {region.boundaries}; minutes: {region.travel.basis}"
