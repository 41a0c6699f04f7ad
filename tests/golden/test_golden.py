"""Both engines still give the numbers of the golden runs, to ten significant digits; what has been added since is no matter."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sim.engine.engines import ENGINES
from tests.golden.make import FOLDER, TABLES_KEPT, tables

DIGITS = 1e-9
"""What the last of ten significant digits leaves open."""

ABOUT = {"summary.csv": ("measure",), "units.csv": ("unit",), "flows.csv": ("from_unit", "to_unit"), "bodies.csv": ("icb",)}
"""The columns of text that tell the rows of a table apart."""


def read(path: Path) -> dict[tuple, dict[str, str]]:
    """The rows of a table by what they are about."""
    with path.open(encoding="utf-8", newline="") as file:
        return {tuple(row[column] for column in ABOUT[path.name]): row for row in csv.DictReader(file)}


def is_same(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return float(one) == pytest.approx(float(other), rel=DIGITS, abs=1e-12)
    except ValueError:
        return False


RUNS = [pytest.param((run, engine), id=f"{run}-{engine}") for run in TABLES_KEPT for engine in sorted(ENGINES)]


@pytest.fixture(scope="module", params=RUNS)
def made(request, tmp_path_factory):
    """A golden run, and the folder of its tables made anew."""
    run, engine = request.param
    place = tmp_path_factory.mktemp(f"{run}-{engine}")
    tables(run, engine, place)
    return run, place


def test_every_number_is_still_the_same(made):
    run, folder = made
    cure = "if it was meant to change: python -m tests.golden.make"
    for name in TABLES_KEPT[run]:
        expected, found = read(FOLDER / run / name), read(folder / name)
        gone = [key for key in expected if key not in found]
        differs = [
            f"{', '.join(key)}: {column} was {was}, is {found[key].get(column)}"
            for key, row in expected.items()
            if key in found
            for column, was in row.items()
            if not is_same(found[key].get(column) or "", was)
        ]
        assert not gone, f"{run}/{name} has no more: {gone[:10]} - {cure}"
        assert not differs, f"{run}/{name}: {differs[:10]} - {cure}"


def test_the_golden_runs_are_busy_enough_to_tell_engines_apart():
    towns, england = (
        {measure: float(row["option"] or 0) for (measure,), row in read(FOLDER / run / "summary.csv").items()} for run in TABLES_KEPT
    )
    assert towns["requests that wait for a bed, hyperacute"] > 5
    assert towns["delayed transfers"] > 10
    assert towns["outlying: waiting in another ward"] > 10
    assert england["hyperacute units open"] < 90
    assert len(read(FOLDER / "england_220" / "flows.csv")) > 100
