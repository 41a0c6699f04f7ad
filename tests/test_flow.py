"""`flow`: the picture of where patients go, from the command line."""

from __future__ import annotations

import csv

import pytest

from sim.__main__ import main

ASKED = ("flow", "scenario=close", "scenario.units=[Dover]", "region=two_towns")


def test_a_picture_of_a_unit_before_and_after_is_written_with_its_numbers(tmp_path, capsys):
    assert main([*ASKED, "unit=Dover", f"to={tmp_path / 'flow'}"]) == 0
    said = capsys.readouterr().out
    assert "Dover stroke unit: close: 300 index patients a year; first units: Ashford stroke unit 300." in said
    names = {path.name for path in (tmp_path / "flow").iterdir()}
    assert names == {"baseline.png", "baseline.svg", "option.png", "option.svg", "flow.csv", "README.md", "provenance.json"}
    rows = list(csv.DictReader((tmp_path / "flow" / "flow.csv").open(encoding="utf-8")))
    assert {row["side"] for row in rows} == {"baseline", "option"}
    before = {path.name: path.read_bytes() for path in (tmp_path / "flow").iterdir()}
    assert main([*ASKED, "unit=Dover", f"to={tmp_path / 'flow'}"]) == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "flow").iterdir()} == before


@pytest.mark.parametrize(("word", "said"), [("unit=Dovr", "unknown unit"), ("icb=Nowhere", "unknown icb"), ("scenario.unit=[x]", "unit")])
def test_what_is_wrong_is_told_and_nothing_is_written(tmp_path, capsys, word, said):
    assert main([*ASKED, word, f"to={tmp_path / 'flow'}"]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "flow").exists()
