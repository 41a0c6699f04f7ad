"""A collected sweep as an Excel workbook, for people: a sheet of what was measured and a sheet of what is done, failed or missing."""

from __future__ import annotations

from pathlib import Path

from ..service.fault import Fault, refuse

SHEET_ROWS = 1_048_576
"""Rows of an Excel sheet, its header among them."""


def rows_of(folder: Path) -> int:
    """Rows of the collected table."""
    from pyarrow import parquet

    return parquet.read_metadata(folder / "table.parquet").num_rows


def write_workbook(folder: Path) -> Path:
    """Write ``sweep.xlsx`` of the collected files beside it.

    Raises
    ------
    InputError
        If there are more rows than a sheet holds; nothing is then written.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from pyarrow import parquet

    from .parts import whole

    many = rows_of(folder)
    cure = "read table.parquet, or filter table.csv by `by` or `measure` first"
    refuse([Fault(f"more rows than an Excel sheet holds ({SHEET_ROWS:,})", f"{many:,}", cure)] if many >= SHEET_ROWS else [])
    book = Workbook(write_only=True)
    for name in ("table", "manifest"):
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"

        def cell(value, sheet=sheet):
            made = WriteOnlyCell(sheet, value)
            if isinstance(value, str):
                made.data_type = "s"  # a text that begins with = stays a text
            return made

        with parquet.ParquetFile(folder / f"{name}.parquet") as file:
            sheet.append(file.schema_arrow.names)
            for batch in file.iter_batches():
                for row in zip(*(column.to_pylist() for column in batch.columns)):
                    sheet.append([cell(value) for value in row])
    path = folder / "sweep.xlsx"
    with whole(path) as file:
        book.save(file)
    return path
