"""Outcome, beds, staff and plan as tables, on two towns: the rows add up, and say what they rest on."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios import Baseline, Close, KeepWithInvestment
from sim.show.terminal import table
from sim.study.outcome import outcome
from sim.study.plan import beds_and_heads, plan
from sim.study.question import ask
from sim.study.staff import ALL, beds, staff
from sim.study.tables import summary
from sim.study.turning import turning_points
from tests.two_towns import QUICK, stroke


@pytest.fixture(scope="module")
def closed():
    """Dover's stroke unit closes on 1 May 2026, a month after the run begins."""
    return ask(stroke(), Close(units=["Dover"], at="2026-05-01"), QUICK)


@pytest.fixture(scope="module")
def unchanged():
    return ask(stroke(), Baseline(), QUICK)


def test_time_alone_and_time_with_volume_stand_side_by_side_with_the_break_even(closed):
    rows = outcome(closed)
    mechanisms = [row["mechanism"] for row in rows if row["of"] == "thrombolysis"]
    assert mechanisms.count("time alone") == mechanisms.count("time with volume") == 5
    assert mechanisms.count("break-even") == 1
    for row in rows:
        if row["mechanism"] in ("time alone", "time with volume"):
            assert row["low"] <= row["high"]
            assert row["source"]
        if row["mechanism"] == "time with volume":
            assert row["contrary"]


def test_rows_of_journeys_name_their_guesses(closed):
    rows = {(row["measure"], row["unit"]): row for row in outcome(closed) if row["of"] == "journeys"}
    assert "visits_per_bed_day" in rows["all visitors", "hours a year"]["guesses"]
    total = rows["all journeys", "kg CO2e a year"]
    parts = (
        *("patients to the first hospital, by ambulance", "patients to the first hospital, driven"),
        *("patients between hospitals, by ambulance", "patients home, by car"),
        *("visitors by car", "visitors by public transport"),
    )
    assert total["option"] == pytest.approx(sum(rows[part, "kg CO2e a year"]["option"] for part in parts))


def test_an_option_that_changes_nothing_has_no_differences(unchanged):
    for row in outcome(unchanged):
        assert row["difference"] in (0, None)
    assert all(row["wte_change"] == 0 == row["wte_resized_change"] for row in staff(unchanged))
    assert all(row["beds_moved_change"] == 0 == row["of_which_pooling"] for row in beds(unchanged))
    for row in plan(unchanged):
        assert all(value == 0 for key, value in row.items() if key.endswith("_change"))


def test_beds_are_given_by_date_and_pooling_stands_apart(closed):
    rows = beds(closed)
    assert list(dict.fromkeys(row["date"] for row in rows)) == ["2026-04-01", "2026-05-01"]
    for row in rows:
        assert row["of_which_load"] + row["of_which_pooling"] == pytest.approx(row["beds_resized_change"])
    last = {row["unit"]: row for row in rows if row["date"] == "2026-05-01"}
    assert (last["Dover"]["beds_baseline"], last["Dover"]["beds_option"]) == (18, 0)
    assert last[ALL]["beds_option"] == last[ALL]["beds_baseline"] == 34 + 16 + 18 + 8
    # One ward instead of two needs less room above its load.
    assert last[ALL]["of_which_pooling"] < 0
    # What is simulated is of the time from each date to the next: before the closure both need the same, after it Dover needs none.
    first = {row["unit"]: row for row in rows if row["date"] == "2026-04-01"}
    assert first["Dover"]["beds_for_delay_simulated_option"] == first["Dover"]["beds_for_delay_simulated_baseline"] > 0
    assert last["Ashford"]["beds_for_delay_simulated_option"] > 0
    assert last["Dover"]["beds_for_delay_simulated_option"] < last["Dover"]["beds_for_delay_simulated_baseline"]


