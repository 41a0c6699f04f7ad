"""HubAndSpoke: higher care at hubs, the rest near home, from a date."""

from __future__ import annotations

import numpy as np
import pytest

import scenarios
from sim.measures.load import expected_load
from sim.study.question import ask
from tests.two_towns import QUICK, stroke


def open_units(service, at=0.0) -> list[str]:
    return service.units.id[service.is_open(at)].tolist()


def test_before_the_date_everything_is_as_it_was():
    option = scenarios.HubAndSpoke(at=30)(stroke())
    assert open_units(option, 29) == ["Ashford", "Ashford-REHAB", "Dover", "Dover-REHAB"]
    assert option.beds(29)[option.is_open(29)].tolist() == [34, 16, 18, 8]


def test_a_spoke_keeps_acute_care_and_the_hub_gives_the_rest_apart():
    option = scenarios.HubAndSpoke(at=30)(stroke())
    assert open_units(option, 30) == ["Ashford-HUB", "Ashford-REHAB", "Ashford-WARD", "Dover-REHAB", "Dover-SPOKE"]
    gives = {unit: [k for k, g in option.units.gives.items() if g[u]] for u, unit in enumerate(option.units.id)}
    assert gives["Ashford-HUB"] == ["hyperacute", "comprehensive"]
    assert gives["Ashford-WARD"] == gives["Dover-SPOKE"] == ["acute"]


def test_moved_beds_are_conserved_and_no_ward_opens_without_one():
    option = scenarios.HubAndSpoke()(stroke())
    is_open = option.is_open()
    assert option.beds()[is_open].sum() == stroke().beds().sum()
    assert option.beds()[is_open].min() >= 1


def test_every_index_patient_starts_at_the_hub_and_dovers_come_back_to_dover():
    option = scenarios.HubAndSpoke()(stroke())
    load = expected_load(option)
    volume = dict(zip(option.units.id.tolist(), load.index))
    stays = dict(zip(option.units.id.tolist(), load.stays))
    assert volume["Ashford-HUB"] == pytest.approx(900)
    assert volume["Dover-SPOKE"] == 0
    # A third of all patients live in Dover, and of those who need acute care after the hub a third have it there.
    assert stays["Dover-SPOKE"] == pytest.approx(stays["Ashford-WARD"] / 2)


def test_without_the_way_back_patients_stay_in_the_hubs_bed():
    option = scenarios.HubAndSpoke(back_to_spokes=False)(stroke())
    assert open_units(option) == ["Ashford", "Ashford-REHAB", "Dover-REHAB", "Dover-SPOKE"]


def test_lost_beds_stay_on_their_site():
    service, option = stroke(), scenarios.HubAndSpoke(beds="lost")(stroke())
    for site in range(2):
        now = option.beds()[(option.units.site == site) & option.is_open()].sum()
        assert now <= service.beds()[service.units.site == site].sum()


def test_it_runs_and_loses_nobody():
    found = ask(stroke(), scenarios.HubAndSpoke(at=30), QUICK)
    assert np.array_equal(found.experiment.values("option", "unplaced_per_year")[1], np.zeros((2, 1)))


def test_a_unit_small_and_remote_stays_as_it_is():
    option = scenarios.HubAndSpoke(remote_minutes=45)(stroke())
    assert "Dover" in open_units(option)
    assert "small and remote" in " ".join(option.marks["Dover"])
