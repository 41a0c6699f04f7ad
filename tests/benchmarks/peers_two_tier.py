"""The two-tier model of `two_tier` written for four programs, each in the manner of its own documentation.

Pairs of a centre (28 beds, lognormal stay of parameters 1.6 and 0.7) and a rehabilitation unit (110 beds; 3.0 and 0.6); four
patients a day to each pair (Poisson); the centre's bed is kept until a rehabilitation bed is free; first come, first served.
All programs run the same days from empty and are asked for the same: the mean wait for a centre bed, the mean delayed transfer,
and the mean beds held in each tier. Their answers must agree before their times are compared.

* **sim**, this program, the whole of its public way: draw, send, engine, records and every measure it has, not only the four.
* **cimba** twice: with a process a patient, as the ships of its tutorial on a harbour, and with a process a bed and an event for
  whoever leaves, the leanest form we found, in which patients have no identity. Its compilation is left out, as is ours.
* **SimPy** with a process a patient and two resources, a pair at a time, which spares it a long list of events.
* **Ciw** with a queue of no capacity before rehabilitation, which is its way of blocking, a pair at a time for the same reason.

Times are processor seconds on one core, the median of several runs, each program in a process of its own: ``python
tests/benchmarks/peers_two_tier.py <program> <days> <times>`` prints what one gave as JSON. (Cimba does not compile in a process
where numba has compiled something before.) A patient is one whose centre bed was given.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from math import exp, sqrt
from time import process_time
from typing import NamedTuple

import numpy as np
from table import environment

from sim.cohort.cohort import draw
from sim.engine.compiled import simulate
from sim.journeys.routes import Routes, route
from sim.journeys.send import send
from sim.measures.outcomes import outcomes
from sim.measures.records import Window, record
from sim.service.demand import DAYS_A_YEAR
from sim.service.pathway import Group
from sim.service.places import Areas, Region, Sites, Travel, Units
from sim.service.service import Service

PAIRS = 24
A_DAY = 4.0
BEDS = (28, 110)
CENTRE, REHABILITATION = (1.6, 0.7), (3.0, 0.6)
"""Mean and SD of the logarithm of the stay in days."""

MISSING = 3
"""The exit code of a process whose program is not installed."""

STANDARD_ERRORS = 4.5
"""How far two programs may differ in a mean over pairs, before they are taken to be different models."""


class Seen(NamedTuple):
    """What one run gave."""

    patients: int
    seconds: float
    wait_hours: np.ndarray
    """(pairs,) mean wait for a centre bed."""
    delayed_hours: np.ndarray
    """(pairs,) mean time ready for rehabilitation but still in the centre's bed, of those who waited or not."""
    centre_beds: np.ndarray
    """(pairs,) time average of centre beds held."""
    rehabilitation_beds: np.ndarray
    """(pairs,) time average of rehabilitation beds held."""

    @property
    def microseconds(self) -> float:
        """Processor time a patient."""
        return self.seconds / self.patients * 1e6


Program = Callable[[float, int], Seen]
"""From days and a seed to what was seen; raises ImportError where the program is not installed."""


def lognormal(log_mean: float, log_sd: float) -> dict:
    """The lines of a lognormal law by the mean and SD of its logarithm."""
    mean = exp(log_mean + log_sd**2 / 2)
    return {"law": "lognormal", "mean": mean, "sd": mean * sqrt(exp(log_sd**2) - 1)}


