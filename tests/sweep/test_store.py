"""Parts, plans and collecting, with points that cost nothing."""

from __future__ import annotations

import os
import random
import time

import pandas as pd
import pytest
from pyarrow import csv, parquet

from sim.service.fault import InputError
from sim.sweep import parts as parts_module
from sim.sweep.collect import collect
from sim.sweep.parts import Answer, Row, known_parts, sweep_up, write_part
from sim.sweep.plan import Base, Plan, Stored, write_plan
from sim.sweep.run import cut
from sim.sweep.standing import standing, write_lost
from sim.sweep.workbook import write_workbook

CONFIG = {"run": {"seed": 0, "workers": 0}, "service": {"share": 0.1}}
FILES = ("table.parquet", "table.csv", "manifest.parquet", "manifest.csv")


def plan(points: int, shares=(0.1,)) -> Plan:
    rows = [(share, seed) for share in shares for seed in range(points // len(shares))]
    return Plan(
        ("service.share", "run.seed"),
        (Base({"scenario": "close"}, CONFIG, {}),),
        [0] * len(rows),
        rows,
        ("all",),
        "code",
    )


def stored(place, points: int = 12) -> Stored:
    made = write_plan(plan(points), place, {})
    made.parts.mkdir(exist_ok=True)
    return made


def answers(of: Stored, rows, reason: str = "") -> list[Answer]:
    return [
        Answer(
            point.key,
            ()
            if reason
            else tuple(Row(f"m{m}", "all", "", 1 / 3, m, None, float("nan"), point.number, "x") for m in range(4)),
            reason,
            0.5,
        )
        for point in of.points(rows)
    ]


def files(of: Stored) -> list[bytes]:
    collect(of)
    return [(of.folder / name).read_bytes() for name in FILES]


def test_a_part_says_what_it_is(tmp_path):
    of = stored(tmp_path)
    path = write_part(of.parts, answers(of, [0, 1]))
    told = parquet.read_schema(path).metadata
    assert {b"schema_version", b"columns", b"done", b"failed", b"seconds"} <= set(told)
    assert parquet.read_table(path).num_rows == 8


def test_every_history_of_shards_collects_to_the_same_bytes(tmp_path):
    plain = stored(tmp_path / "plain")
    write_part(plain.parts, answers(plain, range(12)))
    wanted = files(plain)
    luck = random.Random(1)
    for number in range(10):
        of = stored(tmp_path / str(number))
        for shard in luck.sample(cut(range(12), luck.randint(1, 5)), k=2):
            write_part(of.parts, answers(of, shard))
        collect(of)  # an early look leaves nothing behind
        left = standing(of).left.tolist()
        write_part(of.parts, answers(of, left[:3], "the first try failed"))
        luck.shuffle(left)
        for shard in cut(left, luck.randint(1, 5)):
            write_part(of.parts, answers(of, sorted(shard)))
        write_part(of.parts, answers(of, [4, 7, 9]))  # some twice
        assert files(of) == wanted


def test_a_failed_point_says_why_and_a_missing_one_is_told_apart(tmp_path):
    of = stored(tmp_path)
    write_part(of.parts, answers(of, [0, 1]))
    write_part(of.parts, answers(of, [2], "no bed is left"))
    write_lost(of.folder, {3: "the disk is full"})
    found = collect(of)
    assert found.failed == {2: "no bed is left"}
    assert found.left.tolist() == list(range(2, 12))
    rows = csv.read_csv(of.folder / "manifest.csv").to_pylist()
    assert [row["status"] for row in rows[:4]] == ["done", "done", "failed", "missing"]
    assert [row["reason"] for row in rows[1:4]] == ["", "no bed is left", "the disk is full"]
    assert rows[4]["reason"].startswith("not asked yet")


def test_the_table_reads_the_same_from_both_files(tmp_path):
    of = stored(tmp_path)
    write_part(of.parts, answers(of, range(12)))
    collect(of)
    table = parquet.read_table(of.folder / "table.parquet")
    assert table.column_names[:5] == ["point", "key", "scenario", "service.share", "run.seed"]
    assert table.num_rows == 48
    again = csv.read_csv(of.folder / "table.csv")
    assert again["baseline"].to_pylist() == table["baseline"].to_pylist() == [0.3333333333] * 48
    assert again["high"].to_pylist() == table["high"].to_pylist()


def test_the_table_reads_the_same_with_pandas_duckdb_and_excel(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    of = stored(tmp_path)
    write_part(of.parts, answers(of, range(11)))
    write_part(of.parts, answers(of, [11], "=1+1 is no bed"))
    collect(of)
    book = pd.read_excel(write_workbook(of.folder), sheet_name=None, keep_default_na=False, na_values={"baseline": [""]})
    table = pd.read_parquet(of.folder / "table.parquet")
    [(mean,)] = duckdb.sql(f"select avg(option) from '{(of.folder / 'table.parquet').as_posix()}' where \"by\" = 'all'").fetchall()
    assert len(table) == len(book["table"]) == 44
    assert mean == table["option"].mean() == book["table"]["option"].mean()
    assert book["manifest"]["status"].tolist() == ["done"] * 11 + ["failed"]
    assert book["manifest"]["reason"].iloc[-1] == "=1+1 is no bed"


def test_a_table_longer_than_a_sheet_is_not_cut_but_refused(tmp_path, monkeypatch):
    of = stored(tmp_path)
    write_part(of.parts, answers(of, range(12)))
    collect(of)
    monkeypatch.setattr("sim.sweep.workbook.SHEET_ROWS", 48)
    with pytest.raises(InputError, match="more rows than an Excel sheet holds"):
        write_workbook(of.folder)
    assert not (of.folder / "sweep.xlsx").exists()


def test_a_disk_that_fills_leaves_no_half_file(tmp_path, monkeypatch):
    of = stored(tmp_path)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parts_module.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_part(of.parts, answers(of, [0]))
    assert list(of.parts.iterdir()) == []


def test_drafts_of_killed_writers_go_and_those_of_living_ones_stay(tmp_path):
    of = stored(tmp_path)
    old, new = (of.parts / f".part-{name}.parquet.host.1.2" for name in ("old", "new"))
    old.write_bytes(b"half")
    new.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    sweep_up(of.parts)
    assert [path.name for path in of.parts.iterdir()] == [new.name]
    assert known_parts(of.parts) == []


def test_a_wider_plan_keeps_what_a_narrower_one_has_done(tmp_path):
    of = write_plan(plan(4), tmp_path, {})
    of.parts.mkdir()
    write_part(of.parts, answers(of, range(4)))
    wider = write_plan(plan(8, (0.1, 0.2)), tmp_path, {})
    assert standing(wider).left.tolist() == [4, 5, 6, 7]
    assert len(standing(of).left) == 0


def test_a_part_of_another_version_is_refused(tmp_path, monkeypatch):
    of = stored(tmp_path)
    monkeypatch.setattr(parts_module, "SCHEMA_VERSION", "0")
    write_part(of.parts, answers(of, [0]))
    monkeypatch.undo()
    with pytest.raises(InputError, match="another version"):
        standing(of)


@pytest.mark.parametrize(("size", "shards"), [(1, 10_000), (50, 200)])
@pytest.mark.slow
def test_ten_thousand_points_are_collected_within_ten_seconds_and_looked_at_within_one(tmp_path, size, shards):
    of = stored(tmp_path, 10_000)
    rows = tuple(Row(f"measure {m}", "all", "", m, m, 0.0, None, None, "4 replications") for m in range(60))
    for shard in cut(of.keys().to_pylist(), size):
        write_part(of.parts, [Answer(key, rows, "", 1.0) for key in shard])
    assert len(list(of.parts.iterdir())) == shards
    began, cpu = time.monotonic(), time.process_time()
    collect(of)
    collected, collected_cpu = time.monotonic() - began, time.process_time() - cpu
    began, cpu = time.monotonic(), time.process_time()
    assert len(standing(of).left) == 0
    looked, looked_cpu = time.monotonic() - began, time.process_time() - cpu
    print(f"{shards} parts: collected in {collected:.2f} s ({collected_cpu:.2f} s of CPU), looked at in {looked:.2f} s")
    # Processor time, so that a machine that does other things too gives the same verdict.
    assert collected_cpu < 10
    assert looked_cpu < 1
