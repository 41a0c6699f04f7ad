"""The services that ship beside stroke: they build everywhere, run what makes sense for them, and refuse the rest in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

import scenarios
from sim.__main__ import main
from sim.configs import choices
from sim.journeys.deadlock import refuse_deadlock
from sim.measures.standards import standing
from sim.service.fault import InputError
from sim.service.pathway import Group
from sim.study.load import load_finance, load_service
from sim.study.question import ask
from sim.study.run import Run
from sim.study.view import view

OTHERS = ("neurosurgery", "congenital_heart")

NEEDS = {
    "add_beds": ["scenario.beds={Dover:4}"],
    "cap_volume": ["scenario.units=[Dover]", "scenario.most=200"],
    "change_stay": ["scenario.stage=ward", "scenario.factor=0.8"],
    "close": ["scenario.units=[Dover]"],
    "consolidate": ["scenario.units=[Dover]", "scenario.into=Ashford"],
    "discharge_hours": ["scenario.hours='Mon-Fri 09:00-17:00'"],
    "fewer_centres": ["scenario.hubs=1", "scenario.keep_remote=false"],
    "greedy_hubs": ["scenario.hubs=1"],
    "hub_and_spoke": ["scenario.hubs=[Ashford]"],
    "consolidate_hubs": ["scenario.hubs=[Ashford]"],
    "merge_trusts": ["scenario.trusts=[DOV]", "scenario.into=ASH"],
    "move_beds": ["scenario.beds={Dover:4}", "scenario.into=Ashford"],
    "open_hours": ["scenario.units=[Dover]", "scenario.hours='Mon-Sun 08:00-20:00'"],
    "remove_beds": ["scenario.beds={Dover:4}"],
    "demand_growth": ["scenario.a_year=0.02"],
    "do_nothing": ["scenario.a_year=0.02"],
}
"""What a scenario cannot do without in the two towns."""

BY_VOLUME = (
    *("close_all_under", "close_small_units", "close_within_icb", "derogation"),
    *("farthest_from_standard", "keep_with_investment", "phased_closure"),
)
"""Scenarios that need a minimum, of which neurosurgery has none."""

OWN = {
    "neurosurgery": {
        **NEEDS,
        **{name: ["scenario.minimum=2000"] for name in BY_VOLUME},
        "keep_with_investment": ["scenario.target=2000"],
        "phased_closure": ["scenario.rule.minimum=2000"],
        "open": ["scenario.unit=New", "scenario.site=Dover", "scenario.beds=9", "scenario.kinds=[acute]"],
    },
    "congenital_heart": {
        **NEEDS,
        "set_minimum": ["scenario.standard=centre_minimum", "scenario.minimum=300"],
        "open": ["scenario.unit=New", "scenario.site=Dover", "scenario.beds=9", "scenario.kinds=[congenital_ward]"],
    },
}

REFUSED = {
    "neurosurgery": {
        "ageing": "no rate of admission for share_80_plus",
        "below_quality": "no column quality",
        "drip_and_ship": "unknown kind 'comprehensive'",
        "early_supported_discharge": "unknown stage 'comprehensive'",
        "localise_rehab": "unknown stage 'rehabilitation'",
        "mothership": "unknown kind 'comprehensive'",
        "net_loss": "no column net_income_gbp",
        "only_complete_sites": "would close every neurosurgery unit",
        "set_minimum": "must be given",
        "volume_loss_and_quality": "no column quality",
    },
    "congenital_heart": {
        "ageing": "no rate of admission for share_80_plus",
        "below_quality": "no column quality",
        "direct_to_centre": "unknown kind 'neurosurgery'",
        "drip_and_ship": "unknown kind 'comprehensive'",
        "early_supported_discharge": "unknown stage 'comprehensive'",
        "localise_rehab": "unknown stage 'rehabilitation'",
        "more_local_rehab": "unknown kind of care 'rehabilitation_level_2'",
        "mothership": "unknown kind 'comprehensive'",
        "net_loss": "no column net_income_gbp",
        "rapid_access_rehab": "unknown stage 'acute'",
        "repatriate_sooner": "no stage named has a transfer",
        "volume_loss_and_quality": "no column quality",
    },
}
"""What makes no sense for a service, and the words that say why."""

FAMILY = ("baseline", "fewer_centres", "more_local_rehab", "rapid_access_rehab", "direct_to_centre")


def run(tmp_path, service: str, name: str) -> int:
    given = [f"service={service}", f"scenario={name}", "region=two_towns", "run=quick", "run.replications=1"]
    given += ["figures=false", "report=false", "finance=none", f"results={tmp_path.as_posix()}/found"]
    return main([*given, *OWN[service].get(name, [])])


@pytest.mark.parametrize("service", OTHERS)
def test_a_scenario_runs_or_is_said_to_make_no_sense(service):
    assert set(REFUSED[service]) <= set(choices("scenario"))
    assert set(OWN[service]) <= set(choices("scenario"))


@pytest.mark.parametrize("name", FAMILY)
def test_neurosurgery_runs_its_own_scenarios(name, tmp_path, capsys):
    assert run(tmp_path, "neurosurgery", name) == 0
    said = capsys.readouterr().out
    for row in (
        "beds in force",
        "delayed transfers",
        "of them waiting for acute",
        "incomplete pathways within 18 weeks",
    ):
        assert row in said
    assert (tmp_path / "found" / "waiting_list.csv").read_text().startswith("month,waiting_list_baseline")


@pytest.mark.slow
@pytest.mark.parametrize(("service", "name"), [(s, n) for s in OTHERS for n in choices("scenario")])
def test_every_scenario_runs_or_is_refused_in_words(service, name, tmp_path, capsys):
    words = REFUSED[service].get(name)
    assert run(tmp_path, service, name) == (2 if words else 0)
    said = capsys.readouterr().err
    assert (words or "") in " ".join(said.split())
    assert "Traceback" not in said


@pytest.mark.parametrize("service", OTHERS)
def test_money_is_counted_and_what_is_not_known_prints_no_zero(service, tmp_path, capsys):
    given = [f"service={service}", "scenario=close", "scenario.units=[Dover]", "region=two_towns", "run=quick"]
    assert main([*given, "figures=false", "report=false", f"results={tmp_path.as_posix()}/found"]) == 0
    said = capsys.readouterr().out
    assert "cost of the service" in said
    assert "QALYs" not in said
    assert "whole-time" not in said


@pytest.mark.parametrize("service", OTHERS)
def test_beds_can_lock_in_no_circle(service):
    refuse_deadlock(load_service(service, region="england_220"), 365.0)


def test_critical_care_asked_for_from_a_ward_bed_would_lock():
    service = load_service("neurosurgery", region="two_towns")
    lines = {
        "operation": {"kind": "neurosurgery", "stay": 1, "next": {"critical_care": 1.0}},
        "critical_care": {"kind": "neurocritical_care", "stay": 1},
    }
    naive = replace(service, groups=(*service.groups, Group.read("naive", {"per_admission": 0.1, "stages": lines})))
    with pytest.raises(InputError, match="naive could hold beds in a circle at Ashford, Ashford-NCC"):
        refuse_deadlock(naive, 365.0)


def test_neurosurgery_has_the_admissions_of_england_and_the_beds_it_could_have():
    seen = view(load_service("neurosurgery", region="england_220"))
    service = seen.service
    assert seen.load.index.sum() == pytest.approx(74_284, rel=0.002)  # Wahba et al. 2022
    centre = seen.load.beds[service.gives("neurosurgery") | service.gives("neurocritical_care")].sum()
    # 20 to 35 beds per million were planned half a century ago: no more than an order of magnitude, occupied at four fifths.
    assert 0.6 * 20 < centre / 56.28 < 35
    operations = seen.load.counted["operation"].sum()
    assert operations == pytest.approx(0.683 * 0.773 * 74_284, rel=0.01)  # the elective ones are counted


def test_congenital_heart_centres_are_held_to_four_standards_and_unknown_ones_are_said_to_be():
    service = load_service("congenital_heart", region="england_220")
    rows = standing(service)
    by = {name: [row.status for row in rows if row.standard == name] for name in {row.standard for row in rows}}
    assert set(by) == {"centre_minimum", "surgeon_minimum", "surgeon_team", "paediatric_co_location"}
    assert set(by["surgeon_team"]) == set(by["paediatric_co_location"]) == {"not known"}
    # A team of four is taken where none is known: then 125 for each is 500 for the centre.
    assert by["surgeon_minimum"] == by["centre_minimum"]
    towns = {
        (row.standard, row.unit): row.status for row in standing(load_service("congenital_heart", region="two_towns"))
    }
    assert (
        towns["centre_minimum", "Dover"]
        == towns["surgeon_team", "Dover"]
        == towns["paediatric_co_location", "Dover"]
        == "not met"
    )
    # 400 operations by three surgeons: each reaches 125, and yet the centre does not reach its own minimum.
    assert towns["surgeon_minimum", "Dover"] == "met"


def test_each_level_of_rehabilitation_has_a_payer_of_its_own():
    service = load_service("neurosurgery", region="two_towns")
    rows = (("cranial_emergency", stage) for stage in ("ward", "level_1", "level_2"))
    payers = load_finance(service).commissioning.shares(rows, "care", 0.0)
    assert [int(row.argmax()) for row in payers] == [1, 3, 0]  # a group of ICBs, the nation, the ICB


def test_the_list_asked_for_waits_at_the_start_and_moves_with_the_patients():

    service = load_service("congenital_heart", region="two_towns")
    made = Run(
        replications=2,
        warmup_days=0,
        years=0.1,
        cooldown_days=0,
        start_from="filled",
        waiting={"Ashford": 200, "Dover": 90},
        workers=1,
    )
    found = ask(service, scenarios.Close(["Dover"]), made)
    for side in ("baseline", "option"):
        assert found.experiment.values(side, "waiting_list_at_start")[1].ravel().tolist() == [290, 290]


@pytest.mark.parametrize("service", OTHERS)
def test_both_engines_give_the_same_lists_and_cancellations(service):
    made = load_service(service, region="two_towns")
    short = Run(replications=1, warmup_days=20, years=0.1, cooldown_days=5, workers=1)
    found = [ask(made, scenarios.Close(["Dover"]), short, engine) for engine in ("reference", "compiled")]
    for side in ("baseline", "option"):
        one, other = ([(o.measure, o.by, o.value.tolist()) for o in getattr(f.experiment.replications[0], side)] for f in found)
        assert repr(one) == repr(other)
