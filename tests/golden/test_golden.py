"""Both engines still give the numbers of the golden run, to ten significant digits; what has been added since is no matter."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sim.engine.engines import ENGINES
from tests.golden.make import FOLDER, GOLDEN, tables

DIGITS = 1e-9
"""What the last of ten significant digits leaves open."""


def read(path: Path) -> dict[tuple, dict[str, str]]:
    """The rows of a table by what they are about: its first columns of text that tell them apart."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    about = {"summary.csv": ("measure",), "units.csv": ("unit",), "flows.csv": ("from_unit", "to_unit")}[path.name]
    return {tuple(row[column] for column in about): row for row in rows}


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
    gone = [key for key in expected if key not in found]
    differs = [
        f"{', '.join(key)}: {column} was {was}, is {found[key].get(column)}"
        for key, row in expected.items()
        if key in found
        for column, was in row.items()
        if not is_same(found[key].get(column) or "", was)
    ]
    cure = "if it was meant to change: python -m tests.golden.make"
    assert not gone, f"{name} has no more: {gone[:10]} - {cure}"
    assert not differs, f"{name}: {differs[:10]} - {cure}"


def test_the_golden_run_is_busy_enough_to_tell_engines_apart():
    option = {measure: float(row["option"] or 0) for (measure,), row in read(FOLDER / "summary.csv").items()}
    assert option["requests that wait for a bed, hyperacute"] > 5
    assert option["delayed transfers"] > 10
    assert option["outlying: waiting in another ward"] > 10
