"""Faults: what is wrong with an input, said so that a person can act on it.

A fault names what was found, the rule it breaks and the cure, with file, row and column where there is one. Readers
collect every fault of one input and raise them together, so that a table is mended in one go and not in ten.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from numbers import Real
from reprlib import Repr

MOST_SHOWN = 120
"""How many characters of a value a fault shows."""


class InputError(ValueError):
    """One input is wrong; the message lists every fault found in it, one a line."""

    faults: tuple[Fault | str, ...] = ()
    """The same one by one, for whoever gathers those of several inputs."""

    @property
    def each(self) -> tuple[Fault | str, ...]:
        """The faults one by one; the message where there is nothing but a message."""
        return self.faults or (str(self),)


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one input."""

    rule: str
    """What must hold, in words: ``beds must be a whole number, 0 or more``."""
    value: object = None
    """What was found instead."""
    cure: str = ""
    """What to do about it."""
    file: str = ""
    """The file, where there is one."""
    row: int | None = None
    """The row as an editor shows it: the header is row 1."""
    column: str = ""
    """The column, where there is one."""

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f" row {self.row}"
        if self.column:
            place += f" column {_on_one_line(self.column)}"
        said = self.rule if self.value is None else f"{self.rule}, got {shown(self.value)}"
        return (f"{place.strip()}: " if place else "") + said + (f"; {self.cure}" if self.cure else "")


_REPR = Repr()
"""Writes values out, of nested ones no more than anybody would read."""
_REPR.maxlevel, _REPR.maxlist, _REPR.maxtuple, _REPR.maxdict, _REPR.maxset = 4, 30, 30, 30, 30
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = 10_000


def shown(value: object) -> str:
    """A value as a fault shows it: on one line, and cut where it is long.

    Examples
    --------
    >>> shown("Ashfrod"), shown("x" * 1000)[-26:]
    ("'Ashfrod'", 'x... (1,002 characters)')
    """
    said = _REPR.repr(value)
    return said if len(said) <= MOST_SHOWN else f"{said[:MOST_SHOWN]}... ({len(said):,} characters)"


def _on_one_line(text: str) -> str:
    return text if text.isprintable() and len(text) <= MOST_SHOWN else shown(text)


def refuse(faults: Iterable[Fault | str], of: str = "") -> None:
    """Raise one `InputError` with all ``faults``; do nothing where there are none.

    Examples
    --------
    >>> refuse([])
    >>> refuse(["beds is negative"], of="units.csv")
    Traceback (most recent call last):
    ...
    sim.service.fault.InputError: units.csv: beds is negative
    """
    faults = tuple(faults)
    if not faults:
        return
    said = [str(fault) for fault in faults]
    head = f"{of}: " if of else ""
    if len(said) == 1:
        error = InputError(head + said[0])
    else:
        error = InputError(f"{head}{len(said)} faults\n  " + "\n  ".join(said))
    error.faults = tuple(f"{head}{fault}" for fault in said) if of else faults
    raise error


class Gathering:
    """What keeps the faults of several readers in its list ``faults``, so that all can be told together."""

    def __init__(self):
        self.faults: list = []

    def attempt(self, read: Callable):
        """What a reader gives; None, with its faults kept, where it refuses."""
        try:
            return read()
        except InputError as error:
            self.faults += error.each
            return None


def is_number(value: object, least: float = -math.inf, most: float = math.inf) -> bool:
    """Whether a value is a finite number within limits; true and false are none.

    Examples
    --------
    >>> is_number(0.5, 0, 1), is_number(True), is_number("5"), is_number(math.nan)
    (True, False, False, False)
    """
    is_real = isinstance(value, Real) and not isinstance(value, bool)
    return is_real and -1e300 < value < 1e300 and least <= value <= most  # NaN and infinity are within no limits


def is_whole(value: object, least: float = -math.inf, most: float = math.inf) -> bool:
    """Whether a value is a whole number within limits, however it is written.

    Examples
    --------
    >>> is_whole(5, 1), is_whole(5.0, 1), is_whole(0, 1), is_whole(2.5), is_whole(True)
    (True, True, False, False, False)
    """
    return is_number(value, least, most) and value == int(value)


def settings(given: object, of: str, needed: Iterable[str] = (), known: Iterable[str] | None = None) -> dict:
    """The lines under a heading of a config as a mapping, empty where there are none; anything else is refused.

    Parameters
    ----------
    given
        What the config holds there.
    of
        The heading, as faults say it.
    needed
        Keys that must be there.
    known
        Keys that may be there; None allows all.

    Examples
    --------
    >>> settings(5, "service.beds")
    Traceback (most recent call last):
    ...
    sim.service.fault.InputError: service.beds: settings are needed, as key: value, got 5
    """
    if given is None:
        given = {}
    refuse([] if isinstance(given, Mapping) else [Fault("settings are needed, as key: value", given)], of=of)
    faults = [Fault(f"{key} is missing", cure=f"add {key}:") for key in needed if given.get(key) is None]
    if known is not None:
        cure = "known: " + ", ".join(known)
        faults += [
            Fault("unknown setting", key, cure + nearest_spelling(key, known)) for key in given if key not in known
        ]
    refuse(faults, of=of)
    return dict(given)


def words(given: object, of: str) -> tuple[str, ...]:
    """Words from one or from a list of them, none where nothing is given; anything else is refused.

    Examples
    --------
    >>> words("stroke", "groups"), words(["stroke", "mimic"], "groups"), words(None, "groups")
    (('stroke',), ('stroke', 'mimic'), ())
    """
    several = tuple(given) if isinstance(given, (tuple, list)) else () if given in (None, "") else (given,)
    refuse([Fault(f"{of} is a list of words", each) for each in several if not isinstance(each, str)])
    return several


def given_twice(given: Iterable[str]) -> list[Fault]:
    """The faults of settings that stand twice among words written key=value, and of words that stand twice.

    Examples
    --------
    >>> [str(each) for each in given_twice(["run.seed=1", "region=two_towns", "run.seed=2"])]
    ["run.seed is given twice, got 'run.seed=1 run.seed=2'; keep one"]
    """
    by_key: dict[str, list[str]] = {}
    for word in given:
        by_key.setdefault(word.partition("=")[0].lstrip("+"), []).append(word)
    times = {2: "twice"}
    return [
        Fault(f"{key or 'a word'} is given {times.get(len(words), f'{len(words)} times')}", " ".join(words), "keep one")
        for key, words in by_key.items()
        if len(words) > 1
    ]


def nearest_spelling(word: object, known: Iterable[str]) -> str:
    """``; did you mean 'Ashford'?`` where a known word is close, else an empty string.

    Examples
    --------
    >>> nearest_spelling("Ashfrod", ["Ashford", "Dover"])
    "; did you mean 'Ashford'?"
    """
    spelt = {str(each).casefold(): str(each) for each in known}
    close = get_close_matches(str(word), spelt.values(), n=1, cutoff=0.6)
    close = close or [spelt[each] for each in get_close_matches(str(word).casefold(), spelt, n=1, cutoff=0.6)]
    return f"; did you mean {close[0]!r}?" if close else ""
