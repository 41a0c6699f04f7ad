"""`repeat`: a results folder is enough to run it again; where numbers differ it says which, and what has changed since."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sim.__main__ import main
from sim.service.region import FOLDER
from tests.sweep.commands import said

QUICK = ("run.replications=2", "run.years=0.02", "run.warmup_days=2", "run.cooldown_days=0", "figures=false", "report=false")
CLOSE = ("scenario=close", "scenario.units=[Dover]")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A region of one's own beside a finished run, two questions asked together, and a sweep of four points."""
    root = tmp_path_factory.mktemp("made")
    shutil.copytree(FOLDER / "two_towns", root / "towns")
    said(root, "region=towns", *QUICK, *CLOSE, "results=one")
    said(root, "-m", "region=towns", *QUICK, *CLOSE, "run.seed=1,2", "results=two")
    said(root, "sweep", "four", "region=towns", *QUICK, *CLOSE, "service.outcome.draws=10", "run.seed=1,2,3,4")
    return root


@pytest.fixture
def here(made, tmp_path, monkeypatch):
    """A copy of one's own, to stand in."""
    shutil.copytree(made, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.fixture
def say(capsys):
    """Run a command; its ending and what it printed after the usual report, on both channels."""

    def run(*words: str) -> tuple[int, str]:
        code = main(list(words))
        out, err = capsys.readouterr()
        return code, out + err

    return run


def more_patients(here: Path) -> None:
    """One more admission a year in Ashford."""
    table = here / "towns" / "areas.csv"
    text = table.read_text("utf-8")
    assert "600" in text
    table.write_text(text.replace("600", "601", 1), "utf-8")


def other_code(path: Path) -> None:
    known = json.loads(path.read_text("utf-8"))
    assert len(known["code"]) == 32
    path.write_text(json.dumps({**known, "code": "of another program"}), "utf-8")


def test_a_folder_repeats_to_the_digit_with_either_engine(here, say):
    code, text = say("repeat", "one")
    assert code == 0
    assert "The same as one: every number of every table, to 10 significant digits." in text
    assert "Changed since" not in text
    config = here / "one" / "config" / "config.yaml"
    lines = config.read_text("utf-8")
    assert "name: compiled" in lines
    config.write_text(lines.replace("name: compiled", "name: reference"), "utf-8")
    code, text = say("repeat", "one")
    assert code == 0
    assert "the engine was compiled, is reference" in text


@pytest.mark.parametrize("folder", ["one", "two"])
def test_another_table_of_the_region_is_named_beside_what_it_moved(here, say, folder):
    more_patients(here)
    code, text = say("repeat", folder)
    assert code == 1
    assert "Not the same:\n" in text
    assert "areas.csv row 2 column" in text
    assert "What has changed since:\n  the table areas.csv has changed\n" in text


def test_other_code_is_named_though_it_moved_no_number(here, say):
    other_code(here / "one" / "provenance.json")
    code, text = say("repeat", "one")
    assert code == 0
    assert "Changed since, which moved no number:\n  the code of sim or scenarios has changed" in text


def test_a_number_that_was_edited_is_found_with_its_row_and_column(here, say):
    table = here / "one" / "summary.csv"
    lines = table.read_text("utf-8").splitlines()
    assert lines[2].split(",")[3].startswith("11.6666")
    table.write_text("\n".join([*lines[:2], lines[2].replace("11.66666667", "11.5"), *lines[3:]]) + "\n", "utf-8")
    code, text = say("repeat", "one")
    assert code == 1
    assert "summary.csv row 3 column baseline: 11.5 and 11.66666667" in text
    assert "nothing that is recorded: the tables of results themselves may have been edited" in text


def test_an_outcome_of_a_replication_that_was_edited_is_found(here, say):
    import pyarrow as pa
    from pyarrow import compute, parquet

    path = here / "one" / "outcomes.parquet"
    table = parquet.read_table(path)
    value = table["value"].combine_chunks()
    place = compute.index(compute.greater(value, 1.0), True).as_py()
    edited = [*value[:place].to_pylist(), value[place].as_py() * 1.001, *value[place + 1 :].to_pylist()]
    parquet.write_table(table.set_column(table.column_names.index("value"), "value", pa.array(edited)), path)
    code, text = say("repeat", "one")
    assert code == 1
    assert f"outcomes.parquet row {place + 2} column value" in text


def test_every_question_of_a_folder_of_several_is_repeated(here, say):
    code, text = say("repeat", "two")
    assert code == 0
    assert text.count("The same as two") == 2


def test_points_of_a_sweep_are_asked_again(here, say):
    place = "results/sweeps/four"
    code, text = say("repeat", place, "points=2")
    assert code == 0
    assert f"The same as {place}: every number of 2 points" in text
    assert "Asked again: 2 of 4 points that are done; points=all for every one." in text
    code, text = say("repeat", place, "points=all")
    assert code == 0
    assert "every number of 4 points" in text
    assert "Asked again" not in text


def test_a_sweep_whose_region_has_changed_since_says_so(here, say):
    from sim import launch

    launch._service.cache_clear()  # another process would not have it
    more_patients(here)
    code, text = say("repeat", "results/sweeps/four", "points=1")
    launch._service.cache_clear()
    assert code == 1
    assert "point 1 (close): the region's tables have changed since the sweep was planned" in text
    assert "What has changed since:\n  the table areas.csv has changed" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "repeat takes one results folder"),
        (("one", "two"), "repeat takes one results folder"),
        (("towns",), "not a results folder, got 'towns': it has no provenance.json"),
        (("one", "points=3"), "points are of a sweep"),
        (("results/sweeps/four", "points=some"), "points is a whole number, 1 or more, or all, got 'some'"),
    ],
)
def test_what_cannot_be_repeated_is_refused(here, say, words, told):
    code, text = say("repeat", *words)
    assert code == 2
    assert told in text.replace("; ", ": ")


