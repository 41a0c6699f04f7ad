"""Asking points of a sweep again, and holding what they give against what is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from ..service.fault import Fault, refuse
from ..store.code import code_version
from ..store.repeat import changed_inputs, close
from .answer import Find, answer
from .parts import NUMBERS, Row, rounded
from .plan import Stored
from .standing import standing


class Again(NamedTuple):
    """What became of it."""

    asked: int
    done: int
    """Points of the sweep that can be asked again."""
    differences: list[str]
    changed: list[str]
    """What the sweep rests on that is another than it was."""


def again(stored: Stored, find: Find, hashes: Callable[[Mapping], Mapping[str, str]], most: int) -> Again:
    """Ask some points of a sweep again.

    Parameters
    ----------
    stored
        The sweep's plan.
    find
        Asks the question of a config.
    hashes
        The hashes of the tables that a config's region has now, by file.
    most
        How many points at most, evenly spread over those that are done.
    """
    done = np.flatnonzero(standing(stored).is_done)
    refuse([] if len(done) else [Fault("no point of the sweep is done", stored.folder.name, "run it first")])
    rows = done[np.unique(np.linspace(0, len(done) - 1, min(most, len(done))).round().astype(int))]
    points = list(stored.points(rows.tolist()))
    kept, differs, changed = kept_rows(stored, {point.key for point in points}), [], {}
    for point in points:
        known, now = ({"data": data, "code": code} for data, code in ((point.data, stored.code), (hashes(point.config), code_version())))
        changed |= dict.fromkeys(changed_inputs(known, now))
        found = answer(point, stored.by, find)
        name = f"point {point.number + 1} ({point.scenario})"
        differs += [f"{name}: {found.reason}"] if found.reason else [f"{name} {said}" for said in _unlike(kept[point.key], found.rows)]
    return Again(len(points), len(done), differs, list(changed))


def kept_rows(stored: Stored, keys: set[str]) -> dict[str, list[Row]]:
    """The rows of some points as the parts have them."""
    from pyarrow import dataset

    of = dataset.field("key").isin(sorted(keys)) & (dataset.field("measure") != "")
    made: dict[str, list[Row]] = {key: [] for key in keys}
    seen: dict[str, str] = {}
    for path in sorted(stored.parts.glob("part-*.parquet")):
        for row in dataset.dataset(path).to_table(filter=of).to_pylist():
            if seen.setdefault(row["key"], path.name) == path.name:  # a point may be in several parts; they say the same
                made[row["key"]].append(Row(**{name: row[name] for name in Row._fields}))
    return made


def _unlike(kept: list[Row], found: tuple[Row, ...]) -> list[str]:
    """Where rows of one point differ, a line each."""
    if [(row.measure, row.by, row.unit) for row in kept] != [(row.measure, row.by, row.unit) for row in found]:
        return ["has other measures"]
    return [
        f"{row.measure} {row.by} {name}: {was} and {now}"
        for row, same in zip(kept, found)
        for name in NUMBERS
        if (was := getattr(row, name)) != (now := rounded(getattr(same, name))) and not close(was, now)
    ]
