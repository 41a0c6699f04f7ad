"""The folder of a study - a selection, an uncertainty analysis, the stability of a rule: its tables, what they rest on, how to repeat."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .provenance import made_with
from .results import write_csv, write_text
from .whole import asked, whole_folder

Table = tuple[list[dict], str]
"""Rows of one shape, and what they are in words."""


def write_study(
    folder: Path,
    title: str,
    said: Sequence[str],
    tables: Mapping[str, Table],
    command: str,
    told: Mapping[str, object] | None = None,
    draw: Callable[[Path], Sequence[str]] | None = None,
) -> None:
    """Write a study, whole or not at all.

    Parameters
    ----------
    folder
        Where it goes; what an earlier one left there is replaced.
    title
        One line.
    said
        What was found and what must be said of it, a sentence each.
    tables
        By file name.
    command
        What was asked.
    told
        More for ``provenance.json``.
    draw
        Draws figures into the folder it is given and returns what each shows, in words.
    """
    with whole_folder(folder, asked(command)) as made:
        for name, (rows, _) in tables.items():
            write_csv(made / name, rows)
        figures = []
        if draw:
            (made / "figures").mkdir()
            figures = list(draw(made / "figures"))
        lines = [f"# {title}", "", *(f"- {each}" for each in said), "", "| file | what |", "|---|---|"]
        lines += [f"| {name} | {what} |" for name, (_, what) in tables.items()]
        lines += ["| figures/ | " + "; ".join(figures) + " |"] if figures else []
        write_text(made / "README.md", "\n".join([*lines, "", "Make it again:", "", f"    {command}", ""]))
        kept = {"command": command, **made_with(), **(told or {})}
        write_text(made / "provenance.json", json.dumps(kept, indent=2, sort_keys=True) + "\n")
