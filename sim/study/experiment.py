"""Experiments: the same patients sent through the baseline and through an option, replication by replication.

Every replication draws one cohort and uses it for both, so that differences are paired. Replications do not know of each other:
they may run side by side, in any order and on any number of workers, with the same numbers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import cached_property
from multiprocessing import get_context
from typing import NamedTuple

import numpy as np

from ..cohort.cohort import Cohort, draw, layers_needed
from ..cohort.stream import stream
from ..engine.engines import engine as engine_of
from ..journeys.deadlock import refuse_deadlock
from ..journeys.filled import draw_past, fill, has_lists, lists_by_unit, past_days
from ..journeys.journeys import on_grid
from ..journeys.routes import Routes, route
from ..journeys.send import Sent, send
from ..measures.census import census
from ..measures.flows import first_units, flow_matrix
from ..measures.load import expected_load
from ..measures.money.activity import Activity, Homes, homes, simulated_activity
from ..measures.outcomes import outcomes
from ..measures.records import Records, Window, record
from ..measures.tidy import Outcome
from ..service.demand import DAYS_A_YEAR
from ..service.fault import Fault, nearest_spelling, refuse
from ..service.service import Service
from ..service.slots import WeeklySlots
from .epochs import epochs
from .run import Run
from .saturation import GROWS, Saturation, saturation

Progress = Callable[[int, int], None]
"""Called with replications done and replications in all."""


@dataclass(frozen=True, eq=False)
class Replication:
    """What one replication gave."""

    number: int
    baseline: list[Outcome]
    option: list[Outcome]
    flows: np.ndarray
    """(U+1, U+1) index patients of the window by first unit in the baseline (row) and in the option (column); the last is none."""
    census: np.ndarray
    """(D,) beds held each midnight of the baseline, from the start of the warm-up."""
    activity: tuple[Activity, Activity]
    """What was done in the window under the baseline and under the option, by stage, home and unit."""


@dataclass(frozen=True, eq=False)
class Experiment:
    """A baseline and an option, simulated with the same luck."""

    baseline: Service
    option: Service
    run: Run
    engine: str
    replications: tuple[Replication, ...]
    """In order of their numbers."""

    def values(self, scenario: str, measure: str, by: str = "all") -> tuple[tuple[str, ...], np.ndarray]:
        """The values of one measure over all replications.

        Returns
        -------
        The keys (units, kinds ...) and (R, keys) values; infinite for a wait that grows without limit (`saturation`).
        """
        found = [
            outcome
            for each in self.replications
            for outcome in getattr(each, scenario)
            if (outcome.measure, outcome.by) == (measure, by)
        ]
        if not found:
            known = sorted({outcome.measure for outcome in self.replications[0].baseline})
            refuse([Fault(f"no measure {measure!r} by {by!r}" + nearest_spelling(measure, known))])
        keys, value = found[0].key, np.stack([outcome.value for outcome in found])
        if measure in GROWS:
            units = getattr(self, scenario).units.id
            value[:, self.saturation(scenario).grows(measure, by, keys, units)] = np.inf
        return keys, value

    def saturated(self, scenario: str) -> np.ndarray:
        """(U,) bool: the units saturated at some time measured, under ``baseline`` or ``option``, for want of beds or of slots."""
        return self.saturation(scenario).units

    def saturation(self, scenario: str) -> Saturation:
        """What is saturated at some time measured, under ``baseline`` or ``option``."""
        return self._saturation[("baseline", "option").index(scenario)]

    @cached_property
    def _saturation(self) -> tuple[Saturation, Saturation]:
        window = self.run.window
        sides = {"baseline": self.baseline, "option": self.option}
        return tuple(saturation(each, window.start, window.end, self._slots_lost(side)) for side, each in sides.items())

    def _slots_lost(self, scenario: str) -> np.ndarray | float:
        """(U,) the share of slots that lapsed for want of a bed; 0 where nobody needs slots."""
        if not self.has("operations_cancelled_per_year"):
            return 0.0
        lost, come = (self.values(scenario, f"{each}_per_year", "unit")[1].mean(axis=0) for each in ("operations_cancelled", "slots"))
        return np.divide(lost, come, out=np.zeros(len(come)), where=come > 0)

    def has(self, measure: str) -> bool:
        """Whether the measure was taken."""
        return any(outcome.measure == measure for outcome in self.replications[0].baseline)


def experiment(
    baseline: Service, option: Service, run: Run, engine: str = "compiled", progress: Progress | None = None
) -> Experiment:
    """Simulate a baseline and an option side by side.

    Parameters
    ----------
    baseline, option
        Services with known beds; the option is the baseline changed by a scenario.
    run
        Length, warm-up, replications, seed.
    engine
        ``compiled`` or ``reference``; both give the same numbers.
    progress
        Called after each replication.
    """
    engine_of(engine)
    baseline, option = (replace(service, calendar=run.calendar) for service in (baseline, option))
    refuse_deadlock(baseline, run.horizon)
    if not is_unchanged(baseline, option):
        refuse_deadlock(option, run.horizon)
    return Experiment(
        baseline, option, run, engine, _simulate(baseline, option, run, engine, range(run.replications), progress)
    )


def extend(found: Experiment, replications: int, progress: Progress | None = None) -> Experiment:
    """The same experiment with more replications; those it has are kept."""
    numbers = range(len(found.replications), replications)
    run = replace(found.run, replications=max(replications, len(found.replications)))
    more = _simulate(found.baseline, found.option, run, found.engine, numbers, progress)
    return replace(found, run=run, replications=(*found.replications, *more))


def _simulate(
    baseline: Service, option: Service, run: Run, engine: str, numbers: range, progress
) -> tuple[Replication, ...]:
    done: dict[int, Replication] = {}
    with _workers(baseline, option, run, engine) as submit:
        for each in submit(numbers):
            done[each.number] = each
            if progress:
                progress(len(done), len(numbers))
    return tuple(done[number] for number in sorted(done))


def is_unchanged(baseline: Service, option: Service) -> bool:
    """Whether the option sends the same patients the same way; what is said or paid may differ."""
    names = ("changes", "groups", "slots", "hours", "discharge", "blocked_first", "allocation")
    same = all(getattr(option, name) == getattr(baseline, name) for name in names)
    return same and option.region is baseline.region and option.demand is baseline.demand


@dataclass(frozen=True, eq=False)
class Setting:
    """All that a worker needs, built once."""

    baseline: Routes
    option: Routes
    run: Run
    engine: str
    layers: int
    homes: Homes
    past_days: int
    """Of how many days of the past patients are drawn, for a filled start; 0 for an empty one."""
    waiting: Mapping[str, int]
    """Lengths of waiting lists at the start, by unit."""
    epochs: tuple[Window, ...] = ()
    """The parts of the window between dated changes."""

    @classmethod
    def of(cls, baseline: Service, option: Service, run: Run, engine: str) -> Setting:
        routes = route(baseline, run.horizon)
        past, waiting = _past(baseline, option, run)
        return cls(
            routes,
            routes if is_unchanged(baseline, option) else route(option, run.horizon),
            run,
            engine,
            layers_needed([baseline, option], run.horizon),
            homes(baseline),
            past,
            waiting,
            epochs((baseline, option), run),
        )


def _past(baseline: Service, option: Service, run: Run) -> tuple[int, dict[str, int]]:
    """For a filled start, how many days of the past are drawn, and how many wait where."""
    if run.start_from == "empty":
        return 0, {}
    waiting, days = lists_by_unit(baseline, run.waiting), 0
    for service in (baseline, option):
        asked = _asked(service) / DAYS_A_YEAR
        at_units = _lists(waiting, service, baseline)
        lists = {unit: number / max(asked[service.unit_index(unit)], 1e-9) for unit, number in at_units.items()}
        days = max(days, past_days(service, lists))
    return days, waiting


def replicate(setting: Setting, number: int) -> Replication:
    """One replication: draw, send, simulate, measure - for the baseline and for the option."""
    window, luck = setting.run.window, drawn(setting, number)

    def measured(routes: Routes, before: Sent | None = None):
        sent, records = simulated(setting, luck, routes, before)
        done = simulated_activity(records, window, setting.homes)
        return sent, outcomes(records, window, setting.epochs), first_units(records, window), census(records), done

    unchanged = setting.option is setting.baseline
    sent, base, base_first, base_census, done = measured(setting.baseline)
    option, option_first, other = base, base_first, done
    if not unchanged:
        _, option, option_first, _, other = measured(late(setting, number), sent)
    flows = flow_matrix(base_first, option_first, len(setting.baseline.service.units))
    return Replication(number, base, option, flows, base_census, (done, other))


class Luck(NamedTuple):
    """All that is random in one replication."""

    cohort: Cohort
    past: Cohort | None
    """Patients of the past, for a filled start."""


def drawn(setting: Setting, number: int) -> Luck:
    """The luck of one replication."""
    service, run = setting.baseline.service, setting.run
    cohort = draw(service, run.seed, number, run.horizon, setting.layers)
    past = draw_past(service, run.seed, number, setting.past_days, setting.layers) if setting.past_days else None
    return Luck(cohort, past)


def simulated(setting: Setting, luck: Luck, routes: Routes, before: Sent | None = None) -> tuple[Sent, Records]:
    """The same luck sent through a service; ``before`` is what it made of another one."""
    sent = send(luck.cohort, routes, before)
    there = sent if luck.past is None else fill(sent, luck.past, _lists(setting.waiting, routes.service, setting.baseline.service))
    return sent, record(there, engine_of(setting.engine)(there.journeys, setting.run.horizon))


def _asked(service: Service) -> np.ndarray:
    """(U,) requests a year of those who may wait on a list: for slots, where some stage needs one, else all stays in a bed."""
    load = expected_load(service)
    return sum(load.slots.values(), np.zeros(len(service.units))) if load.slots else load.stays


def _lists(waiting: Mapping[str, int], service: Service, baseline: Service) -> dict[str, int]:
    """Waiting lists of the units that are open at the start: those of units that an option closes then go where their patients go."""
    is_open = service.is_open()
    kept = {unit: number for unit, number in waiting.items() if is_open[service.unit_index(unit)]}
    gone = sum(waiting.values()) - sum(kept.values())
    if not gone or not has_lists(service):
        return kept
    gain = np.maximum(_asked(service) - _asked(baseline), 0.0) * is_open
    if gain.sum() > 0:
        for u, number in enumerate(_whole(gone * gain / gain.sum())):
            if number:
                kept[str(service.units.id[u])] = kept.get(str(service.units.id[u]), 0) + int(number)
    return kept


def _whole(exact: np.ndarray) -> np.ndarray:
    """Whole numbers that sum to the rounded sum of the exact ones, by largest remainder."""
    given = np.floor(exact + 1e-9)
    order = np.argsort(-(exact - given), kind="stable")
    given[order[: round(float(exact.sum() - given.sum()))]] += 1
    return given


def late(setting: Setting, number: int) -> Routes:
    """The option's routes with its dated changes as late as this replication's luck has it."""
    run, option = setting.run, setting.option.service
    planned, lists = set(setting.baseline.service.changes), set(setting.baseline.service.slots)
    is_new = [change.at > 0 and change not in planned for change in option.changes]
    if run.slip is None or not any(is_new):
        return setting.option
    days = float(on_grid(run.slip.quantile(stream(run.seed, number, "slip").random())))
    changes = tuple(replace(c, at=c.at + days) if new else c for c, new in zip(option.changes, is_new))
    slots = tuple(each if each in lists else _shifted(each, days) for each in option.slots)
    return route(replace(option, changes=changes, slots=slots), run.horizon)


def _shifted(slots: WeeklySlots, days: float) -> WeeklySlots:
    """Slots that begin, or end, so many days later; what holds from the first day on does not slip."""
    return replace(slots, since=slots.since + days * (slots.since > 0), until=slots.until + days)


_setting: Setting | None = None
"""A worker process's own setting, built once by its initialiser."""


