"""The newcomer's guide: followed command by command in an empty folder, with its two steps in Excel done as it says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import openpyxl
import pytest

from sim.__main__ import main

DOCS = Path(__file__).parents[1] / "docs"
GUIDE = (DOCS / "your_own_data.md").read_text("utf-8")


def said_by_the_guide(start: str) -> list[str]:
    """The lines it shows below one that begins so, spaces and line breaks apart."""
    block = GUIDE[GUIDE.index(start) :].split("\n\n")[0]
    return [" ".join(line.split()) for line in block.splitlines()]


def sheet_of_the_guide(sheet: str) -> list[tuple[str, str]]:
    """The headings of a sheet, each with what stands there in the example: the table of step 3."""
    pairs, now = [], ""
    for line in GUIDE.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 3 and (cells[0].startswith("`") or not cells[0]):
            now = cells[0].strip("`") or now
            if now == sheet:
                pairs += zip(cells[1].split(", "), cells[2].split(", ") if "`" not in cells[2] else [cells[2]] * 9)
    return pairs


def rows_below(page, heading: str) -> list[dict[str, object]]:
    table = [list(row) for row in page.iter_rows(values_only=True)]
    at = next(place for place, row in enumerate(table) if row[0] == heading)
    return [dict(zip(table[at], row)) for row in table[at + 1 :]]


def fill(page, rows: list[dict[str, object]]) -> None:
    page.delete_rows(1, page.max_row)
    page.append(list(rows[0]))
    for row in rows:
        page.append(list(row.values()))


def put_in(path: Path, example: Path) -> None:
    """Step 3."""
    book, own = openpyxl.load_workbook(path), openpyxl.load_workbook(example)
    for name in re.findall(r"`(\w+)`", GUIDE[GUIDE.index("Delete the sheets") : GUIDE.index("what is not given has a default")]):
        del book[name]
    activity, hospitals = rows_below(own["Stroke activity"], "Code"), rows_below(own["Hospitals"], "Site code")
    for sheet, given in (("areas", activity), ("sites", hospitals)):
        pairs = sheet_of_the_guide(sheet)
        fill(book[sheet], [{name: row.get(of, "The Marches") for name, of in pairs} for row in given])
    pairs = [pair for pair in sheet_of_the_guide("units_stroke") if pair[0] not in ("id", "site", "kinds")]
    units = []
    for place, row in enumerate(hospitals):
        kinds = "hyperacute;acute" + (";comprehensive" if place == 0 else "")
        units.append({"id": row["Site code"], "site": row["Site code"], "kinds": kinds} | {name: row[of] for name, of in pairs})
    units += [{**unit, "id": f"{unit['id']}-REHAB", "kinds": "rehabilitation", "beds": None} for unit in units]
    fill(book["units_stroke"], units)
    said = dict(re.findall(r"^\| (\w+) \| ([^|]+) \|$", GUIDE[GUIDE.index("In the sheet `region`") :], re.MULTILINE))
    for setting, value, *_ in book["region"].iter_rows(min_row=2):
        value.value = said.get(setting.value, value.value)
    book.save(path)


def mend(path: Path, **cells) -> None:
    book = openpyxl.load_workbook(path)
    for place, value in cells.items():
        book["areas"][place] = value
    book.save(path)


@pytest.fixture
def say(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "112")

    def say(command: str, code: int) -> str:
        assert f"    {command}\n" in GUIDE
        assert main(command.removeprefix("python -m sim ").split()) == code
        return " ".join(capsys.readouterr().out.split())

    return say


def test_the_guide_leads_from_a_spreadsheet_to_an_option_row(say, tmp_path):
    shutil.copy(DOCS / "example_icb.xlsx", tmp_path)
    mine, check = tmp_path / "my_icb.xlsx", "python -m sim check region=my_icb.xlsx"
    say("python -m sim new my_icb.xlsx", 0)
    assert say(check, 0).endswith("Sound.")
    put_in(mine, tmp_path / "example_icb.xlsx")
    said = say(check, 2)
    assert " ".join(said_by_the_guide("      my_icb.xlsx sheet areas row 5")) in said
    assert "2 faults: mend them" in said
    mend(mine, F5=30815, E40=14)
    said = say(check, 0)
    assert " ".join(said_by_the_guide("      my_icb.xlsx sheet areas row 22")) in said
    page = openpyxl.load_workbook(mine)["areas"]
    mend(mine, C22=page["D22"].value, D22=page["C22"].value)
    assert say(check, 0).endswith("Sound.")
    said = say("python -m sim region=my_icb.xlsx scenario=close scenario.units=[RXB02] run=quick", 0)
    for line in said_by_the_guide("    minutes to the first unit, mean"):
        assert line in said
    assert (tmp_path / "results" / "stroke@my_icb.xlsx" / "close" / "option_row.csv").is_file()


def test_the_spreadsheet_of_the_guide_is_what_its_script_writes(tmp_path):
    import importlib.util

    spec = importlib.util.spec_from_file_location("example_icb", DOCS / "example_icb.py")
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    example.write(tmp_path / "again.xlsx")
    one, other = (openpyxl.load_workbook(path) for path in (DOCS / "example_icb.xlsx", tmp_path / "again.xlsx"))
    for name in one.sheetnames:
        assert list(one[name].values) == list(other[name].values)
