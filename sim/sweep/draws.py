"""Draws: an uncertainty analysis as the points of a sweep, and what they gave read back.

Every option is asked with all numbers as tabled, with each number at the ends of its interval, and at every draw; of these the first two
share one luck, and each draw has its own, the same for every option.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..study.belief import Belief, draw_beliefs, one_way, settings_at
from ..study.uncertainty import Drawn, Judged, saltelli_shares
from .parts import DONE
from .plan import Stored
from .standing import standing

BY = "option_row"
"""What outcomes are kept by."""

LUCK = 10_000
"""The seed of a draw is the run's, and this, and the number of the draw."""


@dataclass(frozen=True, eq=False)
class Draws:
    """The rows of settings of an analysis; letters: R rows, B beliefs."""

    beliefs: tuple[Belief, ...]
    settings: np.ndarray
    """(R, B) first as tabled and one by one, then the draws, then those for variance-based indices."""
    seeds: tuple[int, ...]
    """(R,) the luck of each."""
    drawn: int
    """How many are draws."""

    @property
    def ends(self) -> int:
        """How many rows are as tabled or one by one."""
        return 2 * len(self.beliefs) + 1

    @property
    def axes(self) -> tuple[str, ...]:
        """What is set."""
        return (*(each.setting for each in self.beliefs), "run.seed")

    def rows(self) -> list[tuple]:
        """The values of the axes, row by row."""
        return [(*map(float, row), seed) for row, seed in zip(self.settings.tolist(), self.seeds)]


def make_draws(beliefs: tuple[Belief, ...], count: int, saltelli: int, design_seed: int, run_seed: int) -> Draws:
    """The rows of an analysis.

    Parameters
    ----------
    beliefs
        About every number that is not certain.
    count
        Draws.
    saltelli
        Base points of a variance-based analysis, a power of 2; 0 for none. It takes so many times the numbers and two.
    design_seed, run_seed
        The luck of the draws, and of the run.
    """
    parts = [one_way(beliefs), draw_beliefs(beliefs, count, design_seed)]
    seeds = [run_seed] * len(parts[0]) + [run_seed + LUCK + number for number in range(count)]
    if saltelli:
        parts.append(settings_at(beliefs, saltelli_shares(len(beliefs), saltelli, design_seed)))
        seeds += [run_seed] * len(parts[-1])
    return Draws(beliefs, np.concatenate(parts), tuple(seeds), count)


def read_back(
    stored: Stored, keys: Sequence[str], draws: Draws, options: Sequence[str], measures: Sequence[Judged]
) -> tuple[Drawn, np.ndarray, dict[str, int]]:
    """What the points gave.

    Parameters
    ----------
    stored
        The sweep.
    keys
        (R x O,) the key of each point: row by row, option by option.
    draws, options, measures
        What was asked, and what is looked at.

    Returns
    -------
    The draws; (O, points, M) values for variance-based indices; and how many points failed, by reason.
    """
    values, failed = _values(stored, {of.key for of in measures})
    count, wide = len(draws.settings), len(options)
    value, error = np.full((2, wide, count, len(measures)), np.nan)
    for place, key in enumerate(keys):
        row, option = divmod(place, wide)
        for m, of in enumerate(measures):
            if (key, of.key) in values:
                value[option, row, m], error[option, row, m] = values[key, of.key]
    ends, last = draws.ends, draws.ends + draws.drawn
    one_by_one = value[:, 1:ends].reshape(wide, len(draws.beliefs), 2, len(measures))
    own = Drawn(
        draws.beliefs,
        tuple(options),
        tuple(measures),
        value[:, 0],
        one_by_one,
        draws.settings[ends:last],
        value[:, ends:last],
        np.nan_to_num(error[:, ends:last]),
    )
    return own, value[:, last:], failed


def _values(stored: Stored, wanted: set[str]) -> tuple[dict[tuple[str, str], tuple[float, float]], dict[str, int]]:
    """By key and measure, the difference and its standard error; and the reasons of points that failed, with how many."""
    from pyarrow import compute as pc
    from pyarrow import parquet

    found = standing(stored)
    made, failed = {}, {}
    for reason in found.failed.values():
        failed[reason] = failed.get(reason, 0) + 1
    for part in found.parts:
        table = parquet.read_table(
            stored.parts / part.name, columns=["key", "status", "measure", "by", "difference", "low", "high", "basis"]
        )
        table = table.filter(pc.equal(pc.cast(table["by"], "string"), BY))
        for row in table.to_pylist():
            if row["status"] == DONE and row["measure"] in wanted and row["difference"] is not None:
                made[row["key"], row["measure"]] = row["difference"], standard_error(row)
    return made, failed


def standard_error(row: Mapping) -> float:
    """Of luck, from the interval of a difference; 0 where its interval is not of replications.

    Examples
    --------
    >>> round(standard_error({"low": -1.96, "high": 1.96, "basis": "1000000 replications"}), 3)
    1.0
    """
    from scipy.special import stdtrit

    basis = row["basis"] or ""
    count = re.match(r"(\d+) replications", basis)  # not "expected; interval of ...": such a value has no luck in it
    if not count or row["low"] is None or row["high"] is None or int(count[1]) < 2:
        return 0.0
    return float((row["high"] - row["low"]) / 2 / stdtrit(int(count[1]) - 1, 0.975))
