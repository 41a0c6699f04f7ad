"""Every claim about speed in one table: ``python tests/benchmarks/run.py`` (or ``make benchmark``).

    python tests/benchmarks/run.py                 all of it, some minutes on a quiet machine
    python tests/benchmarks/run.py --quick         smaller, to see that it works; its numbers prove nothing
    python tests/benchmarks/run.py engine peers    some of it: engine, peers, access, england, start, sweep

Ratios are of medians within this one run, so that they mean the same on any machine; times of single-threaded work are processor
seconds, which other programs disturb least. Programs to compare with (``pip install -e ".[benchmark]"``) are skipped, and said to be,
where they are not installed. The table goes to standard output, what is being done to standard error.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

from table import Row, at_least, at_most, machine, markdown, skipped

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]
# Ciw installs a package of its own called `tests`, which would be found in place of this folder.
_tests = ModuleType("tests")
_tests.__path__ = [str(ROOT / "tests")]
sys.modules["tests"] = _tests


def engine_rows(is_quick: bool) -> list[Row]:
    """The compiled engine against the reference engine and against itself with ten times the patients."""
    from sim.engine import compiled, reference
    from sim.engine.contract import same_trace
    from tests.benchmarks.bench_engine import england, kernel_seconds, median_seconds, two_tier_of

    compiled.simulate(two_tier_of(1.0), 1.0)  # compiles
    times = 1 if is_quick else 3
    made = []

    days = 20.0 if is_quick else 60.0
    journeys = england(days)
    assert same_trace(compiled.simulate(journeys, days), reference.simulate(journeys, days))
    ratio = median_seconds(lambda: reference.simulate(journeys, days), times) / kernel_seconds(journeys, days)
    said = f"{len(journeys.patients.number):,} patients, the same trace"
    made.append(at_least(f"compiled engine against reference, England, {days:g} days ({said})", ratio, 200))

    days, short = (365.0, 60.0) if is_quick else (3650.0, 180.0)
    journeys, few = two_tier_of(days), two_tier_of(short)
    assert same_trace(compiled.simulate(few, short), reference.simulate(few, short))
    kernel = kernel_seconds(journeys, days) / len(journeys.patients.number)
    slow = median_seconds(lambda: reference.simulate(few, short), times) / len(few.patients.number)
    said = f"time a patient, {short:g} days for the reference, {days:g} for the kernel"
    made.append(at_least(f"compiled engine against reference, two tiers ({said})", slow / kernel, 120))
    made.append(at_most("two tiers, kernel, time a patient", kernel * 1e6, 0.6, "µs"))

    def whole(days: float) -> float:
        journeys = two_tier_of(days)
        return median_seconds(lambda: compiled.simulate(journeys, days), times)

    said = f"{len(journeys.patients.number):,} to ten times as many"
    made.append(at_most(f"ten times the patients, two tiers ({said})", whole(days * 10) / whole(days), 11, "x"))
    return made


def peer_rows(is_quick: bool) -> list[Row]:
    """The two-tier model from draw to outcomes, against other programs."""
    from tests.benchmarks.peers_two_tier import PROGRAMS, STANDARD_ERRORS, answers, ask, difference

    # Slow programs are run for fewer days, and compared with this one over as many.
    long, short = (730.0, 60.0) if is_quick else (3650.0, 365.0)
    times = 1 if is_quick else 5
    ours, ours_short = ask("sim", long, times), ask("sim", short, 1)
    made = [
        Row(f"two tiers, {long:g} days, draw to outcomes", f"{ours.microseconds:.2f} µs a patient; {answers(ours)}")
    ]
    target = {"cimba, a process a patient": 4.0, "cimba, a process a bed": 4.0}
    for program in PROGRAMS:
        if program == "sim":
            continue
        is_fast = program.startswith("cimba")
        seen = ask(program, long if is_fast else short, times if is_fast else 1)
        what = f"two tiers, draw to outcomes, against {program}"
        if seen is None:
            made.append(skipped(what, program.split(",")[0]))
            continue
        apart = difference(seen, ours if is_fast else ours_short)
        if apart > STANDARD_ERRORS:
            raise AssertionError(f"{program} gives another answer ({apart:.1f} standard errors): {answers(seen)}")
        ratio = seen.microseconds / ours.microseconds
        also = f" ({seen.microseconds:.2f} µs; {answers(seen)})"
        made.append(at_least(what, ratio, target.get(program, 1.0), also))
    return made


def access_rows(is_quick: bool) -> list[Row]:
    """The access core."""
    from tests.benchmarks.bench_access import rows

    return rows(is_quick)


def england_rows(is_quick: bool) -> list[Row]:
    """The national run."""
    from tests.benchmarks.bench_england import rows

    return rows(is_quick)


def start_rows(is_quick: bool) -> list[Row]:
    """Start-up."""
    from tests.benchmarks.bench_start import rows

    return rows(is_quick)


def sweep_rows(is_quick: bool) -> list[Row]:
    """Sweeps."""
    from tests.benchmarks.bench_sweep import rows

    return rows(is_quick)


PARTS = {
    "engine": engine_rows,
    "peers": peer_rows,
    "access": access_rows,
    "england": england_rows,
    "start": start_rows,
    "sweep": sweep_rows,
}


def main(words: list[str]) -> int:
    """Measure, and print the table."""
    chosen = [word for word in words if word != "--quick"] or list(PARTS)
    unknown = [word for word in chosen if word not in PARTS]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(PARTS)} and --quick", file=sys.stderr)
        return 2
    head = machine()
    rows = []
    for part in chosen:
        print(f"{part} ...", file=sys.stderr, flush=True)
        rows += PARTS[part]("--quick" in words)
    print(f"{head}\n\n{markdown(rows)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
