"""Small changes to the tables of a region, each a function of its folder: the words in which the corpus is written."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as arrow
from pyarrow import parquet

Change = Callable[[Path], None]

TABLES = ("areas", "sites", "units_stroke", "travel", "site_travel", "flows_stroke", "catchments_stroke")


def grid(folder: Path, table: str) -> list[list[str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def put(folder: Path, table: str, rows: list[list[str]]) -> None:
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def cell(table: str, row: int, column: str, value: str) -> Change:
    """One cell of a CSV file, the header being row 1."""

    def change(folder: Path) -> None:
        rows = grid(folder, table)
        rows[row - 1][rows[0].index(column)] = value
        put(folder, table, rows)

    return change


def column(table: str, old: str, *new: str) -> Change:
    """A column under another name, under several, or under none (left out)."""

    def change(folder: Path) -> None:
        rows = grid(folder, table)
        at = rows[0].index(old)
        for number, row in enumerate(rows):
            row[at : at + 1] = list(new) if number == 0 else [row[at]] * len(new)
        put(folder, table, rows)

    return change


def added(table: str, name: str, *values: str) -> Change:
    """A further column."""

    def change(folder: Path) -> None:
        rows = grid(folder, table)
        put(folder, table, [[*row, value] for row, value in zip(rows, (name, *values), strict=True)])

    return change


def line(table: str, at: int, text: str) -> Change:
    """A line of text put before another, the first being 1."""

    def change(folder: Path) -> None:
        path = folder / f"{table}.csv"
        lines = path.read_text("utf-8").splitlines()
        lines.insert(at - 1, text)
        path.write_text("\n".join(lines) + "\n", "utf-8")

    return change


def text(name: str, content: str | bytes) -> Change:
    """A file with this content."""

    def change(folder: Path) -> None:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    return change


def sub(name: str, old: str, new: str) -> Change:
    """Text in place of other text."""

    def change(folder: Path) -> None:
        found = (folder / name).read_text("utf-8")
        assert old in found, (name, old)
        (folder / name).write_text(found.replace(old, new), "utf-8")

    return change


def encoded(table: str, codec: str, *, old: str = "", new: str = "") -> Change:
    """A table in another encoding, with a letter that shows it."""

    def change(folder: Path) -> None:
        path = folder / f"{table}.csv"
        path.write_bytes(path.read_text("utf-8").replace(old, new).encode(codec))

    return change


def gone(name: str) -> Change:
    return lambda folder: (folder / name).unlink()


def called(old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        (folder / old).rename(folder / new)

    return change


def made_folder(name: str) -> Change:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return change


def linked(name: str, to: str) -> Change:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).symlink_to(to)

    return change


def piped(name: str) -> Change:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        os.mkfifo(folder / name)

    return change


def typed(value: str) -> object:
    """A cell as Excel would hold it."""
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value or None


def book_of(folder: Path, *tables: str) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for table in tables:
        sheet = book.create_sheet(table)
        for row in grid(folder, table):
            sheet.append([typed(value) for value in row])
    return book


def sheet(table: str, edit: Callable = lambda sheet: None, name: str = "", title: str = "") -> Change:
    """A table as an Excel file in place of the CSV file, with something done to its sheet."""

    def change(folder: Path) -> None:
        book = book_of(folder, table)
        edit(book[table])
        book[table].title = title or table
        book.save(folder / (name or f"{table}.xlsx"))
        (folder / f"{table}.csv").unlink()

    return change


def book(edit: Callable = lambda book: None) -> Change:
    """All tables as one workbook, with something done to it."""

    def change(folder: Path) -> None:
        made = book_of(folder, *TABLES)
        edit(made)
        made.save(folder / "all.xlsx")
        for table in TABLES:
            (folder / f"{table}.csv").unlink()

    return change


def part(name: str, old: bytes, new: bytes, table: str = "areas") -> Change:
    """A table as an Excel file with something put into one of its parts."""

    def change(folder: Path) -> None:
        sheet(table)(folder)
        path, held = folder / f"{table}.xlsx", io.BytesIO()
        with zipfile.ZipFile(path) as archive, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
            for each in archive.namelist():
                content = archive.read(each)
                if each == name:
                    assert old in content, content[:300]
                    content = content.replace(old, new)
                made.writestr(each, content)
        path.write_bytes(held.getvalue())

    return change


def zipped(name: str, parts: dict[str, bytes]) -> Change:
    """A zip of some parts under a name."""

    def change(folder: Path) -> None:
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as made:
            for each, content in parts.items():
                made.writestr(each, content)

    return change


def columns(table: str, edit: Callable = lambda columns: columns) -> Change:
    """A table as a Parquet file in place of the CSV file, with something done to its columns."""

    def change(folder: Path) -> None:
        rows = grid(folder, table)
        made = {name: [typed(row[place]) for row in rows[1:]] for place, name in enumerate(rows[0])}
        parquet.write_table(arrow.table(edit(made)), folder / f"{table}.parquet")
        (folder / f"{table}.csv").unlink()

    return change


def both(*changes: Change) -> Change:
    def change(folder: Path) -> None:
        for each in changes:
            each(folder)

    return change
