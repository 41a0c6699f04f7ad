"""Shards: some points asked one after the other by one process, and many shards by a pool of processes.

A shard ends as one part. What a killed process was busy with is asked again: first as it was, then point by point, each in a
process of its own; a point that loses two of those is put down as failed, so that no point can keep the others from their turn.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path
from typing import NamedTuple

from ..service.fault import Fault, refuse
from ..store.code import code_version
from .answer import Find, answer
from .parts import Answer, part_name, write_part
from .plan import Stored

Shard = tuple[int, ...]
"""Places of points in the plan."""


class Finished(NamedTuple):
    """What a shard came to."""

    done: int
    failed: int
    seconds: float
    """Computing time."""


class Lost(NamedTuple):
    """A shard whose points could be asked but not kept."""

    shard: Shard
    reason: str


@dataclass(frozen=True)
class Work:
    """What a process needs to know to ask a shard."""

    folder: str
    plan: str
    find: Find


def cores() -> int:
    """Cores that this process may use: those Slurm gave, else those the system allows."""
    given = os.environ.get("SLURM_CPUS_PER_TASK", "")
    if given.isdigit():
        return int(given)
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _start() -> None:
    """Make a process of a pool ready."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who started it stops it
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A pool's process whose parent was killed would wait for ever for its next shard."""
    parent_process().join()
    os._exit(1)


@cache
def _opened(work: Work) -> Stored:
    """The plan, opened once a process, if it was made by the code that now runs."""
    stored = Stored(Path(work.folder), work.plan)
    same = stored.code == code_version()
    refuse([] if same else [Fault("the code has changed since the sweep was planned", cure="run the sweep again")])
    return stored


def _ask(work: Work, shard: Shard) -> Finished:
    """Ask a shard's points and write its part."""
    stored = _opened(work)
    answers = [answer(point, stored.by, work.find) for point in stored.points(shard)]
    write_part(stored.parts, answers)
    failed = sum(bool(each.reason) for each in answers)
    return Finished(len(answers) - failed, failed, sum(each.seconds for each in answers))


def ask_shards(
    work: Work, shards: Sequence[Shard], workers: int, progress: Callable[[Finished, int], None] | None = None
) -> list[Lost]:
    """Ask shards on a pool of processes.

    Parameters
    ----------
    shards
        What is to be asked.
    workers
        Processes side by side.
    progress
        Called after each shard with what it came to and how many are being asked.

    Returns
    -------
    Shards that could not be kept (the disk is full, say), with the reason; nothing of them is on disk.
    """
    lost: list[Lost] = []
    losses: Counter[Shard] = Counter()
    waiting, alone = deque(shards), deque()
    while waiting or alone:
        # One by one what a process has been lost with; the others first.
        queue, wide = (waiting, workers) if waiting else (deque([alone.popleft()]), 1)
        unfinished = _ask_until_broken(work, queue, wide, lost, progress)
        for shard in unfinished:
            losses[shard] += 1
            if len(shard) == 1 and losses[shard] > 2:
                stored = Stored(Path(work.folder), work.plan)
                reason = "its process was lost three times: killed, or out of memory"
                write_part(stored.parts, [Answer(stored.keys_of(shard)[shard[0]], (), reason)])
                if progress:
                    progress(Finished(0, 1, 0.0), 0)
            elif losses[shard] == 1:
                waiting.append(shard)
            else:
                alone.extend((row,) for row in shard)
                losses.update({(row,): 1 for row in shard if len(shard) > 1})
    return lost


def _ask_until_broken(work: Work, queue: deque, workers: int, lost: list[Lost], progress) -> list[Shard]:
    """Ask shards until there are none left or a process is lost; what was then being asked is returned."""
    running: dict[Future, Shard] = {}
    # Single-threaded libraries: the pool is as wide as the cores already.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    pool = ProcessPoolExecutor(min(workers, len(queue)), get_context("spawn"), _start)
    try:
        while queue or running:
            while queue and len(running) < workers + 1:
                shard = queue.popleft()
                try:
                    running[pool.submit(_ask, work, shard)] = shard
                except BrokenProcessPool:
                    queue.appendleft(shard)
                    raise
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                try:
                    found = future.result()
                except OSError as error:
                    lost.append(Lost(running.pop(future), f"it could not be written: {error.strerror or error}"))
                    continue
                running.pop(future)
                if progress:
                    progress(found, min(len(running), workers))
    except BrokenProcessPool:
        kept = Stored(Path(work.folder), work.plan)
        names = kept.keys_of(row for shard in running.values() for row in shard)
        return [s for s in running.values() if not (kept.parts / part_name(names[row] for row in s)).is_file()]
    except KeyboardInterrupt:
        # The same key may have taken a process while it was being started, and a pool then waits for it for ever. A part is whole or
        # not there, so that killing loses no more than the shards that are being asked.
        for child in active_children():
            child.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return []
