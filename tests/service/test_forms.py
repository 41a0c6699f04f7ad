"""Forms of tables: the same two towns in every encoding and file that a reader may send are the same two towns."""

from __future__ import annotations

import openpyxl
import pytest

from sim.service.fault import InputError
from sim.service.oddity import oddities
from sim.service.region import load_region, read_region
from sim.service.tables import TEXT, Column, read_matrix, read_table

from .corpus.changes import (
    TABLES,
    added,
    book,
    both,
    cell,
    column,
    columns,
    encoded,
    grid,
    line,
    part,
    put,
    sheet,
    sub,
    text,
)
from .corpus.make import TOWNS


@pytest.fixture
def towns(tmp_path):
    import shutil

    return shutil.copytree(TOWNS, tmp_path / "towns")


def semicolons(folder):
    for table in TABLES:
        path = folder / f"{table}.csv"
        rows = grid(folder, table)
        path.write_text("\n".join(";".join(f'"{cell}"' if ";" in cell else cell for cell in row) for row in rows), "utf-8")


def tabs(folder):
    for table in TABLES:
        rows = grid(folder, table)
        (folder / f"{table}.csv").unlink()
        (folder / f"{table}.tsv").write_text("\n".join("\t".join(row) for row in rows), "utf-8")


def ends(mark: str):
    def change(folder):
        for table in TABLES:
            path = folder / f"{table}.csv"
            path.write_bytes(path.read_text("utf-8").replace("\n", mark).encode())

    return change


def spaced(folder):
    for table in TABLES:
        put(folder, table, [[f"  {cell}\u00a0" for cell in row] for row in grid(folder, table)])


def blank_columns(folder):
    for table in TABLES:
        put(folder, table, [[row[0], "", *row[1:], "", ""] for row in grid(folder, table)])


def long_travel(folder):
    rows = grid(folder, "travel")
    pairs = [[row[0], site, minutes] for row in rows[1:] for site, minutes in zip(rows[0][1:], row[1:])]
    put(folder, "travel", [["area", "site", "minutes"], *reversed(pairs)])


def every(make):
    return lambda folder: both(*(make(table) for table in TABLES))(folder)


FORMS = {
    "byte order mark": every(lambda table: encoded(table, "utf-8-sig")),
    "utf-16": every(lambda table: encoded(table, "utf-16")),
    "semicolons": semicolons,
    "tabs": tabs,
    "a line that says so": both(line("areas", 1, "sep=,"), line("sites", 1, "sep=,")),
    "windows": ends("\r\n"),
    "old mac": ends("\r"),
    "spaces, breaking or not": spaced,
    "blank columns": blank_columns,
    "blank rows": every(lambda table: both(line(table, 2, ""), line(table, 2, ",,,"))),
    "comments": every(lambda table: both(line(table, 1, '"# of whom, and when"'), line(table, 3, "# later"))),
    "long table of minutes": long_travel,
    "one workbook in the folder": book(),
    "a workbook for each table": every(sheet),
    "sheets by another name, one a file": every(lambda table: sheet(table, name=f"{table}.xlsx", title="Sheet1")),
    "parquet": every(columns),
    "a mixture": both(sheet("areas"), columns("sites")),
    "rows in another order": lambda folder: [put(folder, t, [(r := grid(folder, t))[0], *reversed(r[1:])]) for t in TABLES[3:5]] and None,
}


@pytest.mark.parametrize("form", FORMS)
def test_the_towns_are_the_same_in_every_form(towns, form):
    plain = load_region(TOWNS)
    FORMS[form](towns)
    found = load_region(towns)
    assert found.areas.id.tolist() == plain.areas.id.tolist()
    assert found.areas.demand.tolist() == plain.areas.demand.tolist()
    assert {k: v.tolist() for k, v in found.areas.attribute.items()} == {k: v.tolist() for k, v in plain.areas.attribute.items()}
    assert {k: v.tolist() for k, v in found.areas.body.items()} == {k: v.tolist() for k, v in plain.areas.body.items()}
    assert found.units.id.tolist() == plain.units.id.tolist()
    assert found.units.beds.tolist() == plain.units.beds.tolist()
    assert found.travel.area_site.tolist() == plain.travel.area_site.tolist()
    assert found.travel.site_site.tolist() == plain.travel.site_site.tolist()


