"""Every config composes, and every scenario runs in the two towns."""

from __future__ import annotations

import shutil

import pytest
import yaml

from sim.__main__ import help_text, main
from sim.compose import GROUPS, compose_config, scenario_of
from sim.configs import choices, folder
from sim.service.fault import InputError
from sim.service.region import FOLDER
from sim.study.load import service_from
from sim.study.question import ask
from sim.study.run import Run

RUN = Run(replications=1, years=0.02, warmup_days=2, cooldown_days=0, workers=1)

SERVICE = dict.fromkeys(("fewer_centres", "more_local_rehab", "rapid_access_rehab", "direct_to_centre"), "neurosurgery")
"""Scenarios of another service than stroke."""

NEEDS = {
    "fewer_centres": ["scenario.hubs=1", "scenario.keep_remote=false"],
    "add_beds": ["scenario.beds={Dover:4}"],
    "cap_volume": ["scenario.units=[Dover]", "scenario.most=200"],
    "change_stay": ["scenario.stage=acute", "scenario.factor=0.8"],
    "close": ["scenario.units=[Dover]"],
    "consolidate": ["scenario.units=[Dover]", "scenario.into=Ashford"],
    "merge_trusts": ["scenario.trusts=[DOV]", "scenario.into=ASH"],
    "move_beds": ["scenario.beds={Dover:4}", "scenario.into=Ashford"],
    "open": ["scenario.unit=New", "scenario.site=Dover", "scenario.beds=9", "scenario.kinds=[acute]"],
    "open_hours": ["scenario.units=[Dover]", "scenario.hours='Mon-Sun 08:00-20:00'"],
    "remove_beds": ["scenario.beds={Dover:4}"],
    "set_minimum": ["scenario.minimum=500"],
}
"""What a scenario cannot do without, for those that name nothing by themselves."""

COLUMNS = {"quality": ("62", "", "48", ""), "net_income_gbp": ("100000", "", "-250000", "")}
"""Columns of the units table that some scenarios ask for and the made-up region does not have."""


@pytest.fixture(scope="module")
def towns(tmp_path_factory):
    """The two towns with every column a scenario may ask of units."""
    place = shutil.copytree(FOLDER / "two_towns", tmp_path_factory.mktemp("region") / "towns")
    lines = (place / "units_stroke.csv").read_text(encoding="utf-8").splitlines()
    rows = [line + "".join(f",{cells[row]}" for cells in COLUMNS.values()) for row, line in enumerate(lines[1:])]
    (place / "units_stroke.csv").write_text("\n".join([",".join([lines[0], *COLUMNS]), *rows]) + "\n", encoding="utf-8")
    return place


@pytest.mark.parametrize("name", list(choices("scenario")))
def test_every_scenario_composes_and_runs(towns, name):
    config, chosen = compose_config(
        [f"service={SERVICE.get(name, 'stroke')}", f"region={towns}", f"scenario={name}", *NEEDS.get(name, [])]
    )
    assert chosen["scenario"] == name
    service = service_from(config["service"], config["region"]["name"], None, config["allocation"])
    found = ask(service, scenario_of(config["scenario"]), RUN, config["engine"]["name"], name)
    assert found.experiment.replications[0].option
    assert found.after.service.history or name in ("baseline", "do_nothing")


def test_every_scenario_that_names_nothing_by_itself_is_given_what_it_needs():
    empty = {path.stem for path in (folder() / "scenario").glob("*.yaml") if "???" in path.read_text(encoding="utf-8")}
    assert empty == set(NEEDS) - set(SERVICE)
    assert set(NEEDS) <= set(choices("scenario"))


@pytest.mark.parametrize("name", ["close", "merge_trusts", "set_minimum"])
def test_what_a_scenario_cannot_do_without_is_asked_for_by_name(name):
    with pytest.raises(InputError, match=r"scenario\.\w+ must be given; add scenario\.\w+=\.\.\. to the command line"):
        compose_config(["region=two_towns", f"scenario={name}"])


@pytest.mark.parametrize(
    ("group", "name"),
    [(group, name) for group in GROUPS if group not in ("scenario",) for name in choices(group) if name != "folder"],
)
def test_every_other_choice_composes(group, name):
    config, chosen = compose_config(["region=two_towns", f"{group}={name}"] if group != "region" else [f"region={name}"])
    assert chosen[group] == name
    assert isinstance(config[group], dict)


@pytest.mark.parametrize("name", [name for name in choices("allocation") if name not in ("observed", "catchment")])
def test_every_rule_of_allocation_builds_a_service(towns, name):
    config, _ = compose_config([f"region={towns}", f"allocation={name}"])
    service = service_from(config["service"], config["region"]["name"], None, config["allocation"])
    assert ask(service, lambda same: same, RUN, "compiled").before.load.index.sum() == pytest.approx(900)


@pytest.mark.parametrize("path", sorted(folder().glob("*/*.yaml")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_config_says_in_its_first_line_what_it_is(path):
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# "), path
    assert first.rstrip()[-1] in ".:]}" or len(first) > 20
    assert choices(path.parent.name)[path.stem]
    assert yaml.safe_load(path.read_text(encoding="utf-8")) is not None


def test_help_names_every_choice():
    said = help_text()
    for group in GROUPS:
        assert f"{group}=" in said
        for name in choices(group):
            assert name in said


def test_the_shortest_command_answers_a_question(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["region=two_towns", "run=quick", "figures=false", "report=false"]) == 0
    assert (tmp_path / "results" / "stroke@two_towns" / "baseline" / "summary.csv").is_file()
    assert "stroke in two_towns: baseline against the baseline" in capsys.readouterr().out


def test_configs_can_lie_elsewhere(tmp_path, monkeypatch):
    own = shutil.copytree(folder(), tmp_path / "configs")
    (own / "scenario" / "mine.yaml").write_text(
        "# Mine.\n_target_: scenarios.Close\nunits: [Dover]\n", encoding="utf-8"
    )
    monkeypatch.setenv("SIM_CONFIGS_DIR", str(own))
    assert choices("scenario")["mine"] == "Mine."
    config, _ = compose_config(["region=two_towns", "scenario=mine"])
    assert scenario_of(config["scenario"]).units == ("Dover",)
