"""Running a sweep: what is left is cut into shards, its cost is said, and it is asked here or on Slurm.

The same command goes on where an earlier one stopped: what is done is in the parts, and nothing else is remembered.
"""

from __future__ import annotations

import json
import math
import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from . import slurm
from .answer import Find
from .how import How
from .parts import sweep_up, whole
from .plan import Stored
from .shard import Finished, Shard, Work, ask_shards, cores
from .standing import Standing, standing, write_lost

Say = Callable[[str], None]

RUNNING = "running.json"
"""What a sweep that is being asked here last said; its age tells whether it still is."""

LARGEST = 5000
"""Most points of a shard: its footer lists them."""

SETTLE_SECONDS = 3.0
"""How long parts may take to be seen from another machine after their task has left the queue."""


def check_place(how: How) -> None:
    """Refuse Slurm where there is none, before anything is written."""
    if how.on == "slurm":
        slurm.check()


def run(stored: Stored, how: How, find: Find, say: Say) -> bool:
    """Ask all points of a sweep that are not done.

    Returns
    -------
    Whether every point is done; for a dry run, and where nothing is waited for, that nothing is wrong.
    """
    check_place(how)
    stored.parts.mkdir(parents=True, exist_ok=True)
    sweep_up(stored.parts)
    sweep_up(stored.folder)
    found = standing(stored)
    say(
        f"sweep {stored.folder.name}: {len(found.is_done):,} points over {', '.join(stored.axes) or 'no axis'}; {found.said()}"
    )
    if how.on == "slurm" and slurm.queue(stored.folder):
        say("tasks of this sweep are in the queue already: they are waited for before anything is submitted")
        if not how.wait or how.dry_run:
            return True
        found = _watch(stored, how, say, {})
    if not len(found.left):
        return _ended(stored, found, say)
    work = Work(str(stored.folder.absolute()), stored.name, find)
    cost = how.cost if how.cost is not None else _cost(stored, found, how, work, say)
    found = standing(stored, found.parts)
    left = found.left.tolist()
    width = how.slurm.cpus if how.on == "slurm" else how.workers or cores()
    shards = cut(left, shard_size(how, len(left), cost, width))
    seconds = cost * len(left)
    _say_plan(how, shards, cost, seconds, width, say)
    if how.dry_run:
        say("dry run: nothing was submitted")
        return True
    if not shards:
        return _ended(stored, found, say)
    if how.on == "slurm":
        handed = slurm.submit(work, shards, how.slurm, seconds)
        say(f"submitted {len(handed)} tasks as {slurm.job_name(stored.folder)}")
        if not how.wait:
            say(f"they go on by themselves; see python -m sim status {stored.folder.name}")
            return True
        found = _watch(stored, how, say, handed)
    else:
        progress = _Progress(stored, found, how, len(left), width, cost, say)
        lost = ask_shards(work, shards, width, progress)
        progress.end()
        reasons = {row: reason for shard, reason in lost for row in shard}
        write_lost(stored.folder, reasons)
        for reason, count in Counter(reasons.values()).items():
            say(f"  {count:,} points: {reason}")
        found = standing(stored, found.parts)
    return _ended(stored, found, say)


def cut(rows: Sequence[int], size: int) -> list[Shard]:
    """Points in shards, in order.

    Examples
    --------
    >>> cut([0, 1, 4, 5, 6], 2)
    [(0, 1), (4, 5), (6,)]
    """
    return [tuple(rows[start : start + size]) for start in range(0, len(rows), size)]


def shard_size(how: How, points: int, cost: float, width: int) -> int:
    """Points of a shard: as set, or what takes about ``shard_seconds``, yet four shards a process where there are few points.

    Parameters
    ----------
    cost
        Seconds a point.
    width
        Processes side by side.
    """
    if how.shard != "auto":
        return min(how.shard, LARGEST)
    fits = how.shard_seconds / max(cost, 1e-6)
    return max(1, min(int(fits), math.ceil(points / (4 * width)), LARGEST))


