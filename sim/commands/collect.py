"""One tidy table of a sweep, and a manifest of what is done, failed and missing."""

from __future__ import annotations

from ..launch import nothing_else, sweep_folder, writing
from ..service.fault import given_twice, refuse
from ..sweep.collect import collect
from ..sweep.plan import Stored
from ..sweep.workbook import SHEET_ROWS, rows_of, write_workbook

SWITCHES = ("csv=false", "csv=true", "xlsx=true", "xlsx=false")


def main(given: list[str]) -> int:
    """Collect what is done.

    Returns
    -------
    0 where every point is done, else 1.
    """
    place = sweep_folder("collect", given)
    words = given[1:]
    nothing_else([word for word in words if word not in SWITCHES], SWITCHES)
    refuse(given_twice(words))
    has_csv = "csv=false" not in words
    stored = Stored(place)
    with writing(place):
        found = collect(stored, has_csv)
        kinds = ("parquet", "csv") if has_csv else ("parquet",)
        files = [place / f"{name}.{kind}" for name in ("table", "manifest") for kind in kinds]
        if "xlsx=true" in words:
            files.append(write_workbook(place))
    print(f"{place.name}: {found.said()}")
    print("Files: " + ", ".join(map(str, files)))
    many = rows_of(place)
    if has_csv and many >= SHEET_ROWS:
        print(f"table.csv has {many:,} rows and Excel opens {SHEET_ROWS:,}: filter by `by` or `measure`, or read table.parquet")
    return int(len(found.left) > 0)
