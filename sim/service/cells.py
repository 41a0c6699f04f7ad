"""Cells: the rows of a table as text, whatever form it has. CSV is read here, workbooks in `workbook`, Parquet in `parquet`.

Rows come one at a time, each with its number as an editor shows it, so that a table of a million rows needs the memory of its numbers
and not of its text. Blank rows are passed over, and so are comments: rows whose first cell begins with ``# ``. What is not a table of
text is refused with the cure; what is far too large is refused before it is read.
"""

from __future__ import annotations

import csv
import os
import re
import stat
from collections.abc import Iterator
from datetime import datetime, time
from itertools import chain
from pathlib import Path

from .fault import Fault, InputError, refuse
from .source import PARQUET, READ, TEXT_FILES, UNREAD, WORKBOOKS, Source

MOST_BYTES = 512 * 2**20
"""How large a file of text may be."""

MOST_ROWS = 1_000_000
"""How many rows a table may have."""

MOST_COLUMNS = 5_000
"""How many columns a table may have."""

MOST_TEXT = 5_000
"""How many characters a cell may have."""

Row = tuple[int, list[str]]
"""The number of a row as an editor shows it, and its cells."""


class Dated(str):
    """A cell that a workbook or a Parquet file holds as a date, in ISO form."""


_STARTS = {
    b"PK\x03\x04": "an Excel workbook or a zip file: give it the ending .xlsx, or save it as CSV UTF-8",
    b"PAR1": "a Parquet file: give it the ending .parquet",
    b"\xd0\xcf\x11\xe0": "an old Excel file: save it as CSV UTF-8 or as .xlsx",
    b"%PDF": "a PDF: copy the table out of it",
    b"\x1f\x8b": "a compressed file: unpack it first",
    b"SQLite": "a database: export the table as CSV UTF-8",
}
"""The first bytes of files that are no text."""

_DELIMITERS = ",;\t|"


def rows(given: Source | Path | str) -> Iterator[Row]:
    """The rows of a table that hold something, its header first.

    Parameters
    ----------
    given
        A file, or a sheet of a workbook.

    Yields
    ------
    The number of each row and its cells as text, spaces around them taken off.

    Raises
    ------
    InputError
        Where there is no such file, or none that can be read as a table; also in the middle of it.
    """
    source = Source.of(given)
    check_file(source)
    form = source.path.suffix.lower()
    if form in WORKBOOKS:
        from .workbook import workbook_rows as read
    elif form in PARQUET:
        from .parquet import parquet_rows as read
    else:
        read = _text_rows
    count = 0
    for number, cells in read(source):
        if not any(cells) or is_comment(cells):
            continue
        count += 1
        if count > MOST_ROWS + 1:
            refuse([Fault(f"a table may have at most {MOST_ROWS:,} rows", file=source.name, row=number)])
        if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
            refuse([Fault(f"a table may have at most {MOST_COLUMNS:,} columns", len(cells), file=source.name, row=number)])
        yield number, cells


def is_comment(cells: list[str]) -> bool:
    """Whether a row is a comment: its first cell that holds anything begins with a hash and a space, or is a hash.

    Examples
    --------
    >>> is_comment(["# made up", ""]), is_comment(["#N/A"]), is_comment(["A1", "# 3"])
    (True, False, False)
    """
    first = next((cell for cell in cells if cell), "")
    return first.startswith("# ") or first == "#"


def check_file(source: Source) -> None:
    """Refuse what is no file, or of a form that is not read; nothing is opened, for a pipe would wait for ever."""
    path, cure = source.path, f"a table {source.path.stem} is needed in {source.path.parent}"
    try:
        found = path.stat()
    except FileNotFoundError:
        if path.is_symlink():
            refuse([Fault("is a link to a file that is not there", os.readlink(path), file=path.name)])
        raise InputError(f"{path}: there is no such file; {cure}") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from None
    if stat.S_ISDIR(found.st_mode):
        refuse([Fault("is a folder and must be a file", cure=cure, file=path.name)])
    if not stat.S_ISREG(found.st_mode):
        refuse([Fault("is no ordinary file (a pipe or a device)", cure="save the table as a file", file=path.name)])
    form = path.suffix.lower()
    if form in UNREAD or form not in READ:
        how = UNREAD.get(form, "tables end in " + ", ".join(READ))
        refuse([Fault("is not a form of table that is read", form, how, path.name)])
    if not found.st_size:
        refuse([Fault("the file is empty", cure="give it a header and rows", file=path.name)])
    if form in TEXT_FILES and found.st_size > MOST_BYTES:
        refuse([Fault(f"may have at most {MOST_BYTES:,} bytes", f"{found.st_size:,}", file=path.name)])


