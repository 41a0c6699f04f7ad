"""The same question writes the same bytes: with one, two and four workers, with either engine, in another process with other hashes."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from scenarios import Close
from sim.engine.engines import ENGINES
from sim.store.provenance import provenance
from sim.store.results import write_results
from sim.study.question import ask
from tests.sweep.commands import said
from tests.two_towns import QUICK, stroke

RUN = replace(QUICK, replications=4)
WORDS = ("region=two_towns", "scenario=close", "scenario.units=[Dover]", "run.replications=4", "run.years=0.02", "run.warmup_days=2",
         "run.cooldown_days=0", "run.workers=2", "figures=false", "report=false", "results=made")  # fmt: skip


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def written(folder: Path, engine: str, workers: int) -> dict[str, bytes]:
    """All files of a results folder."""
    found = ask(stroke(), Close("Dover", at=25), replace(RUN, workers=workers), engine, "close")
    return files(write_results(found, folder, "a: 1\n", provenance(found, "python -m sim"), None))


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """What one worker and the compiled engine write."""
    return written(tmp_path_factory.mktemp("alone") / "results", "compiled", 1)


@pytest.mark.parametrize("engine", sorted(ENGINES))
@pytest.mark.parametrize("workers", [1, 2, pytest.param(4, marks=pytest.mark.slow)])
def test_the_number_of_workers_and_the_engine_change_no_byte(alone, tmp_path, engine, workers):
    made = written(tmp_path / "results", engine, workers)
    assert set(made) == set(alone)
    differs = {name for name in made if made[name] != alone[name]}
    # Only pages that name the engine may differ with it.
    assert all(engine == "reference" and name.endswith((".md", ".json")) for name in differs), differs
    assert len([name for name in made if name.endswith((".csv", ".parquet"))]) > 20


@pytest.mark.slow
def test_another_process_with_another_order_of_hashes_changes_no_byte(tmp_path, monkeypatch):
    made = []
    for seed in ("1", "2"):
        monkeypatch.setitem(os.environ, "PYTHONHASHSEED", seed)
        place = tmp_path / seed
        place.mkdir()
        said(place, *WORDS)
        made.append(files(place / "made"))
    assert made[0] == made[1]
