"""`pack`: a finished run as an assurance pack, for publishing too, and an assumptions book that runs again."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import openpyxl
import pytest

from sim.__main__ import main
from sim.store.assumptions import law_of, read_book
from sim.store.finished import finished
from sim.store.pack import PARTS
from sim.store.public_sheets import COUNTS, PUBLIC
from sim.store.results import write_csv
from sim.store.stress import _SECTIONS
from tests.command import rows, say

QUICK = ("region=two_towns", "run.replications=2", "run.years=0.02", "run.warmup_days=2", "run.cooldown_days=0", "figures=false",
         "report=false")  # fmt: skip
CLOSE = (*QUICK, "scenario=close", "scenario.units=[Dover]")
LOSE = (*CLOSE, "scenario.beds=lost")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A finished run under which beds fall, and its pack."""
    root = tmp_path_factory.mktemp("packs")
    assert main([*LOSE, f"results={root / 'results' / 'close'}"]) == 0
    assert main(["pack", str(root / "results" / "close")]) == 0
    return root / "results"


@pytest.fixture
def here(made, tmp_path, monkeypatch):
    shutil.copytree(made, tmp_path / "results")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# -- the pack -----------------------------------------------------------------------------------------------------------


def test_a_pack_has_every_heading_as_a_sheet_and_as_a_csv_file(made):
    book = openpyxl.load_workbook(made / "close-pack" / "assurance_pack.xlsx")
    names = book.sheetnames
    assert names[:2] == ["Read me", "Option row"]
    assert {"A", "B", "C", "D"} <= {name[0] for name in names}
    assert {part.name for part in PARTS} <= set(names)
    assert len(list((made / "close-pack" / "csv").iterdir())) == len(names)
    for sheet in book:
        assert str(sheet.cell(1, 1).value)
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def test_a_sheet_shows_the_table_of_the_run_number_by_number(made):
    shown = rows(made / "close-pack" / "csv" / "c2_cost.csv")
    own = rows(made / "close" / "option_costs.csv")
    assert [row["difference"] for row in shown] == [row["difference"] for row in own]
    sheet = openpyxl.load_workbook(made / "close-pack" / "assurance_pack.xlsx")["Option row"]
    values = {row[11 - 1].value: row[4 - 1].value for row in sheet.iter_rows() if row[11 - 1].value}
    assert values["minutes_mean"] == pytest.approx(11.66666667)


def test_the_first_sheet_says_what_is_compared_and_what_must_be_said(made):
    said = " ".join(row["said"] for row in rows(made / "close-pack" / "csv" / "read_me.csv"))
    for words in ("close against the baseline", "Dover close to new patients", "illustrative, not a proposal", "seed 1", "scenario=close"):
        assert words in said


def test_the_same_run_packs_to_the_same_bytes(here, capsys):
    first = files(here / "results" / "close-pack")
    assert say(capsys, "pack", "results/close", "to=results/again")[0] == 0
    again = files(here / "results" / "again")
    differ = {name for name in first if first[name] != again[name]}
    assert differ == {"provenance.json"}  # the command is another


def test_a_pack_leaves_the_results_folder_as_it_was(here, capsys):
    before = files(here / "results" / "close")
    say(capsys, "pack", "results/close")
    assert files(here / "results" / "close") == before


def test_beds_that_fall_ask_for_a_claim_and_none_is_guessed(here, capsys):
    out = say(capsys, "pack", "results/close")[1]
    assert re.search(r"Beds in force fall by 18, and NO condition is claimed", out)
    said = rows(here / "results" / "close-pack" / "csv" / "d_bed_closures.csv")
    assert not [row for row in said if row["said"] == "CLAIMED"]
    assert [row["change"] for row in said if row["what"] == "all units"] == ["-18"]


