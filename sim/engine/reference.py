"""The reference engine: the contract as SimPy processes, written to be read beside `contract.py`.

One process per patient, started by a source as patients come. A process lives through the ends (step b) of its patient
and says what it needs; everything that must be done for all patients and units together - dated changes (a), choice
(c), requests (d), beds (e) - is one event an instant for the whole network, at a SimPy priority of its own. What such an
event sets off happens at (b), so not before the event is over. This engine is exact and slow, some ten thousand
patients a second; `compiled` is the fast one.

Letters: i patient, k step (row of `Steps`), q stage, u unit.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Generator, Iterable, Iterator
from heapq import merge
from itertools import groupby
from math import inf, isnan, nan
from random import Random

import numpy as np
import simpy

from ..journeys.journeys import BEDS, HOURS, OPEN, Journeys, Stages, next_round
from .contract import DISCHARGED, GAVE_UP, IN_SYSTEM, LOST, UNPLACED, Trace

STEP_A, STEP_B, STEP_C, STEP_D, STEP_E, LAPSE = 0, simpy.events.NORMAL, 2, 3, 4, 5
"""The steps of an instant as event priorities. SimPy's own events - timeouts, processes told something - are (b)."""

GIVEN, READY, TRAVEL = "given", "ready", "travel"
"""What a waiting patient may be told beside how their time in the system ended: a bed is given; the stay is over without
one; go to the door of the unit chosen."""

A_BED, NOTHING = -1, -2
"""What a waiting patient lacks where it is no sort of slot: a bed alone, or nothing (the bed is theirs or not counted)."""


class Unit:
    """The beds of one unit, and who waits for them."""

    def __init__(self, index: int, site: int, gives: list[bool], beds: int):
        self.index, self.site, self.gives, self.beds = index, site, gives, beds
        self.held = 0
        self.is_open = self.in_hours = True
        self.open_until = inf
        """When it was last open and inside its hours; inf while it is."""
        self.slots: dict[int, int] = {}
        self.waiting = 0
        """How many wait who asked here; the lists also have those who asked elsewhere."""
        self.lists: dict[int, list[tuple]] = {}
        """Places in the queue, in order of service, by what the patient lacks: `A_BED`, a sort of slot, `NOTHING`."""

    @property
    def is_shut(self) -> bool:
        return not (self.is_open and self.in_hours)

    def may_give(self, lacking: int) -> bool:
        """Whether any patient on the list of those who lack this may be served now."""
        if lacking == A_BED:
            return self.held < self.beds
        return lacking == NOTHING or self.slots.get(lacking, 0) > 0

    def candidates(self, lacking: int) -> Iterator[tuple]:
        """Places in the queue, as long as there is something to give."""
        for place in self.lists[lacking]:
            if not self.may_give(lacking):
                return
            yield place


class Patient:
    """Where one patient is, what they hold and what they wait for."""

    __slots__ = (
        "area",
        "asked",
        "bed",
        "bed_step",
        "entered",
        "heard",
        "index",
        "last",
        "number",
        "place",
        "requested",
        "site",
        "step",
        "then",
        "units",
        "until",
    )  # fmt: skip

    def __init__(self, index: int, number: int, area: int, first: int, last: int):
        self.index, self.number, self.area = index, number, area
        self.site = -1  # at home
        self.step, self.last = first, last
        self.bed: Unit | None = None
        self.bed_step = -1  # the step that was given the bed held
        self.forget_request()
        self.heard: simpy.Event | None = None  # what the process waits for while in need or on a list
        self.asked: Unit | None = None  # set while on a list
        self.entered = nan
        self.place: tuple = ()
        self.units: list[Unit] = []

    def forget_request(self) -> None:
        """A new step: nothing was asked for it yet, so neither patience nor an outlying stay runs."""
        self.requested, self.until, self.then = None, inf, GAVE_UP


