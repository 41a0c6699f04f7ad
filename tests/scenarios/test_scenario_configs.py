"""Scenario configs: every verb has one, each has a line of its own, and those that need nothing run in England."""

from __future__ import annotations

import pytest
import yaml

import scenarios
from sim.__main__ import main
from sim.configs import choices, folder
from tests.test_configs import SERVICE

OWN_COLUMNS = {
    "below_quality": ["quality"],
    "net_loss": ["net_income_gbp"],
    "volume_loss_and_quality": ["net_income_gbp", "quality"],
}
"""Configs that rest on columns which no shipped table has."""

TEXTS = {name: (folder() / "scenario" / f"{name}.yaml").read_text("utf-8") for name in choices("scenario")}
PLAIN = sorted(name for name, text in TEXTS.items() if "???" not in text and name not in OWN_COLUMNS)


def run(tmp_path, name: str, region: str, *given: str) -> int:
    fixed = [
        f"region={region}",
        "engine=compiled",
        "run=quick",
        "figures=false", "report=false",
        f"results={tmp_path.as_posix()}/{name}",
    ]
    return main([f"scenario={name}", *fixed, *given])


def verbs(lines):
    for key, value in lines.items():
        if key == "_target_":
            yield value.removeprefix("scenarios.")
        elif isinstance(value, dict):
            yield from verbs(value)


def test_no_two_configs_say_the_same():
    said = choices("scenario")
    assert len(set(said.values())) == len(said)


def test_every_verb_has_a_config():
    named = {verb for text in TEXTS.values() for verb in verbs(yaml.safe_load(text))}
    assert named == set(scenarios.__all__) - {"Chain", "chain"}


@pytest.mark.parametrize("name", ["close_small_units", "hub_and_spoke", "keep_with_investment"])
def test_what_a_config_decides_by_rule_runs_in_england(name, tmp_path, capsys):
    assert run(tmp_path, name, "england_220") == 0
    assert f"{name} against the baseline" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("name", PLAIN)
def test_every_config_that_needs_nothing_runs_in_england(name, tmp_path):
    if name in SERVICE:
        assert run(tmp_path, name, "england", f"service={SERVICE[name]}") == 0
    else:
        assert run(tmp_path, name, "england_220") == 0


@pytest.mark.parametrize("name", sorted(OWN_COLUMNS))
def test_a_config_that_needs_a_column_says_which_and_where(name, tmp_path, capsys):
    assert run(tmp_path, name, "england_220") == 2
    said = capsys.readouterr().err
    for column in OWN_COLUMNS[name]:
        assert f"the units table has no column {column}; add a column {column}" in said
    assert not (tmp_path / name).exists()


def test_a_rule_inside_a_verb_is_built_too(tmp_path, capsys):
    assert run(tmp_path, "phased_closure", "two_towns", "scenario.rule._target_=scenarios.CloseAllUnder") == 0
    assert "all that are under 600" in " ".join(capsys.readouterr().out.split())  # lines are wrapped
