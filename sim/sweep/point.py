"""Points: one question of a sweep, known by the content it rests on.

The key of a point is a hash of all that its numbers follow from - the composed config, the data and the code - and of nothing
else: not of the sweep it is in, its place there, the machine or the time. Two sweeps that ask the same question share its key;
whatever changes a number changes the key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from copy import deepcopy

IGNORED = ("results", "figures", "report")
"""Settings that change no number, next to ``run.workers``."""

LENGTH = 32
"""Hexadecimal digits of a key: 128 bits, so that two of 10^9 points are alike with a chance of 10^-21."""


_SPELLING = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


def canonical(value: object) -> str:
    """A value as JSON in one spelling; keys stay in their order, which in a pathway means something.

    Examples
    --------
    >>> canonical({"b": [1, 2.5], "a": None})
    '{"b":[1,2.5],"a":null}'
    """
    return _SPELLING.encode(value)


def digest(text: str) -> str:
    """The key of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def bare(config: Mapping) -> dict:
    """A config without the settings that change no number."""
    kept = {key: value for key, value in config.items() if key not in IGNORED}
    return kept | {"run": {key: value for key, value in kept["run"].items() if key != "workers"}}


def with_values(config: Mapping, axes: Sequence[str], values: Sequence[object]) -> dict:
    """A copy of a config in which the settings named by dotted keys are replaced.

    Examples
    --------
    >>> with_values({"run": {"seed": 1, "years": 1}}, ["run.seed"], [7])
    {'run': {'seed': 7, 'years': 1}}
    """
    made = deepcopy(dict(config))
    for axis, value in zip(axes, values):
        *path, last = axis.split(".")
        place = made
        for name in path:
            place = place[_step(place, name)]
        place[_step(place, last)] = value
    return made


def _step(place: object, name: str) -> str | int:
    return int(name) if isinstance(place, list) else name


class Keys:
    """Makes the keys of many points that differ in a few settings, from the JSON of one with gaps: microseconds a point."""

    def __init__(self, config: Mapping, axes: Sequence[str], rest: object):
        """Take the config of all points but for ``axes`` (dotted keys), and what else they rest on."""
        # run.workers and the like may be swept by mistake: they are in no key, so their gaps are nowhere.
        gaps = [f"\0{place}\0" for place in range(len(axes))]
        text = canonical([bare(with_values(config, axes, gaps)), rest])
        spelt = [canonical(gap) for gap in gaps]
        found = sorted((text.index(gap), place) for place, gap in enumerate(spelt) if gap in text)
        self.order = [place for _, place in found]
        pieces = []
        start = 0
        for at, place in found:
            pieces.append(text[start:at])
            start = at + len(spelt[place])
        pieces.append(text[start:])
        # What comes before the first gap is most of a config, and is hashed once.
        self.start, self.pieces = hashlib.sha256(pieces[0].encode()), pieces[1:]

    def key(self, values: Sequence[object]) -> str:
        """The key of the point with these values of the axes."""
        made = self.start.copy()
        made.update("".join([canonical(values[p]) + after for p, after in zip(self.order, self.pieces)]).encode())
        return made.hexdigest()[:LENGTH]
