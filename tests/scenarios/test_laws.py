"""What holds of every verb: its input stays as it was, and before its date nothing changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

import scenarios
from sim.service.fault import InputError
from sim.service.service import Service
from sim.study.question import ask
from sim.study.run import Run
from tests.two_towns import QUICK, stroke

AT = 30.0

DATED = {
    "AddBeds": lambda at: scenarios.AddBeds({"Dover": 4}, at),
    "AgeDemand": lambda at: scenarios.AgeDemand({"share_80_plus": 0.5}, at=at),
    "Close": lambda at: scenarios.Close(["Dover"], at),
    "CloseAllUnder": lambda at: scenarios.CloseAllUnder(at=at),
    "CloseSmallUnits": lambda at: scenarios.CloseSmallUnits(at=at),
    "CloseWithinIcb": lambda at: scenarios.CloseWithinIcb(at=at),
    "Consolidate": lambda at: scenarios.Consolidate(["Dover"], "Ashford", at),
    "ConsolidateHubs": lambda at: scenarios.ConsolidateHubs(at=at),
    "Derogate": lambda at: scenarios.Derogate(at=at),
    "FarthestFromStandard": lambda at: scenarios.FarthestFromStandard(at=at),
    "GreedyHubs": lambda at: scenarios.GreedyHubs(at=at),
    "Grow": lambda at: scenarios.Grow(0.5, at=at),
    "HubAndSpoke": lambda at: scenarios.HubAndSpoke(at=at),
    "KeepWithInvestment": lambda at: scenarios.KeepWithInvestment("Dover", growth=9, from_units={"Ashford": 9}, at=at),
    "MergeTrusts": lambda at: scenarios.MergeTrusts(["DOV"], "ASH", at=at),
    "MoveBeds": lambda at: scenarios.MoveBeds("Ashford", {"Dover": 4}, at),
    "OnePerIcb": lambda at: scenarios.OnePerIcb(at=at),
    "OnlyCompleteSites": lambda at: scenarios.OnlyCompleteSites(at=at),
    "Open": lambda at: scenarios.Open("New", 9, "Dover", ["acute"], at=at),
    "GrowBeds": lambda at: scenarios.GrowBeds(["rehabilitation"], 0.25, at),
    "PhasedClosure": lambda at: scenarios.PhasedClosure(at=at),
    "RemoveBeds": lambda at: scenarios.RemoveBeds({"Dover": 4}, at),
}
"""Verbs with a date."""

UNDATED = {
    "Allocate": scenarios.Allocate({"rule": "bypass", "minutes": 30}),
    "Baseline": scenarios.Baseline(),
    "CapVolume": scenarios.CapVolume(["Dover"], 150),
    "Chain": scenarios.chain(scenarios.Baseline()),
    "ChangeStay": scenarios.ChangeStay("acute", factor=0.5),
    "DischargeHours": scenarios.DischargeHours("Mon-Fri 09:00-17:00"),
    "EarlySupportedDischarge": scenarios.EarlySupportedDischarge(0.1, "comprehensive"),
    "Localise": scenarios.Localise("rehabilitation", "acute", 0.25),
    "Network": scenarios.Network(),
    "OpenHours": scenarios.OpenHours(["Dover"], "Mon-Fri 08:00-18:00"),
    "Redirect": scenarios.Redirect("hyperacute", "acute", "rehabilitation", 0.1),
    "RepatriateSooner": scenarios.RepatriateSooner(factor=0.5),
    "SetMinimum": scenarios.SetMinimum("hyperacute_minimum", 300),
    "Strictness": scenarios.Strictness(),
}
"""Verbs that hold for the whole run."""

EVERY = {**{name: make(AT) for name, make in DATED.items()}, **UNDATED}
NEEDS_COLUMNS = {"BelowQuality", "NetLoss", "VolumeLossAndQuality"}


def told(value):
    """Everything in a value, as plain lists: what is remembered of it along the way apart."""
    if is_dataclass(value):
        return [(field.name, told(getattr(value, field.name))) for field in fields(value)]
    if isinstance(value, Mapping):
        return [(key, told(each)) for key, each in value.items()]
    if isinstance(value, (tuple, list)):
        return [told(each) for each in value]
    return repr(value.tolist()) if isinstance(value, np.ndarray) else repr(value)


def test_every_verb_is_here():
    assert {*EVERY, *NEEDS_COLUMNS, "chain"} == set(scenarios.__all__)


@pytest.mark.parametrize("name", sorted(EVERY))
def test_no_verb_edits_its_input(name):
    service = stroke()
    option = EVERY[name](service)
    assert told(service) == told(stroke())
    assert isinstance(option, Service)


@pytest.mark.parametrize("name", sorted(EVERY))
def test_every_verb_says_what_it_does(name):
    doc = type(EVERY[name]).__doc__.splitlines()[0]
    assert doc.endswith(".")
    option = EVERY[name](stroke())
    assert name in ("Baseline", "Chain") or option.history


@pytest.mark.parametrize("name", sorted(DATED))
def test_before_its_date_a_verb_changes_nothing(name):
    service, option = stroke(), EVERY[name](stroke())
    old = np.isin(option.units.id, service.units.id)
    for at in (0.0, AT - 0.1):
        assert option.is_open(at)[old].tolist() == service.is_open(at).tolist()
        assert not option.is_open(at)[~old].any()
        assert option.beds(at)[old].tolist() == service.beds(at).tolist()
        assert option.demand_at(at) == pytest.approx(service.demand_at(at))


@pytest.mark.parametrize("name", sorted(DATED))
def test_until_its_date_patients_meet_what_they_met_before(name):
    run = Run(replications=1, warmup_days=5, years=0.05, cooldown_days=20, workers=1)
    assert run.window.end < AT < run.horizon
    found = ask(stroke(), EVERY[name], run)
    for measure in ("occupied_beds_mean", "transfers_per_year", "index_admissions_per_year"):
        before, after = (found.experiment.values(side, measure)[1] for side in ("baseline", "option"))
        assert np.array_equal(before, after)


@pytest.mark.parametrize("at", ["soon", -1, "2020-01-01", 1e6, None, True])
@pytest.mark.parametrize("name", sorted(set(DATED) - {"Derogate"}))
def test_a_day_outside_the_run_is_no_day(name, at):
    def ask_it():
        ask(stroke(), DATED[name](at), QUICK)

    with pytest.raises(InputError, match=r"at (is a date|must)"):
        ask_it()


@pytest.mark.parametrize("name", sorted(EVERY))
def test_every_verb_can_be_simulated(name):
    found = ask(stroke(), EVERY[name], QUICK)
    assert found.experiment.values("option", "unplaced_per_year")[1].max() == 0
    assert [str(u) for u in found.before.service.units.id] == [str(u) for u in found.after.service.units.id]


@pytest.mark.parametrize("name", sorted(EVERY))
def test_both_engines_give_the_same_numbers(name):
    run = Run(replications=1, warmup_days=10, years=0.08, cooldown_days=5, workers=1)
    one, other = (ask(stroke(), EVERY[name], run, engine).experiment for engine in ("reference", "compiled"))
    for measure in ("occupied_beds_mean", "wait_hours_mean", "transfers_per_year"):
        by_one, by_other = (found.values("option", measure)[1] for found in (one, other))
        assert np.array_equal(by_one, by_other, equal_nan=True)


def test_an_empty_chain_changes_nothing():
    service = stroke()
    assert scenarios.chain()(service) is service


def test_a_chain_is_its_verbs_in_turn():
    one, two = scenarios.MoveBeds("Ashford", {"Dover": 4}), scenarios.Close(["Dover"], at=30)
    both = scenarios.chain(one, two)(stroke())
    assert both.changes == two(one(stroke())).changes
    assert len(both.history) == 2
