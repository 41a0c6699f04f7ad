"""`compare` and `discard`: finished runs side by side, and the log of all that were run."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from sim.__main__ import main
from sim.store.finished import finished
from sim.study.comparison import interval
from tests.command import rows, say

QUICK = ("region=two_towns", "run.replications=3", "run.years=0.02", "run.warmup_days=2", "run.cooldown_days=0", "figures=false",
         "report=false")
OPTIONS = {
    "close": ("scenario=close", "scenario.units=[Dover]"),
    "localise_rehab": ("scenario=localise_rehab",),
    "do_nothing": ("scenario=do_nothing",),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Three finished runs under ``results``."""
    root = tmp_path_factory.mktemp("finished")
    for name, words in OPTIONS.items():
        assert main([*QUICK, *words, f"results={root / 'results' / 'two' / name}"]) == 0
    return root


@pytest.fixture
def here(made, tmp_path, monkeypatch):
    """A copy of one's own, to stand beside."""
    shutil.copytree(made / "results", tmp_path / "results")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def change(folder: Path, old: str, new: str) -> None:
    text = folder.read_text(encoding="utf-8")
    assert old in text
    folder.write_text(text.replace(old, new), encoding="utf-8")


def test_without_folders_all_that_can_be_compared_is(here, capsys):
    code, out, _ = say(capsys, "compare")
    assert code == 0
    options = rows(here / "results" / "two" / "comparison" / "options.csv")
    assert [row["option"] for row in options] == ["baseline", *OPTIONS] or {row["option"] for row in options} == {"baseline", *OPTIONS}
    for word in (*OPTIONS, "Dominated options", "Hurdles", "Judged by"):
        assert word.replace("_", " ") in out or word in out
    again = {path.name: path.read_bytes() for path in (here / "results" / "two" / "comparison").iterdir()}
    say(capsys, "compare")
    assert {path.name: path.read_bytes() for path in (here / "results" / "two" / "comparison").iterdir()} == again


def test_no_line_is_wider_than_the_terminal(here, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    out = say(capsys, "compare")[1]
    assert max(map(len, (line for line in out.splitlines() if "results" not in line))) <= 108  # a pair's table may be a little wider


def test_differences_between_options_are_paired_replication_by_replication(here, capsys):
    say(capsys, "compare", "results/two/close", "results/two/localise_rehab", "to=results/side")
    found = {(row["option"], row["less"], row["key"]): row for row in rows(here / "results" / "side" / "differences.csv")}
    row = found["localise_rehab", "close", "wait_hours_mean"]
    x, y = (
        next(m for m in finished(here / "results" / "two" / name).option_row if m.key == "wait_hours_mean").samples.option
        for name in ("close", "localise_rehab")
    )
    mean, low, high = interval(y - x)
    assert [float(row[key]) for key in ("difference", "low", "high")] == pytest.approx([mean, low, high], abs=1e-9)
    exact = found["localise_rehab", "close", "minutes_mean"]
    assert (exact["exact"], exact["low"]) == ("yes", "")
    assert float(exact["difference"]) < 0


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("config/config.yaml", "seed: 1", "seed: 2", r"run\.seed differs: 2 in close, 1 in do_nothing"),
        ("config/config.yaml", "name: two_towns", "name: elsewhere", r"region\.name differs: .*elsewhere"),
        ("config/config.yaml", "years: 0.02", "years: 5", "run.years differs"),
        ("config/config.yaml", "rule: nearest", "rule: choice", "allocation.rule differs"),
        ("config/config.yaml", "access_kind: hyperacute", "access_kind: acute", "service.access_kind differs"),
        ("config/config.yaml", "horizon_years: 10", "horizon_years: 20", "finance.horizon_years differs"),
        ("provenance.json", '"commit": "', '"commit": "f00', "commit differs"),
        ("provenance.json", '"units_stroke.csv": "', '"units_stroke.csv": "f00', r"data\.units_stroke\.csv differs"),
    ],
)
def test_runs_that_are_not_alike_are_refused_by_name(here, capsys, file, old, new, said):
    change(here / "results" / "two" / "close" / file, old, new)
    code, _, err = say(capsys, "compare", "results/two/close", "results/two/do_nothing")
    assert code == 2
    assert re.search(said, err), err
    assert "allow=[" in err
    assert not (here / "results" / "two" / "comparison").exists()


