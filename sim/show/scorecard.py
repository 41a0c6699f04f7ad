"""Options side by side as text: values with verdicts, who is dominated, who passes which hurdle, and what the ranking hangs on."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from ..study.hurdles import Judged, passed
from ..study.option_row import Measure
from ..study.scorecard import BASELINE, Dominated, Scorecard
from ..study.weights import Weighted
from .numbers import change, number, signed
from .option_row import GUESS
from .terminal import width

MARK = {"better": "+", "worse": "-", "undecided": "~", "the same": "=", "neutral": " ", "": " "}
"""What stands behind a value: what the option is in this measure beside the one it is compared with."""

_LABEL = 58
_NAME = 13


def scorecard_text(card: Scorecard, against: str = BASELINE) -> list[str]:
    """The headline measures of all options, as many options beside each other as the terminal is wide.

    Parameters
    ----------
    card
        The options.
    against
        The option that the others are compared with.
    """
    measures = [each for each in card.measures if each.is_headline]
    label = min(_LABEL, max(len(_label(each)) for each in measures))
    room = max(1, (width() - label) // (_NAME + 2))
    rest = [option for option in card.options if option != against]
    blocks = [[against, *rest[at : at + room - 1]] for at in range(0, len(rest), max(1, room - 1))] or [[against]]
    lines = []
    for block in blocks:
        lines += [*_block(card, measures, block, against, label), ""]
    return [*lines, *_wrap(_legend(against))]


def _label(of: Measure, room: int = 200) -> str:
    """A measure in words with its unit, where the words do not say it, and the mark of a guess, which is never cut off."""
    says_unit = any(word in of.label for word in of.unit.split() if len(word) > 3)
    said = of.label if says_unit or of.unit == "a year" else f"{of.label}, {of.unit.replace('GBP million', 'GBP m')}"
    mark = f" {GUESS}" if of.is_guess else ""
    return textwrap.shorten(said, room - len(mark), placeholder="...") + mark


def _bare(of: Measure) -> str:
    return f"{of.label} {GUESS}" if of.is_guess else of.label


def _block(card: Scorecard, measures: Sequence[Measure], options: Sequence[str], against: str, label: int) -> list[str]:
    heads = [_stacked(option) for option in options]
    tall = max(map(len, heads))
    lines = [
        " " * label + "".join(f"{([''] * (tall - len(head)) + head)[at]:>{_NAME}}  " for head in heads).rstrip() for at in range(tall)
    ]
    rule = "-" * (label + len(options) * (_NAME + 2))
    section = ""
    for of in measures:
        if of.section != section:
            lines += [of.section, rule]
            section = of.section
        cells = []
        for option in options:
            said = "" if option == against else card.beside(option, against, of.key).verdict
            cells.append(f"{number(card.value(option, of.key), of.unit):>{_NAME}} {MARK[said]}")
        lines.append(f"{_label(of, label):<{label}}{''.join(cells)}".rstrip())
    return lines


def _stacked(name: str) -> list[str]:
    """A name in lines of a column's width, broken where its words end."""
    return textwrap.wrap(name.replace("_", " "), _NAME - 1) or [""]


def _legend(against: str) -> str:
    pair = f"Beside {against}: + better, - worse, ~ undecided (the paired 95 % interval holds 0), = the same."
    return f"{pair} Unmarked: which way is better is yours to say. {GUESS} rests on a guess."


def pair_text(card: Scorecard, option: str, other: str) -> list[str]:
    """Two options, measure by measure, with the paired interval of their difference."""
    head = (f"{option} less {other}", "change", "95 % interval", "", "")
    body = []
    for of in card.measures:
        found = card.beside(option, other, of.key)
        if of.is_headline and found.difference == found.difference:
            exact = "a guess" if of.is_guess else "exact"
            ends = exact if found.is_exact else "-" if found.low != found.low else _ends(found.low, found.high, of.unit)
            body.append((_bare(of), change(found.difference, of.unit), ends, found.verdict, of.unit))
    size = [max(len(line[at]) for line in (head, *body)) for at in range(5)]

    def lay(line: Sequence[str]) -> str:
        return f"{line[0]:<{size[0]}}  {line[1]:>{size[1]}}  {line[2]:>{size[2]}}  {line[3]:<{size[3]}}  {line[4]}".rstrip()

    return [lay(head), "-" * max(len(lay(line)) for line in (head, *body)), *map(lay, body)]


