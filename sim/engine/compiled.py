"""The compiled engine: the rules of `contract.py` as numba kernels, written to be fast.

`run` is the loop over instants; the steps (a) to (e) of that page are the functions before it, in order. What is due lies
on a heap of whole numbers; arrivals are sorted beforehand and merged in. Patients who wait lie on linked lists, one a
unit and class of service, each in the order in which it is served; they are put in from the tail, because nearly always
that is the place. Only units touched in an instant are looked at in it, and they are looked at one by one unless somebody
waits for several units or slots have come: then all of them are gone through together, in the one order of the contract.

What the kernels know of a patient or unit is one record: one pointer to hand on, one line of memory to fetch.
All kernels are in this file and constants are copied, because numba's cache does not see a change made in another file.
They allocate nothing, so they are compiled without reference counts (``_nrt``): counting would take longer than the work.

Letters: p patient, k step, q stage, u unit, t the time now, c class of service (smaller first), n how many there are of
each thing; ``me`` the record of a patient, ``here`` that of a stage or unit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from ..journeys.journeys import Journeys, Network, Patients
from ..service.fault import Fault, refuse
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
inlined = njit(inline="always", _nrt=False)
helper = njit(_nrt=False)

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
        ("waits_for_any", np.bool_),
        ("from_requested", np.bool_),
        ("same_bed", np.bool_),
    ],
    align=True,
)
DATED = np.dtype(
    [("time", np.float64), ("unit", np.int32), ("value", np.int32), ("slot", np.int32), ("what", np.int8)], align=True
)
LANE = np.dtype([("head", np.int32), ("tail", np.int32)], align=True)


class Setting(NamedTuple):
    """The network and the stages, as the kernel reads them."""

    unit: np.ndarray
    """(U,) `UNIT`."""
    stage: np.ndarray
    """(Q,) `STAGE`."""
    change: np.ndarray
    """(D,) `DATED`."""
    gives: np.ndarray
    rank: np.ndarray
    travel_area: np.ndarray
    travel_site: np.ndarray
    round_start: np.ndarray
    round_end: np.ndarray
    blocked_first: bool


class People(NamedTuple):
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
    at_round: np.ndarray


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
    setting, people, now, trace = prepared(journeys, float(horizon))
    if horizon > 0:
        run(float(horizon), setting, people, now, trace)
    return trace


def prepared(journeys: Journeys, horizon: float) -> tuple[Setting, People, Now, Trace]:
    """All that the kernel reads and writes, at time 0, in arrays of fixed types so that it is compiled once."""
    network, stages, steps, patients = journeys
    P, M, U = len(patients.arrival), int(patients.first[-1]), len(network.beds)
    refuse(too_large(P, M, horizon), of="compiled engine")
    priorities, precedence = np.unique(stages.priority, return_inverse=True)
    classes = len(priorities) * (2 if network.blocked_first else 1)
    sorts = 1 + max(np.max(stages.slot, initial=0), np.max(network.change_slot, initial=0))
    setting = Setting(
        unit=units_at_start(network),
        stage=records(STAGE, len(stages.kind), precedence=precedence, waits_for_any=stages.any, **named(stages, STAGE)),
        change=records(
            DATED,
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
        round_start=fixed(network.round_start, np.float64),
        round_end=fixed(network.round_end, np.float64),
        blocked_first=bool(network.blocked_first),
    )
    people = People(
        arrivals=order_of_arrival(patients),
        arrival=fixed(patients.arrival, np.float64),
        area=fixed(patients.area, np.int32),
        contact=fixed(patients.contact, np.float64),
        first=fixed(patients.first, np.int64),
        step_stage=fixed(np.broadcast_to(steps.stage, M), np.int32),
        step_rank=fixed(np.broadcast_to(steps.rank, M), np.int32),
        stay=fixed(np.broadcast_to(steps.stay, M), np.float64),
        stay_same_bed=fixed(steps.stay_same_bed, np.float64),
        patience=fixed(steps.patience, np.float64),
        transfer=fixed(steps.transfer, np.float64),
        leaving=fixed(steps.leaving, np.float64),
        at_round=fixed(steps.at_round, np.bool_),
    )
    now = Now(
        patient=np.zeros(P, PATIENT).view(np.recarray),
        lane=records(LANE, (U + 1) * 2 * classes, head=-1, tail=-1),
        classes=classes,
        slots=np.zeros((U, sorts), np.int32),
        heap=np.empty(P + 2 * M + 5, np.int64),
        due=np.empty(2 * P + 1, np.int64),
        need=np.empty(2 * P + 1, np.int32),
        ask=np.empty(P + 1, np.int32),
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
    place_present(patients, horizon, setting, people, now, trace)
    return setting, people, now, trace


def too_large(patients: int, steps: int, horizon: float) -> list[Fault]:
    """What does not fit: an event is one number of 63 bits, and a step one of 31."""
    return [
        Fault(f"{what} must be fewer than {most:,.0f}", size, "use the reference engine, or split the run")
        for what, size, most in (
            ("patients", patients, 2 ** (WHO - 1)),
            ("steps", steps, 2**31),
            ("days to the horizon", horizon, 2 ** (63 - WHO) / TICKS),
        )
        if size >= most
    ]


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


def place_present(patients: Patients, horizon: float, setting: Setting, people: People, now: Now, trace: Trace) -> None:
    """Put those present at time 0 where they are: in their beds, or at the door of the unit they wait at."""
    start_unit = np.broadcast_to(patients.start_unit, people.arrival.shape)
    p = np.flatnonzero(start_unit >= 0)
    u = start_unit[p]
    in_bed = np.broadcast_to(patients.start_in_bed, people.arrival.shape)[p]
    k = people.first[p]
    here = setting.stage[people.step_stage[k]]
    holds = in_bed & ~here.unlimited
    np.add.at(setting.unit.held, u[holds], 1)
    me = now.patient
    me.doing[p] = np.where(in_bed, IN_STAY, AT_START)
    me.due[p] = np.where(in_bed, people.stay[k], 0.0)
    me.asked[p] = np.where(in_bed, np.nan, people.arrival[p])
    me.step[p] = me.bed_step[p] = k
    me.bed_unit[p] = np.where(holds, u, -1)
    me.site[p] = setting.unit.site[u]
    me.chosen[p] = u
    trace.unit[k] = u
    trace.requested[k] = me.asked[p]
    trace.given[k[in_bed]] = trace.arrived[k[in_bed]] = 0.0

    wait = np.broadcast_to(people.patience, people.stay.shape)[k]
    wait = np.where(here.from_requested, np.minimum(wait, people.stay[k]), wait)
    time = np.concatenate([me.due[p], np.maximum(0.0, me.asked[p] + wait)])
    who = np.concatenate([p << 1 | MOVE, p << 1 | WAIT])
    comes = time < horizon
    events = np.sort((time[comes] * TICKS).astype(np.int64) << WHO | who[comes])
    now.n[HEAP] = len(events)
    now.heap[: len(events)] = events
    now.heap[len(events) : len(events) + 5] = NOTHING


# Small things.


@helper
def is_nan(x):
    return x != x


@helper
def at(column, k):
    """The value of a step or patient in a column that may have been stored once."""
    return column[min(k, len(column) - 1)]


# What is due, and when.


@helper
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


@helper
def pop(heap, n):
    """Take the earliest event off the heap: move the least child up, down to the end, then fit the last event in there.

    (The last event nearly always belongs near the end, and without asking on the way no branch is guessed wrong.)
    """
    earliest = heap[0]
    size = n[HEAP] - 1
    n[HEAP] = size
    event = heap[size]
    heap[size] = NOTHING
    gap = 0
    child = 1
    while child < size:
        # Unsigned, so that numba need not ask whether an index counts from the end.
        one, two = heap[np.uint32(child)], heap[np.uint32(child + 1)]
        three, four = heap[np.uint32(child + 2)], heap[np.uint32(child + 3)]
        left = child + (two < one)
        right = child + 2 + (four < three)
        least_left, least_right = min(one, two), min(three, four)
        heap[np.uint32(gap)] = min(least_left, least_right)
        gap = right if least_right < least_left else left
        child = 4 * gap + 1
    while gap > 0:
        parent = (gap - 1) >> 2
        if heap[parent] <= event:
            break
        heap[gap] = heap[parent]
        gap = parent
    heap[gap] = event
    return earliest


@helper
def put_off(heap, due, n, horizon, t, p, sort, time):
    """Note an event of patient p at ``time``. At one time a wait comes before a move of the same patient."""
    if time < horizon:
        event = (np.int64(time * TICKS) << WHO) | (p << 1) | sort
        if time > t:
            push(heap, n, event)
        else:
            due[n[DUE]] = event
            n[DUE] += 1


@helper
def wait_over(me, here, k, stay, patience):
    """When one without a bed for this step ends the stay that runs from the request, or gives up; NaN before they asked."""
    wait = at(patience, k)
    if here.from_requested:
        wait = min(wait, stay[k])
    return me.asked + wait


@helper
def stay_over(me, here, arrived, stay):
    """When the stay of one who has a bed is ready."""
    if here.from_requested and not is_nan(me.asked):
        return max(arrived, me.asked + stay)
    return arrived + stay


@helper
def goes_home(k, t, setting, people):
    """When one whose last stay is ready at t leaves the bed held."""
    goes = t + at(people.leaving, k)
    start, end = setting.round_start, setting.round_end
    if len(start) == 0 or not at(people.at_round, k):
        return goes
    low, high = 0, len(end)  # the first span that ends later
    while low < high:
        middle = (low + high) // 2
        if end[middle] > goes:
            high = middle
        else:
            low = middle + 1
    return max(goes, start[low]) if low < len(start) else np.inf


# Lists of those who wait.


@helper
def lane_of(u, has_slot, c, classes):
    """The list of unit u for those of class c who do or do not need a slot; unit U has those who wait for several units."""
    return (u * 2 + has_slot) * classes + c


@helper
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


@helper
def stop_waiting(patient, unit, stage, lane, n, p, q):
    """Take patient p off their list."""
    me = patient[p]
    unit[me.chosen].waiting -= 1
    if stage[q].waits_for_any:
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


@helper
def note(whom, n, which, p):
    """Put a patient (or unit) on a list of this instant."""
    whom[n[which]] = p
    n[which] += 1


@helper
def be_in_need(me, p, need, n):
    """Have the patient choose a unit."""
    me.doing = IN_NEED
    note(need, n, NEED, p)


@helper
def leave_bed(me, unit, touched, n, left, t):
    """Free the bed the patient holds, if any."""
    u = me.bed_unit
    if u >= 0:
        left[me.bed_step] = t
        me.bed_unit = -1
        unit[u].held -= 1
        touch(unit, touched, n, u)


@helper
def touch(unit, touched, n, u):
    """Have the unit looked at when beds are next given."""
    if not unit[u].touched:
        unit[u].touched = True
        note(touched, n, TOUCHED, u)


@helper
def leave_system(me, p, how, unit, touched, n, left, end, ended, t):
    """End the patient's time in the system, and free the bed they hold."""
    leave_bed(me, unit, touched, n, left, t)
    me.doing = AWAY
    end[p] = how
    ended[p] = t