def service() -> Service:
    """The model as a service: each pair is an area and a site of its own, an hour from the others."""
    names = [f"pair {pair:02d}" for pair in range(PAIRS)]
    ids = [f"{kind} {pair:02d}" for kind in ("centre", "rehabilitation") for pair in range(PAIRS)]
    zero, unknown = np.zeros(PAIRS), np.full(2 * PAIRS, np.nan)
    is_centre = np.arange(2 * PAIRS) < PAIRS
    minutes = np.where(np.eye(PAIRS, dtype=bool), 0.0, 60.0)
    region = Region(
        name="two tiers",
        areas=Areas(names, names, np.full(PAIRS, A_DAY * DAYS_A_YEAR), zero, zero),
        sites=Sites(names, names, zero, zero),
        units=Units(
            id=ids,
            name=ids,
            site=np.tile(np.arange(PAIRS), 2),
            gives={"centre": is_centre, "rehabilitation": ~is_centre},
            beds=np.where(is_centre, *BEDS),
            provider=ids,
            reported_volume=unknown,
            reported_stay=unknown,
        ),
        travel=Travel(minutes, minutes, np.zeros(PAIRS, bool)),
        boundaries="none",
    )
    stages = {
        "centre": {"kind": "centre", "stay": lognormal(*CENTRE), "next": {"rehabilitation": 1.0}},
        "rehabilitation": {"kind": "rehabilitation", "ranked_from": "home", "stay": lognormal(*REHABILITATION)},
    }
    return Service("two tiers", region, (Group.read("patients", {"per_admission": 1.0, "stages": stages}),))


def run_sim(days: float, seed: int) -> Seen:
    """This program, from the draw to all outcomes; what is made once an option is made before."""
    routes = route(service(), days)
    start = process_time()
    found, patients = _measured(routes, days, seed)
    seconds = process_time() - start
    years = days / DAYS_A_YEAR
    delayed = found["delayed_transfer_bed_days_per_year"][:PAIRS] * years * 24
    came = found["index_admissions_per_year"][:PAIRS] * years
    beds = found["occupied_beds_mean"]
    return Seen(patients, seconds, found["wait_hours_mean"][:PAIRS], delayed / came, beds[:PAIRS], beds[PAIRS:])


def _measured(routes: Routes, days: float, seed: int) -> tuple[dict[str, np.ndarray], int]:
    cohort = draw(routes.service, seed, 0, days)
    sent = send(cohort, routes)
    found = outcomes(record(sent, simulate(sent.journeys, days)), Window(0.0, days))
    return {each.measure: each.value for each in found if each.by == "unit"}, len(cohort)


def run_cimba_patients(days: float, seed: int) -> Seen:
    """Cimba with a process a patient."""
    from peer_cimba import run

    return Seen(*run("patients", days, seed))


def run_cimba_beds(days: float, seed: int) -> Seen:
    """Cimba with a process a bed."""
    from peer_cimba import run

    return Seen(*run("beds", days, seed))


def run_simpy(days: float, seed: int) -> Seen:
    """SimPy with a process a patient."""
    import simpy

    rows = []
    start = process_time()
    for pair in range(PAIRS):
        luck = random.Random(f"{seed}/{pair}")
        env = simpy.Environment()
        centre, rehabilitation = (simpy.Resource(env, capacity=beds) for beds in BEDS)
        waits, delays, bed_days = [], [], [0.0, 0.0]

        def patient(env, centre, rehabilitation, luck, waits, delays, bed_days):
            asked = env.now
            bed = centre.request()
            yield bed
            waits.append(env.now - asked)
            bed_days[0] -= env.now
            yield env.timeout(luck.lognormvariate(*CENTRE))
            ready = env.now
            next_bed = rehabilitation.request()
            yield next_bed
            delays.append(env.now - ready)
            centre.release(bed)
            bed_days[0] += env.now
            bed_days[1] -= env.now
            yield env.timeout(luck.lognormvariate(*REHABILITATION))
            rehabilitation.release(next_bed)
            bed_days[1] += env.now

        def arrivals(env, luck, *of):
            while True:
                yield env.timeout(luck.expovariate(A_DAY))
                env.process(patient(env, *of))

        env.process(arrivals(env, luck, centre, rehabilitation, luck, waits, delays, bed_days))
        env.run(until=days)
        held = [(total + each.count * days) / days for total, each in zip(bed_days, (centre, rehabilitation))]
        rows.append((len(waits), np.mean(waits) * 24, np.mean(delays) * 24, *held))
    return _seen(rows, process_time() - start)