def _ends(low: float, high: float, unit: str) -> str:
    return f"{signed(low, unit)} to {signed(high, unit)}"


def dominated_text(card: Scorecard, found: Sequence[Dominated], judged_by: Sequence[Measure]) -> list[str]:
    """Which options another beats or equals in everything, and by what that was judged."""
    lines = ["Dominated options", "-" * width()]
    for option in card.options:
        of = [each for each in found if each.option == option]
        if of:
            said = ", ".join(f"{each.by}{'' if each.is_beyond_luck else ' (within luck or estimates)'}" for each in of)
            lines += _wrap(f"{option}: no better in anything, and worse in something, than {said}.")
    lines += [] if found else ["None: each is better than each other one in something."]
    keys = ", ".join(each.key for each in judged_by)
    return [*lines, *_wrap(f"Judged by {len(judged_by)} measures (by=[...] chooses others): {keys}.")]


def hurdles_text(card: Scorecard, judged: Sequence[Judged]) -> list[str]:
    """Every option before every hurdle, with the source of each bound."""
    if not judged:
        return []
    together = passed(list(judged))
    lines = ["Hurdles", "-" * width()]
    for hurdle in dict.fromkeys(each.hurdle for each in judged):
        of = [each for each in judged if each.hurdle == hurdle]
        unit, label = of[0].unit, of[0].label
        mark = f" {GUESS}" if hurdle.guess else ""
        lines += _wrap(f"{label}: {hurdle.words}{'' if unit in label else f' {unit}'}{mark} - {hurdle.source}")
        for outcome in dict.fromkeys(each.outcome for each in of):
            those = ", ".join(f"{each.option} ({_shown(each)})" for each in of if each.outcome == outcome)
            lines += _wrap(f"{outcome}: {those}", "    ", "        ")
    said = "; ".join(f"{option} {outcome}" for option, outcome in together.items() if option in card.options)
    return [*lines, *_wrap(f"All together: {said}.")]


def _shown(of: Judged) -> str:
    show = signed if of.hurdle.of == "change" else number
    shown = show(of.value, of.unit)
    return shown if of.low != of.low or of.low == of.high else f"{shown}, {show(of.low, of.unit)} to {show(of.high, of.unit)}"


def weights_text(found: Weighted) -> list[str]:
    """The score under the stated weights with all of its parts, and the ranking under other weights."""
    lines = ["Score: every part, and the ranking under other weights", "-" * width()]
    lines += [f"{at:>3}  {of.label}, weight {found.weight[at - 1]:.2f}" for at, of in enumerate(found.measures, start=1)]
    numbers = [str(at) for at in range(1, len(found.measures) + 1)]
    head = ["", *numbers, "score", "rank", "equal", *(f"{at} twice" for at in numbers), "first, %"]
    body = [
        [
            option,
            *(f"{part:.2f}" for part in found.part[o]),
            f"{found.score[0, o]:.3f}",
            *(str(rank) for rank in found.rank[:, o]),
            f"{100 * found.first_share[o]:.0f}",
        ]
        for o, option in enumerate(found.options)
    ]
    size = [max(len(row[at]) for row in (head, *body)) for at in range(len(head))]
    lines += ["", *(f"{row[0]:<{size[0]}}  " + "  ".join(f"{c:>{n}}" for c, n in zip(row[1:], size[1:])) for row in (head, *body))]
    note = (
        "Parts: 0 for the worst and 1 for the best of these options, so a score hangs on which stand here; differences within luck count "
        "too. Rank: under the weights as stated; under equal ones; with each one's weight twice as large. First: the share of 10,000 "
        "random sets of weights under which an option is first. Read the table of measures first."
    )
    return [*lines, "", *_wrap(note)]


def _wrap(said: str, first: str = "", later: str = "    ") -> list[str]:
    return textwrap.wrap(said, width(), initial_indent=first, subsequent_indent=later)
