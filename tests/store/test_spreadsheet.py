"""Workbooks: typed, formatted, the same bytes twice, and never a formula."""

from __future__ import annotations

import csv
import time

import openpyxl
import pytest

from sim.store.spreadsheet import Page, format_of, plain, typed, unit_of, write_pages_as_csv, write_workbook

ROWS = [
    {"name": "=1+1", "income_gbp": 1234567.891, "within_30_share": 0.5, "open": True, "guess": "yes", "note": None},
    {"name": "@SUM(A1)", "income_gbp": -5.0, "within_30_share": None, "open": False, "guess": "no", "note": "-2 beds"},
]
PAGE = Page("A1 Activity", "Activity", ROWS, "a test", ("A note.",))


@pytest.fixture
def sheet(tmp_path):
    write_workbook(tmp_path / "book.xlsx", [PAGE], "A test")
    return openpyxl.load_workbook(tmp_path / "book.xlsx")["A1 Activity"]


def cell(sheet, text):
    return next(each for row in sheet.iter_rows() for each in row if each.value == text)


def test_numbers_are_numbers_with_a_format_and_a_unit(sheet):
    income = cell(sheet, 1234567.891)
    assert (income.data_type, income.number_format) == ("n", "#,##0;[Red]-#,##0")
    assert sheet.cell(income.row - 1, income.column).value == "GBP"
    assert sheet.cell(income.row - 2, income.column).value == "income gbp"
    assert cell(sheet, 0.5).number_format == "0.0%"


def test_text_is_never_a_formula(sheet):
    for text in ("=1+1", "@SUM(A1)", "-2 beds"):
        found = cell(sheet, text)
        assert found.data_type == "s"
        assert found.quotePrefix
    assert not any(each.data_type == "f" for row in sheet.iter_rows() for each in row)


def test_headers_stay_in_sight_and_guesses_are_marked(sheet):
    first = cell(sheet, "=1+1")
    assert sheet.freeze_panes == f"B{first.row}"
    assert sheet.auto_filter.ref.startswith("A")
    assert first.fill.fgColor.rgb.endswith("FFF2CC")
    assert cell(sheet, "@SUM(A1)").fill.fgColor.rgb == "00000000"
    assert all(sheet.column_dimensions[letter].width >= 8 for letter in "ABCDEF")


def test_what_is_not_known_is_blank_and_yes_and_no_are_said(sheet):
    row = cell(sheet, "@SUM(A1)").row
    assert [sheet.cell(row, column).value for column in (3, 4)] == [None, "no"]


def test_a_sheet_says_its_source_and_its_notes(sheet):
    assert [sheet.cell(row, 1).value for row in (1, 2, 3)] == ["Activity", "Source: a test", "A note."]


def test_the_same_pages_write_the_same_bytes_at_another_time(tmp_path):
    for name in ("one", "other"):
        write_workbook(tmp_path / f"{name}.xlsx", [PAGE, Page("Empty", "Nothing", [])], "A test")
        time.sleep(1.1 if name == "one" else 0)  # what says the second says it wrong
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "other.xlsx").read_bytes()
    assert openpyxl.load_workbook(tmp_path / "one.xlsx").properties.modified.year == 1980


def test_csv_files_hold_the_same_and_no_formula(tmp_path):
    write_pages_as_csv(tmp_path, [PAGE])
    with (tmp_path / "a1_activity.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["'=1+1", "'@SUM(A1)"]
    assert [row["income_gbp"] for row in rows] == ["1234567.891", "-5"]
    assert plain("\t=1") == "'\t=1"


def test_codes_stay_text_and_numbers_become_numbers():
    one = {"unit": "0123", "beds": "5", "share": "0.25", "even": "no limit"}
    rows = typed([one, {"unit": "1E5", "beds": "", "share": "1", "even": "80.5"}])
    assert [row["unit"] for row in rows] == ["0123", "1E5"]
    assert [row["beds"] for row in rows] == [5, None]
    assert [row["share"] for row in rows] == [0.25, 1]
    assert [row["even"] for row in rows] == ["no limit", 80.5]
    assert typed([]) == []


@pytest.mark.parametrize(
    ("column", "unit"),
    [("income_option_gbp", "GBP"), ("minutes_mean", "minutes"), ("wte_nurses_option", "WTE"), ("units_under_minimum", ""), ("name", "")],
)
def test_the_name_of_a_column_says_its_unit(column, unit):
    assert unit_of(column) == unit


def test_a_row_that_says_its_unit_decides_how_it_is_shown():
    assert format_of("baseline", 5.0, "GBP million") == "#,##0.0"
    assert format_of("baseline", 5.0, "hours") == "0.00"
