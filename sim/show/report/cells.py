"""Tables of a report: rows of values with a caption, each number as people read it and as a program sorts it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ..numbers import number, signed


class Cell(NamedTuple):
    """What a cell shows, and what it is sorted by."""

    text: str
    sort: object = None
    """A number; None to sort by the text."""
    mark: str = ""
    """A class of the style sheet: ``better``, ``worse``, ``guess``, ``missing``."""


class Column(NamedTuple):
    """A column: where its values are, its heading, and how they are written."""

    key: str | Callable[[Mapping], object]
    label: str
    write: Callable[[object], Cell]

    @property
    def is_number(self) -> bool:
        """Whether it is set to the right."""
        return getattr(self.write, "is_number", False)


class Table(NamedTuple):
    """A table, ready for the page."""

    caption: str
    head: tuple[tuple[str, bool], ...]
    """(heading, whether numbers)."""
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    name: str = ""
    """The file of the results folder that holds all of it."""


def table(caption: str, rows: Iterable[Mapping], columns: Sequence[Column], note: str = "", name: str = "") -> Table:
    """Rows as a table.

    Parameters
    ----------
    caption
        What it shows, with its unit.
    rows
        One a row of the table.
    columns
        What is shown of each.
    note
        What must be said below it.
    name
        The file that holds all of it.
    """

    def cell(row: Mapping, column: Column) -> Cell:
        value = column.key(row) if callable(column.key) else row.get(column.key)
        return column.write(value)

    head = tuple((column.label, column.is_number) for column in columns)
    return Table(caption, head, tuple(tuple(cell(row, column) for column in columns) for row in rows), note, name)


def text(value: object) -> Cell:
    """Text as it is; yes and no."""
    if value is None or value != value or value == "":
        return Cell("–", "", "missing")
    return Cell(("yes" if value else "no") if isinstance(value, bool) else str(value))


def of_unit(unit: str, scale: float = 1.0, is_change: bool = False, missing: str = "–") -> Callable[[object], Cell]:
    """A way of writing numbers of a unit (`numbers.number`)."""
    return _of_number(lambda known: (signed if is_change else number)(known, unit), scale, missing)


def plain(decimals: int = 0, scale: float = 1.0, is_change: bool = False, missing: str = "–") -> Callable[[object], Cell]:
    """A way of writing numbers with so many decimals."""

    def show(known: float) -> str:
        shown = f"{known:{'+' if is_change else ''},.{decimals}f}"
        return "0" if float(shown.replace(",", "")) == 0 else shown

    return _of_number(show, scale, missing)


def _of_number(show: Callable[[float], str], scale: float, missing: str) -> Callable[[object], Cell]:
    def write(value: object) -> Cell:
        known = as_number(value)
        if known is None:
            return Cell(missing, "", "missing")
        known *= scale
        if known in (float("inf"), float("-inf")):
            return Cell("without limit", 1e99)
        return Cell(show(known), known)

    write.is_number = True
    return write


def as_number(value: object) -> float | None:
    """A value of a table, in memory or as it was written, as a number; None where it is none."""
    if value is None or value == "" or isinstance(value, bool) or value != value:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
