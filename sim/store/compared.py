"""Finished runs set side by side, as a folder of tables: one row an option, every pair, dominance, hurdles and weights."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..study.hurdles import Judged, passed
from ..study.scorecard import Dominated, Scorecard
from ..study.weights import Weighted
from .finished import Finished
from .provenance import made_with
from .results import write_csv, write_text
from .whole import whole_folder

FILES = {
    "options.csv": "one row an option: each measure, its 95 % interval, the verdict beside the baseline; whether discarded, and why",
    "measures.csv": "what each measure is: its unit, which way is better, and the guesses it rests on",
    "differences.csv": "one row a pair of options and a measure: the paired difference and its 95 % interval",
    "dominated.csv": "options that another beats or equals in everything, with the measures they were judged by",
    "hurdles.csv": "every option before every hurdle: passed, failed or undecided, with the source of the bound",
    "weights.csv": "the score with all of its parts, and the ranking under other weights; empty where no weights were given",
}


def write_compared(
    folder: Path,
    runs: Mapping[str, Finished],
    card: Scorecard,
    dominance: Sequence[Dominated],
    judged: Sequence[Judged],
    weighted: Weighted | None,
    decided: Mapping[str, tuple[str, str]],
    by: Sequence[str],
    command: str,
    files: Mapping[str, str] | None = None,
) -> None:
    """Write the tables of a comparison of finished runs.

    Parameters
    ----------
    folder
        Where they go; what an earlier comparison left there is replaced.
    runs
        By option's name.
    card, dominance, judged, weighted
        What is written.
    decided
        By option, whether it was discarded or kept, and the reason.
    by
        The keys of the measures that dominance was judged by.
    command
        What was asked.
    files
        Hashes of the files that it names, as of own hurdles.
    """
    with whole_folder(folder, "compare") as made:
        write_csv(made / "options.csv", option_rows(card, judged, decided))
        write_csv(made / "measures.csv", measure_rows(card))
        write_csv(made / "differences.csv", difference_rows(card))
        write_csv(made / "dominated.csv", dominated_rows(dominance, by))
        write_csv(made / "hurdles.csv", hurdle_rows(judged))
        write_csv(made / "weights.csv", weight_rows(weighted))
        of = {name: _origin(folder, run) for name, run in runs.items()}
        said = {"command": command, **made_with(), "runs": of, "folders": [each["folder"] for each in of.values()]}
        said["data"] = {f"{name}: {file}": digest for name, run in runs.items() for file, digest in run.hashes.items()} | (files or {})
        write_text(made / "provenance.json", json.dumps(said, indent=2, sort_keys=True) + "\n")
        first = dict.fromkeys(said for run in runs.values() for said in run.said_first)
        lines = ["# Options side by side", "", *(f"- {each}" for each in first), ""]
        lines += ["| file | what |", "|---|---|", *(f"| {name} | {what} |" for name, what in FILES.items())]
        write_text(made / "README.md", "\n".join([*lines, "", "Make it again:", "", f"    {command}", ""]))


def _origin(folder: Path, run: Finished) -> dict:
    place = run.folder.absolute()
    root = Path(folder).absolute().parent
    shown = place.relative_to(root).as_posix() if place.is_relative_to(root) else place.name
    return {"folder": shown, "commit": run.provenance["commit"], "command": run.provenance["command"]}


def option_rows(card: Scorecard, judged: Sequence[Judged], decided: Mapping[str, tuple[str, str]]) -> list[dict]:
    """One row an option, the baseline first."""
    together = passed(list(judged))
    rows = []
    for option in card.options:
        what, reason = decided.get(option, ("", ""))
        row = {"option": option, "hurdles": together.get(option), "decision": what, "reason": reason}
        for of in card.measures:
            low, high = card.interval(option, of.key)
            row |= {of.key: card.value(option, of.key), f"{of.key}_low": low, f"{of.key}_high": high}
            row[f"{of.key}_verdict"] = card.beside(option, card.options[0], of.key).verdict
        rows.append(row)
    return rows


def measure_rows(card: Scorecard) -> list[dict]:
    """One row a measure."""
    return [
        {
            "key": of.key,
            "section": of.section,
            "measure": of.label,
            "unit": of.unit,
            "better": of.better,
            "headline": of.is_headline,
            "guess": of.is_guess,
            "rests_on_guesses": "; ".join(of.rests_on),
        }
        for of in card.measures
    ]


def difference_rows(card: Scorecard) -> list[dict]:
    """One row a pair of options and a measure: the later option less the earlier one."""
    pairs = [(y, x) for at, x in enumerate(card.options) for y in card.options[at + 1 :]]
    return [
        {
            "option": option,
            "less": other,
            "key": of.key,
            "measure": of.label,
            "unit": of.unit,
            "difference": found.difference,
            "low": found.low,
            "high": found.high,
            "exact": found.is_exact,
            "verdict": found.verdict,
            "guess": of.is_guess,
        }
        for option, other in pairs
        for of in card.measures
        for found in (card.beside(option, other, of.key),)
    ]


def dominated_rows(found: Iterable[Dominated], by: Sequence[str]) -> list[dict]:
    """One row an option and one that dominates it."""
    return [
        {
            "option": each.option,
            "dominated_by": each.by,
            "beyond_luck": each.is_beyond_luck,
            "better_in": "; ".join(each.better_in),
            "judged_by": "; ".join(by),
        }
        for each in found
    ]


def hurdle_rows(judged: Iterable[Judged]) -> list[dict]:
    """One row an option and a hurdle."""
    return [
        {
            "option": each.option,
            "key": each.hurdle.measure,
            "measure": each.label,
            "of": each.hurdle.of,
            "at_least": each.hurdle.at_least,
            "at_most": each.hurdle.at_most,
            "unit": each.unit,
            "value": each.value,
            "low": each.low,
            "high": each.high,
            "outcome": each.outcome,
            "source": each.hurdle.source,
            "guess": each.hurdle.guess,
        }
        for each in judged
    ]


def weight_rows(found: Weighted | None) -> list[dict]:
    """One row an option and a line of the score: a part, a score, a rank, the share of random weights."""
    if found is None:
        return []
    rows = []
    for o, option in enumerate(found.options):
        lines = [("part", of.key, found.weight[m], found.part[o, m]) for m, of in enumerate(found.measures)]
        lines += [("score", said, None, found.score[w, o]) for w, said in enumerate(found.sets)]
        lines += [("rank", said, None, float(found.rank[w, o])) for w, said in enumerate(found.sets)]
        lines.append(("first", "share of random weights", None, found.first_share[o]))
        rows += [{"option": option, "line": a, "of": b, "weight": c, "value": float(d)} for a, b, c, d in lines]
    return rows
