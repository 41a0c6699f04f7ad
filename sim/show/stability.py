"""The stability of a rule as text and as a figure."""

from __future__ import annotations

from pathlib import Path

from ..study.stability import CLOSES, STAYS, Stability, stability_in_words, stability_rows
from .columns import aligned


def stability_text(found: Stability) -> list[str]:
    """The units that close in any draw, and what must be said of them."""
    rows = stability_rows(found)
    splits = [key for key in rows[0] if key.startswith("share_with_")]
    head = ("Unit", "name", "as given", "draws", "verdict", *(key.removeprefix("share_with_").replace("_", " ") for key in splits))
    body = [
        (
            row["unit"],
            row["name"][:40],
            "closes" if row["closes_as_given"] else "stays",
            f"{100 * row['share_of_draws']:.0f} %",
            row["verdict"] if row["verdict"] in (CLOSES, STAYS) else row["verdict"].upper(),
            *(f"{100 * row[key]:.0f} %" for key in splits),
        )
        for row in rows
        if row["share_of_draws"] > 0 or row["closes_as_given"]
    ]
    table = aligned(head, body) if body else ["The rule closes nothing in any draw."]
    return [*table, "", *stability_in_words(found)]


def draw_stability(found: Stability, folder: Path) -> list[str]:
    """Write the figure as PNG and SVG; what it shows, in words."""
    from .figures.drawing import Figure, picture, source_of
    from .figures.stability import closing, closing_height

    each = picture("stability", Figure(closing, (9, closing_height(found))), found, source_of(found.service.region))
    (folder / "stability.png").write_bytes(each.png)
    (folder / "stability.svg").write_bytes(each.svg)
    return [f"stability: {each.alternative}"]
