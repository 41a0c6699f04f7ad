"""Whether the warm-up was long enough: MSER-5 and the Welch average, over all replications of the baseline.

What is judged is one series, beds held over all units. A single unit, a waiting list or an option may take longer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEVEL = 0.05
"""How far, as a share, the first days of a filled start may lie from the rest and still count as level."""


LEAST = 20
"""Days that MSER-5 takes at least: four means of five, of which half can be cut off."""


@dataclass(frozen=True, eq=False)
class WarmUp:
    """What the series says of the warm-up."""

    mean: np.ndarray
    """(D,) beds held each midnight, averaged over replications."""
    smooth: np.ndarray
    """(D,) its moving average over two weeks (Welch 1983)."""
    needed: float
    """Days that MSER-5 would cut off."""
    given: float
    """Days of warm-up used."""
    steady: float
    """Beds held on average after the days that MSER-5 would cut off."""
    is_filled: bool = False
    """Whether the run started from a filled system."""

    @property
    def is_at_end(self) -> bool:
        """Whether that is as much as is searched: a longer run may ask for more."""
        return self.needed >= len(self.mean) // 5 // 2 * 5

    @property
    def is_judged(self) -> bool:
        """Whether the series is long enough to say anything."""
        return len(self.mean) >= LEAST

    @property
    def is_enough(self) -> bool:
        """Whether the warm-up is at least as long as MSER-5 asks; from a filled start also where what it would cut off is level.

        The series of a steady system has no natural place to cut, so that some days are often asked for by chance.
        """
        if not self.is_judged:
            return False
        if self.given >= self.needed:
            return True
        first = self.mean[: int(self.needed)].mean()
        return self.is_filled and abs(first - self.steady) <= LEVEL * self.steady

    @property
    def said(self) -> str:
        """What a planner is told; empty where the warm-up is long enough."""
        if self.is_enough:
            return ""
        if not self.is_judged:
            days = f"the {len(self.mean)} days simulated are fewer than the {LEAST} that MSER-5 takes"
            return f"Whether the warm-up of {self.given:g} days is long enough cannot be judged: {days} (run.years, run.warmup_days)."
        asked = f"{self.needed:g} days{' or more' if self.is_at_end else ''}"
        if self.is_filled:
            way = "fill up" if self.mean[0] < self.steady else "empty"
            return f"From the filled start beds over all units {way} still: MSER-5 would cut off {asked} (run.warmup_days)."
        filling = "beds over all units still fill"
        return f"The warm-up of {self.given:g} days is too short: {filling}; MSER-5 asks for {asked} (run.warmup_days)."


def mser5(series: np.ndarray) -> int:
    """How many values of a series to cut off: the truncation that minimises the standard error of the rest.

    Parameters
    ----------
    series
        (N,) one value a day, averaged over replications.

    Returns
    -------
    Values to cut, a multiple of 5, at most half of the series (White, Cobb and Spratt 2000, Simulation 74:261,
    doi 10.1177/003754970007400501: MSER on means of five; the second half is not searched). Of fewer than `LEAST` values it says
    nothing, and none is cut.

    Examples
    --------
    >>> mser5(np.array([0.0] * 20 + [10.0, 10.1] * 40))
    20
    """
    batches = np.asarray(series, dtype=float)
    batches = batches[: len(batches) // 5 * 5].reshape(-1, 5).mean(axis=1)
    count = len(batches)
    if count < LEAST // 5:
        return 0
    score = [batches[cut:].var() / (count - cut) for cut in range(count // 2 + 1)]
    return 5 * int(np.argmin(score))


def warm_up(census: np.ndarray, given: float, is_filled: bool = False) -> WarmUp:
    """Judge a warm-up.

    Parameters
    ----------
    census
        (R, D) beds held each midnight of each replication, from the start.
    given
        Days of warm-up used.
    is_filled
        Whether the start was from a filled system.
    """
    mean = np.asarray(census, dtype=float).mean(axis=0)
    window = np.ones(14) / 14
    padded = np.concatenate([np.full(6, mean[0]), mean, np.full(7, mean[-1])]) if len(mean) else mean
    smooth = np.convolve(padded, window, mode="valid") if len(mean) else mean
    needed = mser5(mean)
    return WarmUp(mean, smooth, float(needed), float(given), float(mean[needed:].mean()) if len(mean) else np.nan, is_filled)
