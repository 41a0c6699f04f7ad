"""The expected way of patients through a service, without luck and without queues.

Where each area's patients go at each stage if every unit had room: what volumes, loads and the check against deadlock
rest on. Exact for nearest allocation, since a stage's unit then depends on the home or on the unit before alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..service.pathway import Group, Stage
from ..service.service import Service
from .nearest import nearest


@dataclass(frozen=True, eq=False)
class Node:
    """One stage as reached by one way through the pathway."""

    group: Group
    stage: Stage
    chance: float
    """The share of the group's patients who come this way."""
    unit: np.ndarray
    """(A,) the unit of each area's patients at this stage; -1 where none can be reached."""
    in_same_bed: np.ndarray
    """(A,) bool: they go on in the bed of the stage before."""
    before: Node | None
    """The stage they come from."""


def first_open(service: Service, kind: str, is_open: np.ndarray, ranked_from: str) -> np.ndarray:
    """The first open unit that gives a kind, by least minutes, from each area (``home``) or each site (``here``); -1 for none."""
    travel = service.region.travel
    minutes = travel.area_site if ranked_from == "home" else travel.site_site
    units = np.flatnonzero(service.gives(kind) & is_open)
    found = nearest(minutes[:, service.units.site[units]], np.ones(len(units), dtype=bool))[0]
    return np.where(found >= 0, units[found], -1) if len(units) else np.full(len(minutes), -1)


def ways(service: Service, is_open: np.ndarray) -> Iterator[Node]:
    """Every stage of every group by every way it can be reached.

    Parameters
    ----------
    service
        The service.
    is_open
        (U,) bool: the units that take new patients.
    """
    known: dict[tuple[str, str], np.ndarray] = {}

    def target(stage: Stage, ranked_from: str) -> np.ndarray:
        key = (stage.kind, ranked_from)
        if key not in known:
            known[key] = first_open(service, stage.kind, is_open, ranked_from)
        return known[key]

    def walk(group: Group, stage: Stage, chance: float, before: Node | None) -> Iterator[Node]:
        node = _node(service, group, stage, chance, before, target(stage, stage.ranked_from))
        yield node
        for to, share in stage.next.items():
            if share > 0 and any(each.name == to for each in group.stages):
                yield from walk(group, group.stage(to), chance * share, node)

    for group in service.groups:
        if group.per_admission > 0:
            yield from walk(group, group.stages[0], 1.0, None)


def _node(service: Service, group: Group, stage: Stage, chance: float, before: Node | None, target: np.ndarray) -> Node:
    if before is None:
        return Node(group, stage, chance, target, np.zeros(len(target), dtype=bool), None)
    here = before.unit
    if stage.ranked_from == "here":
        target = np.where(here >= 0, target[service.units.site[np.maximum(here, 0)]], -1)
    has_bed = before.stage.beds == "counted" and stage.beds == "counted"
    stays = np.zeros(len(here), dtype=bool)
    if has_bed:
        stays = here == target
        if stage.same_bed:
            stays = stays | (service.gives(stage.kind)[np.maximum(here, 0)] & (here >= 0))
    return Node(group, stage, chance, np.where(stays, here, target), stays & (here >= 0), before)
