"""Reading what was written before - tables, settings, text of a results folder or a sweep: whatever is missing, cut off or edited is
refused with its place, and with the cure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from ..service.fault import Fault, nearest_spelling, refuse
from .results import NO_LIMIT

EDITED = "it was edited or cut off: run it again"
"""The cure of most of it."""


class Row(dict):
    """A row of a table that was written before: its cells as text by column, and where they stand."""

    def __init__(self, cells, path: Path, at: int):
        super().__init__(cells)
        self.path, self.at = path, at

    def __missing__(self, column: str):
        cure = "the table is of another version, or was edited: run it again" + nearest_spelling(column, self)
        refuse([Fault("a column is missing", column, cure, str(self.path))])

    def of(self, cells: Mapping) -> Row:
        """Other cells in its place."""
        return Row(cells, self.path, self.at)

    def number(self, column: str) -> float:
        """A cell as a number; NaN where it is empty.

        Raises
        ------
        InputError
            If it is anything else, with its place.
        """
        cell = self[column]
        try:
            return float({"": "nan", NO_LIMIT: "inf"}.get(cell, cell))
        except ValueError:
            refuse([Fault("a number is needed", cell, EDITED, str(self.path), self.at, column)])


def read_text(path: Path, cure: str = EDITED) -> str:
    """The text of a file."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        refuse([Fault(f"cannot be read as UTF-8 text (byte {error.start + 1:,})", cure=cure, file=str(path))])
    except OSError as error:
        refuse([Fault(f"cannot be read ({error.strerror or error})", cure=cure, file=str(path))])


def read_settings(path: Path, cure: str = EDITED) -> Mapping:
    """The settings in a file, JSON or YAML by its ending."""
    text = read_text(path, cure)
    try:
        made = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 1 if mark else getattr(error, "lineno", None)
        why = getattr(error, "problem", None) or getattr(error, "msg", None) or " ".join(str(error).split())
        refuse([Fault(f"cannot be read ({why})", cure=cure, file=str(path), row=row)])
    refuse([] if isinstance(made, dict) else [Fault("settings are needed, as key: value", made, cure, str(path))])
    return made


def read_rows(path: Path, cure: str = EDITED) -> list[Row]:
    """The rows of a CSV file by column; none of a file without a header.

    Raises
    ------
    InputError
        Naming every row that has not as many cells as the header.
    """
    try:
        lines = list(csv.reader(io.StringIO(read_text(path, cure), newline="")))
    except csv.Error as error:
        refuse([Fault(f"cannot be read ({error})", cure=cure, file=str(path))])
    if not lines:
        return []
    header, *rows = lines
    rule = f"a row has {len(header)} cells, as the header has"
    refuse(
        Fault(rule, len(row), cure, str(path), at)
        for at, row in enumerate(rows, start=2)
        if len(row) != len(header)
    )
    return [Row(zip(header, row), path, at) for at, row in enumerate(rows, start=2)]


def read_columns(path: Path, columns: Sequence[str] | None = None, cure: str = EDITED) -> dict[str, list]:
    """The columns of a Parquet file as lists; all where none are named."""
    from pyarrow import ArrowException, parquet

    try:
        # A file that is opened here is one file: a folder of that name is not read as one table.
        with path.open("rb") as file:
            table = parquet.read_table(file)
    except (ArrowException, OSError) as error:
        refuse([Fault(f"cannot be read as Parquet ({' '.join(str(error).split())})", cure=cure, file=str(path))])
    wanted = table.column_names if columns is None else columns
    lacking = [name for name in wanted if name not in table.column_names]
    refuse([Fault("columns are missing", ", ".join(lacking), cure, str(path))] if lacking else [])
    return {name: table[name].to_pylist() for name in wanted}
