"""The map of a report: areas by minutes added, outlines of bodies, and units by volume - drawn without a script, explained with one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...service.regions.outlines import SOURCE, outlines
from ...study.tables import SMALL, Findings
from ..figures.minutes_map import minutes_band
from ..figures.palette import MINUTES
from ..projection import is_in_britain, projected

WIDTH = 800.0
"""Units of the drawing from west to east."""
LARGEST_RADIUS = 11.0
"""Of the circle of the unit with most patients."""


class Band(NamedTuple):
    """Areas of one band of minutes added, as one path of dots."""

    words: str
    colour: str
    count: int
    path: str


class Mark(NamedTuple):
    """One unit on the map."""

    x: float
    y: float
    radius: float
    state: str
    """``open``, ``closed`` or ``opened``."""
    said: str
    """Its name and numbers."""


class Map(NamedTuple):
    """All that a map is drawn of."""

    height: float
    bands: tuple[Band, ...]
    outlines: str
    """One path of every border."""
    outlines_source: str
    """Empty where there are none."""
    marks: tuple[Mark, ...]
    data: dict
    """What the script tells of areas."""
    boxes: tuple[tuple[str, str], ...]
    """(name, ``x y width height``) of every body that can be looked at closely."""


def map_of(found: Findings) -> Map:
    """The map of a comparison."""
    service, before, after = found.service, found.before, found.after
    places = service.areas
    east, north = projected(places.longitude, places.latitude)
    bodies = places.body.get("icb", np.full(len(places), ""))
    is_here = is_in_britain(places.longitude, places.latitude)
    shapes = outlines(np.unique(bodies).tolist()) if is_here else ()
    rings = [ring for shape in shapes for ring in shape.rings]
    used = service.units.site[before.gives | after.gives]
    site_east, site_north = projected(service.sites.longitude, service.sites.latitude)
    every = np.concatenate([np.stack([east, north], axis=1), np.stack([site_east[used], site_north[used]], axis=1), *rings])
    frame = _Frame.around(every)
    x, y = frame.place(east, north)
    added = after.first.minutes - before.first.minutes
    band = minutes_band(added)
    bands = tuple(
        Band(words, colour, int((band == k).sum()), _dots(x[band == k], y[band == k])) for k, (_, words, colour) in enumerate(MINUTES)
    )
    border = "".join(_ring(*frame.place(ring[:, 0], ring[:, 1])) for ring in rings)
    marks = _marks(found, *frame.place(site_east, site_north))
    boxes = tuple((str(name), _box(x[bodies == name], y[bodies == name])) for name in np.unique(bodies) if name)
    return Map(frame.height, bands, border, SOURCE if rings else "", marks, _data(found, x, y), boxes)


class _Frame(NamedTuple):
    """From metres to the drawing."""

    west: float
    north: float
    scale: float
    height: float

    @classmethod
    def around(cls, points: np.ndarray) -> _Frame:
        low, high = points.min(axis=0), points.max(axis=0)
        room = 0.03 * max(*(high - low), 1000.0)
        low, high = low - room, high + room
        scale = WIDTH / max(high[0] - low[0], (high[1] - low[1]) / 1.4)
        middle = (low[0] + high[0]) / 2
        return cls(middle - WIDTH / scale / 2, high[1], scale, max(round((high[1] - low[1]) * scale), 300))

    def place(self, east: np.ndarray, north: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.round((east - self.west) * self.scale, 1), np.round((self.north - north) * self.scale, 1)


def _dots(x: np.ndarray, y: np.ndarray) -> str:
    return "".join(f"M{a:g} {b:g}h0" for a, b in zip(x.tolist(), y.tolist()))


def _ring(x: np.ndarray, y: np.ndarray) -> str:
    points = [f"{a:g} {b:g}" for a, b in zip(x.tolist(), y.tolist())]
    return "M" + "L".join(points) + "Z"


def _box(x: np.ndarray, y: np.ndarray) -> str:
    low, high = np.array([x.min(), y.min()]), np.array([x.max(), y.max()])
    middle, size = (low + high) / 2, max(40.0, 1.3 * float((high - low).max()))
    return f"{middle[0] - size / 2:.1f} {middle[1] - size / 2:.1f} {size:.1f} {size:.1f}"


def _marks(found: Findings, x: np.ndarray, y: np.ndarray) -> tuple[Mark, ...]:
    """Units that take patients under one side or both; closed ones first, then by volume."""
    service, before, after = found.service, found.before, found.after
    either = np.flatnonzero(before.gives | after.gives)
    volume = np.maximum(before.load.index, after.load.index)
    largest = max(float(volume[either].max(initial=0.0)), 1.0)
    order = sorted(either, key=lambda u: (bool(after.gives[u]), -volume[u], u))
    made = []
    for u in order:
        state = "open" if before.gives[u] and after.gives[u] else "closed" if before.gives[u] else "opened"
        numbers = f"{before.load.index[u]:,.0f} admissions a year in the baseline, {after.load.index[u]:,.0f} under the option"
        seat = service.units.site[u]
        radius = max(2.5, LARGEST_RADIUS * float(np.sqrt(volume[u] / largest)))
        words = "" if state == "open" else f" ({state})"
        made.append(Mark(float(x[seat]), float(y[seat]), round(radius, 1), state, f"{service.units.name[u]}{words}: {numbers}"))
    return tuple(made)


def _data(found: Findings, x: np.ndarray, y: np.ndarray) -> dict:
    """What the script tells of each area: place, name, minutes before and after, first unit before and after.

    Numbers of patients are not among it: minutes are of roads and public, and areas may have very few patients.
    """
    service, before, after = found.service, found.before, found.after
    used = sorted({*before.first.unit.tolist(), *after.first.unit.tolist()} - {-1})
    place = {unit: k for k, unit in enumerate(used)} | {-1: -1}

    def tenths(minutes: np.ndarray) -> list[int | None]:
        return [None if m != m else round(10 * m) for m in minutes.tolist()]

    return {
        "x": [round(10 * v) for v in x.tolist()],
        "y": [round(10 * v) for v in y.tolist()],
        "name": service.areas.name.tolist(),
        "before": tenths(before.first.minutes),
        "after": tenths(after.first.minutes),
        "from": [place[u] for u in before.first.unit.tolist()],
        "to": [place[u] for u in after.first.unit.tolist()],
        "unit": [str(service.units.name[u]) for u in used],
        "few": np.flatnonzero(service.areas.demand < SMALL).tolist(),
    }
