"""Workbooks: tables as sheets that people work with - typed numbers with formats, frozen headers, units, sources and notes.

The same tables write the same bytes: whatever a workbook says of its making and of the time is fixed. Text is never taken for a formula,
in a sheet or in a CSV file beside it.
"""

from __future__ import annotations

import io
import re
import textwrap
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .results import NO_LIMIT, write_csv
from .results import cell as said

GUESS_FILL, INPUT_FILL, HEAD_FILL = "FFF2CC", "DDEBF7", "D9E1F2"
"""Behind rows that rest on a guess, cells to be filled in, and headers."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What text begins with that a spreadsheet takes for a formula."""

LIST = "rests_on_guesses"
"""A column of many names, of which the first line is shown: the row is marked, and whoever wants all names looks into the cell."""

_WIDEST, _SAMPLE, _LINE = 44, 400, 13.5
_EPOCH = (1980, 1, 1, 0, 0, 0)
_TIME = b"1980-01-01T00:00:00Z"

_ENDINGS = (
    (r"^year$|^rank$|^areas$|^days$|replications|units|commissioners", "", "0"),
    (r"_gbp(_|$)|^gbp$", "GBP", "#,##0;[Red]-#,##0"),
    (r"per_100", "per 100", "0.0"),
    (r"share|chance|^delay$|occupancy|growth", "share", "0.0%"),
    (r"minutes", "minutes", "0.0"),
    (r"hours", "hours", "0.00"),
    (r"^wte|_wte", "WTE", "#,##0.0"),
    (r"bed_days", "bed-days", "#,##0"),
    (r"beds|load", "beds", "#,##0.0"),
    (r"price|ratio|gini", "ratio", "0.000"),
    (r"per_year|patients|admissions|volume|newly_beyond|^minimum", "a year", "#,##0.0"),
)
"""Of a column by its name: its unit, and how its numbers are shown."""


@dataclass(frozen=True)
class Page:
    """One table, as a sheet of a workbook and as a CSV file beside it."""

    name: str
    """Of the sheet, at most 31 letters: ``A1 Activity``."""
    title: str
    rows: Sequence[Mapping[str, object]]
    """Of one shape; None where nothing is known."""
    source: str = ""
    """Where the numbers come from."""
    notes: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    """Of columns whose name does not say it."""
    inputs: tuple[str, ...] = ()
    """Columns that the reader fills in."""
    is_read_again: bool = False
    """Whether the program reads it: then there is no row of units, and what stands above the header is marked as comment."""
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Of columns that the reader fills in, what may be chosen."""
    formats: Mapping[str, str] = field(default_factory=dict)
    """Of columns whose numbers are not shown as their names say (`format_of`)."""

    @property
    def file(self) -> str:
        """The name of its CSV file."""
        return re.sub(r"[^a-z0-9]+", "_", self.name.lower()).strip("_") + ".csv"

    @property
    def columns(self) -> list[str]:
        """The names of its columns."""
        return list(self.rows[0]) if self.rows else []

    @property
    def lines(self) -> list[str]:
        """What stands above the table."""
        made = [self.title, *([f"Source: {self.source}"] if self.source else []), *self.notes]
        if not self.rows:
            made.append("Nothing to show.")
        elif all(_is_guess(row) for row in self.rows):
            made.append("Every row rests on a guess.")
        return [f"# {line}" for line in made] if self.is_read_again else made


def unit_of(column: str) -> str:
    """The unit that the name of a column says; empty where it says none.

    Examples
    --------
    >>> unit_of("income_option_gbp"), unit_of("minutes_mean"), unit_of("name")
    ('GBP', 'minutes', '')
    """
    return next((unit for pattern, unit, _ in _ENDINGS if re.search(pattern, column)), "")


_SHOWN = {"%": "0.0", "minutes": "0.0", "hours": "0.00", "GBP million": "#,##0.0", "GBP": "#,##0;[Red]-#,##0", "beds": "#,##0.0"}
"""How numbers are shown where the row says their unit."""


def format_of(column: str, value: object, unit: str | None = None) -> str:
    """How a number of a column is shown; where the row says its unit, by that."""
    if unit is not None and column not in ("year", "rank"):
        return _SHOWN.get(unit, "#,##0.0")
    usual = "#,##0" if isinstance(value, int) else "#,##0.0##"
    return next((shown for pattern, _, shown in _ENDINGS if re.search(pattern, column)), usual)


def typed(rows: Sequence[Mapping[str, str]]) -> list[dict]:
    """Rows of text as they stand in a results folder, with numbers as numbers.

    A column is one of numbers where every cell that is not empty is one, and none begins with a zero as codes do.
    """
    if not rows:
        return []
    is_number = {column: _all_numbers([row[column] for row in rows]) for column in rows[0]}
    return [{key: _typed(text) if is_number[key] else (text or None) for key, text in row.items()} for row in rows]


_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?(e[-+]?\d+)?")


def _all_numbers(cells: Sequence[str]) -> bool:
    known = [each for each in cells if each and each != NO_LIMIT]
    return bool(known) and all(_NUMBER.fullmatch(each) for each in known)


def _typed(text: str) -> object:
    if not text or text == NO_LIMIT:
        return text or None
    number = float(text)
    return int(number) if re.fullmatch(r"-?\d+", text) and abs(number) < 1e15 else number


def plain(value: object) -> object:
    """A value for a CSV file that spreadsheets open: text that they would take for a formula has an apostrophe before it.

    Examples
    --------
    >>> plain("=1+1"), plain(-1.5), plain("Ashford")
    ("'=1+1", -1.5, 'Ashford')
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def write_pages_as_csv(folder: Path, pages: Sequence[Page]) -> None:
    """Write each page as a CSV file, without what stands above its table."""
    folder.mkdir(parents=True, exist_ok=True)
    for page in pages:
        write_csv(folder / page.file, [{key: plain(value) for key, value in row.items()} for row in page.rows])


