"""Odd words and damaged folders, command by command: one message that names the fault and the cure, exit code 2, nothing touched."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sim.__main__ import COMMANDS, main
from sim.launch import planned
from sim.sweep.plan import write_plan
from tests.command import say

QUICK = ("region=two_towns", "run.replications=2", "run.years=0.02", "run.warmup_days=2", "run.cooldown_days=0")
BARE = ("service.outcome=null", "service.burden=null", "figures=false", "report=false")
CLOSE = ("scenario=close", "scenario.units=[Dover]")
RULE = (*QUICK, "scenario=close_small_units")
SEVERAL = (*QUICK, "scenario=close", "scenario.units=[Dover],[Ashford-REHAB]", "measure=wait_share_delayed", "worth=0.1")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with two finished runs and a planned sweep."""
    place = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        for name, words in (("one", CLOSE), ("two", ("scenario=close_small_units",))):
            assert main([*QUICK, *BARE, *words, f"results=results/{name}"]) == 0
        _, plan = planned([*QUICK, "run.seed=1,2"])
        write_plan(plan, Path("results", "sweeps", "seeds"), {"command": "python -m sim sweep seeds run.seed=1,2"})
    return place


@pytest.fixture
def here(made, tmp_path, monkeypatch):
    place = shutil.copytree(made, tmp_path / "here")
    monkeypatch.chdir(place)
    return place


def state(place: Path) -> dict[str, bytes]:
    return {str(path.relative_to(place)): path.read_bytes() if path.is_file() else b"" for path in place.rglob("*")}


def refused(here, capsys, *words) -> str:
    before = state(here)
    code, out, said = say(capsys, *words)
    assert code == 2, (out, said)
    lines = [line for line in said.splitlines() if not line.startswith("replication")]
    assert lines[0].startswith("error: ")
    assert all(line.startswith("  ") for line in lines[1:])
    assert state(here) == before
    return said