def test_a_workbook_alone_is_a_region_with_a_sheet_that_says_what_it_is(towns):
    book()(towns)
    made = openpyxl.load_workbook(towns / "all.xlsx")
    page = made.create_sheet("region")
    said = {"name": "towns", "is_open_data": "yes", "volume_error": 0.02}
    for row in (("setting", "value"), ("sources", "one"), ("sources", "two"), *said.items()):
        page.append(row)
    made.save(towns / "all.xlsx")
    region = load_region(towns / "all.xlsx")
    assert (region.name, region.sources, region.is_open_data, region.volume_error) == ("towns", ("one", "two"), True, 0.02)
    assert list(region.hashes) == ["all.xlsx"]


def test_rows_hidden_by_a_filter_are_read_and_counted_in_words(towns):
    def hide(page):
        page.auto_filter.ref = "A1:C3"
        page.row_dimensions[3].hidden = True
        page.row_dimensions[500].hidden = True  # nothing stands there

    sheet("areas", hide)(towns)
    (source,) = [path.name for path in towns.glob("*.xlsx")]
    region = load_region(towns)
    assert region.areas.demand.tolist() == [600, 300]
    assert region.warning[-1] == f"Rows hidden in a workbook, as by a filter, are read like any other: 1 of {source} sheet areas."
    (odd,) = [each for each in oddities(read_region(towns)) if "hidden" in each.rule]
    assert str(odd) == f"{source} sheet areas: 1 row is hidden, as by a filter, and read like any other; delete what is not meant"


def test_the_values_of_formulas_are_read_and_the_formulas_are_not(towns):
    part("xl/worksheets/sheet1.xml", b'<c r="C3" t="n"><v>300</v></c>', b'<c r="C3"><f>C2/2</f><v>300</v></c>')(towns)
    assert load_region(towns).areas.demand.tolist() == [600, 300]


def test_codes_that_look_like_numbers_keep_their_zeros(towns):
    sub("areas.csv", "Ashford,Ashford,600", "007,Ashford,600")(towns)
    sub("travel.csv", "Ashford,10", "007,10")(towns)
    added("areas", "ward", "012", "034")(towns)
    region = load_region(towns)
    assert region.areas.id.tolist() == ["007", "Dover"]
    assert region.areas.body["ward"].tolist() == ["012", "034"]


def test_a_cell_that_excel_shows_with_leading_zeros_is_a_code_with_them(tmp_path):
    made = openpyxl.Workbook()
    made.active.append(["id", "beds"])
    made.active.append([7, 12.0])
    made.active["A2"].number_format = "000"
    made.save(tmp_path / "units.xlsx")
    table = read_table(tmp_path / "units.xlsx", {"id": TEXT, "beds": Column(int)})
    assert (table["id"].tolist(), table["beds"].tolist()) == (["007"], [12])


def test_a_share_that_excel_shows_as_a_percentage_is_a_share(tmp_path):
    made = openpyxl.Workbook()
    made.active.append(["share"])
    made.active.append([0.15])
    made.active["A2"].number_format = "0%"
    made.save(tmp_path / "areas.xlsx")
    assert read_table(tmp_path / "areas.xlsx", {"share": Column(float, most=1)})["share"].tolist() == [0.15]


def test_cells_merged_above_the_header_are_nobodys_business(towns):
    sheet("areas", lambda page: page.insert_rows(1) or page.__setitem__("A1", "# areas of the ICB") or page.merge_cells("A1:D1"))(towns)
    assert load_region(towns).areas.demand.tolist() == [600, 300]


