"""The expected way of patients through a service, without luck and without queues.

Where each area's patients go at each stage if every unit had room: what volumes, loads and the check against deadlock
rest on. Under rules that split an area, its patients are followed one *alternative* at a time, each with its chance; a stage's unit
then depends on the home, the alternative and the unit before alone, so that the numbers are exact for every rule of allocation
(under choice but for the unlikeliest units of each area, `choice.NEGLIGIBLE`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from ..service.pathway import Group, Stage
from ..service.places import Travel
from ..service.service import Service
from .alternatives import Alternative, alternatives, favour_key
from .choice import NEGLIGIBLE, Logit, chances, likeliest, logit_of
from .nearest import FAR, nearest


@dataclass(frozen=True, eq=False)
class Node:
    """One stage as reached by one way through the pathway."""

    group: Group
    stage: Stage
    chance: np.ndarray | float
    """() or (A,): the share of the group's patients, in each area, who come this way."""
    unit: np.ndarray
    """(A,) the unit of each area's patients at this stage; -1 where none can be reached."""
    in_same_bed: np.ndarray
    """(A,) bool: they go on in the bed of the stage before."""
    before: Node | None
    """The stage they come from."""

    def rate(self, service: Service, at: float) -> np.ndarray:
        """(A,) patients a year who come this way, by the demand of a time (days from the start of the run), seasons apart."""
        made = service.areas.demand * (self.group.per_admission * self.chance)
        if not (service.demand.factors or service.demand.growth):
            return made
        return made * service.demand.trend(at, len(made), self.group.name)


class Split(NamedTuple):
    """The part of a group's patients that goes to one first unit, in each area."""

    chance: np.ndarray | float
    """() or (A,): how many of them."""
    unit: np.ndarray
    """(A,) their first unit; -1 where none can be reached."""
    own: np.ndarray | None
    """(A,) the unit that gives them local care, -1 for the nearest; None for the nearest everywhere."""


_KNOWN: WeakKeyDictionary[Travel, dict[tuple, np.ndarray]] = WeakKeyDictionary()
"""First open units already found, by the minutes they were found with; gone when those are."""

_MOST_KNOWN = 200


def first_open(service: Service, kind: str, is_open: np.ndarray, ranked_from: str) -> np.ndarray:
    """The first open unit that gives a kind, by least minutes, from each area (``home``) or each site (``here``); -1 for none."""
    travel = service.region.travel
    units = np.flatnonzero(service.gives(kind) & is_open)
    site = service.units.site[units]
    # Tables for reports ask for the same few maps of open units hundreds of times.
    known = _KNOWN.setdefault(travel, {})
    key = (ranked_from, units.tobytes(), site.tobytes())
    if key not in known:
        minutes = travel.area_site if ranked_from == "home" else travel.site_site
        found = nearest(minutes[:, site], np.ones(len(units), dtype=bool))[0]
        first = np.where(found >= 0, units[found], -1) if len(units) else np.full(len(minutes), -1)
        first.flags.writeable = False
        if len(known) >= _MOST_KNOWN:
            known.clear()
        known[key] = first
    return known[key]


def first_favoured(service: Service, kind: str, is_open: np.ndarray, alternative: Alternative) -> np.ndarray:
    """The same from each area in the order of an alternative that favours some units."""
    units = np.flatnonzero(service.gives(kind) & is_open)
    if not len(units):
        return np.full(len(service.areas), -1)
    minutes = service.region.travel.area_site[:, service.units.site[units]]
    key = favour_key(minutes, alternative.favoured[units], alternative.allowance)
    place = key.argmin(axis=1)
    return np.where(key[np.arange(len(key)), place] < FAR, units[place], -1)


class FirstOpen:
    """The first open units by kind, each found once."""

    def __init__(self, service: Service, is_open: np.ndarray):
        self.service, self.is_open = service, is_open
        self.found: dict[tuple, object] = {}

    def nearest(self, kind: str, ranked_from: str) -> np.ndarray:
        """(A,) or (S,): see `first_open`."""
        if (kind, ranked_from) not in self.found:
            self.found[kind, ranked_from] = first_open(self.service, kind, self.is_open, ranked_from)
        return self.found[kind, ranked_from]

    def favoured(self, kind: str, alternative: Alternative) -> np.ndarray:
        """(A,): see `first_favoured`."""
        key = (kind, alternative.allowance, alternative.favoured.tobytes())
        if key not in self.found:
            self.found[key] = first_favoured(self.service, kind, self.is_open, alternative)
        return self.found[key]

    def likeliest(self, kind: str, logit: Logit) -> tuple[np.ndarray, np.ndarray]:
        """(J, A) units and chances: see `choice.likeliest`."""
        if (kind, "choice") not in self.found:
            self.found[kind, "choice"] = likeliest(logit, self.is_open)
        return self.found[kind, "choice"]

    def local(self, stage: Stage, own: np.ndarray | None) -> np.ndarray:
        """(A,) or (S,): the units of a later stage, by home or by site; beside a patient's own unit where that gives the kind."""
        if stage.ranked_from == "here" or own is None:
            return self.nearest(stage.kind, stage.ranked_from)
        near, beside = self.nearest(stage.kind, "home"), self.nearest(stage.kind, "here")
        has_own = (own >= 0) & self.service.gives(stage.kind)[own]
        return np.where(has_own, beside[self.service.units.site[own]], near)


