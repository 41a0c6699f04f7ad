"""From the words of a command line to points, and from points to answers."""

from __future__ import annotations

import errno
import json
import os
import socket
import time
from pathlib import Path

import pytest
from pyarrow import parquet

from sim.__main__ import main
from sim.compose import compose_config
from sim.sweep.plan import Stored
from sim.sweep.point import bare

TOWNS = ("region=two_towns", "run=quick", "service.outcome.draws=10", "scenario=close", "scenario.units=[Dover]")
DRY = ("sweep.dry_run=true", "sweep.cost=1")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ask(here, capsys):
    """Run a command in a folder of its own: exit code, what was said, what was complained of."""

    def run(*words: str):
        code = main([*words])
        return code, *capsys.readouterr()

    return run


def planned(here, name: str = "s") -> Stored:
    return Stored(here / "results" / "sweeps" / name)


def test_a_point_has_the_config_that_hydra_composes_for_it(ask, here):
    words = (
        "region=two_towns",
        "run=quick",
        "scenario=close,baseline",
        "service.parameters.mimic_ratio=0.3,0.4",
        "run.seed=range(1,3)",
    )
    assert ask("sweep", "s", *words[:2], "scenario=close", "scenario.units=[Dover],[Ashford]", *words[3:], *DRY)[0] == 0
    of = planned(here)
    points = list(of.points(range(8)))
    table = [json.loads(each) for each in of.table()["values"].to_pylist()]
    for point, (units, ratio, seed) in zip(points, table):
        given = [
            *words[:2],
            "scenario=close",
            f"scenario.units=[{units[0]}]",
            f"service.parameters.mimic_ratio={ratio}",
        ]
        assert bare(point.config) == bare(compose_config([*given, f"run.seed={seed}"])[0])
    assert len(set(of.keys().to_pylist())) == 8


def test_groups_are_combined_with_values(ask, here):
    assert (
        ask(
            "sweep", "s", "region=two_towns", "run=quick,default", "scenario=baseline,do_nothing", "run.seed=1,2", *DRY
        )[0]
        == 0
    )
    of = planned(here)
    points = list(of.points(range(8)))
    assert [point.scenario for point in points] == ["baseline"] * 2 + ["do_nothing"] * 2 + ["baseline"] * 2 + [
        "do_nothing"
    ] * 2
    assert [point.config["run"]["years"] for point in points] == [0.1] * 4 + [1] * 4


def test_a_design_file_is_read_as_the_command_line_is(ask, here):
    (here / "d.csv").write_text(
        "scenario,service.thrombectomy_share,run.seed\nbaseline,0.05,3\ndo_nothing,null,4\n", encoding="utf-8"
    )
    assert ask("sweep", "s", "region=two_towns", "run=quick", "design=d.csv", *DRY)[0] == 0
    points = list(planned(here).points(range(2)))
    assert [(p.scenario, p.config["service"]["thrombectomy_share"], p.config["run"]["seed"]) for p in points] == [
        ("baseline", 0.05, 3),
        ("do_nothing", None, 4),
    ]


def test_a_design_from_configs_is_a_latin_hypercube(ask, here):
    assert ask("sweep", "s", *TOWNS, "design=stroke_uncertain", "sweep.points=10", *DRY)[0] == 0
    rows = [json.loads(each) for each in planned(here).table()["values"].to_pylist()]
    assert len(rows) == 20
    shares = sorted({row[0] for row in rows})
    assert [int((share - 0.043) / 0.057 * 10) for share in shares] == list(range(10))


def test_ranges_on_the_command_line_make_a_design(ask, here):
    words = ("service.thrombectomy_share=interval(0.04,0.1)", "sweep.design=sobol", "sweep.points=4", "run.seed=1,2")
    assert ask("sweep", "s", *TOWNS, *words, "sweep.seeds=nested", *DRY)[0] == 0
    rows = [json.loads(each) for each in planned(here).table()["values"].to_pylist()]
    assert len(rows) == len({seed for _, seed in rows}) == 8


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("region=two_towns", "run.sead=1,2"), "sead"),
        (("region=two_towns", "scenario=closed,baseline"), "closed"),
        (("region=two_towns", "sweep.sards=2"), "unknown setting"),
        (("region=two_towns", "sweep.on=cloud"), "local or slurm"),
        (("region=two_towns", "design=nothing"), "unknown design"),
        (("region=two_towns", "service.thrombectomy_share=interval(0,1)"), "sweep.points must say how many"),
    ],
)
def test_wrong_words_are_refused_before_anything_is_written(ask, here, words, said):
    code, _, complaint = ask("sweep", "s", *words, *DRY)
    assert code == 2
    assert said in complaint
    assert not (here / "results").exists()


