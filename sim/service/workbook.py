"""Workbooks: the sheets of an Excel file as rows of text.

The values that Excel last computed are read, never the formulas; a formula that was never computed is refused. A workbook is a zip of
XML, so its sizes are looked at before anything of it is unpacked, and its rows are read one at a time.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

from .cells import MOST_COLUMNS, Dated, Row, check_file, clean, is_comment, moment_text, number_text
from .fault import Fault, InputError, nearest_spelling, refuse
from .source import Source

MOST_UNPACKED = 256 * 2**20
"""How many bytes a workbook may unpack to."""

MOST_STRINGS = 48 * 2**20
"""How many bytes its table of texts may have, which is read as a whole."""

MOST_SMALL = 4 * 2**20
"""How many bytes each of the parts may have that say what is where and how it looks."""

MOST_RATIO = 200
"""How many times larger than packed a part of more than `MOST_SMALL` bytes may be."""

MOST_PARTS = 2_000
"""How many parts and sheets a workbook may have."""

LAST_ROW = 1_048_576
"""The last row of a sheet of Excel."""


class Formula(str):
    """A cell that holds a formula without a value."""


class _Marks(NamedTuple):
    """What the XML of a sheet says besides its cells."""

    has_formulas: bool
    merged: tuple[str, ...]
    hidden: int
    """Rows with cells that are not shown, as under a filter."""


def sheets(path: Path) -> tuple[dict[str, bool], list[Fault]]:
    """The sheets of a workbook by name, each with whether it is hidden; and what is wrong with the workbook."""
    try:
        check_file(Source(path))
        with _opened(path) as book:
            return {sheet.title: sheet.sheet_state != "visible" for sheet in book.worksheets}, []
    except InputError as error:
        return {}, list(error.each)


def hidden_rows(source: Source) -> int:
    """How many rows with cells a sheet does not show, as under a filter; none where it cannot be read."""
    try:
        with _opened(source.path) as book:
            return _marks(source.path, _sheet(book, source)).hidden
    except InputError:
        return 0


def workbook_rows(source: Source) -> Iterator[Row]:
    """The rows of a sheet, each with its number and its cells as text."""
    with _opened(source.path) as book:
        sheet = _sheet(book, source)
        marks = _marks(source.path, sheet)
        if not marks.has_formulas:
            yield from _rows(sheet, None, marks, source)
            return
        with _opened(source.path, data_only=False) as formulas:
            yield from _rows(sheet, _sheet(formulas, source), marks, source)


def _rows(sheet, formulas, marks: _Marks, source: Source) -> Iterator[Row]:
    # A sheet may claim any size; what it says of itself is not believed.
    pages = [page for page in (sheet, formulas) if page is not None]
    for page in pages:
        page.reset_dimensions()
    has_header, empty = False, 0
    try:
        for number, several in enumerate(
            zip(*(page.iter_rows(min_row=1) for page in pages), strict=False), start=1
        ):
            cells = several[0]
            if number > LAST_ROW:
                refuse([Fault(f"a sheet has at most {LAST_ROW:,} rows", cure="delete what stands far below", file=source.name)])
            if not cells:
                continue
            if len(cells) > MOST_COLUMNS:
                rule = f"a table may have at most {MOST_COLUMNS:,} columns"
                refuse([Fault(rule, len(cells), "delete what stands far to the right", source.name, number)])
            texts = [_text(cell) for cell in cells]
            if formulas is not None:
                texts = [_checked(text, cell) for text, cell in zip(texts, several[1], strict=False)]
            while texts and not texts[-1]:
                texts.pop()
            empty = 0 if texts else empty + 1
            if not has_header and texts and not is_comment(texts):
                has_header = True
                refuse(_merged_faults(marks.merged, number, source.name))
            yield number, texts
    except InputError:
        raise
    except Exception as error:  # bytes of a stranger, read by a library: it may fail in any way
        refuse([_unreadable(error, source.name)])


def _text(cell) -> str:
    """What a cell holds, as text."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        # A cell shown with leading zeros is a code.
        zeros = cell.number_format
        return str(value).zfill(len(zeros)) if set(zeros) == {"0"} else str(value)
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date | time | timedelta):
        return Dated(str(value))
    return clean(str(value))


def _checked(text: str, cell) -> str:
    is_formula = not text and cell.data_type == "f" and cell.value is not None
    return Formula(str(cell.value)) if is_formula else text


def _merged_faults(merged: tuple[str, ...], header: int, name: str) -> list[Fault]:
    """Merged cells at or below the header: all but the first of them are blank."""
    cure = "unmerge them and fill in every cell"
    inside = [ref for ref in merged if int(re.search(r"(\d+)$", ref)[1]) >= header]
    return [Fault(f"cells {ref} are merged", cure=cure, file=name) for ref in inside[:20]] + (
        [Fault(f"{len(inside) - 20} more ranges of cells are merged", cure=cure, file=name)] if len(inside) > 20 else []
    )


