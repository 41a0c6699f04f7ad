"""Saturation: units that are offered about as much as their beds or slots can bear, or more.

Their waits grow for as long as the run lasts, so that a mean wait there is a number about the length of the run. It is shown as
without limit, never as a number; what is raw is in ``outcomes.parquet``. A unit with beds enough is saturated too where its patients
keep their beds while they wait for a unit that is offered all it has: sooner or later such patients lie in every bed.

Not every wait at a saturated unit grows. One that a stay ends which runs on meanwhile (``stay_from: requested``), or patience, is
bounded by these, and keeps its number. Where slots alone are short, so is only what needs a slot, and of that what is served last.
Slots that lapse for want of a bed serve nobody: what a simulation saw of these is taken off those that come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..journeys.expected import Node, ways
from ..measures.load import expected_load
from ..service.demand import DAYS_A_YEAR
from ..service.pathway import REFERRAL, Stage
from ..service.service import Service
from ..service.slots import slots_at

SATURATED = 0.95
"""Offered load over beds, or slots, from which a unit counts as saturated."""

BED, LIST, JOURNEY = "bed", "list", "journey"
"""What a measure of waiting is of: requests for a bed, the clock until treatment, the way to the unit that treats."""

GROWS = {
    "wait_hours_mean": BED,
    "wait_hours_p95": BED,
    "completed_wait_weeks_median": LIST,
    "completed_wait_weeks_p92": LIST,
    "hours_to_unit_mean": JOURNEY,
    "hours_to_unit_p95": JOURNEY,
}
"""The measures that grow without limit where some wait in them does, and what each is of."""


class Wait(NamedTuple):
    """Waits that grow without limit: of one stage of one group."""

    of: str
    """`BED`, `LIST` or `JOURNEY`."""
    group: str
    kind: str
    unit: np.ndarray
    """(U,) bool: where."""


@dataclass(frozen=True, eq=False)
class Saturation:
    """What of a service is saturated at some time of a window."""

    beds: np.ndarray
    """(U,) bool: units offered about as much as their beds, or held up."""
    slots: Mapping[str, np.ndarray]
    """By sort, (U,) bool: units of which about as many slots are asked as come; sorts of which there are enough are left out."""
    waits: tuple[Wait, ...]
    """Those that grow."""

    @property
    def units(self) -> np.ndarray:
        """(U,) bool: the units saturated for want of anything."""
        return np.logical_or.reduce([self.beds, *self.slots.values()])

    def wanting(self, unit: int) -> str:
        """What a unit is saturated for want of, in words; empty for none."""
        short = [f"{sort} slots" for sort, at in self.slots.items() if at[unit]]
        return "; ".join([*(["beds"] if self.beds[unit] else []), *short])

    def named(self, units: np.ndarray) -> list[str]:
        """The units saturated; for want of what is said where it is not of beds alone.

        Parameters
        ----------
        units
            (U,) ids.
        """
        wanting = [(str(unit), self.wanting(u)) for u, unit in enumerate(units) if self.units[u]]
        return [unit if what == "beds" else f"{unit} ({what})" for unit, what in wanting]

    def grows(self, measure: str, by: str, keys: Sequence[str], units: np.ndarray) -> np.ndarray:
        """(keys,) bool: whether a measure by unit, kind or anything else has a wait in it that grows.

        Parameters
        ----------
        measure
            Any; one that is not in `GROWS` never does.
        by, keys
            As of an outcome.
        units
            (U,) ids.
        """
        if by == "unit":
            return np.isin(np.asarray(keys), np.asarray(units)[self.where(measure)])
        those = self._of(measure)
        if by in ("kind", "group"):
            return np.isin(np.asarray(keys), [getattr(each, by) for each in those])
        return np.full(len(keys), bool(those))

    def where(self, measure: str, by: str = "", key: str = "") -> np.ndarray:
        """(U,) bool: the units at which waits of a measure grow, those of one kind or group where that is said."""
        those = [each.unit for each in self._of(measure) if by not in ("kind", "group") or getattr(each, by) == key]
        return np.logical_or.reduce([np.zeros(len(self.beds), dtype=bool), *those])

    def _of(self, measure: str) -> list[Wait]:
        return [each for each in self.waits if each.of == GROWS.get(measure)]


def saturation(service: Service, start: float, end: float, lost: np.ndarray | float = 0.0) -> Saturation:
    """What is saturated at some time of a window: at its ends, or after a change in between.

    Parameters
    ----------
    service
        The service.
    start, end
        Days from the start of the run.
    lost
        (U,) share of the slots of a unit that lapse for want of a bed, where that is known from a simulation.
    """
    turns = [change.at for change in service.changes if change.what != "slots"]
    turns += [at for each in service.slots for at in (each.since, each.until)]
    found = [_at(service, at, start, end, lost) for at in sorted({start, end, *(at for at in turns if start < at < end)})]
    sorts = dict.fromkeys(sort for each in found for sort in each.slots)
    return Saturation(
        np.logical_or.reduce([each.beds for each in found]),
        {sort: np.logical_or.reduce([each.slots[sort] for each in found if sort in each.slots]) for sort in sorts},
        tuple(wait for each in found for wait in each.waits),
    )


def saturated_units(service: Service, start: float, end: float) -> np.ndarray:
    """(U,) bool: the units saturated at some time of a window, for want of beds or of slots."""
    return saturation(service, start, end).units


def _at(service: Service, at: float, start: float, end: float, lost: np.ndarray | float) -> Saturation:
    """What is saturated at a time of a window."""
    is_open = service.is_open(at)
    load, beds = expected_load(service, is_open, at).beds, service.beds(at)
    asked = [_Asked(node, node.rate(service, at)) for node in ways(service, is_open)]
    sorts = {each.stage.slot for each in asked} - {""}
    come = {sort: _slots_a_year(service, sort, at, start, end) * (1 - lost) for sort in sorted(sorts)}
    short = short_of_slots(asked, come, SATURATED)
    beyond = short_of_slots(asked, come, 1.0)
    full = is_open & (load > 0) & (load >= beds)
    in_bed = is_saturated(is_open, load, beds) | held_up(asked, full, beyond)
    none = np.zeros(len(beds), dtype=bool)
    by_sort = {sort: np.logical_or.reduce([none, *(at for (of, _), at in short.items() if of == sort)]) for sort in come}
    return Saturation(in_bed, {sort: at for sort, at in by_sort.items() if at.any()}, tuple(_growing(service, asked, in_bed, short)))


def is_saturated(is_open: np.ndarray, load: np.ndarray, beds: np.ndarray) -> np.ndarray:
    """(U,) bool: the open units offered so much.

    Parameters
    ----------
    is_open
        (U,) bool.
    load
        (U,) the offered load: beds occupied on average if nobody ever waited.
    beds
        (U,) beds in force.

    Examples
    --------
    >>> is_saturated(np.array([True, True, False]), np.array([9.5, 9.4, 12.0]), np.array([10, 10, 10])).tolist()
    [True, False, False]
    """
    return is_open & (load > 0) & (load >= SATURATED * beds)


class _Asked:
    """Who asks for one stage by one way."""

    def __init__(self, node: Node, rate: np.ndarray):
        self.node, self.stage, self.group = node, node.stage, node.group
        self.rate = np.where(node.unit >= 0, rate, 0.0)
        """(A,) patients a year."""
        self.has_bed = node.stage.beds == "counted"
        self.priority = node.group.priority if node.stage.priority is None else node.stage.priority

    def at(self, those: np.ndarray, count: int) -> np.ndarray:
        """(U,) patients a year of some areas, by the unit they ask."""
        return np.bincount(np.maximum(self.node.unit, 0), weights=self.rate * those, minlength=count)


def is_bounded(stage: Stage) -> bool:
    """Whether something ends each wait for a stage, however long there is no bed or slot: the stay, patience, or being turned away."""
    return stage.if_full == "lost" or stage.stay_from == "requested" or stage.gives_up_after is not None


def short_of_slots(asked: Sequence[_Asked], come: Mapping[str, np.ndarray], share: float) -> dict[tuple[str, int], np.ndarray]:
    """By sort and priority, (U,) bool: where patients who wait on ask for at least that share of the slots that are left to them.

    Parameters
    ----------
    asked
        All requests.
    come
        By sort, (U,) slots a year.
    share
        Of the slots that come.

    Notes
    -----
    Those served first leave the fewer to the others, whether they would wait on or not. Of the same priority, those who would not wait
    on give way as the list grows, and take none. Nor does whoever is turned away: slots are there at moments only, and are waited for.
    """
    found = {}
    for sort, slots in come.items():
        of = [each for each in asked if each.stage.slot == sort and each.stage.if_full != "lost"]
        for last in sorted({each.priority for each in of}):
            wanted, own = np.zeros(len(slots)), np.zeros(len(slots))
            for each in of:
                stays = not is_bounded(each.stage)
                if each.priority < last or (each.priority == last and stays):
                    wanted += each.at(np.ones(len(each.rate)), len(slots))
                if each.priority == last and stays:
                    own += each.at(np.ones(len(each.rate)), len(slots))
            found[sort, last] = (own > 0) & (wanted >= share * slots * (1 - 1e-9))
    return found


def _slots_a_year(service: Service, sort: str, at: float, start: float, end: float) -> np.ndarray:
    """(U,) slots of a sort that come: week by week at a time, and dated ones over a window."""
    made = slots_at(service.slots, sort, service.units.id, at) * DAYS_A_YEAR / 7
    for change in service.changes:
        if (change.what, change.slot) == ("slots", sort) and start <= change.at < end:
            made[service.unit_index(change.unit)] += change.value * DAYS_A_YEAR / (end - start)
    return made


def _growing(
    service: Service, asked: Sequence[_Asked], full: np.ndarray, short: Mapping[tuple[str, int], np.ndarray]
) -> Iterator[Wait]:
    """The waits that grow: at units without beds enough, or for slots of which there are too few."""
    late: dict[int, np.ndarray] = {}
    """By node, (A,) bool: whose waits grow at that stage, or at one before."""
    for each in asked:
        node, unit = each.node, each.node.unit
        stops = np.zeros(len(full), dtype=bool)
        if not is_bounded(each.stage):
            if each.has_bed:
                stops = stops | full
            if each.stage.slot:
                stops = stops | short[each.stage.slot, each.priority]
        asks = each.rate > 0 if each.stage.slot else (each.rate > 0) & ~node.in_same_bed
        here = asks & stops[unit]
        before = late[id(node.before)] if node.before is not None else np.zeros(len(here), dtype=bool)
        late[id(node)] = here | before
        for of, those in _measured(service, each, here, before):
            if those.any():
                where = np.zeros(len(full), dtype=bool)
                where[unit[those]] = True
                yield Wait(of, each.group.name, each.stage.kind, where)


def _measured(service: Service, each: _Asked, here: np.ndarray, before: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """In which measures the waits for a stage are, and (A,) bool: whose grow there."""
    group, stage, earlier = each.group, each.stage, list(_before(each.node))
    some_need_slots = any(of.slot for of in group.stages)
    is_first_slot = bool(stage.slot) and not any(of.slot for of in earlier)
    is_first_bed = each.has_bed and not any(of.slot or of.beds == "counted" for of in earlier)
    # As `Records.treatment` has it: the wait on a list is to the first slot, for those who need none to the first bed.
    ends_clock = is_first_slot or (is_first_bed and not stage.slot)
    is_surely_listed = is_first_slot or (is_first_bed and not some_need_slots)
    if group.waiting_list == REFERRAL and ends_clock:
        yield LIST, (here | before) & (each.rate > 0)
    if each.has_bed and not (group.waiting_list and is_surely_listed):
        yield BED, here & ~each.node.in_same_bed
    if group.is_index and not group.waiting_list and stage is service.index_stage(group):
        yield JOURNEY, before & (each.rate > 0)


def _before(node: Node) -> Iterator[Stage]:
    """The stages that come before one."""
    while node.before is not None:
        node = node.before
        yield node.stage


def held_up(asked: Sequence[_Asked], full: np.ndarray, short: Mapping[tuple[str, int], np.ndarray]) -> np.ndarray:
    """(U,) bool: the units whose beds fill with patients who wait for a full unit, or for one that is itself held up.

    Parameters
    ----------
    asked
        All requests.
    full
        (U,) bool: units offered as much as their beds, or more, so that the number who wait for them has no limit.
    short
        The same of slots, by sort and priority.
    """
    made = np.zeros(len(full), dtype=bool)
    links = [_link(each, short) for each in asked if _keeps_waiting(each.node)]
    while True:
        behind = made.copy()
        for before, unit, lacks_slots in links:
            behind[before[(full | made)[unit] | lacks_slots]] = True
        if (behind == made).all():
            return made
        made = behind


def _keeps_waiting(node: Node) -> bool:
    """Whether patients lie in the bed of the stage before for as long as they wait for this one, however long that is."""
    stage, before = node.stage, node.before
    has_bed = before is not None and before.stage.beds == "counted"
    waits = stage.keeps_bed and stage.wait_at == "first" and not is_bounded(stage)
    return has_bed and waits and stage.beds == "counted"


def _link(each: _Asked, short: Mapping[tuple[str, int], np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(N,) units that patients come from, (N,) those that they wait for, and (N,) bool: whether slots are short there."""
    node, slot = each.node, each.stage.slot
    asks = (each.rate > 0) & (node.before.unit >= 0) & (~node.in_same_bed | bool(slot))
    unit = node.unit[asks]
    return node.before.unit[asks], unit, short[slot, each.priority][unit] if slot else np.zeros(len(unit), dtype=bool)


def share_of_beds() -> str:
    """From when on a unit is saturated, in words."""
    return f"{100 * SATURATED:g} % of beds, or beds kept by those who wait for a unit that is offered all it has"


def share_of_slots() -> str:
    """From when on a unit is saturated for want of slots, in words."""
    return f"those who wait on ask for at least {100 * SATURATED:g} % of the slots that come and find a bed"
