"""Tables of parameters: every number of a service, each with its unit, source and confidence; and numbers of a region's own that
stand in for some of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from .distribution import Distribution
from .estimates import BASES, CONFIDENCES
from .fault import Fault, InputError, is_number, nearest_spelling, refuse
from .service import Parameter
from .source import table_of_numbers
from .tables import Column, Table, read_table

_LAW_COLUMNS = ("mean", "sd", "median", "lower", "upper")
_END = Column(float, blank=math.nan)
PARAMETER_COLUMNS = {
    "name": Column(is_unique=True, meaning="the parameter, as the sentences of the service name it"),
    "value": replace(_END, meaning="the number; blank where a law is given"),
    "law": Column(blank="", meaning="of a duration: lognormal, exponential, fixed ...; blank for a plain number"),
    "mean": replace(_END, meaning="of the law"),
    "sd": replace(_END, meaning="of the law: standard deviation"),
    "median": replace(_END, meaning="of the law, where mean and sd are not known"),
    "lower": replace(_END, meaning="of the law: lower quartile"),
    "upper": replace(_END, meaning="of the law: upper quartile"),
    "unit": Column(meaning="what the number counts: days, share of ..., GBP 2024/25 per ..."),
    "source": Column(meaning="where it comes from, so that somebody else can find it"),
    "confidence": replace(CONFIDENCES, meaning="high, medium or low; low marks every output that uses it as a guess"),
    "basis": replace(BASES, meaning="seen, derived, memory, assumption or user"),
    "note": Column(blank="", meaning="anything else"),
    "low": replace(_END, is_required=False, meaning="lower end of the 95 % interval of the number, or of the law's mean (median)"),
    "high": replace(_END, is_required=False, meaning="upper end of it"),
    "interval": Column(blank="", is_required=False, meaning="how the interval was got"),
}
"""The columns of a table of parameters."""

def read_parameters(name: str) -> dict[str, Parameter]:
    """The parameters of a service by name, from the shipped table or from a table of the same columns."""
    return parameters_of(read_table(table_of_numbers(name), PARAMETER_COLUMNS))


def parameters_of(table: Table) -> dict[str, Parameter]:
    """The parameters of a table by name; a row that makes none is refused with all others."""
    made, faults = {}, []
    for place, name in enumerate(table["name"].tolist()):
        row = {column: values[place].item() for column, values in table.items()}
        try:
            said = (row[key] for key in ("unit", "source", "confidence", "basis", "note"))
            made[name] = Parameter(name, _value(row), *said, *_interval(row), row.get("interval", ""))
        except InputError as error:
            faults += [table.fault(place, f"{name}: {each}") for each in error.each]
    refuse(faults)
    return made


def _value(row: Mapping[str, object]) -> object:
    """The number or the law of a row."""
    given = {key: row[key] for key in _LAW_COLUMNS if is_number(row[key])}
    if row["law"]:
        return Distribution(row["law"], **given)
    faults = [Fault("value must be a finite number, or a law must be named", None if row["value"] != row["value"] else row["value"])]
    refuse(faults if not is_number(row["value"]) else [])
    refuse([Fault(f"{', '.join(given)} say nothing without a law", cure="name one, or leave them blank")] if given else [])
    return row["value"]


def _interval(row: Mapping[str, object]) -> tuple[float | None, float | None]:
    """The ends of a row's interval; None where it has none."""
    low, high = (end if is_number(end) else None for end in (row.get("low"), row.get("high")))
    middle = row["value"] if not row["law"] else next((row[key] for key in ("mean", "median") if is_number(row[key])), None)
    if low is None and high is None:
        return None, None
    holds = None not in (low, high, middle) and low <= middle <= high and low < high
    refuse([] if holds else [Fault("low and high go together and hold the value between them", (low, middle, high))])
    return low, high


def stand_in(table: Mapping[str, Parameter], own: Mapping[str, Parameter], at: Mapping[str, str]) -> dict[str, Parameter]:
    """A table in which a region's own numbers stand where it has any; those it does not know are left to whoever knows them.

    Parameters
    ----------
    table
        By name.
    own
        The region's own, by name.
    at
        Where each of these stands, as faults say it.

    Raises
    ------
    InputError
        Where a law stands in for a number, or a number for a law.
    """
    made, faults = dict(table), []
    for name, parameter in own.items():
        if name not in table:
            continue
        is_law = isinstance(table[name].value, Distribution)
        if isinstance(parameter.value, Distribution) != is_law:
            rule = f"{name} must be a {'law' if is_law else 'number'}, as that of the service is"
            faults.append(Fault(rule, file=at.get(name, "")))
        made[name] = parameter
    refuse(faults)
    return made


def unknown_numbers(own: Mapping[str, Parameter], at: Mapping[str, str], *tables: Mapping[str, object]) -> list[Fault]:
    """Numbers of a region's own whose names are in none of the tables."""
    known = [name for table in tables for name in table]
    rule = "no number of the service or of finance has this name"
    return [
        Fault(rule, name, nearest_spelling(name, known)[2:] or "remove it", at.get(name, ""))
        for name in own
        if name not in known
    ]
