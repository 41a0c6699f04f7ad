"""The page of several options: a summary on one page, the scorecard with its hurdles, what is traded for what, and every difference."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from ...store.finished import Finished
from ...store.results import REPORT
from ...study.hurdles import Judged, passed
from ...study.option_row import NEUTRAL, Measure
from ...study.precisely import FEW, LEAN
from ...study.scorecard import BASELINE, Difference, Dominated, Scorecard
from ...study.weights import Weighted
from ..figures.drawing import Figure, picture
from ..figures.pareto import PAIRS, pareto
from ..numbers import number, signed
from . import words
from .cells import Cell, Column, Table, as_number, plain, table, text
from .page import page, picture_address
from .single import Shown
from .studies import Study

KEY = ("minutes_mean", "within_30_and_minimum", "wait_share_delayed", "net_present_saving", "qalys_time_alone", "qalys_time_with_volume")
"""Measures of the summary, where the runs know them."""

OPEN_DATA = "Open data, illustrative, not a proposal."


def comparison_report(
    runs: Mapping[str, Finished],
    card: Scorecard,
    dominance: Sequence[Dominated],
    judged: Sequence[Judged],
    weighted: Weighted | None,
    decided: Mapping[str, tuple[str, str]],
    notes: Sequence[str],
    about: Mapping[str, str],
    judged_by: Sequence[Measure],
    command: str,
    place: Path,
    studies: Sequence[Study] = (),
) -> str:
    """Several finished runs as one page of HTML.

    Parameters
    ----------
    runs
        By option's name.
    card, dominance, judged, weighted
        What is shown.
    decided
        By option, whether it was discarded or kept, and the reason.
    notes
        What must be said of the comparison.
    about
        By scenario, what it does in a line.
    judged_by
        The measures that dominance was judged by.
    command
        What makes the page again.
    place
        Where the page will lie; reports of single options are linked from there.
    studies
        What is shown of the uncertainty of it all.
    """
    first = next(iter(runs.values()))
    said = first.readme
    region = words.SHIPPED.get(str(first.provenance["region"]), Path(str(first.provenance["region"])).name)
    service = str(first.service.get("name", "service"))
    together = passed(list(judged))
    known = {of.key for of in card.measures}
    run = first.provenance["run"]
    basis = f"{OPEN_DATA if OPEN_DATA in said else ''} {region}; {run['replications']} replications, seed {run['seed']}.".strip()
    figures = {}
    for across, up in PAIRS:
        if {across, up} <= known:
            name = f"{up}_{across}"
            drawn = picture(name, Figure(partial(pareto, across=across, up=up), (7, 5.5)), card, basis)
            figures[name] = Shown(picture_address(drawn.svg), drawn.alternative)
    return page(
        "comparison.html",
        title=f"{len(runs)} options side by side: {service} in {region}" if len(runs) > 1 else f"One option: {service} in {region}",
        is_open_data=OPEN_DATA in said,
        basis=_minutes(said),
        notes=[each.removeprefix("! ") for each in notes if each.startswith("! ")],
        notices=list(dict.fromkeys(each for of in (*(run.said_first for run in runs.values()), _notices(said)) for each in of)),
        grown=[_name(name) for name, each in runs.items() if _has_other_patients(each)],
        summary=_summary(card, together, dominance, decided),
        sentences=[_sentence(card, name, about.get(each.name, ""), together, dominance) for name, each in runs.items()],
        scorecard=_scorecard(card, together),
        hurdles=_hurdles(card, judged),
        figure=figures,
        between=_between(card),
        weights=_weights(weighted) if weighted else None,
        judged_by=", ".join(of.label for of in judged_by),
        reports=[
            (name, Path(os.path.relpath(run.folder / REPORT, place.parent)).as_posix())
            for name, run in runs.items()
            if (run.folder / REPORT).is_file()
        ],
        commands=[(name, str(run.provenance["command"]), str(run.provenance["commit"])) for name, run in runs.items()],
        command=command,
        studies=studies,
    )


def _notices(said: str) -> list[str]:
    """What the runs themselves say of their data, from the first's README."""
    bullets = [line[2:] for line in said.splitlines() if line.startswith("- ")]
    starts = ("Illustrative", "Demand and beds", "Beds", "Minutes", "Saturated", "Allocation", FEW, LEAN)
    return [line for line in bullets if line.startswith(starts)]


def _minutes(said: str) -> str:
    """The basis of minutes, as the first run says it."""
    found = next((line for line in said.splitlines() if line.startswith("- Minutes: ")), "")
    return found.removeprefix("- Minutes: ").partition(". Bodies")[0] or "as the runs say"


