"""Run a results folder again, in a folder of its own that is thrown away, and compare; of a sweep, some of its points."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from ..launch import find, kept_service
from ..service.fault import Fault, refuse
from ..store.repeat import changed_inputs, differences
from .answer import answer

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
    words = [word for word in given if word.startswith("points=")]
    folders = [Path(word) for word in given if word not in words]
    refuse([] if len(folders) == 1 else [Fault("repeat takes one results folder", " ".join(given) or None)])
    if (folders[0] / SWEEP).is_file():
        return _sweep(folders[0], words)
    refuse([Fault("points are of a sweep", words[0], "leave it out")] if words else [])
    return max(map(_folder, _results_in(folders[0])))


def _results_in(folder: Path) -> list[Path]:
    """The folder itself, or, where it holds others, every results folder in it."""
    every = [folder] if _is_results(folder) else sorted(path.parent for path in folder.rglob(PROVENANCE) if _is_results(path.parent))
    missing = [name for name in (CONFIG.name, PROVENANCE) if not list(folder.rglob(name))]
    refuse([] if every else [Fault("not a results folder", str(folder), f"it has no {missing[0] if missing else CONFIG}")])
    return every


def _is_results(folder: Path) -> bool:
    return (folder / PROVENANCE).is_file() and (folder / CONFIG).is_file()


def _folder(old: Path) -> int:
    """One results folder."""
    config = yaml.safe_load((old / CONFIG).read_text(encoding="utf-8"))
    known = json.loads((old / PROVENANCE).read_text(encoding="utf-8"))
    with TemporaryDirectory() as place:
        new = Path(place) / "again"
        bare = {**config, "results": str(new), "figures": False, "report": False}
        answer(bare, {"scenario": known["scenario"]}, shlex.split(known["command"])[3:])
        found = differences(old, new)
        changed = changed_inputs(known, json.loads((new / PROVENANCE).read_text(encoding="utf-8")))
    return _said(found, changed, f"The same as {old}: every number of every table, to 10 significant digits.")


def _sweep(folder: Path, words: Sequence[str]) -> int:
    """Some points of a sweep."""
    from ..sweep.again import again
    from ..sweep.plan import Stored

    asked = words[-1].partition("=")[2] if words else str(POINTS)
    good = asked == "all" or (asked.isdigit() and int(asked) > 0)
    refuse([] if good else [Fault("points is a whole number, 1 or more, or all", asked)])
    stored = Stored(folder)
    most = len(stored.keys()) if asked == "all" else int(asked)
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
