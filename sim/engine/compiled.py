"""The compiled engine: the rules of `contract.py` as numba kernels, written to be fast.

Events lie on a heap of whole numbers; arrivals are sorted beforehand and merged in. Waiting patients lie on linked lists,
one a unit and class of service, each in the order in which it is served; a patient is put in from the tail, because
nearly always that is the place. Only the units touched in an instant are looked at in it. Beds are given unit by unit
where that is the same as giving them across the network: when nobody waits for several units and no slots have come.

All kernels are in this one file, and constants are copied: numba's cache does not see a change made in another file.
They allocate nothing, so they are compiled without reference counts (`_nrt`), which would cost more than the work.

Letters: p patient, k step, q stage, u unit, t now, c class of service (smaller first), n counters, me the record of a patient.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from ..journeys.journeys import Journeys, Network, Patients
from .contract import Trace

BEDS, OPEN, HOURS, SLOTS = 0, 1, 2, 3
IN_SYSTEM, DISCHARGED, LOST, GAVE_UP, UNPLACED = 0, 1, 2, 3, 4
TICKS = 2.0**20
"""Steps of the time grid in a day."""
WHO = 27
"""How many bits of an event say whose it is and of which sort; the 36 above them hold its tick."""

# What a patient is doing. From AT_START to WAITING no bed has been given for the step.
AWAY, AT_START, ON_ROAD, IN_NEED, ASKING, WAITING, IN_STAY, IN_TRANSFER, LEAVING = 0, 1, 2, 3, 4, 5, 6, 7, 8

# The two sorts of event: the wait is over (stay ended or patience out), or what the patient is doing ends.
WAIT, MOVE = 0, 1
NOTHING = 2**63 - 1
"""Stands on the heap beyond the last event."""

# What the counters in n count: the lists of this instant, and how far the sorted lists have been read.
HEAP, DUE, NEED, ASK, FRESH, TOUCHED, TAKEN, WAIT_ANY, SLOTTED, CHANGE, ARRIVAL = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10

kernel = njit(nogil=True, cache=True, _nrt=False)
part = njit(inline="always", _nrt=False)
aside = njit(_nrt=False)

PATIENT = np.dtype(
    [
        ("due", np.float64),  # when what they are doing ends
        ("asked", np.float64),  # when they first asked for the step they are in; NaN before
        ("entered", np.float64),  # when they last entered a request
        ("step", np.int32),
        ("bed_step", np.int32),  # the step in which the bed they hold was given
        ("bed_unit", np.int32),  # the unit whose bed they hold (in a transfer: the one to be left); -1 for none
        ("site", np.int32),  # where they lie; -1 at home
        ("chosen", np.int32),  # the unit they go to, wait for or were given
        ("lane", np.int32),  # the list they wait on; -1 where nothing need be waited for
        ("ahead", np.int32),  # who is before them on the list; -1 for nobody
        ("behind", np.int32),  # who is after them on the list; -1 for nobody
        ("doing", np.int8),
    ],
    align=True,
)
UNIT = np.dtype(
    [
        ("shut_since", np.float64),  # when it was last shut; -inf for never
        ("site", np.int32),
        ("beds", np.int32),  # in force
        ("held", np.int32),
        ("waiting", np.int32),
        ("is_open", np.bool_),  # by the changes so far
        ("in_hours", np.bool_),  # by the changes so far
        ("closed", np.bool_),  # by the state after all changes of the instant
        ("shut", np.bool_),  # closed or outside hours, by the state after all changes of the instant
        ("touched", np.bool_),  # something changed here since beds were last given
    ],
    align=True,
)
STAGE = np.dtype(
    [
        ("diversion", np.float64),
        ("kind", np.int32),
        ("here_rank", np.int32),
        ("slot", np.int32),
        ("precedence", np.int32),  # the rank of its priority among all priorities
        ("unlimited", np.bool_),
        ("keeps_bed", np.bool_),
        ("lost", np.bool_),
        ("any", np.bool_),
        ("from_requested", np.bool_),
        ("same_bed", np.bool_),
    ],
    align=True,
)
CHANGES = np.dtype(
    [("time", np.float64), ("unit", np.int32), ("value", np.int32), ("slot", np.int32), ("what", np.int8)], align=True
)
LANE = np.dtype([("head", np.int32), ("tail", np.int32)], align=True)


class Service(NamedTuple):
    """The network and the stages, as the kernel reads them."""

    unit: np.ndarray
    """(U,) `UNIT`."""
    stage: np.ndarray
    """(Q,) `STAGE`."""
    change: np.ndarray
    """(D,) `CHANGES`."""
    gives: np.ndarray
    rank: np.ndarray
    travel_area: np.ndarray
    travel_site: np.ndarray
    blocked_first: bool


class Cohort(NamedTuple):
    """The patients and their steps, as the kernel reads them."""

    arrivals: np.ndarray
    """Patients not present at the start, by arrival."""
    arrival: np.ndarray
    area: np.ndarray
    contact: np.ndarray
    first: np.ndarray
    step_stage: np.ndarray
    step_rank: np.ndarray
    stay: np.ndarray
    stay_same_bed: np.ndarray
    patience: np.ndarray
    transfer: np.ndarray
    leaving: np.ndarray


class Now(NamedTuple):
    """What is true now, and what is to be done."""

    patient: np.ndarray
    """(P,) `PATIENT`."""
    lane: np.ndarray
    """(lanes,) `LANE`: see `lane_of`."""
    classes: int
    """How many classes of service there are."""
    slots: np.ndarray
    """(U, sorts) int32: slots left in this instant."""
    heap: np.ndarray
    """int64: events to come."""
    due: np.ndarray
    """int64: events that became due in this instant."""
    need: np.ndarray
    """int32: patients in need."""
    ask: np.ndarray
    """int32: patients about to enter a request."""
    fresh: np.ndarray
    """int32: patients who asked since beds were last given."""
    taken: np.ndarray
    """int32: patients just given a bed."""
    touched: np.ndarray
    """int32: units touched since beds were last given."""
    cursor: np.ndarray
    """int32: where `give_across` stands in each touched unit."""
    n: np.ndarray
    """int64: how many of each."""


def simulate(journeys: Journeys, horizon: float) -> Trace:
    """Run from time 0 to just before ``horizon`` (days, on the grid).

    Returns
    -------
    Trace
        See `contract`: the same, to the last bit, as that of the reference engine.
    """
    service, cohort, now, trace = prepared(journeys, float(horizon))
    if horizon > 0:
        run(float(horizon), service, cohort, now, trace)
    return trace


def prepared(journeys: Journeys, horizon: float) -> tuple[Service, Cohort, Now, Trace]:
    """All that the kernel reads and writes, at time 0, in arrays of fixed types so that it is compiled once."""
    network, stages, steps, patients = journeys
    P, M, U = len(patients.arrival), len(steps.stage), len(network.beds)
    if P >= 2 ** (WHO - 1) or M >= 2**31 or horizon * TICKS >= 2 ** (63 - WHO):
        raise OverflowError(
            f"{P} patients with {M} steps over {horizon} days: the compiled engine takes fewer than {2 ** (WHO - 1)}, "
            f"{2**31} and {2 ** (63 - WHO) / TICKS:.0f}; split the run"
        )
    priorities, precedence = np.unique(stages.priority, return_inverse=True)
    classes = len(priorities) * (2 if network.blocked_first else 1)
    sorts = 1 + max(np.max(stages.slot, initial=0), np.max(network.change_slot, initial=0))
    service = Service(
        unit=units_at_start(network),
        stage=records(STAGE, len(stages.kind), precedence=precedence, **named(stages, STAGE)),
        change=records(
            CHANGES,
            len(network.change_time),
            time=network.change_time,
            unit=network.change_unit,
            value=network.change_value,
            slot=network.change_slot,
            what=network.change_what,
        ),
        gives=fixed(network.gives, np.bool_),
        rank=fixed(network.rank, np.int32),
        travel_area=fixed(network.travel_area, np.float64),
        travel_site=fixed(network.travel_site, np.float64),
        blocked_first=bool(network.blocked_first),
    )
    cohort = Cohort(
        arrivals=order_of_arrival(patients),
        arrival=fixed(patients.arrival, np.float64),
        area=fixed(patients.area, np.int32),
        contact=fixed(patients.contact, np.float64),
        first=fixed(patients.first, np.int64),
        step_stage=fixed(steps.stage, np.int32),
        step_rank=fixed(steps.rank, np.int32),
        stay=fixed(steps.stay, np.float64),
        stay_same_bed=fixed(steps.stay_same_bed, np.float64),
        patience=fixed(steps.patience, np.float64),
        transfer=fixed(steps.transfer, np.float64),
        leaving=fixed(steps.leaving, np.float64),
    )
    now = Now(
        patient=np.zeros(P, PATIENT).view(np.recarray),
        lane=records(LANE, (U + 1) * 2 * classes, head=-1, tail=-1),
        classes=classes,
        slots=np.zeros((U, sorts), np.int32),
        heap=np.empty(P + 2 * M + 5, np.int64),
        due=np.empty(2 * P + 1, np.int64),
        need=np.empty(2 * P + 1, np.int32),
        ask=np.empty(2 * P + 1, np.int32),
        fresh=np.empty(P + M + 1, np.int32),
        taken=np.empty(P + 1, np.int32),
        touched=np.empty(U + 1, np.int32),
        cursor=np.empty(U + 1, np.int32),
        n=np.zeros(11, np.int64),
    )
    trace = Trace(
        np.full(M, -1, np.int32),
        *(np.full(M, np.nan) for _ in range(5)),
        np.zeros(P, np.int8),
        np.full(P, np.nan),
    )
    now.heap[:5] = NOTHING
    place_present(journeys, horizon, service.unit, now, trace)
    return service, cohort, now, trace


def fixed(array, dtype) -> np.ndarray:
    """A read-only, contiguous view of the given type (a copy only where it must be)."""
    array = np.ascontiguousarray(array, dtype=dtype).view()
    array.flags.writeable = False
    return array


def records(dtype: np.dtype, length: int, **column) -> np.recarray:
    """Columns as one array of records: one pointer in the kernel, and one line of cache."""
    record = np.zeros(length, dtype).view(np.recarray)
    for name, values in column.items():
        record[name] = values
    return record


def named(columns: NamedTuple, dtype: np.dtype) -> dict[str, np.ndarray]:
    """Those columns that the records have, by name."""
    return {name: column for name, column in columns._asdict().items() if name in dtype.names}


def units_at_start(network: Network) -> np.recarray:
    """Every unit as it is before the first change: open, inside its hours, nobody there."""
    return records(
        UNIT,
        len(network.beds),
        shut_since=-np.inf,
        site=network.unit_site,
        beds=network.beds,
        is_open=True,
        in_hours=True,
    )


def order_of_arrival(patients: Patients) -> np.ndarray:
    """Patients not present at the start, by arrival."""
    arrival = patients.arrival
    is_sorted = bool((arrival[1:] >= arrival[:-1]).all())
    order = np.arange(len(arrival)) if is_sorted else np.argsort(arrival, kind="stable")
    present = np.broadcast_to(patients.start_unit >= 0, arrival.shape)
    return order[~present[order]] if present.any() else order


def place_present(journeys: Journeys, horizon: float, unit: np.recarray, now: Now, trace: Trace) -> None:
    """Put those present at time 0 where they are: in their beds, or at the door of the unit they wait at."""
    _, stages, steps, patients = journeys
    present = np.flatnonzero(np.broadcast_to(patients.start_unit >= 0, patients.arrival.shape))
    if not len(present):
        return
    start_unit = np.broadcast_to(patients.start_unit, patients.arrival.shape)[present]
    in_bed = np.broadcast_to(patients.start_in_bed, patients.arrival.shape)[present]
    step = patients.first[present]
    stage = steps.stage[step]
    holds = in_bed & ~stages.unlimited[stage]
    asked = np.where(in_bed, np.nan, patients.arrival[present])
    np.add.at(unit.held, start_unit[holds], 1)
    trace.unit[step] = start_unit
    trace.requested[step] = asked
    trace.given[step[in_bed]] = trace.arrived[step[in_bed]] = 0.0
    me = now.patient
    me.doing[present] = np.where(in_bed, IN_STAY, AT_START)
    me.due[present] = np.where(in_bed, steps.stay[step], 0.0)
    me.asked[present] = asked
    me.step[present] = me.bed_step[present] = step
    me.bed_unit[present] = np.where(holds, start_unit, -1)
    me.site[present] = unit.site[start_unit]
    me.chosen[present] = start_unit
    wait = np.broadcast_to(steps.patience, steps.stage.shape)[step]
    wait = np.where(stages.from_requested[stage], np.minimum(wait, steps.stay[step]), wait)
    at = np.concatenate([me.due[present], np.maximum(0.0, asked + wait)])
    of = np.concatenate([present << 1 | MOVE, present << 1 | WAIT])
    comes = at < horizon
    events = np.sort((at[comes] * TICKS).astype(np.int64) << WHO | of[comes])
    now.heap[: len(events)] = events
    now.heap[len(events) : len(events) + 5] = NOTHING
    now.n[HEAP] = len(events)


# Small things.


@part
def is_nan(x):
    return x != x


@part
def at(column, k):
    """The value of a step or patient in a column that may have been stored once."""
    return column[min(k, len(column) - 1)]


# What is due, and when.


@part
def push(heap, n, event):
    """Put an event on the heap (four children a node; beyond the last stand three that never come)."""
    i = n[HEAP]
    n[HEAP] = i + 1
    heap[i + 4] = NOTHING
    while i > 0:
        parent = (i - 1) >> 2
        if heap[parent] <= event:
            break
        heap[i] = heap[parent]
        i = parent
    heap[i] = event


@part
def pop(heap, n):
    """Take the earliest event off the heap: close the gap with the least child, down to the end, then fit the last event in."""
    earliest = heap[0]
    size = n[HEAP] - 1
    n[HEAP] = size
    event = heap[size]
    heap[size] = NOTHING
    gap = 0
    child = 1
    while child < size:
        one = child + (heap[child + 1] < heap[child])
        two = child + 2 + (heap[child + 3] < heap[child + 2])
        least = two if heap[two] < heap[one] else one
        heap[gap] = heap[least]
        gap = least
        child = 4 * gap + 1
    while gap > 0:
        parent = (gap - 1) >> 2
        if heap[parent] <= event:
            break
        heap[gap] = heap[parent]
        gap = parent
    heap[gap] = event
    return earliest


@part
def put_off(heap, due, n, horizon, t, p, sort, time):
    """Note an event of patient p at ``time``. At one time a wait comes before a move of the same patient."""
    if time < horizon:
        event = (np.int64(time * TICKS) << WHO) | (p << 1) | sort
        if time > t:
            push(heap, n, event)
        else:
            due[n[DUE]] = event
            n[DUE] += 1


@part
def wait_over(me, here, k, stay, patience):
    """When a patient without a bed for this step ends the stay (that runs from the request) or gives up; NaN before they asked."""
    wait = at(patience, k)
    if here.from_requested:
        wait = min(wait, stay[k])
    return me.asked + wait


@part
def stay_over(me, here, arrived, stay):
    """When the stay of one who has a bed is ready."""
    if here.from_requested and not is_nan(me.asked):
        return max(arrived, me.asked + stay)
    return arrived + stay


# Lists of those who wait.


@part
def lane_of(u, has_slot, c, classes):
    """The list of a unit for those of a class who need a slot or do not; unit U stands for the lists of those who wait for any."""
    return (u * 2 + has_slot) * classes + c


@part
def join(patient, lane, i, p):
    """Put patient p on list i: by the time they first asked, then by number."""
    me = patient[p]
    ahead = lane[i].tail
    behind = np.int32(-1)
    while ahead >= 0 and (patient[ahead].asked > me.asked or (patient[ahead].asked == me.asked and ahead > p)):
        behind = ahead
        ahead = patient[ahead].ahead
    me.lane = i
    me.ahead = ahead
    me.behind = behind
    if ahead >= 0:
        patient[ahead].behind = p
    else:
        lane[i].head = p
    if behind >= 0:
        patient[behind].ahead = p
    else:
        lane[i].tail = p


@part
def stop_waiting(patient, unit, stage, lane, n, p, q):
    """Take patient p off their list."""
    me = patient[p]
    unit[me.chosen].waiting -= 1
    if stage[q].any:
        n[WAIT_ANY] -= 1
    if me.lane >= 0:
        if me.ahead >= 0:
            patient[me.ahead].behind = me.behind
        else:
            lane[me.lane].head = me.behind
        if me.behind >= 0:
            patient[me.behind].ahead = me.ahead
        else:
            lane[me.lane].tail = me.ahead


# What happens to one patient or unit.


@part
def note(whom, n, which, p):
    """Put a patient (or unit) on a list of this instant."""
    whom[n[which]] = p
    n[which] += 1


@part
def leave_bed(me, unit, touched, n, left, t):
    """Free the bed the patient holds, if any."""
    u = me.bed_unit
    if u >= 0:
        left[me.bed_step] = t
        me.bed_unit = -1
        unit[u].held -= 1
        touch(unit, touched, n, u)


@part
def touch(unit, touched, n, u):
    """Have the unit looked at when beds are next given."""
    if not unit[u].touched:
        unit[u].touched = True
        note(touched, n, TOUCHED, u)


@part
def leave_system(me, p, how, unit, touched, n, left, end, ended, t):
    """End the patient's time in the system, and free the bed they hold."""
    leave_bed(me, unit, touched, n, left, t)
    me.doing = AWAY
    end[p] = how
    ended[p] = t