WORDS = [
    # a command that is none, and one that asks nothing with -m
    ("compre results/one", ["unknown command, got 'compre'", "did you mean 'compare'?"]),
    ("status seeds -m", ["-m asks several questions, and status is no question", "leave -m out"]),
    # the folder
    ("repeat", ["repeat takes one results folder", "results/stroke/close_small_units"]),
    ("repeat nowhere", ["no such results folder, got 'nowhere'"]),
    ("repeat results/log.csv", ["no such results folder"]),
    ("repeat results/sweeps", ["not a results folder", "it has no provenance.json"]),
    ("repeat results/one wrok=2", ["unknown setting, got 'wrok'; known: points"]),
    ("repeat results/one points=3", ["points are of a sweep", "leave it out"]),
    ("repeat results/sweeps/seeds point=2", ["did you mean 'points'?"]),
    ("repeat results/sweeps/seeds points=²", ["points is a whole number, 1 or more, or all, got '²'"]),
    ("repeat results/sweeps/seeds points=true", ["points is a whole number"]),
    ("repeat results/sweeps/seeds points=1 points=2", ["points is given twice", "keep one"]),
    ("repeat --foo results/one", ["a setting is written key=value, got '--foo'", "points=..."]),
    ("discard results/one results/two", ["discard takes one results folder", "a reason must be given"]),
    ("discard results/one reason=", ["reason has no value"]),
    ("discard results/one reson=full", ["did you mean 'reason'?"]),
    ("discard results/one reason=full again=maybe", ["again is true or false, got 'maybe'"]),
    ("discard results reason=full", ["not a finished results folder"]),
    ("compare results/one results/one", ["a folder is named twice"]),
    ("compare results/one results/../results/one", ["a folder is named twice", "keep one"]),
    ("compare results/one results/two hurdles=[a]", ["unknown hurdles, got ['a']", "known: none, stroke", "a YAML file"]),
    ("compare results/one results/two hurdels=none", ["did you mean 'hurdles'?"]),
    ("compare results/one results/two against=", ["against has no value"]),
    ("compare results/one results/two against=[a]", ["against names an option, got '[a]'"]),
    ("compare results/one results/two by={a:1}", ["by is a list of words"]),
    ("compare results/one results/two to=results/one", ["it holds what a run made, which would be replaced", "with to=..."]),
    ("compare results/one results/two to=results/one/table", ["it lies in one, which a run made and would replace"]),
    ("report results/one results/two to=results/one/report.html", ["a results folder is left as its run wrote it"]),
    ("report results/one results/two to=results/log.csv/a.html", ["the page cannot be written", "with to=..."]),
    ("report results/one results/two studies=results/one", ["no folder of a study", "what stability, uncertainty or select wrote"]),
    ("pack results/one to=results/two effects=false", ["it holds what a run made"]),
    (f"pack results/one effects=false to={'x' * 300}", ["cannot be written (File name too long)"]),
    ("pack results/one publish=1", ["publish is true or false, got 1"]),
    ("pack results/one least=.nan", ["least is a number above 0"]),
    ("pack results/one bed_test=alternativ", ["did you mean 'alternative'?"]),
    ("pack results/one uncertainty=results/two", ["no analysis of uncertainty"]),
    # the sweep
    ("status", ["status needs the name of a sweep"]),
    ("status seds", ["no such sweep, got 'seds'", "did you mean 'seeds'?"]),
    ("status results/sweeps/seeds", ["the name of one folder", "its last part alone"]),
    (f"status {'x' * 300}", ["no such sweep"]),
    ("status seeds wrok=1", ["unknown word, got 'wrok=1'"]),
    ("collect seeds xslx=true", ["unknown word, got 'xslx=true'", "did you mean 'xlsx=true'?"]),
    ("collect seeds csv=true csv=false", ["csv is given twice"]),
    ("sweep seeds", ["a sweep asks something", "to go on with it: python -m sim sweep seeds run.seed=1,2"]),
    ("sweep new", ["a sweep asks something", "as run.seed=range(1,11)"]),
    ("sweep new run.sed=1,2", ["unknown setting, got 'run.sed'", "did you mean 'seed'?"]),
    ("sweep new run.seed=1,many", ["run.seed must be a whole number, 0 or more, got 'many'"]),
    ("sweep new scenario=clos,close", ["unknown scenario 'clos'", "did you mean 'close'?"]),
    ("sweep new region=two_towns,mine", ["unknown region 'mine'", "region=folder region.name=one,two"]),
    ("sweep new run.seed=1,2 results=a", ["results= is of one question", "leave it out"]),
    ("sweep new run.seed=1,2 sweep.by=[alll]", ["unknown in by, got 'alll'", "did you mean 'all'?"]),
    ("sweep new run.seed=1,2 sweep.by=[all,all]", ["by names each once"]),
    ("sweep new run.seed=1 run.seed=2", ["run.seed is given twice, got 'run.seed=1 run.seed=2'"]),
    ("sweep new scenario=glob(nothing*)", ["the sweep has no points"]),
    # what is asked without a results folder
    ("rules scenario=close_small_units rnu=quick", ["unknown setting, got 'rnu'", "did you mean 'run'?"]),
    ("rules +run.seed=1", ["without a plus", "write run.seed=..."]),
    ("rules run.replications=many", ["replications must be a whole number"]),
    ("rules results=a", ["results= is of one question"]),
    ("flow unti=Dover", ["unknown setting, got 'unti'", "did you mean 'unit'?"]),
    ("flow unit=Dovr", ["unknown unit, got 'Dovr'; did you mean 'Dover'?"]),
    ("flow unit=", ["unit has no value"]),
    ("flow unit=Dover unit=Ashford", ["unit is given twice"]),
    ("flow to=results/one", ["it holds what a run made"]),
    ("flow run.years=x", ["years must be above 0"]),
    ("stability draws=1000000000000", ["draws must be a whole number from 1 to 1,000,000"]),
    ("stability draws=5 figures=maybe", ["figures is true or false, got 'maybe'"]),
    ("stability draws=5 catchments=[[nearest]]", ["catchments is a list of nearest and choice"]),
    ("stability draws=5 volumes=[reported,reported]", ["volumes is a list of reported and modelled, each once"]),
    ("stability draws=5 to=results/two", ["it holds what a run made"]),
    ("stability drawz=5", ["did you mean 'draws'?"]),
    ("select to=results/two first=3", ["it holds what a run made"]),
    ("select kind=hyperactue first=3", ["unknown kind, got 'hyperactue'", "did you mean 'hyperacute'?"]),
    ("select sweep.on=slurm", ["options of a selection are asked here", "sweep.design"]),
    ("select first=0 better=up scenario.minimum=1", ["3 faults", "better is lower or higher", "(first), at least 3", "scenario.minimum"]),
    ("uncertainty name=a/b", ["the name of one folder, got 'a/b'"]),
    ("uncertainty uncertainty=[a]", ["unknown uncertainty, got ['a']", "a YAML file"]),
    ("uncertainty measures=[cost_last_year,cost_last_year]", ["a measure is named twice"]),
    ("uncertainty measures=[cost_last_yaer]", ["unknown measure", "did you mean 'cost_last_year'?"]),
    ("uncertainty measures=[]", ["measures is a list of keys"]),
    ("uncertainty scenario=baseline", ["an option is beside the baseline", "leave it out"]),
    ("uncertainty draws=2 to=results/one", ["it holds what a run made"]),
]

