"""Checking a region: what is odd is said with its place, what is not given with what stands in; a sound region is sound."""

from __future__ import annotations

import shutil

import pytest

from sim.__main__ import main
from sim.service.region import FOLDER
from sim.show.checked import checked
from sim.store.template import write_template
from sim.study.check import check
from sim.study.load import _config
from tests.service.corpus.changes import both, cell, column, grid, put, sub, text
from tests.service.corpus.make import LINES


@pytest.fixture
def mine(tmp_path):
    """The template, without its comments."""
    write_template(tmp_path / "mine", "stroke")
    for path in (tmp_path / "mine").glob("*.csv"):
        lines = [line for line in path.read_text("utf-8-sig").splitlines() if not line.startswith(("# ", '"# '))]
        path.write_text("\n".join(lines) + "\n", "utf-8")
    return tmp_path / "mine"


def found_in(folder, service="stroke"):
    lines = {**LINES, "service": _config("service", service)}
    return check(lines["service"], str(folder), lines["allocation"], lines["finance"], lines["commissioning"], "2026-04-01")


def odd(folder) -> list[str]:
    found = found_in(folder)
    assert not found.faults
    return list(map(str, found.odd))


def every_cell(table, name, turn):
    def change(folder):
        rows = grid(folder, table)
        at = rows[0].index(name) if name else None
        for row in rows[1:]:
            row[:] = [turn(each) if place == at or (at is None and place) else each for place, each in enumerate(row)]
        put(folder, table, rows)

    return change


