"""Tables: columns read with checks, so that one reading tells everything that is wrong with a table.

This module knows columns and rows and nothing of stroke units or areas; `cells` knows files. A column says what its cells must be;
`read_table` returns arrays, or refuses with every fault of the table together: file, row (as an editor shows it), column, what was
found, the rule and the cure. `scan_table` returns what could be read beside the faults. `read_matrix` does the same for a table of
minutes with places on both sides.
"""

from __future__ import annotations

import hashlib
import math
import re
import sys
from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .cells import MOST_TEXT, Dated, rows
from .fault import Fault, InputError, nearest_spelling, refuse
from .number import EXCEL_ERRORS, number, number_cure
from .source import WORKBOOKS, Source

UNREACHABLE = "unreachable"
"""What a cell of a table of minutes says where there is no way from the one place to the other."""

PAIRS_NAMED = 100
"""How many pairs of places one fault names; further ones are counted."""

MOST_FAULTS = 500
"""How many faults of the cells of one table are said one by one; further ones are counted."""

_FEW = 12
"""Values allowed that a fault names one by one."""

_MANY = 5_000
"""Names among which the nearest spelling is no longer looked for."""

MOST_LETTERS = 64 * 2**20
"""Rows times the longest text of a column: an array of text has room for the longest in every row."""

_USUAL = {
    "lat": "latitude", "long": "longitude", "lon": "longitude", "lng": "longitude", "code": "id", "admissions": "demand",
    "activity": "demand", "spells": "demand", "east": "easting", "north": "northing", "x": "easting", "y": "northing",
    "trust": "provider", "hospital": "site", "tier": "kinds", "kind": "kinds", "mff": "market_forces_factor",
}  # fmt: skip
"""What columns are often called elsewhere, and what they are called here."""


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
    is_date: bool = False
    """Whether its text is a date, so that a cell held as a date is what is wanted."""
    outside: str = ""
    """What to do about a number outside the limits."""
    meaning: str = ""
    """What it says, in one sentence, for whoever fills it in."""
    unit: str = ""
    """Of its numbers."""
    example: str = ""
    """A cell as it may look."""

    @property
    def rule(self) -> str:
        """What a number in this column must be, in words."""
        words = {float: "a number", int: "a whole number", bool: "1 or 0", str: "text"}[self.type]
        if self.type in (bool, str):
            return f"must be {words}"
        if self.least > -math.inf and self.most < math.inf:
            return f"must be {words}, {self.least:,.12g} to {self.most:,.12g}"
        if self.least > -math.inf:
            return f"must be {words}, {self.least:,.12g} or more"
        return f"must be {words}" + (f", {self.most:,.12g} or less" if self.most < math.inf else "")


TEXT = Column()
"""Text that must be there."""
NOTE = Column(blank="")
"""Text that may be blank."""


class Table(dict):
    """One array a column, by name, in the order of the file."""

    def __init__(self, name: str):
        super().__init__()
        self.name = name
        """What faults call the table."""
        self.row: np.ndarray = np.empty(0, dtype=np.int64)
        """(rows,) the number of each row as an editor shows it."""
        self.faults: list[Fault] = []
        """What is wrong with it."""

    def fault(self, place: int, rule: str, value: object = None, cure: str = "", column: str = "") -> Fault:
        """A fault of one of its rows, by place among those read."""
        return Fault(rule, value, cure, self.name, int(self.row[place]), column)


def read_table(given: Source | Path | str, columns: Mapping[str, Column], *, allow_extra: bool = False) -> Table:
    """Read a table into one array a column.

    Parameters
    ----------
    given
        A CSV file (UTF-8 or UTF-16), a sheet of an Excel workbook or a Parquet file, with a header row; blank rows and rows that begin
        with ``# `` are passed over.
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
        With every fault of the table: a column missing or unknown, a row too short or too long, a cell blank, not a
        number, NaN or outside its limits, an id given twice, a value that the table of references lacks.
    """
    table = scan_table(given, columns, allow_extra=allow_extra)
    refuse(table.faults)
    return table


def scan_table(given: Source | Path | str, columns: Mapping[str, Column], *, allow_extra: bool = False) -> Table:
    """Read a table as `read_table` does, with what is wrong kept in its ``faults``.

    Returns
    -------
    What could be read: a cell that is wrong is NaN or an empty text; nothing where the file or its header cannot be read.
    """
    source = Source.of(given)
    table = Table(source.name)
    try:
        _scan(source, columns, allow_extra, table)
    except InputError as error:
        table.faults += error.each
    return table


