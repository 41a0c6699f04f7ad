"""Estimates: numbers with a 95 % interval, read from a table that says of each where it comes from and what speaks against it.

They are parameters like all others and are written with them. A row without an interval is taken as certain; what is not known of
it is then said in its confidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from .fault import Fault, is_number, nearest_spelling, refuse, settings
from .service import Parameter
from .source import table_of_numbers
from .tables import NOTE, TEXT, Column, read_table

_NUMBER = Column(float)
_END = Column(float, blank=np.nan)
BASES = Column(known=("seen", "derived", "memory", "assumption", "user"))
"""How a number was got: seen in its source, derived from it, from memory, assumed, or the user's own."""

CONFIDENCES = Column(known=("high", "medium", "low"))
"""How far a number is to be trusted."""

_SAID = {"unit": TEXT, "source": TEXT, "confidence": CONFIDENCES, "basis": BASES}

MRS = tuple(f"mrs_{score}" for score in range(7))
"""The columns of a table by score of the modified Rankin scale, 0 (no symptoms) to 6 (dead)."""


def read_estimates(name: str, needed: Iterable[str], of: str) -> dict[str, Parameter]:
    """The estimates of a table by name.

    Parameters
    ----------
    name
        A shipped table, or the path of a table with the columns ``name``, ``value``, ``low``, ``high``, ``unit``, ``source``,
        ``confidence``, ``basis``, ``interval`` (how it was got), ``contrary`` (evidence against it) and ``note``.
    needed
        Names that must be there.
    of
        The heading of the config that names the table, as faults say it.
    """
    path = table_of_numbers(name, of)
    columns = {"name": Column(is_unique=True), "value": _NUMBER, "low": _END, "high": _END, **_SAID}
    table = read_table(path, {**columns, "interval": NOTE, "contrary": NOTE, "note": NOTE})
    made, faults = {}, []
    for row in range(len(table["name"])):
        cells = {column: values[row].item() for column, values in table.items()}
        low, high = (None if cells[end] != cells[end] else cells[end] for end in ("low", "high"))
        if (low is None) != (high is None) or (low is not None and not low <= cells["value"] <= high):
            rule = f"{cells['name']}: low and high go together and hold the value between them"
            faults.append(table.fault(row, rule, (low, cells["value"], high)))
        made[cells["name"]] = Parameter(**{**cells, "low": low, "high": high})
    lacking = [each for each in needed if each not in made]
    faults += [Fault("a row is missing", each, f"add {each}", file=path.name) for each in lacking]
    refuse(faults, of=of)
    return made


def set_estimates(table: Mapping[str, Parameter], given: object, of: str) -> dict[str, Parameter]:
    """Some of the estimates set by the user, who then is their source.

    Parameters
    ----------
    table
        As read.
    given
        By name a number, then taken as certain, or ``{value: 45, low: 30, high: 60}``.
    of
        The heading of the config, as faults say it.
    """
    made, faults = dict(table), []
    for name, value in settings(given, of).items():
        if name not in table:
            faults.append(Fault(f"unknown parameter {name!r}" + nearest_spelling(name, table)))
        elif value is not None:
            ends = settings(value if isinstance(value, Mapping) else {"value": value}, f"{of} {name}")
            numbers = [ends.get("value"), ends.get("low", ends.get("value")), ends.get("high", ends.get("value"))]
            bad = set(ends) - {"value", "low", "high"} or not all(is_number(each) for each in numbers)
            if bad or not numbers[1] <= numbers[0] <= numbers[2]:
                faults.append(Fault(f"{name} is a number, or value, low and high with the value between", value))
                continue
            low, high = numbers[1:] if len(ends) > 1 else (None, None)
            said = {"source": "set by the user", "basis": "user", "interval": ""}
            made[name] = replace(table[name], value=float(numbers[0]), low=low, high=high, **said)
    refuse(faults, of=of)
    return made


def read_scores(name: str, needed: Iterable[str], of: str) -> tuple[dict[str, np.ndarray], dict[str, Parameter]]:
    """A table of values by score of the modified Rankin scale.

    Parameters
    ----------
    name
        A shipped table, or the path of a table with the columns ``name``, ``mrs_0`` to ``mrs_6``, ``unit``, ``source``,
        ``confidence``, ``basis`` and ``note``. Shares are cumulative: of patients at this score or better.
    needed
        Names that must be there.
    of
        The heading of the config that names the table, as faults say it.

    Returns
    -------
    By name, (7,) values, and the same rows as parameters, whose value is what is written: the seven numbers.
    """
    path = table_of_numbers(name, of)
    columns = {"name": Column(is_unique=True), **dict.fromkeys(MRS, _NUMBER), **_SAID, "note": NOTE}
    table = read_table(path, columns)
    values, said, faults = {}, {}, []
    for row, key in enumerate(table["name"].tolist()):
        values[key] = np.array([table[score][row] for score in MRS])
        text = {column: table[column][row].item() for column in (*_SAID, "note")}
        said[key] = Parameter(key, ", ".join(f"{value:g}" for value in values[key]), **text)
        is_cumulative = text["unit"].startswith("share")
        if is_cumulative and not (np.all(np.diff(values[key]) >= 0) and values[key][0] > 0 and values[key][-1] == 1):
            rule = f"{key}: cumulative shares start above 0, never fall and end at 1"
            faults.append(table.fault(row, rule, values[key].tolist()))
    lacking = [each for each in needed if each not in values]
    faults += [Fault("a row is missing", each, f"add {each}", file=path.name) for each in lacking]
    refuse(faults, of=of)
    return values, said