@helper
def travel(me, p, unit, travel_area, travel_site, area, u):
    """Days from where the patient is to a unit, first contact not counted."""
    if me.site < 0:
        return travel_area[area[p], unit[u].site]
    return travel_site[me.site, unit[u].site]


@helper
def rank_of(me, here, step_rank):
    """The rank row of the step the patient is in."""
    row = step_rank[me.step]
    return row if row >= 0 else here.here_rank + me.site


@helper
def go_on_in_bed(me, p, here, heap, due, n, horizon, t, people, trace):
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
    stay = at(people.stay_same_bed, k)
    if is_nan(stay):
        stay = people.stay[k]
    me.doing = IN_STAY
    me.due = stay_over(me, here, t, stay)
    put_off(heap, due, n, horizon, t, p, MOVE, me.due)


@helper
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


@helper
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


@helper
def can_give(me, here, unit, slots, u):
    """Whether unit u can give the patient a bed, with a slot if need be."""
    if here.slot >= 0 and slots[u, here.slot] <= 0:
        return False
    return here.unlimited or me.bed_unit == u or unit[u].held < unit[u].beds


@helper
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


@helper
def is_before(patient, p, other):
    """Whether p is served before the other (-1 for nobody) of the same class."""
    return (
        other < 0 or patient[p].asked < patient[other].asked or (patient[p].asked == patient[other].asked and p < other)
    )