@part
def travel(me, p, unit, travel_area, travel_site, area, u):
    """Days from where the patient is to a unit, first contact not counted."""
    if me.site < 0:
        return travel_area[area[p], unit[u].site]
    return travel_site[me.site, unit[u].site]


@part
def rank_of(me, here, step_rank):
    """The rank row of the step the patient is in."""
    row = step_rank[me.step]
    return row if row >= 0 else here.here_rank + me.site


@aside
def go_on_in_bed(me, p, here, heap, due, n, horizon, t, cohort, trace):
    """Give the bed the patient already holds for the step they are in, and start its stay."""
    k = me.step
    if is_nan(me.asked):
        me.asked = t
        trace.requested[k] = t
    trace.unit[k] = me.bed_unit
    trace.given[k] = t
    trace.arrived[k] = t
    trace.left[me.bed_step] = t
    me.bed_step = k
    stay = at(cohort.stay_same_bed, k)
    if is_nan(stay):
        stay = cohort.stay[k]
    me.doing = IN_STAY
    me.due = stay_over(me, here, t, stay)
    put_off(heap, due, n, horizon, t, p, MOVE, me.due)


# The steps of an instant.


@aside
def make_changes(change, unit, slots, touched, n, t):
    """a. Dated changes: all that are due; only the state after all of them counts."""
    d = n[CHANGE]
    while d < len(change) and change[d].time <= t:
        this = change[d]
        u = this.unit
        if this.what == BEDS:
            unit[u].beds = this.value
        elif this.what == OPEN:
            unit[u].is_open = this.value != 0
        elif this.what == HOURS:
            unit[u].in_hours = this.value != 0
        else:
            slots[u, this.slot] += this.value
            n[SLOTTED] += this.value
        touch(unit, touched, n, u)
        d += 1
    n[CHANGE] = d


