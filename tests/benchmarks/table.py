"""The table that the benchmarks print: one row a claim, with what was measured and what was aimed at; and what is common to them."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import NamedTuple


class Row(NamedTuple):
    """One line of the table."""

    what: str
    """What was measured."""
    measured: str
    """The number, with its unit."""
    target: str = ""
    """What was aimed at; empty where nothing was."""
    is_met: bool | None = None
    """Whether the number reaches the target; None where there is none."""


def at_least(what: str, ratio: float, target: float, also: str = "") -> Row:
    """A row for a ratio that should be large."""
    return Row(what, f"{_short(ratio)} x{also}", f"at least {target:g} x", ratio >= target)


def at_most(what: str, value: float, target: float, unit: str, also: str = "") -> Row:
    """A row for a number that should be small."""
    return Row(what, f"{_short(value)} {unit}{also}", f"at most {target:g} {unit}", value <= target)


def _short(number: float) -> str:
    """A number with about three digits."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def skipped(what: str, missing: str) -> Row:
    """A row for a program that is not there."""
    return Row(what, f"skipped: {missing} is not installed")


def markdown(rows: list[Row]) -> str:
    """The rows as a markdown table."""
    met = {True: "yes", False: "no", None: ""}
    lines = ["| what | measured | target | reached |", "|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {r.what} | {r.measured} | {r.target} | {met[r.is_met]} |" for r in rows)])


def environment(**more: str) -> dict[str, str]:
    """The environment of a process that is to import this program from its folder, with a few variables more."""
    path = os.pathsep.join(filter(None, [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, **more}


def machine() -> str:
    """The machine in one line: processor, cores, versions, and how busy it was."""
    import numba
    import numpy as np

    busy = f"; load average before {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{processor()}, {os.cpu_count()} cores; Python {platform.python_version()}, NumPy {np.__version__}, "
        f"numba {numba.__version__}; {platform.system()}{busy}"
    )


def processor() -> str:
    """The processor's name as its maker gives it, where the system tells."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
