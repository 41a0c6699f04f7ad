"""Sizing beds where no table gives them: once, by the rule, and never against a user's own number."""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.load import delay_without_limit, expected_load
from sim.service.fault import InputError
from sim.study.sizing import size_beds
from tests.two_towns import DOVER_REHAB, WARD, stroke, towns

UNKNOWN = np.full(4, np.nan)


def test_beds_that_are_known_stay():
    service = stroke()
    assert size_beds(service) is service
    part = size_beds(service.with_units(beds=[5, np.nan, 7, np.nan]))
    assert part.units.beds[[0, 2]].tolist() == [5, 7]
    assert "2 of 4 units" in part.beds_rule


@pytest.mark.parametrize("delay", [0.01, 0.05, 0.2, 0.6])
def test_beds_are_the_fewest_that_meet_the_rule(delay):
    service = size_beds(stroke().with_units(beds=UNKNOWN), delay)
    beds, load = service.units.beds, expected_load(service).beds
    assert (delay_without_limit(load, beds.astype(int)) <= delay).all()
    more_than_one = beds > 1
    assert (delay_without_limit(load, beds.astype(int) - 1) > delay)[more_than_one].all()
    assert f"{100 * delay:g} %" in service.beds_rule


def test_every_unit_has_a_bed_though_nobody_comes():
    service = size_beds(towns(all=WARD).with_units(beds=UNKNOWN))
    assert service.units.beds[DOVER_REHAB] == 1


@pytest.mark.parametrize("delay", [0, 1, -0.1, 2, "often", None, True, float("nan")])
def test_a_delay_that_is_no_share_is_refused(delay):
    with pytest.raises(InputError, match=r"beds.delay must lie between 0 and 1"):
        size_beds(stroke(), delay)
