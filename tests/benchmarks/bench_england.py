"""The national run: England at MSOA level, small units closed against the baseline, from the draw to the outcomes.

Five years after 150 days of warm-up, thirty replications, two cores: seconds and peak memory, in a process of its own (``python
tests/benchmarks/bench_england.py <years> <replications> <workers>`` prints them as JSON). Loading the region and compiling are
left out of the seconds, and in the memory. Then where the time of one replication goes, and what a second core brings.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from time import perf_counter, process_time

import numpy as np
from table import Row, at_least, at_most, environment

import scenarios
from sim.cohort.cohort import draw
from sim.engine import compiled
from sim.journeys.routes import route
from sim.journeys.send import send
from sim.measures.outcomes import outcomes
from sim.measures.records import record
from sim.service.extend import same_units
from sim.service.service import Service
from sim.study.experiment import experiment
from sim.study.load import load_service
from sim.study.run import Run

WARMUP_DAYS = 150
CORES = 2


def rows(is_quick: bool) -> list[Row]:
    """What is printed of the national run."""
    years, replications = (1, 4) if is_quick else (5, 30)
    seconds, gigabytes, by_step = ask(years, replications, CORES)
    said = f"England, {years} years, {replications} replications of baseline and option, {CORES} cores"
    made = [Row(f"{said}: draw to outcomes", f"{seconds:.1f} s")]
    if not is_quick:
        made = [at_most(f"{said}: draw to outcomes", seconds, 25, "s")]
    if gigabytes:
        made.append(at_most(f"{said}: peak memory", gigabytes, 1, "GB"))
    drawn, sent, engine, measured = (by_step[name] for name in ("draw", "send", "engine", "measure"))
    split = " + ".join(f"{step:.2f}" for step in (drawn, sent, engine, measured))
    made.append(Row("one replication of the baseline: draw + send + engine + records and outcomes", f"{split} s"))
    # A replication draws once and simulates twice.
    around = (drawn / 2 + sent + measured) / by_step["kernel"]
    made.append(at_most("draw (half, for two options), send, records and outcomes against the kernel", around, 1, "x"))
    said = f"{by_step['replication']:.2f} s, of which {2 * by_step['kernel']:.2f} s in the kernel"
    made.append(Row("a run of one replication of both options, its routes and checks included", said))
    one, two = (ask(1 if is_quick else years, 4, workers)[0] for workers in (1, CORES))
    made.append(at_least("replications on two threads against one", one / two, 1.6))
    return made


def ask(years: float, replications: int, workers: int) -> tuple[float, float | None, dict[str, float]]:
    """Run in a process of its own: seconds, peak gigabytes where the system tells, and seconds by step."""
    command = [sys.executable, __file__, str(years), str(replications), str(workers)]
    found = subprocess.run(command, env=environment(), stdout=subprocess.PIPE, text=True, check=True)
    return tuple(json.loads(found.stdout))


def main(years: float, replications: int, workers: int) -> None:
    """Run, and print seconds, peak gigabytes and the seconds of each step."""
    run = Run(years=years, warmup_days=WARMUP_DAYS, replications=replications, workers=workers)
    baseline = replace(load_service("stroke", "england"), calendar=run.calendar)
    option = scenarios.CloseSmallUnits()(baseline)
    baseline = same_units(baseline, option)
    experiment(baseline, option, Run(years=0.1, warmup_days=1, replications=1))  # compiles
    start = perf_counter()
    experiment(baseline, option, run)
    seconds = perf_counter() - start
    gigabytes = peak_gigabytes()
    print(json.dumps([seconds, gigabytes, steps(baseline, option, run)]))


def peak_gigabytes() -> float | None:
    """The most memory this process ever held; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9


def steps(baseline: Service, option: Service, run: Run) -> dict[str, float]:
    """The median processor seconds of each step of one replication of the baseline, and of a whole one, on one thread."""
    routes = route(baseline, run.horizon)
    taken = []
    for number in range(3):
        clock = [process_time()]
        cohort = draw(baseline, run.seed, number, run.horizon)
        clock.append(process_time())
        sent = send(cohort, routes)
        clock.append(process_time())
        world = compiled.prepared(sent.journeys, run.horizon)
        clock.append(process_time())
        compiled.run(run.horizon, *world)
        clock.append(process_time())
        outcomes(record(sent, world[-1]), run.window)
        clock.append(process_time())
        experiment(baseline, option, replace(run, replications=1, workers=1))
        clock.append(process_time())
        taken.append(np.diff(clock))
    drawn, sent, prepared, kernel, measured, whole = np.median(taken, axis=0).tolist()
    return {
        "draw": drawn,
        "send": sent,
        "engine": prepared + kernel,
        "kernel": kernel,
        "measure": measured,
        "replication": whole,
    }


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