class Hospitals:
    """The network at work: the state of all units and patients, and the steps of an instant."""

    def __init__(self, journeys: Journeys, env: simpy.Environment, luck: Random | None):
        network, stages, steps, patients = journeys
        self.env, self.luck = env, luck
        self.units = [
            Unit(u, site, gives, beds)
            for u, (site, gives, beds) in enumerate(
                zip(network.unit_site.tolist(), network.gives.tolist(), network.beds.tolist(), strict=True)
            )
        ]
        self.travel_area, self.travel_site = network.travel_area.tolist(), network.travel_site.tolist()
        self.rank, self.blocked_first = network.rank.tolist(), bool(network.blocked_first)
        self.stages = [Stages(*row) for row in zip(*(column.tolist() for column in stages), strict=True)]
        number_of_steps, number_of_patients = len(steps.stage), len(patients.number)
        self.stage = [self.stages[q] for q in steps.stage.tolist()]
        self.rounds = network.round_start, network.round_end
        self.step_rank, self.stay, self.stay_same_bed, self.patience, self.transfer, self.leaving, self.at_round = (
            whole(column, number_of_steps) for column in steps[1:]
        )
        self.contact = whole(patients.contact, number_of_patients)
        self.trace = Trace(
            [-1] * number_of_steps,
            *([nan] * number_of_steps for _ in range(5)),
            [IN_SYSTEM] * number_of_patients,
            [nan] * number_of_patients,
        )
        self.in_need: dict[Patient, None] = {}
        self.asking: dict[Patient, Unit | None] = {}
        """Who does what at (d): asks at a unit, reached or chosen; None for the unplaced."""
        self.touched: dict[Unit, None] = {}
        """Units where a bed may be given that could not be at the last (e)."""
        self.will_not_wait: dict[Patient, None] = {}
        self.due: set[int] = set()
        self.changes = list(network_changes(journeys))[::-1]

    # -- an instant ----------------------------------------------------------------------------------------------------

    def look_at(self, step: int, delay: float = 0.0) -> None:
        """See to it that a step of an instant is done, once, for the whole network."""
        if step in self.due:
            return
        self.due.add(step)
        event = simpy.Event(self.env)
        event._ok, event._value = True, step  # as a Timeout does, which cannot be given a priority
        event.callbacks.append(self.do)
        self.env.schedule(event, step, delay)

    def do(self, event: simpy.Event) -> None:
        """Do a step of an instant."""
        self.due.discard(event._value)
        DO[event._value](self)

    def in_any_order(self, things: Iterable) -> list:
        """The things of one step, whose order must not matter: a test shuffles it."""
        things = list(things)
        if self.luck is not None:
            self.luck.shuffle(things)
        return things

    def wait_for_change(self) -> None:
        """Wait for the next dated changes, if there are any."""
        if self.changes:
            self.look_at(STEP_A, self.changes[-1][0] - self.env.now)

    def change(self) -> None:
        """(a): all dated changes that are due."""
        _, due = self.changes.pop()
        was_open = {self.units[u]: self.units[u].is_open for _, u, _, _ in due}
        was_shut = {unit: unit.is_shut for unit in was_open}
        for what, u, value, slot in due:
            unit = self.units[u]
            if what == BEDS:
                unit.beds = value
            elif what == OPEN:
                unit.is_open = bool(value)
            elif what == HOURS:
                unit.in_hours = bool(value)
            else:
                unit.slots[slot] = unit.slots.get(slot, 0) + value
                self.look_at(LAPSE)
        for unit in was_open:
            if unit.is_shut != was_shut[unit]:
                unit.open_until = self.env.now if unit.is_shut else inf
            if was_open[unit] and not unit.is_open:
                self.send_away_those_waiting(unit)
            self.touch(unit)
        self.wait_for_change()

    def send_away_those_waiting(self, unit: Unit) -> None:
        """A unit closes: those who asked there are in need again."""
        here = [place[-1] for places in unit.lists.values() for place in places if place[-1].asked is unit]
        for p in self.in_any_order(here):
            self.strike_off(p)
            self.in_need[p] = None
            self.look_at(STEP_C)

    def choose(self) -> None:
        """(c): every patient in need chooses, all on the same state."""
        for p in self.in_any_order(self.in_need):
            self.asking[p] = self.choice(p)
        self.in_need.clear()
        self.request()  # choosing sets nothing off, so (d) is next

    def choice(self, p: Patient) -> Unit | None:
        """The unit chosen: the first that is not shut or, with diversion, the first of those near enough with room."""
        diversion = self.stage[p.step].diversion
        first = None
        for unit in self.row(p):
            if unit.is_shut:
                continue
            if diversion < 0:
                return unit
            if first is None:
                first = unit
            if self.way(p, unit) - self.way(p, first) <= diversion and self.has_room(unit, p):
                return unit
        return first

    def row(self, p: Patient) -> Iterator[Unit]:
        """The acceptable units, in the order in which they are tried."""
        rank = self.step_rank[p.step]
        if rank < 0:
            rank = self.stage[p.step].here_rank + p.site
        for u in self.rank[rank]:
            if u < 0:
                return
            yield self.units[u]

    def way(self, p: Patient, unit: Unit) -> float:
        """Days of travel from where the patient is."""
        return (self.travel_area[p.area] if p.site < 0 else self.travel_site[p.site])[unit.site]

    def has_room(self, unit: Unit, p: Patient) -> bool:
        return self.stage[p.step].unlimited or unit is p.bed or unit.beds - unit.held - unit.waiting > 0

    def request(self) -> None:
        """(d): what was chosen takes effect."""
        asking, self.asking = self.asking, {}
        for p, unit in self.in_any_order(asking.items()):
            stage = self.stage[p.step]
            if unit is None:
                self.tell(p, UNPLACED)
            elif p.bed is unit and not stage.unlimited and stage.slot < 0:
                self.first_asked(p)
                self.give(p, unit)
            elif p.bed is None and self.to_door(p, unit) > 0:
                self.tell(p, TRAVEL, unit)
            else:
                self.enter(p, unit)

    def to_door(self, p: Patient, unit: Unit) -> float:
        """Days until a patient without a bed is at the door; 0 for one who is there."""
        return self.way(p, unit) + (self.contact[p.index] if p.site < 0 else 0.0)

    def enter(self, p: Patient, unit: Unit) -> None:
        """Enter a request on the list of the unit, or of all acceptable units."""
        stage = self.stage[p.step]
        if p.bed is None:
            p.site = unit.site
        self.first_asked(p)
        self.trace.unit[p.step] = unit.index
        p.asked, p.entered = unit, self.env.now
        is_blocked = p.bed is not None and p.bed is not unit
        p.place = (stage.priority, not (is_blocked and self.blocked_first), p.requested, p.number, p)
        p.units = [unit]
        if stage.any:
            row = list(self.row(p))
            p.units = row if unit in row else [unit, *row]
        unit.waiting += 1
        for other in p.units:
            insort(other.lists.setdefault(self.lacking(p, other), []), p.place)
            self.touch(other)
        if stage.lost:
            self.will_not_wait[p] = None

    def first_asked(self, p: Patient, when: float | None = None) -> None:
        """Note when a step was first asked for; from then on patience, and maybe the stay, run out."""
        if p.requested is not None:
            return
        p.requested = self.trace.requested[p.step] = self.env.now if when is None else when
        patience_ends = p.requested + self.patience[p.step]
        stay_ends = p.requested + self.stay[p.step] if self.stage[p.step].from_requested else inf
        p.until, p.then = (stay_ends, READY) if stay_ends <= patience_ends else (patience_ends, GAVE_UP)
        if self.env.now <= p.until < inf:
            self.env.timeout(p.until - self.env.now, (p, p.step)).callbacks.append(self.time_is_up)

    def time_is_up(self, event: simpy.Event) -> None:
        """(b): patience, or the stay, runs out; it matters if the patient still is in need, or on a list, for that step."""
        p, step = event._value
        if p.step == step and p.heard is not None:
            self.in_need.pop(p, None)
            if p.asked is not None:
                self.strike_off(p)
            self.tell(p, p.then)

    def lacking(self, p: Patient, unit: Unit) -> int:
        """What the patient lacks at the unit: a sort of slot, `A_BED` or `NOTHING`."""
        stage = self.stage[p.step]
        if stage.slot >= 0:
            return stage.slot
        return NOTHING if stage.unlimited or p.bed is unit else A_BED

    def touch(self, unit: Unit) -> None:
        """Have a unit looked at in (e), if anybody waits for it."""
        if any(unit.lists.values()):
            self.touched[unit] = None
            self.look_at(STEP_E)

    def give_beds(self) -> None:
        """(e): free beds and slots are given at all units at once; those who do not wait and got none leave."""
        touched, self.touched = self.touched, {}
        given = []
        # Where nothing changed since the last (e), nobody can be given anything now who could not be given it then.
        for place in merge(*(unit.candidates(lacking) for unit in touched for lacking in unit.lists)):
            p = place[-1]
            if p.heard is None:
                continue
            for unit in p.units:
                if self.can_give(unit, p):
                    self.give(p, unit)
                    given.append(p)
                    break
        for p in given:
            self.strike_off(p)
        for p in self.in_any_order(self.will_not_wait):
            self.strike_off(p)
            self.tell(p, LOST)

    def can_give(self, unit: Unit, p: Patient) -> bool:
        """Whether the patient is on the list of the unit and it has what they need."""
        if unit is not p.asked and not (unit.is_open and unit.open_until > p.entered):
            return False
        stage = self.stage[p.step]
        has_bed = stage.unlimited or p.bed is unit or unit.held < unit.beds
        return has_bed and (stage.slot < 0 or unit.slots.get(stage.slot, 0) > 0)

    def give(self, p: Patient, unit: Unit) -> None:
        """Give a bed, and the slot that goes with it."""
        stage = self.stage[p.step]
        self.trace.unit[p.step] = unit.index
        self.trace.given[p.step] = self.env.now
        if not stage.unlimited and p.bed is not unit:
            unit.held += 1
        if stage.slot >= 0:
            unit.slots[stage.slot] -= 1
        self.tell(p, GIVEN, unit)

    def strike_off(self, p: Patient) -> None:
        """Take a patient off every list."""
        p.asked.waiting -= 1
        for unit in p.units:
            places = unit.lists[self.lacking(p, unit)]
            del places[bisect_left(places, p.place)]
        p.asked = None
        self.will_not_wait.pop(p, None)

    def tell(self, p: Patient, what, unit: Unit | None = None) -> None:
        """Let the process of a patient go on, at the next (b)."""
        heard, p.heard = p.heard, None
        heard.succeed((what, unit))

    def lapse(self) -> None:
        """The instant is over: what slots are left lapse."""
        for unit in self.units:
            unit.slots.clear()

    # -- a patient -----------------------------------------------------------------------------------------------------

    def patients(self, journeys: Journeys) -> Generator:
        """Start the process of each patient as they come, those present at the start at time 0."""
        patients = journeys.patients
        first = patients.first.tolist()
        number, area, arrival = patients.number.tolist(), patients.area.tolist(), patients.arrival.tolist()
        start_unit = whole(patients.start_unit, len(number))
        start_in_bed = whole(patients.start_in_bed, len(number))
        comes = [max(arrival[i], 0.0) if start_unit[i] < 0 else 0.0 for i in range(len(number))]
        for when, together in groupby(sorted(range(len(number)), key=comes.__getitem__), comes.__getitem__):
            yield self.env.timeout(when - self.env.now)
            for i in self.in_any_order(together):
                p = Patient(i, number[i], area[i], first[i], first[i + 1] - 1)
                if start_unit[i] < 0:
                    self.env.process(self.life(p))
                elif start_in_bed[i]:
                    self.lie(p, self.units[start_unit[i]])
                    self.env.process(self.life(p, GIVEN))
                else:
                    self.env.process(self.life_from_waiting(p, self.units[start_unit[i]], arrival[i]))

    def life(self, p: Patient, told=None) -> Generator:
        """One patient: a bed is sought, a stay is stayed, and so on step by step until there is no further one."""
        if told is None:
            told = yield from self.seek(p)
        while told is GIVEN or told is READY:
            if told is GIVEN:
                yield self.env.timeout(self.stay_to_come(p))
            self.end_stay(p)
            if p.step == p.last:
                yield from self.keep_bed(p)
                told = DISCHARGED
            else:
                told = yield from self.next_step(p)
        self.leave_bed(p)
        self.trace.end[p.index], self.trace.ended[p.index] = told, self.env.now

    def seek(self, p: Patient) -> Generator:
        """In need: choose, travel and ask until a bed is given, or the patient goes on without."""
        self.need(p)
        return (yield from self.wait(p))

    def need(self, p: Patient) -> None:
        p.heard = self.env.event()
        self.in_need[p] = None
        self.look_at(STEP_C)

    def ask(self, p: Patient, unit: Unit) -> None:
        p.heard = self.env.event()
        self.asking[p] = unit
        self.look_at(STEP_D)

    def wait(self, p: Patient) -> Generator:
        """Do as told until a bed is given and reached, or the patient goes on without; return which."""
        told, unit = yield p.heard
        while told is TRAVEL:
            yield self.env.timeout(min(self.env.now + self.to_door(p, unit), p.until) - self.env.now)
            if p.until <= self.env.now:
                return p.then
            p.site = unit.site
            if unit.is_shut:
                self.need(p)
            else:
                self.ask(p, unit)
            told, unit = yield p.heard
        if told is GIVEN:
            yield from self.go_to_bed(p, unit)
        return told

    def go_to_bed(self, p: Patient, unit: Unit) -> Generator:
        """From being given a bed to being there."""
        stage = self.stage[p.step]
        if p.bed is unit and not stage.unlimited:
            self.take_up_in_same_bed(p)
            return
        if p.bed is not None:
            if self.transfer[p.step] > 0:
                yield self.env.timeout(self.transfer[p.step])
            self.leave_bed(p)
        if p.site != unit.site:
            yield self.env.timeout(self.way(p, unit))
            p.site = unit.site
        self.trace.arrived[p.step] = self.env.now
        if not stage.unlimited:
            p.bed, p.bed_step = unit, p.step

    def take_up_in_same_bed(self, p: Patient) -> None:
        """The stay goes on in the bed of a step before, which is left by that step only."""
        self.trace.left[p.bed_step] = self.trace.arrived[p.step] = self.env.now
        p.bed_step = p.step
        if not isnan(self.stay_same_bed[p.step]):
            self.stay[p.step] = self.stay_same_bed[p.step]

    def stay_to_come(self, p: Patient) -> float:
        """Days from arriving in the unit to being ready to leave it."""
        stay = self.stay[p.step]
        if self.stage[p.step].from_requested and p.requested is not None:
            return max(p.requested + stay - self.env.now, 0.0)
        return stay

    def keep_bed(self, p: Patient) -> Generator:
        """After the last stay: the bed, if any, is kept for the leaving days and on to when staff discharge."""
        if p.bed is None:
            return
        goes = self.env.now + self.leaving[p.step]
        if self.at_round[p.step]:
            goes = next_round(*self.rounds, goes)
        if goes > self.env.now:
            yield self.env.timeout(goes - self.env.now) if goes < inf else self.env.event()

    def end_stay(self, p: Patient) -> None:
        """The stay is over; without a bed of its own the place is left as well."""
        self.trace.ready[p.step] = self.env.now
        if p.bed_step != p.step:
            self.trace.left[p.step] = self.env.now

    def next_step(self, p: Patient) -> Generator:
        """Go on in the bed held, or be in need."""
        p.step += 1
        p.forget_request()
        stage = self.stage[p.step]
        if stage.same_bed and not stage.unlimited and p.bed is not None and p.bed.gives[stage.kind]:
            if stage.slot >= 0:
                self.ask(p, p.bed)
                return (yield from self.wait(p))
            self.trace.unit[p.step] = p.bed.index
            self.trace.given[p.step] = p.requested = self.trace.requested[p.step] = self.env.now
            self.take_up_in_same_bed(p)
            return GIVEN
        if not stage.keeps_bed:
            self.leave_bed(p)
        return (yield from self.seek(p))

    def leave_bed(self, p: Patient) -> None:
        """Leave the bed held, if any; whoever waits for it may have it."""
        if p.bed is not None:
            self.trace.left[p.bed_step] = self.env.now
            p.bed.held -= 1
            self.touch(p.bed)
            p.bed, p.bed_step = None, -1

    # -- the start -----------------------------------------------------------------------------------------------------

    def hold_beds_at_start(self, journeys: Journeys) -> None:
        """The beds of those who lie in one at time 0 are held before anything else happens."""
        patients = journeys.patients
        unit = np.broadcast_to(patients.start_unit, len(patients.number))
        for i in np.flatnonzero((unit >= 0) & patients.start_in_bed).tolist():
            if not self.stage[patients.first[i]].unlimited:
                self.units[unit[i]].held += 1

    def lie(self, p: Patient, unit: Unit) -> None:
        """Be in a bed of the unit at time 0."""
        p.site = unit.site
        self.trace.unit[p.step] = unit.index
        self.trace.given[p.step] = self.trace.arrived[p.step] = self.env.now
        if not self.stage[p.step].unlimited:
            p.bed, p.bed_step = unit, p.step

    def life_from_waiting(self, p: Patient, unit: Unit, since: float) -> Generator:
        """One patient who waits at time 0: goes on waiting there, whatever the hours, unless the unit is closed."""
        p.site = unit.site
        self.trace.unit[p.step] = unit.index
        self.first_asked(p, since)
        if p.until <= self.env.now:
            told = p.then
        else:
            if unit.is_open:
                self.ask(p, unit)
            else:
                self.need(p)
            told = yield from self.wait(p)
        yield from self.life(p, told)


