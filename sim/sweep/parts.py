"""Parts: the finished points of a shard in one Parquet file, there whole or not at all.

A part is written under another name, forced to the disk and then takes its own name in one step, so that whatever is killed
leaves either no part or a whole one. Its name comes from the keys in it: the same shard computed twice is the same file. Its
footer lists the points it holds, so that what is done is known without reading a number.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..service.fault import Fault, refuse
from .point import digest

SCHEMA_VERSION = "1"

DIGITS = 10
"""Significant digits of numbers, as in every table of the project."""

DONE, FAILED = "done", "failed"

COLUMNS = {
    "key": "the point: a hash of its config, data and code",
    "status": "done, or failed",
    "reason": "why a point failed; empty for one that is done",
    "measure": "what is measured; empty for a point that failed",
    "by": "summary (the headline table), option_row, replication=1 (of one), all, or kind=hyperacute and the like",
    "unit": "the unit of the three values",
    "baseline": "the service as it is",
    "option": "the service changed by the scenario",
    "difference": "option less baseline, paired by replication",
    "low": "lower end of the 95 % interval of the difference; empty where there is none",
    "high": "its upper end",
    "basis": "no simulation, or how many replications",
}
"""What the columns of a part are."""

NUMBERS = ("baseline", "option", "difference", "low", "high")


class Row(NamedTuple):
    """One measure of one point, as `COLUMNS` says."""

    measure: str
    by: str
    unit: str
    baseline: float | None
    option: float | None
    difference: float | None
    low: float | None
    high: float | None
    basis: str


@dataclass(frozen=True)
class Answer:
    """What one point gave."""

    key: str
    rows: tuple[Row, ...] = ()
    reason: str = ""
    """Why it failed; empty where it did not."""
    seconds: float = 0.0


def schema():
    """The columns of every part."""
    import pyarrow as pa

    text = pa.dictionary(pa.int32(), pa.string())
    return pa.schema([(name, pa.float64() if name in NUMBERS else text) for name in COLUMNS])


def part_name(keys: Iterable[str]) -> str:
    """The name of the part that holds these points."""
    return f"part-{digest(' '.join(sorted(keys)))}.parquet"


def write_part(folder: Path, answers: Sequence[Answer]) -> Path:
    """Write the points of a shard.

    Raises
    ------
    OSError
        If the disk is full or the folder cannot be written; nothing is then left behind.
    """
    import pyarrow as pa

    columns: dict[str, list] = {name: [] for name in COLUMNS}
    for each in answers:
        for row in each.rows or (Row("", "", "", *[None] * 5, ""),):
            values = (each.key, FAILED if each.reason else DONE, each.reason, *row)
            for name, value in zip(COLUMNS, values):
                columns[name].append(rounded(value) if name in NUMBERS else value)
    told = {
        "schema_version": SCHEMA_VERSION,
        "columns": json.dumps(COLUMNS),
        "done": " ".join(each.key for each in answers if not each.reason),
        "failed": json.dumps({each.key: each.reason for each in answers if each.reason}),
        "seconds": f"{sum(each.seconds for each in answers):.3f}",
    }
    made = pa.table(columns, schema=schema()).replace_schema_metadata(told)
    path = Path(folder) / part_name(each.key for each in answers)
    write_whole(path, made)
    return path


def rounded(value: float | None) -> float | None:
    """A number as it is kept: to the digits promised; None where it is not known."""
    return None if value is None or value != value else float(f"{value:.{DIGITS}g}")


FEW_ROWS = 10_000


def write_whole(path: Path, table, **how) -> None:
    """Write a Parquet file in one step."""
    from pyarrow import parquet

    # zstd is a fifth smaller, but each column takes 15 microseconds to begin reading: ten thousand small files, two seconds.
    with whole(path) as file:
        parquet.write_table(table, file, compression="zstd" if table.num_rows > FEW_ROWS else "snappy", **how)


class whole:
    """A file that is there whole or not at all: ``with whole(path) as file: ...``."""

    def __init__(self, path: Path):
        self.path = Path(path)
        self.draft = self.path.with_name(f".{self.path.name}.{socket.gethostname()}.{os.getpid()}.{time.time_ns()}")

    def __enter__(self):
        self.file = self.draft.open("wb")
        return self.file

    def __exit__(self, kind, *error) -> None:
        try:
            with self.file:
                if kind is None:
                    self.file.flush()
                    os.fsync(self.file.fileno())
            if kind is None:
                os.replace(self.draft, self.path)
        finally:
            self.draft.unlink(missing_ok=True)


def sweep_up(folder: Path, older_seconds: float = 3600.0) -> None:
    """Remove what writers left that were killed in the middle: drafts that nothing can still be writing."""
    for draft in Path(folder).glob(".*.parquet.*"):
        if time.time() - draft.stat().st_mtime > older_seconds:
            draft.unlink(missing_ok=True)


class Part(NamedTuple):
    """What one part holds, by its footer."""

    name: str
    stamp: str
    """Size and time of change: a part that was replaced is another one."""
    done: tuple[str, ...]
    failed: Mapping[str, str]
    """Reasons by key."""
    seconds: float
    """Computing time of its points."""


def read_footer(path: Path, stamp: str) -> Part:
    """What a part holds."""
    from pyarrow import ArrowException, parquet

    # The schema, which is not needed, takes twice as long to read as what is told beside it.
    try:
        told = {k.decode(): v.decode() for k, v in (parquet.read_metadata(path).metadata or {}).items()}
    except (OSError, ArrowException) as error:
        cure = "move it away, and give the command of the sweep again: its points are asked once more"
        refuse([Fault(f"a part cannot be read ({' '.join(str(error).split())})", cure=cure, file=str(path))])
    known = told.get("schema_version") == SCHEMA_VERSION
    refuse([] if known else [Fault("a part of another version", told.get("schema_version"), "move it away", str(path))])
    done = tuple(told["done"].split())
    return Part(path.name, stamp, done, json.loads(told["failed"]), float(told["seconds"]))


def known_parts(folder: Path, before: Sequence[Part] = ()) -> list[Part]:
    """Every part of a sweep, by name.

    Footers that were read before come from an index beside the parts; it is only a shortcut, and is made anew where it is missing.

    Parameters
    ----------
    folder
        Where the parts are.
    before
        What an earlier look found; the index is then not read, and written only when much is new.
    """
    folder = Path(folder)
    if not folder.is_dir():
        return []
    stamps = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("part-") and entry.name.endswith(".parquet"):
                seen = entry.stat()
                stamps[entry.name] = f"{seen.st_size} {seen.st_mtime_ns}"
    index = folder.parent / "index.parquet"
    seen_before = before or _read_index(index)
    known = {part.name: part for part in seen_before if stamps.get(part.name) == part.stamp}
    unread = [name for name in stamps if name not in known]
    with ThreadPoolExecutor(8) as pool:
        known |= {part.name: part for part in pool.map(lambda name: read_footer(folder / name, stamps[name]), unread)}
    parts = [known[name] for name in sorted(known)]
    if unread and (not before or len(unread) > len(known) / 4):
        _write_index(index, parts)
    return parts


def _read_index(path: Path) -> list[Part]:
    from pyarrow import ArrowException, parquet

    try:
        table = parquet.read_table(path).to_pylist()
    except (OSError, ArrowException):
        return []
    return [
        Part(row["part"], row["stamp"], tuple(row["done"].split()), json.loads(row["failed"]), row["seconds"])
        for row in table
    ]


def _write_index(path: Path, parts: Sequence[Part]) -> None:
    import pyarrow as pa

    columns = {
        "part": [part.name for part in parts],
        "stamp": [part.stamp for part in parts],
        "done": [" ".join(part.done) for part in parts],
        "failed": [json.dumps(part.failed) for part in parts],
        "seconds": [part.seconds for part in parts],
    }
    try:
        write_whole(path, pa.table(columns))
    except OSError:
        return  # A shortcut: a folder that may only be read does without.
