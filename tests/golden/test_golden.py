"""Both engines still give the numbers of the golden run, to ten significant digits."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sim.engine.engines import ENGINES
from tests.golden.make import FOLDER, GOLDEN, tables

DIGITS = 1e-9
"""What the last of ten significant digits leaves open."""


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_same(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return float(one) == pytest.approx(float(other), rel=DIGITS, abs=1e-12)
    except ValueError:
        return False


@pytest.fixture(scope="module", params=sorted(ENGINES))
def folder(request, tmp_path_factory):
    place = tmp_path_factory.mktemp(request.param)
    tables(request.param, place)
    return place


@pytest.mark.parametrize("name", GOLDEN)
def test_every_number_is_still_the_same(folder, name):
    expected, found = read(FOLDER / name), read(folder / name)
    assert len(found) == len(expected)
    differs = [
        f"row {row}: {column} was {old[column]}, is {new.get(column)}"
        for row, (old, new) in enumerate(zip(expected, found, strict=True), start=2)
        for column in old
        if not is_same(new.get(column) or "", old[column])
    ]
    assert not differs, f"{name}: {differs[:10]} - if it was meant to change: python -m tests.golden.make"
    assert list(found[0]) == list(expected[0])


def test_the_golden_run_is_busy_enough_to_tell_engines_apart():
    rows = {row["measure"]: float(row["option"] or 0) for row in read(FOLDER / "summary.csv")}
    assert rows["requests that wait for a bed, hyperacute"] > 5
    assert rows["delayed transfers"] > 10
    assert rows["outlying: waiting in another ward"] > 10
