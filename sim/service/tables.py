"""Tables: CSV files read with checks, so that one reading tells everything that is wrong with a file.

This module knows columns, cells and rows and nothing of stroke units or areas. A column says what its cells must be;
`read_table` returns arrays, or refuses with every fault of the file together: file, row (the header is row 1), column,
what was found, the rule and the cure. `read_matrix` does the same for a table of minutes with places on both sides.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .fault import Fault, InputError, nearest_spelling, refuse

UNREACHABLE = "unreachable"
"""What a cell of a table of minutes says where there is no way from the one place to the other."""

PAIRS_NAMED = 100
"""How many pairs of places one fault names; further ones are counted."""


@dataclass(frozen=True)
class Column:
    """What the cells of one column must be."""

    type: type = str
    """``str``, ``float``, ``int`` or ``bool`` (1 and 0)."""
    is_required: bool = True
    """Whether the table must have the column; one that is not required and not there is left out of what is read."""
    blank: object = None
    """What a blank cell means (NaN, an empty string, ...); None refuses blank cells."""
    least: float = -math.inf
    """The smallest number allowed."""
    most: float = math.inf
    """The largest number allowed."""
    is_unique: bool = False
    """Whether no two rows may share a value."""
    known: Collection[str] | None = None
    """The values allowed, as a table of references; None allows all."""
    known_from: str = ""
    """Where the values allowed come from: ``sites.csv``."""

    @property
    def rule(self) -> str:
        """What a number in this column must be, in words."""
        words = {float: "a number", int: "a whole number", bool: "1 or 0"}[self.type]
        if self.type is bool:
            return f"must be {words}"
        if self.least > -math.inf and self.most < math.inf:
            return f"must be {words}, {self.least:g} to {self.most:g}"
        if self.least > -math.inf:
            return f"must be {words}, {self.least:g} or more"
        return f"must be {words}" + (f", {self.most:g} or less" if self.most < math.inf else "")


TEXT = Column()
"""Text that must be there."""
NOTE = Column(blank="")
"""Text that may be blank."""


def read_table(path: Path | str, columns: Mapping[str, Column], *, allow_extra: bool = False) -> dict[str, np.ndarray]:
    """Read a CSV file into one array a column.

    Parameters
    ----------
    path
        A UTF-8 file with a header row; a byte order mark is tolerated, blank rows are passed over.
    columns
        What each column must hold.
    allow_extra
        Whether other columns are allowed; they are read as text.

    Returns
    -------
    By column, (rows,) text, float, int or bool, in the order of the file.

    Raises
    ------
    InputError
        With every fault of the file: a column missing or unknown, a row too short or too long, a cell blank, not a
        number, NaN or outside its limits, an id given twice, a value that the table of references lacks.
    """
    path = Path(path)
    header, rows = _read_rows(path)
    faults = _header_faults(path.name, header, columns, allow_extra)
    refuse(faults)
    faults += _length_faults(path.name, header, rows)
    refuse(faults)
    table = {}
    for place, name in enumerate(header):
        cells = [cells[place].strip() for _, cells in rows]
        numbers = [number for number, _ in rows]
        table[name] = _read_column(path.name, name, columns.get(name, NOTE), cells, numbers, faults)
    refuse(faults)
    return table


def read_header(path: Path | str) -> list[str]:
    """The names of the columns of a table."""
    return _read_rows(Path(path))[0]


class Matrix(NamedTuple):
    """A table of minutes between places, as read."""

    minutes: np.ndarray
    """(rows, columns) minutes; NaN where absent or unreachable."""
    is_absent: np.ndarray
    """(rows, columns) bool: the table says nothing of the pair: a blank cell, or no such row or column."""
    fault: list[Fault]
    """What is wrong with it; absent pairs are not among them, for the reader may have a rule for these."""


def read_matrix(
    path: Path | str, rows: Sequence[str], columns: Sequence[str], quantity: str = "travel_minutes"
) -> Matrix:
    """Read a table with places on both sides: the first column names the row's place, the header the column's.

    Parameters
    ----------
    path
        A UTF-8 CSV file, its rows and columns in any order: they are joined on names.
    rows
        (rows,) ids wanted, in the order wanted.
    columns
        (columns,) ids wanted, in the order wanted.
    quantity
        What the cells are, as faults say it.

    Notes
    -----
    A cell may be blank (absent) or say ``unreachable``. NaN, negative and non-numeric cells are faults, as are rows and
    columns given twice or not known.
    """
    path = Path(path)
    header, lines = _read_rows(path)
    faults = _length_faults(path.name, header, lines)
    refuse(faults)
    names = header[1:]
    given = [cells[0].strip() for _, cells in lines]
    faults += _place_faults(path.name, "row", given, rows) + _place_faults(path.name, "column", names, columns)
    row_of = {name: place for place, name in enumerate(rows)}
    column_of = {name: place for place, name in enumerate(columns)}
    minutes = np.full((len(rows), len(columns)), np.nan)
    is_absent = np.ones(minutes.shape, bool)
    wrong = {"not a number": [], "NaN": [], "negative": [], "infinite": []}
    where = [(place, column_of[name]) for place, name in enumerate(names) if name in column_of]
    for name, (_, cells) in zip(given, lines, strict=True):
        if name not in row_of:
            continue
        i = row_of[name]
        for place, j in where:
            cell = cells[place + 1].strip()
            if not cell:
                continue
            is_absent[i, j] = False
            minutes[i, j], fault = _read_minutes(cell)
            if fault:
                wrong[fault].append((name, names[place]))
    faults += [
        Fault(
            f"{quantity} is {what} for {name_pairs(pairs)}",
            file=path.name,
            cure=f"give minutes, 0 or more, or {UNREACHABLE!r}",
        )
        for what, pairs in wrong.items()
        if pairs
    ]
    return Matrix(minutes, is_absent, faults)


def name_pairs(pairs: Sequence[tuple[str, str]]) -> str:
    """The count and the names of pairs of places.

    Examples
    --------
    >>> name_pairs([("E0101", "Dover"), ("E0102", "Dover")])
    '2 pairs: (E0101, Dover), (E0102, Dover)'
    """
    said = ", ".join(f"({one}, {other})" for one, other in pairs[:PAIRS_NAMED])
    more = f" and {len(pairs) - PAIRS_NAMED} more" if len(pairs) > PAIRS_NAMED else ""
    return f"{len(pairs)} pair{'s' if len(pairs) != 1 else ''}: {said}{more}"


def sha256(path: Path | str) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_rows(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and for each row that is not blank its number in an editor and its cells."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; a table {path.name} is needed in {path.parent}") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path.name}: is not UTF-8 text ({error.reason} at byte {error.start}); save it as CSV UTF-8"
        ) from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    try:
        return _split_rows(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise InputError(f"{path.name}: is not CSV ({error})") from None


def _split_rows(reader) -> tuple[list[str], list[tuple[int, list[str]]]]:
    header = [name.strip() for name in next(reader, [])]
    rows, line = [], reader.line_num
    for cells in reader:
        # A quoted cell may run over several lines: a row is where it starts.
        if any(cell.strip() for cell in cells):
            rows.append((line + 1, cells))
        line = reader.line_num
    return header, rows


def _header_faults(file: str, header: list[str], columns: Mapping[str, Column], allow_extra: bool) -> list[Fault]:
    faults = []
    for name, column in columns.items():
        if column.is_required and name not in header:
            close = nearest_spelling(name, [h for h in header if h not in columns])
            cure = f"add it, or rename the column meant{close}" if close else "add it"
            faults.append(Fault(f"column {name!r} is missing", cure=cure, file=file))
    for name, times in Counter(header).items():
        if times > 1:
            faults.append(Fault(f"column {name!r} is given {times} times", cure="keep one", file=file))
        if not allow_extra and name not in columns:
            cure = nearest_spelling(name, columns)[2:] or "remove it; the columns are " + ", ".join(columns)
            faults.append(Fault(f"column {name!r} is not known", cure=cure, file=file))
    return faults


def _length_faults(file: str, header: list[str], rows: list[tuple[int, list[str]]]) -> list[Fault]:
    return [
        Fault(f"a row must have {len(header)} cells, as the header has", len(cells), file=file, row=number)
        for number, cells in rows
        if len(cells) != len(header)
    ]


def _read_column(
    file: str, name: str, column: Column, cells: list[str], rows: list[int], faults: list[Fault]
) -> np.ndarray:
    """The array of one column; adds what is wrong with it to ``faults``."""

    def fault(place: int, rule: str, cure: str = "", value: object = None) -> None:
        faults.append(Fault(rule, cells[place] if value is None else value, cure, file, rows[place], name))

    values = []
    for place, cell in enumerate(cells):
        if not cell:
            values.append(column.blank)
            if column.blank is None:
                fault(place, "must not be blank", "fill it in", value="")
        elif column.type is str:
            values.append(cell)
        else:
            number = _number(cell, column)
            values.append(number)
            if number is None:
                fault(place, column.rule)
    if column.is_unique:
        first = {}
        for place, cell in enumerate(cells):
            if cell and cell in first:
                fault(place, f"must be unique, and row {rows[first[cell]]} has it too", "give each row its own")
            first.setdefault(cell, place)
    if column.known is not None:
        known = set(column.known)
        for place, cell in enumerate(cells):
            if cell and cell not in known:
                cure = nearest_spelling(cell, known)[2:] or (
                    f"add it to {column.known_from}" if column.known_from else ""
                )
                fault(place, f"must be in {column.known_from}" if column.known_from else "must be a known value", cure)
    if any(value is None for value in values):
        return np.empty(0)
    if column.type is int and isinstance(column.blank, float):
        return np.array(values, dtype=float)
    return np.array(values, dtype=column.type)


def _number(cell: str, column: Column):
    """The number a cell holds, or None where the column does not allow it."""
    try:
        number = float(cell)
    except ValueError:
        return None
    if not math.isfinite(number) or not column.least <= number <= column.most:
        return None
    if column.type is bool:
        return bool(number) if number in (0, 1) else None
    if column.type is int:
        return int(number) if number.is_integer() else None
    return number


def _read_minutes(cell: str) -> tuple[float, str]:
    """The minutes in a cell, and what is wrong with them."""
    if cell == UNREACHABLE:
        return math.nan, ""
    try:
        minutes = float(cell)
    except ValueError:
        return math.nan, "not a number"
    if math.isnan(minutes):
        return minutes, "NaN"
    if math.isinf(minutes):
        return math.nan, "infinite"
    return (minutes, "") if minutes >= 0 else (math.nan, "negative")


def _place_faults(file: str, side: str, given: list[str], wanted: Sequence[str]) -> list[Fault]:
    """Places of a matrix that are given twice or not known."""
    known, faults = set(wanted), []
    for name, times in Counter(given).items():
        if times > 1:
            faults.append(Fault(f"{side} {name!r} is given {times} times", cure="keep one", file=file))
        if name not in known:
            cure = nearest_spelling(name, known)[2:] or "remove it, or add the place to its own table"
            faults.append(Fault(f"{side} {name!r} is not a known place", cure=cure, file=file))
    return faults