# The steps of an instant.


@inlined
def changes(t, horizon, setting, people, now, trace):
    """a. Dated changes, all that are due. Those who wait at a unit that is closed after all of them are in need."""
    unit, stage, change = setting.unit, setting.stage, setting.change
    patient, lane, touched, n = now.patient, now.lane, now.touched, now.n
    while n[CHANGE] < len(change) and change[n[CHANGE]].time <= t:
        this = change[n[CHANGE]]
        n[CHANGE] += 1
        if this.what == BEDS:
            unit[this.unit].beds = this.value
        elif this.what == OPEN:
            unit[this.unit].is_open = this.value != 0
        elif this.what == HOURS:
            unit[this.unit].in_hours = this.value != 0
        else:
            now.slots[this.unit, this.slot] += this.value
            n[SLOTTED] += this.value
        touch(unit, touched, n, this.unit)
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
        own = lane_of(u, 0, 0, now.classes)
        shared = lane_of(len(unit), 0, 0, now.classes)
        for j in range(4 * now.classes):
            p = lane[own + j if j < 2 * now.classes else shared + j - 2 * now.classes].head
            while p >= 0:
                me = patient[p]
                behind = me.behind
                if me.chosen == u:
                    stop_waiting(patient, unit, stage, lane, n, p, people.step_stage[me.step])
                    be_in_need(me, p, now.need, n)
                p = behind