ODD = {
    "name twice": (cell("areas", 3, "name", "Hartsea North"), ["row 3 column name: row 2 has the same name, got 'Hartsea North'"]),
    "at sea": (cell("areas", 8, "longitude", "2.9"), ["areas.csv row 8 column latitude: lies", "at sea, or outside England"]),
    "sign missing": (cell("areas", 2, "longitude", "5.53"), ["row 2", "at sea"]),
    "no demand": (cell("areas", 8, "demand", "0"), ["1 of 8 areas have no demand: A07 (row 8)"]),
    "too much demand": (cell("areas", 8, "demand", "4800"), ["row 8 column demand: admissions per", "1.6 are usual here, got 160"]),
    "seconds": (every_cell("travel", "", lambda cell: str(float(cell) * 60)), ["the minutes look like seconds: ", "divide by 60"]),
    "hours": (every_cell("travel", "", lambda cell: str(float(cell) / 60)), ["the minutes look like hours: ", "multiply by 60"]),
    "too fast": (cell("travel", 2, "WOLD", "4"), ["1 pair is faster than 120 km/h in a straight line: (A01, WOLD) 4"]),
    "triangle": (cell("travel", 2, "WOLD", "240"), ["minutes of 1 pair break the triangle badly: (A01, WOLD) 240, over HART"]),
    "one way": (cell("site_travel", 2, "FEN", "240"), ["1 pair is far from the minutes of the way back: (HART, FEN) 240"]),
    "crowded": (cell("units_stroke", 2, "beds", "5"), ["row 2 column beds: patients need", "waits grow without end, got 5"]),
    "no beds": (cell("units_stroke", 6, "beds", "0"), ["row 6 column beds: a unit without beds admits nobody, got 0"]),
    "kind misspelt": (cell("units_stroke", 3, "kinds", "rehabilitation;rehab"), ["row 3 column kinds", "'rehab'"]),
    "nobody near": (every_cell("travel", "FEN", lambda _: "300"), ["row 6 column id: no patient comes first to it", "got 'FEN'"]),
    "out of reach": (
        both(every_cell("travel", "FEN", lambda _: "unreachable"), lambda folder: (folder / "flows_stroke.csv").unlink()),
        ["row 6 column id: no area can reach it, got 'FEN'"],
    ),
    "mixed column": (
        both(column("areas", "rural", "rural", "cars"), cell("areas", 2, "cars", "few")),
        ["row 2 column cars: a column of numbers holds 1 that are none, so that all are taken as text, got 'few'"],
    ),
    "column nearly known": (column("areas", "population", "populaton"), ["'populaton' is taken as it stands; did you mean 'population'?"]),
    "hard id": (
        both(cell("areas", 9, "id", "A,08"), cell("travel", 9, "area", "A,08"), sub("flows_stroke.csv", "A08", '"A,08"')),
        ["row 9 column id: an id with such marks must be put between quotes on the command line, got 'A,08'"],
    ),
    "factor": (every_cell("units_stroke", "market_forces_factor", lambda _: "105"), ["market forces factors lie between 1 and 1.2"]),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_said_and_refuses_nothing(mine, name):
    change, words = ODD[name]
    change(mine)
    said = "\n".join(odd(mine))
    for word in words or []:
        assert word in said
    assert bool(words) == bool(said)


def test_the_template_has_nothing_odd_and_says_what_stands_in(mine):
    found = found_in(mine)
    assert not found.faults
    assert not found.odd
    stand_ins = dict(found.stand_ins)
    assert stand_ins["beds of 1 of 6 units"] == "sized by rule from the load of the baseline"
    assert stand_ins["table catchments_stroke"] == "the nearest unit"
    assert checked(found)[-1] == "Sound."


def test_pairs_by_the_rule_are_counted_with_its_error(mine):
    cell("travel", 2, "WOLD", "")(mine)
    sub("region.yaml", "missing_minutes: refuse", "missing_minutes: straight_line")(mine)
    stand_ins = dict(found_in(mine).stand_ins)
    assert "mean absolute error 4.8 minutes" in stand_ins["minutes of 1 of 24 pairs of area and site"]


def test_a_file_that_is_not_read_is_named(mine):
    text("unit_stroke.csv", "id\n")(mine)
    found = found_in(mine)
    assert found.reading.unread == ["unit_stroke.csv"]
    assert "  unit_stroke.csv: no table of this name is known" in checked(found)


@pytest.mark.parametrize("region", ["two_towns", "england_220", "england"])
def test_shipped_regions_are_sound(region, capsys):
    assert main(["check", f"region={region}"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("Sound")


@pytest.mark.parametrize("service", sorted(path.stem.partition("_")[2] for path in (FOLDER / "two_towns").glob("units_*.csv")))
def test_every_service_is_sound_in_the_two_towns(service):
    assert not found_in("two_towns", service).faults


def test_a_faulty_region_has_exit_code_2_and_no_region_one_line(mine, tmp_path, capsys):
    cell("areas", 3, "demand", "many")(mine)
    assert main(["check", f"region={mine}"]) == 2
    assert "1 fault: mend it and check again." in capsys.readouterr().out
    assert main(["check", f"region={tmp_path / 'nowhere'}"]) == 2
    assert capsys.readouterr().err.startswith("error: unknown region ")


def test_the_copy_of_a_region_that_was_checked_may_lie_anywhere(mine, tmp_path):
    there = shutil.move(mine, tmp_path / "a folder with spaces, and commas")
    assert main(["check", f"region={there}"]) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["new"], "new takes one name"),
        (["new", "a", "b"], "new takes one name, got 'a b'"),
        (["new", "a\0b"], "embedded null character"),
        (["new", "x" * 300], "File name too long"),
        (["new", "."], "nothing is overwritten"),
        (["new", "q", "service=strok"], "did you mean 'stroke'?"),
        (["new", "q", "colour=red"], "unknown setting, got 'colour'"),
        (["new", "q.xlsx", "own_service=true"], "give a name without .xlsx"),
        (["check", "region="], "unknown region ''"),
        (["check", "region=a\0b"], "unknown region 'a\\x00b'"),
        (["check", "region=/" + "x" * 5000], "unknown region '/xxx"),
        (["check", "two_towns"], "an argument is written key=value"),
        (["check", "region=two_towns", "service=nowhere.yaml"], "nowhere.yaml: there is no such file"),
        (["check", "region=two_towns", "service.beds=5"], "settings are needed, as key: value, got 5"),
        (["check", "region=two_towns", "run.start=yesterday"], "a date is written year-month-day"),
        (["check", "region=two_towns", "finance.table=nowhere.csv"], "no such table of parameters, got 'nowhere.csv'"),
    ],
)
def test_odd_words_get_exit_code_2_and_no_traceback(tmp_path, monkeypatch, capsys, words, said):
    (tmp_path / "full").write_text("")
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    told = capsys.readouterr()
    assert said in " ".join((told.out + told.err).split())
    assert [path.name for path in tmp_path.iterdir()] == ["full"]
