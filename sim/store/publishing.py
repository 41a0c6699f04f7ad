"""Publishing: the assurance pack with counts of patients in bands, other figures to the digits that these allow, and no name or place.

Everything is shown by one rule (`small_numbers`), on every sheet and of every unit, provider and body: so nothing has to be hidden for what
another sheet says. What may be shown at all is named column by column (`public_sheets`).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from ..study.small_numbers import MARK, Figure, of_patients, of_share, rounded, shown
from .public_sheets import COUNTS, FACTS, PUBLIC, SETTINGS, VALUES, Public
from .spreadsheet import Page

SIDES = ("baseline", "option")

_PATH = re.compile(r"(?<![\w/.\\~])(?:file://)?(?:(?:~(?:[A-Za-z][\w.-]*)?)?/(?![/\s])|[A-Za-z]:[\\/]|\\\\)([^,\]})'\"]*)")


def published(pages: Sequence[Page], lines: Sequence[str], least: float) -> tuple[list[Page], list[str], list[str]]:
    """Sheets as they may be published, what is said of how their numbers are shown, and the lines.

    Parameters
    ----------
    pages
        Every sheet of the pack.
    lines
        What the run says of its option.
    least
        The smallest count that is published, and how wide the bands are; 0 is published.
    """
    sizes = Sizes.of(pages)
    known = [page for page in pages if page.name in PUBLIC or page.name in SETTINGS]
    made = [page if page.name in SETTINGS else _Sheet(PUBLIC[page.name], page, sizes, least).published for page in known]
    cells = [value for page in made for row in page.rows for value in row.values()]
    marks, numbers = sum(value == MARK for value in cells), sum(map(_is_number, cells))
    money = f" Money is in steps of GBP {sizes.step_gbp(least):,.0f} or more." if sizes.cost else ""
    said = [
        f"Counts of patients are rounded down to a multiple of {least:g}: 100 stands for 100 to under {100 + least:g}. "
        f"{MARK} stands for a count, or a change, above 0 and below {least:g}. "
        "Totals need not add, and no total tells a count more closely.",
        f"Figures that follow from patients are rounded to what {3 * least:g} patients make of them, or more.{money} "
        f"{MARK} stands for those of too few patients. A difference is that of the two figures shown. "
        "Blank: not known, or of patients who are counted at another unit.",
        f"{MARK} stands in {marks:,} of {marks + numbers:,} cells. Left out are changes, ranges and chances by unit, provider or body, "
        "and organisations by month.",
    ]
    return made, said, [in_bands(line, least, sizes.step_gbp(least)) for line in lines]


@dataclass(frozen=True)
class Sizes:
    """How many patients a year there are of each unit, provider and body, and in all: what their figures follow from."""

    count: Mapping[tuple, float]
    """By kind, name and side; the whole has no name."""
    cost: float = 0.0
    """What all patients of the baseline cost in the first year, GBP; 0 where no money was counted."""

    @classmethod
    def of(cls, pages: Iterable[Page]) -> Sizes:
        """Those that the sheets say."""
        rows = {page.name: page.rows for page in pages}
        count: dict[tuple, float] = {}
        cost = 0.0
        for row in rows.get("A1 Activity", ()):
            for side in SIDES:
                here = row[f"modelled_volume_{side}"] or 0.0
                count["unit", row["unit"], side] = here
                for key in (("provider", row.get("provider"), side), ("whole", None, side)):
                    count[key] = count.get(key, 0.0) + here
        for row in rows.get("Option row", ()):
            if row["key"] == "index_admissions":
                count |= {("whole", None, side): row[side] for side in SIDES}
            if row["key"] == "cost_first_year":
                cost = 1e6 * row["baseline"]
        for row in rows.get("B6 Access and equity", ()):
            count |= {(row["dimension"], row["group"], side): row["patients_per_year"] or 0.0 for side in SIDES}
        for row in rows.get("B5 Access by ICB", ()):
            count |= {("icb", row["icb"], side): row["admissions_per_year"] for side in SIDES}
        return cls(count, cost)

    def patients(self, kind: str, name: object, side: str) -> float:
        """How many there are; 0 where it is not known."""
        if name == "all" or kind in ("whole", "national"):
            kind, name = "whole", None
        return self.count.get((kind, name, side), 0.0)

    def step_gbp(self, least: float) -> float:
        """What a threshold of patients costs on average, as a round sum; no sum of money is told more closely."""
        mean = least * self.cost / (self.patients("whole", None, "baseline") or 1.0)
        return rounded([Figure(mean, mean)])[1]


@dataclass(frozen=True)
class _Sheet:
    """One sheet on its way to being published."""

    public: Public
    page: Page
    sizes: Sizes
    least: float

    @property
    def published(self) -> Page:
        """The sheet with what may be shown, and with what is said of the rest."""
        public = self.public
        wanted = (*public.facts, *public.counts, *public.figures, *public.shares, *(VALUES if public.is_by_unit else ()))
        columns = [each for each in self.page.columns if _is_of(each, wanted)]
        column, pattern, gone = public.only or ("", "", "")
        rows = [row for row in self.page.rows if not column or re.search(pattern, str(row[column]))]
        made = [{column: now[column] for column in columns} for now in map(self._row, rows)]
        told = [row for row, now in zip(made, rows) if not self._is_empty(row, now)]
        notes = [note for note in self.page.notes if not (public.without and note.startswith(public.without))]
        if len(told) < len(made):
            few = len(made) - len(told)
            notes.append(f"Left out: {few} row{'s' * (few > 1)} of too few patients, or of patients who are counted at another unit.")
        if len(rows) < len(self.page.rows):
            notes.append(f"Left out: {gone}.")
        counts = [column for column in columns if _is_of(column, public.counts)]
        units = dict.fromkeys(counts, f"bands of {self.least:g}")
        notes.append("How numbers are rounded, and what is left out, stands in the first sheet.")
        formats = dict.fromkeys(counts, "#,##0")
        return replace(self.page, rows=told, notes=tuple(notes), units={**self.page.units, **units}, formats=formats)

    def _is_empty(self, made: Mapping[str, object], row: Mapping[str, object]) -> bool:
        """Whether all numbers of a row were figures, and none is left; beds of the plan and counts are worth a row."""
        figures = [column for column in made if _is_of(column, (*self.public.figures, *self.public.shares)) and _is_number(row[column])]
        is_kept = self.public.counts or any(column.startswith("beds") for column in made)
        return bool(figures) and not is_kept and not any(_is_number(made[column]) for column in figures)

    def _row(self, row: Mapping[str, object]) -> dict:
        if self.public.is_by_unit:
            return self._row_by_unit(row)
        made = dict(row)
        pairs: dict[str, list[str]] = {}
        for column, value in row.items():
            if not _is_number(value):
                continue
            if _is_of(column, self.public.counts):
                made[column] = shown(value, self.least)
            elif _is_of(column, (*self.public.figures, *self.public.shares)):
                pairs.setdefault(re.sub("baseline|option", "", column), []).append(column)
        for columns in pairs.values():
            made |= dict.fromkeys(columns)
            known = [column for column in columns if self._size(row, column) or not row[column]]
            figures = [self._figure(row, column, _is_of(column, self.public.shares)) for column in known]
            finest = self.sizes.step_gbp(self.least) if "gbp" in columns[0] else 0.0
            made |= zip(known, rounded(figures, finest)[0])
        return made

    def _row_by_unit(self, row: Mapping[str, object]) -> dict:
        """A row that says its unit: a difference is that of what is shown, and a range has its step."""
        unit, made = row["unit"], dict(row)
        if not unit or unit in FACTS or unit in self.public.fact_units or row.get("key") in self.public.fact_units:
            return made
        ends = [column for column in ("baseline", "option", "value") if _is_number(row.get(column))]
        changes = [column for column in ("difference", "change") if _is_number(row.get(column))]
        ranges = [column for column in ("discounted_difference", "low", "high") if _is_number(row.get(column))]
        made |= dict.fromkeys(ranges)
        if unit in COUNTS and not any(row[column] > self._size(row, column) for column in ends):
            made |= {column: shown(row[column], self.least) for column in ends}
        else:
            is_share = unit == "%"
            scale = 100.0 if is_share else 1.0
            # Several journeys a patient tell patients more closely than their band: they are a figure, though none of a handful is shown.
            step_gbp = self.sizes.step_gbp(self.least)
            finest = {"GBP": step_gbp, "GBP million": 1e-6 * step_gbp, **dict.fromkeys(COUNTS, self.least)}.get(unit, 0.0)
            rounds = [*ends, *([] if len(ends) > 1 else changes)]
            figures = [self._figure({**row, column: row[column] / scale}, column, is_share) for column in rounds]
            if unit in COUNTS:
                figures = [None if 0 < abs(row[column]) < self.least else each for column, each in zip(rounds, figures)]
            found, step = rounded(figures, finest)
            made |= {column: value if value == MARK else _plain(scale * value) for column, value in zip(rounds, found)}
            if self._of(row) == ("whole", None) and step and len(ends) > 1 and unit not in COUNTS:
                made |= {column: _plain(scale * step * round(row[column] / scale / step)) for column in ranges}
        if len(ends) > 1:
            made |= {column: self._difference(made, row[column], unit) for column in changes}
        return made

    def _difference(self, made: Mapping[str, object], true: float, unit: str) -> object:
        if MARK in (made["baseline"], made["option"]) or (unit in COUNTS and 1e-9 < abs(true) < self.least):
            return MARK
        return _plain(made["option"] - made["baseline"])

    def _figure(self, row: Mapping[str, object], column: str, is_share: bool) -> Figure | None:
        size = self._size(row, column)
        if not size:  # nothing of nobody; of whom it is not known, nothing is told
            return None if row[column] else Figure(0.0, 0.0)
        return (of_share if is_share else of_patients)(float(row[column]), size, self.least)

    def _size(self, row: Mapping[str, object], column: str) -> float:
        """How many patients a column of a row is of; 0 where it is of none, or where they are counted elsewhere."""
        side = "option" if "option" in column or row.get("scenario") == "option" else "baseline"
        if not self.public.size:
            return self.sizes.patients(*self._of(row), side)
        size = row.get(self.public.size.format(side=side))
        return float(size) if _is_number(size) else 0.0

    def _of(self, row: Mapping[str, object]) -> tuple[str, object]:
        """The kind and the name of what a row is of."""
        kind = self.public.of
        if kind == "body":
            return str(row.get("level", "icb")), row.get("body")
        if kind == "whole":
            found = re.fullmatch(r"spent (\w+)=(.*)", str(row.get("key")))
            return (found[1], found[2]) if found else ("whole", None)
        return kind, row.get(kind)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _is_of(column: str, wanted: Iterable[str]) -> bool:
    return any(fnmatchcase(column, each) for each in wanted)


def _plain(value: float) -> float:
    """A number without what is left of sums of fractions."""
    return float(f"{value:.10g}")


def in_bands(text: str, least: float, step_gbp: float = 0.0) -> str:
    """What a scenario says of itself, with volumes of units in bands and their money in steps.

    Examples
    --------
    >>> in_bands("Dover stays: 412 a year becomes 598 of 600 (from growth 3, Ashford 183), beds 12", 5)
    'Dover stays: 410 a year becomes 595 of 600 (from growth [c], Ashford 180), beds 12'
    >>> in_bands("2 units close, all under 600 a year, with a loss of GBP 1,234,567 a year in all", 5, 50_000)
    '2 units close, all under 600 a year, with a loss of GBP 1,250,000 a year in all'
    """

    def count(found: re.Match) -> str:
        number = float(found[0].replace(",", ""))
        told = shown(number, least)
        return told if isinstance(told, str) else f"{told:,}" if "," in found[0] else f"{told:g}"

    def money(found: re.Match) -> str:
        return f"GBP {rounded([Figure(float(found[1].replace(',', '')), step_gbp)], step_gbp)[0][0]:,.0f}"

    text = re.sub(r"\bGBP (\d[\d,]*)(?= a year)", money, text)
    text = re.sub(r"(?<!GBP )(?<![\d,.])\d[\d,]*(?= a year)|(?<=becomes )\d[\d,]*(?= of )", count, text)
    return re.sub(r"(?<=\(from )[^()]*(?=\))", lambda found: re.sub(r"\b\d+(?=,|$)", count, found[0]), text)


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


def without_places(page: Page) -> Page:
    """A sheet whose every text has absolute paths as their last part."""
    texts = {key: without_folders(getattr(page, key)) for key in ("title", "source")}
    return replace(page, rows=without_folders(list(page.rows)), notes=tuple(without_folders(list(page.notes))), **texts)


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
    return _PATH.sub(lambda found: re.split(r"[\\/]", found[1].rstrip("\\/"))[-1], text)
