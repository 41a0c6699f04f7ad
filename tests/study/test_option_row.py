"""The option row: the same numbers as the summary, with a direction, an interval and the guesses behind each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scenarios import Baseline, Close, Localise
from sim.study.comparison import paired
from sim.study.load import load_finance, load_service
from sim.study.money import MONEY_BASIS
from sim.study.option_row import (
    ESTIMATE,
    HIGHER,
    LOWER,
    NEUTRAL,
    REPLICATION,
    Measure,
    Samples,
    less,
    option_row,
    option_row_table,
    sample_rows,
    verdict,
)
from sim.study.question import ask
from sim.study.tables import SECTIONS, summary
from tests.two_towns import QUICK, stroke


def asked(scenario, name="option", **changed):
    service = stroke(**changed)
    return ask(service, scenario, replace(QUICK, replications=3), name=name, finance=load_finance(service, start=QUICK.start))


@pytest.fixture(scope="module")
def found():
    return asked(Close("Dover"), "close")


@pytest.fixture(scope="module")
def row(found):
    return {each.key: each for each in option_row(found)}


def test_every_part_of_the_question_is_on_the_row(row):
    for key in (
        *("minutes_mean", "within_30", "within_30_and_minimum", "areas_unreached", "under_hyperacute_minimum", "wait_hours_mean"),
        *("delayed_transfer_bed_days_per_year", "beds_in_force", "beds_needed", "staff_wte", "cost_first_year", "cost_last_year"),
        *("net_present_saving", "income_moved", "trusts_below_tolerance", "spent icb=Two Towns", "qalys_time_alone"),
        *("qalys_time_with_volume",),
    ):
        assert key in row
    assert len(row) == len({each.label for each in row.values()})
    assert [each.section for each in row.values()] == sorted((m.section for m in row.values()), key=SECTIONS.index)


def test_the_row_says_what_the_summary_says(found, row):
    said = {line["measure"]: line for line in summary(found)}
    for key, measure in (
        ("minutes_mean", "mean minutes to the first unit"),
        ("within_30", "patients within 30 minutes"),
        ("delayed_transfer_bed_days_per_year", "delayed transfers"),
        ("cost_first_year", "cost to the system in year 1 (guesses)"),
        ("net_present_saving", "net saving over 10 years, present value (guesses)"),
        ("staff_wte", "staff, beds as they are moved (parts are guesses)"),
        ("qalys_time_alone", "QALYs of treated patients (parts are guesses), time alone"),
    ):
        assert (row[key].baseline, row[key].option) == pytest.approx((said[measure]["baseline"], said[measure]["option"]))
        if row[key].samples:
            assert (row[key].low, row[key].high) == pytest.approx((said[measure]["low"], said[measure]["high"]), abs=1e-9)


def test_every_interval_is_made_of_its_samples(row):
    for each in row.values():
        if each.samples is None:
            assert np.isnan(each.low)
            assert each.basis == "no simulation"
            continue
        assert each.samples.interval(each.samples.option - each.samples.baseline) == pytest.approx((each.low, each.high))
        is_of_numbers = each.section == "Clinical outcome" or each.basis == MONEY_BASIS
        assert each.samples.over == (ESTIMATE if is_of_numbers else REPLICATION)


def test_a_guess_is_named_wherever_it_is_used(row):
    assert "equipment_ward" in row["cost_first_year"].rests_on
    assert "stay_comprehensive" in row["wait_hours_mean"].rests_on
    assert "equipment_ward" not in row["wait_hours_mean"].rests_on
    assert not row["minutes_mean"].is_guess


def test_nothing_changes_where_nothing_is_done():
    for each in option_row(asked(Baseline())):
        assert each.difference == 0
        assert each.verdict in ("the same", NEUTRAL), each


def test_spending_of_each_commissioner_adds_up_to_what_the_system_pays_more(found, row):
    each = [m.difference for key, m in row.items() if key.startswith("spent ")]
    rises = [value for value in each if value > 1e-6]
    assert row["commissioners_paying_more"].option == len(rises)
    assert row["largest_rise"].option == pytest.approx(max(rises, default=0.0))


def test_without_money_staff_and_outcome_the_row_keeps_what_is_known():
    service = replace(stroke(), staffing=None, benefit=None, burden=None, costs=None)
    keys = [each.key for each in option_row(ask(service, Close("Dover"), replace(QUICK, replications=1)))]
    assert "minutes_mean" in keys
    assert "wait_hours_mean" in keys
    assert not {"staff_wte", "cost_first_year", "qalys_time_alone", "beds_needed"} & set(keys)


@pytest.mark.parametrize(
    ("better", "difference", "low", "high", "is_exact", "said"),
    [
        (LOWER, -1.0, np.nan, np.nan, True, "better"),
        (HIGHER, -1.0, np.nan, np.nan, True, "worse"),
        (LOWER, -1.0, -2.0, -0.1, False, "better"),
        (HIGHER, 1.0, -0.1, 2.0, False, "undecided"),
        (LOWER, 0.0, 0.0, 0.0, False, "the same"),
        (LOWER, 0.0, -1.0, 1.0, False, "undecided"),
        (LOWER, -1.0, 0.1, 2.0, False, "undecided"),  # what is expected and what was seen point different ways
        (LOWER, 1.0, -2.0, -0.1, False, "undecided"),
        (LOWER, -1.0, np.nan, np.nan, False, "undecided"),  # one replication says nothing of luck
        (NEUTRAL, 1.0, np.nan, np.nan, True, NEUTRAL),
        (LOWER, np.nan, np.nan, np.nan, False, ""),
    ],
)
def test_a_verdict_needs_an_interval_on_one_side_of_nothing(better, difference, low, high, is_exact, said):
    assert verdict(better, difference, low, high, is_exact) == said


def test_samples_that_saw_nothing_are_left_out():
    values = np.array([1.0, np.nan, 3.0])
    assert Samples(REPLICATION, values, values).interval(values) == Samples(REPLICATION, values, values).interval(values[[0, 2]])
    assert np.isnan(Samples(ESTIMATE, values, values).interval(np.full(3, np.nan))).all()


def test_dust_of_sums_is_no_difference():
    assert less(0.1 + 0.2, 0.3) == 0.0
    assert less(2.0, 1.0) == 1.0
    assert Measure("k", "Waits", "l", "hours", LOWER, 0.1 + 0.2, 0.3).verdict == "the same"


def test_a_service_with_waiting_lists_is_judged_by_them_too():
    service = load_service("neurosurgery", region="two_towns")
    found = ask(service, Baseline(), replace(QUICK, replications=1), name="baseline")
    row = {each.key: each for each in option_row(found)}
    assert row["waiting_list_at_end"].better == LOWER
    assert row["incomplete_within_18_weeks_share"].better == HIGHER
    assert row["incomplete_within_18_weeks_share"].option <= 100


def test_dust_of_draws_is_no_effect():
    x = np.array([438.7071133, 438.7, np.inf, 0.0])
    assert paired(x, x + np.array([5e-14, 0, 0, 0]))[[0, 1, 3]].tolist() == [0.0, 0.0, 0.0]
    assert np.isnan(paired(x, x)[2])
    assert paired(np.array([1.0]), np.array([np.inf]))[0] == np.inf
    assert paired(x, x + 1)[0] == pytest.approx(1.0)


def test_what_changes_no_journey_changes_no_outcome():
    row = {each.key: each for each in option_row(asked(Localise(stage="rehabilitation", kind="acute", share=0.25)))}
    assert row["qalys_time_with_volume"].verdict == "the same"
    assert row["minutes_mean"].verdict == "the same"


def test_the_table_and_the_samples_have_one_shape_whatever_the_option(found):
    rows = option_row_table(found)
    assert {tuple(each) for each in rows} == {tuple(rows[0])}
    assert {each["scenario"] for each in rows} == {"close"}
    keys = {each.key for each in option_row(found) if each.samples is not None}
    assert {each[2] for each in sample_rows(found)} == keys
    assert {each[0] for each in sample_rows(found)} == {"baseline", "option"}