def test_a_claim_is_shown_with_its_figures_and_evidence(here, capsys):
    out = say(capsys, "pack", "results/close", "bed_test=[alternative,efficiency]", "evidence==HYPERLINK(1)")[1]
    assert "Claimed by the user: alternative, efficiency" in out
    said = rows(here / "results" / "close-pack" / "csv" / "d_bed_closures.csv")
    claimed = {row["of"] for row in said if row["said"] == "CLAIMED"}
    assert claimed == {"Condition: alternative", "Condition: efficiency"}
    assert {row["said"] for row in said if row["what"] == "evidence"} == {"'=HYPERLINK(1)"}
    assert any(row["what"].startswith("beds held of those in force") and row["option"] for row in said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "pack takes one results folder"),
        (["results/close", "results/close-pack"], "pack takes one results folder"),
        (["results/nowhere"], "no such results folder"),
        (["results/close", "publish=perhaps"], "publish is true or false"),
        (["results/close", "least=-1", "effects=2"], "2 faults"),
        (["results/close", "bed_test=alternativ"], "unknown condition.*did you mean 'alternative'"),
        (["results/close", "publsh=true"], "unknown setting, got 'publsh'.*did you mean 'publish'"),
    ],
)
def test_what_cannot_be_packed_is_said_and_nothing_is_written(here, capsys, words, said):
    before = files(here)
    code, _, err = say(capsys, "pack", *words)
    assert code == 2
    assert re.search(said, err), err
    assert files(here) == before