def _initialise(*given) -> None:
    global _setting
    _setting = Setting.of(*given)


def _replicate_here(number: int) -> Replication:
    return replicate(_setting, number)


class _workers:
    """A way of running replications: in this process, on threads (the compiled engine lets go of the lock), or on processes."""

    def __init__(self, *given):
        self.given = given
        run, engine = given[2], given[3]
        self.count = min(run.workers or os.cpu_count() or 1, run.replications)
        self.on_threads = engine == "compiled"
        self.pool: Executor | None = None

    def __enter__(self) -> Callable[[range], Iterator[Replication]]:
        if self.count == 1 or self.on_threads:
            setting = Setting.of(*self.given)
            if self.count == 1:
                return lambda numbers: (replicate(setting, number) for number in numbers)
            self.pool = ThreadPoolExecutor(self.count)
            return lambda numbers: (
                f.result() for f in as_completed([self.pool.submit(replicate, setting, n) for n in numbers])
            )
        # Spawned, not forked: the same on every system, and nothing half-copied.
        self.pool = ProcessPoolExecutor(self.count, get_context("spawn"), _initialise, self.given)
        return lambda numbers: (
            f.result() for f in as_completed([self.pool.submit(_replicate_here, n) for n in numbers])
        )

    def __exit__(self, *error) -> None:
        if self.pool:
            self.pool.shutdown(cancel_futures=True)
