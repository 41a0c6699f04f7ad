"""Closing rules: what each closes in two towns and in a region of one's own, and that all of them can be told the same."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import scenarios
from sim.service.fault import InputError
from sim.service.region import FOLDER
from sim.service.standing import Standing
from sim.study.load import load_service
from tests.two_towns import ASHFORD, DOVER, stroke

RULES = (
    scenarios.CloseSmallUnits,
    scenarios.CloseAllUnder,
    scenarios.CloseWithinIcb,
    scenarios.FarthestFromStandard,
    scenarios.OnePerIcb,
    scenarios.OnlyCompleteSites,
    scenarios.GreedyHubs,
    scenarios.ConsolidateHubs,
    scenarios.HubAndSpoke,
    scenarios.NetLoss,
    scenarios.BelowQuality,
    scenarios.VolumeLossAndQuality,
    scenarios.Derogate,
)


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Two towns with what only a user can give: Dover loses money and is of low quality."""
    folder = shutil.copytree(FOLDER / "two_towns", tmp_path_factory.mktemp("region") / "towns")
    table = folder / "units_stroke.csv"
    lines = table.read_text("utf-8").splitlines()
    ends = [",net_income_gbp,quality", ",500000,80", ",,", ",-250000,40", ",,"]
    table.write_text("\n".join(line + end for line, end in zip(lines, ends)), "utf-8")
    return load_service("stroke", region=str(folder))


def closed(service, rule) -> list[str]:
    at = 1e4
    return service.units.id[~rule(service).is_open(at)[np.isin(rule(service).units.id, service.units.id)]].tolist()


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_closes_dover_which_is_small_poor_and_no_centre(judged, rule):
    option = rule()(judged)
    assert not option.is_open(1e4)[option.unit_index("Dover")]
    gives = option.gives("hyperacute") & option.is_open(1e4)
    assert gives.sum() == 1


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_keeps_what_is_protected(judged, rule):
    option = rule(protected={"Dover": "across the bay"})(judged)
    assert option.is_open(1e4)[option.unit_index("Dover")]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_keeps_what_is_remote(judged, rule):
    option = rule(remote_minutes=49)(judged)
    assert option.is_open(1e4)[option.unit_index("Dover")]
    option = rule(remote_minutes=49, keep_remote=False)(judged)
    assert not option.is_open(1e4)[option.unit_index("Dover")]


@pytest.mark.parametrize("rule", RULES)
def test_moved_beds_are_conserved_and_lost_ones_are_not(judged, rule):
    def beds(option):
        return option.beds(1e4)[option.is_open(1e4)].sum()

    assert beds(rule()(judged)) == judged.beds().sum()
    assert beds(rule(beds="lost")(judged)) < judged.beds().sum()


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_can_be_limited_to_so_many(judged, rule):
    option = rule(most=0)(judged)
    assert option.is_open(1e4)[option.unit_index("Dover")]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_spares_a_unit_that_is_derogated_until_later(judged, rule):
    row = Standing("hyperacute_minimum", "Dover", "derogated", "the network board", date(2030, 1, 1))
    option = rule()(replace(judged, standing=(row,)))
    assert option.is_open(1e4)[option.unit_index("Dover")]
    # A rule that names who stays counts it among those; the others say why they leave it.
    if rule not in (scenarios.OnePerIcb, scenarios.GreedyHubs):
        assert "derogated until 2030-01-01" in " ".join(option.marks["Dover"])
    over = replace(row, until=date(2020, 1, 1))
    option = rule()(replace(judged, standing=(over,)))
    assert not option.is_open(1e4)[option.unit_index("Dover")]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    "given",
    [
        {"volume": "guessed"}, {"minimum": -5}, {"keep_remote": "yes"}, {"remote_share": 2}, {"remote_minutes": "far"},
        {"protected": ["Dover"]}, {"beds": "sold"}, {"most": 1.5}, {"kind": 3},
    ],
)  # fmt: skip
def test_every_rule_refuses_settings_that_make_no_sense(rule, given):
    with pytest.raises(InputError, match=next(iter(given))):
        rule(**given)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_tells_unknown_names_together(judged, rule):
    with pytest.raises(InputError) as raised:
        rule(kind="hyperacut", protected={"Dovr": "why"})(judged)
    for words in ("did you mean 'hyperacute'", "did you mean 'Dover'"):
        assert words in str(raised.value)


@pytest.mark.parametrize("rule", [scenarios.NetLoss, scenarios.BelowQuality, scenarios.VolumeLossAndQuality])
def test_a_column_that_only_a_user_can_give_is_asked_for(rule):
    with pytest.raises(InputError, match=r"add a column (net_income_gbp|quality) "):
        rule()(stroke())


def test_all_three_must_hold(judged):
    rich = judged.with_units(
        attribute={**judged.units.attribute, "net_income_gbp": np.array([1.0, np.nan, 1.0, np.nan])}
    )
    assert closed(rich, scenarios.VolumeLossAndQuality()) == []
    assert closed(rich, scenarios.BelowQuality()) == ["Dover"]
    assert closed(rich, scenarios.NetLoss()) == []