@inlined
def ends(t, horizon, setting, people, now, trace):
    """b. Ends: whatever is due, with all that becomes due by it."""
    unit, stage = setting.unit, setting.stage
    arrivals, arrival, first = people.arrivals, people.arrival, people.first
    step_stage, stay = people.step_stage, people.stay
    patient, heap, due, touched, n = now.patient, now.heap, now.due, now.touched, now.n
    left, end, ended = trace.left, trace.end, trace.ended
    tick = np.int64(t * TICKS)
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
            be_in_need(me, p, now.need, n)
            continue
        else:
            break
        p = (event & ((1 << WHO) - 1)) >> 1
        me = patient[p]
        k = me.step
        here = stage[step_stage[k]]
        if event & 1 == WAIT:
            if me.doing < AT_START or me.doing > WAITING or not wait_over(me, here, k, stay, people.patience) <= t:
                continue
            if me.doing == WAITING:
                stop_waiting(patient, unit, stage, now.lane, n, p, step_stage[k])
            me.due = -1.0
            if not here.from_requested or stay[k] > at(people.patience, k):
                leave_system(me, p, GAVE_UP, unit, touched, n, left, end, ended, t)
                continue
        elif me.due != t:
            continue
        else:
            me.due = -1.0
            if me.doing == ON_ROAD or me.doing == AT_START:
                u = me.chosen
                me.site = unit[u].site
                if unit[u].closed or (unit[u].shut and me.doing == ON_ROAD):
                    be_in_need(me, p, now.need, n)
                else:
                    me.doing = ASKING
                    note(now.ask, n, ASK, p)
                continue
            if me.doing == IN_TRANSFER:
                leave_bed(me, unit, touched, n, left, t)
                me.doing = IN_STAY
                if not here.unlimited:
                    me.bed_unit = me.chosen
                    me.bed_step = k
                if trace.arrived[k] < horizon:
                    me.due = stay_over(me, here, trace.arrived[k], stay[k])
                    put_off(heap, due, n, horizon, t, p, MOVE, me.due)
                continue
            if me.doing == LEAVING:
                leave_system(me, p, DISCHARGED, unit, touched, n, left, end, ended, t)
                continue

        # The stay is ready, with a bed or without.
        trace.ready[k] = t
        u = me.bed_unit
        if u < 0 or me.bed_step != k:
            left[k] = t
        if k + 1 == first[p + 1]:
            goes = goes_home(k, t, setting, people) if u >= 0 else t
            if goes > t:
                me.doing = LEAVING
                me.due = goes
                put_off(heap, due, n, horizon, t, p, MOVE, me.due)
            else:
                leave_system(me, p, DISCHARGED, unit, touched, n, left, end, ended, t)
            continue
        me.step = k + 1
        me.asked = np.nan
        then = stage[step_stage[k + 1]]
        if u >= 0 and then.same_bed and not then.unlimited and setting.gives[u, then.kind]:
            if then.slot < 0:
                go_on_in_bed(me, p, then, heap, due, n, horizon, t, people, trace)
            else:
                me.doing = ASKING
                me.chosen = u
                note(now.ask, n, ASK, p)
        else:
            if not then.keeps_bed:
                leave_bed(me, unit, touched, n, left, t)
            be_in_need(me, p, now.need, n)


