"""Outcomes as values: a measure, what it is by, and its numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

ALL = "all"

HOME = "icb"
"""The level of bodies by which counts of patients are given for where they live."""


class Outcome(NamedTuple):
    """The values of one measure by one thing."""

    measure: str
    """Its name, with the unit in it."""
    by: str
    """``all``, ``unit``, ``kind``, ``group``, ``destination``, ``waited_for`` (the unit of the next bed), ``unit from day 400``
    (in the epoch that begins then), ``month`` or ``icb`` (of the patient's home)."""
    key: tuple[str, ...]
    """(N,) which unit, kind, group and so on; ``("",)`` for all."""
    value: np.ndarray
    """(N,) NaN where nothing was seen."""


def rows(outcome: Iterable[Outcome]) -> Iterator[tuple[str, str, float]]:
    """The tidy form: (measure, by, value), where ``by`` is ``all`` or ``unit=LA144LF`` and the like."""
    for each in outcome:
        for key, value in zip(each.key, each.value.tolist()):
            yield each.measure, f"{each.by}={key}" if key else each.by, value
