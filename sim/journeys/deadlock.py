"""Deadlock: whether patients could hold beds in a circle of units, each waiting for the next.

Draw u -> v if a patient can hold a bed in u while waiting for v. A circle of such arrows can lock for good, because nobody in
it leaves before the next bed comes. A patient who asks for the unit they lie in goes on in the same bed, so one unit alone
never locks. Units outside a patient's own epoch do not count: a bed is given in one epoch and waited for in that or a later one.
"""

from __future__ import annotations

import numpy as np

from ..service.fault import Fault, refuse
from ..service.pathway import Group, Stage
from ..service.service import Service
from .expected import first_open


def refuse_deadlock(service: Service, horizon: float) -> None:
    """Refuse a service in which beds can lock, naming units and groups."""
    arrows = waits_for(service, horizon)
    joined = np.zeros((len(service.units),) * 2, dtype=bool)
    for found in arrows.values():
        joined |= found
    np.fill_diagonal(joined, False)
    if not _has_circle(joined):
        return
    from scipy.sparse import csr_matrix  # slow to import, and seldom needed
    from scipy.sparse.csgraph import connected_components

    count, label = connected_components(csr_matrix(joined), directed=True, connection="strong")
    faults = []
    for circle in np.flatnonzero(np.bincount(label, minlength=count) > 1):
        units = np.flatnonzero(label == circle)
        inside = np.ix_(units, units)
        groups = [name for name, found in arrows.items() if (found & ~np.eye(len(found), dtype=bool))[inside].any()]
        named = ", ".join(service.units.id[units][:8]) + (" ..." if len(units) > 8 else "")
        faults.append(
            Fault(
                f"patients of {', '.join(groups)} could hold beds in a circle at {named}, each waiting for the next",
                cure="let a stage say keeps_bed: false or same_bed: true, or give it units of its own",
            )
        )
    refuse(faults, of=f"service {service.name} could deadlock")


def _has_circle(joined: np.ndarray) -> bool:
    """Whether something is left after taking away, again and again, the units that wait for none of those left."""
    left = np.arange(len(joined))
    while len(left):
        waits = joined[np.ix_(left, left)].any(axis=1)
        if waits.all():
            return True
        left = left[waits]
    return False


def waits_for(service: Service, horizon: float) -> dict[str, np.ndarray]:
    """By group, (U, U) bool: whether one can hold a bed in the row's unit while waiting for the column's."""
    accept = _Acceptable(service, service.open_states(horizon))
    return {group.name: _arrows(service, group, accept) for group in service.groups if group.per_admission > 0}


class _Acceptable:
    """The units that may take each stage under each map of open units, by area or by site.

    Areas whose first units agree for every stage and map are one row: there are hundreds of those, not thousands.
    """

    def __init__(self, service: Service, states: tuple[np.ndarray, ...]):
        self.service, self.states = service, states
        self.first: dict[tuple[str, str, int], np.ndarray] = {}
        asked = {(stage.kind, stage.ranked_from) for group in service.groups for stage in group.stages}
        for kind, ranked_from in sorted(asked):
            for state, is_open in enumerate(states):
                self.first[kind, ranked_from, state] = first_open(service, kind, is_open, ranked_from)
        home = [first for (_, ranked_from, _), first in self.first.items() if ranked_from == "home"]
        self.alike = np.unique(np.stack(home, axis=1), axis=0, return_index=True)[1]

    def of(self, stage: Stage, state: int) -> np.ndarray:
        """(rows, U) bool: by kind of area where the stage is ranked from home, else by site.

        With diversion, or on the lists of all units, every open unit may.
        """
        service = self.service
        first = self.first[stage.kind, stage.ranked_from, state]
        if stage.ranked_from == "home":
            first = first[self.alike]
        accept = np.zeros((len(first), len(service.units)), dtype=bool)
        if stage.wait_at == "any" or stage.diversion_minutes is not None:
            accept[:] = service.gives(stage.kind) & self.states[state]
        else:
            found = np.flatnonzero(first >= 0)
            accept[found, first[found]] = True
        return accept


def _arrows(service: Service, group: Group, acceptable: _Acceptable) -> np.ndarray:
    shape = (len(acceptable.alike), len(service.units))
    arrows = np.zeros((shape[1], shape[1]), dtype=bool)
    visited: dict[str, np.ndarray] = {}
    holding: dict[str, np.ndarray] = {}
    for position, stage in enumerate(group.stages):
        there = np.zeros(shape, dtype=bool)
        sources = [before.name for before in group.stages if before.next.get(stage.name, 0) > 0]
        is_counted = stage.beds == "counted"
        for accept in (acceptable.of(stage, state) for state in range(len(acceptable.states))):
            if position == 0:
                there |= accept
            for before in sources:
                came, bed = visited[before], holding[before]
                if is_counted and stage.same_bed:
                    stays = bed & service.gives(stage.kind)
                    there |= stays
                    came, bed = came & ~stays, bed & ~stays
                reached, waited = _reach(service, stage, came, bed, accept)
                there |= reached
                if stage.keeps_bed:
                    arrows |= waited
        held = there if is_counted else np.zeros(shape, dtype=bool)
        if is_counted and stage.stay_from == "requested" and stage.keeps_bed:
            for before in sources:
                held = held | holding[before]  # a stay that ends while waiting goes on from the bed before
        visited[stage.name], holding[stage.name] = there, held
    return arrows


def _reach(service: Service, stage: Stage, came, bed, accept) -> tuple[np.ndarray, np.ndarray]:
    """(rows, U) who comes where, and (U, U) who waits in which bed for which unit."""
    if stage.ranked_from == "home":
        return came.any(axis=1)[:, None] & accept, _product(bed.T, accept)
    by_unit = accept[service.units.site]
    return _product(came, by_unit), bed.any(axis=0)[:, None] & by_unit


def _product(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The matrix product of two truth tables."""
    return (one.astype(np.float32) @ other.astype(np.float32)) > 0
