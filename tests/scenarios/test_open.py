"""Open: closed units reopen, new ones start, and nothing else moves."""

from __future__ import annotations

import numpy as np
import pytest

import scenarios
from sim.service.extend import same_units
from sim.service.fault import InputError
from sim.study.question import ask
from tests.two_towns import QUICK, stroke

NEW = {"unit": "Canterbury", "site": "Dover", "kinds": ["acute"], "beds": 9}


def test_a_new_unit_is_a_row_of_its_own_listed_by_id():
    option = scenarios.Open(**NEW)(stroke())
    assert option.units.id.tolist() == ["Ashford", "Ashford-REHAB", "Canterbury", "Dover", "Dover-REHAB"]
    assert option.units.gives["acute"].tolist() == [True, False, True, True, False]
    assert option.units.gives["hyperacute"].tolist() == [True, False, False, True, False]
    assert option.beds().tolist() == [34, 16, 9, 18, 8]
    assert option.sites.id[option.units.site].tolist() == ["Ashford", "Ashford", "Dover", "Dover", "Dover"]


def test_a_new_unit_is_closed_and_has_no_beds_before_its_date():
    option = scenarios.Open(**NEW, at=30)(stroke())
    assert not option.is_open(29.9)[2]
    assert option.is_open(30.0)[2]
    assert option.beds(29.9)[2] == 0
    assert option.beds(30.0)[2] == 9


def test_a_new_unit_has_what_is_known_of_its_provider_and_site_and_no_reported_volume():
    option = scenarios.Open(**NEW)(stroke())
    assert option.units.provider[2] == "DOV"
    assert option.units.attribute["market_forces_factor"][2] == 1.0
    assert option.units.attribute["provider_name"][2] == "Dover Trust"
    assert np.isnan(option.units.reported_volume[2])


def test_the_baseline_of_a_comparison_gets_the_row_closed_for_good():
    service = stroke()
    option = scenarios.Open(**NEW)(service)
    baseline = same_units(service, option)
    assert baseline.units.id.tolist() == option.units.id.tolist()
    assert baseline.is_open(1e4).tolist() == [True, True, False, True, True]
    assert same_units(service, service) is service


def test_a_unit_that_is_added_closed_changes_no_number():
    service = stroke()
    found = ask(same_units(service, scenarios.Open(**NEW)(service)), scenarios.Baseline(), QUICK)
    plain = ask(service, scenarios.Baseline(), QUICK)
    for measure in ("occupied_beds_mean", "wait_hours_mean", "transfers_per_year"):
        assert np.array_equal(
            found.experiment.values("baseline", measure)[1],
            plain.experiment.values("baseline", measure)[1],
            equal_nan=True,
        )


def test_patients_come_to_a_new_unit_from_its_date():
    new = scenarios.Open("Dover-2", site="Dover", kinds=["hyperacute", "acute"], beds=20)
    found = ask(stroke(), scenarios.chain(scenarios.Close(["Dover"]), new), QUICK)
    keys, volume = found.experiment.values("option", "index_admissions_per_year", "unit")
    assert volume[:, keys.index("Dover-2")].min() > 0
    assert volume[:, keys.index("Dover")].max() == 0


def test_a_closed_unit_reopens_with_the_beds_it_is_given():
    closed = scenarios.Close(["Dover"], at=0)(stroke())
    option = scenarios.Open("Dover", beds=12, at=30)(closed)
    assert option.is_open(29)[2] == False  # noqa: E712
    assert option.is_open(30)[2]
    assert option.beds(30)[2] == 12


def test_opening_what_is_open_is_refused():
    with pytest.raises(InputError, match="Dover is open already on day 0"):
        scenarios.Open("Dover")(stroke())


def test_reopening_without_a_bed_is_refused():
    with pytest.raises(InputError, match="has no beds on day 30"):
        scenarios.Open("Dover", at=30)(scenarios.Close(["Dover"])(stroke()))


def test_an_unknown_unit_is_offered_the_nearest_spelling_and_what_a_new_one_needs():
    with pytest.raises(InputError) as raised:
        scenarios.Open("Dovr")(stroke())
    assert "unknown unit 'Dovr'; did you mean 'Dover'?" in str(raised.value)
    assert "a new unit needs site, kinds and beds" in str(raised.value)


def test_all_faults_of_a_new_unit_are_told_together():
    with pytest.raises(InputError) as raised:
        scenarios.Open("New", site="Dovr", kinds=["acut"], at="yesterday")(stroke())
    for words in ("did you mean 'Dover'", "did you mean 'acute'", "needs site, kinds and beds", "at is a date"):
        assert words in str(raised.value)