def _scan(source: Source, columns: Mapping[str, Column], allow_extra: bool, table: Table) -> None:
    lines = rows(source)
    number_of_header, header = next(lines, (1, []))
    while header and not header[-1]:
        header = header[:-1]
    refuse([] if header else [Fault("the table is empty", cure="give it a header and rows", file=source.name)])
    table.faults += _header_faults(source.name, header, columns, allow_extra)
    if table.faults:
        needed = [name for name, column in columns.items() if column.is_required]
        is_other = len(needed) > 2 and not set(map(_plain, header)) & set(map(_plain, columns))
        later = _later_header(source.name, number_of_header, lines, needed)
        if is_other and not later:
            rule, cure = "the first row names no column that is known", "the columns needed are " + ", ".join(needed)
            later = [Fault(rule, ", ".join(header), cure, source.name, number_of_header)]
        table.faults = later if is_other else table.faults + later
        return
    found = _Found(source.name)
    readers = [_Reader(name, columns.get(name, NOTE), found) if name else _Nameless(place, found) for place, name in enumerate(header)]
    numbers, is_sheet = array("q"), source.path.suffix.lower() in WORKBOOKS
    for row, cells in lines:
        if len(cells) != len(header):
            cure = _length_cure(cells, len(header), is_sheet)
            if cure:
                found.add(f"a row must have {len(header)} cells, as the header has", len(cells), cure, row)
                continue
            cells = [*cells, *[""] * (len(header) - len(cells))]
        numbers.append(row)
        for reader, cell in zip(readers, cells):
            reader.read(cell, row)
    table.row = np.array(numbers, dtype=np.int64)
    for reader in readers:
        if isinstance(reader, _Reader):
            table[reader.name] = reader.column()
    table.faults += found.faults()


def _length_cure(cells: list[str], wanted: int, is_sheet: bool) -> str:
    """What to do about a row of another length than the header; nothing where its further cells are blank."""
    if any(cells[wanted:]):
        return "name a column for it, or delete it" if is_sheet else "put text with commas between quotation marks"
    # A sheet ends each row at its last cell that holds something.
    return "fill it up with commas" if len(cells) < wanted and not is_sheet else ""


def read_header(given: Source | Path | str) -> list[str]:
    """The names of the columns of a table; none where it is empty."""
    return next(rows(given), (1, []))[1]


class _Found:
    """The faults of the cells of one table: so many said, the rest counted."""

    def __init__(self, file: str):
        self.file, self.said, self.more = file, [], 0

    def add(self, rule: str, value: object = None, cure: str = "", row: int | None = None, column: str = "") -> None:
        if len(self.said) < MOST_FAULTS:
            self.said.append(Fault(rule, value, cure, self.file, row, column))
        else:
            self.more += 1

    def faults(self) -> list[Fault]:
        more = [Fault(f"{self.more:,} more faults like these", cure="mend these first", file=self.file)] if self.more else []
        return self.said + more


class _Nameless:
    """A column without a name, which must hold nothing."""

    def __init__(self, place: int, found: _Found):
        self.place, self.found, self.is_said = place, found, False

    def read(self, cell: str, row: int) -> None:
        if cell and not self.is_said:
            self.is_said = True
            self.found.add(f"column {self.place + 1} has no name and is not empty", cell, "name it, or delete it", row)


