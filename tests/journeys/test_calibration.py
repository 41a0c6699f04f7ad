"""Constants of units: modelled volumes equal the targets, and what cannot be met is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.journeys.calibration import calibrate
from sim.measures.load import expected_load
from sim.service.allocation import Allocation, Bypass, Choice, with_allocation
from sim.service.fault import InputError
from sim.study.load import load_service
from tests.two_towns import anywhere, stroke


def choosing(service, minutes: float = -0.1):
    return with_allocation(service, Allocation(Choice(minutes)))


@pytest.mark.parametrize("seed", range(4))
def test_modelled_volumes_equal_the_targets(seed):
    service = choosing(anywhere(seed))
    found = calibrate(service)
    reported = service.units.reported_volume
    target = reported * service.areas.demand.sum() / reported.sum()
    assert expected_load(found.service).index == pytest.approx(target, rel=1e-3)
    assert found.error_max <= 1e-5
    assert found.error_mean <= found.error_max


def test_volumes_as_they_are_need_no_constants():
    service = choosing(anywhere(1))
    volume = expected_load(service).index
    found = calibrate(service, dict(zip(service.units.id.tolist(), volume.tolist())))
    assert found.constant == pytest.approx(np.zeros(len(volume)), abs=1e-3)


def test_constants_that_are_there_are_the_start_and_not_forgotten():
    service = with_allocation(anywhere(2), Allocation(Choice(-0.1, constants={"U00": 3.0})))
    again, afresh = calibrate(service), calibrate(choosing(anywhere(2)))
    assert again.constant == pytest.approx(afresh.constant, abs=1e-3)


def test_only_proportions_of_targets_count():
    service = choosing(anywhere(3))
    volume = service.units.reported_volume
    found = calibrate(service, dict(zip(service.units.id.tolist(), (2 * volume).tolist())))
    assert found.constant == pytest.approx(calibrate(service).constant)


def test_a_unit_that_nobody_can_reach_is_named():
    service = anywhere(1)
    minutes = np.array(service.region.travel.area_site)
    minutes[:, 3] = np.nan
    travel = replace(service.region.travel, area_site=minutes)
    service = replace(service, region=replace(service.region, travel=travel))
    with pytest.raises(InputError, match="U03 cannot be met: 0 modelled of"):
        calibrate(choosing(service))


def test_a_unit_that_more_patients_are_asked_of_than_can_reach_it_is_named():
    service = anywhere(1, areas=4, units=3)
    minutes = np.array(service.region.travel.area_site)
    minutes[1:, 2] = np.nan
    travel = replace(service.region.travel, area_site=minutes)
    service = replace(service, region=replace(service.region, travel=travel))
    with pytest.raises(InputError, match="U02 cannot be met"):
        calibrate(choosing(service), {"U00": 1, "U01": 1, "U02": 1e6}, most_steps=200)


def test_a_missing_target_is_refused_and_so_is_another_rule():
    with pytest.raises(InputError, match="the target of U01 must be a number above 0"):
        calibrate(choosing(anywhere(0, units=3)), {"U00": 5, "U02": 5})
    with pytest.raises(InputError, match="no open unit to calibrate is 'U9'"):
        calibrate(choosing(anywhere(0, units=3)), {"U9": 5})
    with pytest.raises(InputError, match="only a rule of choice"):
        calibrate(with_allocation(stroke(), Allocation(Bypass(5))))


@pytest.fixture(scope="module")
def england():
    return calibrate(choosing(load_service("stroke", "england"), -0.2))


def test_reported_volumes_of_england_are_met_to_a_thousandth(england):
    assert len(england.unit) == 101
    volume = expected_load(england.service).index[england.unit]
    assert volume == pytest.approx(england.target, rel=1e-3)
    assert england.target.sum() == pytest.approx(80958.0)


def test_odd_reported_volumes_of_england_are_listed(england):
    said = "\n".join(england.odd)
    assert "PE39GZ Peterborough City Hospital: reports just what WF14DG reports" in said
    assert "WF14DG Pinderfields Hospital, Wakefield: reports just what PE39GZ reports" in said
    assert "L97AL University Hospital Aintree, Liverpool: 528 a year against 1226" in said
    assert len(england.odd) == 8