def clean(cell: str) -> str:
    """A cell without the spaces around it, breaking or not, and without marks that cannot be seen.

    Examples
    --------
    >>> clean("\\ufeff Ashford\\xa0")
    'Ashford'
    """
    return cell.strip(" \t\r\n\xa0\u2007\u202f\ufeff\u200b\u200e\u200f\x0b\x0c")


def number_text(value: float) -> str:
    """A number of a typed cell as text: a whole one without its point.

    Examples
    --------
    >>> number_text(3.0), number_text(0.1)
    ('3', '0.1')
    """
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def moment_text(value: datetime) -> Dated:
    """A moment of a typed cell: its date alone where it has no time of day."""
    return Dated(value.date().isoformat() if value.time() == time() else value.isoformat(" "))


def _text_rows(source: Source) -> Iterator[Row]:
    path = source.path
    try:
        with path.open("rb") as file:
            start = file.read(65536)
        encoding = _encoding(start, path.name)
        with path.open(encoding=encoding, newline="") as file:
            yield from _split(file, path.name)
    except UnicodeDecodeError as error:
        refuse([_encoding_fault(path, error)])
    except csv.Error as error:
        refuse([Fault(f"is not CSV ({error})", cure="look for a quotation mark that is not closed", file=path.name)])
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None


def _encoding(start: bytes, name: str) -> str:
    """How the bytes of a file become letters; what is no text is refused."""
    for mark, what in _STARTS.items():
        if start.startswith(mark):
            refuse([Fault(f"is not CSV but {what}", file=name)])
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in start:
        refuse([Fault("is not text: it holds NUL bytes", cure="save it as CSV UTF-8", file=name)])
    return "utf-8-sig"


def _encoding_fault(path: Path, error: UnicodeDecodeError) -> Fault:
    """The row that is not UTF-8, and how it reads in the encoding that Excel on Windows writes."""
    cure = "in Excel: Save As, CSV UTF-8 (Comma delimited)"
    if error.encoding.startswith("utf-16"):
        return Fault(f"is not UTF-16 text ({error.reason})", cure=cure, file=path.name)
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as own:
                start = max(own.start - 20, 0)
                near = line[start : own.start + 20].decode("cp1252", "replace").strip()
                rule = f"is not UTF-8 text ({own.reason}); as Windows-1252 it would read"
                return Fault(rule, near, cure, path.name, number)
    return Fault(f"is not UTF-8 text ({error.reason} at byte {error.start})", cure=cure, file=path.name)


def _split(file, name: str) -> Iterator[Row]:
    """The rows of an open file, cells divided by what divides the header."""
    csv.field_size_limit(MOST_TEXT * 20)
    lines = _lines(file, name)
    first, passed = [], 0
    for line in lines:
        first.append(line)
        mark = re.fullmatch(r"(?i)sep=(.)", line.strip())
        if mark:  # what Excel writes above a header to say so
            first, passed = [], passed + len(first)
            yield from _numbered(csv.reader(lines, delimiter=mark[1]), passed, name)
            return
        if line.strip(" \t\r\n,;|") and not re.match(r'\s*"?#( |$)', line):
            break
    if first:
        delimiter = _delimiter(first[-1])
        yield from _numbered(csv.reader(chain(first, lines), delimiter=delimiter), passed, name)


def _lines(file, name: str) -> Iterator[str]:
    for number, line in enumerate(iter(lambda: file.readline(2**24), ""), start=1):
        if "\0" in line:
            refuse([Fault("is not text: it holds NUL bytes", cure="save it as CSV UTF-8", file=name, row=number)])
        if len(line) >= 2**24:
            refuse([Fault("has a line of more than 16 million characters", cure="save it as CSV UTF-8", file=name, row=number)])
        yield line


def _numbered(reader, line: int, name: str) -> Iterator[Row]:
    start = line
    for cells in reader:
        # A quoted cell may run over several lines: a row is where it starts.
        yield line + 1, [clean(cell) for cell in cells]
        line = start + reader.line_num


def _delimiter(line: str) -> str:
    """What divides the cells of a header: the commonest of comma, semicolon, tab and bar outside quotation marks."""
    outside = re.sub(r'"[^"]*"', "", line)
    return max(_DELIMITERS, key=outside.count)
