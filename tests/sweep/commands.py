"""A small sweep as a person would start it, for tests that stop it in every way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
POINTS = (
    "region=two_towns",
    "run=quick",
    "service.outcome.draws=10",
    "scenario=close",
    "scenario.units=[Dover]",
    "service.thrombectomy_share=0.043,0.07",
    "run.seed=range(1,16)",
)
"""Thirty points, all of which can be done."""


def start(place: Path, *words: str, **how) -> subprocess.Popen:
    """Start ``python -m sim`` in a folder."""
    known = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    return subprocess.Popen(
        [sys.executable, "-m", "sim", *words],
        cwd=place,
        env=known,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        **how,
    )


def said(place: Path, *words: str, expect: int | None = 0) -> str:
    """Run ``python -m sim`` in a folder to its end and return what it said."""
    process = start(place, *words)
    text = process.communicate(timeout=600)[0]
    assert expect is None or process.returncode == expect, text
    return text


def collected(place: Path, name: str, expect: int = 0) -> dict[str, bytes]:
    """The files of a collected sweep."""
    said(place, "collect", name, expect=expect)
    files = ("table.parquet", "table.csv", "manifest.parquet", "manifest.csv")
    return {file: (place / "results" / "sweeps" / name / file).read_bytes() for file in files}
