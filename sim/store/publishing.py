"""Publishing: sheets without counts of a handful of people, and without what would give them away.

What is left out is marked and counted. A unit, or a body, whose count is not shown in one sheet has no number in any."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from ..study.small_numbers import MARK, Suppressed, suppress
from .pack import Part
from .spreadsheet import Page

UNITS = ("unit", "from_unit", "to_unit", "unit_baseline", "unit_option")
"""Columns that name units."""

FLOWS = ("from_unit", "to_unit")
"""Columns that name units by which rows fall into sets: the totals of the sets are the volumes of these units."""

OF_BODY = ("B5 Access by ICB", "B6 Access and equity", "B9 Planning footprint")
"""Sheets whose rows are of one body (ICB): one that is not shown there is shown nowhere."""

PLACED = ("A1 Activity",)
"""Sheets whose column ``icb`` says where a unit stands, and nothing of the patients of that body."""

DERIVED = ("share", "low", "high", "chance", "difference", "within", "gbp")
"""What stands in the names of columns that follow from counts: they go with them, and are no counts themselves."""

TOLD = ("standing_source", "why_not")
"""Columns of words that repeat a number of the row."""

_KEPT = (*UNITS, "icb", "body", "group", "area", "year")
"""Columns that say what a row is of: a code may look like a number."""

_PATH = re.compile(r"(^|[=\[{(,'\"\s])(?:file://)?(?:~?/(?![/\s])|[A-Za-z]:[\\/])([^,\]})'\"]*)")


def published(pages: Sequence[tuple[Page, Part | None]], least: float) -> tuple[list[Page], list[str]]:
    """Sheets as they may be published, and what is said of what was left out.

    Parameters
    ----------
    pages
        Sheets, each with what it shows; ``Part.counts`` names the columns that count patients.
    least
        The smallest count that is published; 0 is.
    """
    units, bodies, found = _hidden(pages, least)
    made, said, total = [], [], 0
    for (page, part), gone in zip(pages, found):
        if part is not None and gone.any.any():
            whole = _is_hidden(page, units, bodies)
            one, two = int(gone.primary.sum()), int(gone.secondary.sum())
            total += one + two
            words = f"{one} rows below {least:g} or of a unit or body left out, {two} more that would give one away"
            said.append(f"{page.name}: {words}")
            page = replace(
                page, rows=_marked(page, _counts(page, part), gone.any, whole), notes=(*page.notes, f"{MARK}: {words}.")
            )
        made.append(page)
    head = f"{MARK} stands for counts of patients below {least:g} a year and for those that would give one away: {total} rows in all"
    return made, [head, *said]


def unsigned(book: Page) -> Page:
    """The assumptions book without the names of people."""
    return replace(book, rows=[{**row, "owner": None, "signed_off": None} for row in book.rows])


def without_people(provenance: Mapping) -> dict:
    """Provenance of a run without the owners and sign-offs of its assumptions book."""
    book = provenance.get("assumptions")
    if not book:
        return dict(provenance)
    said = {
        name: {key: text for key, text in of.items() if key == "source"} for name, of in book.get("said", {}).items()
    }
    return {**provenance, "assumptions": {**book, "said": said}}


def without_folders(given: object) -> object:
    """Text, or all text of a mapping or a sequence, with absolute paths as their last part.

    Examples
    --------
    >>> without_folders("python -m sim region=/home/ann/north 'to=/home/ann b/x'")
    'python -m sim region=north to=x'
    >>> without_folders({"source": "https://example.org/a/b", "file": "/home/ann/book.xlsx"})
    {'source': 'https://example.org/a/b', 'file': 'book.xlsx'}
    """
    if isinstance(given, Mapping):
        return {without_folders(key): without_folders(value) for key, value in given.items()}
    if isinstance(given, list | tuple):
        return [without_folders(each) for each in given]
    if not isinstance(given, str):
        return given
    if given.startswith("python "):
        try:
            return shlex.join(_last_part(word) for word in shlex.split(given))
        except ValueError:  # no closing quotation: it is no command
            pass
    return _last_part(given)


def _last_part(text: str) -> str:
    return _PATH.sub(lambda found: found[1] + re.split(r"[\\/]", found[2].rstrip("\\/"))[-1], text)


def _hidden(pages: Sequence[tuple[Page, Part | None]], least: float) -> tuple[frozenset, frozenset, list[Suppressed]]:
    """Units and bodies that are hidden in any sheet, and the rows that are hidden in each: repeated until no more are."""
    units, bodies = frozenset(), frozenset()
    while True:
        found, more_units, more_bodies = [], set(units), set(bodies)
        for page, part in pages:
            gone, bare = _suppressed(page, part, least, units, bodies)
            found.append(gone)
            more_units |= bare
            if part is None or not part.counts:
                continue
            for row, is_gone in zip(page.rows, gone.any):
                if is_gone and "unit" in row and "name" in row:
                    more_units.add(row["unit"])
                if is_gone and page.name in OF_BODY:
                    more_bodies.update(_bodies_of(page, row))
        if more_units == units and more_bodies == bodies:
            return units, bodies, found
        units, bodies = frozenset(more_units), frozenset(more_bodies)


def _suppressed(
    page: Page, part: Part | None, least: float, units: frozenset, bodies: frozenset
) -> tuple[Suppressed, set]:
    """Rows that are not shown, and the units whose totals would tell what is hidden."""
    also = _is_hidden(page, units, bodies)
    if part is None or not part.counts or not page.rows:
        return Suppressed(also, np.zeros(len(page.rows), dtype=bool)), set()
    tested = [each for each in _counts(page, part) if not any(word in each for word in DERIVED)]
    is_count = np.ones(len(page.rows), dtype=bool)
    if part.only:
        of = [all(row[column] in values for column, values in part.only.items()) for row in page.rows]
        is_count = np.array(of, dtype=bool)
    number = {column: np.array([_number(row[column]) for row in page.rows], dtype=float) for column in page.columns}
    given = [number[column] for column in tested] + _differences(number, _counts(page, part))
    count = np.array(given, dtype=float).reshape(len(given), len(page.rows)).T
    count[~is_count] = np.nan
    sets = _sets(page, part, units)
    gone = suppress(count, [places for _, places in sets], least, also)
    return gone, {sets[at][0] for at in gone.bare} - {None}


def _differences(number: Mapping[str, np.ndarray], columns: Sequence[str]) -> list[np.ndarray]:
    """What counts change by, whichever way: a change of a handful is a handful of people."""
    made = []
    for column in columns:
        other = re.sub("baseline$", "option", column)
        if other != column and other in columns and not any(word in column for word in DERIVED):
            change = np.abs(number[other] - number[column])
            made.append(np.where(change > 1e-6, change, 0 * change))  # what is left of sums of shares is no patient
        if column.endswith("difference"):
            made.append(np.abs(number[column]))
    return made


def _counts(page: Page, part: Part) -> list[str]:
    return [each for each in page.columns if any(each == start or each.startswith(start) for start in part.counts)]


def _is_hidden(page: Page, units: frozenset, bodies: frozenset) -> np.ndarray:
    """(N,) bool: rows of a unit or a body that is hidden."""
    names = [column for column in UNITS if column in page.columns]
    of = [
        any(row[column] in units for column in names) or not bodies.isdisjoint(_bodies_of(page, row))
        for row in page.rows
    ]
    return np.array(of, dtype=bool)


def _bodies_of(page: Page, row: Mapping[str, object]) -> set:
    """The body that a row is of, if it is of one."""
    if page.name in PLACED:
        return set()
    found = {row.get("icb")}
    found |= {row["group"]} if row.get("dimension") == "icb" else set()
    found |= {row["body"]} if row.get("level") == "icb" else set()
    return found - {None}


def _sets(page: Page, part: Part, units: frozenset) -> list[tuple[object, np.ndarray]]:
    """Rows whose total is published, and the unit whose volume the total is, if of one; totals of hidden units are not published."""
    made = []
    for by in part.sets:
        keys: dict[tuple, list[int]] = {}
        for place, row in enumerate(page.rows):
            keys.setdefault(tuple(row[column] for column in by), []).append(place)
        is_flow = len(by) == 1 and by[0] in FLOWS
        made += [
            (key[0] if is_flow else None, np.array(at)) for key, at in keys.items() if not (is_flow and key[0] in units)
        ]
    return made


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")


def _marked(page: Page, columns: Sequence[str], gone: np.ndarray, whole: np.ndarray) -> list[dict]:
    """Rows with the mark: in columns of counts, and for a hidden unit or body in every column of numbers."""
    return [
        {column: MARK if hide and _goes(column, value, columns, every) else value for column, value in row.items()}
        for row, hide, every in zip(page.rows, gone, whole)
    ]


def _goes(column: str, value: object, columns: Sequence[str], every: bool) -> bool:
    if value is None:
        return False
    is_number = isinstance(value, int | float) and column not in _KEPT
    return column in columns or (every and (is_number or column in TOLD))
