"""Experiments: paired by construction, the same on any number of workers and with both engines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scenarios import Baseline, Close
from sim.service.demand import Demand, Factor
from sim.service.fault import InputError
from sim.service.service import Change, WeeklyHours
from sim.study.experiment import Experiment, experiment
from sim.study.question import ask
from sim.study.run import Run
from tests.two_towns import ASHFORD, DOVER, QUICK, WARD, stroke, towns


def every(found: Experiment) -> list:
    """All numbers of an experiment, to the last bit."""
    return [
        (each.number, side, one.measure, one.by, one.key, one.value.tobytes())
        for each in found.replications
        for side in ("baseline", "option")
        for one in getattr(each, side)
    ] + [each.flows.tolist() for each in found.replications]


@pytest.fixture(scope="module")
def closed():
    service = stroke()
    return experiment(service, Close("Dover", at=30)(service), QUICK, "compiled")


def test_an_option_that_changes_nothing_differs_in_nothing():
    service = stroke()
    found = experiment(service, Baseline()(service), QUICK)
    for each in found.replications:
        for x, y in zip(each.baseline, each.option, strict=True):
            np.testing.assert_array_equal(x.value, y.value, err_msg=x.measure)
        assert (each.flows == np.diag(np.diag(each.flows))).all()


def test_the_same_numbers_come_twice(closed):
    service = stroke()
    assert every(experiment(service, Close("Dover", at=30)(service), QUICK)) == every(closed)


@pytest.mark.parametrize(("engine", "workers"), [("compiled", 2), ("reference", 1), ("reference", 2)])
def test_engine_and_workers_change_no_number(closed, engine, workers):
    service = stroke()
    option = Close("Dover", at=30)(service)
    assert every(experiment(service, option, replace(QUICK, workers=workers), engine)) == every(closed)


def test_another_seed_gives_other_numbers(closed):
    service = stroke()
    other = experiment(service, Close("Dover", at=30)(service), replace(QUICK, seed=2))
    assert every(other) != every(closed)


def test_a_replication_does_not_know_how_many_there_are(closed):
    service = stroke()
    more = experiment(service, Close("Dover", at=30)(service), replace(QUICK, replications=3))
    first = [row for row in every(more) if isinstance(row, tuple) and row[0] < 2]
    assert first == [row for row in every(closed) if isinstance(row, tuple)]


def test_before_a_closure_both_sides_are_equal_to_the_last_bit():
    service = stroke()
    option = Close("Dover", at=60)(service)
    found = experiment(service, option, replace(QUICK, years=0.1, warmup_days=10, cooldown_days=30))
    # The window ends on day 47, before anything closes: only what is still to come of its patients may differ.
    for each in found.replications:
        held = [
            {one.by: one.value for one in side if one.measure == "occupied_beds_mean"}
            for side in (each.baseline, each.option)
        ]
        np.testing.assert_array_equal(held[0]["unit"], held[1]["unit"])


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.with_units(beds=[34, 16, 4, 8]),
        lambda s: s.with_changes(Change(0, "Dover", "beds", 4)),
        lambda s: replace(s, demand=Demand((Factor(1.5),))),
        lambda s: stroke(thrombectomy_share=0.3),
        lambda s: replace(s, hours={"Dover": WeeklyHours(np.arange(168).reshape(7, 24) % 24 > 12)}),
        lambda s: replace(s, blocked_first=True).with_units(beds=[15, 2, 5, 1]),
    ],
    ids=["beds of units", "beds by date", "demand", "groups", "hours", "precedence"],
)
def test_any_function_of_a_service_is_an_option_and_whatever_it_changes_is_simulated(change):
    found = experiment(stroke(), change(stroke()), QUICK)
    assert any(
        x.value.tobytes() != y.value.tobytes()
        for e in found.replications
        for x, y in zip(e.baseline, e.option, strict=True)
    )


def test_growth_adds_patients_to_the_option_alone():
    service = towns(all=WARD)
    found = experiment(service, replace(service, demand=Demand((Factor(2.0),))), replace(QUICK, replications=6))
    before = found.values("baseline", "index_admissions_per_year", "unit")[1]
    after = found.values("option", "index_admissions_per_year", "unit")[1]
    alone = experiment(service, service, replace(QUICK, replications=6))
    np.testing.assert_array_equal(before, alone.values("baseline", "index_admissions_per_year", "unit")[1])
    assert (after >= before).all()
    ratio = after.sum() / before.sum()
    assert 1.7 < ratio < 2.3


def test_patients_of_a_closed_unit_are_found_at_the_next_one(closed):
    for each in closed.replications:
        assert each.flows[DOVER, ASHFORD] > 0
        assert each.flows[ASHFORD, DOVER] == 0
        assert each.flows.sum() == each.flows[:, [ASHFORD, DOVER]].sum()


def test_values_are_one_row_a_replication_and_one_column_a_key(closed):
    keys, values = closed.values("option", "occupied_beds_mean", "unit")
    assert keys == tuple(stroke().units.id.tolist())
    assert values.shape == (2, 4)
    assert closed.has("thrombectomy_per_year")
    assert not closed.has("nonsense_per_year")


def test_a_measure_that_is_not_there_is_refused_with_the_nearest_spelling(closed):
    with pytest.raises(InputError, match=r"no measure 'wait_hour_mean' by 'unit'; did you mean 'wait_hours_mean'\?"):
        closed.values("option", "wait_hour_mean", "unit")


def test_progress_is_told_after_each_replication():
    told = []
    experiment(towns(all=WARD), towns(all=WARD), QUICK, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


def test_an_option_that_could_deadlock_is_refused_before_it_runs():
    from tests.journeys.test_deadlock import there_and_back

    with pytest.raises(InputError, match="could deadlock"):
        experiment(towns(all=WARD), towns(all=there_and_back()), QUICK)


def test_an_unknown_engine_is_refused_with_the_nearest_spelling():
    with pytest.raises(
        InputError, match=r"unknown engine 'compild'; known: reference, compiled; did you mean 'compiled'\?"
    ):
        experiment(towns(all=WARD), towns(all=WARD), QUICK, "compild")


def test_asking_a_question_runs_both_sides_from_the_same_day():
    run = replace(QUICK, start="2027-01-01")
    found = ask(stroke(), Close("Dover"), run)
    assert found.before.service.calendar == found.after.service.calendar == run.calendar
    assert found.before.is_open.tolist() == [True] * 4
    assert found.after.is_open.tolist() == [True, True, False, True]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"replications": 0}, ["replications must be a whole number, 1 or more, got 0"]),
        ({"replications": 1.5}, ["replications must be a whole number", "1.5"]),
        ({"seed": -1}, ["seed must be a whole number, 0 or more, got -1"]),
        ({"seed": "abc"}, ["seed must be a whole number", "'abc'"]),
        ({"seed": True}, ["seed must be a whole number", "True"]),
        ({"years": 0}, ["years must be above 0 and at most 100, got 0"]),
        ({"years": 101}, ["years must be above 0 and at most 100"]),
        ({"years": float("nan")}, ["years must be above 0", "nan"]),
        ({"years": "one"}, ["years must be above 0", "'one'"]),
        ({"warmup_days": -1}, ["warmup_days must be a number, 0 or more, got -1"]),
        ({"warmup_days": float("inf")}, ["warmup_days must be a number"]),
        (
            {"warmup_days": 400},
            ["warm-up (400 days) must be shorter than the run measured (365 days)", "lower run.warmup_days"],
        ),
        ({"cooldown_days": -1}, ["cooldown_days must be a number, 0 or more"]),
        ({"cooldown_days": 1e12}, ["the run must lie between the years 1 and 9999"]),
        ({"workers": -1}, ["workers must be a whole number, 0 or more"]),
        ({"start": "31-12-2026"}, ["year-month-day", "'31-12-2026'"]),
        ({"start": "9999-12-31"}, ["the run must lie between the years 1 and 9999"]),
        ({"start": "0001-01-01"}, ["the run must lie between the years 1 and 9999"]),
        ({"seed": -1, "years": 0, "workers": -1}, ["3 faults"]),
    ],
)
def test_run_settings_that_cannot_be_are_refused(settings, words):
    with pytest.raises(InputError) as raised:
        Run(**settings)
    for word in words:
        assert word in str(raised.value)


def test_a_seed_may_be_as_long_as_one_likes():
    assert experiment(towns(all=WARD), towns(all=WARD), replace(QUICK, seed=10**30, replications=1)).replications


def test_a_part_of_a_day_of_warm_up_is_no_fault():
    found = experiment(stroke(), stroke(), replace(QUICK, warmup_days=7.5, cooldown_days=2.25))
    assert found.has("occupied_beds_mean")
