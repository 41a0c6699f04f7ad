"""ChangeStay, RepatriateSooner, EarlySupportedDischarge: pathways change by what is said, and for whom."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import scenarios
from sim.cohort.cohort import draw
from sim.journeys.routes import route
from sim.journeys.send import send
from sim.measures.load import expected_load
from sim.service.fault import InputError
from sim.service.pathway import DESTINATIONS
from sim.service.service import WeeklyHours
from tests.two_towns import ASHFORD_REHAB, stroke


def stage(service, group: str, name: str):
    return next(g for g in service.groups if g.name == group).stage(name)


def test_a_stay_is_scaled_with_its_shape():
    before, after = (
        stage(s, "stroke", "acute") for s in (stroke(), scenarios.ChangeStay("acute", factor=0.5)(stroke()))
    )
    assert after.stay.expectation == pytest.approx(before.stay.expectation / 2)
    assert after.stay_same_bed.expectation == pytest.approx(before.stay_same_bed.expectation / 2)
    assert after.stay.quantile(0.7) == pytest.approx(before.stay.quantile(0.7) / 2)


def test_a_stay_gets_another_mean():
    after = stage(scenarios.ChangeStay("rehabilitation", mean=20)(stroke()), "stroke", "rehabilitation")
    assert after.stay.expectation == pytest.approx(20)
    assert after.stay.sd / after.stay.mean == pytest.approx(26.36 / 37.37)


def test_half_the_stay_is_half_the_bed_days():
    before, after = (
        expected_load(s).bed_days[ASHFORD_REHAB]
        for s in (stroke(), scenarios.ChangeStay("rehabilitation", factor=0.5)(stroke()))
    )
    assert after == pytest.approx(before / 2)


def test_only_the_named_groups_change():
    option = scenarios.ChangeStay("acute", factor=0.5, groups=["stroke"])(stroke())
    assert stage(option, "thrombectomy", "acute") == stage(stroke(), "thrombectomy", "acute")


def test_every_patient_keeps_their_luck_when_a_stay_is_halved():
    service, option = stroke(), scenarios.ChangeStay("hyperacute", factor=0.5)(stroke())
    cohort = draw(service, seed=1, replication=0, horizon=100.0)
    before, after = send(cohort, route(service, 100.0)), send(cohort, route(option, 100.0))
    ratio = after.journeys.steps.stay / before.journeys.steps.stay
    assert np.all((np.abs(ratio - 0.5) < 1e-3) | (ratio == 1))


@pytest.mark.parametrize("given", [{}, {"factor": 0.5, "mean": 3}, {"factor": -1}, {"mean": "long"}])
def test_a_factor_or_a_mean_is_needed_and_not_both(given):
    with pytest.raises(InputError, match=r"factor|mean"):
        scenarios.ChangeStay("acute", **given)


def test_an_unknown_stage_or_group_is_offered_the_nearest_spelling():
    with pytest.raises(InputError) as raised:
        scenarios.ChangeStay("acutee", factor=1, groups=["strok"])(stroke())
    assert "did you mean 'stroke'" in str(raised.value)


def test_repatriation_takes_half_the_time_wherever_there_is_a_transfer():
    before, option = stroke(), scenarios.RepatriateSooner(factor=0.5)(stroke())
    for group in ("thrombectomy", "thrombectomy_not_proceeding"):
        was, now = (stage(s, group, "acute").transfer.expectation for s in (before, option))
        assert now == pytest.approx(was / 2)
    assert stage(option, "stroke", "acute") == stage(before, "stroke", "acute")


def test_repatriation_at_once_is_a_transfer_of_no_time():
    assert stage(scenarios.RepatriateSooner(factor=0)(stroke()), "thrombectomy", "acute").transfer.expectation == 0


def test_a_stage_without_a_transfer_cannot_come_sooner():
    with pytest.raises(InputError, match="no stage named has a transfer"):
        scenarios.RepatriateSooner(factor=0.5, stages=["rehabilitation"])(stroke())


def test_supported_discharge_takes_its_share_from_those_who_would_go_on():
    option = scenarios.EarlySupportedDischarge(0.4, "hyperacute", groups=["stroke"])(stroke())
    was, now = (stage(s, "stroke", "hyperacute").next for s in (stroke(), option))
    assert now["acute"] == pytest.approx(0.6 * was["acute"])
    assert now["home_supported"] == pytest.approx(was["home_supported"] + 0.4 * was["acute"])
    assert now["death"] == was["death"]
    assert sum(now.values()) == pytest.approx(1)


def test_supported_discharge_from_a_stage_that_knew_none():
    option = scenarios.EarlySupportedDischarge(0.1, "comprehensive")(stroke())
    now = stage(option, "thrombectomy", "comprehensive").next
    was = stage(stroke(), "thrombectomy", "comprehensive").next["acute"]
    assert now["home_supported"] == pytest.approx(0.1 * was)


def test_nobody_can_be_sent_home_from_a_last_stage_instead_of_going_on():
    with pytest.raises(InputError, match="nobody goes on to a further stage"):
        scenarios.EarlySupportedDischarge(0.1, "rehabilitation")(stroke())


def test_staff_who_discharge_at_some_hours_hold_up_all_but_the_dead():
    service = stroke()
    option = scenarios.DischargeHours("Mon-Fri 09:00-17:00")(service)
    cohort = draw(service, seed=1, replication=0, horizon=30.0)
    before, after = (send(cohort, route(s, 30.0)) for s in (service, option))
    assert not len(before.journeys.network.round_start)
    assert len(after.journeys.network.round_start) == 22  # Wednesday 1 April to Thursday 30: five days of five but two
    last = after.journeys.patients.first[1:] - 1
    dead = after.destination == DESTINATIONS.index("death")
    assert 0 < dead.sum() < len(dead)
    np.testing.assert_array_equal(after.journeys.steps.at_round[last], ~dead)
    gone = sum(g.per_admission for g in service.groups) * service.areas.demand.sum()
    more = expected_load(option).bed_days.sum() - expected_load(service).bed_days.sum()
    assert more == pytest.approx((1 - dead.mean()) * gone * option.discharge.mean_wait, rel=0.05)


def test_hours_at_which_nobody_discharges_are_refused():
    with pytest.raises(InputError, match="staff must discharge at some hour"):
        replace(stroke(), discharge=WeeklyHours(np.zeros((7, 24), dtype=bool)))
