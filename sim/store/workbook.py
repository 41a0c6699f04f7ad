"""Workbooks: the example of a region as one Excel file, a sheet for each table, with notes on its columns."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

_HEAD = PatternFill("solid", fgColor="DDE6F0")
_WIDEST = 60


def write_workbook(path: Path, about: list[dict], tables: Mapping[str, list[dict]], columns: list[dict], readme: list[str]) -> None:
    """Write one workbook.

    Parameters
    ----------
    path
        Where.
    about
        What the region says of itself: ``setting``, ``value``, ``what``.
    tables
        Rows by table.
    columns
        What every column means.
    readme
        Lines for whoever opens it.
    """
    from .template import columns_of

    book = Workbook()
    _write_lines(book.active, readme)
    notes = {(row["table"], row["column"]): f"{row['meaning']}. {row['unit']} ({row['rule']}; blank {row['blank']})" for row in columns}
    settings = [{key: row[key] for key in ("setting", "value")} for row in about]
    _write_sheet(book.create_sheet("region"), ["setting", "value"], settings, {})
    for place, row in enumerate(about, start=2):
        book["region"].cell(place, 1).comment = Comment(row["what"], "template")
    for name, rows in tables.items():
        names = columns_of(name, rows)
        said = {column: notes[name, column] for column in names if (name, column) in notes}
        _write_sheet(book.create_sheet(name), names, rows, said)
    _write_sheet(book.create_sheet("columns"), list(columns[0]), columns, {})
    book.save(path)


def _write_lines(sheet, lines: list[str]) -> None:
    sheet.title = "README"
    for place, line in enumerate(lines, start=1):
        cell = sheet.cell(place, 1, line.lstrip("# ") if line.startswith("#") else line.strip())
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if line.startswith("#"):
            cell.font = Font(bold=True, size=14)
        elif line.startswith("    "):
            cell.font = Font(name="Consolas")
    sheet.column_dimensions["A"].width = 110


def _write_sheet(sheet, names: list[str], rows: list[dict], notes: Mapping[str, str]) -> None:
    sheet.append(names)
    for row in rows:
        sheet.append([_value(row.get(name)) for name in names])
    for place, name in enumerate(names, start=1):
        head = sheet.cell(1, place)
        head.font, head.fill = Font(bold=True), _HEAD
        if name in notes:
            head.comment = Comment(notes[name], "template", width=320, height=110)
        longest = max([len(name), *(len(str(row.get(name) or "")) for row in rows)])
        sheet.column_dimensions[get_column_letter(place)].width = min(longest + 3, _WIDEST)
        if name in ("id", "site", "area", "unit", "provider"):
            for cell in sheet[get_column_letter(place)][1:]:
                cell.number_format = "@"  # codes stay text, leading zeros and all
    sheet.freeze_panes = "B2"


def _value(value: object) -> object:
    """Numbers as numbers, so that Excel reckons with them."""
    if isinstance(value, str):
        try:
            return float(value) if "." in value else int(value)
        except ValueError:
            return value or None
    return value
