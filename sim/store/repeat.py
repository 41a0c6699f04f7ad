"""Whether two results folders say the same, byte for byte or to the digits that are promised across machines; and what they rest on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from ..service.fault import InputError
from .reading import read_columns, read_text
from .results import DIGITS

IGNORED = ("results", "figures", "report")
"""Settings of a run that change no number."""

OUTCOMES = "outcomes.parquet"


def differences(one: Path, other: Path) -> list[str]:
    """What differs between the tables of two results folders, a line each; empty where nothing does.

    Tables, the outcomes of every replication among them, are compared cell by cell: text must be equal, numbers to 10 significant
    digits. Figures, pages and provenance are not compared: they may differ with the versions of libraries.
    """
    kinds = ("*.csv", "csv/*.csv", OUTCOMES)
    names = sorted({path.relative_to(folder).as_posix() for folder in (one, other) for kind in kinds for path in folder.glob(kind)})
    found = []
    for name in names:
        if not (one / name).is_file() or not (other / name).is_file():
            found.append(f"{name} is only in one of the folders")
        elif (one / name).read_bytes() != (other / name).read_bytes():
            try:
                found += _cells(name, _rows(one / name), _rows(other / name))
            except InputError as error:
                found.append(str(error))
    return found


def _rows(path: Path) -> list[list[str]]:
    """A table as text, its head first."""
    if path.suffix == ".parquet":
        columns = {name: ["" if value is None else str(value) for value in column] for name, column in read_columns(path).items()}
        return [list(columns), *map(list, zip(*columns.values()))]
    return list(csv.reader(io.StringIO(read_text(path), newline="")))


def _cells(name: str, rows: list[list[str]], others: list[list[str]]) -> list[str]:
    if len(rows) != len(others) or rows[:1] != others[:1]:
        return [f"{name}: the tables have other rows or columns"]
    found = []
    for number, (row, same) in enumerate(zip(rows, others), start=1):
        for column, x, y in zip(rows[0], row, same):
            if x != y and not close(x, y):
                found.append(f"{name} row {number} column {column}: {x} and {y}")
    return found


def close(x: object, y: object) -> bool:
    """Whether two cells are numbers that are equal to the digits promised."""
    try:
        a, b = float(x), float(y)
    except (TypeError, ValueError):
        return False
    return abs(a - b) <= 10.0 ** (1 - DIGITS) * max(abs(a), abs(b))


RESTS_ON = {"python": "Python", "engine": "the engine", "boundaries": "the boundaries"}
"""What numbers rest on that is one word, and what it is called."""


def settings_kept(known: Mapping) -> dict | None:
    """The composed configuration that provenance keeps; None where it keeps none, or it cannot be read."""
    lines = known.get("config")
    if not isinstance(lines, list) or not lines or not all(isinstance(line, str) for line in lines):
        return None
    try:
        made = yaml.safe_load("\n".join(lines))
    except yaml.YAMLError:
        return None
    return made if isinstance(made, dict) else None


def changed_settings(known: Mapping, now: Mapping) -> list[str]:
    """Settings of two composed configurations that differ, a line each; where results go, what is drawn and the workers apart.

    Examples
    --------
    >>> changed_settings({"run": {"seed": 1, "years": 2}}, {"run": {"seed": 3}})
    ['the setting run.seed was 1, is 3', 'the setting run.years was 2, is not there']
    """
    before, after = dict(_leaves(known)), dict(_leaves(now))
    keys = [key for key in {**before, **after} if before.get(key, _NONE) != after.get(key, _NONE)]
    moving = [key for key in keys if key.partition(".")[0] not in IGNORED and key != "run.workers"]
    return [f"the setting {key} was {before.get(key, _NONE)}, is {after.get(key, _NONE)}" for key in moving]


_NONE = "not there"


def _leaves(given: object, path: str = "") -> Iterator[tuple[str, object]]:
    if not isinstance(given, Mapping) or not given:
        yield path, given
        return
    for key, value in given.items():
        yield from _leaves(value, f"{path}.{key}" if path else str(key))


def changed_inputs(known: Mapping, now: Mapping) -> list[str]:
    """What a run rests on that is another than it was, a line each: data by file, the code, libraries.

    Parameters
    ----------
    known, now
        The provenance of a results folder and that of its repetition. What an older folder did not record is not told.

    Examples
    --------
    >>> changed_inputs({"data": {"areas.csv": "1", "sites.csv": "2"}, "python": "3.11.7"},
    ...                {"data": {"areas.csv": "3"}, "python": "3.11.7"})
    ['the table areas.csv has changed', 'the table sites.csv is no more used']
    """
    before, after = known.get("data", {}), now.get("data", {})
    said = [f"the table {name} has changed" for name in before if name in after and after[name] != before[name]]
    said += [f"the table {name} is no more used" for name in before if name not in after]
    said += [f"the table {name} is new" for name in after if name not in before]
    if "code" in known and known["code"] != now["code"]:
        commits = f" (commit {known['commit']}, now {now['commit']})" if known.get("commit") != now.get("commit") else ""
        said.append(f"the code of sim or scenarios has changed{commits}")
    if known.get("assumptions") != now.get("assumptions"):
        said.append("the assumptions book has changed")
    settings, others = settings_kept(known), settings_kept(now)
    said += changed_settings(settings, others) if settings and others else []
    libraries, others = known.get("packages", {}), now.get("packages", {})
    said += [f"{name} was {libraries[name]}, is {others.get(name)}" for name in libraries if libraries[name] != others.get(name)]
    return said + [f"{name} was {known[key]}, is {now[key]}" for key, name in RESTS_ON.items() if key in known and known[key] != now[key]]
