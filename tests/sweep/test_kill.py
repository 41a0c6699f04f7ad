"""Whatever is killed whenever, the same command ends with the same table, to the byte."""

from __future__ import annotations

import importlib.util
import os
import random
import signal
import time
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("commands", Path(__file__).with_name("commands.py"))
commands = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(commands)
POINTS, collected, said, start = commands.POINTS, commands.collected, commands.said, commands.start

SWEEP = ("sweep", "s", *POINTS, "sweep.shard=2", "sweep.workers=2", "sweep.cost=0.05")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The files of a sweep that nobody touched, and how long it took."""
    place = tmp_path_factory.mktemp("undisturbed")
    began = time.monotonic()
    said(place, *SWEEP)
    return collected(place, "s"), time.monotonic() - began


def children(pid: int) -> list[int]:
    """Processes started by a process, where the system tells."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def kill(place: Path, after: float, what: str) -> None:
    """Start the sweep and kill it, or one of its workers, so many seconds later."""
    process = start(place, *SWEEP)
    time.sleep(after)
    if what == "driver":
        process.kill()
    else:
        for pid in children(process.pid)[-1:]:
            os.kill(pid, signal.SIGKILL)
    process.communicate(timeout=600)


def no_half_file(place: Path) -> None:
    """Every part that is there is whole."""
    from pyarrow import parquet

    for path in (place / "results").rglob("part-*.parquet"):
        table = parquet.read_table(path)
        assert set(table["status"].to_pylist()) == {"done"}


def test_a_sweep_killed_at_random_instants_ends_with_the_same_table(undisturbed, tmp_path):
    files, seconds = undisturbed
    luck = random.Random(20)
    for _ in range(5):
        kill(tmp_path, luck.uniform(0.3, 0.9) * seconds, "driver")
        no_half_file(tmp_path)
    said(tmp_path, *SWEEP)
    assert collected(tmp_path, "s") == files


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="workers are killed by a signal")
def test_fifty_random_kill_instants_give_the_same_table_each_time(undisturbed, tmp_path):
    files, seconds = undisturbed
    luck = random.Random(7)
    stopped = 0
    for number in range(50):
        place = tmp_path / str(number)
        place.mkdir()
        kill(place, luck.uniform(0.0, 1.0) * seconds, luck.choice(["driver", "driver", "worker"]))
        no_half_file(place)
        done = len(list(place.rglob("part-*.parquet")))
        stopped += 0 < done < 15
        said(place, *SWEEP)
        assert collected(place, "s") == files
    assert stopped >= 5, "few kills fell between the first part and the last"
