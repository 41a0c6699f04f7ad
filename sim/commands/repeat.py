"""Run a results folder again, in a folder of its own that is thrown away, and compare; of a sweep, some of its points."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from ..launch import find, kept_service
from ..service.fault import Fault, is_number, refuse
from ..store.finished import finished_under, is_finished
from ..store.reading import read_settings
from ..store.repeat import changed_inputs, differences
from .answer import answer
from .words import is_folder, one_folder, split

PROVENANCE, CONFIG, SWEEP = "provenance.json", Path("config", "config.yaml"), "sweep.json"
POINTS = 10
"""Points of a sweep that are asked again where nothing is said."""

SHOWN = 20
"""Differences that are printed."""


def main(given: list[str]) -> int:
    """Repeat a results folder, every results folder in a folder, or points of a sweep.

    Parameters
    ----------
    given
        The folder; for a sweep also ``points=20`` or ``points=all``.

    Returns
    -------
    0 where every number is the same, else 1.
    """
    places, own = split(given, {"points": None})
    refuse(one_folder("repeat", places))
    refuse([] if is_folder(places[0]) else [Fault("no such results folder", str(places[0]), "give one that `python -m sim` wrote")])
    if (places[0] / SWEEP).is_file():
        return _sweep(places[0], POINTS if own["points"] is None else own["points"])
    refuse([] if own["points"] is None else [Fault("points are of a sweep", own["points"], "leave it out")])
    return max(map(_folder, _results_in(places[0])))


def _results_in(folder: Path) -> list[Path]:
    """The folder itself, or, where it holds others, every results folder in it."""
    every = [folder] if is_finished(folder) else list(finished_under(folder))
    missing = [name for name in (CONFIG.name, PROVENANCE) if not list(folder.rglob(name))]
    refuse([] if every else [Fault("not a results folder", str(folder), f"it has no {missing[0] if missing else CONFIG}")])
    return every


def _folder(old: Path) -> int:
    """One results folder."""
    known, config = read_settings(old / PROVENANCE), read_settings(old / CONFIG)
    kinds = {"scenario": str, "command": str, "data": dict, "packages": dict}
    wrong = [key for key, kind in kinds.items() if not isinstance(known.get(key, kind()), kind)]
    wrong += [key for key in ("scenario", "command") if key not in known]
    refuse([Fault(f"{', '.join(wrong)} cannot be read", cure="it was edited: run it again", file=str(old / PROVENANCE))] if wrong else [])
    with TemporaryDirectory() as place:
        new = Path(place) / "again"
        bare = {**config, "results": str(new), "figures": False, "report": False}
        answer(bare, {"scenario": known["scenario"]}, known["command"].split()[3:])
        found = differences(old, new)
        changed = changed_inputs(known, read_settings(new / PROVENANCE))
    return _said(found, changed, f"The same as {old}: every number of every table, to 10 significant digits.")


def _sweep(folder: Path, asked: object) -> int:
    """Some points of a sweep."""
    from ..sweep.again import again
    from ..sweep.plan import Stored

    good = asked == "all" or (isinstance(asked, int) and is_number(asked, 1))
    refuse([] if good else [Fault("points is a whole number, 1 or more, or all", asked)])
    stored = Stored(folder)
    most = len(stored.keys()) if asked == "all" else asked
    made = again(stored, find, lambda config: kept_service(config).region.hashes, most)
    few = f" Asked again: {made.asked} of {made.done} points that are done; points=all for every one." if made.asked < made.done else ""
    same = f"The same as {folder}: every number of {made.asked} points, to 10 significant digits.{few}"
    return _said(made.differences, made.changed, same)


def _said(found: Sequence[str], changed: Sequence[str], same: str) -> int:
    """Print what differs, and what may be the cause."""
    if not found:
        print(f"\n{same}")
        if changed:
            print("\nChanged since, which moved no number:", *changed, sep="\n  ")
        return 0
    more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    print("\nNot the same:", *found[:SHOWN], *more, sep="\n  ")
    unknown = "nothing that is recorded: the tables of results themselves may have been edited"
    print("\nWhat has changed since:", *(changed or [unknown]), sep="\n  ")
    return 1
