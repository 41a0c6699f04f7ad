"""What is true of every trace whatever the numbers, checked from journeys and trace alone, without an engine.

Two views of the same trace. The *patient's*: each step follows from the one before - when it was asked for, how far
the bed was, how long the stay, which bed was left when. The *unit's*: after each whole instant nobody holds a bed that is
not there, no bed stands free that someone waits for, and nobody was served before another with an earlier claim.

A request whose unit never changed is called *settled*: no acceptable unit closed while it waited, so it was made at
``Trace.unit`` at ``requested``. Some claims can be checked of settled requests only.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isnan, nan

import numpy as np

from sim.engine.contract import DISCHARGED, GAVE_UP, IN_SYSTEM, LOST, UNPLACED, Trace
from sim.journeys.journeys import BEDS, HOURS, OPEN, SLOTS, Journeys, Network, Stages


class Calendar:
    """The dated state of one unit, as it is at the end of each instant."""

    def __init__(self, network: Network, u: int):
        beds, is_open, in_hours = int(network.beds[u]), True, True
        self.times, self.states, self.slots = [-inf], [(beds, True, True)], {}
        for d in np.flatnonzero(network.change_unit == u).tolist():
            time, what, value = float(network.change_time[d]), network.change_what[d], int(network.change_value[d])
            if what == SLOTS:
                key = time, int(network.change_slot[d])
                self.slots[key] = self.slots.get(key, 0) + value
                continue
            if what == BEDS:
                beds = value
            elif what == OPEN:
                is_open = bool(value)
            else:
                in_hours = bool(value)
            if self.times[-1] == time:
                self.states[-1] = beds, is_open, in_hours
            else:
                self.times.append(time)
                self.states.append((beds, is_open, in_hours))

    def state(self, t: float) -> tuple[int, bool, bool]:
        return self.states[np.searchsorted(self.times, t, side="right") - 1]

    def beds(self, t: float) -> int:
        return self.state(t)[0]

    def is_open(self, t: float) -> bool:
        return self.state(t)[1]

    def is_shut(self, t: float) -> bool:
        return not all(self.state(t)[1:])

    def closes(self, after: float, until: float) -> bool:
        """Whether it closes later than one time and no later than the other."""
        return any(
            after < time <= until and was[1] and not now[1]
            for time, was, now in zip(self.times[1:], self.states, self.states[1:], strict=False)
        )

    def was_open_inside(self, since: float, until: float) -> bool:
        """Whether it was open and inside its hours at some moment of a span."""
        return not self.is_shut(since) or any(
            since < time <= until and state[1] and state[2] for time, state in zip(self.times, self.states, strict=True)
        )


@dataclass
class Request:
    """A step that was asked for, as the units see it."""

    step: int
    stage: Stages
    unit: int
    row: list[int]
    requested: float
    until: float
    """When it no longer waited; inf if it waits on."""
    key: tuple
    own: int
    """The unit whose bed the patient held while asking; -1 for none."""
    is_settled: bool
    from_start: bool

    def lists(self, calendars: list[Calendar], t: float) -> list[int]:
        """The units on whose lists it surely was at a time."""
        if not self.is_settled or not self.requested <= t < self.until:
            return []
        if not self.stage.any:
            return [self.unit]
        return [
            u
            for u in self.row
            if (u == self.unit and self.until == inf)
            or (calendars[u].is_open(t) and calendars[u].was_open_inside(self.requested, t))
        ]


class Check:
    """One trace under examination."""

    def __init__(self, journeys: Journeys, trace: Trace, horizon: float):
        self.journeys, self.horizon = journeys, horizon
        network, stages, steps, patients = journeys
        count = len(patients.number)
        self.trace = Trace(*(column.tolist() for column in trace))
        self.stages = [Stages(*row) for row in zip(*(column.tolist() for column in stages), strict=True)]
        self.steps = type(steps)(*(np.broadcast_to(column, len(steps.stage)).tolist() for column in steps))
        columns = {
            name: np.broadcast_to(getattr(patients, name), count).tolist()
            for name in patients._fields
            if name != "first"
        }
        self.patients = patients._replace(first=patients.first.tolist(), **columns)
        self.calendars = [Calendar(network, u) for u in range(len(network.beds))]
        self.site = network.unit_site.tolist()
        self.sent_on = {
            self.patients.first[i]
            for i, u in enumerate(self.patients.start_unit)
            if u >= 0 and not self.patients.start_in_bed[i] and not self.calendars[u].is_open(0.0)
        }
        """First steps of those who wait at the start at a unit that is closed then: they choose again from there."""
        self.never_shut = not np.isin(network.change_what, (OPEN, HOURS)).any()
        self.requests: list[Request] = []
        self.held: list[list[tuple[float, float, bool]]] = [[] for _ in self.calendars]
        """By unit the spans in which a bed was held, and whether it was a bed newly given."""
        self.slots_used: dict[tuple, int] = {}

    def holds(self, is_true, *what) -> None:
        assert is_true, what

    def same(self, found: float, expected: float, *what) -> None:
        """A time is what it should be, or did not come if that is at or beyond the horizon."""
        if expected >= self.horizon or isnan(expected):
            expected = np.nan
        assert found == expected or (isnan(found) and isnan(expected)), (*what, found, expected)

    # -- the patient's view --------------------------------------------------------------------------------------------

    def patient(self, i: int) -> None:
        """Each step follows from the one before, to the last bit; ended follows from the last."""
        trace, first, last = self.trace, self.patients.first[i], self.patients.first[i + 1] - 1
        begins, bed, site = max(self.patients.arrival[i], 0.0), -1, -1  # bed: the step that was given the bed held
        started = self.patients.start_unit[i]
        if started >= 0:
            begins, site = 0.0, self.site[started]
        for k in range(first, last + 1):
            stage, is_first = self.stages[self.steps.stage[k]], k == first
            lies = is_first and started >= 0 and self.patients.start_in_bed[i]
            goes_on = False
            if isnan(begins) or begins >= self.horizon:
                return self.nothing(i, k, last)
            if lies:
                self.holds(isnan(trace.requested[k]) and trace.given[k] == trace.arrived[k] == 0, "lies at start", k)
                self.holds(trace.unit[k] == started, "lies in its unit", k)
            else:
                if not is_first and bed >= 0:
                    goes_on = self.goes_on_in_bed(stage, trace.unit[bed])
                    if not goes_on and not stage.keeps_bed:
                        self.same(trace.left[bed], begins, "bed not kept", k)
                        bed = -1
                self.request(i, k, begins, bed, site, goes_on)
            requested, given = trace.requested[k], trace.given[k]
            if not isnan(given):
                same_bed = not lies and bed >= 0 and trace.unit[bed] == trace.unit[k] and not stage.unlimited
                bed, site = self.given(k, stage, bed, site, lies, same_bed)
                stay = self.steps.stay_same_bed[k] if same_bed else nan
                stay = self.steps.stay[k] if isnan(stay) else stay
                if stage.from_requested and not lies:
                    stay = max(requested + stay - trace.arrived[k], 0.0)
                self.same(trace.ready[k], trace.arrived[k] + stay, "ready", k)
                if bed != k:
                    self.same(trace.left[k], trace.ready[k], "left without a bed", k)
            elif not isnan(trace.ready[k]):
                self.holds(stage.from_requested, "outlying", k)
                self.same(trace.ready[k], max(requested + self.steps.stay[k], 0.0), "outlying ready", k)
                self.same(trace.left[k], trace.ready[k], "outlying left", k)
                self.holds(isnan(trace.arrived[k]), "outlying never arrives", k)
                if bed < 0:
                    site = self.where_outlying(k, site)
            else:
                return self.ends_without(i, k, last, begins, bed)
            begins = trace.ready[k]
        if isnan(begins):
            return self.nothing(i, last + 1, last)
        ended = begins if bed < 0 else self.goes_home(last, begins)
        self.same(trace.ended[i], ended, "discharged", i)
        self.holds(trace.end[i] == (DISCHARGED if ended < self.horizon else IN_SYSTEM), "discharge", i)
        if bed >= 0:
            self.same(trace.left[bed], ended, "bed left at discharge", i)

    def goes_home(self, last: int, ready: float) -> float:
        """When the bed is left after the last stay: at the first moment that lies in a span in which staff discharge."""
        network, goes = self.journeys.network, ready + self.steps.leaving[last]
        if not self.steps.at_round[last] or not len(network.round_start):
            return goes
        spans = zip(network.round_start.tolist(), network.round_end.tolist(), strict=True)
        return min((max(start, goes) for start, end in spans if goes < end), default=inf)

    def goes_on_in_bed(self, stage: Stages, u: int) -> bool:
        return stage.same_bed and not stage.unlimited and bool(self.journeys.network.gives[u, stage.kind])

    def nothing(self, i: int, k: int, last: int) -> None:
        """From a step on nothing happened before the horizon."""
        trace = self.trace
        for later in range(k, last + 1):
            self.holds(trace.unit[later] == -1, "nothing asked", later)
            for times in trace[1:6]:
                self.holds(isnan(times[later]), "nothing happened", later)
        self.holds(trace.end[i] == IN_SYSTEM and isnan(trace.ended[i]), "still in the system", i)

    def given(self, k: int, stage: Stages, bed: int, site: int, lies: bool, same_bed: bool) -> tuple[int, int]:
        """A bed was given; return the step whose bed is held once there, and the site."""
        trace, u = self.trace, self.trace.unit[k]
        given = trace.given[k]
        until = inf if isnan(trace.left[k]) else trace.left[k]
        if not stage.unlimited:
            self.held[u].append((given, until, not same_bed and not lies))
        if stage.slot >= 0 and not lies:
            key = u, given, stage.slot
            self.slots_used[key] = self.slots_used.get(key, 0) + 1
        if same_bed:
            self.same(trace.arrived[k], given, "same bed", k)
            self.same(trace.left[bed], given, "same bed passed on", k)
            return k, site
        if not lies:
            self.holds(self.calendars[u].is_open(given), "no bed given at a closed unit", k)
            leaves, doors = given, [u]
            if bed >= 0:
                leaves, doors = given + self.steps.transfer[k], [trace.unit[bed]]
                self.same(trace.left[bed], leaves, "transfer", k)
            elif stage.any:  # at which door the patient waited is not in the trace
                doors = {u, *self.acceptable(k), *self.patients.start_unit} - {-1}
            ways = {self.journeys.network.travel_site[self.site[door], self.site[u]] for door in doors}
            arrives = {leaves + way for way in ways}
            if isnan(trace.arrived[k]):
                self.holds(max(arrives) >= self.horizon, "not yet arrived", k)
            else:
                self.holds(trace.arrived[k] in arrives, "arrived", k)
        return (-1 if stage.unlimited else k), self.site[u]

    def where_outlying(self, k: int, site: int) -> int:
        """Where a patient without a bed is whose stay ended while waiting; not known if a unit closed meanwhile."""
        return self.site[self.trace.unit[k]] if self.is_settled(k) else -2

    def row(self, k: int, site: int) -> list[int]:
        rank = self.steps.rank[k]
        if rank < 0:
            rank = self.stages[self.steps.stage[k]].here_rank + site
        row = self.journeys.network.rank[rank].tolist()
        return row[: row.index(-1)] if -1 in row else row

    def acceptable(self, k: int) -> list[int]:
        """Every unit that might have been asked, wherever the patient was."""
        if self.steps.rank[k] >= 0:
            return self.row(k, 0)
        return sorted({u for site in range(len(self.journeys.network.travel_site)) for u in self.row(k, site)})

    def is_settled(self, k: int) -> bool:
        """Whether no unit that might have been asked closed from the request to the end of waiting."""
        units = {*self.acceptable(k), self.trace.unit[k]} - {-1}
        return k not in self.sent_on and not any(self.calendars[u].closes(self.trace.requested[k], self.waits_until(k)) for u in units)

    def waits_until(self, k: int) -> float:
        return min(self.waited_until[k], self.horizon)

    def request(self, i: int, k: int, begins: float, bed: int, site: int, goes_on: bool) -> None:
        """A step was asked for (or not): when, and where."""
        trace, stage = self.trace, self.stages[self.steps.stage[k]]
        requested, u = trace.requested[k], trace.unit[k]
        from_start = k == self.patients.first[i] and self.patients.start_unit[i] >= 0
        if isnan(requested):
            self.holds(u == -1, "no request, no unit", k)
            self.not_asked(i, k, begins, bed, site)
            return
        own = trace.unit[bed] if bed >= 0 else -1
        if goes_on and stage.slot < 0:
            self.holds(u == own and trace.given[k] == begins, "goes on in the same bed", k)
        if from_start:
            self.same(requested, self.patients.arrival[i], "asked before the start", k)
        elif bed >= 0:
            self.same(requested, begins, "asked from a bed", k)
        else:
            self.holds(requested >= begins + self.contact(i, site), "asked at the door", k)
        self.holds(own == u or from_start or u in self.acceptable(k), "acceptable", k)
        is_settled = self.is_settled(k)
        if is_settled and not goes_on and not from_start:
            self.choice(i, k, begins, bed, own, site)
        goes_first = self.journeys.network.blocked_first and own not in (-1, u)
        asked_site = self.site[own] if own >= 0 else self.site[u]
        self.requests.append(
            Request(
                step=k,
                stage=stage,
                unit=u,
                row=self.row(k, asked_site),
                requested=max(requested, 0.0),
                until=self.waited_until[k],
                key=(stage.priority, not goes_first, requested, self.patients.number[i]),
                own=own,
                # Which unit was asked at is not known where another of the list may have given.
                is_settled=is_settled and (not stage.any or self.steps.rank[k] >= 0 or own >= 0) and not from_start,
                from_start=from_start,
            )
        )
        if not isnan(trace.given[k]):
            self.holds(requested <= trace.given[k], "given after the request", k)
            self.holds(requested + self.steps.patience[k] > trace.given[k], "given within patience", k)

    def not_asked(self, i: int, k: int, begins: float, bed: int, site: int) -> None:
        """A step never asked for: the patient was unplaced, or is still on the way from one without a bed."""
        if bed >= 0 or (self.never_shut and site != -2 and not self.row(k, site)):
            self.holds(self.trace.end[i] == UNPLACED and self.trace.ended[i] == begins, "unplaced", k)
        elif self.never_shut and site != -2:
            way = max(self.ways(i, site)[self.site[u]] for u in self.row(k, site))
            self.holds(begins + self.contact(i, site) + way >= self.horizon, "on the way", k)

    def ways(self, i: int, site: int) -> list[float]:
        """Days from home, or a site, to each site."""
        network = self.journeys.network
        return (network.travel_area[self.patients.area[i]] if site == -1 else network.travel_site[site]).tolist()

    def contact(self, i: int, site: int) -> float:
        return self.patients.contact[i] if site == -1 else 0.0

    def choice(self, i: int, k: int, begins: float, bed: int, own: int, site: int) -> None:
        """A settled request was made at a door not shut, and at the unit that the choice rule names where that is known."""
        stage, u, requested = self.stages[self.steps.stage[k]], self.trace.unit[k], self.trace.requested[k]
        if stage.any:
            return
        self.holds(not self.calendars[u].is_shut(requested), "door not shut", k)
        if site == -2 or not (bed >= 0 or self.never_shut):
            return
        ways = self.ways(i, site)
        candidates = [v for v in self.row(k, site) if not self.calendars[v].is_shut(begins)]
        first = candidates[0]
        if stage.diversion < 0:
            self.holds(u == first, "first unit not shut", k)
        else:
            extra = ways[self.site[u]] - ways[self.site[first]]
            self.holds(u == first or extra <= stage.diversion, "diverted within the limit", k)
            passed = candidates[: candidates.index(u)]
            self.holds(own not in passed or stage.unlimited, "own bed has room", k)
        if bed < 0:
            self.same(requested, begins + self.contact(i, site) + ways[self.site[u]], "travel to the door", k)

    def ends_without(self, i: int, k: int, last: int, begins: float, bed: int) -> None:
        """The step has neither bed nor outlying stay: the patient left, or is still on the way or waiting."""
        trace, stage = self.trace, self.stages[self.steps.stage[k]]
        end, ended, requested = trace.end[i], trace.ended[i], trace.requested[k]
        for times in trace[2:6]:
            self.holds(isnan(times[k]), "no bed", k)
        for later in range(k + 1, last + 1):
            self.holds(trace.unit[later] == -1 and isnan(trace.requested[later]), "nothing later", later)
        self.holds(end != DISCHARGED, "discharged only after the last stay", i)
        gives_up = requested + self.steps.patience[k]
        if not isnan(requested):
            over = requested + self.steps.stay[k] if stage.from_requested else inf
            waited_until = self.horizon if end == IN_SYSTEM else min(ended, gives_up) if end == GAVE_UP else ended
            self.holds(end == GAVE_UP or gives_up > waited_until or gives_up >= self.horizon, "patience", k)
            self.holds(over > waited_until or over >= self.horizon, "the end of an outlying stay comes first", k)
        if end == IN_SYSTEM:
            self.holds(isnan(ended), "in the system", i)
            self.holds(isnan(requested) or not stage.lost or requested < begins or not self.is_settled(k), "lost", i)
        else:
            self.holds(begins <= ended < self.horizon, "ended", i)
        if end == GAVE_UP:
            self.same(ended, max(gives_up, 0.0), "gave up", i)
        if end == LOST:
            self.holds(stage.lost and not isnan(requested), "lost", i)
            self.holds(ended == max(requested, 0.0) or not self.is_settled(k), "lost at once", i)
        if bed >= 0:
            self.same(trace.left[bed], inf if isnan(ended) else ended, "bed left at the end", i)

    # -- the unit's view -----------------------------------------------------------------------------------------------

    def unit(self, u: int, times: list[float]) -> None:
        """After each whole instant: beds, and who waits for them."""
        calendar, spans = self.calendars[u], self.held[u]
        listed = [r for r in self.requests if r.unit == u or (r.stage.any and u in r.row)]
        for t in times:
            held = sum(given <= t < left for given, left, _ in spans)
            newly = sum(given == t and is_new for given, _, is_new in spans)
            beds = calendar.beds(t)
            self.holds(held <= beds or not newly, "no bed given that is not there", u, t)
            before = sum(given < t <= left for given, left, _ in spans)
            self.holds(t == 0 or held <= max(beds, before), "more beds held than in force", u, t)
            for r in listed:
                if u not in r.lists(self.calendars, t):
                    continue
                slot_left = r.stage.slot < 0 or (
                    calendar.slots.get((t, r.stage.slot), 0) > self.slots_used.get((u, t, r.stage.slot), 0)
                )
                has_bed = held < beds or r.stage.unlimited or r.own == u
                self.holds(not (slot_left and has_bed), "a bed stands free that someone waits for", u, t, r.step)
        for (v, t, sort), used in self.slots_used.items():
            self.holds(v != u or used <= calendar.slots.get((t, sort), 0), "no slot given that is not there", u, t)
        self.order(u, listed)

    def order(self, u: int, listed: list[Request]) -> None:
        """Nobody is given a bed while one with an earlier claim, who wants no more than a bed, waits for it."""
        trace = self.trace
        served = [r for r in self.requests if trace.unit[r.step] == u and not isnan(trace.given[r.step])]
        served = [r for r in served if not r.stage.unlimited and r.own != u and (r.is_settled or not r.stage.any)]
        for r in served:
            given = trace.given[r.step]
            for other in listed:
                if (
                    other.requested < given < other.until
                    and other.stage.slot < 0
                    and other.key < r.key
                    and r.is_settled
                ):
                    self.holds(u not in other.lists(self.calendars, given), "served out of turn", u, r.step, other.step)

    def run(self) -> None:
        trace, first = self.trace, self.patients.first
        self.waited_until = [inf] * len(trace.unit)
        for i in range(len(self.patients.number)):
            for k in range(first[i], first[i + 1]):
                ends = (trace.given[k], trace.ready[k], trace.ended[i])
                self.waited_until[k] = min((t for t in ends if not isnan(t)), default=inf)
        for i in range(len(self.patients.number)):
            self.patient(i)
        self.all_patients()
        moments = {t for times in trace[1:6] for t in times if t >= 0} | {t for t in trace.ended if t >= 0} | {0.0}
        moments |= {t for calendar in self.calendars for t in calendar.times[1:] if t < self.horizon}
        for u in range(len(self.calendars)):
            self.unit(u, sorted(moments))

    def all_patients(self) -> None:
        """Every patient ends at most once, no time lies at or beyond the horizon, and times of a step do not fall."""
        trace = self.trace
        for end, ended in zip(trace.end, trace.ended, strict=True):
            self.holds(end in (IN_SYSTEM, DISCHARGED, LOST, GAVE_UP, UNPLACED), "a known end", end)
            self.holds((end == IN_SYSTEM) == isnan(ended), "ended", end, ended)
        for k, times in enumerate(zip(*trace[1:6], strict=True)):
            known = [t for t in times if not isnan(t)]
            self.holds(known == sorted(known) and all(t < self.horizon for t in known), "times in order", k, times)


def check(journeys: Journeys, trace: Trace, horizon: float) -> None:
    """Assert everything that is true of every trace."""
    Check(journeys, trace, horizon).run()
