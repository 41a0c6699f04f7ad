"""Draws: an uncertainty analysis as the points of a sweep, and what they gave read back.

Every option is asked with all numbers as tabled, with each number at the ends of its interval, and at every draw; of these the first two
share one luck, and each draw has its own, the same for every option.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..study.belief import Belief, draw_beliefs, one_way, settings_at
from ..study.uncertainty import Drawn, Judged, saltelli_shares
from .answer import REPLICATION, is_lucky
from .parts import DONE
from .plan import Stored
from .standing import standing

BY = "option_row"
"""What outcomes are kept by; next to it, every replication (`answer.REPLICATION`), which says how much luck there is."""

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
    found, failed = _found(stored, {of.key for of in measures})
    count, wide, beliefs = len(draws.settings), len(options), len(draws.beliefs)
    value = np.full((wide, count, len(measures)), np.nan)
    level = np.full((1 + wide, count, len(measures)), np.nan)
    replications = max((len(each.samples) for each in found.values()), default=0)
    samples = np.full((wide, count, len(measures), max(1, replications)), np.nan)
    is_lucky = np.zeros(len(measures), dtype=bool)
    for place, key in enumerate(keys):
        row, option = divmod(place, wide)
        for m, of in enumerate(measures):
            each = found.get((key, of.key))
            if each is None:
                continue
            is_lucky[m] |= each.is_lucky
            value[option, row, m], level[1 + option, row, m] = each.difference, each.option
            level[0, row, m] = each.baseline if np.isnan(level[0, row, m]) else level[0, row, m]
            for number, change in each.samples.items():
                samples[option, row, m, number - 1] = change
    ends, last = draws.ends, draws.ends + draws.drawn
    one_by_one = value[:, 1:ends].reshape(wide, beliefs, 2, len(measures))
    own = Drawn(
        draws.beliefs,
        tuple(options),
        tuple(measures),
        value[:, 0],
        one_by_one,
        _luck_of_ends(samples[:, :ends], is_lucky),
        replications,
        draws.settings[ends:last],
        value[:, ends:last],
        level[:, ends:last],
        np.where(is_lucky[:, None, None], luck_of(samples[:, ends:last].transpose(1, 2, 0, 3)), 0.0),
        np.maximum(0, np.isfinite(samples[:, ends:last]).sum(axis=3).min(axis=0) - 1).astype(float),
    )
    return own, value[:, last:], failed


def _luck_of_ends(samples: np.ndarray, is_lucky: np.ndarray) -> np.ndarray:
    """(O, B, M, 3, 3) covariance of luck at the low end of a number, as tabled and at its high end; from (O, 1 + 2 B, M, R)."""
    low, high = samples[:, 1::2], samples[:, 2::2]
    three = np.stack(np.broadcast_arrays(low, samples[:, :1], high), axis=3)
    return np.where(is_lucky[:, None, None], luck_of(three), 0.0)


def luck_of(samples: np.ndarray) -> np.ndarray:
    """(..., K, K) covariance of the luck in means of the same replications (..., K, R); NaN where there are fewer than two.

    A replication that saw nothing, or in which something is without limit, tells nothing of luck and is left out of the means of two.

    Examples
    --------
    >>> luck_of(np.array([[1.0, 3.0], [2.0, 2.0]])).tolist()
    [[1.0, 0.0], [0.0, 0.0]]
    >>> luck_of(np.array([[1.0]])).tolist()
    [[nan]]
    """
    seen = np.isfinite(samples)
    both = seen[..., :, None, :] & seen[..., None, :, :]
    count, own = both.sum(axis=-1), seen.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        # A mean over those that both saw, so that a measure beside itself has its own variance.
        of = np.where(both, samples[..., :, None, :], 0.0)
        beside = np.where(both, samples[..., None, :, :], 0.0)
        product = (of * beside).sum(axis=-1) - of.sum(axis=-1) * beside.sum(axis=-1) / count
        made = product / (count - 1) * count / (own[..., :, None] * own[..., None, :])
    return np.where(count > 1, made, np.nan)


@dataclass
class _Found:
    """A measure of a point."""

    baseline: float = np.nan
    option: float = np.nan
    difference: float = np.nan
    is_lucky: bool = False
    samples: dict[int, float] = field(default_factory=dict)
    """The difference of each replication, by its number."""


def _found(stored: Stored, wanted: set[str]) -> tuple[dict[tuple[str, str], _Found], dict[str, int]]:
    """By key and measure, what was found; and the reasons of points that failed, with how many."""
    from pyarrow import compute as pc
    from pyarrow import parquet

    standings = standing(stored)
    made: dict[tuple[str, str], _Found] = {}
    failed: dict[str, int] = {}
    for reason in standings.failed.values():
        failed[reason] = failed.get(reason, 0) + 1
    columns = ["key", "status", "measure", "by", "baseline", "option", "difference", "basis"]
    for part in standings.parts:
        table = parquet.read_table(stored.parts / part.name, columns=columns)
        by = pc.cast(table["by"], "string")
        table = table.filter(pc.or_(pc.equal(by, BY), pc.starts_with(by, f"{REPLICATION}=")))
        for row in table.to_pylist():
            if row["status"] != DONE or row["measure"] not in wanted:
                continue
            each = made.setdefault((row["key"], row["measure"]), _Found())
            known = [np.nan if row[name] is None else row[name] for name in ("baseline", "option", "difference")]
            if row["by"] == BY:
                each.baseline, each.option, each.difference = known
                each.is_lucky = is_lucky(row["basis"])
            else:
                each.samples[int(row["by"].partition("=")[2])] = known[2]
    return made, failed
