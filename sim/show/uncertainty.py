"""An uncertainty analysis as text and as figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..study.uncertainty import Drawn, best_rows, spread_rows, threshold_rows, tornado_rows
from .columns import aligned

WIDEST = 5
"""Numbers shown of each option and measure; the rest are in the table."""


def uncertainty_text(drawn: Drawn) -> list[str]:
    """What a planner reads first: spread, the numbers that matter most, which option is best and when it stops being so."""
    return [*_spread(drawn), "", *_tornado(drawn), "", *_best(drawn), "", *_thresholds(drawn)]


def _spread(drawn: Drawn) -> list[str]:
    head = ("Option less baseline", "as tabled", "mean of draws", "95 %, of the numbers", "error of luck", "better in", "unit")
    body = [
        (
            f"{row['option']}: {row['label']}",
            f"{row['as_tabled']:+.4g}",
            f"{row['mean']:+.4g}",
            f"{row['low']:+.4g} to {row['high']:+.4g}",
            f"{row['standard_error_of_luck']:.2g}",
            f"{100 * row['chance_better_than_baseline']:.0f} %",
            row["unit"],
        )
        for row in spread_rows(drawn)
    ]
    return aligned(head, body)


def _tornado(drawn: Drawn) -> list[str]:
    seen: dict[tuple, int] = {}
    body = []
    for row in tornado_rows(drawn):
        key = row["option"], row["measure"]
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > WIDEST or row["swing"] <= 1e-9 * max(1.0, abs(row["as_tabled"])):
            continue
        zero = f"{row['zero_at']:.3g}" if row["zero_at"] == row["zero_at"] else "-"
        ends = f"{row['low']:.3g} to {row['high']:.3g}"
        body.append((f"{row['option']}: {row['measure']}", row["parameter"], ends, f"{row['at_low']:+.4g}", f"{row['at_high']:+.4g}", zero))
    head = ("One number at a time, the widest swings", "number", "interval", "at its low end", "at its high end", "no better at")
    return aligned(head, body) if body else ["None of the numbers moves any measure."]


def _best(drawn: Drawn) -> list[str]:
    head = ("Which is best", "option", "best in", "expected loss", "unit")
    body = [
        (
            row["label"] + (" *" if row["is_best_on_average"] else ""),
            row["option"],
            f"{100 * row['chance_best']:.0f} %",
            f"{row['expected_loss']:.3g}",
            row["unit"],
        )
        for row in best_rows(drawn)
    ]
    return [*aligned(head, body), "* best on average: its expected loss is what knowing every number would bring."]


def _thresholds(drawn: Drawn) -> list[str]:
    rows = threshold_rows(drawn)
    if not rows:
        return ["No single number, inside its interval, makes another option best."]
    head = ("When it stops being best", "best as tabled", "number", "as tabled", "stops at", "then best")
    body = [
        (row["measure"], row["best_as_tabled"], row["parameter"], f"{row['value']:.4g}", f"{row['stops_at']:.4g}", row["then_best"])
        for row in rows
    ]
    return aligned(head, body)


def draw_uncertainty(drawn: Drawn, folder: Path) -> list[str]:
    """Write the figures as PNG and SVG; what each shows, in words."""
    from .figures import uncertainty as figures
    from .figures.drawing import Figure, picture

    made: dict[str, tuple[Callable, tuple[float, float]]] = {"chances": (figures.chances, (9, 1.2 + 0.7 * len(drawn.measures)))}
    for o, name in enumerate(drawn.options):
        for m, of in enumerate(drawn.measures):
            spelt = "".join(letter if letter.isalnum() else "_" for letter in name)
            made[f"tornado_{of.key}_{spelt}"] = (lambda shown, ax, o=o, m=m: figures.tornado(shown, ax, o, m)), (9, 5)
    if figures.has_cloud(drawn):
        made["cloud"] = figures.cloud, (7, 5.5)
        made["acceptability"] = figures.acceptability, (8, 4.5)
    said = []
    for name, (draw, size) in made.items():
        each = picture(name, Figure(draw, size), drawn, "Draws of numbers from their tables of sources; parameters.csv has every interval.")
        (folder / f"{name}.png").write_bytes(each.png)
        (folder / f"{name}.svg").write_bytes(each.svg)
        said.append(f"{name}: {each.alternative}")
    return said