def run_ciw(days: float, seed: int) -> Seen:
    """Ciw with blocking by a queue of no capacity."""
    import ciw

    rows = []
    start = process_time()
    for pair in range(PAIRS):
        ciw.seed(seed * PAIRS + pair)
        network = ciw.create_network(
            arrival_distributions=[ciw.dists.Exponential(rate=A_DAY), None],
            service_distributions=[ciw.dists.Lognormal(*CENTRE), ciw.dists.Lognormal(*REHABILITATION)],
            number_of_servers=list(BEDS),
            queue_capacities=[float("inf"), 0],
            routing=[[0.0, 1.0], [0.0, 0.0]],
        )
        model = ciw.Simulation(network)
        model.simulate_until_max_time(days)
        records = model.get_all_records(include_incomplete=True)
        begun = [r for r in records if r.service_start_date is not None and r.service_start_date < days]
        waits = [r.waiting_time for r in begun if r.node == 1]
        delays = [r.time_blocked for r in begun if r.node == 1 and r.exit_date is not None and r.exit_date < days]
        held = [
            sum(min(days, r.exit_date or days) - r.service_start_date for r in begun if r.node == node) / days
            for node in (1, 2)
        ]
        rows.append((len(waits), np.mean(waits) * 24, np.mean(delays) * 24, *held))
    return _seen(rows, process_time() - start)


def _seen(rows: list[tuple], seconds: float) -> Seen:
    patients, *columns = map(np.array, zip(*rows))
    return Seen(int(patients.sum()), seconds, *columns)


PROGRAMS: dict[str, Program] = {
    "sim": run_sim,
    "cimba, a process a patient": run_cimba_patients,
    "cimba, a process a bed": run_cimba_beds,
    "SimPy": run_simpy,
    "Ciw": run_ciw,
}


def ask(program: str, days: float, times: int) -> Seen | None:
    """Run a program several times in a process of its own; None where it is not installed."""
    command = [sys.executable, __file__, program, str(days), str(times)]
    found = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if found.returncode == MISSING:
        return None
    if found.returncode:
        raise RuntimeError(f"{program} failed:\n{found.stderr}")
    patients, seconds, *columns = json.loads(found.stdout)
    return Seen(patients, seconds, *map(np.array, columns))


def difference(one: Seen, other: Seen) -> float:
    """The largest difference of a mean over pairs, in standard errors."""
    scores = []
    for a, b in zip(one[2:], other[2:], strict=True):
        error = sqrt((a.var(ddof=1) + b.var(ddof=1)) / PAIRS)
        scores.append(abs(a.mean() - b.mean()) / error)
    return max(scores)


def answers(seen: Seen) -> str:
    """The four means over pairs in words."""
    wait, delayed, centre, rehabilitation = (column.mean() for column in seen[2:])
    error = seen.wait_hours.std(ddof=1) / sqrt(PAIRS)
    return (
        f"wait {wait:.1f} ± {error:.1f} h, delayed {delayed:.2f} h, beds {centre:.2f} and {rehabilitation:.1f} a pair"
    )


def main(program: str, days: float, times: int) -> int:
    """Run one program; every run has luck of its own, and what is printed is the first with the median time."""
    run = PROGRAMS[program]
    try:
        run(20.0, 0)  # compiles
    except ImportError as error:
        print(error, file=sys.stderr)
        return MISSING
    seen = [run(days, seed) for seed in range(1, times + 1)]
    first = seen[0]._replace(seconds=float(np.median([each.microseconds for each in seen])) * seen[0].patients / 1e6)
    print(json.dumps([each.tolist() if isinstance(each, np.ndarray) else each for each in first]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])))