def test_a_name_that_is_no_folder_is_refused(ask):
    assert ask("sweep", "../s", *TOWNS)[0] == ask("status", "s")[0] == ask("collect")[0] == 2


def test_a_hundred_thousand_points_are_planned_within_a_minute(ask, here):
    began = time.process_time()
    assert ask("sweep", "s", *TOWNS, "run.seed=range(0,50000)", "service.thrombectomy_share=0.05,0.06", *DRY)[0] == 0
    assert time.process_time() - began < 60
    assert len(planned(here).keys()) == 100_000


def test_a_point_that_fails_says_why_and_the_others_are_answered(ask, here):
    words = (*TOWNS[:-1], "scenario.units=[Dover],[Nope]", "run.seed=1,2", "sweep.workers=1")
    code, out, _ = ask("sweep", "s", *words)
    assert code == 1
    assert "2 of 4 done, 2 failed" in out
    assert "unknown unit 'Nope'" in out
    assert ask("status", "s")[0] == 1
    assert ask("collect", "s")[0] == 1
    table = parquet.read_table(here / "results" / "sweeps" / "s" / "table.parquet")
    assert set(table["run.seed"].to_pylist()) == {1, 2}
    summary = json.loads((here / "results" / "sweeps" / "s" / "sweep.json").read_text(encoding="utf-8"))
    assert summary["points"] == 4
    # What is done is not asked again: only the two that failed are.
    assert "2 points to ask" in ask("sweep", "s", *words)[1]


def test_a_table_of_one_point_has_the_numbers_of_a_single_run(ask, here):
    assert ask("sweep", "s", *TOWNS, "run.seed=5", "sweep.workers=1")[0] == 0
    ask("collect", "s")
    assert ask(*TOWNS, "run.seed=5", "figures=false", "report=false", "results=one")[0] == 0
    from pyarrow import csv

    single = {(row["measure"]): row["option"] for row in csv.read_csv(here / "one" / "summary.csv").to_pylist()}
    rows = parquet.read_table(here / "results" / "sweeps" / "s" / "table.parquet").to_pylist()
    swept = {row["measure"]: row["option"] for row in rows if row["by"] == "summary"}
    assert swept == single


def test_hydras_own_sweeper_takes_the_points_of_a_design(ask, here):
    words = ("-m", *TOWNS, "service.thrombectomy_share=interval(0.04,0.1)", "run.seed=1,2", "figures=false")
    assert ask(*words, "sweep.design=lhs", "sweep.points=2")[0] == 0
    questions = sorted(path.parent.name.rpartition("-")[0] for path in here.rglob("summary.csv"))
    assert ask("sweep", "s", *words[1:-1], "sweep.design=lhs", "sweep.points=2", *DRY)[0] == 0
    rows = [json.loads(each) for each in planned(here).table()["values"].to_pylist()]
    assert questions == sorted(f"service.thrombectomy_share={share},run.seed={seed}" for share, seed in rows)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("design=nothing",), "unknown design 'nothing'; known: stroke_uncertain"),
        (("sweep.on=slurm",), "this is for `python -m sim sweep"),
        (("run.seed=interval(1,9)",), "sweep.points must say how many"),
        (("scenario=nothing,close",), "Could not find 'scenario/nothing'"),
    ],
)
def test_wrong_words_to_hydras_own_sweeper_are_refused(ask, here, words, said):
    code, _, complaint = ask("-m", *TOWNS[:-2], *words)
    assert code == 2
    assert said in complaint


@pytest.mark.parametrize("command", ["sweep", "collect"])
def test_a_disk_that_is_full_is_told_in_words(ask, here, monkeypatch, command):
    words = ("s", *TOWNS, "run.seed=1,2") if command == "sweep" else ("s",)
    ask("sweep", "s", *TOWNS, *DRY)

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("sim.sweep.parts.os.fsync", full)
    code, _, complaint = ask(command, *words)
    assert code == 2
    assert "cannot be written: No space left on device" in complaint


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="the system does not tell which processes live")
def test_a_sweep_whose_driver_was_killed_is_not_said_to_run(ask, here):
    ask("sweep", "s", *TOWNS, *DRY)
    told = {"host": socket.gethostname(), "pid": os.getpid(), "shards_running": 2, "workers": 2, "at": time.time()}
    running = here / "results" / "sweeps" / "s" / "running.json"
    running.write_text(json.dumps(told), encoding="utf-8")
    assert "2 shards running" in ask("status", "s")[1]
    running.write_text(json.dumps(told | {"pid": 2**22 + 1}), encoding="utf-8")
    assert "nothing is running" in ask("status", "s")[1]
