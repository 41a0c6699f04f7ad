"""Routes: a service as the arrays an engine reads, without patients - who may go where, in which order, how far, and when it changes.

Made once an option and shared by all its replications. Ranking is by least travel time; ties go to the unit listed first,
compared in tenths of a minute as the sources give them. Another rule of allocation adds rows of its own (`first`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..service.calendar import Calendar
from ..service.fault import Fault, refuse
from ..service.pathway import Stage
from ..service.service import Service
from ..service.tables import name_pairs
from .first import First, Table, diversion_minutes, firsts
from .journeys import BEDS, HOURS, OPEN, SLOTS, Network, Stages, on_grid
from .nearest import rank_by_minutes

MINUTES_A_DAY = 1440.0


@dataclass(frozen=True, eq=False)
class Routes:
    """What is the same for every replication of an option; letters as in `journeys`."""

    service: Service
    horizon: float
    """Days from the start of the run."""
    network: Network
    stages: Stages
    stage_group: np.ndarray
    """(Q,) int: the group of each stage row."""
    stage_name: tuple[str, ...]
    """(Q,) the stage's name."""
    home_rank: np.ndarray
    """(Q,) int: the rank row of (area 0, this stage's kind), or -1 where the stage is ranked from where the patient is."""
    first: tuple[First | None, ...]
    """(G,) how each group's patients come to their first unit; None for the nearest."""

    def row(self, group: int, stage: str) -> int:
        """The stage row of a group's stage."""
        return next(q for q in np.flatnonzero(self.stage_group == group) if self.stage_name[q] == stage)


def route(service: Service, horizon: float) -> Routes:
    """Turn a service into routes.

    Parameters
    ----------
    service
        Beds must be known for every unit (`study.sizing` sizes them where no table gives them).
    horizon
        Days from the start of the run, on the grid; hours are laid out up to it.
    """
    unsized = service.units.id[np.isnan(service.units.beds)]
    refuse(
        [
            Fault(
                f"beds are not known for {len(unsized)} units, the first of them {unsized[0]}",
                cure="give them in the units table or size them with `size_beds`",
            )
        ]
        if len(unsized)
        else []
    )
    refuse(_unknown_ways(service))
    kinds = service.kinds
    ranks, first, home_at, here_at = _ranks(service, horizon)
    rows = [(number, group, stage) for number, group in enumerate(service.groups) for stage in group.stages]
    slots = sorted({stage.slot for _, _, stage in rows if stage.slot} | _sorts_that_come(service))
    stages = Stages(
        kind=np.array([kinds.index(stage.kind) for _, _, stage in rows], dtype=np.int32),
        priority=np.array([g.priority if s.priority is None else s.priority for _, g, s in rows], dtype=np.int32),
        here_rank=np.array([here_at[stage.kind] for _, _, stage in rows], dtype=np.int32),
        unlimited=np.array([stage.beds == "unlimited" for _, _, stage in rows]),
        keeps_bed=np.array([stage.keeps_bed for _, _, stage in rows]),
        lost=np.array([stage.if_full == "lost" for _, _, stage in rows]),
        any=np.array([stage.wait_at == "any" for _, _, stage in rows]),
        from_requested=np.array([stage.stay_from == "requested" for _, _, stage in rows]),
        same_bed=np.array([stage.same_bed for _, _, stage in rows]),
        slot=np.array([slots.index(stage.slot) if stage.slot else -1 for _, _, stage in rows], dtype=np.int32),
        diversion=np.array([_diversion_days(service, stage) for _, _, stage in rows]),
    )
    stages = stages._replace(diversion=np.where(stages.diversion < 0, -1.0, on_grid(stages.diversion)))
    travel = service.region.travel
    network = Network(
        unit_site=np.asarray(service.units.site, dtype=np.int32),
        gives=np.stack([service.gives(kind) for kind in kinds], axis=1),
        beds=np.asarray(service.units.beds, dtype=np.int32),
        travel_area=on_grid(travel.area_site / MINUTES_A_DAY),
        travel_site=on_grid(travel.site_site / MINUTES_A_DAY),
        rank=ranks,
        **_changes(service, horizon, slots),
        blocked_first=service.blocked_first,
        **_rounds(service, horizon),
    )
    home = [home_at[stage.kind] if stage.ranked_from == "home" else -1 for _, _, stage in rows]
    return Routes(
        service,
        horizon,
        network,
        stages,
        np.array([n for n, _, _ in rows]),
        tuple(stage.name for _, _, stage in rows),
        np.array(home),
        first,
    )


def _diversion_days(service: Service, stage: Stage) -> float:
    minutes = diversion_minutes(service, stage)
    return -1.0 if minutes is None else minutes / MINUTES_A_DAY


