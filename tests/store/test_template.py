"""Templates: what `new` writes is a region that runs at once, in a folder or a workbook, for every service that has an example."""

from __future__ import annotations

import csv

import openpyxl
import pytest

from sim.configs import choices, folder
from sim.service.columns import FURTHER, TABLES
from sim.service.fault import InputError
from sim.service.region import FOLDER, load_region, read_region
from sim.store.template import write_template
from sim.study.load import load_service

SERVICES = [name for name in choices("service") if (FOLDER / "two_towns" / f"units_{name}.csv").is_file()]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("name", ["mine", "mine.xlsx"])
def test_a_template_is_a_region_without_a_fault(tmp_path, name, service):
    write_template(tmp_path / name, service)
    found = load_service(service, region=tmp_path / name)
    assert len(found.areas) == 8
    assert not (found.units.beds <= 0).any()
    assert "made up" in found.region.warning[0]


def test_folder_and_workbook_hold_the_same(tmp_path):
    one, other = tmp_path / "mine", tmp_path / "mine.xlsx"
    write_template(one, "stroke")
    write_template(other, "stroke")
    first, second = load_region(one), load_region(other)
    assert first.areas.demand.tolist() == second.areas.demand.tolist()
    assert first.travel.area_site.tolist() == second.travel.area_site.tolist()
    assert first.units.id.tolist() == second.units.id.tolist()
    assert {k: v.value for k, v in first.numbers.items()} == {k: v.value for k, v in second.numbers.items()}
    assert first.warning == second.warning


def test_every_table_and_every_column_is_listed_with_its_meaning(tmp_path):
    write_template(tmp_path / "mine", "stroke")
    with (tmp_path / "mine" / "columns.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["meaning"] for row in rows)
    assert {row["table"] for row in rows} == {name.format(service="stroke") for name in (*TABLES, *FURTHER)}
    listed = {(row["table"], row["column"]) for row in rows}
    for name in ("areas", "sites", "units_stroke"):
        lines = (tmp_path / "mine" / f"{name}.csv").read_text("utf-8-sig").splitlines()
        header = next(line for line in lines if not line.startswith("#")).split(",")
        assert [column for column in header if (name, column) not in listed] in ([], ["icb"], ["provider_name"])


def test_a_workbook_says_of_each_column_what_it_means(tmp_path):
    write_template(tmp_path / "mine.xlsx", "stroke")
    book = openpyxl.load_workbook(tmp_path / "mine.xlsx")
    assert book.sheetnames[0] == "README"
    assert "index admissions" in book["areas"]["J1"].comment.text
    assert book["areas"]["A2"].number_format == "@"


@pytest.mark.parametrize("name", ["mine", "mine.xlsx"])
def test_nothing_is_overwritten(tmp_path, name):
    write_template(tmp_path / name, "stroke")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(InputError, match="nothing is overwritten"):
        write_template(tmp_path / name, "stroke")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_nothing_is_left_of_a_template_that_cannot_be_written(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.store.template._readme", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_template(tmp_path / "mine", "stroke")
    assert not list(tmp_path.iterdir())


def test_the_same_template_twice_is_the_same_to_the_byte(tmp_path):
    for place in ("one/mine", "other/mine"):
        write_template(tmp_path / place, "stroke")
    assert (tmp_path / "one/mine/areas.csv").read_bytes() == (tmp_path / "other/mine/areas.csv").read_bytes()
    assert (tmp_path / "one/mine/units_stroke.csv").read_bytes() == (tmp_path / "other/mine/units_stroke.csv").read_bytes()


def test_a_service_of_ones_own_lies_beside_its_numbers(tmp_path):
    write_template(tmp_path / "mine", "stroke", folder() / "service" / "stroke.yaml")
    sentences = tmp_path / "mine" / "service" / "stroke.yaml"
    numbers = tmp_path / "mine" / "service" / "stroke.csv"
    text = numbers.read_text("utf-8")
    numbers.write_text(text.replace("thrombectomy_share,0.043", "thrombectomy_share,0.08"), "utf-8")
    assert not read_region(tmp_path / "mine").unread
    found = {p.name: p.value for p in load_service(str(sentences), region=tmp_path / "mine").parameters}
    assert found["thrombectomy_share"] == 0.08
