"""Hurdles: what an option must reach to be considered, with the source of each bound; passed, failed or undecided.

A hurdle is undecided where the 95 % interval of its measure holds the bound: more replications, or better estimates, would tell.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ..service.fault import Fault, InputError, is_number, refuse, settings
from .scorecard import Scorecard

PASS, FAIL, UNDECIDED, UNKNOWN = "pass", "fail", "undecided", "not known"
OF = ("option", "change")


@dataclass(frozen=True)
class Hurdle:
    """One bound on one measure.

    Examples
    --------
    >>> Hurdle("within_30", source="the service's own aim", at_least=80).words
    'at least 80'
    """

    measure: str
    """The key of a measure of the option row."""
    source: str
    """Who sets the bound, and where."""
    at_least: float | None = None
    at_most: float | None = None
    of: str = "option"
    """``option``: what the measure is under the option; ``change``: the option less the baseline."""
    guess: bool = False
    """Whether the bound has no published source."""

    def __post_init__(self):
        bounds = [each for each in (self.at_least, self.at_most) if each is not None]
        faults = [] if bounds else [Fault("a hurdle has a bound", cure="add at_least: or at_most:")]
        faults += [Fault("a bound is a number", each) for each in bounds if not is_number(each)]
        faults += [] if self.of in OF else [Fault(f"of is {' or '.join(OF)}", self.of)]
        faults += [] if str(self.source or "").strip() else [Fault("a hurdle names its source", cure="add source:")]
        faults += [] if isinstance(self.guess, bool) else [Fault("guess is true or false", self.guess)]
        refuse(faults, of=f"hurdle {self.measure}")

    @property
    def words(self) -> str:
        """The bound in words."""
        said = [f"{word} {value:g}" for word, value in (("at least", self.at_least), ("at most", self.at_most)) if value is not None]
        return " and ".join(said) + (" more than the baseline" if self.of == "change" else "")

    def judge(self, value: float, low: float, high: float, is_exact: bool) -> str:
        """Whether a value passes: where all of its interval lies within the bounds; it fails where none of it does."""
        if value != value:
            return UNKNOWN
        is_exact = is_exact or math.isinf(value)  # a wait without limit, which no luck brings down
        if not is_exact and (low != low or high != high):
            return UNDECIDED
        if is_exact:
            low = high = value
        least = -math.inf if self.at_least is None else self.at_least - 1e-9 * max(1.0, abs(self.at_least))
        most = math.inf if self.at_most is None else self.at_most + 1e-9 * max(1.0, abs(self.at_most))
        if least <= low and high <= most:
            return PASS
        return FAIL if high < least or low > most else UNDECIDED



def read_hurdles(given: object) -> tuple[Hurdle, ...]:
    """The hurdles of a config: a list under ``criteria``, each with a measure, a bound and a source.

    Raises
    ------
    InputError
        With the faults of every hurdle.
    """
    given = settings(given, "hurdles", ("criteria",), ("criteria",))
    listed = isinstance(given["criteria"], list)
    refuse([] if listed else [Fault("criteria is a list, each with measure, at_least or at_most, and source", given["criteria"])])
    made, faults = [], []
    for place, lines in enumerate(given["criteria"], start=1):
        try:
            lines = settings(lines, f"hurdle {place}", ("measure", "source"), tuple(Hurdle.__dataclass_fields__))
            made.append(Hurdle(**lines))
        except InputError as error:
            faults.append(str(error))
    refuse(faults)
    return tuple(made)


class Judged(NamedTuple):
    """What one hurdle says of one option."""

    option: str
    hurdle: Hurdle
    label: str
    unit: str
    value: float
    low: float
    high: float
    outcome: str
    """`PASS`, `FAIL`, `UNDECIDED` or `UNKNOWN` (the run does not know the measure)."""


def judge(card: Scorecard, hurdles: tuple[Hurdle, ...]) -> list[Judged]:
    """Every option before every hurdle.

    Raises
    ------
    InputError
        If a hurdle names a measure that none of the runs knows.
    """
    faults: list[str] = []
    for hurdle in hurdles:
        try:
            card.measure(hurdle.measure)
        except InputError as error:
            faults.append(f"hurdle: {error}")
    refuse(faults)
    return [_judged(card, option, hurdle) for option in card.options for hurdle in hurdles]


def _judged(card: Scorecard, option: str, hurdle: Hurdle) -> Judged:
    measure, cell = card.measure(hurdle.measure), card.cell.get((option, hurdle.measure))
    if hurdle.of == "change":
        value, (low, high) = (cell.difference, (cell.low, cell.high)) if cell else (float("nan"), (float("nan"),) * 2)
    else:
        value, (low, high) = card.value(option, hurdle.measure), card.interval(option, hurdle.measure)
    is_exact = cell is None or cell.samples is None
    outcome = hurdle.judge(value, low, high, is_exact)
    return Judged(option, hurdle, measure.label, measure.unit, value, low, high, outcome)


def passed(judged: list[Judged]) -> Mapping[str, str]:
    """By option, what all hurdles together say: failed if one is, undecided if one is, else passed."""
    made: dict[str, str] = {}
    for option in dict.fromkeys(each.option for each in judged):
        outcomes = {each.outcome for each in judged if each.option == option}
        made[option] = next((said for said in (FAIL, UNKNOWN, UNDECIDED) if said in outcomes), PASS)
    return made