@inlined
def choose_all(t, horizon, setting, people, now, trace):
    """c. All in need choose, on the same state."""
    unit, patient, need, n = setting.unit, now.patient, now.need, now.n
    for i in range(n[NEED]):
        p = need[i]
        me = patient[p]
        if me.doing == IN_NEED:
            here = setting.stage[people.step_stage[me.step]]
            me.chosen = choose(
                me, p, here, unit, setting.rank, setting.travel_area, setting.travel_site, people.area, people.step_rank
            )


@inlined
def take_effect(t, horizon, setting, people, now, trace):
    """d. What was chosen takes effect: some leave, some go on in their bed, some set out, some are about to ask."""
    unit, stage = setting.unit, setting.stage
    patient, heap, due, need, n = now.patient, now.heap, now.due, now.need, now.n
    for i in range(n[NEED]):
        p = need[i]
        me = patient[p]
        if me.doing != IN_NEED:
            continue
        u = me.chosen
        here = stage[people.step_stage[me.step]]
        if u < 0:
            leave_system(me, p, UNPLACED, unit, now.touched, n, trace.left, trace.end, trace.ended, t)
            continue
        if u == me.bed_unit and not here.unlimited and here.slot < 0:
            go_on_in_bed(me, p, here, heap, due, n, horizon, t, people, trace)
            continue
        if me.bed_unit < 0:
            days = travel(me, p, unit, setting.travel_area, setting.travel_site, people.area, u)
            if me.site < 0:
                days += at(people.contact, p)
            if days > 0.0:
                me.doing = ON_ROAD
                me.due = t + days
                put_off(heap, due, n, horizon, t, p, MOVE, me.due)
                continue
            me.site = unit[u].site
        me.doing = ASKING
        note(now.ask, n, ASK, p)
    n[NEED] = 0


@inlined
def enter_requests(t, horizon, setting, people, now, trace):
    """d. Requests are entered."""
    unit, patient, lane, ask, n = setting.unit, now.patient, now.lane, now.ask, now.n
    for i in range(n[ASK]):
        p = ask[i]
        me = patient[p]
        u = me.chosen
        k = me.step
        here = setting.stage[people.step_stage[k]]
        if is_nan(me.asked):
            me.asked = t
            trace.requested[k] = t
            if wait_over(me, here, k, people.stay, people.patience) == t:
                put_off(now.heap, now.due, n, horizon, t, p, WAIT, t)
        trace.unit[k] = u
        me.entered = t
        me.doing = WAITING
        note(now.fresh, n, FRESH, p)
        unit[u].waiting += 1
        touch(unit, now.touched, n, u)
        c = here.precedence
        if setting.blocked_first:
            c = 2 * c + (me.bed_unit < 0 or me.bed_unit == u)
        if here.waits_for_any:
            n[WAIT_ANY] += 1
            join(patient, lane, lane_of(len(unit), 0, c, now.classes), p)
        elif here.slot >= 0:
            join(patient, lane, lane_of(u, 1, c, now.classes), p)
        elif here.unlimited:
            me.lane = -1
        else:
            join(patient, lane, lane_of(u, 0, c, now.classes), p)
    n[ASK] = 0


