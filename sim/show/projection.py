"""From longitude and latitude to a flat map."""

from __future__ import annotations

import numpy as np

BRITAIN = (-9.0, 49.5, 2.5, 61.5)
"""West, south, east and north of where the British National Grid is used."""


def projected(longitude: np.ndarray, latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Easting and northing in metres.

    Inside Britain on the British National Grid (EPSG:27700), as outlines of bodies are; elsewhere on a transverse Mercator
    projection about the middle of the places.

    Parameters
    ----------
    longitude, latitude
        (N,) degrees, WGS 84.

    Examples
    --------
    >>> [round(float(x[0]), -3) for x in projected(np.array([-1.54925]), np.array([53.5258]))]  # South Yorkshire
    [430000.0, 403000.0]
    """
    from pyproj import Transformer

    longitude, latitude = np.asarray(longitude, float), np.asarray(latitude, float)
    if is_in_britain(longitude, latitude):
        to = "EPSG:27700"
    else:
        to = f"+proj=tmerc +lat_0={np.mean(latitude):.6f} +lon_0={np.mean(longitude):.6f} +datum=WGS84 +units=m"
    return Transformer.from_crs("EPSG:4326", to, always_xy=True).transform(longitude, latitude)


def is_in_britain(longitude: np.ndarray, latitude: np.ndarray) -> bool:
    """Whether all places lie where the British National Grid is used."""
    west, south, east, north = BRITAIN
    return bool(
        len(longitude)
        and west <= np.min(longitude)
        and np.max(longitude) <= east
        and south <= np.min(latitude)
        and np.max(latitude) <= north
    )