ONE = (*QUICK, *CLOSE)
USUAL = {"flow": ONE, "rules": ONE, "stability": RULE, "select": SEVERAL, "sweep": QUICK[:1], "uncertainty": RULE}
"""What a command is asked besides, where a word of the case does not say it."""


@pytest.mark.parametrize(("words", "told"), WORDS, ids=[words[:60] for words, _ in WORDS])
def test_odd_words_get_one_message_and_touch_nothing(here, capsys, words, told):
    command, *given = words.split(" ")
    keys = {word.partition("=")[0] for word in given}
    usual = [word for word in USUAL.get(command, ()) if word.partition("=")[0] not in keys and not word.startswith("scenario.")]
    more = [word for word in USUAL.get(command, ()) if word.startswith("scenario.") and "scenario" not in keys]
    is_bare = command == "sweep" and len(given) == 1
    said = refused(here, capsys, command, *given, *([] if is_bare else [*usual, *more]))
    for each in told:
        assert each in said


@pytest.mark.parametrize("command", ["repeat", "discard", "compare", "report", "pack"])
def test_an_empty_word_is_no_folder(here, capsys, command):
    assert "an empty word was given" in refused(here, capsys, command, "")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_is_about_it(here, capsys, name):
    code, out, _ = say(capsys, name, "--help")
    assert code == 0
    assert out.startswith(COMMANDS[name].usage)


# -- folders that were damaged --------------------------------------------------------------------------------------------


def damage(path: Path, how: object) -> None:
    if callable(how):
        path.write_text(how(path.read_text(encoding="utf-8")), encoding="utf-8")
    elif how is None:
        path.unlink()
    else:
        path.write_bytes(how)


def edited(**values):
    """JSON with other values; ``...`` for one that is gone."""
    return lambda text: json.dumps({key: each for key, each in {**json.loads(text), **values}.items() if each is not ...})


OLD = ("repeat results/one", "discard results/one reason=full", "compare results/one results/two", "report results/one results/two",
       "pack results/one effects=false")  # fmt: skip
"""Commands that read a finished run."""