def _sheet(book, source: Source):
    names = [sheet.title for sheet in book.worksheets]
    if not source.sheet and names:
        return book.worksheets[0]
    cure = "its sheets are " + ", ".join(names[:20]) + nearest_spelling(source.sheet, names)
    refuse([] if source.sheet in names else [Fault(f"there is no sheet {source.sheet!r}", cure=cure, file=source.path.name)])
    return book.worksheets[names.index(source.sheet)]


@contextmanager
def _opened(path: Path, data_only: bool = True):
    _check_sizes(path)
    import openpyxl

    book = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and lists that it does not keep
            book = openpyxl.load_workbook(path, read_only=True, data_only=data_only, keep_links=False)
            yield book
    except InputError:
        raise
    except Exception as error:  # bytes of a stranger, read by a library: it may fail in any way
        refuse([_unreadable(error, path.name)])
    finally:
        if book is not None:
            book.close()


def _unreadable(error: Exception, name: str) -> Fault:
    said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return Fault(f"is not a workbook that can be read ({said})", cure="open it in Excel and save it anew as .xlsx", file=name)


def _check_sizes(path: Path) -> None:
    """Refuse a workbook that would unpack to far more than it says, before anything of it is unpacked."""
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        refuse([Fault("is an old Excel file or has a password", cure="save it as .xlsx without one", file=path.name)])
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            faults = _size_faults(parts)
            named = [part.filename for part in parts if part.filename.endswith((".xml", ".rels")) and not faults]
            declared = [name for name in named if _declares(archive, name)]
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zipfile.zlib.error) as error:
        refuse([_unreadable(error, path.name)])
    refuse([Fault(rule, value, cure, path.name) for rule, value, cure in faults[:10]])
    rule = "declares entities, which no workbook needs"
    refuse([Fault(rule, name, "open it in Excel and save it anew", path.name) for name in declared[:10]])


def _declares(archive: zipfile.ZipFile, name: str) -> bool:
    with archive.open(name) as part:
        start = part.read(4096).replace(b"\0", b"")
    return b"<!DOCTYPE" in start or b"<!ENTITY" in start


def _size_faults(parts: list[zipfile.ZipInfo]) -> list[tuple[str, object, str]]:
    """Rule, value and cure of everything that is too large."""
    total, cure = sum(part.file_size for part in parts), "leave only the tables in it, or give them as CSV UTF-8"
    faults: list[tuple[str, object, str]] = []
    if len(parts) > MOST_PARTS:
        faults.append((f"may have at most {MOST_PARTS:,} parts", len(parts), cure))
    if total > MOST_UNPACKED:
        faults.append((f"may unpack to at most {MOST_UNPACKED:,} bytes", f"{total:,}", cure))
    for part in parts:
        name, size = part.filename, part.file_size
        if part.flag_bits & 1:
            faults.append(("has a password", name, "save it without one"))
        if size > MOST_SMALL and size > MOST_RATIO * max(part.compress_size, 1):
            faults.append((f"{name} may unpack to at most {MOST_RATIO} times its size", f"{size:,} bytes", cure))
        most = MOST_STRINGS if name.endswith("sharedStrings.xml") else MOST_SMALL
        is_page = name.startswith(("xl/worksheets/", "xl/media/", "xl/drawings/", "xl/charts/", "xl/pivot", "xl/embeddings/"))
        if size > most and not is_page:
            faults.append((f"{name} may unpack to at most {most:,} bytes", f"{size:,}", cure))
    return faults


def _marks(path: Path, sheet) -> _Marks:
    """Whether a sheet has formulas, which cells are merged and rows hidden: what reading rows one at a time does not tell."""
    has_formulas, merged, kept, hidden = False, [], b"", set()
    with zipfile.ZipFile(path) as archive, archive.open(sheet._worksheet_path) as part:
        while chunk := part.read(2**20):
            text = kept + chunk
            has_formulas = has_formulas or re.search(rb"<(\w+:)?f[ >/]", text) is not None
            if len(merged) < MOST_PARTS:
                merged += re.findall(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]+\d+:[A-Z]+\d+)"', text)
            rows = re.findall(rb"<(?:\w+:)?row\b([^<>]{0,480}[^<>/])>(?=\s*<(?:\w+:)?c\b)", text)
            hidden |= {_row_number(row) for row in rows if re.search(rb'\bhidden="(1|true)"', row)}
            kept = text[-500:]  # longer than any mark, which may lie across two chunks
    return _Marks(has_formulas, tuple(dict.fromkeys(ref.decode() for ref in merged)), len(hidden))


def _row_number(row: bytes) -> bytes:
    """The number that a row of a sheet says it has; the whole of what it says where it has none."""
    said = re.search(rb'\br="(\d+)"', row)
    return said[1] if said else row