def test_staff_of_all_providers_are_the_sum_of_each(closed):
    rows = staff(closed)
    for group in {row["staff_group"] for row in rows}:
        of = {row["provider"]: row for row in rows if row["staff_group"] == group}
        for key in ("wte_baseline", "wte_option", "posts_gone", "of_them_moving", "posts_new", "of_them_to_recruit"):
            assert of[ALL][key] == pytest.approx(sum(row[key] for who, row in of.items() if who != ALL))


def test_a_unit_less_is_a_rota_less(closed):
    consultants = {row["provider"]: row for row in staff(closed) if row["staff_group"] == "consultants"}
    # Dover's rota of six goes; Ashford's beds come to ask for more than its own.
    assert consultants["DOV"]["wte_change"] == pytest.approx(-6)
    assert consultants["DOV"]["smallest_rota_only_baseline"] > consultants["DOV"]["smallest_rota_only_option"]
    assert consultants["ASH"]["wte_change"] > 0 > consultants[ALL]["wte_change"]


@pytest.mark.parametrize(("named", "more"), [(6.5, 6.5), (0, None)])
def test_staff_that_a_promise_names_are_not_reckoned_by_bed_again(named, more):
    promise = KeepWithInvestment(unit="Dover", growth=300, beds_added=4, staff=named, cost_gbp=0, from_units={})
    found = ask(stroke(), promise, QUICK)
    change = sum(row["wte_change"] for row in staff(found) if row["provider"] == ALL)
    # Without staff of its own, a promised bed asks for staff as any other.
    assert change == pytest.approx(more) if more else change > 4


def test_a_plan_has_24_months_and_its_years_for_each_organisation(closed):
    rows = plan(closed)
    for provider in ("ASH", "DOV"):
        of = [row for row in rows if row["provider"] == provider]
        assert [row["period"] for row in of[:2]] == ["2026-04", "2026-05"]
        assert [row["period"] for row in of[24:]] == ["2026/27", "2027/28"]
        months = np.array([[row["beds_option"], row["days"]] for row in of[:12]])
        assert of[24]["beds_option"] == pytest.approx(np.average(months[:, 0], weights=months[:, 1]))
    assert [row["beds_option"] for row in rows if row["provider"] == "DOV"][:2] == [26, 8]


def test_further_columns_join_a_plan(closed):
    rows = plan(closed, (beds_and_heads, lambda seen: {"beds_of_all": {"ASH": float(seen.beds.sum())}}))
    assert {row["beds_of_all_baseline"] for row in rows if row["provider"] == "ASH"} == {76}
    assert next(row for row in rows if row["provider"] == "DOV")["beds_of_all_option"] == 0


def test_the_summary_shows_both_mechanisms_and_marks_guesses(closed):
    said = {row["measure"]: row for row in summary(closed)}
    alone = said["QALYs of treated patients (parts are guesses), time alone"]
    assert alone["low"] <= alone["difference"] <= alone["high"]
    assert "QALYs of treated patients (parts are guesses), time with volume" in said
    assert said["thrombolysis: volume effect that turns harm to benefit"]["option"] > 0
    assert said["staff, beds as they are moved (parts are guesses)"]["difference"] < 0


def test_where_nothing_changes_there_is_no_size_of_effect_at_which_it_turns(unchanged):
    evens = [row for row in outcome(unchanged) if row["mechanism"] == "break-even"]
    assert len(evens) == 3
    for row in evens:
        assert np.isnan([row["option"], row["low"], row["high"]]).all()
        assert row["said"] == "nothing changes"
    text = [line for line in table(summary(unchanged)) if "turns harm to benefit" in line]
    assert len(text) == 3
    assert not any(digit in line.removesuffix("% of the published") for line in text for digit in "0123456789")
    point = next(point for point in turning_points(unchanged) if "effect of volume" in point.what)
    assert "nothing changes" in point.said


def test_a_service_that_knows_nothing_of_it_has_empty_tables():
    found = ask(stroke(outcome=None, burden=None, staff=None, cost=None), Baseline(), QUICK)
    assert outcome(found) == beds(found) == staff(found) == []
    assert {row["period"] for row in plan(found)}
