"""Publishing: sheets without counts of a handful of people, and without what would give them away.

What is left out is marked and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..study.small_numbers import MARK, suppress
from .pack import Part
from .spreadsheet import Page

UNITS = ("unit", "from_unit", "to_unit")
"""Columns that name units: a unit whose volume is not shown in one sheet is shown in none."""

DERIVED = ("share", "low", "high", "chance", "difference", "within", "gbp")
"""What stands in the names of columns that follow from counts: they go with them, and are no counts themselves."""

FIRST = "A1 Activity"
"""The sheet that says which units' volumes are not shown."""


def published(pages: Sequence[tuple[Page, Part | None]], least: float) -> tuple[list[Page], list[str]]:
    """Sheets as they may be published, and what is said of what was left out.

    Parameters
    ----------
    pages
        Sheets, each with what it shows; ``Part.counts`` names the columns that count patients.
    least
        The smallest count that is published; 0 is.
    """
    made, said, hidden_units, total = [], [], frozenset(), 0
    for page, part in pages:
        if part is None or not part.counts or not page.rows:
            made.append(page)
            continue
        found, columns = _suppressed(page, part, least, hidden_units)
        if page.name == FIRST:
            hidden_units = frozenset(row["unit"] for row, gone in zip(page.rows, found.any) if gone)
        if found.any.any():
            one, two = int(found.primary.sum()), int(found.secondary.sum())
            total += one + two
            said.append(f"{page.name}: {one} rows below {least:g} or of a unit left out, {two} more that would give one away")
            page = replace(page, rows=_marked(page, columns, found.any), notes=(*page.notes, f"{MARK}: {said[-1].split(': ')[1]}."))
        made.append(page)
    head = f"{MARK} stands for counts of patients below {least:g} a year and for those that would give one away: {total} rows in all"
    return made, [head, *said]


def _suppressed(page: Page, part: Part, least: float, hidden_units: frozenset):
    columns = [each for each in page.columns if any(each == start or each.startswith(start) for start in part.counts)]
    tested = [each for each in columns if not any(word in each for word in DERIVED)]
    is_count = np.ones(len(page.rows), dtype=bool)
    if part.only:
        of = [all(row[column] in values for column, values in part.only.items()) for row in page.rows]
        is_count = np.array(of, dtype=bool)
    count = np.array([[_number(row[column]) for column in tested] for row in page.rows], dtype=float).reshape(len(page.rows), -1)
    count[~is_count] = np.nan
    names = [column for column in UNITS if column in page.columns]
    also = np.array([any(row[column] in hidden_units for column in names) for row in page.rows], dtype=bool)
    return suppress(count, _sets(page, part), least, also), columns


def _sets(page: Page, part: Part) -> list[np.ndarray]:
    made = []
    for by in part.sets:
        keys: dict[tuple, list[int]] = {}
        for place, row in enumerate(page.rows):
            keys.setdefault(tuple(row[column] for column in by), []).append(place)
        made += [np.array(places) for places in keys.values()]
    return made


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")


def _marked(page: Page, columns: Sequence[str], gone: np.ndarray) -> list[dict]:
    return [
        {column: MARK if hide and column in columns and value is not None else value for column, value in row.items()}
        for row, hide in zip(page.rows, gone)
    ]
