"""The log of options: a line in one step, from any number of runs at once, and no line ever changed."""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor

import pytest

from sim.service.fault import InputError
from sim.store.log import COLUMNS, NAME, append, log_of, read_log


def entry(number: int) -> dict:
    return {**dict.fromkeys(COLUMNS, ""), "what": "run", "option": f"option {number}", "reason": "a, b\nand \"c\"" * 50}


def test_lines_written_at_once_are_all_there_and_whole(tmp_path):
    log = tmp_path / NAME
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: append(log, entry(number)), range(200)))
    rows = read_log(log)
    assert sorted(row["option"] for row in rows) == sorted(f"option {number}" for number in range(200))
    assert {row["reason"] for row in rows} == {entry(0)["reason"]}
    with log.open(encoding="utf-8", newline="") as file:
        assert sum(row == list(COLUMNS) for row in csv.reader(file)) == 1
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


def test_a_log_lies_in_results_or_beside_the_folder(tmp_path):
    assert log_of(tmp_path / "results" / "stroke" / "close") == tmp_path / "results" / NAME
    assert log_of(tmp_path / "mine") == tmp_path / NAME


def test_no_log_has_no_lines_and_a_strange_file_is_refused(tmp_path):
    assert read_log(tmp_path / NAME) == []
    (tmp_path / NAME).write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"columns are missing.*a new log begins with the next run"):
        read_log(tmp_path / NAME)


def test_a_log_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / NAME).mkdir()
    with pytest.raises(InputError, match=r"the log of options cannot be written.*free the file"):
        append(tmp_path / NAME, entry(1))