def _unknown_ways(service: Service) -> list[Fault]:
    """What would leave patients on the road, or waiting, for ever."""
    sites = np.unique(service.units.site)
    is_unknown = np.isnan(service.region.travel.site_site[np.ix_(sites, sites)])
    name = service.sites.id[sites]
    pairs = [(str(name[i]), str(name[j])) for i, j in np.argwhere(is_unknown)]
    faults = [Fault(f"there are no minutes between sites for {name_pairs(pairs)}", cure="give them")] if pairs else []
    come = _sorts_that_come(service)
    faults += [
        Fault(f"group {group.name} stage {stage.name} needs a slot that never comes", stage.slot)
        for group in service.groups
        for stage in group.stages
        if stage.slot and stage.slot not in come
    ]
    return faults


def _sorts_that_come(service: Service) -> set[str]:
    return {c.slot for c in service.changes if c.what == "slots"} | {each.sort for each in service.slots}


def _ranks(
    service: Service, horizon: float
) -> tuple[np.ndarray, tuple[First | None, ...], dict[str, int], dict[str, int]]:
    """All rank rows, how groups come to their first, and for each kind the row of its first area and of its first site.

    A kind is ranked from homes only where some stage is; the tables of a region of 33,000 areas are not small.
    """
    asked = {(stage.kind, stage.ranked_from) for group in service.groups for stage in group.stages}
    width = max(int(service.gives(kind).sum()) for kind in service.kinds)
    table, home_at, here_at, home = Table([], width), {}, {}, {}
    for kind in service.kinds:
        units = np.flatnonzero(service.gives(kind)).astype(np.int32)
        sources = [(here_at, service.region.travel.site_site)]
        if (kind, "home") in asked:
            sources.append((home_at, service.region.travel.area_site))
        for at, minutes in sources:
            order = rank_by_minutes(minutes[:, service.units.site[units]])
            at[kind] = table.add(np.where(order >= 0, units[order], -1))
            if at is home_at:
                home[kind] = table.blocks[-1]
    first = firsts(service, horizon, table, home_at, home)
    return np.concatenate(table.blocks), first, home_at, here_at


def _changes(service: Service, horizon: float, slots: list[str]) -> dict[str, np.ndarray]:
    """Dated changes and opening hours before the horizon as columns, in order of time."""
    what = {"beds": BEDS, "open": OPEN, "slots": SLOTS}
    rows = [
        (c.at, what[c.what], service.unit_index(c.unit), int(c.value), slots.index(c.slot) if c.what == "slots" else 0)
        for c in service.changes
        if c.at < horizon
    ]
    for each in service.slots:
        place = service.unit_index(each.unit), slots.index(each.sort)
        rows += [
            (float(at), SLOTS, place[0], int(count), place[1])
            for at, count in zip(*each.come(service.calendar, horizon), strict=True)
        ]
    for unit, hours in service.hours.items():
        rows += [
            (at, HOURS, service.unit_index(unit), value, 0)
            for at, value in hour_changes(hours.is_open, service.calendar, horizon)
        ]
    rows.sort(key=lambda row: row[0])
    columns = list(zip(*rows)) or [[]] * 5
    names = ("change_time", "change_what", "change_unit", "change_value", "change_slot")
    types = (np.float64, np.int8, np.int32, np.int32, np.int32)
    made = {name: np.array(column, dtype=kind) for name, column, kind in zip(names, columns, types)}
    made["change_time"] = on_grid(made["change_time"])
    return made


def _rounds(service: Service, horizon: float) -> dict[str, np.ndarray]:
    """The spans before the horizon in which staff discharge; none where they do at all hours."""
    if service.discharge is None or service.discharge.is_open.all():
        return {}
    turns = hour_changes(service.discharge.is_open, service.calendar, horizon)
    start = [at for at, is_inside in turns if is_inside]
    end = [at for at, is_inside in turns if not is_inside and at > 0]
    end += [np.inf] * (len(start) - len(end))
    return {"round_start": on_grid(start), "round_end": on_grid(end)}


def hour_changes(is_open: np.ndarray, calendar: Calendar, horizon: float) -> list[tuple[float, int]]:
    """The moments at which weekly hours begin or end before the horizon, with 1 or 0; the first is the state at time 0."""
    week = np.roll(is_open, -calendar.weekday(), axis=0).reshape(-1)
    hours = np.tile(week, int(np.ceil(horizon / 7)) + 1)[: int(np.ceil(horizon * 24))]
    turns = np.flatnonzero(np.diff(hours)) + 1
    return [(0.0, int(hours[0])), *((float(hour) / 24, int(hours[hour])) for hour in turns)]