def _counts(card: Scorecard, option: str) -> dict[str, int]:
    """In how many headline measures an option is better, worse, undecided beside the baseline."""
    made = {"better": 0, "worse": 0, "undecided": 0, "the same": 0}
    for of in card.measures:
        if of.is_headline and of.better != NEUTRAL:
            verdict = _verdict(card, option, of)
            made[verdict] = made.get(verdict, 0) + 1
    return made


def _verdict(card: Scorecard, option: str, of: Measure) -> str:
    """What an option is in a measure beside the baseline; the same where nothing of the difference would be shown."""
    found = card.beside(option, BASELINE, of.key)
    return "the same" if signed(found.difference, of.unit) == "0" and found.is_exact else found.verdict


def _has_other_patients(run: Finished) -> bool:
    """Whether an option changes how many patients there are, so that totals are not alike."""
    for row in run.table("years.csv"):
        before, after = (as_number(row.get(f"index_admissions_{side}")) for side in ("baseline", "option"))
        if before and after and abs(after - before) > 0.001 * before:
            return True
    return False


def _sentence(
    card: Scorecard, option: str, about: str, together: Mapping[str, str], dominance: Sequence[Dominated]
) -> tuple[str, str, str]:
    """An option in a sentence: (name, what it does, what comes of it)."""
    count = _counts(card, option)
    said = f"Better than the baseline in {count['better']} measures, worse in {count['worse']}, undecided in {count['undecided']}"
    for key, label in (("minutes_mean", "mean journey"), ("net_present_saving", "net saving"), ("qalys_time_with_volume", "QALYs a year")):
        if key in {of.key for of in card.measures}:
            found, unit = card.beside(option, BASELINE, key), card.measure(key).unit
            if found.difference == found.difference:
                interval = f" ({_ends(found, unit)})" if found.low == found.low else ""
                change = signed(found.difference, unit)
                shown = {"GBP million": f"GBP {change} million", "QALYs a year": change}.get(unit, f"{change} {unit}")
                said += f"; {label} {shown}{interval}"
    hurdles = {"pass": "passes every hurdle", "fail": "fails a hurdle", "undecided": "no hurdle failed, some undecided"}
    if option in together:
        said += f"; {hurdles.get(together[option], 'hurdles ' + together[option])}"
    over = [each.by for each in dominance if each.option == option]
    said += f"; no better in anything than {', '.join(map(_name, over))}" if over else ""
    return _name(option), about, said + "."


def _name(option: str) -> str:
    return option.replace("_", " ")


def _ends(found: Difference, unit: str) -> str:
    return f"{signed(found.low, unit)} to {signed(found.high, unit)}"


def _summary(card, together, dominance, decided) -> Table:
    keys = [of for of in card.measures if of.key in KEY]
    rows = []
    for option in card.options:
        count = _counts(card, option) if option != BASELINE else {}
        over = [_name(each.by) for each in dominance if each.option == option]
        what, reason = decided.get(option, ("", ""))
        rows.append(
            {"option": _name(option), "hurdles": together.get(option, ""), "dominated": ", ".join(over)}
            | {"decision": f"{what}: {reason}" if what else ""}
            | {name.replace(" ", "_"): value for name, value in count.items()}
            | {of.key: (of, card.value(option, of.key)) for of in keys}
        )

    def value(pair: object) -> Cell:
        of, known = pair
        return Cell("–", "", "missing") if known != known else Cell(number(known, of.unit), known)

    value.is_number = True
    columns = [
        Column("option", "option", text),
        Column("hurdles", "hurdles", _outcome),
        *(Column(of.key, f"{of.label} ({of.unit}){' - rests on guesses' if of.is_guess else ''}", value) for of in keys),
        Column("better", "better in", plain()),
        Column("worse", "worse in", plain()),
        Column("undecided", "undecided in", plain()),
        Column("dominated", "beaten or equalled in everything by", text),
    ]
    columns += [Column("decision", "decision", text)] if decided else []
    return table("The options on one page", rows, columns, "Better, worse and undecided: of the headline measures, beside the baseline.")


def _outcome(value: object) -> Cell:
    said = str(value or "")
    return Cell(said or "–", None, {"pass": "better", "fail": "worse"}.get(said, "" if said else "missing"))


