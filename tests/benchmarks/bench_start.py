"""Start-up: from the command to the first line of the answer on the screen, with numba's cache empty and full.

Everything a planner waits for is in it: starting Python, reading England, sizing beds, compiling, four replications. The region's own
tables are built once on a machine and are there beforehand. Once the answer is seen the run is left to end by itself.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from table import Row, at_most, environment


def rows(is_quick: bool) -> list[Row]:
    """What is printed of the start."""
    from sim.study.load import load_service

    load_service("stroke", "england")  # builds the region's tables where they are not there
    what = "`python -m sim scenario=close_small_units figures=false report=false` to its answer"
    with TemporaryDirectory() as folder:
        cold = seconds_to_answer(Path(folder))
        warm = [seconds_to_answer(Path(folder)) for _ in range(1 if is_quick else 3)]
    return [
        at_most(f"{what}, nothing compiled", cold, 20, "s"),
        at_most(f"{what}, compiled before", float(np.median(warm)), 5, "s"),
    ]


def seconds_to_answer(folder: Path) -> float:
    """Seconds until the first line of the answer; numba's cache is in the folder."""
    command = [
        sys.executable,
        "-m",
        "sim",
        "scenario=close_small_units",
        "figures=false", "report=false",
        f"results={folder / 'results'}",
    ]
    start = perf_counter()
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment(NUMBA_CACHE_DIR=str(folder / "numba")),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        process.stdout.readline()
        seconds = perf_counter() - start
        process.communicate()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return seconds
