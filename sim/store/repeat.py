"""Whether two results folders say the same: byte for byte, or to the digits that are promised across machines."""

from __future__ import annotations

import csv
from pathlib import Path

from .results import DIGITS


def differences(one: Path, other: Path) -> list[str]:
    """What differs between the tables of two results folders, a line each; empty where nothing does.

    Tables are compared cell by cell: text must be equal, numbers to 10 significant digits. Figures and provenance are not compared:
    they may differ with the versions of libraries.
    """
    names = sorted({path.name for folder in (one, other) for path in folder.glob("*.csv")})
    found = []
    for name in names:
        if not (one / name).is_file() or not (other / name).is_file():
            found.append(f"{name} is only in one of the folders")
        elif (one / name).read_bytes() != (other / name).read_bytes():
            found += _cells(one / name, other / name)
    return found


def _cells(one: Path, other: Path) -> list[str]:
    with one.open(encoding="utf-8", newline="") as a, other.open(encoding="utf-8", newline="") as b:
        rows, others = list(csv.reader(a)), list(csv.reader(b))
    if len(rows) != len(others) or rows[:1] != others[:1]:
        return [f"{one.name}: the tables have other rows or columns"]
    found = []
    for number, (row, same) in enumerate(zip(rows, others), start=1):
        for column, x, y in zip(rows[0], row, same):
            if x != y and not _close(x, y):
                found.append(f"{one.name} row {number} column {column}: {x} and {y}")
    return found


def _close(x: str, y: str) -> bool:
    try:
        a, b = float(x), float(y)
    except ValueError:
        return False
    return abs(a - b) <= 10.0 ** (1 - DIGITS) * max(abs(a), abs(b))