def test_a_folder_of_somebodys_own_is_not_replaced_by_a_pack(here, capsys):
    (here / "mine").mkdir()
    (here / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    code, _, err = say(capsys, "pack", "results/close", "to=mine")
    assert code == 2
    assert "other files" in err
    assert "to=" in err
    assert [path.name for path in (here / "mine").iterdir()] == ["thesis.txt"]


# -- publishing ---------------------------------------------------------------------------------------------------------


def test_small_numbers_are_banded_marked_and_counted(here, capsys):
    code, out, _ = say(capsys, "pack", "results/close", "publish=true", "least=350")
    assert code == 0
    public = here / "results" / "close-public" / "csv"
    units = {row["unit"]: row for row in rows(public / "a1_activity.csv")}
    assert (units["Dover"]["modelled_volume_baseline"], units["Ashford"]["modelled_volume_baseline"]) == ("[c]", "350")  # of 300 and 600
    assert units["Dover"]["name"] == "Dover stroke unit"
    assert re.search(r"\[c\] stands in \d+ of [\d,]+ cells", out)
    said = " ".join(row["said"] for row in rows(public / "read_me.csv"))
    assert "rounded down to a multiple of 350" in said


def test_every_count_of_a_public_pack_is_nothing_marked_or_a_multiple_of_the_threshold(here, capsys):
    say(capsys, "pack", "results/close", "publish=true", "least=50")
    seen = 0
    for name, public in PUBLIC.items():
        path = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        for row in rows(here / "results" / "close-public" / "csv" / f"{path}.csv"):
            for column, value in row.items():
                is_count = any(fnmatch(column, each) for each in public.counts) or (public.is_by_unit and row["unit"] in COUNTS)
                if is_count and column not in public.facts and value not in ("", "[c]"):
                    assert float(value) % 50 == 0, (name, column, row)
                    seen += 1
    assert seen > 50


def test_a_public_pack_names_no_folder_of_this_machine_and_nobody(here, capsys):
    """Paths in every text that a user writes: the command, sources of numbers and of data, the book, the evidence, the README."""
    secret = "/home/ann/secret place"
    results = here / "results" / "close"
    said = json.loads((results / "provenance.json").read_text(encoding="utf-8"))
    said["command"] = f"python -m sim 'region={secret}/north'"
    said["sources"] = [f"read from {secret}/demand.csv"]
    said["data"] = {f"{secret}/demand.csv": "0f"}
    said["assumptions"] = {"file": f"{secret}/b.xlsx", "said": {"share_death": {"owner": "A clinician", "source": f"{secret}/audit"}}}
    (results / "provenance.json").write_text(json.dumps(said), encoding="utf-8")
    text = (results / "README.md").read_text(encoding="utf-8")
    (results / "README.md").write_text(text + f"- Measured, see {secret}/note.docx\n", encoding="utf-8")
    table = rows(results / "parameters.csv")
    for row in table:
        row |= {"source": f"see {secret}/audit.pdf", "note": f"file://{secret}/n", "guess": "yes"}
    write_csv(results / "parameters.csv", table)
    words = ("bed_test=alternative", f"evidence=as in {secret}/plan.docx", f"to={here / 'out'}")
    assert say(capsys, "pack", results, "publish=true", *words)[0] == 0
    found = files(here / "out")
    assert len(found) > 30
    for name, content in found.items():
        parts = {name: content}
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                parts = {f"{name}/{each}": book.read(each) for each in book.namelist()}
        for part, inside in parts.items():
            for never in (b"/home/ann", b"secret place", str(here).encode(), b"A clinician"):
                assert never not in inside, (part, never)
    assert b"plan.docx" in found["csv/d_bed_closures.csv"]
    assert b"audit.pdf" in found["csv/guesses.csv"]


def test_a_pack_for_colleagues_leaves_nothing_out(made):
    text = "".join(path.read_text(encoding="utf-8") for path in (made / "close-pack" / "csv").iterdir())
    assert "[c]" not in text


# -- the assumptions book -----------------------------------------------------------------------------------------------


def edit(path: Path, **cells) -> None:
    """Change cells of a book, by ``parameter__column``."""
    book = openpyxl.load_workbook(path)
    sheet = book["Assumptions"]
    head = next(row for row in sheet.iter_rows() if row[0].value == "parameter")
    column = {cell.value: cell.column for cell in head}
    for key, value in cells.items():
        name, _, of = key.partition("__")
        row = next(row[0].row for row in sheet.iter_rows(min_row=head[0].row) if row[0].value == name)
        sheet.cell(row, column[of]).value = value
    book.save(path)


@pytest.fixture
def book(here):
    return here / "results" / "close-pack" / "assumptions_book.xlsx"


def test_a_book_has_every_number_with_source_confidence_owner_and_effect(made):
    found = rows(made / "close-pack" / "assumptions.csv")
    known = rows(made / "close" / "parameters.csv")
    assert [row["parameter"] for row in found] == [row["parameter"] for row in known]
    assert all(row["source"] and row["confidence"] and row["effect"] for row in found)
    assert {row["owner"] for row in found} == {""}
    effect = {row["parameter"]: row["effect"] for row in found}
    assert re.search(r"net saving over 10 years.*at low.*at high", effect["stranded_share_year_1"])
    assert re.search(r"QALYs of treated patients gained.*at low.*at high", effect["needle_minutes_many"])
    for row in found:
        if not row["low"]:
            assert row["effect"] == "not known: no interval is given"


def test_an_effect_is_that_of_running_both_ends(made, tmp_path):
    effect = {row["parameter"]: row["effect"] for row in rows(made / "close-pack" / "assumptions.csv")}
    said = [float(each.replace(",", "")) for each in re.findall(r"(-?[\d,.]+) (?:at|as)", effect["stranded_share_year_1"])]
    for value, name in ((said[0], "0.2"), (said[2], "0.8")):
        assert main([*LOSE, f"finance.parameters.stranded_share_year_1={name}", f"results={tmp_path / name}"]) == 0
        row = {each.key: each for each in finished(tmp_path / name).option_row}
        assert row["net_present_saving"].option == pytest.approx(value, abs=0.006)


def test_an_analysis_of_uncertainty_tells_what_numbers_do_that_move_the_simulation(here, capsys):
    (here / "study").mkdir()
    head = "option,measure,parameter,at_low,as_tabled,at_high,zero_at"
    lines = ["close,wait_hours_mean,share_death,-0.5,0.1,0.7,0.12", "other,wait_hours_mean,share_death,9,9,9,"]
    (here / "study" / "tornado.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    assert say(capsys, "pack", "results/close", "uncertainty=study", "effects=false")[0] == 0
    effect = {row["parameter"]: row["effect"] for row in rows(here / "results" / "close-pack" / "assumptions.csv")}
    said = "change in mean wait for a bed, all stages: -0.5 at low, 0.1 as it is, 0.7 at high (hours); TURNS at 0.12"
    assert effect["share_death"] == said
    code, _, err = say(capsys, "pack", "results/close", "uncertainty=results")
    assert code == 2
    assert "no analysis of uncertainty" in err
    (here / "study" / "tornado.csv").write_text("\n".join([head, lines[1]]) + "\n", encoding="utf-8")
    assert "has not the option of this run, got 'close'; it knows other" in say(capsys, "pack", "results/close", "uncertainty=study")[2]


def test_a_book_left_as_it_is_sets_nothing(here, book, capsys):
    assert read_book(book).given == {}
    code, _, err = say(capsys, *LOSE, f"assumptions={book}", "results=results/again")
    assert code == 0, err
    assert files(here / "results" / "again")["summary.csv"] == files(here / "results" / "close")["summary.csv"]


def test_what_is_edited_is_used_recorded_and_repeated(here, book, capsys):
    edit(
        book,
        share_death__value=0.2,
        stay_hyperacute__value="lognormal (mean 5, sd 3)",
        needle_minutes_many__value=-8,
        stranded_share_year_1__value=0.7,
        share_death__owner="A clinician",
        share_death__signed_off="yes",
        share_death__source="our own audit",
    )
    edit(book, needle_minutes_many__low=-12, needle_minutes_many__high=-1)
    code, _, err = say(capsys, *LOSE, f"assumptions={book}", "results=results/edited")
    assert code == 0, err
    now = {row["parameter"]: row for row in rows(here / "results" / "edited" / "parameters.csv")}
    assert now["share_death"]["value"] == "0.2"
    assert now["stay_hyperacute"]["value"] == "lognormal (mean 5, sd 3)"
    assert [now["needle_minutes_many"][key] for key in ("low", "value", "high")] == ["-12", "-8", "-1"]
    assert now["stranded_share_year_1"]["source"] == "set by the user"
    said = json.loads((here / "results" / "edited" / "provenance.json").read_text(encoding="utf-8"))["assumptions"]
    assert said["file"] == "assumptions_book.xlsx"
    assert len(said["sha256"]) == 64
    assert set(said["edited"]) >= {"service.parameters.share_death", "finance.parameters.stranded_share_year_1"}
    # The book is not needed any more: its numbers are in the config.
    book.unlink()
    assert say(capsys, "repeat", "results/edited")[0] == 0
    say(capsys, "pack", "results/edited", "effects=false")
    again = {row["parameter"]: row for row in rows(here / "results" / "edited-pack" / "assumptions.csv")}
    assert (again["share_death"]["owner"], again["share_death"]["signed_off"]) == ("A clinician", "yes")
    assert again["share_death"]["source"] == "our own audit"


def test_a_book_saved_as_csv_is_read_too(here, capsys):
    path = here / "results" / "close-pack" / "assumptions.csv"
    text = path.read_text(encoding="utf-8")
    lines = [line.replace("share_death,0.139,", "share_death,0.2,") for line in text.splitlines()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert read_book(path).given == {"service.parameters": {"share_death": 0.2}}


def test_every_fault_of_a_book_is_named_with_sheet_row_and_column(book):
    edit(
        book,
        share_death__value="many",
        share_care_home__value=1.5,
        stay_hyperacute__value="lognormal mean 5",
        stay_mimic__value="lognormal (mean 5, sd -3)",
        needle_minutes_many__low=50,
        thrombectomy_eligible_share__low=0.05,
        t0_lvo_mt__value=0.5,
        cost_transfer__value=-1,
        mimic_ratio__signed_off="perhaps",
        thrombectomy_share__value=None,
    )
    with pytest.raises(ValueError, match="10 faults") as error:
        read_book(book)
    said = str(error.value)
    for words in (
        r"sheet Assumptions row \d+ column value: a number is needed, got 'many'",
        r"share_care_home must lie between 0 and 1.*got '1.5'",
        r"a law is written as lognormal \(mean 4.1, sd 3.67\)",
        r"column value: .*got 'lognormal \(mean 5, sd -3\)'",
        r"low, value and high must be in that order",
        r"this number takes no interval, got '0.05'; leave low and high as they were",
        r"t0_lvo_mt is part of a table and cannot be set alone",
        r"must be 0 or more, got '-1'",
        r"column signed_off.*perhaps",
        r"column value: a value is needed; write 0.043 back",
    ):
        assert re.search(words, said), words


def test_a_book_of_a_run_with_other_settings_is_refused_by_row(here, book, capsys):
    code, _, err = say(capsys, *LOSE, f"assumptions={book}", "service.parameters.share_death=0.2", "results=results/again")
    assert code == 2
    assert re.search(r"sheet Assumptions row \d+ column value: share_death is 0.2 here.*got '0.139'.*repeat the settings", err)
    assert not (here / "results" / "again").exists()


def test_what_the_model_refuses_is_said_of_the_row_of_the_book(here, book, capsys):
    edit(book, share_death__value=0.9)  # with the other ways out of the ward more than everybody
    code, _, err = say(capsys, *LOSE, f"assumptions={book}", "results=results/again")
    assert code == 2
    assert "shares must not sum to more than 1" in err
    assert re.search(r"sheet Assumptions: these numbers were edited, got 'share_death \(row \d+\)'", err)
    assert err.count("faults") == 1
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("nowhere.xlsx", "no such assumptions book.*python -m sim pack"),
        ("results/close/units.csv", "parameter"),
        ("5", "assumptions is the path of an assumptions book"),
    ],
)
def test_what_is_no_book_is_refused(here, capsys, given, said):
    code, _, err = say(capsys, *LOSE, f"assumptions={given}", "results=results/again")
    assert code == 2
    assert re.search(said, err), err
    assert "Traceback" not in err


def test_laws_are_read_as_they_are_written():
    assert law_of("gamma (mean 2, sd 1)") == {"law": "gamma", "mean": 2.0, "sd": 1.0}


# -- the description ----------------------------------------------------------------------------------------------------


def test_the_description_has_every_item_filled_or_says_what_is_missing(made):
    text = (made / "close" / "stress_des.md").read_text(encoding="utf-8")
    items = [title for of in _SECTIONS.values() for title in of]
    assert len(items) == 24  # the 20 of the guideline, with the parts of 2.5
    parts = re.split(r"^### ", text, flags=re.MULTILINE)[1:]
    assert [part.splitlines()[0] for part in parts] == items
    for part in parts:
        body = re.sub(r"^## .*", "", part.split("\n", 1)[1], flags=re.MULTILINE).strip()
        assert len(body) > 40 or "Missing" in body, part


def test_the_description_holds_numbers_of_this_run(made):
    text = (made / "close" / "stress_des.md").read_text(encoding="utf-8")
    for words in ("2 areas, 2 sites, 4 units", "900 index admissions a year", "seed 1", "lognormal (mean 4.1, sd 3.67)"):
        assert words in text
    assert "Dover open becomes 0" in text
    assert "2 independent replications" in text


def test_a_run_whose_code_is_not_committed_says_so(made):
    text = (made / "close" / "stress_des.md").read_text(encoding="utf-8")
    commit = json.loads((made / "close" / "provenance.json").read_text(encoding="utf-8"))["commit"]
    assert ("not committed" in text) == commit.endswith("-dirty")
