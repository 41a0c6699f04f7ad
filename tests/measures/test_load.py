"""Volumes and loads of the two towns by arithmetic, and the quick estimates of beds against their definitions."""

from __future__ import annotations

from dataclasses import replace
from math import exp, factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measures.load import beds_for_delay, delay_without_limit, erlang_b, erlang_c, expected_load
from sim.service.demand import DAYS_A_YEAR, Demand, Factor
from sim.service.service import Change
from sim.study.experiment import experiment
from sim.study.run import Run
from tests.two_towns import WARD, WARD_AND_REHABILITATION, stroke, towns

NO_DOVER = np.array([True, True, False, True])
ROOMY = np.full(4, 1000)


def test_each_town_goes_to_its_own_unit():
    load = expected_load(stroke())
    np.testing.assert_allclose(load.index, [600, 0, 300, 0], rtol=1e-12)
    np.testing.assert_allclose(expected_load(stroke(), NO_DOVER).index, [900, 0, 0, 0], rtol=1e-12)


def test_bed_days_are_patients_times_days():
    load = expected_load(towns(all=WARD_AND_REHABILITATION))
    # 600 and 300 stays of ten days, and a quarter of them for thirty more in rehabilitation.
    np.testing.assert_allclose(load.bed_days, [6000, 150 * 30, 3000, 75 * 30])
    np.testing.assert_allclose(load.stays, [600, 150, 300, 75])
    np.testing.assert_allclose(load.beds, np.array([6000, 4500, 3000, 2250]) / 365.25)
    assert load.transfers == 0
    assert not load.unreached.any()


def test_patients_of_a_closed_unit_go_on_from_where_they_are():
    load = expected_load(towns(all=WARD_AND_REHABILITATION), NO_DOVER)
    np.testing.assert_allclose(load.bed_days, [9000, 225 * 30, 0, 0])


def test_whoever_is_treated_at_the_centre_is_counted_there_and_travels():
    service = stroke(thrombectomy_share=0.1)
    load = expected_load(service)
    # A tenth of 900 is treated in Ashford.
    np.testing.assert_allclose(load.counted["thrombectomy"], [90, 0, 0, 0])
    # From Dover 30 treated and 0.1025 x 30 not treated go to Ashford; those alive come back.
    death = service.groups[0].stage("comprehensive").next["death"]
    assert load.transfers == pytest.approx(30 + 3.075 + 30 * (1 - death) + 3.075)


def test_going_on_in_the_same_bed_is_one_stay():
    pathway = {
        "a": {"kind": "hyperacute", "stay": 4, "next": {"b": 0.5, "home": "rest"}},
        "b": {"kind": "acute", "stay": 20, "stay_same_bed": 6},
    }
    load = expected_load(towns(all={"per_admission": 1, "stages": pathway}))
    np.testing.assert_allclose(load.stays, [600, 0, 300, 0])
    np.testing.assert_allclose(load.bed_days, [600 * (4 + 0.5 * 6), 0, 300 * (4 + 0.5 * 6), 0])


def test_mimics_take_beds_and_do_not_count():
    service = towns(index=WARD, mimic={**WARD, "per_admission": 0.4, "is_index": False})
    load = expected_load(service)
    np.testing.assert_allclose(load.index, [600, 0, 300, 0])
    np.testing.assert_allclose(load.bed_days, [600 * 1.4 * 10, 0, 300 * 1.4 * 10, 0])


def test_an_unlimited_stage_takes_no_bed():
    pathway = {
        "door": {"kind": "acute", "stay": 1, "beds": "unlimited", "next": {"ward": 1}},
        "ward": {"kind": "acute", "stay": 5},
    }
    load = expected_load(towns(all={"per_admission": 1, "stages": pathway}))
    np.testing.assert_allclose(load.bed_days, [3000, 0, 1500, 0])


def test_both_beds_are_held_during_a_transfer():
    pathway = {
        "ward": {"kind": "acute", "stay": 5, "next": {"rehabilitation": 0.5, "home": "rest"}},
        "rehabilitation": {"kind": "rehabilitation", "stay": 10, "transfer": 2, "leaving": 1},
    }
    load = expected_load(towns(all={"per_admission": 1, "stages": pathway}))
    # The ward: 5 days, and 2 more for the half who go on. Rehabilitation: 2 + 10 + 1.
    np.testing.assert_allclose(load.bed_days, [600 * 6, 300 * 13, 300 * 6, 150 * 13])