@aside
def turn_out(patient, unit, stage, lane, classes, step_stage, touched, need, n, t):
    """a. Those who wait at a unit that has closed are in need."""
    for i in range(n[TOUCHED]):
        u = touched[i]
        here = unit[u]
        has_closed = not here.is_open and not here.closed
        is_shut = not (here.is_open and here.in_hours)
        if is_shut and not here.shut:
            here.shut_since = t
        here.shut = is_shut
        here.closed = not here.is_open
        if not has_closed or here.waiting == 0:
            continue
        own = lane_of(u, 0, 0, classes)
        shared = lane_of(len(unit), 0, 0, classes)
        for j in range(4 * classes):
            p = lane[own + j if j < 2 * classes else shared + j - 2 * classes].head
            while p >= 0:
                behind = patient[p].behind
                if patient[p].chosen == u:
                    stop_waiting(patient, unit, stage, lane, n, p, step_stage[patient[p].step])
                    patient[p].doing = IN_NEED
                    note(need, n, NEED, p)
                p = behind


@part
def choose(me, p, here, unit, rank, travel_area, travel_site, area, step_rank):
    """c. The unit that a patient in need chooses, or -1."""
    row = rank_of(me, here, step_rank)
    first = np.int32(-1)
    nearest = 0.0
    for w in range(rank.shape[1]):
        u = rank[row, w]
        if u < 0:
            break
        if unit[u].shut:
            continue
        if here.diversion < 0.0:
            return u
        days = travel(me, p, unit, travel_area, travel_site, area, u)
        if first < 0:
            first = u
            nearest = days
        elif days - nearest > here.diversion:
            continue
        if here.unlimited or u == me.bed_unit or unit[u].beds - unit[u].held - unit[u].waiting > 0:
            return u
    return first


