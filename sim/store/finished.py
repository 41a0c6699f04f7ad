"""A finished results folder, read again: its tables, its settings, what made it, and its option row.

What is read is what was promised: every file is there, its numbers are numbers, and whoever opens an older folder is told to run it
again. Nothing is computed anew.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import yaml

from ..service.fault import Fault, nearest_spelling, refuse
from ..study.option_row import COLUMNS, Measure, Samples
from .results import NO_LIMIT, SAMPLE_COLUMNS, SAMPLES, TABLES

NEEDED = ("provenance.json", "config/config.yaml", "option_row.csv", SAMPLES, "parameters.csv")
"""Without these a folder is no finished results folder."""


@dataclass(frozen=True, eq=False)
class Finished:
    """A finished comparison of an option with its baseline, as it stands in a results folder."""

    folder: Path
    provenance: Mapping
    """Versions, commit, seed, hashes of the data, and the command."""
    config: Mapping
    """The composed configuration."""

    @property
    def name(self) -> str:
        """The scenario's name."""
        return str(self.provenance["scenario"])

    @cached_property
    def option_row(self) -> tuple[Measure, ...]:
        """Everything the option is judged by, with the samples behind its intervals."""
        return tuple(_measures(self.folder))

    def table(self, name: str) -> list[dict[str, str]]:
        """The rows of one of its tables, cells as they are written; `number` reads one.

        Raises
        ------
        InputError
            If there is no such table, or its rows are broken.
        """
        known = (*TABLES, "parameters.csv")
        refuse([] if name in known else [Fault(f"no table {name!r}" + nearest_spelling(name, known))], of=str(self.folder))
        path = self.folder / name
        refuse([] if path.is_file() else [_missing(self.folder, name, self.provenance)])
        return read_rows(path)


def finished(folder: Path | str) -> Finished:
    """Open a finished results folder.

    Parameters
    ----------
    folder
        What ``python -m sim`` wrote.

    Raises
    ------
    InputError
        Naming whatever is missing or cannot be read, and how to make it anew.
    """
    folder = Path(folder)
    if not folder.is_dir():
        cure = "give the folder that `python -m sim` printed after `Files:`"
        refuse([Fault("no such results folder", str(folder), cure)])
    provenance = {}
    if (folder / "provenance.json").is_file():
        provenance = _read(folder / "provenance.json", json.loads)
    lacking = [name for name in NEEDED if not (folder / name).is_file()]
    refuse([_missing(folder, ", ".join(lacking), provenance)] if lacking else [])
    lacking = [key for key in ("scenario", "command", "commit", "run", "region", "data") if key not in provenance]
    refuse([Fault(f"{', '.join(lacking)} is missing", cure="run it again", file=f"{folder}/provenance.json")] if lacking else [])
    return Finished(folder, provenance, _read(folder / "config" / "config.yaml", yaml.safe_load))


def is_finished(folder: Path) -> bool:
    """Whether a folder looks like the results of one question."""
    return (folder / "provenance.json").is_file() and (folder / "config" / "config.yaml").is_file()


def finished_under(root: Path) -> Iterator[Path]:
    """Every finished results folder under a folder, in the order of their names; what is hidden is passed over."""
    for path in sorted(root.rglob("provenance.json")):
        inside = path.parent.relative_to(root).parts
        if is_finished(path.parent) and not any(part.startswith(".") for part in inside):
            yield path.parent


def number(cell: str) -> float:
    """A cell as a number; NaN where it is empty.

    Examples
    --------
    >>> number("2.5"), number(""), number("no limit")
    (2.5, nan, inf)

    Raises
    ------
    InputError
        If it is anything else.
    """
    try:
        return float({"": "nan", NO_LIMIT: "inf"}.get(cell, cell))
    except ValueError:
        refuse([Fault("a number is needed in a table of results", cell, "it was edited: run it again")])


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by column; none of a file without a header.

    Raises
    ------
    InputError
        Naming every row that has not as many cells as the header.
    """
    cure = "it was edited or cut off: run it again"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
    except (UnicodeDecodeError, csv.Error) as error:
        refuse([Fault(f"cannot be read ({error})", cure=cure, file=str(path))])
    if not lines:
        return []
    header, *rows = lines
    rule = f"a row has {len(header)} cells, as the header has"
    refuse(
        Fault(rule, len(row), cure, path.name, at)
        for at, row in enumerate(rows, start=2)
        if len(row) != len(header)
    )
    return [dict(zip(header, row)) for row in rows]


def _missing(folder: Path, name: str, provenance: Mapping) -> Fault:
    command = str(provenance.get("command") or "").strip()
    again = f"run it again: {command}" if command else "only folders that `python -m sim` wrote to their end can be read"
    return Fault("not a finished results folder of this version", str(folder), f"it has no {name}; {again}")


def _read(path: Path, read) -> Mapping:
    try:
        made = read(path.read_text(encoding="utf-8"))
    except (ValueError, yaml.YAMLError) as error:
        refuse([Fault(f"cannot be read ({' '.join(str(error).split())})", cure="run it again", file=str(path))])
    refuse([] if isinstance(made, dict) else [Fault("settings are needed, as key: value", cure="run it again", file=str(path))])
    return made


def _measures(folder: Path) -> Iterator[Measure]:
    rows, path = read_rows(folder / "option_row.csv"), folder / "option_row.csv"
    lacking = [name for name in COLUMNS if rows and name not in rows[0]]
    cure = "it is of another version, or was edited: run it again"
    refuse([Fault("columns are missing", ", ".join(lacking), cure, path.name)] if lacking or not rows else [])
    samples, faults = _samples(folder / SAMPLES), []
    made = []
    for at, row in enumerate(rows, start=2):
        values = {}
        for column in ("baseline", "option", "low", "high"):
            try:
                values[column] = number(row[column])
            except ValueError:
                faults.append(Fault("a number is needed", row[column], cure, str(path), at, column))
        if len(values) == 4:
            words = (row["key"], row["section"], row["measure"], row["unit"], row["better"])
            guesses = tuple(name for name in row["rests_on_guesses"].split("; ") if name)
            of = samples.get(row["key"])
            made.append(Measure(*words, **values, basis=row["basis"], rests_on=guesses, is_headline=row["headline"] == "yes", samples=of))
    refuse(faults)
    return iter(made)


def _samples(path: Path) -> dict[str, Samples]:
    """By key, the samples of a measure."""
    from pyarrow import ArrowException, parquet

    try:
        table = parquet.read_table(path)
        side, number_, key, over, value = (table[name].to_pylist() for name in SAMPLE_COLUMNS)
    except (ArrowException, OSError, KeyError) as error:
        refuse([Fault(f"cannot be read ({error})", cure="run it again", file=str(path))])
    found: dict[str, dict] = {}
    for row in zip(side, number_, key, over, value):
        of = found.setdefault(row[2], {"over": row[3], "baseline": [], "option": []})
        of[row[0]].append(np.nan if row[4] is None else row[4])
    return {name: Samples(of["over"], np.array(of["baseline"]), np.array(of["option"])) for name, of in found.items()}