class _Reader:
    """Reads the cells of one column, one at a time."""

    def __init__(self, name: str, column: Column, found: _Found):
        self.name, self.rule, self.found = name, column, found
        self.is_text = column.type is str
        self.values: list | array = [] if self.is_text else array("d")
        self.known = set(column.known) if column.known is not None else None
        self.first: dict[str, int] = {}
        self.is_whole, self.longest = True, 0

    def read(self, cell: str, row: int) -> None:
        if not cell:
            if self.rule.blank is None:
                self.fault(row, "must not be blank", "", "fill it in")
            blank = self.rule.blank
            self.append(blank if blank is not None else "" if self.is_text else math.nan)
        elif self.is_text:
            self.append(self._text(cell, row))
        else:
            made = _number(cell, self.rule)
            if made is None:
                self.fault(row, self.rule.rule, cell, self._cure(cell))
            self.append(math.nan if made is None else made)
        if self.rule.is_unique and cell:
            if cell in self.first:
                self.fault(row, f"must be unique, and row {self.first[cell]} has it too", cell, "give each row its own")
            self.first.setdefault(cell, row)
        if self.known is not None and cell and cell not in self.known:
            self._unknown(cell, row)

    def append(self, value) -> None:
        if self.is_text:
            value = sys.intern(str(value))
            self.longest = max(self.longest, len(value))
        elif value != value:
            self.is_whole = False
        self.values.append(value)

    def fault(self, row: int, rule: str, value: object, cure: str = "") -> None:
        self.found.add(rule, value, cure, row, self.name)

    def _text(self, cell: str, row: int) -> str:
        """The text, or nothing where it is no text that anybody meant."""
        if isinstance(cell, Dated) and not self.rule.is_date:
            self.fault(row, "is held as a date, and must be text", str(cell), "format the column as text and type it again")
        elif _is_formula(cell):
            self.fault(row, "is a formula without a value", str(cell), _FORMULA_CURE)
        elif cell.upper() in EXCEL_ERRORS:
            self.fault(row, "is a formula that failed", cell, "mend it, or give its value")
        elif len(cell) > MOST_TEXT:
            self.fault(row, f"may have at most {MOST_TEXT:,} characters", cell, "shorten it")
        elif "\ufffd" in cell:
            self.fault(row, "holds a letter that was lost in an earlier save", cell, "type it again")
        else:
            return cell
        return ""

    def _cure(self, cell: str) -> str:
        if _is_formula(cell):
            return _FORMULA_CURE
        if number(cell) is not None:  # a number, outside the limits
            is_share = self.rule.most == 1 and 1 < float(cell) <= 100
            return f"a share: write {float(cell) / 100:.12g} for {float(cell):g} %" if is_share else self.rule.outside
        if self.rule.type is bool:
            return "write 1 for yes and 0 for no"
        cure = number_cure(cell, self.rule.blank is not None)
        return "" if cure.startswith("write -") and self.rule.least >= 0 else cure

    def _unknown(self, cell: str, row: int) -> None:
        where, few = self.rule.known_from, len(self.known) <= _FEW and not self.rule.known_from
        # Finding the nearest among very many takes long, and tells little.
        is_worth = len(self.known) < _MANY and len(self.found.said) < MOST_FAULTS
        cure = (nearest_spelling(cell, self.known)[2:] if is_worth else "") or (f"add it to {where}" if where else "")
        rule = f"must be one of {', '.join(sorted(map(str, self.rule.known)))}" if few else "must be a known value"
        self.fault(row, f"must be in {where}" if where else rule, cell, cure)

    def column(self) -> np.ndarray:
        if self.is_text:
            if self.longest * len(self.values) > MOST_LETTERS:
                rule = f"its longest text ({self.longest:,} characters) is too long for {len(self.values):,} rows"
                self.found.add(rule, cure="shorten it", column=self.name)
                return np.full(len(self.values), "")
            return np.array(self.values, dtype=str)
        made = np.array(self.values, dtype=float)
        is_float = not self.is_whole or isinstance(self.rule.blank, float)
        return made if is_float else made.astype(self.rule.type)


_FORMULA_CURE = "open it in Excel and save it, or give its value"


def _is_formula(cell: str) -> bool:
    return cell.startswith("=") and len(cell) > 1


def _number(cell: str, column: Column) -> float | None:
    """The number a cell holds, or None where the column does not allow it."""
    made = number(cell)
    if made is None:
        return {"true": 1.0, "false": 0.0}.get(cell.casefold()) if column.type is bool else None
    if not column.least <= made <= column.most:
        return None
    if column.type is bool and made not in (0, 1):
        return None
    return made if column.type is float or made.is_integer() else None


