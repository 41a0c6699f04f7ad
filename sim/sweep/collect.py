"""Collecting: all parts of a sweep as one table, and a manifest of every point.

What is written depends on the plan and on the points that are done, and on nothing else: the same bytes, however often a sweep
was stopped, in whatever order its shards came, and however it was cut into them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path

import numpy as np

from .parts import COLUMNS, DONE, FAILED, NUMBERS, whole
from .plan import CHUNK, Stored
from .standing import NOT_ASKED, Standing, read_lost, standing

MISSING = "missing"

READERS = 4
"""Parts read side by side, which a disk at the far end of a network needs."""


def collect(stored: Stored, has_csv: bool = True) -> Standing:
    """Write ``table.parquet``, ``table.csv``, ``manifest.parquet`` and ``manifest.csv`` into the sweep's folder.

    The table has a row a measure of every point that is done: the point's number, key, scenario and values of the axes, then the
    measure as in the parts. The manifest has a row a point: done, failed or missing, and the reason.

    Parameters
    ----------
    has_csv
        Write the CSV files too; for millions of points they are many gigabytes.
    """
    found = standing(stored)
    labels = _labels(stored)
    write_both(stored.folder / "table", _tables(stored, found, labels), has_csv)
    write_both(stored.folder / "manifest", _manifests(stored, found, labels), has_csv)
    return found


def _labels(stored: Stored):
    """The columns that say which point: number from 1, key, scenario, axes."""
    import pyarrow as pa

    plan = stored.table()
    values = [json.loads(each) for each in plan["values"].to_pylist()]
    made = {
        "point": pa.array(range(1, len(values) + 1), pa.int64()),
        "key": plan["key"].combine_chunks(),
        "scenario": pa.array([stored.bases[b].choices["scenario"] for b in plan["base"].to_pylist()], pa.string()),
    }
    for place, axis in enumerate(stored.axes):
        made[axis] = _column([each[place] for each in values])
    return pa.table(made)


def _column(values: list):
    """Values of an axis as numbers where all are, else as text."""
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if kinds and kinds <= {int, float}:
        return pa.array(values, pa.int64() if kinds == {int} else pa.float64())
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    return pa.array([v if v is None or isinstance(v, str) else json.dumps(v) for v in values], pa.string())


def _tables(stored: Stored, found: Standing, labels) -> Iterator:
    """The table, some thousand points at a time."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import parquet

    kept = [name for name in COLUMNS if name not in ("key", "status", "reason")]
    plain = pa.schema([(name, pa.float64() if name in NUMBERS else pa.string()) for name in ("key", *kept)])

    @lru_cache(maxsize=64)
    def read(part: int):
        # Parts are read side by side already.
        with parquet.ParquetFile(stored.parts / found.parts[part].name) as file:
            return file.read(columns=["key", *kept], use_threads=False)

    for start in range(0, len(found.part), CHUNK):
        rows = np.arange(start, min(start + CHUNK, len(found.part)))
        wanted = rows[found.is_done[rows]]
        parts = np.unique(found.part[wanted])
        with ThreadPoolExecutor(READERS) as pool:
            each = list(pool.map(read, parts.tolist()))
        together = pa.concat_tables(each).cast(plain) if each else plain.empty_table()
        own = labels["key"].take(pa.array(wanted)).combine_chunks()
        place = pc.index_in(together["key"], value_set=own).fill_null(-1).to_numpy()
        holder = np.repeat(parts, [table.num_rows for table in each])
        # A part may hold points that are not wanted, or that are read from another part.
        is_here = np.flatnonzero((place >= 0) & (found.part[wanted[place]] == holder)) if len(place) else place
        # The rows of a point stay in the order they were written in.
        order = is_here[np.argsort(place[is_here], kind="stable")]
        point = labels.take(pa.array(wanted[place[order]], pa.int64()))
        measured = together.select(kept).take(pa.array(order))
        yield pa.table({**dict(zip(point.column_names, point.columns)), **dict(zip(kept, measured.columns))})


def _manifests(stored: Stored, found: Standing, labels) -> Iterator:
    """The manifest, whole."""
    import pyarrow as pa

    status = np.full(len(found.part), MISSING, dtype=object)
    status[found.is_done] = DONE
    status[list(found.failed)] = FAILED
    reason = [""] * len(status)
    lost = read_lost(stored.folder)
    for row in np.flatnonzero(status == MISSING).tolist():
        reason[row] = lost.get(row, NOT_ASKED)
    for row, why in found.failed.items():
        reason[row] = why
    yield labels.append_column("status", pa.array(status, pa.string())).append_column(
        "reason", pa.array(reason, pa.string())
    )


def write_both(path: Path, tables: Iterator, has_csv: bool = True) -> None:
    """Write tables of one shape one after the other as Parquet and as CSV, both in one step."""
    from pyarrow import csv, parquet

    with ExitStack() as stack:
        kinds = ("parquet", "csv") if has_csv else ("parquet",)
        files: Sequence = [stack.enter_context(whole(path.with_suffix(f".{kind}"))) for kind in kinds]
        writer = None
        for table in tables:
            if writer is None:
                writer = stack.enter_context(parquet.ParquetWriter(files[0], table.schema, compression="zstd"))
            writer.write_table(table, row_group_size=1_000_000)
            if not has_csv:
                continue
            first = files[1].tell() == 0
            csv.write_csv(table, files[1], csv.WriteOptions(include_header=first, quoting_style="needed"))
