"""Regions: what is read, and that a bad table gives one message that names every fault."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from sim.service.fault import InputError
from sim.service.region import FOLDER, load_region
from sim.service.straight_line import great_circle_km, straight_line_minutes


@pytest.fixture
def towns(tmp_path):
    """A folder of one's own: a copy of two_towns."""
    return shutil.copytree(FOLDER / "two_towns", tmp_path / "towns")


def edit(folder, table, old, new):
    """Replace text in a table, which must have it."""
    text = (folder / table).read_text("utf-8")
    assert old in text
    (folder / table).write_text(text.replace(old, new), "utf-8")


def refusal(folder, **settings) -> str:
    with pytest.raises(InputError) as raised:
        load_region(folder, **settings)
    return str(raised.value)


def test_two_towns_is_as_small_as_it_says():
    region = load_region("two_towns")
    assert region.areas.demand.tolist() == [600, 300]
    assert region.travel.area_site.tolist() == [[10, 40], [50, 15]]
    assert region.travel.site_site.tolist() == [[0, 45], [45, 0]]
    assert region.units.id.tolist() == ["Ashford", "Ashford-REHAB", "Dover", "Dover-REHAB"]
    assert region.units.gives["comprehensive"].tolist() == [True, False, False, False]
    assert region.units.gives["rehabilitation"].tolist() == [False, True, False, True]
    assert "made up" in region.warning[0]


def test_a_folder_is_a_region(towns):
    assert load_region(towns).units.beds.tolist() == load_region("two_towns").units.beds.tolist()
    assert load_region(str(towns)).hashes == load_region("two_towns").hashes


def test_an_unknown_region_is_refused_with_the_nearest_spelling_and_the_choices():
    said = refusal("englnd")
    assert "unknown region 'englnd'; did you mean 'england'?" in said
    assert "england, england_lsoa, england_220, two_towns" in said


