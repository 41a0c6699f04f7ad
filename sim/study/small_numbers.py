"""Small numbers: counts of a handful of people, and how numbers are shown so that none follows from all that is shown.

A count is shown in a band: rounded down to a multiple of the threshold, and marked where it is below it. All that anybody knows of any
count then lies between multiples of the threshold, and so does all that follows from sums and differences: where the sums are those of a
hierarchy, or of flows between places, the least and the most that an unknown can be are whole numbers where all bounds are (Hoffman and
Kruskal 1956, on unimodular matrices; here in units of the threshold). So no total, and no combination of totals, tells a count more
closely than its own band. Other figures that follow from patients are shown as they would be in the middle of the band, in steps, and so
tell nothing more where they are so much a patient.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

LEAST = 5.0
"""Counts below this are not published; of a year, as rates are."""

MARK = "[c]"
"""What stands in place of a suppressed number: confidential, as Government statistics mark it."""

_SLACK = 1e-9
"""Sums of shares make 5 out of 4.9999999."""


class Band(NamedTuple):
    """What is told of a count: that it is at least ``low`` and less than ``high``; both 0 for nobody."""

    low: float
    high: float

    @property
    def is_small(self) -> bool:
        """Whether it is of a handful, whose number is not told."""
        return self.low == 0 < self.high


def band(count: float, least: float = LEAST) -> Band:
    """The band of a count."""
    if count <= _SLACK or least == 0:
        return Band(count, count)
    low = least * math.floor(count / least * (1 + _SLACK))
    return Band(low, low + least)


def shown(count: float, least: float = LEAST) -> float | str:
    """What is printed of a count, or of what one falls by: where its band begins, or the mark.

    Examples
    --------
    >>> shown(603.2), shown(4.2), shown(0), shown(-7)
    (600, '[c]', 0, -5)
    """
    told = band(abs(count), least)
    made = math.copysign(told.low, count) if told.low else 0
    return MARK if told.is_small else int(made) if made == int(made) else made


class Figure(NamedTuple):
    """A figure as it would be in the middle of the bands that it follows from, and the finest step at which it may be shown."""

    value: float
    step: float


def of_patients(value: float, count: float, least: float = LEAST) -> Figure | None:
    """A figure that is so much a patient, as it would be of a count in the middle of its band; None where that is of a handful.

    Its step is what three times the threshold make of it, for what has a fixed part too: it stays near, and no patient shows in it.

    Examples
    --------
    >>> of_patients(6030.0, 603.0) == of_patients(6010.0, 601.0)  # ten a patient
    True
    """
    if value == 0 or least == 0:
        return Figure(value, 0.0)
    told = band(count, least)
    if not told.low:
        return None
    return Figure(value * (told.low + least / 2) / count, 3 * least * abs(value) / count)


def of_share(share: float, count: float, least: float = LEAST) -> Figure | None:
    """A share of patients, as it would be with both counts in the middle of their bands; None where those inside are a handful.

    Nobody and everybody are told.
    """
    if share in (0.0, 1.0) or least == 0:
        return Figure(share, 0.0)
    inside, whole = band(abs(share) * count, least), band(count, least)
    if inside.is_small or not whole.low:
        return None
    middle = min(1.0, (inside.low + least / 2) / (whole.low + least / 2))
    return Figure(math.copysign(middle, share), least / whole.high)


def rounded(figures: Sequence[Figure | None], finest: float = 0.0) -> tuple[list[float | str], float]:
    """Figures at the finest step of 1, 2 or 5 that each of them may have, and that step; 0 for none.

    Parameters
    ----------
    figures
        Those that are compared with each other, and so have one step; None for what is not told.
    finest
        No step is finer.

    Examples
    --------
    >>> rounded([Figure(25.83, 0.3)]), rounded([Figure(0.3, 0.7), None])
    (([26.0], 0.5), (['[c]', '[c]'], 1.0))
    """
    least = max([finest, *(each.step for each in figures if each is not None)], default=0.0)
    step = next(_steps(least)) if least else 0.0
    return [MARK if each is None else _to(each.value, step, finest) for each in figures], step


def _to(value: float, step: float, finest: float) -> float | str:
    """A figure at a step; the mark where nothing would be left of it for want of patients."""
    if not step:
        return value
    made = float(f"{math.floor(value / step + 0.5 + _SLACK) * step:.12g}")
    return MARK if value and not made and step > 2 * finest * (1 + _SLACK) else made


def _steps(least: float) -> Iterator[float]:
    """Steps of 1, 2 and 5 times a power of ten, from ``least`` up."""
    power = math.floor(math.log10(least))
    for exponent in (power, power + 1):
        yield from (step for step in (float(f"{digit}e{exponent}") for digit in (1, 2, 5)) if step >= least * (1 - _SLACK))
