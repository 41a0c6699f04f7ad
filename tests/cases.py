"""Cases for engines: small ones made by hand, and random ones that meet every rule of the contract in every mixture.

A random case is a seed and sizes, so that it can be made again and made smaller. All its times are eighths of a day,
many of them 0, so that much falls at one instant. But for the wild ones no case can deadlock: units lie in tiers,
and who holds a bed waits only for units of higher tiers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sim.journeys.journeys import BEDS, HOURS, OPEN, SLOTS, Journeys, Network, Patients, Stages, Steps

EIGHTH = 1 / 8
NAN, NEVER = np.nan, np.inf


# -- made by hand -------------------------------------------------------------------------------------------------------


class Step(NamedTuple):
    """One stage of one patient, with the settings of its stage."""

    stay: float = 1.0
    kind: int = 0
    rank: int = 0
    priority: int = 0
    unlimited: bool = False
    keeps_bed: bool = True
    lost: bool = False
    any: bool = False
    from_requested: bool = False
    same_bed: bool = False
    slot: int = -1
    diversion: float = -1.0
    stay_same_bed: float = NAN
    patience: float = NEVER
    transfer: float = 0.0
    leaving: float = 0.0
    at_round: bool = False


class Patient(NamedTuple):
    """One patient of a case made by hand."""

    arrival: float
    steps: tuple[Step, ...]
    area: int = 0
    contact: float = 0.0
    start_unit: int = -1
    start_in_bed: bool = False


def patient(arrival: float, *steps: Step, **other) -> Patient:
    """A patient who needs these steps, or one day in a bed of kind 0."""
    return Patient(arrival, steps or (Step(),), **other)


def journeys(
    *patients: Patient,
    beds=(1,),
    site=None,
    gives=None,
    home=None,
    between=None,
    rank=None,
    here=None,
    changes=(),
    blocked_first=False,
    rounds=(),
) -> Journeys:
    """Journeys made by hand.

    Parameters
    ----------
    patients
        In the order of their numbers.
    beds
        One number a unit.
    site
        Of each unit; by default each has its own.
    gives
        The kinds each unit gives; by default kind 0.
    home, between
        Days from each area, or site, to each site; by default 0.
    rank
        Rows of units, for ``Step.rank``; by default one row of all units.
    here
        By kind and site the row of units tried from there; by default all that give the kind.
    changes
        (time, what, unit, value) or (time, what, unit, value, sort of slot).
    rounds
        (start, end) of each span in which staff discharge; by default they do at all times.
    """
    unit_count = len(beds)
    site = list(range(unit_count)) if site is None else site
    gives = [(0,)] * unit_count if gives is None else gives
    steps = [step for p in patients for step in p.steps]
    kind_count = 1 + max([step.kind for step in steps] + [kind for kinds in gives for kind in kinds])
    site_count = 1 + max(site)
    area_count = 1 + max((p.area for p in patients), default=0)
    rank = [list(range(unit_count))] if rank is None else [list(row) for row in rank]
    if here is None:
        here = [[[u for u in range(unit_count) if kind in gives[u]]] * site_count for kind in range(kind_count)]
    first_here = len(rank)
    rank += [list(row) for rows in here for row in rows]
    changes = [(*change, 0)[:5] for change in sorted(changes, key=lambda change: change[0])]
    change = list(zip(*changes, strict=True)) if changes else [()] * 5
    given = np.array([[kind in kinds for kind in range(kind_count)] for kinds in gives])
    network = Network(
        unit_site=np.array(site, np.int32),
        gives=given,
        beds=np.array(beds, np.int32),
        travel_area=np.zeros((area_count, site_count)) if home is None else np.array(home, float),
        travel_site=np.zeros((site_count, site_count)) if between is None else np.array(between, float),
        rank=filled(rank),
        change_time=np.array(change[0], float),
        change_what=np.array(change[1], np.int8),
        change_unit=np.array(change[2], np.int32),
        change_value=np.array(change[3], np.int32),
        change_slot=np.array(change[4], np.int32),
        blocked_first=blocked_first,
        round_start=np.array([start for start, _ in rounds], float),
        round_end=np.array([end for _, end in rounds], float),
    )
    stages = [Stages(*(getattr(s, n, first_here + s.kind * site_count) for n in Stages._fields)) for s in steps]
    return Journeys(
        network,
        stage_table(stages),
        Steps(
            np.arange(len(steps), dtype=np.int32),
            np.array([step.rank for step in steps], np.int32),
            *(np.array([getattr(step, name) for step in steps], float) for name in Steps._fields[2:-1]),
            np.array([step.at_round for step in steps], bool),
        ),
        Patients(
            number=np.arange(len(patients), dtype=np.int64),
            arrival=np.array([p.arrival for p in patients], float),
            area=np.array([p.area for p in patients], np.int32),
            contact=np.array([p.contact for p in patients], float),
            first=np.cumsum([0] + [len(p.steps) for p in patients], dtype=np.int64),
            start_unit=np.array([p.start_unit for p in patients], np.int32),
            start_in_bed=np.array([p.start_in_bed for p in patients], bool),
        ),
    )


def filled(rows: list[list[int]]) -> np.ndarray:
    """Rows of unequal length as one table, -1 filling the rest."""
    table = np.full((len(rows), max(1, *(len(row) for row in rows))), -1, np.int32)
    for row, units in zip(table, rows, strict=True):
        row[: len(units)] = units
    return table


STAGE_TYPES = Stages(
    np.int32, np.int32, np.int32, bool, bool, bool, bool, bool, bool, np.int32, np.float64
)  # fmt: skip


def stage_table(stages: list[Stages]) -> Stages:
    """Stages given one by one as columns."""
    return Stages(
        *(np.array(column, dtype) for column, dtype in zip(zip(*stages, strict=True), STAGE_TYPES, strict=True))
    )


# -- random -------------------------------------------------------------------------------------------------------------


class Sizes(NamedTuple):
    """How large a random case may be."""

    patients: int = 40
    units: int = 6
    steps: int = 4
    changes: int = 12
    days: int = 12


SMALL = Sizes()


def random_case(seed: int, sizes: Sizes = SMALL) -> tuple[Journeys, float]:
    """A random case and its horizon: a pure function of the seed and the sizes."""
    return RandomCase(np.random.default_rng([seed, *sizes]), sizes).case()


class RandomCase:
    """A random case in the making."""

    def __init__(self, luck: np.random.Generator, sizes: Sizes):
        self.luck, self.sizes = luck, sizes
        self.horizon = float(luck.integers(min(2, sizes.days), sizes.days + 1))
        self.is_wild = self.maybe(0.15)
        self.unit_count = int(luck.integers(1, sizes.units + 1))
        self.site_count = int(luck.integers(1, self.unit_count + 1))
        self.area_count = int(luck.integers(1, 4))
        self.tier_count = int(luck.choice([1, 1, 2, 2, 3]))
        self.sort_count = int(luck.integers(1, 3))
        # Kinds 2t and 2t + 1 are of tier t.
        self.tier = np.sort(luck.integers(0, self.tier_count, self.unit_count))
        self.kind_count = 2 * self.tier_count
        self.is_crowded, self.is_busy = self.maybe(0.5), self.maybe(0.5)
        self.ways = {name: self.maybe(0.5) for name in ("any", "slot", "diversion", "lost", "late", "hours", "close")}

    def maybe(self, chance: float, count: int | None = None):
        return self.luck.random(count) < chance

    def eighths(self, most: int, zero: float, count=None):
        """Times of 0 to ``most`` eighths of a day, 0 with at least the chance ``zero``."""
        return np.where(self.luck.random(count) < zero, 0, self.luck.integers(0, most + 1, count)) * EIGHTH

    def sometimes_one(self, column: np.ndarray) -> np.ndarray:
        """The column, or at times its first value for all."""
        return column[:1].copy() if self.maybe(0.2) else column

    def case(self) -> tuple[Journeys, float]:
        gives = self.gives()
        rank, here_rank = self.ranks(gives)
        stages, tiers = self.stages(here_rank, np.flatnonzero(gives.any(axis=0)))
        patient_count = int(self.luck.integers(min(4, self.sizes.patients), self.sizes.patients + 1))
        routes = [self.route(tiers, stages) for _ in range(patient_count)]
        steps = self.steps(routes, stages)
        patients = self.patients(routes, stages, gives, steps)
        return Journeys(self.network(gives, rank), stage_table(stages), steps, patients), self.horizon

    def gives(self) -> np.ndarray:
        gives = np.zeros((self.unit_count, self.kind_count), bool)
        for u in range(self.unit_count):
            of_tier = [2 * self.tier[u], 2 * self.tier[u] + 1]
            gives[u, of_tier if self.maybe(0.6) else self.luck.choice(of_tier, 1)] = True
        return gives | (self.maybe(0.3, gives.shape) & self.is_wild)

    def ranks(self, gives: np.ndarray) -> tuple[np.ndarray, list[int]]:
        """Three rows a kind for steps that name a row, then one a site and kind; rows lack units at times."""
        rows = [self.row(gives[:, kind]) for kind in range(self.kind_count) for _ in range(3)]
        here_rank = []
        for kind in range(self.kind_count):
            here_rank.append(len(rows))
            rows += [self.row(gives[:, kind]) for _ in range(self.site_count)]
        return filled(rows), here_rank

    def row(self, of_kind: np.ndarray) -> list[int]:
        units = self.luck.permutation(np.flatnonzero(of_kind))
        return units[: len(units) if self.maybe(0.85) else self.luck.integers(0, len(units) + 1)].tolist()

    def stages(self, here_rank: list[int], kinds: np.ndarray) -> tuple[list[Stages], np.ndarray]:
        count = int(self.luck.integers(1, 3 * self.tier_count + 1))
        kinds = self.luck.choice(kinds, count)
        unlimited = self.maybe(0.15, count)
        stages = [
            Stages(
                kind=kind,
                priority=self.luck.integers(0, 3),
                here_rank=here_rank[kind],
                unlimited=unlimited[q],
                keeps_bed=self.maybe(0.75),
                lost=self.ways["lost"] and self.maybe(0.25),
                any=self.ways["any"] and self.maybe(0.75),
                from_requested=self.ways["late"] and self.maybe(0.5),
                same_bed=self.maybe(0.5),
                slot=self.luck.integers(0, self.sort_count) if self.ways["slot"] and self.maybe(0.5) else -1,
                diversion=self.diversion(),
            )
            for q, kind in enumerate(kinds)
        ]
        return stages, kinds // 2

    def diversion(self) -> float:
        if not self.ways["diversion"] or self.maybe(0.4):
            return -1.0
        return NEVER if self.maybe(0.2) else float(self.eighths(4, 0.2))

    def route(self, tiers: np.ndarray, stages: list[Stages]) -> list[int]:
        """The stages of one patient. No bed of a tier at or below that of a bed that may be held is waited for from it,
        but for the same bed."""
        route, floor = [], -1
        while not route or (len(route) < self.sizes.steps and self.maybe(0.7)):
            q = int(self.luck.integers(0, len(stages)))
            stage, tier = stages[q], tiers[q]
            held = floor if stage.keeps_bed else -1
            if self.is_wild or stage.unlimited or tier > held or self.goes_on(tier, held):
                floor = held if stage.unlimited else max(held, tier)
                route.append(q)
        return route

    def goes_on(self, tier: int, floor: int) -> bool:
        """Whether one in a bed of this tier can only go on in that bed: the tier is one unit."""
        return tier == floor and (self.tier == tier).sum() == 1

    def steps(self, routes: list[list[int]], stages: list[Stages]) -> Steps:
        stage = np.array([q for route in routes for q in route], np.int32)
        count = len(stage)
        kind = np.array([s.kind for s in stages])[stage]
        rank = np.where(self.maybe(0.4, count), -1, 3 * kind + self.luck.integers(0, 3, count)).astype(np.int32)
        first = np.cumsum([0] + [len(route) for route in routes[:-1]])
        rank[first] = 3 * kind[first] + self.luck.integers(0, 3, len(first))
        other_stay = np.where(self.maybe(0.5, count), NAN, self.eighths(12, 0.2, count))
        patience = np.where(self.maybe(0.6, count), NEVER, EIGHTH + self.eighths(16, 0.1, count))
        return Steps(
            stage,
            rank,
            self.eighths(12 if self.is_busy else 32, 0.15, count),
            self.sometimes_one(other_stay),
            self.sometimes_one(patience),
            self.sometimes_one(self.eighths(4, 0.6, count)),
            self.sometimes_one(self.eighths(6, 0.6, count)),
            self.sometimes_one(self.maybe(0.7, count)),
        )

    def patients(self, routes, stages, gives, steps: Steps) -> Patients:
        count = len(routes)
        start_unit = np.full(count, -1, np.int32)
        start_in_bed = self.maybe(0.6, count)
        for i in np.flatnonzero(self.maybe(0.2 if self.maybe(0.5) else 0.0, count)):
            kind = stages[routes[i][0]].kind
            able = np.flatnonzero(gives[:, kind])
            if len(able):
                start_unit[i] = self.luck.choice(able)
        arrival = self.luck.integers(0, int(self.horizon) * 8 + 4, count) * EIGHTH
        if self.is_crowded:
            arrival *= 0.5 if self.maybe(0.5) else 0.25
            arrival = np.round(arrival / EIGHTH) * EIGHTH
        if self.maybe(0.5):
            arrival.sort()
        waits = (start_unit >= 0) & ~start_in_bed
        arrival[waits] = -self.eighths(8, 0.3, waits.sum())
        if not (start_unit >= 0).any() and self.maybe(0.7):
            start_unit, start_in_bed = start_unit[:1], start_in_bed[:1]
        return Patients(
            number=np.cumsum(self.luck.integers(1, 4, count)),
            arrival=arrival,
            area=self.luck.integers(0, self.area_count, count).astype(np.int32),
            contact=self.sometimes_one(self.eighths(3, 0.6, count)),
            first=np.cumsum([0] + [len(route) for route in routes]).astype(np.int64),
            start_unit=start_unit,
            start_in_bed=start_in_bed,
        )

    def network(self, gives: np.ndarray, rank: np.ndarray) -> Network:
        beds = self.luck.integers(0, 3 if self.is_crowded else 7, self.unit_count).astype(np.int32)
        between = self.eighths(6, 0.4, (self.site_count, self.site_count))
        np.fill_diagonal(between, 0.0)
        changes = [change for _ in range(self.change_count()) for change in self.changes()]
        changes.sort(key=lambda change: change[0])
        columns = list(zip(*changes, strict=True)) if changes else [()] * 5
        types = (np.float64, np.int8, np.int32, np.int32, np.int32)
        return Network(
            self.luck.integers(0, self.site_count, self.unit_count).astype(np.int32),
            gives,
            beds,
            self.eighths(6, 0.4, (self.area_count, self.site_count)),
            between,
            rank,
            *(np.array(column, dtype) for column, dtype in zip(columns, types, strict=True)),
            blocked_first=bool(self.maybe(0.4)),
            **self.rounds(),
        )

    def rounds(self) -> dict[str, np.ndarray]:
        """Spans in which staff discharge, in one case of two; some are a single eighth of a day, some follow at once."""
        count = int(self.luck.integers(1, int(self.horizon) + 2)) if self.maybe(0.5) else 0
        edge = np.sort(self.luck.choice(int(self.horizon) * 8 + 9, 2 * count, replace=False)) * EIGHTH
        start, end = edge[::2], edge[1::2]
        is_span = end > start
        return {"round_start": start[is_span], "round_end": end[is_span]}

    def change_count(self) -> int:
        most = self.sizes.changes * (2 if self.ways["slot"] or self.ways["hours"] else 1)
        return int(self.luck.integers(0, most + 1))

    def changes(self) -> list[tuple[float, int, int, int, int]]:
        """A dated change and, where a unit closes or its hours end, most times the change back soon after."""
        time = 0.0 if self.maybe(0.15) else float(self.luck.integers(0, int(self.horizon) * 8 + 2)) * EIGHTH
        unit = int(self.luck.integers(0, self.unit_count))
        often = {BEDS: 1, OPEN: 3 * self.ways["close"], HOURS: 3 * self.ways["hours"], SLOTS: 6 * self.ways["slot"]}
        what = int(self.luck.choice([what for what, times in often.items() for _ in range(times)]))
        if what == SLOTS:
            return [(time, what, unit, int(self.luck.integers(0, 4)), int(self.luck.integers(0, self.sort_count)))]
        if what == BEDS:
            return [(time, what, unit, int(self.luck.integers(0, 5)), 0)]
        back = (time + float(self.eighths(12, 0.05)), what, unit, 1, 0)
        return [(time, what, unit, 0, 0)] + [back] * self.maybe(0.8)


# -- made smaller -------------------------------------------------------------------------------------------------------


def smallest(case: Journeys, fails: Callable[[Journeys], bool]) -> Journeys:
    """Leave out patients, last steps and changes as long as the case still fails."""
    shrinks = True
    while shrinks:
        shrinks = False
        for smaller in smaller_cases(case):
            if fails(smaller):
                case, shrinks = smaller, True
                break
    return case


def smaller_cases(case: Journeys):
    """The case without some patients, without one change, or without the last step of one patient."""
    count = len(case.patients.number)
    width = count // 2
    while width:
        for begin in range(0, count, width):
            keep = np.ones(count, bool)
            keep[begin : begin + width] = False
            if keep.any():
                yield only_patients(case, keep)
        width //= 2
    for d in range(len(case.network.change_time)):
        columns = {name: np.delete(getattr(case.network, name), d) for name in Network._fields if "change" in name}
        yield case._replace(network=case.network._replace(**columns))
    first = case.patients.first
    for i in np.flatnonzero(np.diff(first) > 1):
        keep = np.ones(first[-1], bool)
        keep[first[i + 1] - 1] = False
        lengths = np.diff(first) - (np.arange(count) == i)
        patients = case.patients._replace(first=np.concatenate([[0], np.cumsum(lengths)]))
        yield case._replace(patients=patients, steps=pick(case.steps, keep))


def only_patients(case: Journeys, keep: np.ndarray) -> Journeys:
    """The case with only some of its patients, who keep their numbers."""
    lengths = np.diff(case.patients.first)
    patients = pick(case.patients._replace(first=case.patients.number), keep)
    patients = patients._replace(first=np.concatenate([[0], np.cumsum(lengths[keep])]).astype(np.int64))
    return case._replace(patients=patients, steps=pick(case.steps, np.repeat(keep, lengths)))


def pick(columns, keep: np.ndarray):
    """Rows of a table, some of whose columns may be stored once."""
    return type(columns)(*(column[keep] if len(column) == len(keep) else column for column in columns))
