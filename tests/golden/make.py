"""The golden runs: the two towns with Dover closed, and England's 220 areas without small units, as tables that stand in this folder.

``python -m tests.golden.make`` writes them anew. Do so only where a number was meant to change, and say in the same commit why.
"""

from __future__ import annotations

from pathlib import Path

from scenarios import Close, CloseSmallUnits
from sim.store.results import TABLES, write_csv
from sim.study.load import load_service
from sim.study.question import ask
from sim.study.run import Run
from tests.two_towns import stroke

FOLDER = Path(__file__).parent

TABLES_KEPT = {
    "two_towns": ("summary.csv", "units.csv", "flows.csv"),
    "england_220": ("summary.csv", "units.csv", "flows.csv", "bodies.csv"),
}
"""By run, the tables kept: what is printed, what each unit sees, who moves, and for England each ICB."""


def found(run: str, engine: str):
    """The findings of a golden run."""
    if run == "two_towns":
        # Beds are so few that patients wait, are delayed and lie in other wards, and no fewer (waits at a saturated unit are no numbers);
        # Dover closes in the midst of it.
        service = stroke().with_units(beds=[33, 4, 17, 2])
        how = Run(replications=2, seed=1, start="2026-04-01", warmup_days=30, years=0.25, cooldown_days=10, workers=1)
        return ask(service, Close("Dover", at=60), how, engine, "close")
    how = Run(replications=2, seed=1, start="2026-04-01", warmup_days=12, years=0.04, cooldown_days=3, workers=1)
    return ask(load_service("stroke", region="england_220"), CloseSmallUnits(), how, engine, "close_small_units")


def tables(run: str, engine: str, folder: Path) -> None:
    """Run with an engine and write the tables into a folder."""
    made = found(run, engine)
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES_KEPT[run]:
        write_csv(folder / name, TABLES[name][0](made))


if __name__ == "__main__":
    for each in TABLES_KEPT:
        tables(each, "reference", FOLDER / each)
