"""The option row as text: what the option is judged by, with the verdict on each measure."""

from __future__ import annotations

from collections.abc import Iterable

from ..study.option_row import Measure
from .numbers import change, number, signed

GUESS = "?"
"""Marks what rests on a guess."""

_HEAD = ("Option row", "baseline", "option", "change", "95 % interval", "", "")
LEGEND = f"{GUESS} rests on a guess: option_row.csv says which. Undecided: the interval holds 0, or there is none. Neutral: yours to judge."


def option_row_text(row: Iterable[Measure]) -> list[str]:
    """The headline measures of an option as aligned lines; their parts are left to ``option_row.csv``."""
    body = [
        (
            f"{of.label} {GUESS}" if of.is_guess else of.label,
            number(of.baseline, of.unit),
            number(of.option, of.unit),
            change(of.difference, of.unit),
            interval_text(of),
            of.verdict,
            of.unit,
        )
        for of in row
        if of.is_headline
    ]
    size = [max(len(line[i]) for line in (_HEAD, *body)) for i in range(7)]

    def lay(line: tuple[str, ...]) -> str:
        numbers = "  ".join(f"{line[i]:>{size[i]}}" for i in range(1, 5))
        return f"{line[0]:<{size[0]}}  {numbers}  {line[5]:<{size[5]}}  {line[6]}".rstrip()

    first = lay(_HEAD)
    return [first, "-" * max(map(len, (first, *map(lay, body)))), *map(lay, body), "", LEGEND]


def interval_text(of: Measure) -> str:
    """The interval of a difference; without luck in it ``exact``, or ``a guess`` where it rests on one; - with too few replications."""
    if of.samples is None:
        return "a guess" if of.is_guess else "exact"
    return "-" if of.low != of.low else f"{signed(of.low, of.unit)} to {signed(of.high, of.unit)}"
