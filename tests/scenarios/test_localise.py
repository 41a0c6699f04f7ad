"""Localise: a share is treated near home, and nobody else's luck changes."""

from __future__ import annotations

import numpy as np
import pytest

import scenarios
from sim.cohort.cohort import draw
from sim.journeys.routes import route
from sim.journeys.send import present, send
from sim.service.fault import InputError
from sim.study.comparison import compare
from sim.study.question import ask
from tests.two_towns import QUICK, stroke

LOCAL = scenarios.Localise("rehabilitation", "acute", 0.25, groups=["stroke"])


def test_the_group_falls_into_two_that_sum_to_what_it_was():
    option = LOCAL(stroke())
    names = [group.name for group in option.groups]
    assert names == ["thrombectomy", "thrombectomy_not_proceeding", "stroke", "stroke_local", "mimic"]
    before = next(g for g in stroke().groups if g.name == "stroke").per_admission
    now = {group.name: group.per_admission for group in option.groups}
    assert now["stroke"] == pytest.approx(0.75 * before)
    assert now["stroke"] + now["stroke_local"] == pytest.approx(before)


def test_only_the_named_stage_asks_for_another_kind():
    option = LOCAL(stroke())
    local = next(g for g in option.groups if g.name == "stroke_local")
    assert [stage.kind for stage in local.stages] == ["hyperacute", "hyperacute", "acute", "acute"]


def test_everybody_keeps_their_luck():
    service, option = stroke(), LOCAL(stroke())
    cohort = draw(service, seed=1, replication=0, horizon=100.0)
    before, after = send(cohort, route(service, 100.0)), send(cohort, route(option, 100.0))
    assert np.array_equal(before.journeys.patients.number, after.journeys.patients.number)
    assert np.array_equal(before.journeys.patients.arrival, after.journeys.patients.arrival)
    assert np.array_equal(before.journeys.steps.stay, after.journeys.steps.stay)
    names = [np.array([g.name for g in s.groups])[present(cohort, route(s, 100.0))[1]] for s in (service, option)]
    assert np.array_equal(names[0], np.where(names[1] == "stroke_local", "stroke", names[1]))


def test_no_share_changes_no_group():
    assert scenarios.Localise("rehabilitation", "acute", 0.0)(stroke()).groups == stroke().groups


def test_what_cannot_be_localised_is_refused():
    with pytest.raises(InputError, match="asks for acute care already"):
        scenarios.Localise("acute", "acute", 0.5, groups=["stroke"])(stroke())
    with pytest.raises(InputError, match="stroke is localised already"):
        scenarios.chain(LOCAL, LOCAL)(stroke())
    with pytest.raises(InputError, match="did you mean 'rehabilitation'"):
        scenarios.Localise("rehabilitaton", "acute", 0.5)(stroke())
    with pytest.raises(InputError, match="share must be a number from 0 to 1"):
        scenarios.Localise("rehabilitation", "acute", 2)


def test_a_group_that_only_the_option_has_is_compared_with_nothing():
    found = ask(stroke(), LOCAL, QUICK).experiment
    rows = {row.by: row for row in compare(found, "wait_hours_mean", by="group")}
    assert list(rows) == [
        f"group={name}" for name in ("thrombectomy", "thrombectomy_not_proceeding", "stroke", "mimic", "stroke_local")
    ]
    assert np.isnan(rows["group=stroke_local"].baseline)
    assert not np.isnan(rows["group=stroke_local"].option)