def test_what_is_allowed_to_differ_is_said_and_luck_that_differs_gives_no_interval(here, capsys):
    change(here / "results" / "two" / "close" / "config" / "config.yaml", "seed: 1", "seed: 2")
    code, out, _ = say(capsys, "compare", "results/two/close", "results/two/do_nothing", "allow=run.seed", "to=results/side")
    assert code == 0
    assert "allowed to differ: run.seed" in out
    assert "not the same luck" in out
    found = rows(here / "results" / "side" / "differences.csv")
    assert all(row["low"] == "" for row in found if {row["option"], row["less"]} == {"close", "do_nothing"})


def test_engines_figures_and_workers_may_differ(here, capsys):
    path = here / "results" / "two" / "close" / "config" / "config.yaml"
    change(path, "name: compiled", "name: reference")
    change(path, "figures: false", "figures: true")
    change(path, "workers: 0", "workers: 2")
    assert say(capsys, "compare", "results/two/close", "results/two/do_nothing")[0] == 0


def test_a_baseline_that_differs_gives_two_runs_away(here, capsys):
    path = here / "results" / "two" / "close" / "option_row.csv"
    lines = path.read_text(encoding="utf-8").replace(",11.66666667,", ",12.5,")
    path.write_text(lines, encoding="utf-8")
    code, _, err = say(capsys, "compare", "results/two/close", "results/two/do_nothing")
    assert code == 2
    assert "of the baseline differs between runs" in err


def test_weights_come_with_their_parts_and_other_rankings(here, capsys):
    code, out, _ = say(capsys, "compare", "weights={minutes_mean: 2, net_present_saving: 1}", "to=results/side")
    assert code == 0
    for word in ("weight 0.67", "1 twice", "2 twice", "first, %", "rank", "equal"):
        assert word in out
    found = rows(here / "results" / "side" / "weights.csv")
    first = [float(row["value"]) for row in found if row["line"] == "first"]
    assert sum(first) == pytest.approx(1.0)
    assert len([row for row in found if row["line"] == "part"]) == 2 * 4


def test_hurdles_may_be_a_file_of_ones_own(here, capsys):
    (here / "mine.yaml").write_text("criteria:\n  - {measure: within_30, at_least: 90, source: the board}\n", encoding="utf-8")
    code, out, _ = say(capsys, "compare", "hurdles=mine.yaml", "to=results/side")
    assert code == 0
    assert "at least 90 % - the board" in out
    outcome = {row["option"]: row["outcome"] for row in rows(here / "results" / "side" / "hurdles.csv")}
    assert outcome == {"baseline": "pass", "close": "fail", "do_nothing": "pass", "localise_rehab": "pass"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["results/two/nowhere"], "no such results folder"),
        (["results/two"], "not a finished results folder"),
        (["hurdels=stroke"], "unknown setting, got 'hurdels'.*did you mean 'hurdles'"),
        (["hurdles=strok"], "unknown hurdles, got 'strok'.*did you mean 'stroke'"),
        (["hurdles=no.yaml"], "there is no such file"),
        (["by=minute_mean"], "unknown measure.*did you mean 'minutes_mean'"),
        (["against=clos"], "against names an option, got 'clos'.*did you mean 'close'"),
        (["allow=run.sed"], "allow names a setting.*did you mean 'run.seed'"),
        (["weights=5"], "settings are needed"),
        (["weights={minutes_mean: 0}"], "a number above 0"),
        (["root=nowhere"], "no finished runs under nowhere"),
    ],
)
def test_what_cannot_be_compared_is_said_and_nothing_is_written(here, capsys, words, said):
    code, out, err = say(capsys, "compare", *words)
    assert code == 2, out
    assert re.search(said, err), err
    assert "Traceback" not in err
    assert not (here / "results" / "two" / "comparison").exists()


