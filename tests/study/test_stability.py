"""How sure a rule is of each unit: exact where the answer is known, and the same whatever the order of the table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import scenarios
from sim.__main__ import main
from sim.measures.load import expected_load
from sim.service.fault import InputError
from sim.study.load import load_service
from sim.study.stability import Shaken, shake, stability, stability_in_words, stability_rows
from sim.study.view import view
from tests.two_towns import ASHFORD, DOVER, anywhere, stroke

RULE = scenarios.CloseSmallUnits(minimum=600, protect_kinds=(), keep_remote=False)
FIXED = Shaken(draws=20, minutes=0.0, poisson=False, volumes=("reported",), catchments=("nearest",), ties=False)


def test_where_nothing_is_varied_a_rule_is_sure():
    for seed in range(5):
        service = anywhere(seed)
        found = stability(service, RULE, FIXED)
        assert set(np.unique(found.share)) <= {0.0, 1.0}
        np.testing.assert_array_equal(found.share == 1.0, found.as_given)


def test_a_unit_at_its_minimum_closes_as_often_as_poisson_demand_is_below_it():
    service = stroke(standards={}).with_units(reported_volume=np.array([5000.0, np.nan, 620.0, np.nan]))
    rule = replace(RULE, most=1)
    found = stability(service, rule, replace(FIXED, draws=1500, poisson=True))
    expected = stats.poisson.cdf(599, 620)
    assert abs(found.share[DOVER] - expected) < 4 * np.sqrt(expected * (1 - expected) / 1500)
    assert found.share[ASHFORD] == 0


def test_modelled_and_reported_volumes_are_looked_at_alike_often():
    # Dover has 300 a year modelled, and 5,000 reported.
    service = stroke().with_units(reported_volume=np.array([5000.0, np.nan, 5000.0, np.nan]))
    found = stability(service, RULE, replace(FIXED, draws=40, volumes=("reported", "modelled")))
    (row,) = [each for each in stability_rows(found) if each["unit"] == "Dover"]
    assert (row["share_of_draws"], row["share_with_reported_volume"], row["share_with_modelled_volume"]) == (0.5, 0.0, 1.0)
    assert row["verdict"] == "undecided"
    assert "1 are undecided" in stability_in_words(found)[0]


def test_a_tie_is_broken_at_random_and_not_by_the_table():
    service = anywhere(1)
    minutes = np.full(service.region.travel.area_site.shape, 20.0)
    tied = replace(service, region=replace(service.region, travel=replace(service.region.travel, area_site=minutes)))
    first = [np.argmin(shake(tied, Shaken(minutes=0), np.random.default_rng(n)).region.travel.area_site[0]) for n in range(200)]
    assert len(set(first)) == minutes.shape[1]


def test_shaken_minutes_stay_within_their_share_and_demand_keeps_its_mean():
    service = anywhere(2)
    made = [shake(service, Shaken(ties=False), np.random.default_rng(n)) for n in range(100)]
    ratio = np.stack([each.region.travel.area_site / service.region.travel.area_site for each in made])
    assert (ratio.min() > 0.9, ratio.max() < 1.1) == (True, True)
    demand = np.mean([each.areas.demand.sum() for each in made])
    assert abs(demand - service.areas.demand.sum()) < 4 * np.sqrt(service.areas.demand.sum() / 100)
    assert (made[0].units.reported_volume != service.units.reported_volume).any()


def test_minutes_of_one_site_are_off_together():
    service = anywhere(2)
    made = [shake(service, Shaken(ties=False), np.random.default_rng(n)) for n in range(400)]
    ratio = np.stack([each.region.travel.area_site / service.region.travel.area_site for each in made])
    together = np.corrcoef(ratio[:, 0, 0], ratio[:, 1, 0])[0, 1]
    assert abs(together - 0.5) < 4 * 0.75 / np.sqrt(400)
    assert abs(np.corrcoef(ratio[:, 0, 0], ratio[:, 1, 1])[0, 1]) < 4 / np.sqrt(400)


def test_under_choice_the_volumes_are_those_of_the_access_core():
    service = stroke(allocation="choice")
    rule = replace(RULE, volume="modelled", catchment="choice")
    np.testing.assert_allclose(rule.decide(service).modelled_before[[ASHFORD, DOVER]], expected_load(service).index[[ASHFORD, DOVER]])
    option = rule(service)
    assert "as if everybody went to the nearest" not in option.history[-1]
    with pytest.raises(InputError, match="needs an allocation that is a choice"):
        rule(stroke())


def test_after_closures_a_map_knows_what_a_fresh_one_would():
    for seed in range(5):
        service = anywhere(seed, areas=60)
        option = replace(RULE, minimum=900)(service)
        decision = replace(RULE, minimum=900).decide(service)
        shut = view(option)
        known = ~np.isnan(decision.volume_after)
        shift = service.units.reported_volume - decision.modelled_before
        np.testing.assert_allclose(decision.volume_after[known], (shut.load.index + shift)[known])


def test_a_rule_that_may_not_use_modelled_volumes_here_says_so():
    found = stability(load_service("stroke", region="england_220"), RULE, Shaken(draws=4))
    assert set(found.volume) == {"reported"}
    assert "too much to close by modelled volume" in stability_in_words(found)[-1]



@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"draws": 0}, "draws must be a whole number from 1 to 1,000,000"),
        ({"minutes": 1.5}, "minutes must be a share"),
        ({"volumes": ("guessed",)}, "volumes is a list of reported and modelled"),
        ({"ties": 3}, "ties is true or false"),
    ],
)
def test_what_cannot_be_varied_is_refused(given, said):
    with pytest.raises(InputError, match=said):
        Shaken(**given)


def test_the_command_prints_and_writes(tmp_path, capsys):
    to = tmp_path / "made"
    words = ["stability", "scenario=close_small_units", "region=two_towns", "draws=20", "catchments=nearest", f"to={to.as_posix()}"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "how sure close_small_units is of each unit" in said
    assert (to / "stability.csv").read_text("utf-8").startswith("unit,name,closes_as_given,share_of_draws,verdict")
    first = (to / "stability.csv").read_bytes()
    assert (to / "figures" / "stability.svg").is_file()
    assert main([*words, "figures=false"]) == 0
    assert (to / "stability.csv").read_bytes() == first
    assert main(["stability", "scenario=close", "scenario.units=[Dover]", "region=two_towns"]) == 2
    assert "stability is of a rule" in capsys.readouterr().err
