"""Paths: the ways of index patients from where they live through the units to where they leave to - for one unit, one body, or all.

Expected for the allocation in force: no luck, no queues, exact (`journeys.expected`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from ..journeys.expected import Node, ways
from ..measures.tidy import HOME
from ..service.fault import Fault, nearest_spelling, refuse
from ..service.pathway import DESTINATIONS
from ..service.service import Service
from .view import View

LIVES, LEAVES = "lives in", "leaves to"
"""The first and the last column."""

NOWHERE = "no unit"


@dataclass(frozen=True)
class Link:
    """Patients who go from one place of a column to one of a later column."""

    from_column: int
    """0 is where they live, 1 their first unit, and so on; -1 is where they leave to."""
    source: str
    to_column: int
    target: str
    patients: float
    """A year."""


def paths(seen: View, unit: str = "", body: str = "", level: str = HOME, among: np.ndarray | None = None) -> list[Link]:
    """The links of all paths of a year's index patients, the largest first.

    Parameters
    ----------
    seen
        A service at a time.
    unit
        Only patients who come through this unit, by its id; empty for all.
    body
        Only patients who live in this body; empty for all.
    level
        The level of that body.
    among
        (A,) bool: only patients who live in these areas; None for all.

    Raises
    ------
    InputError
        If the unit or the body is unknown.

    Notes
    -----
    A patient who goes on in the same unit, whatever the kind of care, stays in the same column. Units are named by their names; two
    of the same name by name and id.
    """
    service = seen.service
    at = _unit_at(service, unit)
    live, lives_here = _homes(service, body, level)
    names = [*_unit_names(service), NOWHERE]
    total: dict[tuple[int, str, int, str], float] = defaultdict(float)
    is_asked = lives_here if among is None else lives_here & among
    for node in ways(service, seen.is_open):
        leaving = {to: share for to, share in node.stage.next.items() if to in DESTINATIONS and share > 0}
        if not node.group.is_index or not leaving:
            continue
        rate = np.where(is_asked, node.rate(service, seen.at), 0.0)
        stops = _stops(node)
        if at is not None:
            rate = np.where((stops == at).any(axis=0), rate, 0.0)
        for place in np.flatnonzero(rate > 0):
            visited = [int(u) for k, u in enumerate(stops[:, place]) if k == 0 or u != stops[k - 1, place]]
            for to, share in leaving.items():
                patients = float(rate[place] * share)
                total[0, live[place], 1, names[visited[0]]] += patients
                for column, (here, there) in enumerate(zip(visited, visited[1:]), start=1):
                    total[column, names[here], column + 1, names[there]] += patients
                total[len(visited), names[visited[-1]], -1, to.replace("_", " ")] += patients
    made = [Link(*key, patients) for key, patients in total.items()]
    return sorted(made, key=lambda each: (-each.patients, each.from_column, each.source, each.target))


def _stops(node: Node) -> np.ndarray:
    """(K, A) the units of each area's patients, stage by stage; -1 for none."""
    stops = []
    while node is not None:
        stops.append(node.unit)
        node = node.before
    return np.stack(stops[::-1])


def _unit_at(service: Service, unit: str) -> int | None:
    known = service.units.id.tolist()
    cure = nearest_spelling(unit, known)[2:] or "give its id, as the table of units names it"
    refuse([Fault("unknown unit", unit, cure)] if unit and unit not in known else [])
    return known.index(unit) if unit else None


def _homes(service: Service, body: str, level: str) -> tuple[list[str], np.ndarray]:
    """What each area is called in the first column, and whether its patients are asked for."""
    places = service.areas
    bodies = places.body.get(level)
    if not body:
        named = bodies if bodies is not None else places.name
        return [str(name) for name in named], np.ones(len(places), dtype=bool)
    known = sorted(set(bodies.tolist())) if bodies is not None else []
    cure = f"known: {', '.join(known[:60])}{nearest_spelling(body, known)}" if known else f"no area has a {level}"
    refuse([] if body in known else [Fault(f"unknown {level}", body, cure)])
    inner = next((places.body[name] for name in ("local_authority", "sub_icb") if name in places.body), places.name)
    return [str(name) for name in inner], bodies == body


def _unit_names(service: Service) -> list[str]:
    names = service.units.name.tolist()
    return [name if names.count(name) == 1 else f"{name} ({unit})" for name, unit in zip(names, service.units.id.tolist())]
