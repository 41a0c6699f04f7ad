"""The first unit: how the rule of allocation and a patient's luck give the order in which units are tried.

Rows of the rank table are made once an option. Under rules with alternatives a patient's luck picks one of their area's rows; under
choice each patient has a list of their own, mostly of one unit, and only lists with a unit that may shut need further rows.

Letters: A areas, J alternatives, U units, P patients, E epochs, N ranks, W units in a rank.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..cohort.cohort import Cohort
from ..service.pathway import Group, Stage
from ..service.service import Service
from .alternatives import Alternative, alternatives, favour_key, luck_of, own_first, rank_by_key
from .choice import Logit, Luck, lists, logit_of


class Drawn(NamedTuple):
    """The first stage of one group's patients."""

    row: np.ndarray
    """(P,) int32: row of the rank table; rows from its end on are those of ``more``."""
    own: np.ndarray | None
    """(P,) int: the unit that gives the patient local care, -1 for the nearest; None for the nearest for all."""
    more: np.ndarray
    """(N', W) int32: further rows."""


@dataclass(frozen=True, eq=False)
class Epochs:
    """The maps of open units over a run."""

    start: np.ndarray
    """(E,) days, 0 first."""
    is_open: np.ndarray
    """(E, U) bool, opening hours apart."""
    always: np.ndarray
    """(U,) bool: never shut, neither by a change nor by opening hours."""

    @classmethod
    def of(cls, service: Service, horizon: float) -> Epochs:
        """Those of a service before a horizon."""
        start = service.epochs(horizon)
        is_open = np.stack([service.is_open(at) for at in start])
        has_hours = np.isin(service.units.id, list(service.hours))
        return cls(np.array(start), is_open, is_open.all(axis=0) & ~has_hours)

    def has_open(self, unit: np.ndarray, time: np.ndarray) -> np.ndarray:
        """(...) bool: whether units (-1 is none) are open at times of the same shape."""
        epoch = np.searchsorted(self.start, time, side="right") - 1
        return (unit >= 0) & self.is_open[epoch, unit]


@dataclass(frozen=True, eq=False)
class ByShare:
    """An area's patients divide over alternatives."""

    row: np.ndarray
    """(A, J) int32: rows of the rank table."""
    edge: np.ndarray
    """(A, J-1): the luck from which each alternative but the first is taken."""
    own: np.ndarray | None
    """(A, J) int: the unit of an alternative's own that gives local care; -1 for none."""
    purpose: str
    """What the luck is drawn for."""
    epochs: Epochs

    def draw(self, cohort: Cohort, who: np.ndarray, width: int, rows: int) -> Drawn:
        """The rows of patients: see `Drawn`."""
        area = cohort.area[who]
        place = np.zeros(len(who), dtype=np.int64)
        if self.edge.shape[1]:
            place = (cohort.luck(self.purpose)[who][:, None] >= self.edge[area]).sum(axis=1)
        own = None
        if self.own is not None:
            own = self.own[area, place]
            own = np.where(self.epochs.has_open(own, cohort.arrival[who]), own, -1)
        return Drawn(self.row[area, place], own, np.empty((0, width), dtype=np.int32))


@dataclass(frozen=True, eq=False)
class ByChoice:
    """Every patient has a list of their own."""

    logit: Logit
    ids: np.ndarray
    """(U,) the units' ids."""
    single: int
    """The rank row that holds unit 0 alone; unit u's is ``single + u``."""
    epochs: Epochs
    is_whole: bool
    """Whether units behind one that is never shut are tried too."""
    is_local: bool
    """Whether the unit chosen gives local care."""

    def draw(self, cohort: Cohort, who: np.ndarray, width: int, rows: int) -> Drawn:
        """The rows of patients: see `Drawn`."""
        ever = self.epochs.is_open.any(axis=0)
        luck = Luck(cohort.seed, cohort.replication, who)
        made = lists(self.logit, self.ids, ever, self.epochs.always, luck, cohort.area[who], self.is_whole)
        own = None
        if self.is_local:
            time = np.broadcast_to(cohort.arrival[who][:, None], made.shape)
            is_open = self.epochs.has_open(made, time)
            own = np.where(is_open.any(axis=1), made[np.arange(len(made)), is_open.argmax(axis=1)], -1)
        is_long = (made[:, 1:] >= 0).any(axis=1) | (made[:, 0] < 0)
        row = (self.single + made[:, 0]).astype(np.int32)
        row[is_long] = rows + np.arange(is_long.sum())
        more = np.full((int(is_long.sum()), width), -1, dtype=np.int32)
        held = min(width, made.shape[1])
        more[:, :held] = made[is_long, :held]
        return Drawn(row, own, more)


