"""Seasons: how arrivals vary over the year and the week, from a table. The rate of a whole year stays what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from .demand import Demand
from .fault import Fault, refuse, settings
from .tables import Column, read_table

_RATE = Column(float, least=0)


def with_seasons(demand: Demand, given: Mapping | None) -> Demand:
    """Demand whose rates follow tables of the user's.

    Parameters
    ----------
    demand
        Demand as it is.
    given
        ``month``: a CSV file with columns month (1 to 12) and rate; ``hour``: one with weekday (1 Monday to 7 Sunday), hour (0 to
        23) and rate. Either may be null, which is flat. Rates are relative: each table is scaled to a mean of 1.
    """
    given = settings(given, "service arrivals", known=("month", "hour"))
    texts = [
        Fault(f"arrivals.{key} is the path of a table", value)
        for key, value in given.items()
        if not isinstance(value, (str, type(None)))
    ]
    refuse(texts)
    if given.get("month"):
        columns = {"month": Column(int, least=1, most=12), "rate": _RATE}
        demand = replace(demand, month=_filled(given["month"], columns, (12,), ("month",), (1,)))
    if given.get("hour"):
        columns = {"weekday": Column(int, least=1, most=7), "hour": Column(int, least=0, most=23), "rate": _RATE}
        demand = replace(demand, hour=_filled(given["hour"], columns, (7, 24), ("weekday", "hour"), (1, 0)))
    return demand


def _filled(
    path: str, columns: Mapping[str, Column], shape: tuple[int, ...], keys: tuple[str, ...], first: tuple[int, ...]
) -> np.ndarray:
    """The table as an array of mean 1; a place left out or given twice, or no rate above 0, is refused."""
    table = read_table(path, columns)
    place = tuple(table[key] - start for key, start in zip(keys, first))
    count = np.zeros(shape, dtype=int)
    np.add.at(count, place, 1)
    name = Path(path).name
    faults = [
        Fault(
            f"{' '.join(f'{key} {at + start}' for key, at, start in zip(keys, where, first))} must be given once",
            int(count[tuple(where)]),
            file=name,
        )
        for where in np.argwhere(count != 1)[:10]
    ]
    refuse(faults)
    rate = np.zeros(shape)
    rate[place] = table["rate"]
    refuse([] if rate.sum() > 0 else [Fault("some rate must be above 0", file=name)])
    return rate / rate.mean()