def test_runs_of_several_kinds_are_listed_to_choose_from(here, capsys):
    for name in ("close", "do_nothing"):
        place = shutil.copytree(here / "results" / "two" / name, here / "results" / "other" / name)
        change(place / "config" / "config.yaml", "seed: 1", "seed: 2")
    code, _, err = say(capsys, "compare")
    assert code == 2
    assert "of 2 kinds" in err
    assert "other" in err


def test_tables_go_into_the_folder_that_holds_all_runs(here, capsys):
    shutil.move(here / "results" / "two" / "close", here / "results" / "three" / "close")
    out = say(capsys, "compare")[1]
    assert out.splitlines()[-1] == f"Files: {Path('results', 'comparison')}"
    assert (here / "results" / "comparison" / "options.csv").is_file()


def test_two_runs_of_one_scenario_are_told_apart_by_their_folders(here, capsys):
    shutil.copytree(here / "results" / "two" / "close", here / "results" / "two" / "close=later")
    say(capsys, "compare", "results/two/close", "results/two/close=later", "to=results/side")
    assert [row["option"] for row in rows(here / "results" / "side" / "options.csv")] == ["baseline", "close close", "close close=later"]


def test_every_run_is_logged_with_what_it_brought(made):
    found = rows(made / "results" / "log.csv")
    assert [row["option"] for row in found] == list(OPTIONS)
    assert {row["what"] for row in found} == {"run"}
    assert [row["folder"] for row in found] == [f"two/{name}" for name in OPTIONS]
    row = {m.key: m for m in finished(made / "results" / "two" / "close").option_row}
    assert float(found[0]["minutes_mean_change"]) == pytest.approx(row["minutes_mean"].difference)
    assert "scenario=close" in found[0]["command"]


def test_a_discarded_option_stays_in_the_log_with_its_reason(here, capsys):
    before = (here / "results" / "log.csv").read_bytes()
    code, out, _ = say(capsys, "discard", "results/two/close", "reason='no room at Ashford, =1+1'")
    assert code == 0
    assert "discarded" in out
    assert (here / "results" / "log.csv").read_bytes().startswith(before)
    assert rows(here / "results" / "log.csv")[-1]["reason"] == "no room at Ashford, =1+1"
    out = say(capsys, "compare")[1]
    assert "close was discarded: no room at Ashford" in out
    options = {row["option"]: row for row in rows(here / "results" / "two" / "comparison" / "options.csv")}
    assert (options["close"]["decision"], options["close"]["reason"]) == ("discarded", "no room at Ashford, =1+1")
    say(capsys, "discard", "results/two/close", "again=true", "reason=room was found")
    assert "was discarded" not in say(capsys, "compare")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["results/two/close"], "a reason must be given; add reason="),
        (["reason=none"], "discard takes one results folder"),
        (["results/two/close", "results/two/do_nothing", "reason=x"], "discard takes one results folder"),
        (["results/two", "reason=x"], "not a finished results folder"),
        (["results/two/close", "reason=x", "again=maybe"], "again is true or false"),
    ],
)
def test_a_decision_without_its_reason_or_folder_is_refused(here, capsys, words, said):
    before = (here / "results" / "log.csv").read_bytes()
    code, _, err = say(capsys, "discard", *words)
    assert code == 2
    assert said in err
    assert (here / "results" / "log.csv").read_bytes() == before


def test_repeating_a_folder_writes_no_line_into_its_log(here, capsys):
    before = (here / "results" / "log.csv").read_bytes()
    assert main(["repeat", "results/two/do_nothing"]) == 0
    capsys.readouterr()
    assert (here / "results" / "log.csv").read_bytes() == before


def test_a_comparison_says_which_runs_it_is_made_of(here, capsys):
    say(capsys, "compare", "results/two/close", "results/two/do_nothing")
    said = json.loads((here / "results" / "two" / "comparison" / "provenance.json").read_text(encoding="utf-8"))
    assert {name: each["folder"] for name, each in said["runs"].items()} == {"close": "close", "do_nothing": "do_nothing"}
    assert str(here) not in json.dumps(said["command"])
    assert np.all([each["commit"] == finished(here / "results" / "two" / "close").provenance["commit"] for each in said["runs"].values()])
