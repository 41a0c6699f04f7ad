"""Results folders: written whole or not at all, the same bytes twice, and never over somebody's own files."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scenarios import Close
from sim.service.fault import InputError
from sim.store.provenance import provenance
from sim.store.results import TABLES, cell, describe, notices, readme, write_csv, write_results
from sim.store.whole import check_writable
from sim.study.question import ask
from tests.two_towns import QUICK, stroke

COMMAND = "python -m sim scenario=close"


@pytest.fixture(scope="module")
def found():
    return ask(stroke(), Close("Dover"), replace(QUICK, replications=1), name="close")


def write(found, folder, figures=None) -> Path:
    return write_results(found, folder, "a: 1\n", provenance(found, COMMAND), figures)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_folder_holds_every_table_and_says_what_each_is(found, tmp_path):
    folder = write(found, tmp_path / "deep" / "results")
    names = set(files(folder))
    assert {
        *TABLES,
        "parameters.csv",
        "outcomes.parquet",
        "provenance.json",
        "README.md",
        str(Path("config/config.yaml")),
    } <= names
    said = (folder / "README.md").read_text(encoding="utf-8")
    for name in TABLES:
        assert name in said
    assert COMMAND in said
    assert "Open data, illustrative, not a proposal." in said
    assert (folder / "config" / "config.yaml").read_text() == "a: 1\n"


def test_nothing_else_is_left_beside_it(found, tmp_path):
    write(found, tmp_path / "results")
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_the_same_run_writes_the_same_bytes(found, tmp_path):
    one = files(write(found, tmp_path / "one"))
    again = ask(stroke(), Close("Dover"), replace(QUICK, replications=1), name="close")
    assert files(write(again, tmp_path / "other")) == one


def test_newer_results_take_the_place_of_older_ones(found, tmp_path):
    folder = tmp_path / "results"
    write(found, folder)
    (folder / "left over.txt").write_text("from the older run")
    write(found, folder)
    assert not (folder / "left over.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_a_folder_of_somebodys_own_files_is_never_replaced(found, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    for write_it in (lambda: check_writable(tmp_path), lambda: write(found, tmp_path)):
        with pytest.raises(InputError, match=r"cannot be written .*other files.*give another one with results="):
            write_it()
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_empty_folder_may_be_filled(found, tmp_path):
    (tmp_path / "results").mkdir()
    assert "summary.csv" in files(write(found, tmp_path / "results"))


def test_whatever_fails_while_writing_leaves_nothing_and_keeps_what_was_there(found, tmp_path):
    def break_down(found, folder):
        (folder / "half.png").write_text("half")
        raise RuntimeError("no more ink")

    with pytest.raises(RuntimeError, match="no more ink"):
        write(found, tmp_path / "results", break_down)
    assert list(tmp_path.iterdir()) == []
    old = files(write(found, tmp_path / "results"))
    with pytest.raises(RuntimeError):
        write(found, tmp_path / "results", break_down)
    assert files(tmp_path / "results") == old
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_a_file_in_the_way_is_refused_and_stays(tmp_path):
    (tmp_path / "results").write_text("a file")
    for folder in (tmp_path / "results", tmp_path / "results" / "deeper", tmp_path / "results" / "a" / "b"):
        with pytest.raises(InputError, match=r"the results folder cannot be written .*give another one with results="):
            check_writable(folder)
    assert (tmp_path / "results").read_text() == "a file"


def test_looking_whether_a_folder_can_be_written_makes_none(tmp_path):
    check_writable(tmp_path / "a" / "b" / "c")
    assert list(tmp_path.iterdir()) == []


def test_a_name_longer_than_a_system_allows_is_refused(tmp_path):
    with pytest.raises(InputError, match="the results folder cannot be written"):
        check_writable(tmp_path / ("x" * 300))


def test_provenance_says_all_that_repeats_the_run_and_nothing_that_does_not(found, tmp_path):
    made = json.loads((write(found, tmp_path / "results") / "provenance.json").read_text())
    assert made["command"] == COMMAND
    assert made["run"]["seed"] == QUICK.seed
    assert {"numpy", "simpy"} <= set(made["packages"])
    assert all(len(value) == 64 for value in made["data"].values())
    assert "travel.csv" in made["data"]
    said = json.dumps(made)
    assert str(tmp_path) not in said
    assert str(Path.cwd()) not in said


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (math.nan, ""),
        (np.float64("nan"), ""),
        (True, "yes"),
        (False, "no"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.3333333333"),
        (123456789.123456, "123456789.1"),
        (-0.0, "0"),
        (-1e-300, "-1e-300"),
        (np.float64(2.5), "2.5"),
        (600.0, "600"),
        (7, 7),
        ("not met", "not met"),
    ],
)
def test_a_cell_shows_ten_digits_yes_and_no_and_blank_for_what_is_not_known(value, shown):
    assert cell(value) == shown


def test_text_with_commas_quotes_and_signs_is_read_back_as_it_was(tmp_path):
    rows = [{"name": 'St. David\'s, "old"', "where": "Ynys Môn\nWales"}, {"name": "", "where": "–"}]
    write_csv(tmp_path / "a.csv", rows)
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == rows
    assert b"\r" not in (tmp_path / "a.csv").read_bytes()


def test_outcomes_are_read_back_from_parquet(found, tmp_path):
    from pyarrow import parquet

    table = parquet.read_table(write(found, tmp_path / "results") / "outcomes.parquet").to_pydict()
    assert set(table["scenario"]) == {"baseline", "close"}
    place = list(zip(table["scenario"], table["measure"], table["by"], strict=True)).index(
        ("close", "occupied_beds_mean", "unit=Dover")
    )
    expected = found.experiment.values("option", "occupied_beds_mean", "unit")[1][0, 2]
    assert table["value"][place] == pytest.approx(expected, rel=1e-9)


def test_parameters_are_described_in_words(found):
    for parameter in found.service.parameters:
        said = describe(parameter.value)
        assert said
        assert "Distribution(" not in said


def test_every_output_says_what_it_rests_on(found):
    said = " ".join(notices(found))
    for word in ("Open data, illustrative", "made up", "Minutes: made-up minutes", "Bodies: made up"):
        assert word in said
    assert "Saturated" not in said
    full = ask(stroke().with_units(beds=[20, 16, 18, 8]), Close("Dover"), replace(QUICK, replications=1))
    assert "Saturated in the option" in " ".join(notices(full))
    assert "Saturated" in readme(full, {"command": COMMAND})
