"""A region that is not fitted is *illustrative*, and every output that a reader may get begins with that."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from sim.__main__ import main
from tests.sweep.commands import said

QUICK = ("region=two_towns", "run.replications=2", "run.years=0.02", "run.warmup_days=2", "run.cooldown_days=0")
CLOSE = ("scenario=close", "scenario.units=[Dover]")
WORDS = "Illustrative: the baseline does not fit what is reported: "
REGION = "Two Towns is made up; nothing in it is a finding about a real place."


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two finished runs, and a sweep."""
    root = tmp_path_factory.mktemp("made")
    said(root, *QUICK, *CLOSE, "results=one", "figures=false", "report=false")
    said(root, *QUICK, "scenario=keep_with_investment", "results=two", "figures=false", "report=false")
    said(root, "sweep", "seeds", *QUICK, *CLOSE, "service.outcome.draws=10", "run.seed=1,2", "sweep.workers=1")
    return root


@pytest.fixture
def here(made, monkeypatch):
    monkeypatch.chdir(made)
    return made


@pytest.mark.parametrize(
    ("words", "folder", "title"),
    [
        (("select", *QUICK, *CLOSE, "measure=wait_share_delayed", "worth=0.05", "first=3", "ceiling=3"), "to=select", "which of 2 options"),
        (("stability", "region=two_towns", "scenario=close_small_units", "draws=5", "figures=false"), "to=stability", "how sure"),
        (("uncertainty", *QUICK, *CLOSE, "uncertainty=own.yaml", "draws=2", "figures=false", "sweep.workers=1"),
         "to=unknown", "what is not known"),
        (("flow", *QUICK, *CLOSE), "to=flow", "all patients: baseline"),
        (("compare", "one", "two"), "to=compare", "options in"),
        (("rules", "region=two_towns", *CLOSE), "", "rule"),
        (("collect", "seeds"), "", "seeds: "),
    ],
    ids=lambda given: given[0] if isinstance(given, tuple) else "",
)  # fmt: skip
def test_what_is_printed_and_written_begins_with_the_region_and_the_fit(here, capsys, words, folder, title):
    Path("own.yaml").write_text("parameters: [mimic_ratio]", encoding="utf-8")
    assert main([*words, *([folder] if folder else [])]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert text.index(REGION) < text.index(WORDS)
    assert WORDS in text[: text.rindex(title)]
    place = Path("results/sweeps/seeds") if words[0] == "collect" else Path(folder.removeprefix("to=")) if folder else None
    if place:
        readme = (place / "README.md").read_text("utf-8")
        assert readme.index(REGION) < readme.index(WORDS)
        assert readme.index(WORDS) < (readme.index("| file") if "| file" in readme else len(readme))


@pytest.mark.parametrize("words", [(), ("publish=true",)])
def test_every_sheet_of_a_pack_says_that_the_baseline_is_not_fitted(here, capsys, words):
    assert main(["pack", "one", "to=pack", "effects=false", *words]) == 0
    book = openpyxl.load_workbook("pack/assurance_pack.xlsx")
    assert len(book.sheetnames) > 20
    for sheet in book:
        text = " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)
        assert "Illustrative: the baseline" in text, sheet.title


def test_the_sheet_of_waits_says_which_units_are_saturated_and_months_are_not_years(here):
    for words, counts in (((), "in the month"), (("publish=true",), "bands of 5")):
        assert main(["pack", "one", "to=pack", "effects=false", *words]) == 0
        book = openpyxl.load_workbook("pack/assurance_pack.xlsx")
        rows = [[str(cell).replace("_", " ") for cell in row] for row in book["A5 Waits and occupancy"].iter_rows(values_only=True)]
        assert any({"saturated baseline", "saturated option"} <= set(row) for row in rows)
        rows = [[str(cell).replace("_", " ") for cell in row] for row in book["A4 Activity by month"].iter_rows(values_only=True)]
        at = next(number for number, row in enumerate(rows) if "index admissions baseline" in row)
        unit = dict(zip(rows[at], rows[at + 1]))
        assert unit["index admissions baseline"] == counts
