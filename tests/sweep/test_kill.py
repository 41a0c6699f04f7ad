"""Whatever is killed whenever, the same command ends with the same table, to the byte."""

from __future__ import annotations

import importlib.util
import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest
from pyarrow import parquet

from sim.sweep.collect import collect
from sim.sweep.plan import Stored

_spec = importlib.util.spec_from_file_location("commands", Path(__file__).with_name("commands.py"))
commands = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(commands)
POINTS, said, start = commands.POINTS, commands.said, commands.start

SWEEP = ("sweep", "s", *POINTS, "sweep.shard=2", "sweep.workers=2", "sweep.cost=0.05")
PARTS = 15
HAS_KILL = hasattr(signal, "SIGKILL") and hasattr(os, "killpg")
FILES = ("table.parquet", "table.csv", "manifest.parquet", "manifest.csv")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The files of a sweep that nobody touched."""
    place = tmp_path_factory.mktemp("undisturbed")
    said(place, *SWEEP)
    return files(place)


def files(place: Path) -> dict[str, bytes]:
    """The collected files of a sweep all of whose points are done."""
    folder = place / "results" / "sweeps" / "s"
    assert not len(collect(Stored(folder)).left)
    return {name: (folder / name).read_bytes() for name in FILES}


def family(pid: int) -> list[int]:
    """The processes of the pool of a sweep, where the system tells."""
    found = []
    try:
        for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            if b"spawn_main" in Path(f"/proc/{word}/cmdline").read_bytes():
                found.append(int(word))
    except OSError:
        pass
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def kill(place: Path, what: str, luck: random.Random) -> None:
    """Start the sweep and, at a random instant of its start-up or after a random number of its parts, kill its driver, one process of
    its pool, or all at once as a power cut would.

    Instants are of the sweep's own progress: a machine that does other things too stretches time.
    """
    process = start(place, *SWEEP, start_new_session=HAS_KILL)
    after, more = luck.randrange(-3, PARTS), luck.uniform(0.0, 0.2)
    if after < 0:
        more = luck.uniform(0.0, 2.0)
    while count_parts(place) < after and process.poll() is None:
        time.sleep(0.002)
    time.sleep(more)
    pool = family(process.pid)
    if what == "all" and HAS_KILL:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    elif what == "one" and HAS_KILL:
        for pid in luck.sample(pool, min(1, len(pool))):
            os.kill(pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate(timeout=600)
    end = time.monotonic() + 60
    while any(map(is_alive, pool)):
        assert time.monotonic() < end, "a pool outlives its driver"
        time.sleep(0.05)


def count_parts(place: Path) -> int:
    return len(list((place / "results" / "sweeps" / "s" / "parts").glob("part-*.parquet")))


def whole_parts(place: Path) -> int:
    """How many parts there are; each can be read to its end."""
    paths = list((place / "results").rglob("part-*.parquet"))
    for path in paths:
        assert set(parquet.read_table(path)["status"].to_pylist()) == {"done"}
    return len(paths)


def test_a_sweep_killed_at_random_instants_ends_with_the_same_table(undisturbed, tmp_path):
    luck = random.Random(20)
    before = 0
    for what in ("driver", "all", "driver"):
        kill(tmp_path, what, luck)
        assert before <= (before := whole_parts(tmp_path)), "what was written stays"
    said(tmp_path, *SWEEP)
    assert files(tmp_path) == undisturbed


@pytest.mark.slow
@pytest.mark.skipif(not HAS_KILL, reason="workers are killed by a signal")
def test_fifty_random_kill_instants_give_the_same_table_each_time(undisturbed, tmp_path):
    luck = random.Random(7)
    interrupted = 0
    for number in range(50):
        place = tmp_path / str(number)
        place.mkdir()
        kill(place, luck.choice(["driver", "all", "one"]), luck)
        interrupted += 0 < whole_parts(place) < PARTS
        said(place, *SWEEP, "sweep.workers=1")  # how it is asked is in no key
        assert whole_parts(place) == PARTS, "nothing is there twice"
        assert files(place) == undisturbed
    print(f"{interrupted} of 50 kills left a sweep between its first part and its last")
    assert interrupted >= 15