def splits(group: Group, first: FirstOpen) -> Iterator[Split]:
    """How a group's patients divide over first units.

    Parameters
    ----------
    group
        One of the service's groups.
    first
        The first open units of the service.
    """
    service, is_open, stage = first.service, first.is_open, group.stages[0]
    is_local = service.allocation.local_care == "own"
    logit = logit_of(service, group)
    if logit is not None:
        for unit, chance in zip(*first.likeliest(stage.kind, logit)):
            yield Split(chance, unit, unit if is_local else None)
        return
    for each in alternatives(service, group):
        if each.favoured is not None:
            yield Split(each.chance, first.favoured(stage.kind, each), None)
        elif each.own is None:
            yield Split(each.chance, first.nearest(stage.kind, stage.ranked_from), None)
        else:
            own = np.where((each.own >= 0) & is_open[each.own], each.own, -1)
            unit = np.where(own >= 0, own, first.nearest(stage.kind, stage.ranked_from))
            yield Split(each.chance, unit, own if is_local else None)


def ways(service: Service, is_open: np.ndarray) -> Iterator[Node]:
    """Every stage of every group by every way it can be reached.

    Parameters
    ----------
    service
        The service.
    is_open
        (U,) bool: the units that take new patients.
    """
    first = FirstOpen(service, is_open)

    def walk(group: Group, stage: Stage, chance, before: Node, own: np.ndarray | None) -> Iterator[Node]:
        node = _node(service, group, stage, chance, before, first.local(stage, own))
        yield node
        yield from onward(group, node, own)

    def onward(group: Group, node: Node, own: np.ndarray | None) -> Iterator[Node]:
        for to, share in node.stage.next.items():
            if share > 0 and any(each.name == to for each in group.stages):
                yield from walk(group, group.stage(to), node.chance * share, node, own)

    for group in service.groups:
        if group.per_admission > 0:
            for split in splits(group, first):
                none = np.zeros(len(split.unit), dtype=bool)
                node = Node(group, group.stages[0], split.chance, split.unit, none, None)
                yield node
                yield from onward(group, node, split.own)


def _node(service: Service, group: Group, stage: Stage, chance, before: Node, target: np.ndarray) -> Node:
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


class Parts(NamedTuple):
    """Areas' index patients by the first unit that treats them: each area in as many parts as it has units."""

    area: np.ndarray
    """(R,) int."""
    share: np.ndarray
    """(R,) of the area's index patients; sums to 1 over an area."""
    unit: np.ndarray
    """(R,) int: the unit; -1 where none can be reached."""
    minutes: np.ndarray
    """(R,) from home to it; NaN where none can be reached."""


class Moves(NamedTuple):
    """Areas' index patients by the first units that treat them before and after a change."""

    area: np.ndarray
    """(R,) int."""
    share: np.ndarray
    """(R,) of the area's index patients; sums to 1 over an area."""
    before: np.ndarray
    """(R,) int: the unit before; -1 for none."""
    after: np.ndarray
    """(R,) int: the unit after; -1 for none."""
    minutes_before: np.ndarray
    """(R,) NaN where none can be reached."""
    minutes_after: np.ndarray
    """(R,)"""


def first_parts(service: Service, is_open: np.ndarray, at: float = 0.0) -> Parts:
    """Which units treat an area's index patients first, of those that give the kind that access is measured to.

    Under a rule that does not speak of that kind (because groups start with another one) it is the nearest.

    Parameters
    ----------
    service
        The service.
    is_open
        (U,) bool: the units that take new patients.
    at
        Days from the start of the run: the mix of groups at that time.
    """
    first = FirstOpen(service, is_open)
    found = [
        (np.arange(len(service.areas)), np.broadcast_to(weight * split.chance, len(service.areas)), split.unit)
        for group, weight in _mix(service, at)
        for split in _access_splits(group, first)
    ]
    area, share, unit = _joined(found, len(service.areas), len(service.units))
    return Parts(area, share, unit, _minutes(service, area, unit))


def moves(before: Service, before_open: np.ndarray, after: Service, after_open: np.ndarray, at: float = 0.0) -> Moves:
    """Who meets which first unit before and after a change.

    Patients keep their luck: one whose unit stays open keeps it, under every rule that asks nothing else of other units.

    Parameters
    ----------
    before, after
        The service before and after; of the same areas and units.
    before_open, after_open
        (U,) bool: the units that take new patients.
    at
        Days from the start of the run: the mix of groups at that time.
    """
    areas, units = len(before.areas), len(before.units)
    first = FirstOpen(before, before_open), FirstOpen(after, after_open)
    found = []
    for group, weight in _mix(before, at):
        other = next((each for each in after.groups if each.name == group.name), group)
        for area, share, was, now in _pairs(*first, group, other):
            of = np.broadcast_to(weight, areas)[area] * share
            found.append((area, of, (was + 1) * (units + 1) + now + 1))
    area, share, pair = _joined(found, areas, (units + 1) ** 2)
    was, now = pair // (units + 1) - 1, pair % (units + 1) - 1
    return Moves(area, share, was, now, _minutes(before, area, was), _minutes(after, area, now))


