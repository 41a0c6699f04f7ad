"""Tables of the two towns with Dover closed, worked by hand where nothing is simulated."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from scenarios import Baseline, Close
from sim.store.results import TABLES, write_csv
from sim.study import tables
from sim.study.load import load_finance
from sim.study.question import ask
from tests.two_towns import QUICK, anywhere, stroke


@pytest.fixture(scope="module")
def found():
    service = stroke()
    return ask(service, Close("Dover"), QUICK, name="close", finance=load_finance(service, start=QUICK.start))


@pytest.fixture(scope="module")
def unchanged():
    return ask(stroke(), Baseline(), QUICK)


def by(rows: list[dict], key: str) -> dict[str, dict]:
    return {row[key]: row for row in rows}


@pytest.mark.parametrize(
    ("measure", "baseline", "option"),
    [
        # 600 travel 10 minutes and 300 travel 15; with Dover closed those 300 travel 50.
        ("hyperacute units open", 2, 1),
        ("mean minutes to the first unit", 10500 / 900, 21000 / 900),
        ("median minutes to the first unit", 10, 10),
        ("95th percentile of minutes to the first unit", 15, 50),
        ("longest minutes to the first unit", 15, 50),
        ("patients within 30 minutes", 100, 200 / 3),
        ("patients within 45 minutes", 100, 200 / 3),
        ("patients within 60 minutes", 100, 100),
        ("patients within 30 minutes of a unit of at least 600", 200 / 3, 200 / 3),
        ("hyperacute units under 600 a year, modelled", 1, 0),
        ("patients whose journey grows", 0, 300),
        ("areas that no unit can be reached from", 0, 0),
        ("beds in force", 76, 76),
        ("thrombectomy treated per 100 eligible", 43, 43),
    ],
)
def test_what_needs_no_simulation_is_as_on_paper(found, measure, baseline, option):
    row = by(tables.summary(found), "measure")[measure]
    assert (row["baseline"], row["option"]) == pytest.approx((baseline, option))
    assert row["difference"] == pytest.approx(option - baseline)
    assert (row["low"], row["high"], row["basis"]) == (None, None, "no simulation")


def test_no_difference_is_the_noise_of_a_sum(found, unchanged):
    for each in (found, unchanged):
        for row in tables.summary(each):
            if row["difference"] and row["basis"] == "no simulation":
                assert abs(row["difference"]) > 1e-9 * abs(row["baseline"]), row["measure"]


def test_what_is_simulated_says_so_and_lies_in_its_interval(found):
    rows = [row for row in tables.summary(found) if row["basis"].endswith("replications")]
    assert {"mean wait for a bed, hyperacute", "beds occupied", "journeys between sites"} <= set(by(rows, "measure"))
    for row in rows:
        if row["difference"] == row["difference"]:
            assert row["low"] <= row["difference"] <= row["high"]
            assert row["option"] - row["baseline"] == pytest.approx(row["difference"], abs=1e-9)


def test_an_option_that_changes_nothing_has_differences_of_nothing(unchanged):
    for row in tables.summary(unchanged):
        assert row["difference"] in (None, 0) or row["difference"] != row["difference"], row
    assert not any(row["moves"] for row in tables.flows(unchanged))


def test_units_before_and_after(found):
    rows = by(tables.units(found), "unit")
    dover, ashford = rows["Dover"], rows["Ashford"]
    assert (dover["open_baseline"], dover["open_option"], dover["beds_baseline"], dover["beds_option"]) == (
        True,
        False,
        18,
        0,
    )
    assert (ashford["beds_option"], ashford["kinds"]) == (52, "hyperacute;acute;comprehensive")
    volumes = [(row["modelled_volume_baseline"], row["modelled_volume_option"]) for row in (ashford, dover)]
    assert volumes == [pytest.approx((600, 900)), pytest.approx((300, 0))]
    assert ashford["reported_volume_with_modelled_change"] == pytest.approx(900)
    assert np.isnan(dover["reported_volume_with_modelled_change"])
    assert dover["remarks"] == "closed"
    assert np.isnan(rows["Dover-REHAB"]["modelled_volume_baseline"])
    assert dover["offered_load_option"] == 0 < rows["Dover-REHAB"]["offered_load_option"] < 8


def test_a_unit_on_both_sides_of_the_minimum_is_disputed():
    service = stroke()
    service = service.with_units(reported_volume=[600, np.nan, 700, np.nan])
    rows = by(tables.units(ask(service, Baseline(), replace(QUICK, replications=1))), "unit")
    assert {unit: row["disputed"] for unit, row in rows.items()} == {
        "Ashford": False,
        "Ashford-REHAB": False,
        "Dover": True,
        "Dover-REHAB": False,
    }


def test_areas_before_and_after(found):
    rows = by(tables.areas(found), "area")
    dover = rows["Dover"]
    assert (dover["minutes_baseline"], dover["minutes_option"], dover["minutes_difference"]) == (15, 50, 35)
    assert (dover["unit_baseline"], dover["unit_option"], dover["icb"]) == ("Dover", "Ashford", "Two Towns")
    assert rows["Ashford"]["minutes_difference"] == 0
    assert sum(row["admissions_per_year"] for row in rows.values()) == 900


def test_an_area_says_whether_its_minutes_are_by_the_straight_line_rule(found):
    assert {row[f"straight_line_{side}"] for row in tables.areas(found) for side in ("baseline", "option")} == {False}
    assert tables.straight_line_in_words(found) == []
    service = stroke()
    travel = replace(service.region.travel, by_rule=np.array([[False, False], [True, False]]), is_modelled=np.array([True, False]))
    ruled = ask(replace(service, region=replace(service.region, travel=travel)), Close("Dover"), replace(QUICK, replications=1))
    rows = by(tables.areas(ruled), "area")
    # Only Dover's minutes to Ashford are by the rule, and nobody of Dover goes there before its own unit closes.
    assert [rows[area][f"straight_line_{side}"] for area in ("Ashford", "Dover") for side in ("baseline", "option")] == [False] * 3 + [True]
    (said,) = tables.straight_line_in_words(ruled)
    assert "0 (0 % of patients) in the baseline, 1 (33 % of patients) in the option" in said


def test_areas_of_few_patients_are_never_shown_alone():
    service = anywhere(3, areas=40)
    demand = np.where(np.arange(40) < 12, 1.0, 100.0)
    body = {"icb": np.where(np.arange(40) % 12 < 9, "East", "West")}
    areas = replace(service.areas, demand=demand, body=body)
    service = replace(service, region=replace(service.region, areas=areas))
    rows = tables.areas(ask(service, Baseline(), replace(QUICK, replications=1)))
    shown = by(rows, "area")
    # Twelve areas of one patient each: nine in the East are grouped; three in the West are too few even together.
    assert not set(shown) & {f"A{number}" for number in range(12)}
    assert shown["small areas of East"]["admissions_per_year"] == 9
    assert shown["not shown"]["name"] == "3 areas of very few patients"
    assert all(row["admissions_per_year"] is None or row["admissions_per_year"] >= tables.SMALL for row in rows)
    assert sum(row["admissions_per_year"] or 0 for row in rows) == 28 * 100 + 9


def test_flows_name_who_moves_where(found):
    rows = {(row["from_unit"], row["to_unit"]): row for row in tables.flows(found)}
    assert {pair: row["moves"] for pair, row in rows.items()} == {
        ("Ashford", "Ashford"): False,
        ("Dover", "Ashford"): True,
    }
    index = found.experiment.values("baseline", "index_admissions_per_year", "all")[1].mean()
    # By the need rather than the door: a patient or two lies on the edge of the window.
    assert sum(row["patients_per_year"] for row in rows.values()) == pytest.approx(index, rel=0.1)


def test_outcomes_are_tidy_and_whole(found):
    rows = tables.outcome_rows(found)
    assert {row[0] for row in rows} == {"baseline", "close"}
    assert {row[1] for row in rows} == {0, 1}
    assert len({row[:4] for row in rows}) == len(rows)


OF_LISTS = ("waiting_list.csv",)
"""Tables of services that have waiting lists, which stroke has not."""


@pytest.mark.parametrize("name", list(TABLES))
def test_every_table_has_rows_of_one_shape_and_is_written_as_it_is_read(found, name, tmp_path):
    rows = TABLES[name][0](found)
    assert rows or name in OF_LISTS
    assert all(list(row) == list(rows[0]) for row in rows)
    write_csv(tmp_path / name, rows)
    with (tmp_path / name).open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert len(read) == len(rows)
    assert not any(
        "nan" in cell.lower().split() or cell in ("True", "False", "None") for row in read for cell in row.values()
    )


@pytest.mark.parametrize("name", list(TABLES))
def test_a_service_of_few_words_fills_every_table_it_can(name, tmp_path):
    # No bodies, no costs, no standards, no ages, no reported stays: what is not known is left out or blank.
    service = anywhere(1, areas=10, units=4)
    found = ask(service, Close("U01"), replace(QUICK, replications=1))
    write_csv(tmp_path / name, TABLES[name][0](found))
