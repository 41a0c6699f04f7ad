"""Demand: how many patients need the service, where and when.

Demand is a Poisson process. Its baseline rate is the areas' admissions a year times the group's patients an admission;
options and seasons change it through *relative rates*, so that growth adds patients to those who were there and removes none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from .places import frozen

DAYS_A_YEAR = 365.25
"""Days in a year, as rates a year are turned into rates a day."""


@dataclass(frozen=True, eq=False)
class Factor:
    """A multiplier of demand from a time on, which may grow until another."""

    value: np.ndarray = field(default_factory=lambda: np.ones(()))
    """() or (A,): the multiplier, for all areas or for each."""
    since: float = 0.0
    """Days from the start of the run."""
    group: str = ""
    """The group it applies to; empty for all."""
    growth: np.ndarray = field(default_factory=lambda: np.zeros(()))
    """() or (A,): growth a year (share), compounding by month from ``since``."""
    until: float = math.inf
    """Days from the start of the run: when growth ends; what has grown by then stays."""

    def __post_init__(self):
        object.__setattr__(self, "value", frozen(self.value, float))
        object.__setattr__(self, "growth", frozen(self.growth, float))

    def relative(self, time: np.ndarray, area: np.ndarray) -> np.ndarray:
        """The multiplier at each moment (N,) in each area (N,)."""
        value = self.value if self.value.ndim == 0 else self.value[area]
        if self.growth.any():
            growth = self.growth if self.growth.ndim == 0 else self.growth[area]
            value = value * (1 + growth) ** (_months(np.minimum(time, self.until) - self.since) / 12)
        return np.where(time >= self.since, value, 1.0)

    def most(self, horizon: float) -> float:
        """The largest multiplier of any area before the horizon; at least 1."""
        if self.since >= horizon:
            return 1.0
        months = _months(max(0.0, min(horizon, self.until) - self.since))
        return max(1.0, float((self.value * np.maximum(1.0, (1 + self.growth) ** (months / 12))).max(initial=0.0)))


@dataclass(frozen=True, eq=False)
class Demand:
    """How demand varies about its baseline."""

    factors: tuple[Factor, ...] = ()
    """Multipliers; those in force at a time are multiplied together."""
    growth: float = 0.0
    """Growth a year (share), compounding by month from the start of the run."""
    month: np.ndarray = field(default_factory=lambda: np.ones(12))
    """(12,) relative rate by calendar month, January first."""
    hour: np.ndarray = field(default_factory=lambda: np.ones((7, 24)))
    """(7, 24) relative rate by weekday (Monday first) and hour."""

    def __post_init__(self):
        object.__setattr__(self, "month", frozen(self.month, float))
        object.__setattr__(self, "hour", frozen(self.hour, float))

    def relative(self, time, area, group: str, calendar) -> np.ndarray:
        """The relative rate at each moment.

        Parameters
        ----------
        time
            (N,) days from the start; before it what changes by date is as on day 0.
        area
            (N,) index of the area.
        group
            The group's name.
        calendar
            The run's `Calendar`, for months and weekdays.

        Returns
        -------
        (N,) multiplier of the baseline rate, 0 or more.
        """
        time, area = np.asarray(time, dtype=np.float64), np.asarray(area)
        rate, since = np.ones(time.shape), np.maximum(time, 0.0)
        for factor in self.factors:
            if factor.group in ("", group):
                rate *= factor.relative(since, area)
        if self.growth:
            rate *= (1 + self.growth) ** (_months(since) / 12)
        if (self.month != 1).any():
            day = np.datetime64(calendar.start, "D") + np.floor(time).astype("timedelta64[D]")
            rate *= self.month[day.astype("datetime64[M]").astype(int) % 12]
        if (self.hour != 1).any():
            day = np.floor(time).astype(np.int64)
            rate *= self.hour[(calendar.weekday() + day) % 7, np.floor((time - day) * 24).astype(np.int64)]
        return rate

    def trend(self, at: float, areas: int, group: str) -> np.ndarray:
        """(A,) the relative rate of each area at a time, seasons and hours apart."""
        time, area = np.full(areas, float(at)), np.arange(areas)
        rate = np.ones(areas)
        for factor in self.factors:
            if factor.group in ("", group):
                rate *= factor.relative(time, area)
        return rate * (1 + self.growth) ** (_months(time) / 12) if self.growth else rate

    def most(self, horizon: float, group: str) -> float:
        """An upper bound of the relative rate before the horizon, for the number of layers to draw."""
        bound = float(self.month.max() * self.hour.max())
        for factor in self.factors:
            if factor.group in ("", group):
                bound *= factor.most(horizon)
        return bound * max(1.0, (1 + self.growth) ** (horizon / DAYS_A_YEAR))


def _months(days):
    """Whole months of a twelfth of a year in a number of days."""
    return np.floor(np.asarray(days) * 12 / DAYS_A_YEAR)
