"""MergeTrusts: who runs a unit changes at a date, and nothing else."""

from __future__ import annotations

import pytest

import scenarios
from sim.service.fault import InputError
from tests.two_towns import stroke


def test_the_provider_changes_from_the_date_and_units_stay():
    option = scenarios.MergeTrusts(["ASH", "DOV"], "ASH", at=30)(stroke())
    assert option.provider(29).tolist() == ["ASH", "ASH", "DOV", "DOV"]
    assert option.provider(30).tolist() == ["ASH"] * 4
    assert option.changes == ()


def test_a_new_trust_takes_over_all():
    option = scenarios.MergeTrusts(["ASH", "DOV"], "EAST", is_new=True)(stroke())
    assert option.provider().tolist() == ["EAST"] * 4
    assert option.marks["Dover"] == ("run by EAST instead of DOV",)


def test_later_mergers_build_on_earlier_ones():
    first = scenarios.MergeTrusts(["DOV"], "ASH", at=10)
    second = scenarios.MergeTrusts(["ASH"], "KENT", is_new=True, at=20)
    option = scenarios.chain(first, second)(stroke())
    assert [option.provider(at)[2] for at in (0, 10, 20)] == ["DOV", "ASH", "KENT"]


def test_unknown_trusts_are_told_together():
    with pytest.raises(InputError) as raised:
        scenarios.MergeTrusts(["ASHH", "DOV"], "KENT")(stroke())
    assert "unknown trust 'ASHH'; did you mean 'ASH'?" in str(raised.value)
    assert "scenario.is_new=true" in str(raised.value)


def test_a_new_trust_that_is_there_already_is_refused():
    with pytest.raises(InputError, match="ASH runs units already"):
        scenarios.MergeTrusts(["DOV"], "ASH", is_new=True)(stroke())