DO = {
    STEP_A: Hospitals.change,
    STEP_C: Hospitals.choose,
    STEP_D: Hospitals.request,
    STEP_E: Hospitals.give_beds,
    LAPSE: Hospitals.lapse,
}


def whole(column: np.ndarray, length: int) -> list:
    """A column as a list, written out in full if it was stored once."""
    values = column.tolist()
    return values * length if len(values) == 1 and length != 1 else values


def network_changes(journeys: Journeys) -> Iterator[tuple[float, list[tuple[int, int, int, int]]]]:
    """The dated changes by time: (time, [(what, unit, value, slot), ...])."""
    network = journeys.network
    rows = zip(
        network.change_time.tolist(),
        network.change_what.tolist(),
        network.change_unit.tolist(),
        network.change_value.tolist(),
        network.change_slot.tolist(),
        strict=True,
    )
    for time, together in groupby(rows, lambda row: row[0]):
        yield time, [row[1:] for row in together]


class Shuffled(simpy.Environment):
    """An environment in which what falls due at one time in step (b) comes in any order."""

    def __init__(self, luck: Random):
        super().__init__()
        self.luck = luck

    def schedule(self, event: simpy.Event, priority: int = STEP_B, delay: float = 0.0) -> None:
        super().schedule(event, priority + self.luck.random() if priority == STEP_B else priority, delay)


def simulate(journeys: Journeys, horizon: float, *, shuffle: int | None = None) -> Trace:
    """Run journeys by the contract, from time 0 to just before the horizon.

    Parameters
    ----------
    journeys
        Patients, their steps and the network; times in days on the grid.
    horizon
        Days from the start of the run, above 0.
    shuffle
        A seed: what is simultaneous within a step is then done in a random order. The trace does not depend on it.

    Returns
    -------
    Trace
        One row a step; NaN for what had not come before the horizon.
    """
    luck = None if shuffle is None else Random(shuffle)
    env = simpy.Environment() if luck is None else Shuffled(luck)
    hospitals = Hospitals(journeys, env, luck)
    hospitals.hold_beds_at_start(journeys)
    hospitals.wait_for_change()
    env.process(hospitals.patients(journeys))
    env.run(until=horizon)
    trace = hospitals.trace
    return Trace(
        np.array(trace.unit, dtype=np.int32),
        *(np.array(times, dtype=np.float64) for times in trace[1:6]),
        np.array(trace.end, dtype=np.int8),
        np.array(trace.ended, dtype=np.float64),
    )
