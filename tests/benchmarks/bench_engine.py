"""How fast the compiled engine is: ``python -m tests.benchmarks.bench_engine`` from the top of the repository.

Prints nanoseconds a patient in the kernel on the two-tier model; how many times sooner than the reference engine it is
done with the same journeys, two-tier and England; and whether ten times the patients take ten times as long. Every time
is the median of five in processor seconds, which other programs on the machine disturb least.
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import numpy as np

from sim.cohort.cohort import draw, layers_needed
from sim.engine import compiled, reference
from sim.engine.contract import same_trace
from sim.journeys.journeys import Journeys
from sim.journeys.routes import route
from sim.journeys.send import send
from sim.study.load import load_service
from tests.benchmarks.two_tier import two_tier

TIMES = 5
SEED = 1


def median_seconds(work: Callable[[], object], times: int = TIMES) -> float:
    """The median of the seconds that something takes."""
    taken = []
    for _ in range(times):
        start = process_time()
        work()
        taken.append(process_time() - start)
    return float(np.median(taken))


def kernel_seconds(journeys: Journeys, horizon: float) -> float:
    """The median of the seconds in the kernel alone: its arrays are made beforehand."""
    worlds = [compiled.prepared(journeys, horizon) for _ in range(TIMES)]
    return median_seconds(lambda: compiled.run(horizon, *worlds.pop()))


def two_tier_of(days: float) -> Journeys:
    """The two-tier model for so many days."""
    return two_tier(np.random.default_rng(SEED), days=days)


def england(days: float) -> Journeys:
    """The stroke service of England as shipped, from empty."""
    service = load_service("stroke", "england")
    cohort = draw(service, SEED, 0, days, layers_needed([service], days))
    return send(cohort, route(service, days)).journeys


def print_kernel(days: float) -> None:
    """Print time a patient and in all."""
    journeys = two_tier_of(days)
    patients = len(journeys.patients.arrival)
    kernel = kernel_seconds(journeys, days)
    whole = median_seconds(lambda: compiled.simulate(journeys, days))
    print(
        f"two-tier, {patients:9,d} patients: {kernel / patients * 1e9:4.0f} ns a patient in the kernel, "
        f"{whole / patients * 1e9:4.0f} ns with its arrays; {whole:.2f} s in all"
    )


def print_ratio(name: str, journeys: Journeys, days: float) -> None:
    """Print how many times sooner the compiled engine is done."""
    assert same_trace(compiled.simulate(journeys, days), reference.simulate(journeys, days))
    fast = median_seconds(lambda: compiled.simulate(journeys, days))
    slow = median_seconds(lambda: reference.simulate(journeys, days))
    print(
        f"{name}, {len(journeys.patients.arrival):,d} patients in {days:.0f} days: reference {slow:.2f} s, "
        f"compiled {fast * 1e3:.1f} ms, {slow / fast:.0f} times sooner; the same trace"
    )


def main() -> None:
    compiled.simulate(two_tier_of(1.0), 1.0)  # compiled, or read from numba's cache
    print_kernel(3650.0)
    print_kernel(36500.0)
    print_ratio("two-tier", two_tier_of(200.0), 200.0)
    print_ratio("England", england(90.0), 90.0)


if __name__ == "__main__":
    main()