@inlined
def give_by_unit(t, horizon, setting, people, now, trace):
    """e. Free beds are given unit by unit: the same as across the network, if nobody waits for several and no slots came."""
    unit, patient, lane, n = setting.unit, now.patient, now.lane, now.n
    for i in range(n[TOUCHED]):
        u = now.touched[i]
        for j in range(lane_of(u, 0, 0, now.classes), lane_of(u, 1, 0, now.classes)):
            while lane[j].head >= 0 and unit[u].held < unit[u].beds:
                p = lane[j].head
                q = people.step_stage[patient[p].step]
                hand(patient, unit, setting.stage, lane, now.slots, now.taken, n, p, q, u)


@helper
def give_across(t, horizon, setting, people, now, trace):
    """e. Free beds and slots are given at all touched units in one order, with those who wait for several units.

    Where nothing changed but beds left and requests entered, only touched units with a free bed can serve those who
    waited before; once there is none, of those who wait for several units only the fresh are looked at.
    """
    unit, stage = setting.unit, setting.stage
    patient, lane, classes, touched, cursor, n = now.patient, now.lane, now.classes, now.touched, now.cursor, now.n
    must_try_all = n[SLOTTED] > 0 or (n[CHANGE] > 0 and setting.change[n[CHANGE] - 1].time == t)
    for c in range(classes):
        for i in range(n[TOUCHED]):
            cursor[i] = lane[lane_of(touched[i], 1, c, classes)].head if n[SLOTTED] > 0 else -1
        shared = lane_of(len(unit), 0, c, classes)
        next_any = lane[shared].head
        while True:
            may_serve = must_try_all
            p = np.int32(-1)
            which = -1
            has_slot = False
            for i in range(n[TOUCHED]):
                u = touched[i]
                has_free = unit[u].held < unit[u].beds
                may_serve |= has_free
                plain = lane[lane_of(u, 0, c, classes)].head
                if has_free and plain >= 0 and is_before(patient, plain, p):
                    p, which, has_slot = plain, i, False
                if cursor[i] >= 0 and is_before(patient, cursor[i], p):
                    p, which, has_slot = cursor[i], i, True
            if not may_serve:
                next_any = first_fresh(patient, now.fresh, n, shared, next_any)
            if next_any >= 0 and is_before(patient, next_any, p):
                p, which = next_any, -1
            if p < 0:
                break
            me = patient[p]
            q = people.step_stage[me.step]
            if which < 0:
                next_any = me.behind
                u = first_that_can(me, stage[q], unit, setting.rank, people.step_rank, now.slots)
            else:
                u = touched[which]
                if has_slot:
                    cursor[which] = me.behind
                if not can_give(me, stage[q], unit, now.slots, u):
                    u = np.int32(-1)
            if u >= 0:
                hand(patient, unit, stage, lane, now.slots, now.taken, n, p, q, u)


@helper
def first_fresh(patient, fresh, n, shared, start):
    """The first on a shared list, from ``start`` on, of those who asked since beds were last given; -1 for nobody."""
    first = np.int32(-1)
    for i in range(n[FRESH]):
        p = fresh[i]
        is_on_list = patient[p].doing == WAITING and patient[p].lane == shared
        if is_on_list and not is_before(patient, p, start) and is_before(patient, p, first):
            first = p
    return first


@inlined
def give(t, horizon, setting, people, now, trace):
    """e. Beds and slots are given at all units at once."""
    unit, patient, fresh, touched, n = setting.unit, now.patient, now.fresh, now.touched, now.n
    for i in range(n[FRESH]):
        p = fresh[i]
        me = patient[p]
        if me.doing == WAITING and me.lane < 0:
            q = people.step_stage[me.step]
            hand(patient, unit, setting.stage, now.lane, now.slots, now.taken, n, p, q, me.chosen)
    if n[WAIT_ANY] == 0 and n[SLOTTED] == 0:
        give_by_unit(t, horizon, setting, people, now, trace)
    else:
        give_across(t, horizon, setting, people, now, trace)
    for i in range(n[TOUCHED]):
        unit[touched[i]].touched = False
    n[TOUCHED] = 0