def write_workbook(path: Path, pages: Sequence[Page], title: str) -> None:
    """Write pages as a workbook of Excel, the same bytes for the same pages.

    Parameters
    ----------
    path
        Ends in ``.xlsx``.
    pages
        In order.
    title
        Of the workbook, in its properties.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    book.properties.title, book.properties.creator = title, "sim"
    for page in pages:
        _fill(book.create_sheet(page.name[:31]), page)
    made = io.BytesIO()
    book.save(made)
    path.write_bytes(_fixed(made.getvalue()))


def _fixed(written: bytes) -> bytes:
    """A workbook without the time at which it was made."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(written)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", _TIME, content)
            kept = zipfile.ZipInfo(part.filename, _EPOCH)
            kept.compress_type, kept.external_attr, kept.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            new.writestr(kept, content)
    return made.getvalue()


def _fill(sheet, page: Page) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    for row, line in enumerate(page.lines, start=1):
        _put(sheet.cell(row, 1), line)
        sheet.cell(row, 1).font = Font(bold=row == 1, size=14 if row == 1 else 10, italic=row > 1)
    if not page.rows:
        sheet.column_dimensions["A"].width = _WIDEST
        return
    head = len(page.lines) + 2
    below = head if page.is_read_again else head + 1
    fill = PatternFill("solid", fgColor=HEAD_FILL)
    for place, column in enumerate(page.columns, start=1):
        _put(sheet.cell(head, place), column if page.is_read_again else column.replace("_", " "))
        sheet.cell(head, place).font, sheet.cell(head, place).fill = Font(bold=True), fill
        sheet.cell(head, place).alignment = Alignment(wrap_text=True, vertical="top")
        if not page.is_read_again:
            _put(sheet.cell(below, place), page.units.get(column, unit_of(column) if _has_numbers(page, column) else ""))
            sheet.cell(below, place).font = Font(italic=True, size=9)
    _body(sheet, page, below + 1)
    _lay_out(sheet, page, head, below)


def _has_numbers(page: Page, column: str) -> bool:
    return any(isinstance(row[column], float | int) and not isinstance(row[column], bool) for row in page.rows)


def _body(sheet, page: Page, first: int) -> None:
    from openpyxl.styles import Alignment, PatternFill

    guess, entry = (PatternFill("solid", fgColor=colour) for colour in (GUESS_FILL, INPUT_FILL))
    wrap, top = Alignment(wrap_text=True, vertical="top"), Alignment(vertical="top")
    is_all = all(_is_guess(row) for row in page.rows)  # then a colour tells nothing; a line above the table says it
    for number, row in enumerate(page.rows):
        is_guess = _is_guess(row) and not is_all
        for place, (column, value) in enumerate(row.items(), start=1):
            cell = sheet.cell(first + number, place)
            _put(cell, value)
            if isinstance(value, float | int) and not isinstance(value, bool):
                usual = "General" if page.is_read_again else format_of(column, value, row.get("unit"))
                cell.number_format = page.formats.get(column, usual)
            is_long = isinstance(value, str) and len(value) > _WIDEST // 2
            cell.alignment = wrap if is_long else top
            if column in page.inputs:
                cell.fill = entry
            elif is_guess:
                cell.fill = guess


def _is_guess(row: Mapping[str, object]) -> bool:
    """Whether a row rests on a guess."""
    return row.get("guess") in ("yes", True) or bool(row.get(LIST))


def _put(cell, value: object) -> None:
    """A value in a cell; text stays text, whatever it begins with."""
    if isinstance(value, bool):
        value = said(value)
    if value is None or value != value:
        return
    if isinstance(value, str):
        value = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", " ", value)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(FORMULA)


def _lay_out(sheet, page: Page, head: int, below: int) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    width = {column: _width(page, column) for column in page.columns}
    for place, column in enumerate(page.columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width[column] + 2
    lines = [_lines(column.replace("_", " "), width[column]) for column in page.columns]
    sheet.row_dimensions[head].height = _LINE * max(lines) + 3
    for number, row in enumerate(page.rows, start=below + 1):
        tall = max(_lines(value, width[column]) for column, value in row.items() if column != LIST)
        if tall > 1 or row.get(LIST):
            sheet.row_dimensions[number].height = _LINE * min(tall, 30) + 2
    last = below + len(page.rows)
    texts = [column for column in page.columns[:2] if not _has_numbers(page, column)]
    sheet.freeze_panes = sheet.cell(below + 1, 1 + max(1, len(texts)))
    sheet.auto_filter.ref = f"A{head if page.is_read_again else below}:{get_column_letter(len(page.columns))}{last}"
    sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = "landscape", 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{head}:{below}"
    for column, known in page.choices.items():
        letter = get_column_letter(page.columns.index(column) + 1)
        rule = DataValidation(type="list", formula1='"' + ",".join(known) + '"', allow_blank=True)
        rule.add(f"{letter}{below + 1}:{letter}{last}")
        sheet.add_data_validation(rule)


def _width(page: Page, column: str) -> int:
    """Letters that a column is wide: as its cells are, within limits, and no narrower than the longest word of its name."""
    texts = [str(row[column]) for row in page.rows[:_SAMPLE] if isinstance(row[column], str)]
    longest = max(map(len, texts), default=10)
    return max(min(longest, _WIDEST), *(len(word) for word in column.split("_")), 6)


def _lines(value: object, width: int) -> int:
    """How many lines a text takes in a column."""
    if not isinstance(value, str):
        return 1
    return sum(max(1, len(textwrap.wrap(line, width))) for line in value.splitlines() or [""])
