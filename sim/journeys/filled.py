"""A filled start: who is in a bed or waiting at time 0, with what is left of their stays.

An alternative to a warm-up. Patients of the past are drawn and followed to time 0 as if every unit had room: those whose way has
them somewhere then are there, so that each unit holds a Poisson number with the mean of its expected load, with residual stays
and further stages as chance has them, whatever the laws. Where that is more than the beds in force, the last to come wait.
Units may be given waiting lists: so many who asked last then wait, and all before them had as long a wait. Where some groups of the
service are on waiting lists (`Group.waiting_list`), the lists are of them alone, and emergencies wait for nothing.

Each option is filled as if it had long been as it is on day 0. Hours, diversion and the road are left out: whoever would be on the
road at time 0 is at the door.

Letters: P patients of the past, N those who are there at time 0, M steps, U units.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ..cohort.cohort import Cohort, draw
from ..service.fault import Fault, nearest_spelling, refuse
from ..service.service import Service
from .journeys import GRID, Journeys, Patients, Steps, on_grid
from .nearest import first_open
from .send import Sent, send

PAST = 2**31
"""Added to the number of a replication to draw its past, so that no luck of it is that of the patients to come."""

LONGEST_DAYS = 3650
"""How far back the past goes at most."""

TAIL = 0.999
"""The part of the longest way that the past has room for."""


TURNS = 6
"""How often the length of waiting lists is mended."""


class Present(NamedTuple):
    """Who is there at time 0; letters: N."""

    patient: np.ndarray
    """(N,) int: row of the patients of the past."""
    step: np.ndarray
    """(N,) int: row of their steps, the one they are in."""
    unit: np.ndarray
    """(N,) int32."""
    in_bed: np.ndarray
    """(N,) bool; the others wait."""
    since: np.ndarray
    """(N,) days, 0 or less: since when they hold the bed they are in."""
    asked: np.ndarray
    """(N,) days, 0 or less: when they asked for the step."""
    stay: np.ndarray
    """(N,) days left of the stay of one in a bed."""
    leaving: np.ndarray
    """(N,) days for which a bed is kept after a last stay, as far as they are not over."""


def past_days(service: Service, waiting: Mapping[str, float]) -> int:
    """How many days of the past are drawn: enough for the longest way but for a thousandth, and for the waiting lists.

    Parameters
    ----------
    service
        The service.
    waiting
        By unit, the days in which as many ask for a bed there as are to wait.
    """
    longest = max(
        sum(float(law.quantile(TAIL)) for stage in group.stages for law in _laws(stage)) for group in service.groups
    )
    return int(min(LONGEST_DAYS, np.ceil(longest + 1.5 * max(waiting.values(), default=0.0)) + 1))


def _laws(stage) -> list:
    """The longest stay of a stage, and what comes before and after it."""
    stays = [stage.stay, *stage.stay_if.values(), *([stage.stay_same_bed] if stage.stay_same_bed else [])]
    return [max(stays, key=lambda law: float(law.quantile(TAIL))), stage.transfer, stage.leaving]


def lists_by_unit(service: Service, given: Mapping[str, int]) -> dict[str, int]:
    """The length of the waiting list of each unit, from lengths by unit or by kind of care."""
    ids, kinds = service.units.id.tolist(), [k for k, of in service.units.gives.items() if of.any()]
    faults, made = [], {}
    for name, length in given.items():
        if name in kinds:
            made |= dict.fromkeys(service.units.id[service.gives(name) & service.is_open()].tolist(), length)
        elif name in ids:
            made[name] = length
        else:
            faults.append(Fault("waiting lists are of units or of kinds of care", name, nearest_spelling(name, [*kinds, *ids])[2:]))
    refuse(faults, of="run.waiting")
    return made


def draw_past(service: Service, seed: int, replication: int, days: int, layers: int) -> Cohort:
    """The patients of the past of one replication; their arrivals are negative."""
    past = draw(service, seed, PAST + replication, float(days), layers)
    past.arrival = past.arrival - days
    return past


def fill(sent: Sent, past: Cohort, waiting: Mapping[str, int]) -> Sent:
    """Journeys with those who are there at time 0 put before them.

    Parameters
    ----------
    sent
        The patients to come.
    past
        Patients of the past (`draw_past`).
    waiting
        The lengths of waiting lists by unit (`lists_by_unit`).

    Returns
    -------
    The patients present have negative numbers, in order of their arrival, and only the steps that are left to them.
    """
    before = send(past, sent.routes)
    network = before.journeys.network
    lists = {before.routes.service.unit_index(unit): int(length) for unit, length in waiting.items()}
    delay, more = np.zeros(len(network.beds)), dict.fromkeys(lists, 0)
    found, asks = _follow(before, delay)
    # Where there is a list the beds are full: it is made longer by those who are given a bed at once, which moves the others a little.
    for _ in range(TURNS if lists else 0):
        delay = _delays(asks, {u: length + more[u] for u, length in lists.items()}, before.routes.service, len(delay))
        found, _ = _follow(before, delay)
        if has_lists(before.routes.service):
            break  # they wait for slots, whether or not beds are full
        held = np.bincount(found.unit[_holds(before, found)], minlength=len(delay))
        was, more = more, {u: max(0, int(_beds(before)[u] - held[u])) for u in lists}
        if was == more:
            break
    return _joined(before, _within_beds(before, found, lists), sent)


def has_lists(service: Service) -> bool:
    """Whether some group of a service is on a waiting list."""
    return any(group.waiting_list for group in service.groups)


def _beds(before: Sent) -> np.ndarray:
    """(U,) beds in force at time 0."""
    return before.routes.service.beds(0.0)


def _holds(before: Sent, found: Present) -> np.ndarray:
    """(N,) bool: who is in a counted bed."""
    return found.in_bed & ~before.journeys.stages.unlimited[before.journeys.steps.stage[found.step]]


def _delays(asks: tuple[np.ndarray, np.ndarray], lists: Mapping[int, int], service: Service, units: int) -> np.ndarray:
    """(U,) the wait at each unit with which so many of those who asked wait at time 0."""
    unit, asked = asks
    delay, faults = np.zeros(units), []
    for u, length in lists.items():
        latest = np.sort(asked[unit == u])[::-1]
        if length > len(latest):
            rule = f"no more than {len(latest):,} patients can have asked for a bed at {service.units.id[u]} and wait still"
            faults.append(Fault(rule, length, "shorten the list"))
        elif length:
            delay[u] = GRID - latest[length - 1]
    refuse(faults, of="run.waiting")
    return delay


def _follow(before: Sent, delay: np.ndarray) -> tuple[Present, tuple[np.ndarray, np.ndarray]]:
    """Follow the patients of the past step by step, each until time 0 finds them.

    Parameters
    ----------
    before
        The patients of the past.
    delay
        (U,) days that each patient waits for their first bed at a unit; nobody waits for a later one.

    Returns
    -------
    Who is there, and (unit, time) of every first request for a bed of one who would be waiting still, had no bed been given.
    """
    network, stages, steps, patients = before.journeys
    is_open, last_round = before.routes.service.is_open(), _last_round(before.routes.service)
    count, total = len(patients.number), len(steps.stage)
    rank, stay, same, patience, transfer, leaving, at_round = (_full(column, total) for column in steps[1:])
    contact = _full(patients.contact, count)
    time, since, site = patients.arrival.copy(), np.zeros(count), np.full(count, -1)
    bed, is_first = np.full(count, -1), np.ones(count, dtype=bool)
    groups = before.routes.service.groups
    may_wait = np.array([bool(g.waiting_list) or not has_lists(before.routes.service) for g in groups])[before.group]
    found, asks = [], []
    i = np.arange(count)
    for place in range(int(np.diff(patients.first).max(initial=0))):
        k = patients.first[i] + place
        q = steps.stage[k]
        bed[i] = np.where(stages.keeps_bed[q], bed[i], -1)
        row = np.where(rank[k] >= 0, rank[k], stages.here_rank[q] + site[i])
        unit = first_open(network.rank[row], is_open)
        is_counted, own = ~stages.unlimited[q], bed[i]
        goes_on = (own >= 0) & is_counted & ((network.gives[own, stages.kind[q]] & stages.same_bed[q]) | (unit == own))
        unit = np.where(goes_on, own, unit)
        is_placed = unit >= 0
        i, k, q, unit, own, is_counted, goes_on = (x[is_placed] for x in (i, k, q, unit, own, is_counted, goes_on))

        door, here, late = network.unit_site[unit], np.maximum(site[i], 0), stages.from_requested[q]
        way = np.where(site[i] < 0, contact[i] + network.travel_area[patients.area[i], door], network.travel_site[here, door])
        asked = time[i] + np.where(own >= 0, 0.0, way)
        days = np.where(goes_on & ~np.isnan(same[k]), same[k], stay[k])
        waits_first = is_counted & is_first[i] & may_wait[i]
        given = asked + np.where(waits_first, delay[unit], 0.0)
        moves = (own >= 0) & ~goes_on
        arrived = given + np.where(moves, transfer[k] + network.travel_site[here, door], 0.0)
        is_outlying = late & (asked + days <= given)
        ready = np.where(is_outlying, asked + days, np.where(late, np.maximum(arrived, asked + days), arrived + days))
        over = asked + np.where(late, np.minimum(patience[k], days), patience[k])
        asks.append((unit, asked, waits_first & (asked <= 0) & (over > 0)))
        has_gone = (given > 0) & (over <= 0) & ~is_outlying
        is_last = k + 1 == patients.first[i + 1]
        leaves = np.where(is_last & is_counted & ~is_outlying, ready + leaving[k], ready)
        if last_round is not None:
            is_kept = is_last & is_counted & ~is_outlying & at_round[k] & (leaves >= last_round)
            leaves = np.where(is_kept, np.inf, leaves)
        since[i] = np.where(goes_on, since[i], given)
        is_there = ~has_gone & ((leaves > 0) | (asked > 0))
        in_bed = given <= 0
        door_asked = np.minimum(asked, 0.0 if place == 0 else -GRID)
        left = np.where(ready < 0, np.maximum(ready + leaving[k], 0.0), leaving[k])
        columns = (i, k, unit, in_bed, since[i], door_asked, np.maximum(ready, 0.0), left)
        found.append(tuple(column[is_there] for column in columns))

        bed[i] = np.where(is_outlying, own, np.where(is_counted, unit, -1))
        is_first[i] &= ~is_counted
        site[i], time[i] = door, ready
        i = i[~is_there & ~has_gone & ~is_last]
    unit, asked, is_candidate = (np.concatenate(each) for each in zip(*asks))
    return Present(*(np.concatenate(each) for each in zip(*found))), (unit[is_candidate], asked[is_candidate])


def _full(column: np.ndarray, length: int) -> np.ndarray:
    """A column that may have been stored once, in full."""
    return np.broadcast_to(column, (length,)) if len(column) == 1 else column


def _last_round(service: Service) -> float | None:
    """Days, 0 or less: the last moment before the start at which staff discharged; None where they do at all hours."""
    if service.discharge is None:
        return None
    week = np.roll(service.discharge.is_open, -service.calendar.weekday(), axis=0).reshape(-1)
    return float(on_grid(-np.flatnonzero(week[::-1])[0] / 24))


def _within_beds(before: Sent, found: Present, lists: Mapping[int, int]) -> Present:
    """Of those who would be in beds, as many as there are, by how long they lie there; the others wait, unless there is a list."""
    journeys, beds = before.journeys, _beds(before)
    holds = np.flatnonzero(_holds(before, found))
    order = holds[np.lexsort((found.since[holds], found.unit[holds]))]
    unit = found.unit[order]
    turn = np.arange(len(order)) - np.searchsorted(unit, unit, side="left")
    beyond = order[turn >= beds[unit]]
    in_bed = found.in_bed.copy()
    in_bed[beyond] = False
    k = found.step[beyond]
    patience = _full(journeys.steps.patience, len(journeys.steps.stage))[k]
    has_left = journeys.stages.lost[journeys.steps.stage[k]] | (found.asked[beyond] + patience <= 0)
    has_left |= np.isin(found.unit[beyond], list(lists))
    kept = np.ones(len(in_bed), dtype=bool)
    kept[beyond[has_left]] = False
    return Present(*(column[kept] for column in found._replace(in_bed=in_bed)))


def _joined(before: Sent, found: Present, sent: Sent) -> Sent:
    """Those present, in order of their rows, before those to come."""
    found = Present(*(column[np.argsort(found.patient)] for column in found))
    past, to_come = before.journeys, sent.journeys
    length = past.patients.first[found.patient + 1] - found.step
    start = np.concatenate([[0], np.cumsum(length)])
    row = np.repeat(found.step - start[:-1], length) + np.arange(start[-1])
    own = past.steps._replace(
        rank=np.where(past.steps.rank >= len(sent.routes.network.rank), past.steps.rank + _added(sent), past.steps.rank)
    )
    steps = Steps(*(_stacked(x, row, y, len(to_come.steps.stage)) for x, y in zip(own, to_come.steps)))
    first = start[:-1]
    stay = steps.stay.copy()
    stay[first[found.in_bed]] = found.stay[found.in_bed]
    steps = steps._replace(stay=stay)
    if len(steps.leaving) > 1:
        leaving = steps.leaving.copy()
        leaving[first] = np.where(found.in_bed, found.leaving, leaving[first])
        steps = steps._replace(leaving=leaving)
    none = len(to_come.patients.number)
    arrival = np.where(found.in_bed, past.patients.arrival[found.patient], found.asked)
    patients = Patients(
        number=np.concatenate([found.patient - len(past.patients.number), to_come.patients.number]),
        arrival=np.concatenate([arrival, to_come.patients.arrival]),
        area=np.concatenate([past.patients.area[found.patient], to_come.patients.area]),
        contact=_stacked(past.patients.contact, found.patient, to_come.patients.contact, none),
        first=np.concatenate([first, start[-1] + to_come.patients.first]),
        start_unit=np.concatenate([found.unit, np.full(none, -1)]).astype(np.int32),
        start_in_bed=np.concatenate([found.in_bed, np.zeros(none, dtype=bool)]),
    )
    rank = to_come.network.rank
    if len(past.network.rank) > len(sent.routes.network.rank):
        rank = np.concatenate([rank, past.network.rank[len(sent.routes.network.rank) :]])
    journeys = Journeys(to_come.network._replace(rank=rank), to_come.stages, steps, patients)
    group, bound = (
        np.concatenate([x[found.patient], y])
        for x, y in ((before.group, sent.group), (before.destination, sent.destination))
    )
    return Sent(sent.routes, journeys, group, bound)


def _added(sent: Sent) -> int:
    """How many rank rows the patients to come have added to the option's own."""
    return len(sent.journeys.network.rank) - len(sent.routes.network.rank)


def _stacked(past: np.ndarray, row: np.ndarray, to_come: np.ndarray, length: int) -> np.ndarray:
    """Some rows of a column of the past, then the column of those to come; stored once where both are, alike."""
    if len(past) == len(to_come) == 1 and np.array_equal(past, to_come, equal_nan=past.dtype.kind == "f"):
        return past
    return np.concatenate([past[row] if len(past) > 1 else np.repeat(past, len(row)), _full(to_come, length)])