@pytest.mark.parametrize("command", OLD, ids=[each.split()[0] for each in OLD])
@pytest.mark.parametrize(
    ("file", "how", "told"),
    [
        ("config/config.yaml", b"", "settings are needed, as key: value"),
        ("config/config.yaml", b"a: [b", "row 1: cannot be read"),
        ("config/config.yaml", b"- a", "settings are needed, as key: value, got ['a']"),
        ("config/config.yaml", b"caf\xe9: 1", "cannot be read as UTF-8 text"),
        ("provenance.json", b"", "row 1: cannot be read"),
        ("provenance.json", b"[]", "settings are needed"),
        ("provenance.json", edited(scenario=...), "scenario"),
        ("provenance.json", edited(command=5), "command"),
        ("provenance.json", edited(data=[1]), "data"),
        ("provenance.json", edited(packages=None), "packages"),
    ],
)
def test_a_run_whose_settings_are_damaged_is_refused_by_file(here, capsys, command, file, how, told):
    damage(here / "results" / "one" / file, how)
    said = refused(here, capsys, *command.split(" "))
    assert f"results/one/{file}" in said
    assert told in said
    assert "run it again" in said


@pytest.mark.parametrize(
    ("command", "file", "how", "told"),
    [
        ("compare", "provenance.json", edited(run={"seed": "x"}), "seed of the run is a number"),
        ("compare", "option_row.csv", b"", "the table has no row"),
        ("compare", "option_row.csv", lambda text: text + text.splitlines()[1] + "\n", "a measure has one row, got 'minutes_mean'"),
        ("compare", "option_row.csv", lambda text: text.replace(",lower,", ",better,", 1), "better is lower, higher or neutral"),
        ("compare", "option_row_samples.parquet", b"PAR1", "cannot be read as Parquet"),
        ("report", "README.md", b"caf\xe9", "cannot be read as UTF-8 text"),
        ("pack", "README.md", None, "cannot be read"),
        ("pack", "units.csv", b"", "the table has no row"),
        ("pack", "units.csv", b"a,b\n1,2\n", "a column is missing, got 'open_baseline'"),
        ("pack", "parameters.csv", b"a,b\n1,2\n", "a column is missing"),
        ("pack", "who.csv", b"a\n1\n", "a column is missing, got 'dimension'"),
        ("discard", "../log.csv", b"a,b\n1,2\n", "columns are missing"),
        ("discard", "../log.csv", b"caf\xe9", "not UTF-8 text"),
    ],
)
def test_a_table_that_is_damaged_is_refused_by_file(here, capsys, command, file, how, told):
    damage(here / "results" / "one" / file, how)
    words = {"compare": ["results/two"], "report": ["results/two"], "pack": ["publish=true"], "discard": ["reason=full"]}[command]
    said = refused(here, capsys, command, "results/one", *words)
    assert Path(file).name in said
    assert told in said


@pytest.mark.parametrize("how", [b"caf\xe9", b""])
def test_a_damaged_table_is_a_difference_like_any_other(here, capsys, how):
    damage(here / "results" / "one" / "summary.csv", how)
    code, out, _ = say(capsys, "repeat", "results/one")
    assert code == 1
    assert "summary.csv" in out


@pytest.mark.parametrize("command", ["status seeds", "collect seeds", "repeat results/sweeps/seeds"])
@pytest.mark.parametrize("how", [b"", b"[]", b"caf\xe9", edited(plan=...), edited(plan="plan-x.parquet"), edited(plan="sweep.json")])
def test_a_sweep_whose_plan_is_damaged_is_refused_with_the_way_back(here, capsys, command, how):
    damage(here / "results" / "sweeps" / "seeds" / "sweep.json", how)
    said = refused(here, capsys, *command.split(" "))
    assert "results/sweeps/seeds" in said
    assert "give the command of the sweep again" in said


def test_a_plan_that_was_cut_off_is_written_anew(here):
    folder = here / "results" / "sweeps" / "seeds"
    (plan,) = folder.glob("plan-*.parquet")
    whole = plan.read_bytes()
    plan.write_bytes(whole[:200])
    write_plan(planned([*QUICK, "run.seed=1,2"])[1], folder, {})
    assert plan.read_bytes() == whole


@pytest.mark.parametrize("name", ["running.json", "lost.json"])
def test_what_is_kept_for_people_alone_stops_nothing_where_it_is_damaged(here, capsys, name):
    (here / "results" / "sweeps" / "seeds" / name).write_text("[1]", encoding="utf-8")
    for command in ("status", "collect"):
        assert say(capsys, command, "seeds")[0] == 1


