"""Coordinates: latitude and longitude from what a table gives - degrees, the British National Grid, or both - with a check.

The grid (EPSG:27700) is turned into degrees (EPSG:4326) by pyproj, to within a few metres.
"""

from __future__ import annotations

import numpy as np

from .fault import Fault
from .straight_line import great_circle_km
from .tables import Table

MOST_APART_KM = 1.0
"""How far the two coordinates of one place may lie from each other."""

_NAMED = 20


def has_grid(header: list[str]) -> bool:
    """Whether a table gives places on the British National Grid."""
    return "easting" in header and "northing" in header


def degrees_of(easting, northing) -> tuple[np.ndarray, np.ndarray]:
    """Latitude and longitude of points on the British National Grid.

    Parameters
    ----------
    easting, northing
        (N,) metres.

    Returns
    -------
    (N,) degrees north and (N,) degrees east.

    Examples
    --------
    The true origin of the grid lies at 49 N 2 W of the Airy ellipsoid:

    >>> latitude, longitude = degrees_of([400_000], [-100_000])
    >>> float(latitude[0].round(2)), float(longitude[0].round(2))
    (49.0, -2.0)
    """
    from pyproj import Transformer  # only here, for what only the grid needs

    turn = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)
    longitude, latitude = turn.transform(np.asarray(easting, float), np.asarray(northing, float))
    return np.asarray(latitude, float), np.asarray(longitude, float)


def settle_coordinates(table: Table) -> tuple[np.ndarray, np.ndarray]:
    """Where the places of a table are; what is wrong with that is added to its faults.

    Returns
    -------
    (N,) degrees north and (N,) degrees east, rounded to a millionth where they come from the grid.
    """
    if "latitude" not in table or "longitude" not in table:
        latitude, longitude = degrees_of(table["easting"], table["northing"])
        return latitude.round(6), longitude.round(6)
    latitude, longitude = table["latitude"], table["longitude"]
    swapped = np.flatnonzero(is_swapped(latitude, longitude))
    for place in swapped[:_NAMED]:
        value = (float(latitude[place]), float(longitude[place]))
        table.faults.append(table.fault(place, "latitude and longitude are swapped", value, "exchange them", "latitude"))
    if len(swapped) > _NAMED:
        rule = f"latitude and longitude are swapped in {len(swapped) - _NAMED:,} more rows"
        table.faults.append(Fault(rule, cure="exchange them", file=table.name))
    if "easting" in table and "northing" in table and not len(swapped):
        _compare(table, latitude, longitude)
    return latitude, longitude


def is_swapped(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    """(N,) bool: whether each point would lie in the British Isles with its coordinates exchanged, and lies in the sea off Africa so.

    Examples
    --------
    >>> is_swapped(np.array([51.15, 0.87]), np.array([0.87, 51.15]))
    array([False,  True])
    """
    return (longitude >= 49) & (longitude <= 61.5) & (latitude >= -9) & (latitude <= 2.2)


def _compare(table: Table, latitude: np.ndarray, longitude: np.ndarray) -> None:
    """Faults where the degrees and the grid of a place say different things."""
    north, east = degrees_of(table["easting"], table["northing"])
    apart = [
        great_circle_km([one], [other], [to_one], [to_other])[0, 0]
        for one, other, to_one, to_other in zip(latitude, longitude, north, east)
    ]
    for place in np.flatnonzero(np.array(apart) > MOST_APART_KM)[:_NAMED]:
        rule = "latitude and longitude must lie where easting and northing say"
        table.faults.append(table.fault(place, rule, f"{apart[place]:.1f} km apart", "correct one, or delete it", "latitude"))
