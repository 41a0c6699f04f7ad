"""Rules of allocation as configs and tables say them: what is read, and what is refused with which words."""

from __future__ import annotations

import numpy as np
import pytest

from sim.configs import choices
from sim.service.allocation import Allocation, Bypass, Catchment, Choice, Nearest, Observed, with_allocation
from sim.service.fault import InputError
from sim.service.flows import Flows, read_flows, resolve
from sim.study.load import load_allocation
from tests.two_towns import ASHFORD, DOVER, stroke

OF_RULE = {
    "nearest": Nearest,
    "drip_and_ship": Bypass,
    "bypass": Bypass,
    "mothership": Bypass,
    "observed": Observed,
    "catchment": Catchment,
    "choice": Choice,
}


@pytest.mark.parametrize("name", sorted(choices("allocation")))
def test_every_shipped_rule_holds_for_the_two_towns(name):
    service = stroke(allocation=name)
    assert isinstance(service.allocation.rule, OF_RULE[name])
    assert service.allocation.sentence.startswith("Allocation: ")


def test_the_three_delays_that_ship_are_none_a_quarter_of_an_hour_and_without_limit():
    minutes = [stroke(allocation=name).allocation.rule.minutes for name in ("drip_and_ship", "bypass", "mothership")]
    assert minutes == [0, 15, 1e6]


def test_perfect_triage_is_labelled_a_bound():
    rule = Allocation.read({"rule": "bypass", "minutes": 15, "test": {"sensitivity": 1, "specificity": 1}})
    assert "a bound and not to be had" in rule.sentence


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"rule": "nearst"}, "did you mean 'nearest'"),
        ({"rule": "nearest", "minutes": 5}, "unknown setting"),
        ({"rule": "bypass"}, "minutes is missing"),
        ({"rule": "bypass", "minutes": -1}, "minutes must be a number, 0 to"),
        ({"rule": "bypass", "minutes": 15, "test": {"sensitivity": 0.7}}, "both sensitivity and specificity"),
        ({"rule": "bypass", "minutes": 15, "test": {"sensitivity": 1.2, "specificity": 1}}, "sensitivity must be"),
        ({"rule": "bypass", "minutes": 15, "to": "comprehensiv"}, "unknown kind 'comprehensiv'.*did you mean"),
        ({"rule": "bypass", "minutes": 15, "to": "rehabilitation"}, "no unit of the higher tier"),
        ({"rule": "bypass", "minutes": 15, "groups": ["strok"]}, "unknown group 'strok'.*did you mean 'stroke'"),
        ({"rule": "choice", "minutes": 0.1}, "minutes must be a number, 0 or less"),
        ({"rule": "choice", "minutes": -0.1, "attributes": {"stars": 1}}, "units have no number 'stars'"),
        ({"rule": "choice", "minutes": -0.1, "attributes": {"reported_volume": "many"}}, "must be a number"),
        ({"rule": "choice", "minutes": -0.1, "constants": {"Dovr": 1}}, "unknown unit 'Dovr'.*did you mean 'Dover'"),
        ({"rule": "choice", "minutes": -0.1, "calibrate": "planned"}, "calibrate is reported or null"),
        ({"rule": "observed", "table": "nowhere.csv"}, "there is no nowhere.csv"),
        ({"rule": "catchment", "send": {"icb": {"Two Town": "Dover"}}}, "unknown icb Two Town.*did you mean"),
        ({"rule": "catchment", "send": {"county": {"Kent": "Dover"}}}, "places are of level"),
        ({"rule": "catchment", "send": {"area": {"Dover": "Dover-REHAB"}}}, "do not give hyperacute care: Dover-REHAB"),
        ({"rule": "nearest", "diversion_minutes": -5}, "diversion_minutes must be"),
        ({"rule": "nearest", "diversion_minutes": 5, "diversion_kinds": ["acut"]}, "unknown kind 'acut'"),
        ({"rule": "nearest", "local_care": "far"}, "local_care is one of own, nearest"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_with_its_cure(given, said):
    with pytest.raises(InputError, match=said):
        stroke(allocation=given)


def table(folder, text: str):
    path = folder / "flows.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("area,unit,share\nAshford,Ashford,0.5\nAshford,Dover,0.4\n", "shares of area Ashford must sum to 1, got 0.9"),
        ("area,unit,patients\nAshford,Ashford,5\nAshford,Ashford,6\n", "row 3: area Ashford Ashford is given in row 2"),
        ("area,unit,patients\nAshford,Ashford,0\n", "area Ashford has no patients"),
        ("area,unit,patients\nAshford,Ashford,-1\n", "0 or more"),
        ("area,patients\nAshford,5\n", "column 'unit' is missing"),
    ],
)
def test_a_table_of_flows_with_a_faulty_row_is_refused(tmp_path, text, said):
    with pytest.raises(InputError, match=said):
        read_flows(table(tmp_path, text))


def test_flows_that_leave_out_an_area_with_patients_are_refused_and_the_area_named(tmp_path):
    path = table(tmp_path, "area,unit,share\nAshford,Ashford,1\n")
    with pytest.raises(InputError, match="these areas have patients and no row: Dover"):
        stroke(allocation={"rule": "observed", "table": str(path)})


def test_flows_may_name_units_that_nobody_can_reach_only_where_there_is_a_way():
    service = stroke()
    minutes = np.array(service.region.travel.area_site)
    minutes[0, 1] = np.nan
    from dataclasses import replace

    travel = replace(service.region.travel, area_site=minutes)
    service = replace(service, region=replace(service.region, travel=travel))
    flows = Flows(["area", "area"], ["Ashford", "Dover"], ["Dover", "Dover"], [1, 1])
    with pytest.raises(InputError, match=r"no way from area to unit for 1 pair: \(Ashford, Dover\)"):
        with_allocation(service, Allocation(Observed(flows)))


def test_counts_are_turned_into_shares_and_bodies_spread_over_their_areas(tmp_path):
    service = stroke()
    flows = read_flows(table(tmp_path, "icb,unit,patients\nTwo Towns,Ashford,30\nTwo Towns,Dover,10\n"))
    own, share, twice = resolve(flows, service.areas, service.units)
    assert own.tolist() == [[ASHFORD, DOVER]] * 2
    assert share.tolist() == [[0.75, 0.25]] * 2
    assert twice == []


def test_a_row_for_an_area_goes_before_one_for_its_body(tmp_path):
    text = "level,place,unit\nicb,Two Towns,Ashford\narea,Dover,Dover\n"
    flows = read_flows(table(tmp_path, text), is_designated=True)
    own, _, _ = resolve(flows, stroke().areas, stroke().units)
    assert own[:, 0].tolist() == [ASHFORD, DOVER]


def test_an_area_in_two_bodies_with_rows_is_refused():
    given = {"rule": "catchment", "send": {"icb": {"Two Towns": "Dover"}, "region": {"Made up": "Ashford"}}}
    with pytest.raises(InputError, match="these areas lie in two bodies with rows: Ashford, Dover"):
        stroke(allocation=given)


def test_a_table_of_flows_is_among_the_hashes_of_a_run():
    assert "flows_stroke.csv" in stroke(allocation="observed").region.hashes


def test_an_unknown_config_is_refused_with_the_nearest_spelling():
    with pytest.raises(InputError, match=r"unknown allocation 'bypas'.*did you mean 'bypass'"):
        load_allocation("bypas")
