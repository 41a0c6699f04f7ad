"""Ask many questions in shards, here or on Slurm; the same words again go on."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from ..launch import find, planned, sweep_folder, writing
from ..service.fault import Fault, refuse
from ..sweep.plan import told_of, write_plan
from ..sweep.run import check_place, describe, run


def main(given: list[str]) -> int:
    """Run a sweep.

    Returns
    -------
    0 where every point is done (or nothing was to be waited for), 1 where some failed or are missing.
    """
    place = sweep_folder("sweep", given)
    refuse([] if given[1:] else [_nothing_asked(place)])
    try:
        how, plan = planned(given[1:])
        check_place(how)
        said = " ".join(["python -m sim sweep", *map(shlex.quote, [place.name, *given[1:]])])
        with writing(place):
            stored = write_plan(plan, place, {"command": said, "settings": describe(how)})
            return int(not run(stored, how, find, lambda line: print(line, flush=True)))
    except KeyboardInterrupt:
        print("stopped; what is finished is kept, and the same command goes on", file=sys.stderr)
        return 130


def _nothing_asked(place: Path) -> Fault:
    """What is said of a sweep without a question: how one that is there goes on, or what to write."""
    known = told_of(place).get("command") if (place / "sweep.json").is_file() else None
    usual = "as run.seed=range(1,11), or scenario=close_small_units,consolidate_hubs"
    return Fault("a sweep asks something: give the settings of its points", place.name, f"to go on with it: {known}" if known else usual)
