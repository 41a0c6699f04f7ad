"""What holds of the compiled engine alone; what it computes is tested with all engines, and against the reference."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from sim.engine import compiled, contract
from sim.engine.contract import same_trace
from sim.engine.reference import simulate as reference
from sim.journeys import journeys
from sim.journeys.journeys import Journeys
from sim.service.fault import InputError
from tests.cases import random_case

ROOT = Path(compiled.__file__).parents[2]
is_compiled = hasattr(compiled.run, "signatures")
needs_numba = pytest.mark.skipif(not is_compiled, reason="numba is switched off by NUMBA_DISABLE_JIT")


def in_another_process(program: str, **environment: str) -> str:
    """What a fresh Python prints, run from the top of the repository."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def with_columns_in_full(case: Journeys) -> Journeys:
    """The same case, its columns stored once now stored for every step or patient."""
    steps, patients = case.steps, case.patients
    return case._replace(
        steps=type(steps)(*(np.broadcast_to(column, steps.stage.shape).copy() for column in steps)),
        patients=type(patients)(
            *(
                column if name == "first" else np.broadcast_to(column, patients.arrival.shape).copy()
                for name, column in patients._asdict().items()
            )
        ),
    )


def of_other_types(case: Journeys) -> Journeys:
    """The same case in wider, strided, read-only arrays."""

    def other(column):
        if not isinstance(column, np.ndarray):
            return column
        wide = column.astype({"i": np.int64, "f": np.float64, "b": np.bool_}[column.dtype.kind])
        strided = np.repeat(wide, 2, axis=0)[::2]
        strided.flags.writeable = False
        return strided

    return Journeys(*(type(part)(*(other(column) for column in part)) for part in case))


@pytest.mark.parametrize("change", [with_columns_in_full, of_other_types])
def test_how_arrays_are_stored_changes_no_trace(change):
    for seed in range(40):
        case, horizon = random_case(seed)
        assert same_trace(compiled.simulate(case, horizon), compiled.simulate(change(case), horizon)), seed


@needs_numba
def test_the_kernel_is_compiled_once_however_arrays_are_stored():
    for seed in range(5):
        case, horizon = random_case(seed)
        for same in (case, with_columns_in_full(case), of_other_types(case)):
            compiled.simulate(same, horizon)
            compiled.simulate(same, int(horizon))
    assert len(compiled.run.signatures) == 1


def test_journeys_are_left_as_they_were():
    case, horizon = random_case(7)
    before = [np.copy(column) for part in case for column in part]
    compiled.simulate(case, horizon)
    after = [column for part in case for column in part]
    assert all(np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in zip(before, after, strict=True))


def test_patients_may_be_numbered_in_another_order_than_they_arrive():
    case, horizon = random_case(11)
    arrival = np.random.default_rng(11).permutation(case.patients.arrival)
    case = case._replace(patients=case.patients._replace(arrival=arrival, start_unit=np.full(1, -1, np.int32)))
    assert same_trace(compiled.simulate(case, horizon), reference(case, horizon))


def test_constants_are_those_of_the_contract():
    for name in ("BEDS", "OPEN", "HOURS", "SLOTS"):
        assert getattr(compiled, name) == getattr(journeys, name)
    for name in ("IN_SYSTEM", "DISCHARGED", "LOST", "GAVE_UP", "UNPLACED"):
        assert getattr(compiled, name) == getattr(contract, name)
    assert compiled.TICKS * journeys.GRID == 1.0


@needs_numba
def test_every_kernel_is_in_one_file():
    """For numba's cache sees a change in the file of the kernel it stored, and in no other."""
    kernels = [value for value in vars(compiled).values() if hasattr(value, "py_func")]
    assert compiled.run in kernels
    assert {kernel.py_func.__code__.co_filename for kernel in kernels} == {compiled.__file__}
    called = {name for kernel in kernels for name in kernel.py_func.__code__.co_names}
    other = {name: vars(compiled)[name] for name in called & set(vars(compiled))}
    assert all(value in kernels or isinstance(value, int | float) or value is np for value in other.values()), other


@needs_numba
def test_the_next_process_finds_the_kernel_in_the_cache():
    case, horizon = random_case(0)
    compiled.simulate(case, horizon)
    hits = in_another_process(
        "from tests.cases import random_case; from sim.engine.compiled import run, simulate\n"
        "simulate(*random_case(0)); print(sum(run.stats.cache_hits.values()), sum(run.stats.cache_misses.values()))"
    )
    assert hits == "1 0"


def test_the_kernel_runs_as_python_with_numba_switched_off():
    said = in_another_process(
        "from sim.engine import compiled, reference; from sim.engine.contract import same_trace\n"
        "from tests.cases import random_case\n"
        "assert not hasattr(compiled.run, 'signatures')\n"
        "cases = [random_case(seed) for seed in range(30)]\n"
        "print(all(same_trace(compiled.simulate(*case), reference.simulate(*case)) for case in cases))",
        NUMBA_DISABLE_JIT="1",
    )
    assert said == "True"


def test_runs_in_threads_do_not_disturb_one_another():
    cases = [random_case(seed) for seed in range(40)]
    alone = [compiled.simulate(*case) for case in cases]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda case: compiled.simulate(*case), cases))
    assert all(same_trace(one, other) for one, other in zip(alone, together, strict=True))


def test_a_horizon_too_long_to_count_is_refused():
    case, _ = random_case(0)
    with pytest.raises(InputError, match=r"days to the horizon must be fewer than 65,536, got 70000"):
        compiled.simulate(case, 70_000)


def test_an_event_has_room_for_so_many_patients_and_steps_and_no_more():
    most = 2**26 - 1, 2**31 - 1, 65_535.0
    assert compiled.too_large(*most) == []
    for place, words in enumerate(("patients", "steps", "days to the horizon")):
        sizes = [size + (number == place) for number, size in enumerate(most)]
        assert [words in str(fault) for fault in compiled.too_large(*sizes)] == [True]