@part
def hand(patient, unit, stage, lane, slots, taken, n, p, q, u):
    """e. Give one patient a bed of unit u, with a slot if need be."""
    me = patient[p]
    here = stage[q]
    stop_waiting(patient, unit, stage, lane, n, p, q)
    if here.slot >= 0:
        slots[u, here.slot] -= 1
    if not (here.unlimited or me.bed_unit == u):
        unit[u].held += 1
    me.chosen = u
    me.doing = IN_STAY
    note(taken, n, TAKEN, p)


@part
def is_before(patient, p, other):
    """Whether p is served before the other (-1 for nobody) of the same class."""
    return (
        other < 0
        or patient[p].asked < patient[other].asked
        or (patient[p].asked == patient[other].asked and p < other)
    )


@part
def can_give(me, here, unit, slots, u):
    """Whether unit u can give the patient a bed, with a slot if need be."""
    if here.slot >= 0 and slots[u, here.slot] <= 0:
        return False
    return here.unlimited or me.bed_unit == u or unit[u].held < unit[u].beds


@aside
def first_that_can(me, here, unit, rank, step_rank, slots):
    """The first unit on the list of one who waits for any of several that can give, or -1."""
    row = rank_of(me, here, step_rank)
    is_in_row = False
    for w in range(rank.shape[1]):
        if rank[row, w] == me.chosen:
            is_in_row = True
    if not is_in_row and can_give(me, here, unit, slots, me.chosen):
        return me.chosen
    for w in range(rank.shape[1]):
        u = rank[row, w]
        if u < 0:
            break
        is_listed = not unit[u].closed and (not unit[u].shut or unit[u].shut_since > me.entered)
        if (is_listed or u == me.chosen) and can_give(me, here, unit, slots, u):
            return u
    return np.int32(-1)