def test_a_transfer_from_no_bed_takes_no_time():
    pathway = {
        "door": {"kind": "acute", "stay": 1, "beds": "unlimited", "next": {"ward": 1}},
        "ward": {"kind": "acute", "stay": 5, "transfer": 3},
    }
    np.testing.assert_allclose(
        expected_load(towns(all={"per_admission": 1, "stages": pathway})).bed_days, [3000, 0, 1500, 0]
    )


def test_the_load_is_of_the_demand_of_its_time():
    service = replace(towns(all=WARD), demand=Demand((Factor([1.0, 2.0], since=10),), growth=0.21))
    np.testing.assert_allclose(expected_load(service).index, [600, 0, 300, 0])
    np.testing.assert_allclose(expected_load(service, at=DAYS_A_YEAR).index, [600 * 1.21, 0, 600 * 1.21, 0])


def test_the_load_is_of_the_units_open_at_its_time():
    service = towns(all=WARD).with_changes(Change(10, "Dover", "open", 0))
    np.testing.assert_allclose(expected_load(service).index, [600, 0, 300, 0])
    np.testing.assert_allclose(expected_load(service, at=10).index, [900, 0, 0, 0])


@pytest.mark.parametrize("closed", [(), ("Dover",)])
def test_with_room_everywhere_the_beds_occupied_are_the_load(closed):
    # Stays shortened tenfold, so that a year is long beside them.
    short = {
        name: {"law": "exponential", "mean": mean}
        for name, mean in (("stay_acute_same_bed", 2), ("stay_rehabilitation", 4))
    }
    service = stroke(parameters={**short, "stay_acute_after_hyperacute": 2.5}).with_units(beds=ROOMY)
    service = service.with_changes(*(Change(0, unit, "open", 0) for unit in closed))
    run = Run(replications=12, years=2, warmup_days=60, cooldown_days=0, workers=1)
    found = experiment(service, service, run, "compiled")
    for measure, expected in (
        ("occupied_beds_mean", expected_load(service).beds),
        ("index_admissions_per_year", expected_load(service).index),
        ("stays_per_year", expected_load(service).stays),
        ("thrombectomy_per_year", expected_load(service).counted["thrombectomy"]),
    ):
        values = found.values("baseline", measure, "unit")[1]
        error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
        # The way between two hospitals, 45 minutes with a bed held, is no part of the load.
        on_the_way = (
            found.values("baseline", "beds_held_on_the_way_mean", "unit")[1].mean(axis=0) if "beds" in measure else 0
        )
        off = abs(values.mean(axis=0) - on_the_way - expected)
        assert (off <= 4.5 * error + 1e-9).all(), (measure, values.mean(axis=0), expected, error)


def test_erlangs_formulas_are_the_sums_they_stand_for():
    load, beds = 7.5, 9
    terms = [load**n / factorial(n) for n in range(beds + 1)]
    assert float(erlang_b(load, beds)) == pytest.approx(terms[-1] / sum(terms))
    waiting = terms[-1] * beds / (beds - load)
    assert float(erlang_c(load, beds)) == pytest.approx(waiting / (sum(terms[:-1]) + waiting))
    assert float(delay_without_limit(load, beds)) == pytest.approx(
        1 - exp(-load) * sum(load**n / factorial(n) for n in range(beds))
    )


@given(st.floats(0.01, 200), st.integers(1, 250))
def test_who_waits_is_more_than_who_is_refused(load, beds):
    refused, waiting = float(erlang_b(load, beds)), float(erlang_c(load, beds))
    assert 0 <= refused <= waiting + 1e-12 <= 1 + 1e-9


def test_without_beds_everybody_is_refused_waits_and_is_delayed():
    assert (float(erlang_b(3.0, 0)), float(erlang_c(3.0, 0)), float(delay_without_limit(3.0, 0))) == (1, 1, 1)
    assert float(erlang_c(10.0, 10)) == 1


@given(st.floats(0.01, 500), st.floats(0.0001, 0.9999))
def test_the_beds_for_a_delay_are_the_fewest_that_meet_it(load, delay):
    (beds,) = beds_for_delay([load], delay).tolist()
    assert float(delay_without_limit(load, beds)) <= delay
    assert beds == 0 or float(delay_without_limit(load, beds - 1)) > delay


def test_a_unit_without_load_needs_no_beds():
    assert beds_for_delay([0.0, 8.0], 0.05).tolist() == [0, 14]
