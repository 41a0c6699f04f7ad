"""Studies shown in a report: the stability of a rule, what is not known of the numbers, a selection - as their folders stand."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ...service.fault import Fault, refuse
from ...store.reading import read_rows, read_text
from ...store.whole import RUN, made_by
from .cells import Cell, Column, Table, as_number, table, text
from .page import picture_address

MOST_ROWS = 300
"""Longer tables are left to their files."""


class Study(NamedTuple):
    """A study, ready for the page."""

    title: str
    said: list[str]
    pictures: list[tuple[str, str]]
    """(address, what it shows)."""
    tables: list[Table]
    left: list[str]
    """Tables too long for a page, by file."""


def study_of(folder: Path) -> Study:
    """Read the folder of a study (`store.study.write_study`).

    Raises
    ------
    InputError
        If it is none.
    """
    readme = folder / "README.md"
    is_study = readme.is_file() and made_by(folder) not in ("", RUN)
    refuse([] if is_study else [Fault("no folder of a study", str(folder), "give what stability, uncertainty or select wrote")])
    lines = read_text(readme).splitlines()
    title = next((line.removeprefix("# ") for line in lines if line.startswith("# ")), folder.name)
    what = dict(line.strip("| ").split(" | ", 1) for line in lines if line.startswith("| ") and " | " in line.strip("| "))
    drawn = sorted((folder / "figures").glob("*.svg"))
    words = what.get("figures/", "").split("; ")
    pictures = [
        (picture_address(path.read_bytes()), words[place] if len(words) == len(drawn) else f"{title}: {path.stem.replace('_', ' ')}")
        for place, path in enumerate(drawn)
    ]
    tables, left = [], []
    named = [name for name in what if name.endswith(".csv")]
    lacking = [name for name in named if Path(name).name != name or not (folder / name).is_file()]
    refuse([Fault("a table of the study is missing", name, "run it again", str(folder)) for name in lacking])
    for name in named:
        rows = read_rows(folder / name)
        if 0 < len(rows) <= MOST_ROWS:
            caption = f"{what[name][:1].upper()}{what[name][1:]}"
            tables.append(table(caption, rows, [Column(key, key.replace("_", " "), _any) for key in rows[0]], name=name))
        elif rows:
            left.append(f"{name} ({len(rows):,} rows): {what[name]}")
    return Study(title, [line[2:] for line in lines if line.startswith("- ")], pictures, tables, left)


def _any(value: object) -> Cell:
    """A cell as it stands, numbers to four digits."""
    known = as_number(value)
    return text(value) if known is None else Cell(f"{known:,.4g}", known)