def _cost(stored: Stored, found: Standing, how: How, work: Work, say: Say) -> float:
    """Seconds a point: of those that were asked before, or of three that are asked now; what they give is kept."""
    left = found.left.tolist()
    if found.seconds == found.seconds:
        return found.seconds
    taken: list[Finished] = []
    rows = [left[0], *dict.fromkeys([left[len(left) // 3], left[2 * len(left) // 3]])]
    rows = list(dict.fromkeys(rows))
    # A small sweep is asked at once: what it costs is then known to be little.
    if how.on == "local" and not how.dry_run and len(left) <= 4 * (how.workers or cores()):
        return 0.0
    say(f"measuring {len(rows)} points ...")
    with TemporaryDirectory() as place:
        if how.dry_run:
            folder = Path(place)
            (folder / stored.name).write_bytes((stored.folder / stored.name).read_bytes())
            work = Work(place, work.plan, work.find)
            (folder / "parts").mkdir()
        ask_shards(work, [(row,) for row in rows], 1, lambda each, _: taken.append(each))
    # The first one pays for what a process makes once; one that fails is soon over.
    seconds = [each.seconds for each in taken[1:] if each.done] or [each.seconds for each in taken]
    return float(np.mean(seconds or [0.0]))


def _say_plan(how: How, shards: list[Shard], cost: float, seconds: float, width: int, say: Say) -> None:
    points = sum(map(len, shards))
    each = f"{points:,} points to ask in {len(shards):,} shards of up to {max(map(len, shards), default=0):,}"
    price = f"{cost:.3g} s a point, {seconds / 3600:.3g} core-hours" if cost else "cost not measured: few points"
    if how.on == "slurm":
        tasks = slurm.task_count(how.slurm, len(shards), seconds) if shards else 0
        say(
            f"plan: {each}; {price}; {tasks:,} Slurm tasks of {width} cores, about {lasting(seconds / max(1, tasks * width))} each"
        )
    else:
        say(f"plan: {each}; {price}; about {lasting(seconds / width)} on {width} processes")


def lasting(seconds: float) -> str:
    """A time in words.

    Examples
    --------
    >>> lasting(5), lasting(300), lasting(90_000)
    ('5 s', '5 min', '25.0 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _ended(stored: Stored, found: Standing, say: Say) -> bool:
    say(f"sweep {stored.folder.name}: {found.said()}")
    for row, reason in list(found.failed.items())[:5]:
        say(f"  point {row + 1} failed: {reason}")
    if len(found.failed) > 5:
        say(f"  and {len(found.failed) - 5:,} more")
    if len(found.left):
        say("the same command asks again what failed or is missing")
    say(f"python -m sim collect {stored.folder.name}  makes one table")
    return not len(found.left)


class _Progress:
    """A line now and then, and a file that another shell can read."""

    def __init__(self, stored: Stored, found: Standing, how: How, left: int, width: int, cost: float, say: Say):
        self.folder, self.how, self.width, self.say = stored.folder, how, width, say
        self.done, self.failed, self.every = int(found.is_done.sum()), 0, len(found.is_done)
        self.left, self.began, self.last = left, time.monotonic(), -math.inf
        self.asked = 0
        self.write(width)

    def __call__(self, found: Finished, running: int) -> None:
        self.done, self.failed = self.done + found.done, self.failed + found.failed
        self.asked += found.done + found.failed
        self.write(running)
        now = time.monotonic()
        if now - self.last >= self.how.line_seconds or self.asked == self.left:
            self.last = now
            left = (now - self.began) / self.asked * (self.left - self.asked)
            self.say(
                f"{self.done:,} of {self.every:,} done, {self.failed:,} failed, {running} shards running, {lasting(left)} left"
            )

    def write(self, running: int) -> None:
        try:
            with whole(self.folder / RUNNING) as file:
                here = {"host": socket.gethostname(), "pid": os.getpid()}
                told = here | {"shards_running": running, "workers": self.width, "at": time.time()}
                file.write(json.dumps(told).encode())
        except OSError:
            return  # A full disk is told of where a part is lost.

    def end(self) -> None:
        (self.folder / RUNNING).unlink(missing_ok=True)


def _watch(stored: Stored, how: How, say: Say, handed: dict[str, tuple[Shard, ...]]) -> Standing:
    """Wait until every point is done or nothing of the sweep is in the queue."""
    found = standing(stored)
    at_start, began, last, gone = int(found.is_done.sum()), time.monotonic(), -math.inf, None
    while True:
        states = slurm.queue(stored.folder)
        found = standing(stored, found.parts)
        now = time.monotonic()
        if not len(found.left):
            break
        if states is not None and not states:
            # Parts may come into sight a moment after their task has left the queue.
            gone = gone or now
            if now - gone > SETTLE_SECONDS:
                break
        else:
            gone = None
        if now - last >= how.line_seconds:
            last = now
            fresh = int(found.is_done.sum()) - at_start
            left = (
                f"{lasting((now - began) / fresh * len(found.left))} left" if fresh > 0 else "time left not known yet"
            )
            tasks = ", ".join(f"{n} {s.lower()}" for s, n in sorted((states or {}).items())) or "none in the queue"
            say(f"{found.said()}; tasks: {tasks}; {left}")
        time.sleep(how.slurm.poll_seconds)
    missing = set(found.left.tolist()) - set(found.failed)
    reasons = {
        row: slurm.why_lost(stored.folder, task)
        for task, shards in handed.items()
        if (rows := [row for shard in shards for row in shard if row in missing])
        for row in rows
    }
    write_lost(stored.folder, reasons)
    for task in {
        slurm.why_lost(stored.folder, t) for t, s in handed.items() if any(r in missing for x in s for r in x)
    }:
        say(f"  {task}")
    return found


def describe(how: How) -> dict:
    """Settings as ``sweep.json`` keeps them."""
    return asdict(how)