def _scorecard(card: Scorecard, together: Mapping[str, str]) -> Table:
    measures = [of for of in card.measures if of.is_headline]

    def cell(row: Mapping, option: str) -> Cell:
        of = row["of"]
        known = card.value(option, of.key)
        if known != known:
            return Cell("–", "", "missing")
        verdict = _verdict(card, option, of) if option != BASELINE else ""
        undecided = " ~" if verdict == "undecided" else ""
        return Cell(number(known, of.unit) + undecided, known, verdict if verdict in ("better", "worse") else "")

    columns = [
        Column(lambda row: row["of"].label, "measure", text),
        Column(lambda row: row["of"].unit, "unit", text),
        *(Column(partial(cell, option=option), _head(option, together), _ready) for option in card.options),
        Column(lambda row: Cell("guesses", None, "guess") if row["of"].is_guess else Cell("data"), "rests on", lambda value: value),
    ]
    return table(
        "Scorecard: every headline measure of every option, marked beside the baseline",
        [{"of": of} for of in measures],
        columns,
        "A triangle up is better than the baseline and one down is worse; ~ is undecided: the paired 95 % interval holds 0. Unmarked: the "
        "same, or which way is better is yours to say.",
    )


def _head(option: str, together: Mapping[str, str]) -> str:
    return _name(option) + (f" (hurdles: {together[option]})" if option in together else "")


def _ready(value: object) -> Cell:
    return value


_ready.is_number = True


def _hurdles(card: Scorecard, judged: Sequence[Judged]) -> Table | None:
    if not judged:
        return None
    rows = []
    for hurdle in dict.fromkeys(each.hurdle for each in judged):
        of = {each.option: each for each in judged if each.hurdle == hurdle}
        one = next(iter(of.values()))
        rows.append({"label": one.label, "bound": f"{hurdle.words} {one.unit}", "source": hurdle.source, "guess": hurdle.guess, "of": of})

    def cell(row: Mapping, option: str) -> Cell:
        each = row["of"].get(option)
        if each is None:
            return Cell("–", "", "missing")
        show = signed if each.hurdle.of == "change" else number
        mark = {"pass": "better", "fail": "worse"}.get(each.outcome, "")
        return Cell(f"{each.outcome} ({show(each.value, each.unit)})", None, mark)

    return table(
        "Hurdles: what an option must reach to be considered",
        rows,
        [
            Column("label", "measure", text),
            Column("bound", "bound", text),
            *(Column(partial(cell, option=option), _name(option), lambda value: value) for option in card.options),
            Column("source", "source of the bound", text),
            Column("guess", "a guess", text),
        ],
    )


def _between(card: Scorecard) -> Table:
    """Every pair of options, measure by measure: the later less the earlier."""
    rows = []
    for at, other in enumerate(card.options):
        for option in card.options[at + 1 :]:
            for of in card.measures:
                found = card.beside(option, other, of.key)
                if of.is_headline and found.difference == found.difference:
                    exact = "a guess" if of.is_guess else "exact"
                    ends = exact if found.is_exact else "–" if found.low != found.low else _ends(found, of.unit)
                    shown = Cell(signed(found.difference, of.unit), found.difference)
                    rows.append(
                        {"option": _name(option), "other": _name(other), "label": of.label, "unit": of.unit, "change": shown, "ends": ends}
                        | {"verdict": found.verdict}
                    )
    return table(
        "Every option less every other, with paired 95 % intervals",
        rows,
        [
            Column("option", "option", text),
            Column("other", "less", text),
            Column("label", "measure", text),
            Column("unit", "unit", text),
            Column("change", "difference", _ready),
            Column("ends", "95 % interval", text),
            Column("verdict", "the first is", text),
        ],
    )


def _weights(found: Weighted) -> Table:
    rows = [
        {"option": _name(option), "score": float(found.score[0, o]), "rank": float(found.rank[0, o]), "equal": float(found.rank[1, o])}
        | {"first": 100 * float(found.first_share[o])}
        | {of.key: float(found.part[o, m]) for m, of in enumerate(found.measures)}
        for o, option in enumerate(found.options)
    ]
    columns = [Column("option", "option", text)]
    columns += [Column(of.key, f"{of.label}, weight {found.weight[m]:.2f}", plain(2)) for m, of in enumerate(found.measures)]
    columns += [
        Column("score", "score", plain(3)),
        Column("rank", "rank", plain()),
        Column("equal", "rank, equal weights", plain()),
        Column("first", "first under random weights (%)", plain()),
    ]
    note = "Parts: 0 for the worst and 1 for the best of these options, so a score hangs on which stand here. Read the scorecard first."
    return table("A score under stated weights, never without its parts", rows, columns, note)
