"""One tidy table of a sweep, and a manifest of what is done, failed and missing."""

from __future__ import annotations

from ..launch import nothing_else, sweep_folder, writing
from ..sweep.collect import collect
from ..sweep.plan import Stored


def main(given: list[str]) -> int:
    """Collect what is done.

    Returns
    -------
    0 where every point is done, else 1.
    """
    place = sweep_folder("collect", given)
    has_csv = "csv=false" not in given[1:]
    nothing_else([word for word in given[1:] if word not in ("csv=false", "csv=true")])
    stored = Stored(place)
    with writing(place):
        found = collect(stored, has_csv)
    print(f"{place.name}: {found.said()}")
    files = ("table.parquet", "table.csv", "manifest.parquet", "manifest.csv")
    print("Files: " + ", ".join(str(place / file) for file in files if has_csv or not file.endswith(".csv")))
    return int(len(found.left) > 0)
