"""Broken tables: whatever stands in a region's files, a check says what is wrong with it; it never falls over, and never hangs.

Hypothesis takes the two towns apart at random, a few changes at a time. What a check finds is printed as a user would see it.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sim.service.fault import InputError
from sim.show.checked import checked
from sim.study.check import Check, check

from .corpus.changes import TABLES, book, columns, grid, put, sheet, text
from .corpus.make import LINES, TOWNS

SLACK = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)

_TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
_NUMBER = st.one_of(st.integers().map(str), st.floats().map(repr), st.decimals().map(str))
_ODD = st.sampled_from(
    ["", " ", "0", "-1", "1e308", "1,234", "15%", "<5", "*", "n/a", "=A1", "#N/A", "46000", "2026-04-01", "TRUE", "Dover", "unreachable"]
)
_STRANGE = st.sampled_from(["a;b", "\x00", "\n", '"', "\ufeff", "# x", "hyperacute", "straight_line", "\u202e", "🏥"])
_CELL = st.one_of(_ODD, _STRANGE, _TEXT, _NUMBER)
_TABLE = st.sampled_from(TABLES)
_PLACE = st.integers(0, 40)


@st.composite
def cell_changed(draw):
    table, row, place, value = draw(_TABLE), draw(_PLACE), draw(_PLACE), draw(_CELL)

    def change(folder):
        rows = grid(folder, table)
        line = rows[row % len(rows)]
        line[place % len(line)] = value.replace("\r", " ")
        put(folder, table, rows)

    return change


@st.composite
def column_moved(draw):
    table, place, times, to = draw(_TABLE), draw(_PLACE), draw(st.integers(0, 3)), draw(_PLACE)

    def change(folder):
        rows = grid(folder, table)
        if not rows or not rows[0]:
            return
        for row in rows:
            if place % len(rows[0]) < len(row):
                cell = row.pop(place % len(row))
                row[to % (len(row) + 1) : 0] = [cell] * times
        put(folder, table, rows)

    return change


@st.composite
def row_moved(draw):
    table, place, times = draw(_TABLE), draw(_PLACE), draw(st.sampled_from([0, 2, 3]))

    def change(folder):
        rows = grid(folder, table)
        at = place % len(rows)
        rows[at : at + 1] = [rows[at]] * times
        put(folder, table, rows)

    return change


@st.composite
def bytes_put_in(draw):
    table, place, given = draw(_TABLE), draw(st.integers(0, 2000)), draw(st.binary(max_size=30))

    def change(folder):
        path = folder / f"{table}.csv"
        old = path.read_bytes()
        path.write_bytes(old[:place] + given + old[place:])

    return change


@st.composite
def cut(draw):
    table, place = draw(_TABLE), draw(st.integers(0, 400))
    return lambda folder: (folder / f"{table}.csv").write_bytes((folder / f"{table}.csv").read_bytes()[:place])


@st.composite
def recoded(draw):
    table, codec = draw(_TABLE), draw(st.sampled_from(["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "utf-7", "cp037"]))
    return lambda folder: (folder / f"{table}.csv").write_bytes((folder / f"{table}.csv").read_text("utf-8").encode(codec, "replace"))


@st.composite
def swapped(draw):
    table = draw(st.sampled_from(["areas", "sites"]))

    def change(folder):
        rows = grid(folder, table)
        north, east = rows[0].index("latitude"), rows[0].index("longitude")
        for row in rows[1:]:
            row[north], row[east] = row[east], row[north]
        put(folder, table, rows)

    return change


_OTHERS = [
    *("region.yaml", "standing_stroke.csv", "parameters_stroke.csv", "providers.csv", "budgets.csv", "areas.xlsx", "sites.parquet"),
]


@st.composite
def said_otherwise(draw):
    nested = st.recursive(_ODD, lambda kids: st.lists(kids, max_size=3)).map(repr)
    content = draw(st.one_of(st.binary(max_size=60), _TEXT.map(str.encode), nested.map(str.encode)))
    return text(draw(st.sampled_from(_OTHERS)), content)


def another_form():
    return st.one_of(_TABLE.map(sheet), _TABLE.map(columns), st.just(book()))


_CELLS = (cell_changed(), cell_changed(), column_moved(), row_moved(), swapped())
CHANGES = st.lists(
    st.one_of(*_CELLS, bytes_put_in(), cut(), recoded(), said_otherwise(), another_form()), min_size=1, max_size=4
)


def check_of(changes) -> Check | None:
    """What a check of the towns so changed finds; None where it is no region at all."""
    with TemporaryDirectory() as place:
        folder = Path(shutil.copytree(TOWNS, Path(place) / "towns"))
        for change in changes:
            with suppress(Exception):  # the change before it may have left nothing that this one could change
                change(folder)
        try:
            return check(LINES["service"], str(folder), LINES["allocation"], LINES["finance"], LINES["commissioning"], "2026-04-01")
        except InputError:
            return None


@settings(SLACK, max_examples=200)
@given(CHANGES)
def test_a_check_of_broken_tables_never_falls_over(changes):
    found = check_of(changes)
    if found is None:
        return
    lines = checked(found)
    assert all(fault for fault in map(str, found.faults))
    assert ("mend" in lines[-1]) == bool(found.faults)
    # Either it can be run on, or it is said why not.
    assert found.faults or found.reading.region is not None


@settings(SLACK, max_examples=60)
@given(st.sampled_from(["areas.csv", "travel.csv", "region.yaml", "areas.xlsx", "areas.parquet"]), st.binary(max_size=400))
@example("areas.csv", b"\xff\xfe")
@example("areas.csv", b"\xef\xbb\xbf")
@example("areas.xlsx", b"PK\x05\x06" + b"\0" * 18)
def test_no_bytes_whatever_make_it_fall_over(name, content):
    changes = [text(name, content)]
    if not name.endswith((".csv", ".yaml")):
        changes.append(lambda folder: (folder / f"{name.partition('.')[0]}.csv").unlink())
    found = check_of(changes)
    assert found is None or found.faults


@settings(SLACK, max_examples=60)
@given(st.lists(st.lists(_CELL, max_size=6), max_size=6))
def test_no_sheet_whatever_makes_it_fall_over(rows):
    def write(folder):
        import openpyxl

        made = openpyxl.Workbook()
        made.active.title = "areas"
        for row in rows:
            made.active.append([cell if cell.isprintable() else "x" for cell in row])
        made.save(folder / "areas.xlsx")
        (folder / "areas.csv").unlink()

    found = check_of([write])
    assert found.faults
