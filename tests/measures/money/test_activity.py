"""Activity: rows by stage, home and unit sum to the expected load, and what is simulated is what outcomes count."""

from __future__ import annotations

import numpy as np
import pytest

import scenarios
from sim.measures.load import expected_load
from sim.measures.money.activity import expected_activity, homes, scaled, stage_rows
from sim.study.experiment import experiment
from tests.money import MADE_UP, anything
from tests.two_towns import QUICK, WARD_AND_REHABILITATION, built, stroke


@pytest.mark.parametrize(
    "service", [stroke(), built(groups=MADE_UP), anything(3)[1]], ids=["stroke", "made up", "option"]
)
def test_expected_activity_sums_to_the_expected_load(service):
    is_open = service.is_open()
    found, load = expected_activity(service, is_open, homes(service)), expected_load(service, is_open)
    units = len(service.units)
    np.testing.assert_allclose(found.by_unit(found.bed_days, units), load.bed_days, rtol=1e-12)
    first = {(group.name, group.stages[0].name): group.is_index for group in service.groups}
    is_index = np.array([first.get(row, False) for row in stage_rows(service)])[found.stage]
    np.testing.assert_allclose(found.by_unit(found.stays * is_index, units), load.index, rtol=1e-12)
    from_home = np.array([row in first for row in stage_rows(service)])[found.stage]
    assert found.journeys[~from_home].sum() == pytest.approx(load.transfers)
    assert found.journeys[from_home].sum() == pytest.approx(found.stays[from_home].sum())


def test_minutes_are_those_of_the_table():
    service = built(groups={"all": WARD_AND_REHABILITATION})
    found = expected_activity(service, service.is_open(), homes(service))
    # 600 for 10 minutes and 300 for 15; rehabilitation is in the same building.
    assert found.journey_minutes.sum() == pytest.approx(600 * 10 + 300 * 15)
    # A quarter stays 30 days more: visitors have the same way for 10 + 7.5 days of each patient.
    assert found.visit_minutes.sum() == pytest.approx(17.5 * (600 * 10 + 300 * 15))
    # Everybody goes home in the end, three quarters from the ward and a quarter from rehabilitation.
    assert found.homeward_minutes.sum() == pytest.approx(600 * 10 + 300 * 15)


def test_scaling_demand_scales_every_column():
    service = stroke()
    found = expected_activity(service, service.is_open(), homes(service))
    twice = scaled(found, np.full(len(stage_rows(service)), 2.0))
    assert twice.stays.sum() == pytest.approx(2 * found.stays.sum())
    assert twice.journey_minutes.sum() == pytest.approx(2 * found.journey_minutes.sum())


def test_simulated_activity_is_what_outcomes_count():
    service = built(groups={"all": WARD_AND_REHABILITATION})
    run = experiment(service, scenarios.Close(("Dover",))(service), QUICK)
    each = run.replications[0]
    for side, found in zip(("baseline", "option"), each.activity):
        units = len(service.units)
        outcome = {(o.measure, o.by): o.value for o in getattr(each, side)}
        held = outcome["occupied_beds_mean", "unit"] * 365.25
        np.testing.assert_allclose(found.by_unit(found.bed_days, units), held, atol=1e-6)
        stays = found.by_unit(found.stays * (found.stage == 0), units)
        np.testing.assert_allclose(stays, outcome["index_admissions_per_year", "unit"])
        moved = found.journeys[found.stage == 1].sum()
        assert moved == pytest.approx(outcome["transfers_per_year", "all"][0])


def test_an_option_that_changes_nothing_has_the_activity_of_the_baseline():
    each = experiment(stroke(), stroke(), QUICK).replications[0]
    for column, other in zip(*each.activity):
        np.testing.assert_array_equal(column, other)
