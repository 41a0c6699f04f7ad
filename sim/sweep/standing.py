"""Standing: which points of a plan are done, which failed and why, and what a point costs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .parts import Part, known_parts, whole
from .plan import Stored

NOT_ASKED = "not asked yet, or lost before it was written"


@dataclass(frozen=True, eq=False)
class Standing:
    """How far a sweep is."""

    parts: tuple[Part, ...]
    part: np.ndarray
    """(P,) which part a point is read from; -1 for none."""
    is_done: np.ndarray
    """(P,) bool."""
    failed: Mapping[int, str]
    """Place in the plan: reason."""
    seconds: float
    """Mean computing time of a point that was asked; NaN before there is one."""

    @property
    def left(self) -> np.ndarray:
        """Places of points that are not done: failed or missing."""
        return np.flatnonzero(~self.is_done)

    def said(self) -> str:
        """In half a line."""
        done, failed, every = int(self.is_done.sum()), len(self.failed), len(self.is_done)
        return f"{done:,} of {every:,} done, {failed:,} failed, {every - done - failed:,} missing"


def standing(stored: Stored, before: Sequence[Part] = ()) -> Standing:
    """Look at the parts of a sweep.

    Where several parts hold a point, a done one goes before a failed one and then the first by name counts, whatever came when.

    Parameters
    ----------
    before
        The parts that an earlier look found.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = known_parts(stored.parts, before)
    keys = stored.keys()
    part = np.full(len(keys), -1)

    def place(of: list[str]) -> np.ndarray:
        found = pc.index_in(pa.array(of, pa.string()), value_set=keys)
        return found.fill_null(-1).to_numpy(zero_copy_only=False)

    def fill(lists: list[Sequence[str]]) -> np.ndarray:
        """Give points that have no part yet the first that holds them."""
        places = place([key for each in lists for key in each])
        number = np.repeat(np.arange(len(lists)), [len(each) for each in lists])
        rows, first = np.unique(places, return_index=True)
        new = (rows >= 0) & (part[rows] < 0)
        part[rows[new]] = number[first[new]]
        return rows[new]

    is_done = np.zeros(len(keys), dtype=bool)
    is_done[fill([each.done for each in parts])] = True
    rows = fill([list(each.failed) for each in parts])
    names = keys.take(pa.array(rows)).to_pylist()
    failed = {int(row): parts[part[row]].failed[name] for row, name in zip(rows, names)}
    asked = sum(len(each.done) + len(each.failed) for each in parts)
    seconds = sum(each.seconds for each in parts) / asked if asked else float("nan")
    return Standing(tuple(parts), part, is_done, failed, seconds)


def write_lost(folder: Path, reasons: Mapping[int, str]) -> None:
    """Keep, for people, why points are missing; a disk that is full keeps nothing."""
    try:
        with whole(folder / "lost.json") as file:
            file.write(json.dumps({str(row): reason for row, reason in reasons.items()}).encode())
    except OSError:
        return


def read_lost(folder: Path) -> dict[int, str]:
    """Why points are missing, as far as is known."""
    try:
        return {int(row): why for row, why in json.loads((folder / "lost.json").read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError):
        return {}  # for people only: what is broken says nothing
