"""Any number of finished runs side by side, with what each is beside the others; printed, and written as a folder of tables."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ..configs import choices
from ..service.fault import Fault, nearest_spelling, refuse, settings, words
from ..service.sentences import read_sentences
from .words import chosen_or_file, split

USUAL = {"hurdles": None, "weights": None, "by": None, "allow": None, "against": "baseline", "to": None, "root": "results"}
"""Settings and what they are where nothing is given; see `main`."""


def main(given: list[str]) -> int:
    """Set finished runs side by side.

    Parameters
    ----------
    given
        Results folders; none for everything under ``root`` that can be compared. ``hurdles``: a choice of ``configs/hurdles`` or a
        YAML file, the service's own where there is one. ``weights``: ``{key: weight}`` for a score with all its parts. ``by``: keys of
        measures that options are judged by. ``allow``: settings that may differ. ``against``: the option that the others are compared
        with. ``to``: the folder of tables; ``comparison`` in the folder that holds all runs.
    """
    from ..store.compared import write_compared
    from ..store.provenance import files_named
    from ..store.whole import check_writable

    own, made = side_by_side(given)
    to = Path(own["to"]) if own["to"] else _beside(made.runs)
    check_writable(to, by="compare")
    _print(made)
    command = shlex.join(["python", "-m", "sim", "compare", *given])
    keys = [each.key for each in made.measures]
    write_compared(to, made.runs, made.card, made.dominance, made.judged, made.weighted, made.decided, keys, command, files_named(given))
    print(f"\nFiles: {to}")
    return 0


class SideBySide(NamedTuple):
    """Finished runs, read and judged."""

    runs: Mapping
    card: object
    against: str
    dominance: Sequence
    measures: Sequence
    judged: Sequence
    weighted: object
    decided: Mapping
    notes: Sequence[str]

    @property
    def first(self):
        """The first run, for what all have in common."""
        return next(iter(self.runs.values()))


def side_by_side(given: list[str], usual: Mapping = USUAL) -> tuple[dict, SideBySide]:
    """Read and judge the runs that some words name; see `main`.

    Returns
    -------
    The settings, and the runs.
    """
    from ..store.comparable import check_comparable, is_paired
    from ..store.finished import finished
    from ..store.log import decision
    from ..study.hurdles import judge, read_hurdles
    from ..study.scorecard import dominated, scorecard
    from ..study.weights import weigh

    places, own = split(given, usual)
    allow, by = (words(own[key], key) for key in ("allow", "by"))
    places = places or _comparable_under(Path(own["root"]))
    runs = _named([finished(place) for place in places])
    apart = check_comparable(runs, allow)
    card = scorecard({name: run.option_row for name, run in runs.items()}, is_paired(apart))
    against = own["against"]
    cure = "known: " + ", ".join(card.options) + nearest_spelling(against, card.options)
    refuse([] if against in card.options else [Fault("against names an option", against, cure)])
    first = next(iter(runs.values()))
    hurdles = read_hurdles(_hurdles(own["hurdles"], str(first.service.get("name"))))
    judged = judge(card, hurdles)
    measures = card.judged_by(by)
    found = dominated(card, by)
    weighted = weigh(card, _weights(own["weights"]), int(first.provenance["run"]["seed"])) if own["weights"] is not None else None
    decided = {name: said for name, run in runs.items() if (said := decision(run.folder))}
    return own, SideBySide(runs, card, against, found, measures, judged, weighted, decided, _notes(runs, apart, decided, card))


def _print(made: SideBySide) -> None:
    from ..show.scorecard import dominated_text, hurdles_text, pair_text, scorecard_text, weights_text
    from ..show.terminal import in_marked_lines

    card, weighted = made.card, made.weighted
    first = dict.fromkeys(said for run in made.runs.values() for said in run.said_first)
    lines = [*in_marked_lines(first), *made.notes, "", *scorecard_text(card, made.against), ""]
    if len(card.options) == 3:  # the baseline and two options
        lines += [*pair_text(card, card.options[2], card.options[1]), ""]
    lines += dominated_text(card, made.dominance, made.measures)
    for more in (hurdles_text(card, made.judged), weights_text(weighted) if weighted else []):
        lines += ["", *more] if more else []
    print(*lines, sep="\n", flush=True)


def _notes(runs: Mapping, apart: Sequence[str], decided: Mapping, card) -> list[str]:
    """What is compared, and what must be said of it."""
    from ..store.comparable import is_paired

    first = next(iter(runs.values())).provenance
    run = first["run"]
    how = f"{run['replications']} replications, seed {run['seed']}, {run['years']:g} years"
    lines = [f"{len(runs)} options in {first['region']}: {how}"]
    lines += [f"{name}: {run.folder}" for name, run in runs.items()]
    lines += [f"! {name} was {what}: {reason}" for name, (what, reason) in decided.items() if what == "discarded"]
    for name, share in card.other_demand().items():
        lines.append(f"! {name} meets {100 * share:+.1f} % patients: its sums (cost, life years, bed-days) are not like for like")
    if apart:
        lines.append(f"! allowed to differ: {', '.join(apart)}")
    if not is_paired(apart):
        lines.append("! the runs had not the same luck: no interval between options is given, and baselines that differ are not shown")
    if any(str(each.provenance["commit"]).endswith("-dirty") for each in runs.values()):
        lines.append("! made by code with changes that were not committed: whether it was the same code cannot be known")
    return lines


def _comparable_under(root: Path) -> list[Path]:
    """The folders under a root that can be set side by side, where they are all of one kind."""
    from ..store.comparable import alike
    from ..store.finished import NEEDED, finished, finished_under

    found = [place for place in finished_under(root) if all((place / name).is_file() for name in NEEDED)] if root.is_dir() else []
    rule = f"no finished runs under {root}"
    refuse([] if found else [Fault(rule, cure="run some, as `python -m sim scenario=...`, or name their folders")])
    groups = [list(group) for group in alike({str(place): finished(place) for place in found}) if len(group) > 1]
    if not groups:
        refuse([Fault(f"no two runs under {root} are alike but for their scenario", cure="run them alike, or name folders and allow=")])
    said = "; ".join(f"{n}: {', '.join(group)}" for n, group in enumerate(groups, start=1))
    refuse([Fault(f"runs under {root} are of {len(groups)} kinds", cure=f"name the folders of one ({said})")] if len(groups) > 1 else [])
    return [Path(place) for place in groups[0]]


def _beside(runs: Mapping) -> Path:
    """The folder of tables where none is given: beside the runs, in the folder that holds them all."""
    root = Path(os.path.commonpath([run.folder.absolute().parent for run in runs.values()]))
    return Path(os.path.relpath(root)) / "comparison" if root.is_relative_to(Path.cwd()) else root / "comparison"


def _named(runs: list) -> dict:
    """Runs by name: the scenario's, with the folder's where two have the same."""
    places = [run.folder.resolve() for run in runs]
    twice = [str(run.folder) for at, run in enumerate(runs) if places[at] in places[:at]]
    refuse([Fault("a folder is named twice", place, "keep one") for place in twice])
    names = [run.name for run in runs]
    made: dict = {}
    for run in runs:
        name = run.name if names.count(run.name) == 1 and run.name != "baseline" else f"{run.name} {run.folder.name}"
        while name in made:
            name += "'"
        made[name] = run
    return made


def _hurdles(given: object, service: str) -> object:
    """The lines of a config of hurdles: named, a file, or the service's own."""
    name = given if given is not None else service if service in choices("hurdles") else "none"
    return name if isinstance(name, dict) else read_sentences(chosen_or_file("hurdles", name))


def _weights(given: object) -> dict:
    return settings(given, "weights")
