"""What becomes of beds: apportioned without remainder, or sized to the same delay."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.beds import apportion, bed_changes, check_fate
from sim.measures.load import delay_without_limit, expected_load
from sim.service.fault import InputError
from tests.two_towns import ASHFORD, DOVER, WARD, anywhere, towns

DOVER_ALONE = np.array([False, False, True, False])


@given(st.integers(0, 500), st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_every_bed_goes_somewhere_and_nobody_is_more_than_one_from_their_share(total, weight):
    weight = np.array(weight)
    given = apportion(total, weight)
    if weight.sum() <= 0:
        assert not given.any()
        return
    assert given.sum() == total
    assert (abs(given - total * weight / weight.sum()) < 1 + 1e-6).all()
    assert not given[weight == 0].any()


def test_ties_go_to_the_unit_listed_first():
    assert apportion(1, np.array([1.0, 1.0])).tolist() == [1, 0]
    assert apportion(3, np.array([1.0, 1.0])).tolist() == [2, 1]


def test_beds_move_in_proportion_to_the_load_that_moves():
    changes = bed_changes(towns(all=WARD), DOVER_ALONE, 5.0, "moved")
    assert {(c.unit, c.value, c.at, c.what) for c in changes} == {
        ("Dover", 0, 5.0, "beds"),
        ("Ashford", 52, 5.0, "beds"),
    }


@pytest.mark.parametrize("seed", range(10))
def test_resized_units_delay_as_seldom_as_before_and_a_bed_fewer_would_not_do(seed):
    service = anywhere(seed, areas=40, units=6)
    closed = np.arange(6) == 3
    before, after = expected_load(service).beds, expected_load(service, ~closed).beds
    changes = {c.unit: c.value for c in bed_changes(service, closed, 0.0, "resized")}
    for u in np.flatnonzero((after > before + 1e-9) & ~closed):
        was = float(delay_without_limit(before[u], service.units.beds[u])) if before[u] > 0 else 0.05
        beds = changes.get(str(service.units.id[u]), int(service.units.beds[u]))
        assert float(delay_without_limit(after[u], beds)) <= max(was, 1e-6)
        if beds > service.units.beds[u]:
            assert float(delay_without_limit(after[u], beds - 1)) > max(was, 1e-6)


def test_lost_beds_are_nobodys():
    assert [(c.unit, c.value) for c in bed_changes(towns(all=WARD), DOVER_ALONE, 0.0, "lost")] == [("Dover", 0)]


def test_units_that_gain_no_load_get_no_beds():
    changes = bed_changes(towns(all=WARD), DOVER_ALONE, 0.0, "moved")
    assert {c.unit for c in changes} == {str(towns(all=WARD).units.id[u]) for u in (ASHFORD, DOVER)}


@pytest.mark.parametrize("fate", ["move", "", None, 0, ["moved"]])
def test_another_fate_is_refused(fate):
    with pytest.raises(InputError, match="Close: beds is one of moved, resized, lost"):
        check_fate(fate, "Close")
