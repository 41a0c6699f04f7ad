"""Publishing: what is shown of a sheet, and which texts are not."""

from __future__ import annotations

import pytest

from sim.store.pack import PARTS, ROW
from sim.store.public_sheets import PUBLIC, SETTINGS
from sim.store.publishing import published, unsigned, without_folders, without_people, without_places
from sim.store.spreadsheet import Page

NAME = {part.name.split()[0]: part.name for part in (ROW, *PARTS)}


def shown(least=5, **sheets):
    """Rows as published, by the letter and number of their sheets."""
    pages, *_ = published([Page(NAME.get(key, key), "", rows) for key, rows in sheets.items()], [], least)
    return {page.name.split()[0]: page.rows for page in pages}


def unit(name, before, after, provider="P"):
    return {"unit": name, "name": name, "provider": provider, "icb": "North", "modelled_volume_baseline": before,
            "modelled_volume_option": after, "remarks": f"closed at {before:g} a year"}  # fmt: skip


UNITS = [unit("A", 3.0, 0.0), unit("B", 41.0, 44.0), unit("C", 900.0, 900.0, "Q")]


def test_counts_are_in_bands_and_a_handful_is_marked():
    rows = shown(A1=UNITS)["A1"]
    assert [row["modelled_volume_baseline"] for row in rows] == ["[c]", 40, 900]
    assert [row["modelled_volume_option"] for row in rows] == [0, 40, 900]


def test_what_is_not_named_is_not_published():
    rows = shown(A1=[{**row, "chance_of_something": 0.12345} for row in UNITS])["A1"]
    assert "remarks" not in rows[0]
    assert "chance_of_something" not in rows[0]
    assert shown(A1=UNITS, **{"Z9 New sheet": [{"patients": 3.0}]}).keys() == {"A1"}


def test_every_sheet_of_the_pack_is_named_for_publishing_with_columns_that_are_told_once():
    assert {part.name for part in (ROW, *PARTS)} | {"D Bed closures", "A3 Pathway", "Guesses"} == {*PUBLIC, *SETTINGS}
    for name, public in PUBLIC.items():
        columns = [*public.facts, *public.counts, *public.figures, *public.shares]
        assert len(columns) == len(set(columns)), name


@pytest.mark.parametrize("side", ["baseline", "option"])
def test_a_figure_tells_no_more_of_its_provider_than_the_band_of_its_patients(side):
    def income(patients):
        units = [unit("A", 3.0, 3.0), unit("B", patients, patients)]
        money = [{"provider": "P", "name": "P", "year": 1, f"income_{side}_gbp": 9000.0 * (3.0 + patients)}]
        return shown(A1=units, C1=money)["C1"][0][f"income_{side}_gbp"]

    assert income(597.1) == income(599.5) == income(601.9)


def test_figures_of_a_handful_are_marked_and_those_of_patients_who_are_counted_elsewhere_are_blank():
    units = [*UNITS, unit("W", 0.0, 0.0)]
    waits = [{"unit": name, "name": name, "provider": "P", "beds_baseline": 9, "occupied_beds_mean_baseline": 6.4} for name in "ACW"]
    rows = shown(A1=units, A5=waits)["A5"]
    assert [row["occupied_beds_mean_baseline"] for row in rows] == ["[c]", 6.4, None]
    assert [row["beds_baseline"] for row in rows] == [9, 9, 9]


def test_a_row_without_a_number_left_is_left_out_and_counted():
    costs = [{"unit": name, "name": name, "scenario": "baseline", "admissions_per_year": count, "total_gbp": 9000.0 * count}
             for name, count in (("A", 3.0), ("C", 900.0))]  # fmt: skip
    page = published([Page(NAME["C11"], "", costs)], [], 5)[0][0]
    assert [row["unit"] for row in page.rows] == ["C"]
    assert "Left out: 1 row" in page.notes[0]


