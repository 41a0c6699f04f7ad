"""The straight-line rule: minutes by car from the distance between two points, where no table of minutes has the pair.

minutes = a + b d + c sqrt(d), with d in great-circle kilometres; the numbers stand in ``parameters/straight_line.csv`` with their
source. It was fitted to the minutes of 32,843 English neighbourhoods (LSOAs) to their ten nearest stroke units, weighted by admissions.
One rule holds everywhere; how far off such a rule is where people live in towns and where they do not is stated beside it. It knows no
coast: across an estuary or a strait it is far too short.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from .source import NUMBERS
from .tables import NOTE, TEXT, Column, read_table

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""


def great_circle_km(latitude, longitude, to_latitude, to_longitude) -> np.ndarray:
    """Kilometres along the surface between every point and every other (haversine).

    Parameters
    ----------
    latitude, longitude
        (N,) degrees.
    to_latitude, to_longitude
        (M,) degrees.

    Returns
    -------
    (N, M) kilometres.

    Examples
    --------
    A quarter of the way round:

    >>> float(great_circle_km([0], [0], [0], [90])[0, 0].round(1))
    10007.6
    """
    north, east = np.radians(np.asarray(latitude, float))[:, None], np.radians(np.asarray(longitude, float))[:, None]
    to_north, to_east = np.radians(np.asarray(to_latitude, float)), np.radians(np.asarray(to_longitude, float))
    half = np.sin((to_north - north) / 2) ** 2
    half = half + np.cos(north) * np.cos(to_north) * np.sin((to_east - east) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half))


def straight_line_minutes(km) -> np.ndarray:
    """Minutes by car over a great-circle distance, in steps of 0.1 as the tables have them.

    Parameters
    ----------
    km
        (...) great-circle kilometres.

    Examples
    --------
    >>> float(straight_line_minutes(25.0))
    34.4
    """
    km, rule = np.asarray(km, float), fits()["all"]
    return np.round(rule.intercept + rule.per_km * km + rule.per_root_km * np.sqrt(km), 1)


class Fit(NamedTuple):
    """A rule and how far off it is."""

    intercept: float
    """Minutes."""
    per_km: float
    """Minutes."""
    per_root_km: float
    """Minutes per square root of a kilometre."""
    error_minutes: float
    """Mean absolute error."""
    error_percent: float
    """Mean absolute error."""


@lru_cache(maxsize=1)
def fits() -> dict[str, Fit]:
    """The rule in use (``all``), and fits to urban, rural and the most rural neighbourhoods alone, by name."""
    names = ("intercept_minutes", "minutes_per_km", "minutes_per_root_km", "mean_absolute_error_minutes", "mean_absolute_error_percent")
    further = ("pairs", "r2", "root_mean_square_error_minutes")
    numbers = dict.fromkeys((*names, *further), Column(float))
    columns = {"of": Column(is_unique=True), **numbers, "source": TEXT, "confidence": TEXT, "note": NOTE}
    table = read_table(NUMBERS / "straight_line.csv", columns)
    return {of: Fit(*(float(table[name][row]) for name in names)) for row, of in enumerate(table["of"].tolist())}


def error_in_words() -> str:
    """The rule and its error, as outputs say it.

    Examples
    --------
    >>> error_in_words()
    '9.43 + 0.66 km + 1.69 sqrt(km) minutes; mean absolute error 4.8 minutes (10.9 %): urban 4.5, rural 5.8, more rural 5.5'
    """
    all_, *others = fits().items()
    rule, parts = all_[1], ", ".join(f"{of} {fit.error_minutes:.1f}" for of, fit in others)
    return (
        f"{rule.intercept:.2f} + {rule.per_km:.2f} km + {rule.per_root_km:.2f} sqrt(km) minutes; mean absolute error "
        f"{rule.error_minutes:.1f} minutes ({rule.error_percent:g} %): {parts}"
    )
