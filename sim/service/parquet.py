"""Parquet: the rows of a file as text, in batches. Rows are numbered as in a sheet: the header is row 1, the first record row 2."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

from .cells import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, MOST_TEXT, Dated, Row, clean, moment_text, number_text
from .fault import Fault, InputError, refuse
from .source import Source

_BATCH = 4096


def parquet_rows(source: Source) -> Iterator[Row]:
    """The rows of a Parquet file, its names of columns first, each with its number and its cells as text."""
    import pyarrow as arrow
    from pyarrow import parquet

    path = source.path
    try:
        file = parquet.ParquetFile(path)
        _check_shape(file, path)
        schema = file.schema_arrow
        texts = [field.name for field in schema if arrow.types.is_string(field.type)]
        # A long text that a million rows share is then held once.
        file = parquet.ParquetFile(path, read_dictionary=texts)
        yield 1, [clean(name) for name in schema.names]
        number = 1
        for batch in file.iter_batches(batch_size=_BATCH):
            columns = [_values(column, name, path.name) for column, name in zip(batch.columns, schema.names)]
            for cells in zip(*columns):
                number += 1
                yield number, list(cells)
    except InputError:
        raise
    except Exception as error:  # bytes of a stranger, read by a library: it may fail in any way
        said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        refuse([Fault(f"is not a Parquet file that can be read ({said})", cure="write it anew", file=path.name)])


def _check_shape(file, path: Path) -> None:
    """Refuse what is too large, or holds more than one value a cell, before any of it is read."""
    import pyarrow as arrow

    meta, faults = file.metadata, []
    size = sum(meta.row_group(group).total_byte_size for group in range(meta.num_row_groups))
    if meta.num_rows > MOST_ROWS:
        faults.append(Fault(f"a table may have at most {MOST_ROWS:,} rows", f"{meta.num_rows:,}", file=path.name))
    if meta.num_columns > MOST_COLUMNS:
        faults.append(Fault(f"a table may have at most {MOST_COLUMNS:,} columns", meta.num_columns, file=path.name))
    if size > MOST_BYTES:
        faults.append(Fault(f"may unpack to at most {MOST_BYTES:,} bytes", f"{size:,}", file=path.name))
    known = (arrow.types.is_nested, arrow.types.is_binary, arrow.types.is_large_binary)
    for field in file.schema_arrow if not faults else ():
        if any(is_of(field.type) for is_of in known):
            faults.append(
                Fault("must hold numbers, texts or dates", str(field.type), "write it otherwise", path.name, column=field.name)
            )
    refuse(faults)


def _values(column, name: str, file: str) -> list[str]:
    """The cells of one column of a batch."""
    import pyarrow as arrow
    from pyarrow import compute

    texts = column.dictionary if arrow.types.is_dictionary(column.type) else column
    if arrow.types.is_string(texts.type) or arrow.types.is_large_string(texts.type):
        longest = compute.max(compute.binary_length(texts)).as_py() or 0
        rule = f"a text may have at most {MOST_TEXT:,} characters"
        refuse([Fault(rule, f"{longest:,} bytes", "shorten it", file, column=name)] if longest > 4 * MOST_TEXT else [])
    return [_text(value) for value in column.to_pylist()]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return "" if value != value else number_text(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date | time):
        return Dated(value.isoformat())
    return clean(str(value))
