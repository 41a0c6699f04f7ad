"""Make a folder of results again, in a folder of its own that is thrown away, and compare; of a sweep, some of its points."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from ..launch import find, kept_service
from ..service.fault import Fault, InputError, is_number, refuse
from ..store.reading import read_settings
from ..store.repeat import changed_inputs, differences, settings_kept
from ..store.whole import RUN, asked
from .answer import answer
from .multirun import WAYS
from .words import is_folder, one_folder, split

PROVENANCE, CONFIG, SWEEP = "provenance.json", Path("config", "config.yaml"), "sweep.json"
POINTS = 10
"""Points of a sweep that are asked again where nothing is said."""

AGAIN = ("select", "stability", "uncertainty", "flow", "compare", "pack")
"""Commands whose folders can be made again."""

DRAWN = ("stability", "uncertainty")
"""Those of them that draw figures unless told not to."""

FROM_FOLDERS = ("compare", "pack")
"""Those that are made from results folders, which must be there."""

SHOWN = 20
"""Differences that are printed."""


def main(given: list[str]) -> int:
    """Repeat what a folder holds: a run, a study, a comparison, a picture, a pack; every such folder in a folder; points of a sweep.

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
    return _each(_found_in(places[0]))


def _found_in(folder: Path) -> list[Path]:
    """The folder itself, or, where it holds others, every one in it that says how it was made; what is hidden is passed over."""
    if (folder / PROVENANCE).is_file():
        return [folder]
    every = [path.parent for path in sorted(folder.rglob(PROVENANCE)) if not _is_hidden(path.relative_to(folder))]
    lacking = f"it has no {PROVENANCE}, and no folder in it has one; a sweep is named by its own folder"
    refuse([] if every else [Fault("not a results folder", str(folder), lacking)])
    return every


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _each(folders: Sequence[Path]) -> int:
    """One folder, or several one after the other: one that cannot be repeated keeps no other from its turn."""
    if len(folders) == 1:
        return _folder(folders[0])
    codes = []
    for folder in folders:
        try:
            codes.append(_folder(folder))
        except InputError as error:
            print(f"error: {error}", file=sys.stderr, flush=True)
            codes.append(2)
    return max(codes)


def _folder(old: Path) -> int:
    """One folder, run again beside it."""
    known = _known(old)
    by = asked(known["command"])
    with TemporaryDirectory() as place:
        new = Path(place) / "again"
        try:
            if by == RUN:
                config = _config(old, known)
                bare = {**config, "results": str(new), "figures": False, "report": False}
                answer(bare, {"scenario": known["scenario"]}, known["command"].split()[3:])
            else:
                _ask_again(by, old, known, new)
        except InputError as error:
            refuse(error.each, of=f"{old} cannot be repeated")
        rule = "nothing was made again: what it was made from may be gone"
        refuse([] if (new / PROVENANCE).is_file() else [Fault(rule, str(old), f"look at its command: {known['command']}")])
        found = differences(old, new)
        changed = changed_inputs(known, read_settings(new / PROVENANCE))
    return _said(found, changed, f"The same as {old}: every number of every table, to 10 significant digits.")


def _known(old: Path) -> Mapping:
    """What a folder says of how it was made."""
    known = read_settings(old / PROVENANCE)
    kinds = {"scenario": str, "command": str, "data": dict, "packages": dict, "config": list, "folders": list}
    wrong = [key for key, kind in kinds.items() if not isinstance(known.get(key, kind()), kind)]
    needed = ("command",) if asked(str(known.get("command"))) != RUN else ("scenario", "command")
    wrong += [key for key in needed if key not in known]
    refuse([Fault(f"{', '.join(wrong)} cannot be read", cure="it was edited: run it again", file=str(old / PROVENANCE))] if wrong else [])
    return known


def _config(old: Path, known: Mapping) -> Mapping:
    """The composed configuration of a run: its own file, or, where that is gone, what provenance keeps."""
    if (old / CONFIG).is_file():
        return read_settings(old / CONFIG)
    made = settings_kept(known)
    cure = f"it has no {CONFIG.as_posix()}, and none is kept in {PROVENANCE}: run it again, as {known['command']}"
    refuse([] if made else [Fault("the settings of the run are not known", str(old), cure)])
    return made


def _ask_again(by: str, old: Path, known: Mapping, new: Path) -> None:
    """What a command made, made again into another folder."""
    refuse([] if by in AGAIN else [Fault("what made it cannot be asked again", by, f"known: a run, {', '.join(AGAIN)}, a sweep")])
    try:
        words = shlex.split(known["command"])[4:]
    except ValueError as error:
        refuse([Fault(f"the command cannot be read ({error})", known["command"], "it was edited: run it again", str(old / PROVENANCE))])
    words = [word for word in words if word.partition("=")[0] not in ("to", "name") and not _is_of_cluster(word)]
    if by in DRAWN:
        words = [*(word for word in words if not word.startswith("figures=")), "figures=false"]
    if by in FROM_FOLDERS:
        own = [word for word in words if "=" in word and not is_folder(word)]
        folders = [word for word in words if word not in own]
        words = [*map(str, _beside(old, known.get("folders") or folders, folders)), *own]
    more = (new.with_name("sweep"),) if by == "uncertainty" else ()
    import_module(f".{by}", __package__).main([*words, f"to={new}"], *more)


def _is_of_cluster(word: str) -> bool:
    """Whether a word says how a sweep was run, which is here and now; how many processes, and its design, stay."""
    key = word.partition("=")[0]
    return key.startswith("sweep.") and key not in ("sweep.workers", *WAYS)


def _beside(old: Path, kept: Sequence[str], said: Sequence[str]) -> list[Path]:
    """The results folders that something was made from: as its command has them, or where they lie beside it."""
    made = []
    for at, word in enumerate(kept):
        ways = [Path(said[at])] if len(said) == len(kept) else []
        ways += [old.absolute().parent / word, old.absolute().parent / Path(word).name]
        here = next((way for way in ways if is_folder(way)), None)
        cure = "it is gone, or moved: put it back, or stand where the command was given"
        refuse([] if here else [Fault("it was made from a results folder that is not found", str(ways[0]), cure)])
        made.append(here)
    return made


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
