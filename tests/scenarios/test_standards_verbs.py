"""SetMinimum, Strictness, Derogate: standards, and who meets them."""

from __future__ import annotations

import shutil
from datetime import date

import numpy as np
import pytest

import scenarios
from sim.measures.standards import standing, strictness
from sim.service.fault import InputError
from sim.service.region import FOLDER, load_region
from sim.study.load import load_service
from tests.two_towns import DOVER, stroke


def test_a_standard_gets_another_minimum_and_its_source():
    option = scenarios.SetMinimum("hyperacute_minimum", 300, source="the board")(stroke())
    found = next(s for s in option.standards if s.name == "hyperacute_minimum")
    assert (found.minimum, found.maximum, found.source) == (300, 1500, "the board")
    assert not scenarios.CloseSmallUnits()(option).history[-1].startswith("From day 0 1 ")


def test_a_minimum_above_the_limit_is_refused():
    with pytest.raises(InputError, match="must not exceed the upper limit"):
        scenarios.SetMinimum("hyperacute_minimum", 2000)(stroke())
    with pytest.raises(InputError, match="did you mean 'hyperacute_minimum'"):
        scenarios.SetMinimum("hyperacute_minimun", 500)(stroke())


def test_standing_is_by_volume_where_no_table_says():
    rows = {(row.standard, row.unit): row.status for row in standing(stroke())}
    assert rows["hyperacute_minimum", "Ashford"] == "met"
    assert rows["hyperacute_minimum", "Dover"] == "not met"
    assert rows["thrombectomy_minimum", "Ashford"] == "not met"
    assert ("thrombectomy_minimum", "Dover") not in rows


@pytest.fixture
def towns(tmp_path):
    return shutil.copytree(FOLDER / "two_towns", tmp_path / "towns")


def test_a_table_of_standing_is_read_and_goes_before_volumes(towns):
    (towns / "standing_stroke.csv").write_text(
        "standard,unit,status,until,source\nhyperacute_minimum,Dover,derogated,2027-03-31,the network board\n", "utf-8"
    )
    service = load_service("stroke", region=str(towns))
    row = next(r for r in standing(service) if (r.standard, r.unit) == ("hyperacute_minimum", "Dover"))
    assert (row.status, row.until, row.in_words) == ("derogated", date(2027, 3, 31), "derogated until 2027-03-31")
    assert "standing_stroke.csv" in service.region.hashes
    assert scenarios.CloseSmallUnits()(service).is_open()[DOVER]


def test_every_fault_of_a_table_of_standing_is_told(towns):
    (towns / "standing_stroke.csv").write_text(
        "standard,unit,status,until,source\nhyperacute_minimum,Dovr,good,,x\nhyperacute_minimum,Dover,met,,x\n", "utf-8"
    )
    with pytest.raises(InputError) as raised:
        load_region(str(towns))
    assert "standing_stroke.csv row 2 column unit" in str(raised.value)
    assert "standing_stroke.csv row 2 column status" in str(raised.value)
    (towns / "standing_stroke.csv").write_text(
        "standard,unit,status,until,source\nhyperacute_minimun,Dover,met,,an audit\n", "utf-8"
    )
    with pytest.raises(InputError, match="did you mean 'hyperacute_minimum'"):
        load_service("stroke", region=str(towns))


def test_more_units_fail_as_strictness_rises():
    rows = strictness(load_service("stroke", region="england_220"))
    assert [row["minimum_per_year"] for row in rows] == list(range(300, 1001, 100))
    for key in ("under_reported", "under_modelled"):
        assert (np.diff([row[key] for row in rows]) >= 0).all()
    assert [row["under_reported"] for row in strictness(stroke())] == [0, 1, 1, 1, 2, 2, 2, 2]


def test_strictness_says_it_and_changes_nothing():
    option = scenarios.Strictness()(stroke())
    assert len(option.history) == 8
    assert option.changes == stroke().changes


def test_a_derogated_unit_goes_on_until_the_date_and_then_closes():
    option = scenarios.Derogate(at=60)(stroke())
    assert option.is_open(59)[DOVER]
    assert not option.is_open(60)[DOVER]
    row = option.standing[-1]
    assert (row.unit, row.status, row.until) == ("Dover", "derogated", date(2026, 5, 31))


def test_a_unit_that_reaches_its_target_stays():
    assert scenarios.Derogate(at=60, target=300)(stroke()).is_open(60)[DOVER]
    grown = scenarios.chain(scenarios.Grow(1.0), scenarios.Derogate(at=366))
    assert grown(stroke()).is_open(400)[DOVER]


def test_whether_targets_are_reached_can_be_said():
    assert scenarios.Derogate(at=60, reached=True)(stroke()).is_open(60)[DOVER]
    assert not scenarios.Derogate(at=60, reached=False, target=1)(stroke()).is_open(60)[DOVER]
    with pytest.raises(InputError, match="reached is expected, true or false"):
        scenarios.Derogate(reached="perhaps")


def test_a_derogation_says_the_chance():
    marks = " ".join(scenarios.Derogate(at=60, target=300)(stroke()).marks["Dover"])
    assert "300 expected, a chance of 51 %" in marks