@aside
def give_across(patient, unit, stage, lane, classes, step_stage, step_rank, rank, slots, touched, cursor, taken, n):
    """e. Give at all touched units in one order, with those who wait for several units or for a slot."""
    for c in range(classes):
        for i in range(n[TOUCHED]):
            cursor[i] = lane[lane_of(touched[i], 1, c, classes)].head if n[SLOTTED] > 0 else -1
        next_any = lane[lane_of(len(unit), 0, c, classes)].head
        while True:
            p = next_any
            which = -1
            has_slot = False
            for i in range(n[TOUCHED]):
                u = touched[i]
                plain = lane[lane_of(u, 0, c, classes)].head
                if plain >= 0 and unit[u].held < unit[u].beds and is_before(patient, plain, p):
                    p, which, has_slot = plain, i, False
                if cursor[i] >= 0 and is_before(patient, cursor[i], p):
                    p, which, has_slot = cursor[i], i, True
            if p < 0:
                break
            me = patient[p]
            q = step_stage[me.step]
            if which < 0:
                next_any = me.behind
                u = first_that_can(me, stage[q], unit, rank, step_rank, slots)
            else:
                u = touched[which]
                if has_slot:
                    cursor[which] = me.behind
                if not can_give(me, stage[q], unit, slots, u):
                    u = np.int32(-1)
            if u >= 0:
                hand(patient, unit, stage, lane, slots, taken, n, p, q, u)