def _mix(service: Service, at: float) -> list[tuple[Group, np.ndarray | float]]:
    """Index groups and their share of index patients, () or (A,); one group stands for all where the rule does not tell them apart."""
    index = [group for group in service.groups if group.is_index and group.per_admission > 0]
    allocation = service.allocation
    is_alike = len({group.stages[0].kind for group in index}) == 1 and not allocation.groups
    if allocation.rule.name == "nearest" or (is_alike and not getattr(allocation.rule, "has_test", False)):
        return [(index[0], 1.0)] if index else []
    rate = [group.per_admission * service.demand.trend(at, len(service.areas), group.name) for group in index]
    total = np.maximum(sum(rate), 1e-300)
    return [(group, each / total) for group, each in zip(index, rate)]


def _is_of_access(service: Service, group: Group) -> bool:
    return group.stages[0].kind == service.access_kind or not service.access_kind


def _access_splits(group: Group, first: FirstOpen) -> Iterator[Split]:
    if _is_of_access(first.service, group):
        yield from splits(group, first)
    else:
        yield Split(1.0, first.nearest(first.service.access_kind, "home"), None)


def _pairs(before: FirstOpen, after: FirstOpen, group: Group, other: Group) -> Iterator[tuple]:
    """(area, share, unit before, unit after) of one group's patients."""
    area = np.arange(len(before.service.areas))
    is_same = after.service.allocation is before.service.allocation
    logit = logit_of(before.service, group) if _is_of_access(before.service, group) else None
    if logit is not None and is_same:
        yield from _choice_pairs(logit, before.is_open, after.is_open)
        return
    was, now = (
        [(np.broadcast_to(split.chance, len(area)), split.unit) for split in _access_splits(each, first)]
        for each, first in ((group, before), (other, after))
    )
    if is_same and len(was) == len(now):
        for (chance, unit), (_, unit_now) in zip(was, now):
            yield area, chance, unit, unit_now
        return
    for chance, unit in was:
        for chance_now, unit_now in now:
            yield area, chance * chance_now, unit, unit_now


def _choice_pairs(logit, before_open: np.ndarray, after_open: np.ndarray) -> Iterator[tuple]:
    """Of all units open before or after, a patient's favourite is one kept, one lost or one gained.

    A favourite kept is the unit of both times. Whoever prefers one that is lost goes on to their first among those open after, and
    whoever prefers one that is gained came from their first among those open before: by Luce's law independent of the favourite.
    """
    top = chances(logit, before_open | after_open)
    was, now = chances(logit, before_open), chances(logit, after_open)
    area = np.arange(len(top))
    lost = ~(top.sum(axis=1) > 0)
    if lost.any():
        yield area[lost], np.ones(lost.sum()), np.full(lost.sum(), -1), np.full(lost.sum(), -1)
    for c, unit in enumerate(logit.unit):
        of = np.flatnonzero(top[:, c] > 1e-12)
        here = np.full(len(of), unit)
        if before_open[unit] and after_open[unit]:
            yield area[of], top[of, c], here, here
        elif before_open[unit] or after_open[unit]:
            to = now if before_open[unit] else was
            share = top[of, c][:, None] * to[of]
            row, column = np.nonzero(share > 1e-7)
            other = logit.unit[column]
            pair = (here[row], other) if before_open[unit] else (other, here[row])
            yield area[of[row]], share[row, column], *pair
            none = ~(to[of].sum(axis=1) > 0)
            gone = np.full(none.sum(), -1)
            yield area[of[none]], top[of[none], c], *((here[none], gone) if before_open[unit] else (gone, here[none]))


def _joined(found: list[tuple], areas: int, keys: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Parts of one area with one key (from -1 on) put together; shares then sum to 1 over an area."""
    if len(found) == 1 and len(found[0][0]) == areas:
        area, share, key = found[0]
        return area, np.ones(areas), np.asarray(key, dtype=np.int64)
    area, share, key = (np.concatenate([np.asarray(each[i]) for each in found]) for i in range(3))
    used = share > NEGLIGIBLE
    both, place = np.unique(area[used] * np.int64(keys + 1) + key[used] + 1, return_inverse=True)
    share = np.bincount(place, weights=share[used])
    area, key = both // (keys + 1), both % (keys + 1) - 1
    return area, share / np.bincount(area, weights=share, minlength=areas)[area], key


def _minutes(service: Service, area: np.ndarray, unit: np.ndarray) -> np.ndarray:
    minutes = service.region.travel.area_site[area, service.units.site[unit]]
    return np.where(unit >= 0, minutes, np.nan)
