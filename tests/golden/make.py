"""The golden run: the two towns with Dover closed, as tables that stand in this folder.

``python -m tests.golden.make`` writes them anew. Do so only where a number was meant to change, and say in the same commit why.
"""

from __future__ import annotations

from pathlib import Path

from scenarios import Close
from sim.store.results import TABLES, write_csv
from sim.study.question import ask
from sim.study.run import Run
from tests.two_towns import stroke

FOLDER = Path(__file__).parent / "two_towns"

GOLDEN = ("summary.csv", "units.csv", "flows.csv")
"""The tables kept: what is printed, what each unit sees, and who moves."""


def tables(engine: str, folder: Path) -> None:
    """Run with an engine and write the tables into a folder.

    Beds are so few that patients wait, are delayed and lie in other wards, yet no unit is saturated; Dover closes in the midst of it.
    """
    service = stroke().with_units(beds=[28, 4, 15, 2])
    run = Run(replications=2, seed=1, start="2026-04-01", warmup_days=30, years=0.25, cooldown_days=10, workers=1)
    found = ask(service, Close("Dover", at=60), run, engine, "close")
    folder.mkdir(parents=True, exist_ok=True)
    for name in GOLDEN:
        write_csv(folder / name, TABLES[name][0](found))


if __name__ == "__main__":
    tables("reference", FOLDER)
