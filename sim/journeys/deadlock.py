"""Deadlock: whether patients could hold beds in a circle of units, each waiting for the next.

Draw u -> v if a patient can hold a bed in u while waiting for v. A circle of such arrows can lock for good, because nobody in
it leaves before the next bed comes. A patient who asks for the unit they lie in goes on in the same bed, so one unit alone
never locks. Units outside a patient's own epoch do not count: a bed is given in one epoch and waited for in that or a later one.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

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


def waits_for(service: Service, horizon: float) -> dict[str, np.ndarray]:
    """By group, (U, U) bool: whether one can hold a bed in the row's unit while waiting for the column's."""
    epochs = service.epochs(horizon)
    return {group.name: _arrows(service, group, epochs) for group in service.groups if group.per_admission > 0}


def _arrows(service: Service, group: Group, epochs: tuple[float, ...]) -> np.ndarray:
    count_areas, count_units = len(service.areas), len(service.units)
    arrows = np.zeros((count_units, count_units), dtype=bool)
    visited: dict[str, np.ndarray] = {}
    holding: dict[str, np.ndarray] = {}
    incoming = {stage.name: [b for b in group.stages if b.next.get(stage.name, 0) > 0] for stage in group.stages}
    for position, stage in enumerate(group.stages):
        there = np.zeros((count_areas, count_units), dtype=bool)
        held = np.zeros_like(there)
        for at in epochs:
            accept_home, accept_here = _acceptable(service, stage, service.is_open(at))
            if position == 0:
                there |= accept_home
                continue
            for before in incoming[stage.name]:
                came, bed = visited[before.name], holding[before.name]
                if stage.beds == "counted" and stage.same_bed:
                    stays = bed & service.gives(stage.kind)
                    there |= stays
                    came, bed = came & ~stays, bed & ~stays
                if accept_home is None:
                    reach = accept_here[service.units.site]
                    there |= (came.astype(np.float32) @ reach.astype(np.float32)) > 0
                    if stage.keeps_bed:
                        arrows |= bed.any(axis=0)[:, None] & reach
                else:
                    there |= came.any(axis=1)[:, None] & accept_home
                    if stage.keeps_bed:
                        arrows |= (bed.T.astype(np.float32) @ accept_home.astype(np.float32)) > 0
        if stage.beds == "counted":
            held |= there
        if stage.stay_from == "requested" and stage.keeps_bed and stage.beds == "counted":
            for before in incoming[stage.name]:
                held |= holding[before.name]  # a stay that ends while waiting goes on from the bed before
        visited[stage.name], holding[stage.name] = there, held
        if stage.beds != "counted":
            holding[stage.name] = np.zeros_like(held)
    return arrows


def _acceptable(service: Service, stage: Stage, is_open: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
    """The units that may take a stage: by area (A, U), or by site (S, U) where it is ranked from where the patient is.

    With diversion, or on the lists of all units, every open unit may.
    """
    from_home = stage.ranked_from == "home"
    rows = len(service.areas) if from_home else len(service.sites)
    accept = np.zeros((rows, len(service.units)), dtype=bool)
    if stage.wait_at == "any" or stage.diversion_minutes is not None:
        accept[:] = service.gives(stage.kind) & is_open
    else:
        first = first_open(service, stage.kind, is_open, stage.ranked_from)
        found = np.flatnonzero(first >= 0)
        accept[found, first[found]] = True
    return (accept, None) if from_home else (None, accept)
