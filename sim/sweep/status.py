"""Status: how far a sweep is, from any shell that sees its folder."""

from __future__ import annotations

import json
import shutil
import socket
import time
from pathlib import Path

from . import slurm
from .plan import Stored
from .run import RUNNING, lasting
from .standing import Standing, standing

FRESH_SECONDS = 120.0
"""A sweep whose last word is older is not being asked here any more, or one shard takes longer than that."""


def status(stored: Stored) -> tuple[Standing, str]:
    """How far a sweep is, and one line that says it."""
    found = standing(stored)
    said = [f"{stored.folder.name}: {found.said()}"]
    running, width = _here(stored)
    tasks = slurm.queue(stored.folder) if shutil.which("squeue") and (stored.folder / "slurm").is_dir() else None
    if tasks:
        running = ", ".join(f"{count} tasks {state.lower()}" for state, count in sorted(tasks.items()))
        width = tasks["RUNNING"]
    if len(found.left):
        said.append(running or "nothing is running")
        if running and width and found.seconds == found.seconds:
            said.append(f"about {lasting(found.seconds * len(found.left) / width)} left")
    return found, "; ".join(said)


def _here(stored: Stored) -> tuple[str, int]:
    """What a local sweep last said of itself: shards running, processes."""
    try:
        told = json.loads((stored.folder / RUNNING).read_text(encoding="utf-8"))
        ago = max(0.0, time.time() - told["at"])
        if ago > FRESH_SECONDS or _is_gone(told["host"], told["pid"]):
            return "", 0
        return f"{told['shards_running']} shards running {lasting(ago)} ago", int(told["workers"])
    except (OSError, ValueError, TypeError, KeyError):
        return "", 0  # for people only: what is broken says nothing


def _is_gone(host: object, pid: object) -> bool:
    """Whether a sweep that was asked on this very machine was killed, as far as the system tells."""
    if host != socket.gethostname() or not Path("/proc/self").exists():
        return False
    return not Path(f"/proc/{pid}").exists()
