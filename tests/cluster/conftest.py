"""A Slurm cluster of two nodes on this machine, without accounting and with it."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("slurm.sh")
SEARCHED = os.environ.get("PATH", "") + os.pathsep + os.pathsep.join(["/usr/sbin", "/sbin"])


def absent(*programs: str) -> list[str]:
    """Programs that are not installed here."""
    return [name for name in programs if not shutil.which(name, path=SEARCHED)]


def script(*words: str, **environment: str) -> None:
    """Run ``slurm.sh``."""
    subprocess.run(["bash", str(SCRIPT), *words], check=True, timeout=180, env=os.environ | environment)


@contextmanager
def _cluster(port: int, accounting: str):
    # A short path: a socket's may have a hundred letters.
    folder = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    # Workers of a test run side by side have clusters of their own.
    port += 200 * int("".join(filter(str.isdigit, os.environ.get("PYTEST_XDIST_WORKER", "0"))))
    try:
        script("up", str(folder), "2", PORT=str(port), ACCOUNTING=accounting)
        yield folder
    finally:
        script("down", str(folder))
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def unaccounted():
    """A cluster that keeps no accounts: `sacct` says nothing."""
    with _cluster(17200, "0") as folder:
        yield folder


@pytest.fixture(scope="session")
def accounted():
    """A cluster with a database of its own."""
    missing = absent("slurmdbd", "mariadbd")
    if missing:
        pytest.skip(f"Slurm's accounting is not installed here: no {', '.join(missing)}")
    with _cluster(17300, "1") as folder:
        yield folder
