"""The assumptions book: every number of a run with its source, confidence, owner and effect, to be edited and run again.

A row whose value or interval was changed in the book sets that number; a row left alone sets nothing. Whoever reads the book finds every
fault in it at once, with sheet, row, column, what was found, the rule and the cure.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..service.distribution import Distribution
from ..service.fault import Fault, InputError, nearest_spelling, refuse
from ..service.service import Parameter
from ..service.source import WORKBOOKS, Source
from ..service.tables import NOTE, Column, Table, scan_table
from .describe import describe
from .finished import Finished
from .reading import read_rows
from .results import DIGITS
from .spreadsheet import Page, typed

SHEET = "Assumptions"
EDITED = ("value", "low", "high", "source", "owner", "signed_off")
"""Columns that the reader may change."""

_ENDS = {"at_low": "at low", "as_tabled": "as it is", "at_high": "at high"}

WITH_INTERVAL = ("service.outcome.parameters", "service.burden.parameters", "finance.parameters")
"""Settings under which a number may have an interval."""

_CONFIDENCE = ("high", "medium", "low")
_COLUMNS = {
    "parameter": Column(is_unique=True),
    "value": NOTE,
    "low": NOTE,
    "high": NOTE,
    "unit": NOTE,
    "price_year": Column(blank="", is_required=False),
    "source": NOTE,
    "confidence": Column(known=_CONFIDENCE, known_from=", ".join(_CONFIDENCE)),
    "guess": NOTE,
    "owner": NOTE,
    "signed_off": Column(blank="", known=("yes", "no", ""), known_from="yes, no or blank"),
    "effect": NOTE,
    "contrary": NOTE,
    "note": NOTE,
    "value_of_run": NOTE,
    "low_of_run": NOTE,
    "high_of_run": NOTE,
    "set_by": NOTE,
}


def book_page(run: Finished, effect: Mapping[str, str], usually: str) -> Page:
    """The book as a sheet.

    Parameters
    ----------
    run
        The finished run.
    effect
        By parameter, what it does to the decision.
    usually
        What is said of the others.
    """
    known = run.provenance.get("assumptions") or {}
    own = known.get("said", {})
    rows = []
    for of in typed_numbers(run):
        name = of["parameter"]
        said = own.get(name, {})
        rows.append(
            {
                **{key: of[key] for key in ("parameter", "value", "low", "high", "unit")},
                "price_year": of.get("price_year"),
                "source": said.get("source") or of["source"],
                **{key: of[key] for key in ("confidence", "guess")},
                "owner": said.get("owner"),
                "signed_off": said.get("signed_off"),
                "effect": effect.get(name) or _why_not(of, usually),
                **{key: of[key] for key in ("contrary", "note")},
                **{f"{key}_of_run": of[key] for key in ("value", "low", "high")},
                "set_by": of["set_by"],
            }
        )
    notes = (
        f"Edit the blue columns and run again with assumptions=<this file>. Values of the run {run.name} stand to the right; what is left "
        "as it is sets nothing.",
        "Amounts in GBP are in pounds of their price_year. One set by finance.parameters is read in pounds of "
        "finance.price_year: bring it there first.",
        "A law is written as it stands: lognormal (mean 4.1, sd 3.67). Rows without set_by are parts of tables that are given as a whole.",
        "Effect: the headline with the number at the low and at the high end of its interval, all others as they are.",
    )
    choices = {"signed_off": ("yes", "no")}
    return Page(SHEET, f"Assumptions book: {run.name}", rows, "parameters.csv of the run", notes, {}, EDITED, True, choices)


def typed_numbers(run: Finished) -> list[dict]:
    """The rows of ``parameters.csv`` with numbers as numbers where they are ones, cell by cell."""
    return [
        {key: typed([{key: text}])[0][key] if key in ("value", "low", "high") else text or None for key, text in row.items()}
        for row in run.table("parameters.csv")
    ]


def _why_not(of: Mapping[str, object], usually: str) -> str:
    if of["low"] is None or of["high"] is None:
        return "not known: no interval is given"
    return usually


def effects_of_study(folder: Path, run: Finished) -> dict[str, str]:
    """By parameter, what an analysis of uncertainty says of it: each measure it looked at, at both ends of the number's interval.

    Parameters
    ----------
    folder
        What ``python -m sim uncertainty`` wrote.
    run
        The run whose option is looked up there.

    Raises
    ------
    InputError
        If it is no such folder, or does not know the option.
    """
    path = Path(folder) / "tornado.csv"
    cure = "give the folder that `python -m sim uncertainty` wrote"
    refuse([] if path.is_file() else [Fault("no analysis of uncertainty", str(folder), cure)])
    rows = read_rows(path)
    options = list(dict.fromkeys(row["option"] for row in rows))
    own = next((name for name in options if name in (run.name, f"scenario={run.name}")), None)
    cure = "it knows " + ", ".join(options)
    refuse([Fault("the analysis of uncertainty has not the option of this run", run.name, cure, str(path))] if own is None else [])
    label = {each.key: (each.label, each.unit) for each in run.option_row}
    made: dict[str, list[str]] = {}
    for row in rows:
        if row["option"] == own and row["measure"] in label:
            words, unit = label[row["measure"]]
            ends = ", ".join(f"{row.number(key):,.4g} {said}" for key, said in _ENDS.items())
            turn = f"; TURNS at {row.number('zero_at'):.4g}" if row["zero_at"] else ""
            made.setdefault(row["parameter"], []).append(f"change in {words}: {ends} ({unit}){turn}")
    return {name: "; ".join(said) for name, said in made.items()}


@dataclass(frozen=True, eq=False)
class Book:
    """An assumptions book as it was read."""

    file: str
    """Its name, without the folders it lies in."""
    sha256: str
    given: Mapping[str, Mapping[str, object]]
    """By setting, by parameter, what it is set to: only what was edited."""
    said: Mapping[str, Mapping[str, str]]
    """By parameter, its owner, whether it is signed off, and a source that was changed: where anything is said."""
    value: Mapping[str, str]
    """By parameter, its value as the book has it."""
    row: Mapping[str, int]
    """By parameter, the row in which it stands."""
    sheet: str

    @property
    def record(self) -> dict:
        """What provenance and the configuration keep of it."""
        edited = {f"{setting}.{name}": value for setting, of in self.given.items() for name, value in of.items()}
        return {"file": self.file, "sha256": self.sha256, "edited": edited, "said": {k: dict(v) for k, v in self.said.items()}}

    def blamed(self, faults: Iterable[Fault | str]) -> list[Fault | str]:
        """What the model refuses, with the rows of the book that may be to blame: those of the numbers it names, else all edited."""
        edited = {name: self.row[name] for of in self.given.values() for name in of}
        faults = [line for each in faults for line in (_lines(each) if isinstance(each, str) else [each])]
        named = {name: row for name, row in edited.items() if any(re.search(rf"\b{re.escape(name)}\b", str(each)) for each in faults)}
        said = ", ".join(f"{name} (row {row})" for name, row in (named or edited).items())
        return [*faults, *([Fault("these numbers were edited", said, "look at them first", self.sheet)] if said else [])]

    def check(self, parameters: Mapping[str, Parameter]) -> None:
        """Refuse a model whose numbers are not those of the book: a setting that its run had is missing, or another was added."""
        faults = []
        for name, said in self.value.items():
            if name not in parameters:
                cure = "give the same service and finance as the run of the book"
                faults.append(Fault(f"{name} is not used here", said, cure, self.sheet, self.row[name], "parameter"))
            elif not _is_value(said, parameters[name].value):
                rule = f"{name} is {describe(parameters[name].value)} here: the book is of a run with other settings"
                faults.append(Fault(rule, said, "repeat the settings of that run, or change the book", self.sheet, self.row[name], "value"))
        refuse(faults)


def read_book(path: Path | str) -> Book:
    """Read an assumptions book.

    Parameters
    ----------
    path
        The workbook that ``pack`` wrote, or its sheet as CSV.

    Raises
    ------
    InputError
        With every fault of every row.
    """
    path = Path(path)
    refuse([] if path.is_file() else [Fault("no such assumptions book", str(path), "write one with `python -m sim pack <folder>`")])
    source = Source(path, SHEET) if path.suffix.lower() in WORKBOOKS else Source(path)
    table = scan_table(source, _COLUMNS)
    faults = list(table.faults)
    given: dict[str, dict[str, object]] = {}
    if set(_COLUMNS) <= set(table):
        for place in range(len(table["parameter"])):
            row = {column: str(table[column][place]).strip() for column in _COLUMNS}
            faults += _row_faults(table, place, row, given)
    refuse(faults)
    names = [str(name) for name in table["parameter"]]
    return Book(
        path.name,
        hashlib.sha256(path.read_bytes()).hexdigest(),
        given,
        _said(table),
        {name: str(value) for name, value in zip(names, table["value"]) if str(value)},
        {name: int(row) for name, row in zip(names, table.row)},
        source.name,
    )


def _said(table: Table) -> dict[str, dict[str, str]]:
    made = {}
    for place, name in enumerate(table["parameter"]):
        said = {key: str(table[key][place]) for key in ("owner", "signed_off") if str(table[key][place])}
        if str(table["value"][place]) != str(table["value_of_run"][place]) and str(table["source"][place]):
            said["source"] = str(table["source"][place])
        if said:
            made[str(name)] = said
    return made


def _row_faults(table: Table, place: int, row: Mapping[str, str], given: dict) -> Iterator[Fault]:
    """The faults of a row; what it sets goes into ``given``."""
    changed = [column for column in ("value", "low", "high") if not _same(row[column], row[f"{column}_of_run"])]
    if not changed:
        return
    name, setting = row["parameter"], row["set_by"]
    if not setting:
        cure = f"write {row['value_of_run']} back; tables are given as a whole, in a file of their own"
        yield table.fault(place, f"{name} is part of a table and cannot be set alone", row["value"], cure, changed[0])
        return
    if setting not in (*WITH_INTERVAL, "service.parameters"):
        known = (*WITH_INTERVAL, "service.parameters")
        yield table.fault(place, "unknown setting", setting, "known: " + ", ".join(known) + nearest_spelling(setting, known), "set_by")
        return
    faults: list[Fault] = []
    value = _value(table, place, row, faults)
    ends = {} if not faults and isinstance(value, float) else None
    if ends is not None and (row["low"] or row["high"]):
        ends = _ends(table, place, row, value, setting, changed, faults)
    yield from faults
    if not faults:
        given.setdefault(setting, {})[name] = {"value": value, **ends} if ends else value


def _value(table: Table, place: int, row: Mapping[str, str], faults: list[Fault]) -> object:
    """What the cell says: a number, or a law as ``Distribution.read`` takes it."""
    text, was = row["value"], row["value_of_run"]
    if not text:
        faults.append(table.fault(place, "a value is needed", None, f"write {was} back", "value"))
        return None
    if "(" in was:
        try:
            return law_of(text)
        except InputError as error:
            faults.append(table.fault(place, str(error), text, f"as {was}", "value"))
            return None
    found = _number(text)
    if found is None:
        faults.append(table.fault(place, "a number is needed", text, f"as {was}", "value"))
        return None
    least, most = _limits(row["unit"], _number(was))
    if not least <= found <= most:
        rule = f"{row['parameter']} must lie between {least:g} and {most:g} ({row['unit']})" if most < 1e300 else "must be 0 or more"
        faults.append(table.fault(place, rule, text, f"it was {was}", "value"))
    return found


def _ends(table: Table, place: int, row: Mapping[str, str], value: float, setting: str, changed: list[str], faults: list[Fault]) -> dict:
    """The interval of a row, where its setting knows one."""
    if setting not in WITH_INTERVAL:
        if "low" in changed or "high" in changed:
            column = "low" if "low" in changed else "high"
            faults.append(table.fault(place, "this number takes no interval", row[column], "leave low and high as they were", column))
        return {}
    ends = {key: _number(row[key]) for key in ("low", "high")}
    for key, end in ends.items():
        if end is None:
            faults.append(table.fault(place, "low and high are numbers, or both blank", row[key] or None, "fill in both or neither", key))
    if not faults and not ends["low"] <= value <= ends["high"]:
        said, cure = (ends["low"], value, ends["high"]), "widen the interval or change the value"
        faults.append(table.fault(place, "low, value and high must be in that order", said, cure, "value"))
    return ends


def law_of(text: str) -> dict:
    """A law from what the book says of it.

    Examples
    --------
    >>> law_of("lognormal (mean 4.1, sd 3.67)")
    {'law': 'lognormal', 'mean': 4.1, 'sd': 3.67}
    """
    found = re.fullmatch(r"\s*(\w+)\s*\((.*)\)\s*", text)
    refuse([] if found else [Fault("a law is written as lognormal (mean 4.1, sd 3.67)", text)])
    made: dict = {"law": found[1]}
    for part in found[2].split(","):
        words = part.split()
        value = _number(words[1]) if len(words) == 2 else None
        refuse([] if value is not None else [Fault("each part of a law is a name and a number", part.strip())])
        made[words[0]] = value
    Distribution.read(dict(made))
    return made


def _limits(unit: str, was: float | None) -> tuple[float, float]:
    """What a number may be, by its unit: a share lies between 0 and 1, or -1 and 1 where it is of a year or was negative."""
    is_signed = "a year" in unit or "utility" in unit or (was is not None and was < 0)
    if unit.startswith("share"):
        return (-1.0 if is_signed else 0.0), 1.0
    return (-1e300 if is_signed and not unit.startswith("GBP") else 0.0), 1e300


def _number(text: str) -> float | None:
    try:
        found = float(str(text).replace(",", ""))
    except ValueError:
        return None
    return found if abs(found) < 1e300 else None


def _lines(said: str) -> list[str]:
    """The faults in a text of several."""
    return [line.strip() for line in said.splitlines() if not re.fullmatch(r".*\b\d+ faults", line)]


def _is_value(said: str, value: object) -> bool:
    """Whether a cell says a value, to the digits that ``parameters.csv`` has of it."""
    found = _number(said)
    if isinstance(value, float | int) and found is not None:
        return abs(found - value) <= 1e-5 * max(abs(found), abs(value))
    if not isinstance(value, str | float | int) and "(" in said:
        return describe(Distribution.read(law_of(said))) == describe(value)
    return _same(said, describe(value))


def _same(one: str, other: str) -> bool:
    """Whether two cells say the same, numbers to the digits that are kept."""
    if one == other:
        return True
    x, y = _number(one), _number(other)
    if x is None or y is None:
        return " ".join(one.split()) == " ".join(other.split())
    return abs(x - y) <= 10.0 ** (1 - DIGITS) * max(abs(x), abs(y))