def test_places_may_stand_on_the_british_national_grid(towns):
    both(column("areas", "latitude", "northing"), column("areas", "longitude", "easting"))(towns)
    for row, (east, north) in ((2, ("651409.903", "313177.270")), (3, ("631000", "141000"))):
        both(cell("areas", row, "easting", east), cell("areas", row, "northing", north))(towns)
    areas = load_region(towns).areas
    # Caister water tower, from the Ordnance Survey's guide to coordinate systems: 52 39 28.83 N, 1 42 57.87 E, to 10 m.
    assert areas.latitude[0] == pytest.approx(52 + 39 / 60 + 28.83 / 3600, abs=1e-4)
    assert areas.longitude[0] == pytest.approx(1 + 42 / 60 + 57.87 / 3600, abs=1.5e-4)
    assert "easting" not in areas.attribute


def test_without_a_table_of_minutes_the_rule_stands_in_only_where_it_may(towns):
    from sim.service.straight_line import great_circle_km, straight_line_minutes

    (towns / "travel.csv").unlink()
    with pytest.raises(InputError, match="the table travel is missing"):
        load_region(towns)
    sub("region.yaml", "is_open_data", "missing_minutes: straight_line\nis_open_data")(towns)
    found = load_region(towns)
    km = great_circle_km(found.areas.latitude, found.areas.longitude, found.sites.latitude, found.sites.longitude)
    assert found.travel.area_site.tolist() == straight_line_minutes(km).tolist()
    assert found.travel.by_rule.all()
    assert "4 of 4 pairs of area and site" in found.warning[-1]
    assert "mean absolute error 4.8 minutes (10.9 %): urban 4.5, rural 5.8" in found.warning[-1]


def test_numbers_of_a_region_stand_in_for_those_that_ship_and_the_user_for_both(towns):
    from sim.study.load import load_finance, load_service

    head = "name,value,law,mean,sd,median,lower,upper,unit,source,confidence,basis,note\n"
    text("parameters_stroke.csv", head + "thrombectomy_share,0.08,,,,,,,share,our audit,high,seen,\n")(towns)
    text("costs_stroke.csv", head + "stranded_share_year_1,0.9,,,,,,,share,our board,low,assumption,\n")(towns)
    text("providers.csv", "provider,control_total_gbp,price_ratio\nASH,1000000,1.1\n")(towns)
    service = load_service(region=towns)
    used = {p.name: p for p in service.parameters}
    assert (used["thrombectomy_share"].value, used["thrombectomy_share"].source) == (0.08, "our audit")
    finance = load_finance(service)
    assert finance.number["stranded_share_year_1"] == 0.9
    assert finance.book("ASH").price_ratio == 1.1
    assert {"parameters_stroke.csv", "costs_stroke.csv", "providers.csv"} <= set(service.region.hashes)
    own = load_service(region=towns, parameters={"thrombectomy_share": 0.1})
    assert next(p.value for p in own.parameters if p.name == "thrombectomy_share") == 0.1


def test_a_matrix_of_three_columns_may_have_two_sites(tmp_path):
    (tmp_path / "travel.csv").write_text("area,Ashford,Dover\na,1,2\n")
    assert read_matrix(tmp_path / "travel.csv", ["a"], ["Ashford", "Dover"]).minutes.tolist() == [[1, 2]]


def test_pairs_by_the_rule_are_counted_and_named_in_provenance(towns):
    from sim.store.provenance import minutes_by_rule

    assert minutes_by_rule(load_region(towns)) == {}
    both(cell("travel", 3, "Ashford", ""), sub("region.yaml", "is_open_data", "missing_minutes: straight_line\nis_open_data"))(towns)
    said = minutes_by_rule(load_region(towns))
    assert (said["pairs"], said["of"], said["sites"]) == (1, 4, ["Ashford"])
    assert "mean absolute error 4.8 minutes" in said["rule"]