ASKED = {
    "stability": ("region=towns", "run=quick", "scenario=close_small_units", "draws=5", "figures=false"),
    "select": ("region=towns", *QUICK[:4], "scenario=close", "scenario.at=0,1", "scenario.units=[Dover]", "measure=wait_share_delayed",
               "worth=0.05", "first=3", "ceiling=3"),
    "uncertainty": ("region=towns", *QUICK[:4], *CLOSE, "draws=2", "uncertainty=beliefs.yaml", "figures=false", "sweep.workers=1",
                    "measures=[minutes_mean]"),
    "flow": ("region=towns", *CLOSE),
    "compare": ("one", "three"),
    "pack": ("one", "effects=false"),
}  # fmt: skip
"""A command and its words."""


def ask(here: Path, say, command: str) -> Path:
    """The folder that a command makes."""
    if command == "compare":
        words = ("region=towns", *QUICK, *CLOSE, "scenario.at=0.005", "results=three")
        assert say(*words)[0] == 0
    (here / "beliefs.yaml").write_text("parameters: [mimic_ratio]\n", "utf-8")
    code, text = say(command, *ASKED[command], "to=kept")
    assert code == 0, text
    return here / "kept"


def edit(folder: Path) -> str:
    """Another digit in the first table of a folder that has a number; the table's name."""
    for table in sorted((*folder.glob("*.csv"), *folder.glob("csv/*.csv"))):
        lines = table.read_text("utf-8").splitlines()
        for at, line in enumerate(lines[1:], start=1):
            cells = line.split(",")
            places = [place for place, cell in enumerate(cells) if cell.replace(".", "", 1).isdigit()]
            if '"' not in line and places:
                cells[places[-1]] = f"{float(cells[places[-1]]) + 1:g}"
                lines[at] = ",".join(cells)
                table.write_text("\n".join(lines) + "\n", "utf-8")
                return table.name
    raise AssertionError("no table has a number")


@pytest.mark.parametrize("command", [pytest.param(each, marks=[pytest.mark.slow] * (each == "uncertainty")) for each in sorted(ASKED)])
def test_what_a_command_makes_is_made_again_and_compared(here, say, command):
    kept = ask(here, say, command)
    code, text = say("repeat", "kept")
    assert code == 0, text
    assert "The same as kept: every number of every table" in text
    assert "Changed since" not in text
    assert sorted(path.name for path in here.iterdir() if path.name.startswith((".", "again"))) == []
    name = edit(kept)
    code, text = say("repeat", "kept")
    assert code == 1
    assert f"{name} row" in text


def test_a_run_without_its_config_folder_is_repeated_from_provenance(here, say):
    shutil.rmtree(here / "one" / "config")
    code, text = say("repeat", "one")
    assert code == 0, text
    assert "The same as one" in text


def test_a_run_of_an_older_program_without_config_is_refused_with_its_command(here, say):
    shutil.rmtree(here / "one" / "config")
    path = here / "one" / "provenance.json"
    known = json.loads(path.read_text("utf-8"))
    del known["config"]
    path.write_text(json.dumps(known), "utf-8")
    code, text = say("repeat", "one")
    assert code == 2
    assert "the settings of the run are not known" in text
    assert "scenario=close" in text


def test_a_study_whose_region_or_settings_have_changed_names_them(here, say):
    kept = ask(here, say, "stability")
    path = kept / "provenance.json"
    known = json.loads(path.read_text("utf-8"))
    known["command"] = known["command"].replace("draws=5", "draws=5 run.seed=7")
    path.write_text(json.dumps(known), "utf-8")
    more_patients(here)
    _, text = say("repeat", "kept")
    assert "the table areas.csv has changed" in text
    assert "the setting run.seed was 1, is 7" in text


@pytest.mark.parametrize(("command", "gone", "told"), [("pack", "one", "'one'"), ("flow", "towns", "towns")])
def test_what_was_made_from_something_that_is_gone_is_refused_in_words(here, say, command, gone, told):
    from sim import launch

    ask(here, say, command)
    shutil.rmtree(here / gone)
    launch._service.cache_clear()
    code, text = say("repeat", "kept")
    assert code == 2
    assert "kept cannot be repeated" in text
    assert told in text


def test_a_command_that_cannot_be_asked_again_is_refused(here, say):
    path = here / "one" / "provenance.json"
    path.write_text(json.dumps({"command": "python -m sim discard one reason=full"}), "utf-8")
    code, text = say("repeat", "one")
    assert code == 2
    assert "what made it cannot be asked again, got 'discard'" in text


def test_one_folder_that_cannot_be_repeated_keeps_no_other_from_its_turn(here, say):
    path = here / "two" / "broken" / "provenance.json"
    path.parent.mkdir()
    path.write_text("{}", "utf-8")
    code, text = say("repeat", "two")
    assert code == 2
    assert text.count("The same as two") == 2
