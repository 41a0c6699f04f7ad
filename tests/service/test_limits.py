"""Limits: far too large inputs are refused in little memory and time, whatever they unpack to; a million rows are read in less than 1 GiB.

Each runs in a process of its own, whose memory and processor time the operating system bounds.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .corpus.make import TOWNS

ROOT = Path(__file__).parents[2]
MOST_MEMORY = 2**30
"""Bytes held at most, as the guide states it."""

MOST_SECONDS = 120
"""Of processor time: far more than any of them takes, and far less than for ever."""

CODE = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1])))
resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))
from sim.service.fault import InputError
from sim.study.check import check
from sim.study.load import _config
def most_held():
    # Of this process alone: getrusage would begin at what the one that started it held.
    [line] = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024
lines = [_config(g, n) for g, n in (("service", "stroke"), ("allocation", "nearest"), ("finance", "default"), ("commissioning", "icb"))]
for region in sys.argv[2:]:
    try:
        found = check(lines[0], region, *lines[1:], "2026-04-01")
        said = list(map(str, found.faults))
    except InputError as error:
        said = [str(error)]
    print(json.dumps([said[:3], len(said), most_held()]), flush=True)
"""


def checked(*regions: Path) -> list[tuple[list[str], int]]:
    """What a check says of each region: its first faults and how many there are; too much memory or time fails."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(MOST_SECONDS), *map(str, regions)], capture_output=True, text=True, cwd=ROOT, timeout=1200
    )
    assert done.returncode == 0, done.stderr[-3000:]
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert max(memory for _, _, memory in rows) < MOST_MEMORY
    return [(said, count) for said, count, _ in rows]


def towns(place: Path, name: str) -> Path:
    return Path(shutil.copytree(TOWNS, place / name))


def sparse(place: Path) -> Path:
    """A file of more bytes than any table needs, of which none are written."""
    folder = towns(place, "sparse")
    with (folder / "areas.csv").open("wb") as file:
        file.truncate(2**40)
    return folder


def one_line(place: Path) -> Path:
    folder = towns(place, "line")
    (folder / "areas.csv").write_text("id,name,demand,latitude,longitude\n" + "x" * 2**25 + "\n")
    return folder


def wide(place: Path) -> Path:
    folder = towns(place, "wide")
    (folder / "areas.csv").write_text(",".join(f"c{n}" for n in range(1_000_000)) + "\n")
    return folder


def zip_bomb(place: Path) -> Path:
    """A sheet that is 300 MB of nothing, in 300 kB."""
    folder = towns(place, "bomb")
    with zipfile.ZipFile(folder / "areas.xlsx", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        with made.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(bytes(2**20))
    return folder


def nested_zip(place: Path) -> Path:
    """A zip in a zip: what is inside is never unpacked."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("zeros", bytes(2**26))
    folder = towns(place, "nested")
    with zipfile.ZipFile(folder / "areas.xlsx", "w") as made:
        made.writestr("inner.zip", inner.getvalue())
    return folder


def shared_text(place: Path) -> Path:
    """A million rows of Parquet that share one text of a megabyte: a terabyte if written out."""
    import pyarrow as arrow
    from pyarrow import parquet

    folder = towns(place, "shared")
    (folder / "areas.csv").unlink()
    text = arrow.DictionaryArray.from_arrays(arrow.array([0] * 1_000_000, arrow.int32()), arrow.array(["x" * 2**20]))
    numbers = dict.fromkeys(("demand", "latitude", "longitude"), arrow.array([1.0] * 1_000_000))
    parquet.write_table(arrow.table({"id": text, "name": text, **numbers}), folder / "areas.parquet")
    return folder


def references(place: Path) -> Path:
    """A page of references to references, which would be ten thousand million words."""
    folder = towns(place, "references")
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 3)}]" for n in range(1, 10))]
    (folder / "region.yaml").write_text("\n".join(lines) + "\n")
    return folder


SAYS = {
    sparse: "may have at most 536,870,912 bytes",
    one_line: "has a line of more than 16 million characters",
    wide: "a table may have at most 5,000 columns",
    zip_bomb: "may unpack to at most",
    nested_zip: "is not a workbook that can be read",
    shared_text: "a text may have at most 5,000 characters",
    references: "is not known",
}


def test_what_is_far_too_large_is_refused_in_little_memory_and_time(tmp_path):
    found = checked(*(make(tmp_path) for make in SAYS))
    for (said, _), (make, words) in zip(found, SAYS.items(), strict=True):
        assert any(words in line for line in said), (make.__name__, said)


def million(folder: Path, row: str) -> Path:
    with (folder / "areas.csv").open("w") as file:
        file.write("id,name,demand,latitude,longitude,population,icb\n")
        file.writelines(row.format(n=n, north=51 + n % 1000 / 1000) for n in range(1_000_000))
    for name in ("travel.csv", "flows_stroke.csv"):
        (folder / name).unlink()
    with (folder / "region.yaml").open("a") as file:
        file.write("missing_minutes: straight_line\n")
    return folder


@pytest.mark.slow
def test_a_million_rows_are_checked(tmp_path):
    folder = million(towns(tmp_path, "million"), "A{n:07d},Area {n},1.5,{north},0.87,1000,Two Towns\n")
    assert checked(folder) == [([], 0)]


@pytest.mark.slow
def test_a_million_wrong_rows_are_counted_and_the_first_of_them_named(tmp_path):
    folder = million(towns(tmp_path, "wrong"), 'A1,Area {n},"1,500",{north},0.87,many,Two Towns\n')
    (said, count) = checked(folder)[0]
    assert count == 501
    assert "areas.csv row 2 column demand: must be a number, 0 or more, got '1,500'; write 1500" in said[0]


@pytest.mark.slow
def test_a_sheet_of_two_hundred_thousand_rows_is_read(tmp_path):
    from .corpus.changes import sheet

    folder = towns(tmp_path, "sheet")
    sheet("areas")(folder)
    cells = '<c r="A{n}" t="inlineStr"><is><t>A{n}</t></is></c><c r="B{n}" t="inlineStr"><is><t>Area</t></is></c>'
    numbers = '<c r="C{n}"><v>1.5</v></c><c r="D{n}"><v>51.1</v></c><c r="E{n}"><v>0.9</v></c>'
    names = zip("ABCDE", ("id", "name", "demand", "latitude", "longitude"))
    head = "".join(f'<c r="{column}1" t="inlineStr"><is><t>{name}</t></is></c>' for column, name in names)
    rows = "".join(f'<row r="{n}">{(cells + numbers).format(n=n)}</row>' for n in range(2, 200_002))
    with zipfile.ZipFile(folder / "areas.xlsx") as old:
        parts = {name: old.read(name) for name in old.namelist()}
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    page = f'<worksheet xmlns="{space}"><sheetData><row r="1">{head}</row>{rows}</sheetData></worksheet>'
    parts["xl/worksheets/sheet1.xml"] = page.encode()
    with zipfile.ZipFile(folder / "areas.xlsx", "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    said, count = checked(folder)[0]
    assert count
    assert "travel" in said[0]
