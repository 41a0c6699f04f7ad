"""Sweeps: what planning, looking and collecting cost, and what a sweep through a real Slurm takes beyond its computing.

Pure compute is what the same points take in bare processes, as many as there are cores, that ask one after the other and write nothing
(``python tests/benchmarks/bench_sweep.py <seed> <points> <words>`` is one of them). Against it stands the whole command, from planning to
the last part, on a Slurm of one node a core: in wall time, and in processor time, which other programs of the machine disturb less.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from typing import NamedTuple

from table import Row, at_most, environment, skipped

from sim.sweep.collect import collect
from sim.sweep.parts import Answer, write_part
from sim.sweep.parts import Row as Measured
from sim.sweep.plan import Base, Plan, Stored, write_plan
from sim.sweep.run import cut
from sim.sweep.slurm import job_name
from sim.sweep.standing import standing

CORES = 2
ENGLAND = ("scenario=close_small_units", "run=quick", "service.outcome.draws=20")
SCRIPT = Path(__file__).parents[1] / "cluster" / "slurm.sh"
DAEMONS = ("slurmctld", "slurmd", "munged", "sbatch")
SEARCHED = os.environ.get("PATH", "") + os.pathsep + os.pathsep.join(["/usr/sbin", "/sbin"])


def rows(is_quick: bool) -> list[Row]:
    """What is printed of sweeps."""
    made = []
    for size in (50, 1):
        collected, looked = collecting(1_000 if is_quick else 10_000, size)
        said = f"{1_000 if is_quick else 10_000:,} points in parts of {size}"
        made.append(at_most(f"{said}: collected, as Parquet and CSV", collected, 10, "s"))
        made.append(at_most(f"{said}: looked at for the first time", looked, 1, "s"))
    points = 100_000 if is_quick else 1_000_000
    made.append(Row(f"a plan of {points:,} points, as a dry run", f"{planning(points):.1f} s of processor time"))
    return made + slurm_rows(20 if is_quick else 1_000)


def collecting(points: int, size: int) -> tuple[float, float]:
    """Processor seconds to collect a sweep of 60 measures a point, and to look at it before anything else did."""
    with TemporaryDirectory() as place:
        config = {"run": {"seed": 0}}
        plan = Plan(("run.seed",), (Base({"scenario": "s"}, config, {}),), [0] * points, [(n,) for n in range(points)], ("all",))
        of = write_plan(plan, Path(place), {})
        of.parts.mkdir()
        measures = tuple(Measured(f"measure {m}", "all", "", m, m, 0.0, None, None, "4 replications") for m in range(60))
        for shard in cut(of.keys().to_pylist(), size):
            write_part(of.parts, [Answer(key, measures, "", 1.0) for key in shard])
        began = time.process_time()
        assert not len(standing(of).left)
        looked = time.process_time() - began
        (of.folder / "index.parquet").unlink()
        began = time.process_time()
        collect(of)
        return time.process_time() - began, looked


def planning(points: int) -> float:
    """Processor seconds of a dry run."""
    words = ("region=two_towns", *ENGLAND, f"run.seed=range(0,{points})", "sweep.dry_run=true", "sweep.cost=1")
    with TemporaryDirectory() as place:
        before = _children()
        _sweep(place, *words)
        return _children() - before


class Cost(NamedTuple):
    """What something took."""

    wall: float
    cpu: float


def slurm_rows(points: int) -> list[Row]:
    """England through Slurm against pure compute."""
    what = f"{points:,} points of England through Slurm against pure compute"
    missing = [name for name in DAEMONS if not shutil.which(name, path=SEARCHED)]
    missing += [] if importlib.util.find_spec("submitit") else ["submitit"]
    if missing:
        return [skipped(what, ", ".join(missing))]
    shares = [round(0.043 + 0.003 * place, 3) for place in range(10)]
    words = (*ENGLAND, f"service.thrombectomy_share={','.join(map(str, shares))}", f"run.seed=range(1,{1 + points // 10})")
    sample = max(4, points // 25)
    bare = pure(sample, words)
    swept, inside = through_slurm(words)
    each = f"a point takes {bare.cpu / CORES / sample:.2f} s of processor time"
    ideal = Cost(bare.wall / sample * points / CORES, bare.cpu / sample * points / CORES)
    said = f" ({swept.wall:.0f} s; {sample} bare points on each of {CORES} cores just before, {each})"
    return [
        at_most(f"{what}, wall time", swept.wall / ideal.wall, 1.1, "x", said),
        at_most(f"{what}, processor time of all its processes", swept.cpu / ideal.cpu, 1.1, "x", f" ({swept.cpu:.0f} s)"),
        Row(f"{what}: wall time outside its points", f"{1 - inside / (swept.wall * CORES):.1%}"),
    ]


def pure(points: int, words: tuple[str, ...]) -> Cost:
    """The mean wall time and the sum of processor time of bare processes side by side, each with so many points."""
    command = [sys.executable, __file__]
    alone = environment(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")  # as in a sweep's processes
    started = [
        subprocess.Popen([*command, str(place), str(points), *words], env=alone, stdout=subprocess.PIPE, text=True)
        for place in range(CORES)
    ]
    found = [json.loads(each.communicate()[0]) for each in started]
    return Cost(sum(wall for wall, _ in found) / CORES, sum(cpu for _, cpu in found))


def through_slurm(words: tuple[str, ...]) -> tuple[Cost, float]:
    """What the whole command took, and the seconds inside its points."""
    with TemporaryDirectory() as place, _cluster(), _watched(job_name(Path(place) / "results" / "sweeps" / "s")) as seen:
        before, began = _children(), time.monotonic()
        _sweep(place, *words, "sweep.on=slurm", "sweep.line_seconds=60", "sweep.cost=0.7")
        wall = time.monotonic() - began
        found = standing(Stored(Path(place) / "results" / "sweeps" / "s"))
        assert not len(found.left)
        return Cost(wall, _children() - before + sum(seen.values())), found.seconds * len(found.is_done)


@contextmanager
def _cluster():
    """A Slurm of as many nodes as cores, with a core each."""
    folder = subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip()
    wide = os.environ | {"CPUS": "1", "PORT": "17500"}
    try:
        subprocess.run(["bash", str(SCRIPT), "up", folder, str(CORES)], check=True, env=wide, stdout=subprocess.DEVNULL)
        os.environ["SLURM_CONF"] = f"{folder}/slurm.conf"
        yield
    finally:
        os.environ.pop("SLURM_CONF", None)
        subprocess.run(["bash", str(SCRIPT), "down", folder], check=True, env=wide)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _watched(name: str):
    """The processor seconds of every process of a Slurm job, by process, looked at twice a second."""
    seen: dict[tuple[str, str], float] = {}
    is_over = threading.Event()
    word, tick = f"SLURM_JOB_NAME={name}".encode(), os.sysconf("SC_CLK_TCK")

    def look() -> None:
        while not is_over.wait(0.5):
            for folder in Path("/proc").glob("[0-9]*"):
                try:
                    if word in (folder / "environ").read_bytes():
                        told = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                        seen[folder.name, told[19]] = (int(told[11]) + int(told[12])) / tick
                except OSError:
                    continue

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        is_over.set()
        watcher.join()


def _sweep(place: str, *words: str) -> None:
    command = [sys.executable, "-m", "sim", "sweep", "s", *words]
    subprocess.run(command, cwd=place, env=environment(), check=True, stdout=sys.stderr)


def _children() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(place: int, points: int, words: list[str]) -> None:
    """Ask points of a sweep one after the other: wall and processor seconds, the first point left out, as it loads and compiles."""
    from sim.launch import find, planned
    from sim.sweep.answer import answer

    with TemporaryDirectory() as folder:
        _, plan = planned(words)
        of = write_plan(plan, Path(folder), {})
        # Neighbours, as a shard has them: they share a service.
        first = place * len(plan) // CORES
        taken = list(of.points(range(first, min(first + points + 1, len(plan)))))
        with redirect_stdout(StringIO()):
            answer(taken[0], of.by, find)
            began, cpu = time.monotonic(), time.process_time()
            for point in taken[1:]:
                answer(point, of.by, find)
            wall, cpu = time.monotonic() - began, time.process_time() - cpu
    print(json.dumps([wall / len(taken[1:]) * points, cpu / len(taken[1:]) * points]))


if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2])]
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