def _header_faults(file: str, header: list[str], columns: Mapping[str, Column], allow_extra: bool) -> list[Fault]:
    faults, extra = [], [name for name in header if name not in columns]
    for name, column in columns.items():
        if name in header:
            continue
        twin = next((each for each in extra if _plain(each) == _plain(name)), None)
        if twin is not None:
            faults.append(Fault(f"column {twin!r} must be written {name!r}", cure="rename it", file=file))
        elif column.is_required:
            usual = [each for each in extra if _USUAL.get(_plain(each)) == name]
            close = f"; did you mean {usual[0]!r}?" if usual else nearest_spelling(name, extra)
            cure = f"add it, or rename the column meant{close}" if close else "add it"
            faults.append(Fault(f"column {name!r} is missing", cure=cure, file=file))
    for name, times in Counter(header).items():
        if not name:
            continue
        if times > 1:
            faults.append(Fault(f"column {name!r} is given {times} times", cure="keep one", file=file))
        if not allow_extra and name not in columns and not any(_plain(name) == _plain(each) for each in columns):
            cure = nearest_spelling(name, columns)[2:] or "remove it; the columns are " + ", ".join(columns)
            faults.append(Fault(f"column {name!r} is not known", cure=cure, file=file))
    return faults


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _later_header(file: str, header: int, lines: Iterator, columns: Sequence[str]) -> list[Fault]:
    """A row soon after the first that looks more like a header than it: titles stand above tables."""
    needed = set(map(_plain, columns))
    for place, (row, cells) in enumerate(lines):
        if place >= 20:
            break
        if 2 * len(needed & {_plain(cell) for cell in cells}) >= max(len(needed), 2):
            rule = f"the header must be the first row, and row {row} looks like it"
            return [Fault(rule, cure="delete what stands above it, or begin it with '# '", file=file, row=header)]
    return []


class Matrix(NamedTuple):
    """A table of minutes between places, as read."""

    minutes: np.ndarray
    """(rows, columns) minutes; NaN where absent or unreachable."""
    is_absent: np.ndarray
    """(rows, columns) bool: the table says nothing of the pair: a blank cell, or no such row or column."""
    fault: list[Fault]
    """What is wrong with it; absent pairs are not among them, for the reader may have a rule for these."""


def absent_matrix(rows: int, columns: int) -> Matrix:
    """A table that says nothing of any pair."""
    return Matrix(np.full((rows, columns), np.nan), np.ones((rows, columns), dtype=bool), [])


def read_matrix(
    given: Source | Path | str, rows_wanted: Sequence[str], columns_wanted: Sequence[str], quantity: str = "travel_minutes"
) -> Matrix:
    """Read a table with places on both sides: the first column names the row's place, the header the column's.

    Parameters
    ----------
    given
        A table, its rows and columns in any order: they are joined on names. Or a long one of three columns, one row a pair: the
        place, ``site`` (or ``to_site``) and ``minutes``.
    rows_wanted
        (rows,) ids wanted, in the order wanted.
    columns_wanted
        (columns,) ids wanted, in the order wanted.
    quantity
        What the cells are, as faults say it.

    Notes
    -----
    A cell may be blank (absent) or say ``unreachable``. NaN, negative and non-numeric cells are faults, as are rows and
    columns given twice or not known.
    """
    source = Source.of(given)
    matrix = absent_matrix(len(rows_wanted), len(columns_wanted))
    filling = _Filling(source, matrix, rows_wanted, columns_wanted, quantity)
    try:
        lines = rows(source)
        header = next(lines, (1, []))[1]
        while header and not header[-1]:
            header = header[:-1]
        if len(header) == 3 and header[1].casefold() in ("site", "to_site") and header[2].casefold() == "minutes":
            filling.long(lines)
        else:
            filling.wide(header, lines)
    except InputError as error:
        matrix.fault.extend(error.each)
    matrix.fault.extend(filling.faults())
    return matrix