def test_a_row_that_says_its_unit_shows_the_difference_of_what_it_shows():
    row = {"section": "Money", "measure": "m", "verdict": "worse", "basis": "b", "low": None, "high": None}
    rows = [
        {**row, "unit": "a year", "baseline": 1003.0, "option": 1003.0, "difference": 0.0, "key": "index_admissions"},
        {**row, "unit": "GBP million", "baseline": 9.03, "option": 9.94, "difference": 0.91, "key": "cost_first_year"},
        {**row, "unit": "a year", "baseline": 100.0, "option": 103.0, "difference": 3.0, "key": "k"},
        {**row, "unit": "units", "baseline": 3, "option": 2, "difference": -1, "key": "units_open"},
    ]
    found = [(row["baseline"], row["option"], row["difference"]) for row in shown(**{"Option": rows})["Option"]]
    assert found == [(1000, 1000, 0), (9.0, 10.0, 1.0), (100, 100, "[c]"), (3, 2, -1)]


def test_several_journeys_a_patient_tell_no_more_than_the_band_of_patients():
    def journeys(patients):
        row = {"measure": "m", "basis": "b", "low": None, "high": None, "difference": 0.0, "unit": "a year"}
        whole = {**row, "section": "Volumes", "verdict": "", "key": "index_admissions", "baseline": patients, "option": patients}
        trips = {**row, "unit": "journeys a year", "of": "journeys", "mechanism": None, "baseline": 21 * patients, "option": 21 * patients}
        return shown(Option=[whole], C8=[trips])["C8"][0]["baseline"]

    assert journeys(600.1) == journeys(602.5) == journeys(604.9)


def test_months_of_organisations_and_parts_of_units_are_left_out_and_it_is_said():
    rows = [{"provider": "P", "period": period, "days": 30, "wte_baseline": 100.0} for period in ("2026-04", "2026/27")]
    pages, *_ = published([Page(NAME["A1"], "", UNITS), Page(NAME["B1"], "", rows)], [], 5)
    assert [row["period"] for row in pages[1].rows] == ["2026/27"]
    assert "Left out: months." in pages[1].notes


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("see /home/ann/book.xlsx", "see book.xlsx"),
        ("file:///home/ann/book.xlsx", "book.xlsx"),
        ("read:/home/ann/x.csv; C:\\Users\\ann\\y.csv", "read:y.csv"),
        ("(~/x/y.csv)", "(y.csv)"),
        ("from ~ann/y.csv", "from y.csv"),
        ("\\\\server\\share\\z.csv", "z.csv"),
        ("https://example.org/a, and/or b; 3 / 4", "https://example.org/a, and/or b; 3 / 4"),
        ("doi 10.1136/bmjopen-2017-018143", "doi 10.1136/bmjopen-2017-018143"),
    ],
)
def test_a_path_becomes_its_last_part(text, left):
    assert without_folders(text) == left


def test_commands_and_what_lies_in_a_sheet_lose_their_folders():
    said = {"command": "python -m sim region=/home/ann/north 'results=/home/ann b/out'", "of": ["~/x/y.csv", 3]}
    assert without_folders(said) == {"command": "python -m sim region=north results=out", "of": ["y.csv", 3]}
    page = without_places(Page("D", "of /home/ann/a", [{"said": "/home/ann/b"}], "/home/ann/c", ("/home/ann/d",)))
    assert (page.title, page.rows, page.source, page.notes) == ("of a", [{"said": "b"}], "c", ("d",))


def test_people_are_not_published():
    book = unsigned(Page("Assumptions", "", [{"parameter": "p", "value": 1, "owner": "Ann", "signed_off": "yes"}]))
    assert book.rows == [{"parameter": "p", "value": 1, "owner": None, "signed_off": None}]
    said = {"assumptions": {"file": "b.xlsx", "said": {"p": {"owner": "Ann", "signed_off": "yes", "source": "audit"}}}}
    assert without_people(said) == {"assumptions": {"file": "b.xlsx", "said": {"p": {"source": "audit"}}}}
