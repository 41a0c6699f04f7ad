"""Publishing: what is hidden in one sheet does not follow from another."""

from __future__ import annotations

import pytest

from sim.store.pack import PARTS
from sim.store.publishing import published, unsigned, without_folders, without_people
from sim.store.spreadsheet import Page

PART = {part.name.split()[0]: part for part in PARTS}


def shown(least=5, **sheets):
    """Sheets as published, by the letter and number of their names."""
    given = [(Page(PART[key].name, "", rows), PART[key]) for key, rows in sheets.items()]
    return {key: page.rows for key, page in zip(sheets, published(given, least)[0])}


def unit(name, before, after=None):
    return {"unit": name, "name": name, "icb": "North", "modelled_volume_baseline": before,
            "modelled_volume_option": before if after is None else after}  # fmt: skip


def flow(one, other, patients):
    return {"from_unit": one, "to_unit": other, "patients_per_year": patients}


UNITS = [unit("A", 3.0), unit("B", 40.0), unit("C", 90.0)]  # A is small; B goes with it


@pytest.mark.parametrize("key", ["A5", "B2", "C11"])
def test_money_beds_and_loads_of_a_hidden_unit_are_hidden_too(key):
    rows = [{"unit": name, "name": name, "scenario": "baseline", "used_on_admission_built_gbp": 700 * n, "load": n / 10}
            for name, n in (("A", 3), ("B", 40), ("C", 90))]  # fmt: skip
    found = shown(A1=UNITS, **{key: rows})[key]
    assert [row["used_on_admission_built_gbp"] for row in found] == ["[c]", "[c]", 63000]
    assert [row["load"] for row in found] == ["[c]", "[c]", 9.0]


def test_a_unit_hidden_in_a_later_sheet_is_hidden_in_earlier_ones():
    costs = [
        {"unit": name, "name": name, "scenario": "baseline", "admissions_per_year": n}
        for name, n in (("A", 4.0), ("B", 40.0), ("C", 90.0))
    ]
    found = shown(A1=[unit("A", 30.0), unit("B", 40.0), unit("C", 90.0)], C11=costs)["A1"]
    assert [row["modelled_volume_baseline"] for row in found] == ["[c]", "[c]", 90.0]


def test_words_that_repeat_a_hidden_volume_are_hidden():
    rows = [
        {
            "standard": "s",
            "scenario": "baseline",
            "unit": "A",
            "name": "A",
            "modelled_volume": 3.0,
            "standing_source": "3 of 600 a year",
        }
    ]
    assert shown(B8=rows)["B8"][0]["standing_source"] == "[c]"


def test_a_body_hidden_in_one_sheet_has_no_number_in_any():
    who = [{"dimension": "icb", "group": name, "patients_per_year": n, "patients_longer": longer, "minutes_mean_option": 20.0}
           for name, n, longer in (("North", 100.0, 2.0), ("South", 100.0, 50.0), ("West", 900.0, 300.0))]  # fmt: skip
    access = [
        {"icb": row["group"], "admissions_per_year": row["patients_per_year"], "minutes_mean_option": 20.0}
        for row in who
    ]
    money = [{"level": "icb", "body": row["group"], "year": 1, "spent_option_gbp": 5.0} for row in who]
    found = shown(A1=[unit("C", 90.0)], B5=access, B6=who, C5=money)
    for key, column in (
        ("B5", "admissions_per_year"),
        ("B5", "minutes_mean_option"),
        ("B6", "minutes_mean_option"),
        ("C5", "spent_option_gbp"),
    ):
        assert [row[column] == "[c]" for row in found[key]] == [True, True, False], (key, column)
    assert {row["year"] for row in found["C5"]} == {1}
    assert found["A1"][0]["modelled_volume_baseline"] == 90.0  # where a unit stands says nothing of its patients


def test_a_change_of_a_handful_does_not_follow_from_before_and_after():
    found = shown(A1=[unit("A", 100.0, 103.0), unit("B", 200.0, 250.0), unit("C", 900.0, 847.0)])["A1"]
    assert found[0]["modelled_volume_option"] == "[c]"
    rows = [
        {"unit": name, "name": name, "index_admissions_per_year_difference": change}
        for name, change in (("A", -3.0), ("B", -50.0), ("C", 53.0))
    ]
    assert shown(A1=rows)["A1"][0]["index_admissions_per_year_difference"] == "[c]"


def test_a_sum_of_shares_that_did_not_change_is_no_small_change():
    assert shown(A1=[unit("A", 100.0, 100.0 + 1e-10)])["A1"][0]["modelled_volume_option"] != "[c]"


def test_a_small_flow_does_not_follow_through_the_volume_of_another_unit():
    # Whom B keeps is all that B has under the option, which A1 prints: so the 3 that B sends to C are B's volume before less that.
    flows = [
        flow("B", "B", 60.0),
        flow("B", "C", 3.0),
        flow("C", "C", 90.0),
        flow("D", "D", 70.0),
        flow("D", "C", 20.0),
    ]
    units = [{"unit": name, "name": name, "reported_volume": n} for name, n in (("B", 63.0), ("C", 113.0), ("D", 90.0))]
    found = shown(A1=units, A2=flows)
    assert found["A2"][1]["patients_per_year"] == "[c]"
    assert found["A1"][0]["reported_volume"] == "[c]"
    assert sum(row["reported_volume"] == "[c]" for row in found["A1"]) >= 2


def test_a_flow_that_is_a_units_whole_volume_hides_that_volume_where_it_is_small():
    # All 3 of E go to C. Without E's volume in A1 the flow would be safe; with it, it is printed.
    flows = [flow("E", "C", 3.0), flow("C", "C", 90.0), flow("D", "D", 70.0), flow("D", "C", 20.0)]
    units = [{"unit": name, "name": name, "reported_volume": n} for name, n in (("E", 30.0), ("C", 113.0), ("D", 70.0))]
    found = shown(A1=units, A2=flows)
    assert found["A1"][0]["reported_volume"] == "[c]"


def test_paths_of_this_machine_are_not_published():
    said = {
        "command": "python -m sim region=/home/ann/north 'results=/home/ann b/out'",
        "of": ["~/x/y.csv", "C:\\Users\\ann\\book.xlsx", 3],
    }
    found = without_folders(said)
    assert found == {"command": "python -m sim region=north results=out", "of": ["y.csv", "book.xlsx", 3]}
    assert without_folders("https://example.org/a, and/or b; 3 / 4") == "https://example.org/a, and/or b; 3 / 4"


def test_people_are_not_published():
    book = unsigned(Page("Assumptions", "", [{"parameter": "p", "value": 1, "owner": "Ann", "signed_off": "yes"}]))
    assert book.rows == [{"parameter": "p", "value": 1, "owner": None, "signed_off": None}]
    said = {"assumptions": {"file": "b.xlsx", "said": {"p": {"owner": "Ann", "signed_off": "yes", "source": "audit"}}}}
    assert without_people(said) == {"assumptions": {"file": "b.xlsx", "said": {"p": {"source": "audit"}}}}
