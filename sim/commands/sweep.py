"""Ask many questions in shards, here or on Slurm; the same words again go on."""

from __future__ import annotations

import shlex
import sys

from ..launch import find, planned, sweep_folder, writing
from ..sweep.plan import write_plan
from ..sweep.run import describe, run


def main(given: list[str]) -> int:
    """Run a sweep.

    Returns
    -------
    0 where every point is done (or nothing was to be waited for), 1 where some failed or are missing.
    """
    place = sweep_folder("sweep", given)
    try:
        how, plan = planned(given[1:])
        said = " ".join(["python -m sim sweep", *map(shlex.quote, [place.name, *given[1:]])])
        with writing(place):
            stored = write_plan(plan, place, {"command": said, "settings": describe(how)})
            return int(not run(stored, how, find, lambda line: print(line, flush=True)))
    except KeyboardInterrupt:
        print("stopped; what is finished is kept, and the same command goes on", file=sys.stderr)
        return 130
