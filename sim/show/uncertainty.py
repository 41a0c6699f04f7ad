"""An uncertainty analysis as text and as figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ..study.best import best_rows, knowing_rows
from ..study.uncertainty import Drawn, spread_rows, threshold_rows, tornado_rows
from .columns import aligned
from .numbers import rough

WIDEST = 5
"""Numbers shown of each option and measure; the rest are in the table."""

MOST_WORTH = 3
"""Numbers shown that are worth knowing, of each measure."""

MORE = "more replications would tell (run.replications=...)"


def uncertainty_text(drawn: Drawn) -> list[str]:
    """What a planner reads first: spread, the numbers that matter most, which option is best and when it stops being so."""
    parts = (_spread(drawn), _tornado(drawn), _best(drawn), _knowing(drawn), _thresholds(drawn), _said(notices(drawn)))
    lines = [line for part in parts if part for line in ("", *part)]
    return lines[1:]


def notices(drawn: Drawn) -> list[str]:
    """What must be said of the draws, a sentence each: those not known, those without limit, and what luck leaves open."""
    said = [sentence for row in spread_rows(drawn) for sentence in _of_draws(row)]
    rows = best_rows(drawn)
    for measure in dict.fromkeys(row["measure"] for row in rows):
        own = [row for row in rows if row["measure"] == measure]
        is_limited = any(row["draws_without_limit"] for row in own)
        label, open_ones = own[0]["label"], [row["option"] for row in own if row["told_apart"] is False]
        if own[0]["beyond_luck"] is None and own[0]["draws"]:
            said.append(f"{label}: one replication does not say how much of it is luck; take run.replications=2 or more.")
        elif open_ones:
            said.append(f"{label}: the draws do not tell these options apart beyond luck ({', '.join(open_ones)}); {MORE}.")
        elif not own[0]["beyond_luck"] and own[0]["draws"] and not is_limited:
            said.append(f"{label}: the draws spread no more than luck makes them, so that no number is seen to matter for it; {MORE}.")
    return said


def _of_draws(row: dict) -> list[str]:
    name, every = f"{row['option']}, {row['label']}", row["draws"] + row["draws_not_known"]
    said = []
    if row["draws_not_known"]:
        said.append(f"{name}: {row['draws_not_known']} of {every} draws are not known and are left out.")
    if row["draws_without_limit"] or row["draws_baseline_without_limit"]:
        said.append(
            f"{name}: without limit in {row['draws_without_limit']} of {row['draws']} draws, the baseline in "
            f"{row['draws_baseline_without_limit']}; with such draws no mean, interval or loss is a number; where both are, they are alike."
        )
    return said


def _said(sentences: Sequence[str]) -> list[str]:
    return [f"! {each}" for each in sentences]


def shown(value: float, form: str = "+.4g") -> str:
    """A number, or in words what it is.

    Examples
    --------
    >>> shown(1.0), shown(float("nan")), shown(float("inf")), shown(float("-inf"))
    ('+1', 'not known', 'no limit', 'baseline: no limit')
    """
    if value != value:
        return "not known"
    if abs(value) == float("inf"):
        return "no limit" if value > 0 else "baseline: no limit"
    return f"{value:{form}}"


def _percent(value: float, is_open: bool) -> str:
    return ("not told" if is_open else "not known") if value != value else f"{100 * value:.0f} %"


def _spread(drawn: Drawn) -> list[str]:
    lines: list[str] = []
    for option in drawn.options:
        rows = [row for row in spread_rows(drawn) if row["option"] == option]
        head = (f"{option}, less the baseline", "as tabled", "+- luck", "mean of draws", "+- error", "95 %, of the numbers", "luck's share")
        body = [
            (
                row["label"],
                shown(row["as_tabled"]),
                shown(row["as_tabled_error_of_luck"], ".2g"),
                shown(row["mean"]),
                shown(row["standard_error_of_mean"], ".2g"),
                _interval(row),
                _share(row),
                _percent(row["chance_better_than_baseline"], row["beyond_luck"] is False),
                _percent(row["chance_same_as_baseline"], row["beyond_luck"] is False),
                row["unit"],
            )
            for row in rows
        ]
        lines += ["", *aligned((*head, "better in", "the same in", "unit"), body)]
    return [*lines[1:], "+-: one standard error."]


def _interval(row: dict) -> str:
    if row["beyond_luck"] is False and row["standard_error_of_luck"] > 0:
        return "no wider than luck"
    if row["low"] == row["low"] and row["high"] == row["high"]:
        return f"{shown(row['low'])} to {shown(row['high'])}"
    return "not known"


def _share(row: dict) -> str:
    if row["standard_error_of_luck"] == 0:
        return "none"
    return shown(100 * row["share_of_luck"], ".0f") + (" %" if row["share_of_luck"] == row["share_of_luck"] else "")


def _tornado(drawn: Drawn) -> list[str]:
    labels = {of.key: of.label for of in drawn.measures}
    lines: list[str] = []
    is_marked = False
    for option in drawn.options:
        body, seen = [], dict.fromkeys(labels, 0)
        for row in tornado_rows(drawn):
            if row["option"] != option or seen[row["measure"]] >= WIDEST:
                continue
            if row["swing"] <= 1e-9 * max(1.0, abs(row["as_tabled"])):
                continue
            seen[row["measure"]] += 1
            mark = " ~" if row["beyond_luck"] is False else ""
            is_marked |= bool(mark)
            body.append(
                (
                    labels[row["measure"]] if seen[row["measure"]] == 1 else "",
                    row["parameter"].replace("_", " ") + mark,
                    f"{rough(row['low'])} to {rough(row['high'])}",
                    shown(row["at_low"]),
                    shown(row["at_high"]),
                    rough(row["zero_at"]) if row["zero_at"] == row["zero_at"] else "-",
                    row["unit"],
                )
            )
        head = (f"{option}, one number at a time", "number", "its interval", "at its low end", "at its high end", "no better at", "unit")
        lines += ["", *(aligned(head, body) if body else [f"{option}: no number, at an end of its interval, moves any measure."])]
    return [*lines[1:], *(["~ no more than luck: " + MORE] if is_marked else [])]


def _best(drawn: Drawn) -> list[str]:
    head = ("Which is best, by", "option", "best in", "expected loss", "+- error", "unit")
    body, last = [], None
    for row in best_rows(drawn):
        body.append(
            (
                row["label"] if row["measure"] != last else "",
                row["option"] + (" *" if row["is_best_on_average"] else "  "),
                _percent(row["chance_best"], row["told_apart"] is False),
                shown(row["expected_loss"], ".3g"),
                shown(row["expected_loss_error"], ".2g"),
                row["unit"],
            )
        )
        last = row["measure"]
    told = "* best on average. Expected loss: what choosing it gives away, on average, to the best in each draw; luck is taken off."
    return [*aligned(head, body), told]


def _knowing(drawn: Drawn) -> list[str]:
    body = []
    one = knowing_rows(drawn)
    for row in best_rows(drawn):
        if row["option"] != "baseline":
            continue
        value, error = row["value_of_knowing_everything"], row["value_of_knowing_everything_error"]
        body.append((row["label"], "all numbers", shown(value, ".3g"), shown(error, ".2g"), row["unit"]))
        worth = [each for each in one if each["measure"] == row["measure"] and each["value_of_knowing_it"] > 0]
        for each in worth[:MOST_WORTH]:
            name = each["parameter"].replace("_", " ")
            body.append(("", name, shown(each["value_of_knowing_it"], ".3g"), shown(each["value_of_knowing_it_error"], ".2g"), row["unit"]))
    head = ("What knowing for certain would bring to the choice, by", "of", "on average", "+- error", "unit")
    return [*aligned(head, body), "0: as far as is seen beyond luck, more knowledge would not change the choice."]


def _thresholds(drawn: Drawn) -> list[str]:
    rows, labels = threshold_rows(drawn), {of.key: of.label for of in drawn.measures}
    if not rows:
        return ["No single number, inside its interval, makes another option best."]
    head = ("When it stops being best, by", "best as tabled", "number", "as tabled", "its interval", "stops at", "then best")
    body = [
        (
            labels[row["measure"]],
            row["best_as_tabled"],
            row["parameter"].replace("_", " "),
            rough(row["value"]),
            f"{rough(row['low'])} to {rough(row['high'])}",
            rough(row["stops_at"]) if row["stops_at"] == row["stops_at"] else "not known",
            row["then_best"],
        )
        for row in rows
    ]
    return aligned(head, body)


def draw_uncertainty(drawn: Drawn, folder: Path) -> list[str]:
    """Write the figures as PNG and SVG; what each shows, in words and by name, no semicolon in them (`report.studies` parts them there)."""
    from .figures import uncertainty as figures
    from .figures.drawing import Figure, picture

    made: dict[str, tuple[Callable, tuple[float, float]]] = {"chances": (figures.chances, (9, 1.8 + 0.7 * len(drawn.measures)))}
    for o, name in enumerate(drawn.options):
        for m, of in enumerate(drawn.measures):
            spelt = "".join(letter if letter.isalnum() else "_" for letter in name)
            made[f"tornado_{of.key}_{spelt}"] = (lambda shown, ax, o=o, m=m: figures.tornado(shown, ax, o, m)), (9, 5)
    if figures.has_cloud(drawn):
        made["cloud"] = figures.cloud, (7, 5.5)
        made["acceptability"] = figures.acceptability, (8, 4.5)
    said = []
    for name, (draw, size) in sorted(made.items()):
        each = picture(name, Figure(draw, size), drawn, "Draws of numbers from their tables of sources; parameters.csv has every interval.")
        (folder / f"{name}.png").write_bytes(each.png)
        (folder / f"{name}.svg").write_bytes(each.svg)
        said.append(f"{name}: {each.alternative}")
    return said