@kernel
def run(horizon, service, cohort, now, trace):
    """Instants one after another; within each, the steps in the order of the contract, until nothing is left to do."""
    unit, stage, change, gives, rank, travel_area, travel_site, blocked_first = service
    arrivals, arrival, area, contact, first, step_stage, step_rank, stay, _, patience, transfer, leaving = cohort
    patient, lane, classes, slots, heap, due, need, ask, fresh, taken, touched, cursor, n = now
    unit_of, requested, given, arrived, ready, left, end, ended = trace
    while True:
        t = horizon
        if n[HEAP] > 0:
            t = (heap[0] >> WHO) / TICKS
        if n[ARRIVAL] < len(arrivals):
            t = min(t, max(0.0, arrival[arrivals[n[ARRIVAL]]]))
        if n[CHANGE] < len(change):
            t = min(t, change[n[CHANGE]].time)
        if t >= horizon:
            break
        tick = np.int64(t * TICKS)

        # a. Dated changes.
        if n[CHANGE] < len(change) and change[n[CHANGE]].time <= t:
            make_changes(change, unit, slots, touched, n, t)
            turn_out(patient, unit, stage, lane, classes, step_stage, touched, need, n, t)

        while True:
            # b. Ends: whatever is due, with all that becomes due by it.
            while True:
                if n[DUE] > 0:
                    n[DUE] -= 1
                    event = due[n[DUE]]
                elif n[HEAP] > 0 and heap[0] >> WHO == tick:
                    event = pop(heap, n)
                elif n[ARRIVAL] < len(arrivals) and arrival[arrivals[n[ARRIVAL]]] <= t:
                    p = arrivals[n[ARRIVAL]]
                    n[ARRIVAL] += 1
                    me = patient[p]
                    me.step = first[p]
                    me.asked = np.nan
                    me.site = -1
                    me.bed_unit = -1
                    me.doing = IN_NEED
                    note(need, n, NEED, p)
                    continue
                else:
                    break
                p = (event & ((1 << WHO) - 1)) >> 1
                me = patient[p]
                k = me.step
                here = stage[step_stage[k]]
                if event & 1 == WAIT:
                    if me.doing < AT_START or me.doing > WAITING or not wait_over(me, here, k, stay, patience) <= t:
                        continue
                    if me.doing == WAITING:
                        stop_waiting(patient, unit, stage, lane, n, p, step_stage[k])
                    me.due = -1.0
                    if not here.from_requested or stay[k] > at(patience, k):
                        leave_system(me, p, GAVE_UP, unit, touched, n, left, end, ended, t)
                        continue
                else:
                    if me.due != t:
                        continue
                    me.due = -1.0
                    if me.doing == ON_ROAD or me.doing == AT_START:
                        u = me.chosen
                        me.site = unit[u].site
                        if unit[u].closed or (unit[u].shut and me.doing == ON_ROAD):
                            me.doing = IN_NEED
                            note(need, n, NEED, p)
                        else:
                            me.doing = ASKING
                            note(ask, n, ASK, p)
                        continue
                    if me.doing == IN_TRANSFER:
                        leave_bed(me, unit, touched, n, left, t)
                        me.doing = IN_STAY
                        if not here.unlimited:
                            me.bed_unit = me.chosen
                            me.bed_step = k
                        if arrived[k] < horizon:
                            me.due = stay_over(me, here, arrived[k], stay[k])
                            put_off(heap, due, n, horizon, t, p, MOVE, me.due)
                        continue
                    if me.doing == LEAVING:
                        leave_system(me, p, DISCHARGED, unit, touched, n, left, end, ended, t)
                        continue

                # The stay is ready, with a bed or without.
                ready[k] = t
                u = me.bed_unit
                if u < 0 or me.bed_step != k:
                    left[k] = t
                if k + 1 == first[p + 1]:
                    if u >= 0 and at(leaving, k) > 0.0:
                        me.doing = LEAVING
                        me.due = t + at(leaving, k)
                        put_off(heap, due, n, horizon, t, p, MOVE, me.due)
                    else:
                        leave_system(me, p, DISCHARGED, unit, touched, n, left, end, ended, t)
                    continue
                me.step = k + 1
                me.asked = np.nan
                then = stage[step_stage[k + 1]]
                if u >= 0 and then.same_bed and not then.unlimited and gives[u, then.kind]:
                    if then.slot < 0:
                        go_on_in_bed(me, p, then, heap, due, n, horizon, t, cohort, trace)
                    else:
                        me.doing = ASKING
                        me.chosen = u
                        note(ask, n, ASK, p)
                else:
                    if not then.keeps_bed:
                        leave_bed(me, unit, touched, n, left, t)
                    me.doing = IN_NEED
                    note(need, n, NEED, p)

            if n[NEED] > 0 or n[ASK] > 0:
                # c. All in need choose, on the same state.
                for i in range(n[NEED]):
                    me = patient[need[i]]
                    if me.doing == IN_NEED:
                        here = stage[step_stage[me.step]]
                        me.chosen = choose(me, need[i], here, unit, rank, travel_area, travel_site, area, step_rank)

                # d. What they chose takes effect, and requests are entered.
                for i in range(n[NEED]):
                    p = need[i]
                    me = patient[p]
                    if me.doing != IN_NEED:
                        continue
                    u = me.chosen
                    here = stage[step_stage[me.step]]
                    if u < 0:
                        leave_system(me, p, UNPLACED, unit, touched, n, left, end, ended, t)
                        continue
                    if u == me.bed_unit and not here.unlimited and here.slot < 0:
                        go_on_in_bed(me, p, here, heap, due, n, horizon, t, cohort, trace)
                        continue
                    if me.bed_unit < 0:
                        days = travel(me, p, unit, travel_area, travel_site, area, u)
                        if me.site < 0:
                            days += at(contact, p)
                        if days > 0.0:
                            me.doing = ON_ROAD
                            me.due = t + days
                            put_off(heap, due, n, horizon, t, p, MOVE, me.due)
                            continue
                        me.site = unit[u].site
                    me.doing = ASKING
                    note(ask, n, ASK, p)
                n[NEED] = 0
                for i in range(n[ASK]):
                    p = ask[i]
                    me = patient[p]
                    if me.doing != ASKING:
                        continue
                    u = me.chosen
                    k = me.step
                    here = stage[step_stage[k]]
                    if is_nan(me.asked):
                        me.asked = t
                        requested[k] = t
                        if wait_over(me, here, k, stay, patience) == t:
                            put_off(heap, due, n, horizon, t, p, WAIT, t)
                    unit_of[k] = u
                    me.entered = t
                    me.doing = WAITING
                    note(fresh, n, FRESH, p)
                    unit[u].waiting += 1
                    touch(unit, touched, n, u)
                    c = here.precedence
                    if blocked_first:
                        c = 2 * c + (me.bed_unit < 0 or me.bed_unit == u)
                    if here.any:
                        n[WAIT_ANY] += 1
                        join(patient, lane, lane_of(len(unit), 0, c, classes), p)
                    elif here.slot >= 0:
                        join(patient, lane, lane_of(u, 1, c, classes), p)
                    elif here.unlimited:
                        me.lane = -1
                    else:
                        join(patient, lane, lane_of(u, 0, c, classes), p)
                n[ASK] = 0
                continue

            if n[TOUCHED] == 0:
                break

            # e. Free beds and slots are given at all units at once.
            for i in range(n[FRESH]):
                me = patient[fresh[i]]
                if me.doing == WAITING and me.lane < 0:
                    hand(patient, unit, stage, lane, slots, taken, n, fresh[i], step_stage[me.step], me.chosen)
            if n[WAIT_ANY] > 0 or n[SLOTTED] > 0:
                give_across(
                    patient, unit, stage, lane, classes, step_stage, step_rank, rank, slots, touched, cursor, taken, n
                )
            else:
                for i in range(n[TOUCHED]):
                    u = touched[i]
                    for j in range(lane_of(u, 0, 0, classes), lane_of(u, 1, 0, classes)):
                        while lane[j].head >= 0 and unit[u].held < unit[u].beds:
                            p = lane[j].head
                            hand(patient, unit, stage, lane, slots, taken, n, p, step_stage[patient[p].step], u)
            for i in range(n[TOUCHED]):
                unit[touched[i]].touched = False
            n[TOUCHED] = 0

            # What follows from a bed given: at once, after a journey, or after leaving the bed held.
            for i in range(n[TAKEN]):
                p = taken[i]
                me = patient[p]
                k = me.step
                u = me.chosen
                here = stage[step_stage[k]]
                if me.bed_unit == u and not here.unlimited:
                    go_on_in_bed(me, p, here, heap, due, n, horizon, t, cohort, trace)
                    continue
                there = t + travel(me, p, unit, travel_area, travel_site, area, u)
                me.site = unit[u].site
                unit_of[k] = u
                given[k] = t
                if me.bed_unit >= 0:
                    me.doing = IN_TRANSFER
                    me.due = t + at(transfer, k)
                    there += at(transfer, k)
                else:
                    me.doing = IN_STAY
                    me.due = stay_over(me, here, there, stay[k])
                    if not here.unlimited:
                        me.bed_unit = u
                        me.bed_step = k
                if there < horizon:
                    arrived[k] = there
                put_off(heap, due, n, horizon, t, p, MOVE, me.due)
            n[TAKEN] = 0

            # Those who got none leave, or wait on.
            for i in range(n[FRESH]):
                p = fresh[i]
                me = patient[p]
                if me.doing != WAITING:
                    continue
                k = me.step
                here = stage[step_stage[k]]
                if here.lost:
                    stop_waiting(patient, unit, stage, lane, n, p, step_stage[k])
                    leave_system(me, p, LOST, unit, touched, n, left, end, ended, t)
                elif me.asked == t:
                    put_off(heap, due, n, horizon, t, p, WAIT, wait_over(me, here, k, stay, patience))
            n[FRESH] = 0

        if n[SLOTTED] > 0:
            slots[:] = 0
            n[SLOTTED] = 0