def test_a_part_that_was_cut_off_is_named_with_the_way_back(here, capsys):
    parts = here / "results" / "sweeps" / "seeds" / "parts"
    parts.mkdir()
    (parts / "part-0.parquet").write_bytes(b"PAR1")
    said = refused(here, capsys, "status", "seeds")
    assert "part-0.parquet: a part cannot be read" in said
    assert "move it away" in said


@pytest.mark.parametrize("text", ["a: [b", "a: 1\na: 2"])
def test_a_file_of_hurdles_that_is_none_is_refused(here, capsys, text):
    (here / "mine.yaml").write_text(text, encoding="utf-8")
    assert "mine.yaml" in refused(here, capsys, "compare", "results/one", "results/two", "hurdles=mine.yaml")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("mine.csv", b"run.seed,run.seed\n1,2\n", ["mine.csv row 1: a setting has one column, got 'run.seed'"]),
        ("mine.csv", b"caf\xe9\n1\n", ["mine.csv: cannot be read as UTF-8 text", "save it as CSV UTF-8"]),
        ("mine.csv", b"scenario,run.seed\nclos,1\nclose,[\n", ["mine.csv row 2: unknown scenario 'clos'", "mine.csv row 3"]),
        ("mine.yaml", b"settings: [", ["mine.yaml: is not YAML"]),
        ("", b"", ["design has no value"]),
    ],
)
def test_a_design_that_is_none_is_refused_by_its_rows(here, capsys, name, content, told):
    if name:
        (here / name).write_bytes(content)
    said = refused(here, capsys, "sweep", "new", "region=two_towns", f"design={name}")
    for each in told:
        assert each in said


# -- what is meant as it is typed -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["5", "no", "full: by 2027", "[a, b]", "it's full"])
def test_a_reason_is_taken_as_it_is_typed(here, capsys, reason):
    assert say(capsys, "discard", "results/one", f"reason={reason}")[0] == 0
    log = (here / "results" / "log.csv").read_text(encoding="utf-8")
    assert reason.replace('"', '""') in log.splitlines()[-1]


def test_a_line_is_added_to_a_log_whose_last_line_was_left_open(here, capsys):
    log = here / "results" / "log.csv"
    log.write_text(log.read_text(encoding="utf-8").rstrip("\n"), encoding="utf-8")
    lines = log.read_text(encoding="utf-8").count("\n")
    assert say(capsys, "discard", "results/one", "reason=full")[0] == 0
    assert log.read_text(encoding="utf-8").count("\n") == lines + 2


def test_a_log_that_was_emptied_gets_its_header_back(here, capsys):
    log = here / "results" / "log.csv"
    log.write_bytes(b"")
    assert say(capsys, "discard", "results/one", "reason=full")[0] == 0
    assert log.read_text(encoding="utf-8").startswith("what,option,")


def test_a_run_may_be_named_from_inside_its_folder(here, capsys, monkeypatch):
    monkeypatch.chdir(here / "results" / "one")
    assert say(capsys, "pack", ".", "effects=false")[0] == 0
    assert say(capsys, "report", ".")[0] == 0
    assert (here / "results" / "one-pack" / "assurance_pack.xlsx").is_file()
    assert (here / "results" / "comparison.html").is_file()


def test_what_differs_in_much_is_told_in_few_lines(here, capsys):
    config = here / "results" / "one" / "config" / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("\nservice:\n", "\nservice_of_old:\n"), encoding="utf-8")
    said = refused(here, capsys, "compare", "results/one", "results/two")
    assert len(said.splitlines()) < 20
    assert "service differs in" in said
    assert "allow=[service]" in said


def test_a_disk_that_fails_is_told_with_the_file(here, capsys, monkeypatch):
    def fail(*_):
        raise PermissionError(13, "Permission denied", "results/one/figures")

    monkeypatch.setattr("sim.commands.discard.main", fail)
    assert "cannot be read or written (Permission denied), got 'results/one/figures'" in refused(here, capsys, "discard", "results/one")