def test_units_are_sorted_by_id_so_that_ties_go_by_alphabet(towns):
    lines = (towns / "units_stroke.csv").read_text("utf-8").splitlines()
    (towns / "units_stroke.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]), "utf-8")
    region = load_region(towns)
    assert region.units.id.tolist() == sorted(region.units.id)
    assert region.units.beds.tolist() == load_region("two_towns").units.beds.tolist()


def test_rows_of_travel_are_joined_on_names(towns):
    (towns / "travel.csv").write_text("area,Dover,Ashford\nDover,15,50\nAshford,40,10\n", "utf-8")
    assert load_region(towns).travel.area_site.tolist() == [[10, 40], [50, 15]]


def test_demand_of_a_service_has_its_own_column_where_there_is_one(towns):
    edit(towns, "areas.csv", "id,name,demand", "id,name,demand_vascular")
    shutil.copy(towns / "units_stroke.csv", towns / "units_vascular.csv")
    assert load_region(towns, "vascular").areas.demand.tolist() == [600, 300]
    assert "column 'demand' is missing" in refusal(towns)


def test_further_columns_of_areas_are_attributes_if_numbers_and_bodies_if_text(towns):
    edit(towns, "areas.csv", "local_authority", "households_with_car")
    edit(towns, "areas.csv", "Two Towns,Ashford", "Two Towns,0.8")
    edit(towns, "areas.csv", "Two Towns,Dover", "Two Towns,")
    region = load_region(towns)
    np.testing.assert_array_equal(region.areas.attribute["households_with_car"], [0.8, np.nan])
    assert region.areas.body["icb"].tolist() == ["Two Towns", "Two Towns"]


@pytest.mark.parametrize(
    ("table", "old", "new", "words"),
    [
        ("areas.csv", "demand", "demnad", ["areas.csv", "column 'demand' is missing"]),
        ("areas.csv", "Dover,Dover,300", "Dover,Dover,-300", ["row 3 column demand", "0 or more", "'-300'"]),
        ("areas.csv", "Dover,Dover,300", "Ashford,Dover,300", ["row 3 column id", "must be unique"]),
        ("sites.csv", "name,", "title,", ["sites.csv", "column 'name' is missing"]),
        ("sites.csv", "Dover,Dover Hospital", "Ashford,Dover Hospital", ["row 3 column id", "must be unique"]),
        ("units_stroke.csv", "comprehensive,", "comprehensive,-", ["row 2 column beds", "a whole number, 0 or more", "'-"]),
        ("units_stroke.csv", "comprehensive,", "comprehensive,about ", ["row 2 column beds", "'about "]),
        ("units_stroke.csv", "Dover-REHAB", "Dover", ["row 5 column id", "row 4 has it too"]),
        ("units_stroke.csv", "ward,Dover,", "ward,Dovr,", ["column site", "must be in sites.csv", "did you mean 'Dover'?"]),
        ("travel.csv", "50,15", "-50,-15", ["travel_minutes is negative for 2 pairs: (Dover, Ashford), (Dover, Dover)"]),
        ("travel.csv", "50,15", "NaN,15", ["travel_minutes is NaN for 1 pair: (Dover, Ashford)"]),
        ("travel.csv", "50,15", ",15", ["travel_minutes is absent for 1 pair: (Dover, Ashford)"]),
        ("travel.csv", "Dover,50,15\n", "", ["travel_minutes is absent for all pairs from Dover"]),
        ("travel.csv", "50,15", "unreachable,unreachable", ["no site can be reached from 1 area: Dover"]),
        ("site_travel.csv", "Dover,45,0", "Dover,-45,0", ["site_travel_minutes is negative for 1 pair: (Dover, Ashford)"]),
        ("region.yaml", "is_open_data", "is_open_dat", ["key 'is_open_dat' is not known; did you mean 'is_open_data'?"]),
        ("region.yaml", "name: two_towns", "nome: x", ["key 'nome' is not known", "name is missing"]),
        ("region.yaml", "boundaries: made up", "missing_minutes: guess", ["refuse or straight_line, got 'guess'"]),
        ("region.yaml", "boundaries: made up", "shares: nowhere", ["shares must be a region or a folder, got 'nowhere'"]),
    ],
)
def test_a_bad_table_gives_one_message_that_names_the_fault(towns, table, old, new, words):
    edit(towns, table, old, new)
    said = refusal(towns)
    for word in words:
        assert word in said


def test_faults_of_all_travel_are_raised_together(towns):
    (towns / "travel.csv").write_text("area,Ashford,Dover\nAshford,nan,-1\nDover,,15\n", "utf-8")
    said = refusal(towns)
    assert said.startswith("3 faults")
    for word in ("NaN for 1 pair: (Ashford, Ashford)", "negative for 1 pair: (Ashford, Dover)", "absent for 1 pair: (Dover, Ashford)"):
        assert word in said


@pytest.mark.parametrize("table", ["areas.csv", "sites.csv", "units_stroke.csv", "travel.csv", "site_travel.csv", "region.yaml"])
def test_a_missing_table_is_named(towns, table):
    (towns / table).unlink()
    assert table in refusal(towns)


def test_a_pair_that_cannot_be_reached_is_nan(towns):
    edit(towns, "travel.csv", "50,15", "unreachable,15")
    assert np.isnan(load_region(towns).travel.area_site[1, 0])


def test_absent_minutes_are_filled_by_the_straight_line_rule_only_where_the_region_says_so(towns):
    edit(towns, "travel.csv", "50,15", ",15")
    assert "absent" in refusal(towns)
    edit(towns, "region.yaml", "is_open_data", "missing_minutes: straight_line\nis_open_data")
    region = load_region(towns)
    areas, sites = region.areas, region.sites
    km = great_circle_km(areas.latitude[1:], areas.longitude[1:], sites.latitude[:1], sites.longitude[:1])
    assert region.travel.area_site[1, 0] == straight_line_minutes(km)[0, 0]
    assert region.travel.is_modelled.tolist() == [True, False]
    assert "1 site" in region.warning[-1]
    assert "Ashford" in region.warning[-1]
    assert "absent" in refusal(towns, allow_modelled=False)


def test_nan_and_negative_minutes_are_never_filled(towns):
    edit(towns, "region.yaml", "is_open_data", "missing_minutes: straight_line\nis_open_data")
    edit(towns, "travel.csv", "50,15", "nan,-15")
    said = refusal(towns)
    assert "NaN" in said
    assert "negative" in said


def test_the_220_areas_of_england_need_no_package(monkeypatch):
    monkeypatch.setattr("importlib.metadata.distribution", lambda name: pytest.fail("the package was asked for"))
    region = load_region("england_220")
    assert len(region.areas) == 220
    assert region.areas.demand.sum() == pytest.approx(80_958, abs=0.1)
    assert region.travel.is_modelled.sum() == 15
    assert not np.isnan(region.travel.area_site).any()
    assert set(region.sites.id[region.travel.is_modelled]) <= set(region.warning[-1].replace(".", "").replace(",", "").split())


def test_english_units_follow_the_stated_rules():
    units, sites = load_region("england_220").units, load_region("england_220").sites
    gives = units.gives
    assert {kind: int(given.sum()) for kind, given in gives.items()} == {
        "hyperacute": 101,
        "acute": 128,
        "comprehensive": 24,
        "rehabilitation": 128,
    }
    in_london = units.attribute["region"] == "London"
    assert not (gives["hyperacute"] & gives["acute"] & in_london).any()
    assert (gives["hyperacute"] & gives["acute"] & ~in_london).sum() == 93
    assert np.array_equal(gives["comprehensive"], gives["comprehensive"] & gives["hyperacute"])
    assert not (gives["rehabilitation"] & (gives["hyperacute"] | gives["acute"])).any()
    assert np.isnan(units.reported_volume[gives["rehabilitation"]]).all()
    postcode = sites.id[units.site[gives["hyperacute"]]]
    assert postcode.tolist() == sorted(postcode) == units.id[gives["hyperacute"]].tolist()


def test_the_suspect_volume_of_pinderfields_is_kept_and_noted():
    units = load_region("england_220").units
    pinderfields, peterborough = (np.flatnonzero(units.id == unit)[0] for unit in ("WF14DG", "PE39GZ"))
    assert units.reported_volume[pinderfields] == units.reported_volume[peterborough]
    assert "suspect" in units.attribute["note"][pinderfields]


def test_bodies_of_2022_and_of_2026_are_both_given():
    areas = load_region("england_220").areas
    assert len(set(areas.body["icb"])) == 42
    assert len(set(areas.body["icb_2026"])) == 36
    frimley = areas.body["icb"] == "Frimley"
    assert set(areas.body["icb_2026"][frimley]) == {"Thames Valley", "Hampshire and Isle of Wight"}