def test_a_least_quality_may_be_said(judged):
    assert closed(judged, scenarios.BelowQuality(least=40)) == []
    assert closed(judged, scenarios.BelowQuality(least=41)) == ["Dover"]


def test_close_all_under_heeds_what_a_table_says_of_a_unit():
    met = Standing("hyperacute_minimum", "Dover", "met", "an audit")
    assert closed(replace(stroke(), standing=(met,)), scenarios.CloseAllUnder()) == []
    service = scenarios.SetMinimum("hyperacute_minimum", 100)(stroke())
    assert closed(service, scenarios.CloseAllUnder()) == []
    not_met = Standing("hyperacute_minimum", "Dover", "not met", "an audit")
    assert closed(replace(service, standing=(not_met,)), scenarios.CloseAllUnder()) == ["Dover"]


def test_all_at_once_closes_more_than_one_at_a_time():
    service = load_service("stroke", region="england_220")
    one, all_ = (rule().decide(service) for rule in (scenarios.CloseSmallUnits, scenarios.CloseAllUnder))
    assert set(one.order) < set(all_.order)


def test_within_an_icb_the_last_unit_stays():
    service = load_service("stroke", region="england_220")
    body = service.sites.body["icb"][service.units.site]
    gives = service.gives("hyperacute")
    for rule in (scenarios.CloseWithinIcb(minimum=3000), scenarios.OnePerIcb()):
        left = rule(service).is_open() & gives
        assert set(body[left]) == set(body[gives])


def test_one_per_icb_leaves_one_where_none_is_protected_or_remote():
    service = load_service("stroke", region="england_220")
    rule = scenarios.OnePerIcb(protect_kinds=(), keep_remote=False)
    body, left = service.sites.body["icb"][service.units.site], rule(service).is_open() & service.gives("hyperacute")
    # The last unit that gives comprehensive care would stay beside it; there are several.
    assert np.unique(body[left], return_counts=True)[1].max() == 1
    volume = service.units.reported_volume
    for name in set(body[left]):
        of = (body == name) & service.gives("hyperacute")
        assert volume[left & (body == name)][0] == np.nanmax(volume[of])


@pytest.mark.parametrize("hubs", [24, 30])
def test_hubs_proved_to_be_the_best_are_never_farther_than_those_of_interchange(hubs):
    from sim.study.view import view

    service = load_service("stroke", region="england_220")
    mean = [
        view(scenarios.GreedyHubs(hubs=hubs, keep_remote=False, protect_kinds=(), proven=proven)(service)).access.mean
        for proven in (True, False)
    ]
    assert mean[0] <= mean[1] * (1 + 1e-9)


def test_greedy_hubs_leaves_the_number_asked_for():
    service = load_service("stroke", region="england_220")
    rule = scenarios.GreedyHubs(hubs=30, keep_remote=False)
    option = rule(service)
    left = option.is_open() & service.gives("hyperacute")
    assert left.sum() == 30
    assert left[service.gives("comprehensive")].all()
    with pytest.raises(InputError, match="at most the 101 units"):
        scenarios.GreedyHubs(hubs=500)(service)


def test_the_last_unit_of_another_kind_stays_and_says_so():
    service = stroke()
    option = scenarios.ConsolidateHubs(hubs=["Dover"], protect_kinds=())(service)
    assert option.is_open()[ASHFORD]
    assert "no other open unit gives comprehensive care" in " ".join(option.marks["Ashford"])


def test_a_rule_that_would_close_every_unit_is_refused(judged):
    poor = judged.with_units(attribute={**judged.units.attribute, "net_income_gbp": np.full(4, -1.0)})
    poor = poor.with_units(gives={**poor.units.gives, "comprehensive": poor.gives("rehabilitation")})
    with pytest.raises(InputError, match="would close every hyperacute unit"):
        scenarios.NetLoss(protect_kinds=(), keep_remote=False)(poor)


def test_hubs_that_are_unknown_or_give_no_such_care_are_refused():
    with pytest.raises(InputError) as raised:
        scenarios.ConsolidateHubs(hubs=["Dovr", "Dover-REHAB"])(stroke())
    assert "did you mean 'Dover'" in str(raised.value)
    assert "Dover-REHAB is to be a hub and gives no hyperacute care" in str(raised.value)


def test_volumes_of_a_later_date_have_grown():
    grown = scenarios.Grow(1.0)(stroke())
    rule = scenarios.CloseAllUnder()
    early, late = (rule.decide(grown, at).volume_before[DOVER] for at in (0.0, 366.0))
    assert early == pytest.approx(300)
    assert late == pytest.approx(600)


def test_a_level_of_bodies_that_is_not_known_is_refused():
    with pytest.raises(InputError, match="unknown level of bodies 'icbs'; did you mean 'icb'"):
        scenarios.OnePerIcb(level="icbs")(stroke())
