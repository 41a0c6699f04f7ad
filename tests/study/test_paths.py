"""Paths: nobody is lost on the way, and those who come through a unit are those that it admits."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

import scenarios
from sim.service.fault import InputError
from sim.study.load import load_service
from sim.study.paths import paths
from sim.study.view import view
from tests.two_towns import DOVER, stroke


@pytest.fixture(scope="module")
def england():
    return view(load_service(region="england_220"))


def test_whoever_comes_to_a_place_leaves_it(england):
    into, out = defaultdict(float), defaultdict(float)
    for each in paths(england):
        out[each.from_column, each.source] += each.patients
        if each.to_column > 0:
            into[each.to_column, each.target] += each.patients
    assert into
    for place, patients in into.items():
        assert out[place] == pytest.approx(patients)


def test_all_index_patients_set_out_and_all_leave(england):
    links = paths(england)
    total = float(np.sum(england.service.areas.demand) * england.service.index_share)
    assert sum(each.patients for each in links if each.from_column == 0) == pytest.approx(total)
    assert sum(each.patients for each in links if each.to_column == -1) == pytest.approx(total)


def test_first_units_see_their_index_admissions():
    seen = view(stroke())
    first = {each.target: 0.0 for each in paths(seen) if each.from_column == 0}
    for each in paths(seen):
        if each.from_column == 0:
            first[each.target] += each.patients
    assert first == pytest.approx({"Ashford stroke unit": 600.0, "Dover stroke unit": 300.0})


def test_through_one_unit_come_no_others():
    seen = view(stroke())
    links = paths(seen, unit="Dover")
    assert sum(each.patients for each in links if each.from_column == 0) == pytest.approx(seen.load.index[DOVER])
    assert {each.target for each in links if each.from_column == 0} == {"Dover stroke unit"}


def test_a_body_sends_its_own_patients_alone(england):
    body = str(england.service.areas.body["icb"][0])
    of = england.service.areas.body["icb"] == body
    sent = sum(each.patients for each in paths(england, body=body) if each.from_column == 0)
    assert sent == pytest.approx(float(england.service.areas.demand[of].sum()) * england.service.index_share)


def test_where_a_unit_is_closed_its_patients_go_elsewhere():
    after = view(scenarios.Close(["Dover"])(stroke()))
    before = view(stroke())
    links = paths(after, among=before.first.unit == DOVER)
    assert sum(each.patients for each in links if each.from_column == 0) == pytest.approx(300)
    assert {each.target for each in links if each.from_column == 0} == {"Ashford stroke unit"}


@pytest.mark.parametrize(("asked", "said"), [({"unit": "Dovr"}, "unknown unit"), ({"body": "Three Towns"}, "unknown icb")])
def test_what_is_not_there_is_refused_by_name(asked, said):
    with pytest.raises(InputError, match=said):
        paths(view(stroke()), **asked)