class _Filling:
    """Fills a matrix from the rows of its table."""

    def __init__(self, source: Source, matrix: Matrix, rows: Sequence[str], columns: Sequence[str], quantity: str):
        self.file, self.matrix, self.quantity, self.found = source.name, matrix, quantity, _Found(source.name)
        self.is_sheet = source.path.suffix.lower() in WORKBOOKS
        self.row_of = {name: place for place, name in enumerate(rows)}
        self.column_of = {name: place for place, name in enumerate(columns)}
        self.wrong: dict[str, list[tuple[str, str]]] = {"not a number": [], "NaN": [], "negative": [], "infinite": []}
        self.cures: dict[str, str] = {}

    def wide(self, header: list[str], lines: Iterator) -> None:
        names = header[1:]
        self._places("column", [name for name in names if name], self.column_of)
        nameless = [_Nameless(place, self.found) for place, name in enumerate(header) if place and not name]
        where = [(place + 1, self.column_of[name]) for place, name in enumerate(names) if name in self.column_of]
        given = []
        for row, cells in lines:
            cure = _length_cure(cells, len(header), self.is_sheet)
            if cure:
                self.found.add(f"a row must have {len(header)} cells, as the header has", len(cells), cure, row)
            if len(cells) < len(header):
                cells = [*cells, *[""] * (len(header) - len(cells))]
            for column in nameless:
                column.read(cells[column.place], row)
            given.append(cells[0])
            if cells[0] in self.row_of:
                self._row(cells, where, names)
        self._places("row", given, self.row_of)

    def _row(self, cells: list[str], where: list[tuple[int, int]], names: list[str]) -> None:
        i = self.row_of[cells[0]]
        plain = _plain_numbers([cells[place] for place, _ in where])
        if plain is not None:
            columns = [j for _, j in where]
            self.matrix.minutes[i, columns] = plain
            self.matrix.is_absent[i, columns] = False
            return
        for place, j in where:
            self._cell(cells[place], i, j, (cells[0], names[place - 1]))

    def long(self, lines: Iterator) -> None:
        seen = np.zeros(self.matrix.minutes.shape, dtype=bool)
        for row, cells in lines:
            one, other, cell = (*cells, "", "", "")[:3]
            i, j = self.row_of.get(one), self.column_of.get(other)
            for name, known, side in ((one, self.row_of, "row"), (other, self.column_of, "column")):
                if name not in known:
                    self.found.add(f"{side} {name!r} is not a known place", None, _place_cure(name, known), row)
            if i is None or j is None:
                continue
            if seen[i, j]:
                self.found.add(f"the pair ({one}, {other}) is given twice", None, "keep one", row)
            seen[i, j] = True
            self._cell(cell, i, j, (one, other))

    def _cell(self, cell: str, i: int, j: int, pair: tuple[str, str]) -> None:
        if not cell:
            return
        self.matrix.is_absent[i, j] = False
        self.matrix.minutes[i, j], wrong = _read_minutes(cell)
        if wrong:
            self.wrong[wrong].append(pair)
            if wrong not in self.cures and wrong != "negative":
                self.cures[wrong] = number_cure(cell, may_be_blank=True) if not _is_formula(cell) else _FORMULA_CURE

    def _places(self, side: str, given: list[str], known: Mapping[str, int]) -> None:
        """Places that are given twice or not known."""
        for name, times in Counter(given).items():
            if times > 1:
                self.found.add(f"{side} {name!r} is given {times} times", None, "keep one")
            if name not in known:
                self.found.add(f"{side} {name!r} is not a known place", None, _place_cure(name, known))

    def faults(self) -> list[Fault]:
        usual = f"give minutes, 0 or more, or {UNREACHABLE!r}"
        wrong = [
            Fault(
                f"{self.quantity} is {what} for {name_pairs(pairs)}",
                file=self.file,
                cure=f"{usual}; of the first: {self.cures[what]}" if self.cures.get(what) else usual,
            )
            for what, pairs in self.wrong.items()
            if pairs
        ]
        return self.found.faults() + wrong


def _place_cure(name: str, known: Mapping[str, int]) -> str:
    # Finding the nearest among very many takes long, and tells little.
    close = nearest_spelling(name, known)[2:] if len(known) < _MANY else ""
    return close or "remove it, or add the place to its own table"


def _plain_numbers(cells: list[str]) -> np.ndarray | None:
    """The minutes of a row in which every cell is a plain number, 0 or more; None where one is something else."""
    if not set("".join(cells)) <= _DIGITS or not all(cells):
        return None
    try:
        made = np.array(cells, dtype=float)
    except ValueError:
        return None
    return made if np.isfinite(made).all() else None


_DIGITS = set("0123456789.")


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


def _read_minutes(cell: str) -> tuple[float, str]:
    """The minutes in a cell, and what is wrong with them."""
    if cell == UNREACHABLE:
        return math.nan, ""
    minutes = number(cell)
    if minutes is None:
        what = {"nan": "NaN", "inf": "infinite", "-inf": "infinite", "infinity": "infinite"}
        return math.nan, what.get(cell.casefold(), "not a number")
    return (minutes, "") if minutes >= 0 else (math.nan, "negative")