@inlined
def start_stays(t, horizon, setting, people, now, trace):
    """e. What follows from a bed given: a stay at once, after a journey, or after leaving the bed held."""
    unit, patient, n = setting.unit, now.patient, now.n
    for i in range(n[TAKEN]):
        p = now.taken[i]
        me = patient[p]
        k = me.step
        u = me.chosen
        here = setting.stage[people.step_stage[k]]
        if me.bed_unit == u and not here.unlimited:
            go_on_in_bed(me, p, here, now.heap, now.due, n, horizon, t, people, trace)
            continue
        there = t + travel(me, p, unit, setting.travel_area, setting.travel_site, people.area, u)
        me.site = unit[u].site
        trace.unit[k] = u
        trace.given[k] = t
        if me.bed_unit >= 0:
            transfer = at(people.transfer, k)
            me.doing = IN_TRANSFER
            me.due = t + transfer
            there += transfer
        else:
            me.doing = IN_STAY
            me.due = stay_over(me, here, there, people.stay[k])
            if not here.unlimited:
                me.bed_unit = u
                me.bed_step = k
        if there < horizon:
            trace.arrived[k] = there
        put_off(now.heap, now.due, n, horizon, t, p, MOVE, me.due)
    n[TAKEN] = 0


@inlined
def settle(t, horizon, setting, people, now, trace):
    """e. Of those who asked and got none, some leave; the others wait, perhaps not for ever."""
    unit, patient, n = setting.unit, now.patient, now.n
    for i in range(n[FRESH]):
        p = now.fresh[i]
        me = patient[p]
        if me.doing != WAITING:
            continue
        q = people.step_stage[me.step]
        if setting.stage[q].lost:
            stop_waiting(patient, unit, setting.stage, now.lane, n, p, q)
            leave_system(me, p, LOST, unit, now.touched, n, trace.left, trace.end, trace.ended, t)
        elif me.asked == t:
            time = wait_over(me, setting.stage[q], me.step, people.stay, people.patience)
            put_off(now.heap, now.due, n, horizon, t, p, WAIT, time)
    n[FRESH] = 0


@inlined
def next_time(horizon, setting, people, now):
    """The time of the next instant; the horizon if there is none before it."""
    t = horizon
    if now.n[HEAP] > 0:
        t = (now.heap[0] >> WHO) / TICKS
    if now.n[ARRIVAL] < len(people.arrivals):
        t = min(t, max(0.0, people.arrival[people.arrivals[now.n[ARRIVAL]]]))
    if now.n[CHANGE] < len(setting.change):
        t = min(t, setting.change[now.n[CHANGE]].time)
    return t


@kernel
def run(horizon, setting, people, now, trace):
    """Instants one after another; within each the first step that has something to do, until nothing is left."""
    n = now.n
    while True:
        t = next_time(horizon, setting, people, now)
        if t >= horizon:
            break
        if n[CHANGE] < len(setting.change) and setting.change[n[CHANGE]].time <= t:
            changes(t, horizon, setting, people, now, trace)
        while True:
            ends(t, horizon, setting, people, now, trace)
            if n[NEED] > 0 or n[ASK] > 0:
                choose_all(t, horizon, setting, people, now, trace)
                take_effect(t, horizon, setting, people, now, trace)
                enter_requests(t, horizon, setting, people, now, trace)
            elif n[TOUCHED] > 0:
                give(t, horizon, setting, people, now, trace)
                start_stays(t, horizon, setting, people, now, trace)
                settle(t, horizon, setting, people, now, trace)
            else:
                break
        if n[SLOTTED] > 0:
            now.slots[:] = 0
            n[SLOTTED] = 0
