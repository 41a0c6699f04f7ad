"""*Why not ours?*: an option with a unit kept is the option that never closed it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import scenarios
from sim.study.keeping import closed_units, keeping, with_unit_kept
from sim.study.load import load_finance, load_service
from sim.study.question import ask
from sim.study.view import view
from tests.two_towns import DOVER, QUICK, stroke


@pytest.fixture(scope="module")
def found():
    service = stroke()
    return ask(service, scenarios.Close(["Dover"]), QUICK, finance=load_finance(service))


def test_keeping_the_only_unit_that_closes_is_the_baseline(found):
    kept = view(with_unit_kept(found, DOVER), found.after.at)
    assert np.array_equal(kept.beds, found.before.beds)
    assert np.array_equal(kept.is_open, found.before.is_open)
    assert kept.access.mean == found.before.access.mean


def test_what_a_kept_unit_gives_back_is_what_its_closure_took(found):
    (each,) = keeping(found)
    row = {of.key: of for of in each.measures}
    assert each.unit == DOVER
    assert each.longer == pytest.approx(300)
    assert row["minutes_mean"].baseline == pytest.approx(found.after.access.mean)
    assert row["minutes_mean"].option == pytest.approx(found.before.access.mean)
    assert row["net_present_saving"].option == pytest.approx(0, abs=0.01)
    assert row["qalys_time_alone"].difference < 0 < row["minutes_mean"].baseline - row["minutes_mean"].option


def test_keeping_one_of_two_is_closing_the_other():
    service = load_service(region="england_220")
    closed = ["BS234TQ", "TQ27AA"]
    run = replace(QUICK, replications=1)
    both, one = (ask(service, scenarios.Close(units), run) for units in (closed, closed[:1]))
    kept = view(with_unit_kept(both, service.unit_index(closed[1])), both.after.at)
    assert np.array_equal(kept.is_open, one.after.is_open)
    assert kept.access.mean == one.after.access.mean
    assert np.allclose(kept.load.index, one.after.load.index)
    # Beds go back in proportion to load, where closing alone moves them in whole beds: most are the same, and few are not.
    assert np.abs(kept.beds - one.after.beds).sum() <= 0.1 * service.units.beds[service.unit_index(closed[1])]


def test_an_option_that_closes_nothing_keeps_nothing():
    found = ask(stroke(), scenarios.Baseline(), QUICK)
    assert len(closed_units(found)) == 0
    assert list(keeping(found)) == []


def test_progress_is_told_after_each_unit(found):
    told = []
    list(keeping(found, lambda done, total: told.append((done, total))))
    assert told == [(1, 1)]
