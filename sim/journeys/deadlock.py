"""Deadlock: whether patients could hold beds in a circle of units, each waiting for the next.

Draw u -> v if a patient can hold a bed in u while waiting for v. A circle of such arrows can lock for good, because nobody in
it leaves before the next bed comes. A patient who asks for the unit they lie in goes on in the same bed, so one unit alone
never locks. Units outside a patient's own epoch do not count: a bed is given in one epoch and waited for in that or a later one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..service.fault import Fault, refuse
from ..service.pathway import Group, Stage
from ..service.service import Service
from .alternatives import alternatives
from .choice import chances, logit_of
from .expected import FirstOpen
from .first import diversion_minutes

RARE = 1e-6
"""Choices of so few of an area's patients are left out: now and then one of them cannot fill the beds of a circle."""


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
    states = [FirstOpen(service, is_open) for is_open in service.open_states(horizon)]
    return {
        group.name: _arrows(service, group, _Acceptable(service, group, states))
        for group in service.groups
        if group.per_admission > 0
    }


class _Acceptable:
    """The units that may take each stage of a group under each map of open units, by kind of patient or by site.

    Patients whose units agree for every stage and map are one row: there are hundreds or thousands of those. A patient with a unit of
    their own comes while it is open; those on the road when it shuts are a handful, once, and cannot fill the beds of a circle.
    """

    def __init__(self, service: Service, group: Group, states: list[FirstOpen]):
        self.service, self.group, self.states = service, group, states
        self.kinds = sorted({stage.kind for stage in group.stages[1:] if stage.ranked_from == "home"})
        near = [state.nearest(kind, "home") for kind in self.kinds for state in states]
        # Columns: the own unit, the first unit by map, the nearest by kind and map.
        self.row = _distinct(np.concatenate(list(self._rows(near))))

    def _rows(self, near: list[np.ndarray]) -> Iterator[np.ndarray]:
        service, group, states = self.service, self.group, self.states
        is_local = service.allocation.local_care == "own"

        def lines(own, first, near=near) -> np.ndarray:
            return np.stack(np.broadcast_arrays(own, *first, *near), axis=1)

        has_hours = np.isin(service.units.id, list(service.hours))
        logit = logit_of(service, group)
        if logit is not None:
            area = np.stack([np.zeros(len(service.areas), dtype=int), *near], axis=1)
            home, label = _distinct(area)[:, 1:], _labels(area)
            chance = np.max([chances(logit, state.is_open) for state in states], axis=0)
            for c, unit in enumerate(logit.unit):
                of = home[np.unique(label[chance[:, c] > RARE])]
                own = np.full(len(of), unit if is_local else -1)
                for other in logit.unit if has_hours[unit] else (-1,):
                    yield lines(own, [unit if state.is_open[unit] else other for state in states], of.T)
            return
        stage, nobody = group.stages[0], np.full(len(service.areas), -1)
        for each in alternatives(service, group):
            if each.favoured is not None:
                yield lines(nobody, [state.favoured(stage.kind, each) for state in states])
                continue
            nearest = [state.nearest(stage.kind, stage.ranked_from) for state in states]
            if each.own is None:
                yield lines(nobody, nearest)
                continue
            is_open = [(each.own >= 0) & state.is_open[each.own] for state in states]
            other = [np.where(has_hours[each.own], unit, -1) for unit in nearest]
            first = [np.where(now, each.own, unit) for now, unit in zip(is_open, other)]
            yield lines(each.own if is_local else nobody, first)
            moved = ~np.all(is_open, axis=0)
            yield lines(nobody, nearest)[moved]

    def of(self, stage: Stage, state: int) -> np.ndarray:
        """(rows, U) bool: by kind of patient where the stage is ranked from home, else by site.

        With diversion, or on the lists of all units, every open unit may.
        """
        service, unit = self.service, self._first(stage, state)
        accept = np.zeros((len(unit), len(service.units)), dtype=bool)
        diverts = stage.beds == "counted" and diversion_minutes(service, stage) is not None
        if stage.wait_at == "any" or diverts:
            accept[:] = service.gives(stage.kind) & self.states[state].is_open
        else:
            found = np.flatnonzero(unit >= 0)
            accept[found, unit[found]] = True
        return accept

    def _first(self, stage: Stage, state: int) -> np.ndarray:
        if stage.ranked_from == "here":
            return self.states[state].nearest(stage.kind, "here")
        if stage is self.group.stages[0]:
            return self.row[:, 1 + state]
        own = self.row[:, 0]
        column = 1 + len(self.states) * (1 + self.kinds.index(stage.kind)) + state
        has_own = (own >= 0) & self.service.gives(stage.kind)[own]
        beside = self.states[state].nearest(stage.kind, "here")[self.service.units.site[own]]
        return np.where(has_own, beside, self.row[:, column])


def _labels(rows: np.ndarray) -> np.ndarray:
    """(rows,) one number for all rows that are alike, from 0 on, column by column: units are few, so that each folds into the number."""
    label = np.zeros(len(rows), dtype=np.int64)
    for column in rows.T:
        label = np.unique(label * (int(column.max()) + 2) + column + 1, return_inverse=True)[1]
    return label


def _distinct(rows: np.ndarray) -> np.ndarray:
    """The rows that differ, in the order of their labels."""
    return rows[np.unique(_labels(rows), return_index=True)[1]]


def _arrows(service: Service, group: Group, acceptable: _Acceptable) -> np.ndarray:
    shape = (len(acceptable.row), len(service.units))
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
    """The matrix product of two truth tables; most of their rows and columns are empty."""
    row, inner, column = one.any(axis=1), one.any(axis=0) & other.any(axis=1), other.any(axis=0)
    made = np.zeros((one.shape[0], other.shape[1]), dtype=bool)
    left, right = one[np.ix_(row, inner)], other[np.ix_(inner, column)]
    made[np.ix_(row, column)] = (left.astype(np.float32) @ right.astype(np.float32)) > 0
    return made
