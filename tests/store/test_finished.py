"""Finished results folders, read again: the same row that was written, and a clear word where something is missing."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from scenarios import Close
from sim.service.fault import InputError
from sim.store.finished import finished, finished_under
from sim.store.provenance import provenance
from sim.store.reading import read_rows
from sim.store.results import SAMPLES, write_results
from sim.study.load import load_finance
from sim.study.option_row import option_row
from sim.study.question import ask
from tests.two_towns import QUICK, stroke

COMMAND = "python -m sim scenario=close region=two_towns"


@pytest.fixture(scope="module")
def found():
    service = stroke()
    return ask(service, Close("Dover"), QUICK, name="close", finance=load_finance(service, start=QUICK.start))


@pytest.fixture(scope="module")
def folder(found, tmp_path_factory):
    return write_results(found, tmp_path_factory.mktemp("results") / "close", "run: {seed: 1}\n", provenance(found, COMMAND), None)


@pytest.fixture
def copy(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "close")


def test_what_was_written_is_read(found, folder):
    read = finished(folder)
    assert read.name == "close"
    assert read.config == {"run": {"seed": 1}}
    assert len(read.option_row) == len(option_row(found))
    for was, now in zip(option_row(found), read.option_row):
        assert (was.key, was.label, was.unit, was.better, was.rests_on) == (now.key, now.label, now.unit, now.better, now.rests_on)
        assert [was.baseline, was.option, was.low, was.high] == pytest.approx(
            [now.baseline, now.option, now.low, now.high], rel=1e-9, nan_ok=True
        )
        assert was.verdict == now.verdict
        assert (was.samples is None) == (now.samples is None)
        if was.samples is not None:
            assert was.samples.over == now.samples.over
            np.testing.assert_allclose(now.samples.option, was.samples.option, rtol=1e-9)


def test_tables_are_read_as_they_are_written(folder):
    rows = finished(folder).table("units.csv")
    assert [row["unit"] for row in rows] == ["Ashford", "Ashford-REHAB", "Dover", "Dover-REHAB"]
    assert rows[0].number("beds_option") > rows[0].number("beds_baseline")


def test_an_unknown_table_is_named_with_the_nearest(folder):
    with pytest.raises(InputError, match=r"no table .unit\.csv.; did you mean .units\.csv."):
        finished(folder).table("unit.csv")


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"no such results folder.*Files:"):
        finished(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"not a finished results folder.*provenance\.json"):
        finished(tmp_path)


@pytest.mark.parametrize("name", ["option_row.csv", SAMPLES, "config/config.yaml", "parameters.csv"])
def test_what_is_missing_is_named_with_the_command_that_makes_it(copy, name):
    (copy / name).unlink()
    with pytest.raises(InputError, match=rf"it has no {name}; run it again: {COMMAND}"):
        finished(copy)


def test_every_broken_cell_is_named(copy):
    path = copy / "option_row.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    for at in (1, 2):
        cells = lines[at].split(",")
        lines[at] = lines[at].replace(cells[-8], "broken", 1)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="2 faults") as error:
        finished(copy).option_row  # noqa: B018
    assert "row 2" in str(error.value)
    assert "row 3" in str(error.value)
    assert "'broken'" in str(error.value)


def test_a_row_cut_off_is_named(copy):
    path = copy / "flows.csv"
    path.write_text(path.read_text(encoding="utf-8") + "Ashford,Ash", encoding="utf-8")
    with pytest.raises(InputError, match=r"flows\.csv row \d+: a row has 8 cells.*got 2"):
        read_rows(path)


@pytest.mark.parametrize(("name", "text"), [("provenance.json", "{"), ("config/config.yaml", "- 1\n"), ("provenance.json", "{}")])
def test_what_cannot_be_read_is_said(copy, name, text):
    (copy / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="run it again"):
        finished(copy)


def test_a_table_that_was_saved_in_another_code_is_said(copy):
    (copy / "worth.csv").write_bytes(b"line,what\nnet,\xa3 million\n")
    with pytest.raises(InputError, match=r"worth\.csv.*cannot be read|cannot be read.*run it again"):
        finished(copy).table("worth.csv")


def test_a_cell_is_a_number_empty_without_limit_or_refused_with_its_place(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('x,y\n2.5,\nno limit,"1,234"\n', encoding="utf-8")
    first, second = read_rows(path)
    assert first.number("x") == 2.5
    assert np.isnan(first.number("y"))
    assert second.number("x") == np.inf
    with pytest.raises(InputError, match=r"a\.csv row 3 column y: a number is needed, got '1,234'; it was edited or cut off"):
        second.number("y")
    with pytest.raises(InputError, match=r"a column is missing, got 'z'"):
        first.number("z")


def test_samples_that_are_no_parquet_are_said(copy):
    (copy / SAMPLES).write_bytes(b"nonsense")
    with pytest.raises(InputError, match=r"cannot be read.*run it again"):
        finished(copy).option_row  # noqa: B018


def test_folders_are_found_at_any_depth_and_hidden_ones_are_not(folder, tmp_path):
    for place in ("stroke/close", "stroke@two_towns/b", ".old/c"):
        shutil.copytree(folder, tmp_path / place)
    assert [path.relative_to(tmp_path).as_posix() for path in finished_under(tmp_path)] == ["stroke/close", "stroke@two_towns/b"]


def test_one_replication_has_no_interval_and_is_read_all_the_same(tmp_path):
    found = ask(stroke(), Close("Dover"), replace(QUICK, replications=1), name="close")
    made = write_results(found, tmp_path / "close", "a: 1\n", provenance(found, COMMAND), None)
    wait = next(each for each in finished(made).option_row if each.key == "delayed_transfer_bed_days_per_year")
    assert np.isnan(wait.low)
    assert wait.verdict == "undecided"