First = ByShare | ByChoice


class Table:
    """A rank table while it grows."""

    def __init__(self, blocks: list[np.ndarray], width: int):
        self.blocks, self.width = blocks, width
        self.rows = sum(map(len, blocks))
        self.known: dict[tuple, np.ndarray | int] = {}

    def add(self, ranks: np.ndarray) -> int:
        """Further rows, filled up to the width; returns the number of the first."""
        block = np.full((len(ranks), self.width), -1, dtype=np.int32)
        block[:, : ranks.shape[1]] = ranks
        self.blocks.append(block)
        self.rows += len(block)
        return self.rows - len(block)

    def once(self, key: tuple, make: Callable[[], np.ndarray | int]) -> np.ndarray | int:
        """What was made under a key, made now if it was not."""
        if key not in self.known:
            self.known[key] = make()
        return self.known[key]


def firsts(service: Service, horizon: float, table: Table, home_at: dict[str, int], home: dict[str, np.ndarray]):
    """How each group's patients come to their first unit; rows that the rule needs are added to the table.

    Parameters
    ----------
    service
        The service.
    horizon
        Days from the start of the run.
    table
        The rank table.
    home_at
        By kind, the row of the nearest units from area 0.
    home
        By kind, (A, W) the nearest units from each area.

    Returns
    -------
    (G,) tuple of `First`; None for groups all of whom go to the nearest.
    """
    epochs = Epochs.of(service, horizon)
    return tuple(_first(service, group, epochs, table, home_at, home) for group in service.groups)


def _first(service: Service, group: Group, epochs: Epochs, table: Table, home_at, home) -> First | None:
    stage, logit = group.stages[0], logit_of(service, group)
    is_local = service.allocation.local_care == "own"
    if logit is not None:
        single = table.once(("single",), lambda: table.add(np.arange(len(service.units), dtype=np.int32)[:, None]))
        return ByChoice(logit, service.units.id, single, epochs, _is_whole(service, stage), is_local)
    made = alternatives(service, group)
    if all(each.own is None and each.favoured is None for each in made):
        return None
    near, ranks = home_at[stage.kind], home[stage.kind]
    row = np.stack([_rows(service, stage, place, each, table, near, ranks) for place, each in enumerate(made)], axis=1)
    chance = np.stack([np.broadcast_to(each.chance, len(ranks)) for each in made], axis=1)
    has_own = is_local and any(each.own is not None for each in made)
    own = np.stack([each.own for each in made], axis=1) if has_own else None
    return ByShare(row, np.cumsum(chance, axis=1)[:, :-1], own, luck_of(service), epochs)


def _is_whole(service: Service, stage: Stage) -> bool:
    """Whether a list is read beyond the first unit that is never shut."""
    diverts = diversion_minutes(service, stage) is not None and stage.beds == "counted"
    return diverts or stage.wait_at == "any"


def _rows(service: Service, stage: Stage, place: int, each: Alternative, table: Table, near: int, ranks) -> np.ndarray:
    """(A,) int32: the rank rows of one alternative."""
    nearest = np.arange(near, near + len(ranks), dtype=np.int32)
    if each.favoured is not None:
        key = (stage.kind, "favoured", each.allowance, each.favoured.tobytes())
        at = table.once(key, lambda: table.add(_favoured_rank(service, stage.kind, each)))
        return np.arange(at, at + len(ranks), dtype=np.int32)
    if each.own is None:
        return nearest

    def make() -> np.ndarray:
        of = np.flatnonzero((each.own >= 0) & (np.broadcast_to(each.chance, len(ranks)) > 0))
        row = nearest.copy()
        row[of] = table.add(own_first(ranks[of], each.own[of])) + np.arange(len(of))
        return row

    return table.once((stage.kind, "own", place), make)


def _favoured_rank(service: Service, kind: str, each: Alternative) -> np.ndarray:
    units = np.flatnonzero(service.gives(kind))
    minutes = service.region.travel.area_site[:, service.units.site[units]]
    order = rank_by_key(favour_key(minutes, each.favoured[units], each.allowance))
    return np.where(order >= 0, units[order], -1).astype(np.int32)


def diversion_minutes(service: Service, stage: Stage) -> float | None:
    """Within how many extra minutes a stage passes over full units: as its pathway says, or as the allocation says of its kind."""
    allocation = service.allocation
    kinds = allocation.diversion_kinds or [group.stages[0].kind for group in service.groups]
    if allocation.diversion_minutes is not None and stage.kind in kinds:
        return allocation.diversion_minutes
    return stage.diversion_minutes
