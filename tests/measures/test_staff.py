"""Staff: ratios and smallest rotas by hand, and what holds whatever the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measures.staff import beds_by_kind, heads, moving
from sim.service.fault import InputError
from sim.service.staffing import StaffGroup, Staffing
from tests.two_towns import built, stroke

NURSES = StaffGroup("nurses", {"hyperacute": 2.9, "acute": 1.35}, {"hyperacute": 11, "acute": 11})
CONSULTANTS = StaffGroup("consultants", {"hyperacute": 0.25, "acute": 0.08}, {"hyperacute": 6, "acute": 1})
STAFFING = Staffing((NURSES, CONSULTANTS), 0.5)


def combined(beds, hyperacute_share=0.25):
    """Combined wards with so many beds each, a share of whose load is hyperacute."""
    beds = np.asarray(beds, float)
    gives = {"hyperacute": np.ones(len(beds), bool), "acute": np.ones(len(beds), bool)}
    days = {"hyperacute": hyperacute_share * np.ones(len(beds)), "acute": (1 - hyperacute_share) * np.ones(len(beds))}
    return heads(STAFFING, beds_by_kind(beds, days, gives), gives, beds > 0)


def test_a_combined_ward_by_hand():
    # 20 beds, a quarter hyperacute: 5 x 2.9 + 15 x 1.35 = 34.75 nurses; 5 x 0.25 + 15 x 0.08 = 2.45, but six for the rota.
    found = combined([20])
    assert found["nurses"].whole_time[0] == pytest.approx(34.75)
    assert (found["consultants"].whole_time[0], found["consultants"].from_beds[0]) == pytest.approx((6, 2.45))


def test_a_unit_that_is_not_open_needs_nobody():
    assert combined([20, 0])["nurses"].whole_time[1] == 0


@given(st.lists(st.integers(1, 60), min_size=2, max_size=8), st.floats(0, 1))
def test_the_same_beds_in_more_units_never_need_fewer_heads(beds, share):
    many, one = combined(beds, share), combined([sum(beds)], share)
    for group in STAFFING.groups:
        assert many[group.name].whole_time.sum() >= one[group.name].whole_time.sum() - 1e-9
    assert many["consultants"].whole_time.sum() >= 6 * len(beds)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=8), st.floats(0, 1))
def test_nobody_is_lost_when_work_moves(change, share):
    change = np.array(change)
    found = moving(change, share)
    assert (found.posts_new - found.posts_gone) == pytest.approx(change)
    assert found.moving.sum() == pytest.approx(found.posts_new.sum() - found.to_recruit.sum(), abs=1e-9)
    assert (found.moving <= found.posts_gone + 1e-9).all()
    assert (found.to_recruit >= -1e-9).all()


def test_a_staff_group_without_ratio_is_refused_with_its_cure():
    lines = {"share_moving": 0.5, "groups": {"nurses": {"per_bed": {"hyperacute": 2.9}}}}
    with pytest.raises(
        InputError, match=r"staff group nurses has no ratio per bed for acute; add per_bed: \{acute: ...\}, 0 for none"
    ):
        built(staff=lines)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ({"groups": {}}, "share_moving is missing"),
        ({"share_moving": 2, "groups": {}}, "staff share_moving must be a number, from 0 to 1"),
        (
            {"share_moving": 0, "groups": {"nurses": {"per_bed": {"acute": -1}}}},
            "staff nurses per_bed acute must be a number, 0 or more",
        ),
        (
            {"share_moving": 0, "groups": {"nurses": {"per_bed": {"acute": 1}, "pay": -3}}},
            "staff nurses pay must be a number, 0 or more, got -3",
        ),
        (
            {"share_moving": 0, "groups": {"nurses": {"per_bed": {"acute": 1, "rehab": 1}}}},
            "staff nurses per_bed is none of",
        ),
    ],
)
def test_faults_of_staff_are_told(lines, words):
    with pytest.raises(InputError, match=words):
        built(staff=lines)


def test_guesses_are_marked_by_group():
    marked = {group.name: group.is_guess for group in stroke().staffing.groups}
    assert not marked["interventionists"]
    assert marked["nurses"]
