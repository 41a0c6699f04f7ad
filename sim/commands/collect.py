"""One tidy table of a sweep, and a manifest of what is done, failed and missing."""

from __future__ import annotations

import json
from dataclasses import replace

from ..compose import run_of
from ..launch import kept_service, nothing_else, sweep_folder, writing
from ..service.fault import InputError, given_twice, refuse
from ..show.terminal import in_marked_lines
from ..store.results import write_text
from ..study.fit import ILLUSTRATIVE, said_first_unsimulated
from ..study.run import Run
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
        said = _said_first(stored)
        write_text(place / "README.md", "\n".join([f"# Sweep {place.name}", "", *(f"- {each}" for each in (*said, found.said())), ""]))
    print(*in_marked_lines(said), f"{place.name}: {found.said()}", sep="\n")
    files.append(place / "README.md")
    print("Files: " + ", ".join(map(str, files)))
    many = rows_of(place)
    if has_csv and many >= SHEET_ROWS:
        print(f"table.csv has {many:,} rows and Excel opens {SHEET_ROWS:,}: filter by `by` or `measure`, or read table.parquet")
    return int(len(found.left) > 0)


SERVICES = 8
"""Regions, services and rules of allocation whose baselines are looked at; a sweep of more says so."""


def _said_first(stored: Stored) -> list[str]:
    """What must be said of the data and the fit of a sweep's baselines, with the settings that its points have in common."""
    bases = {json.dumps([base.config[key] for key in ("region", "service", "allocation")]): base.config for base in stored.bases}
    said: dict[str, None] = {}
    for config in list(bases.values())[:SERVICES]:
        try:
            run = run_of(config["run"], Run)
            said |= dict.fromkeys(said_first_unsimulated(replace(kept_service(config), calendar=run.calendar), run.window.start))
        except InputError as error:  # collected where the region is not
            said |= {f"{ILLUSTRATIVE}: the baseline cannot be looked at here ({str(error).splitlines()[0]})": None}
    more = len(bases) - SERVICES
    return [*said, *([f"{ILLUSTRATIVE}: of {more} more baselines nothing was looked at."] if more > 0 else [])]
