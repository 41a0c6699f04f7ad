"""Closing rules: what every rule that decides which units close has in common.

A rule says which units should close, given what is still open, and which of them goes first. The rest is the same for all: one
unit closes at a time and its patients go to the nearest left; units that are protected, small and remote, derogated, or the last
of their kind stay, with the reason; ties and disputed volumes are marked; beds move, are resized or are lost.

Letters: A areas, U units, W units judged (those open units that give the kind of care the rule is about).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

import numpy as np

from sim.journeys.choice import logit_of
from sim.journeys.nearest import Nearest, nearest, tenths, unit_minutes
from sim.measures.access import unit_volume
from sim.service.fault import Fault, is_number, is_whole, nearest_spelling, refuse
from sim.service.service import Service, Standard
from sim.service.standing import DEROGATED

from .beds import check_fate, close_units
from .dates import day_of

CATCHMENTS = ("nearest", "choice")
"""Where patients go while a rule decides."""

SOURCES = ("reported", "modelled")
"""Where a unit's volume is taken from."""


@dataclass(frozen=True, eq=False)
class Decision:
    """What a rule decides, and all it rests on; letters: U units (those of other kinds are never touched)."""

    order: tuple[int, ...]
    """The units closed, in order."""
    volume_at_closing: tuple[float, ...]
    """The volume of each when it was closed, a year."""
    volume_before: np.ndarray
    """(U,) volume a year by the source that decides; NaN for units of other kinds."""
    volume_after: np.ndarray
    """(U,) the same after all closures; NaN where closed."""
    modelled_before: np.ndarray
    """(U,) modelled volume a year."""
    reported: np.ndarray
    """(U,) reported volume a year; NaN where not reported."""
    kept: Mapping[int, str]
    """Units that the rule would close but that stay, and why."""
    tied: frozenset[int]
    """Units closed whose turn hangs on a tie of volumes or of minutes."""
    disputed: frozenset[int]
    """Units on opposite sides of the minimum by reported and by modelled volume."""


@dataclass(frozen=True, eq=False)
class Map:
    """The units judged while a rule decides: which are open still, and who goes where."""

    service: Service
    at: float
    """Days from the start of the run."""
    units: np.ndarray
    """(W,) rows of the units judged."""
    minutes: np.ndarray
    """(A, W) minutes."""
    demand: np.ndarray
    """(A,) index admissions a year."""
    shift: np.ndarray
    """(W,) what the volume by the source that decides exceeds the modelled one by, before anything closes."""
    is_open: np.ndarray
    """(W,) bool."""
    worth: np.ndarray | None = None
    """(A, W) what each unit is worth to an area's patients, where volumes are of choice; None where they are of the nearest."""
    _known: dict[str, np.ndarray] = field(default_factory=dict, init=False, repr=False)
    _before: tuple | None = field(default=None, repr=False)
    """The nearest units before the last closure, and the unit closed."""

    def once(self, name: str, make: Callable[[], np.ndarray]) -> np.ndarray:
        """What a rule works out of this map, worked out once."""
        if name not in self._known:
            self._known[name] = make()
        return self._known[name]

    @cached_property
    def _nearest(self):
        if self._before is None:
            return nearest(self.minutes, self.is_open)
        # Only those who went to the unit that closed, or might have, are looked at again.
        (unit, minutes, is_tied), closed = self._before
        of = np.flatnonzero((unit == closed) | is_tied)
        unit, minutes, is_tied = unit.copy(), minutes.copy(), is_tied.copy()
        unit[of], minutes[of], is_tied[of] = nearest(self.minutes[of], self.is_open)
        return Nearest(unit, minutes, is_tied)

    @property
    def unit(self) -> np.ndarray:
        """(A,) the unit judged (W) that each area's patients go to; -1 for none."""
        return self._nearest.unit

    @property
    def tied_area(self) -> np.ndarray:
        """(A,) bool: another open unit is as near."""
        return self._nearest.is_tied

    @cached_property
    def modelled(self) -> np.ndarray:
        """(W,) modelled index admissions a year, to a billionth: the noise of a sum puts no unit under its minimum."""
        if self.worth is None:
            return np.round(unit_volume(self.unit, self.demand, len(self.units)), 9)
        worth = self.worth * self.is_open
        total = worth.sum(axis=1)
        each = np.divide(self.demand, total, out=np.zeros(len(total)), where=total > 0)
        return np.round(each @ worth, 9)

    @property
    def volume(self) -> np.ndarray:
        """(W,) index admissions a year by the source that decides; infinite where closed."""
        return np.where(self.is_open, np.round(self.modelled + self.shift, 9), np.inf)

    @property
    def all_open(self) -> np.ndarray:
        """(U,) bool: every unit of the service that is open still."""
        state = self.service.is_open(self.at)
        state[self.units[~self.is_open]] = False
        return state

    def without(self, w: int) -> Map:
        """The same with one more unit closed."""
        is_open = self.is_open.copy()
        is_open[w] = False
        return replace(self, is_open=is_open, _before=(self._nearest, w))

    def column(self, values: np.ndarray) -> np.ndarray:
        """(W,) of a column of all units (U,)."""
        return values[self.units]

    def tied_demand(self, w: int) -> float:
        """Patients a year who live as near to a unit as to the one they go to, which is listed before it."""
        of = np.flatnonzero(self.tied_area & (self.unit != w))
        as_near = tenths(self.minutes[of, w]) == tenths(self.minutes[of, self.unit[of]])
        return float(self.demand[of[as_near]].sum())


@dataclass(frozen=True)
class ClosingRule:
    """What every closing rule can be told. A rule adds `closing`, and where it matters `first`."""

    kind: str = "hyperacute"
    """The kind of care whose units are judged."""
    minimum: float | None = None
    """Index admissions a year; None for the service's standard of that kind."""
    volume: str = "reported"
    """``reported``: the reported volume where the units table has one, plus the modelled change; ``modelled``: nearest unit."""
    keep_remote: bool = True
    """Keep a unit whose closure would put more than ``remote_share`` of its patients beyond ``remote_minutes``."""
    remote_share: float = 0.05
    remote_minutes: float = 60.0
    catchment: str = "nearest"
    """How volumes are modelled while deciding: ``nearest``, or ``choice`` by the service's own allocation, which must be one."""
    protect_kinds: tuple[str, ...] = ("comprehensive",)
    """Units that give one of these kinds never close."""
    protected: Mapping[str, str] = field(default_factory=dict)
    """Further units that never close, each with its reason."""
    beds: str = "moved"
    """What becomes of the beds: ``moved``, ``resized`` or ``lost``."""
    at: object = 0
    """A date or days from the start of the run."""
    most: int | None = None
    """At most so many units close; None for no limit."""

    repeats: ClassVar[bool] = True
    """Whether the rule looks again after each closure; otherwise what it would close is settled at the start."""
    by_volume: ClassVar[bool] = True
    """Whether being under the minimum is what closes a unit."""
    cause: ClassVar[str] = "under the minimum"
    """Why a unit would close, as its mark says it."""

    def __post_init__(self):
        refuse(self._setting_faults(), of=self._name)
        check_fate(self.beds, self._name)
        kinds = (self.protect_kinds,) if isinstance(self.protect_kinds, str) else self.protect_kinds or ()
        object.__setattr__(self, "protect_kinds", tuple(kinds))
        object.__setattr__(self, "protected", {str(unit): why for unit, why in (self.protected or {}).items()})

    def closing(self, seen: Map) -> np.ndarray:
        """(W,) bool: the units that should close, given those that are open; closed ones do not matter."""
        raise NotImplementedError

    def first(self, seen: Map) -> np.ndarray:
        """(W,) the unit with the least of this closes first."""
        return seen.volume

    def needs(self, service: Service) -> list[Fault]:
        """What the rule cannot do without, beyond what every rule needs."""
        return []

    def why(self, service: Service, unit: int) -> str:
        """What else is to be said of a unit (a row of the service) that closes."""
        return ""

    def sentence(self, service: Service, decision: Decision) -> str:
        """What the rule did, after ``From day 0``."""
        return closures(len(decision.order), self.kind)

    @property
    def _name(self) -> str:
        return type(self).__name__

    def _setting_faults(self) -> list[Fault]:
        faults = []
        if self.volume not in SOURCES:
            faults.append(Fault("volume is reported or modelled" + nearest_spelling(self.volume, SOURCES), self.volume))
        if self.catchment not in CATCHMENTS:
            faults.append(Fault("catchment is nearest or choice" + nearest_spelling(self.catchment, CATCHMENTS), self.catchment))
        if self.minimum is not None and (not is_number(self.minimum, 0) or self.minimum == 0):
            faults.append(Fault("minimum must be a number of admissions a year, above 0", self.minimum))
        if not isinstance(self.keep_remote, bool):
            faults.append(Fault("keep_remote is true or false", self.keep_remote))
        if not is_number(self.remote_share, 0, 1):
            faults.append(Fault("remote_share must lie between 0 and 1", self.remote_share))
        if not is_number(self.remote_minutes, 0):
            faults.append(Fault("remote_minutes must be a number, 0 or more", self.remote_minutes))
        if self.most is not None and not is_whole(self.most, 0):
            faults.append(Fault("most must be a whole number of units, 0 or more", self.most))
        kinds = (self.protect_kinds,) if isinstance(self.protect_kinds, str) else self.protect_kinds or ()
        if not isinstance(self.kind, str):
            faults.append(Fault("kind is a kind of care", self.kind))
        if not isinstance(kinds, (tuple, list)) or not all(isinstance(kind, str) for kind in kinds):
            faults.append(Fault("protect_kinds is a list of kinds of care", kinds))
        if not isinstance(self.protected or {}, Mapping):
            cure = "as {LA144LF: across the bay}"
            faults.append(Fault("protected is unit ids, each with its reason", self.protected, cure))
        return faults

    def __call__(self, service: Service) -> Service:
        at = day_of(self.at, service, self._name)
        decision = self.decide(service, at)
        option = self.carry_out(service, decision.order, at)
        said = f"From day {at:g} {self.sentence(service, decision)}; beds {self.beds}."
        if service.allocation.rule.name != "nearest" and self.catchment == "nearest":
            said += " Decided as if everybody went to the nearest unit."
        return option.with_changes(said=said, marks=self.marks(service, decision))

    def carry_out(self, service: Service, order: tuple[int, ...], at: float) -> Service:
        """The service with these units closed at a time, and their beds dealt with."""
        return close_units(service, order, at, self.beds)

    def marks(self, service: Service, decision: Decision) -> dict[str, tuple[str, ...]]:
        """What is to be said of single units, by id."""
        units = service.units.id
        marks: dict[str, list[str]] = {}
        for turn, (u, volume) in enumerate(zip(decision.order, decision.volume_at_closing), start=1):
            said = f"closed {turn} of {len(decision.order)} at {volume:.0f} a year by {self.volume} volume"
            marks.setdefault(units[u], []).append(", ".join(part for part in (said, self.why(service, u)) if part))
        for u, why in decision.kept.items():
            marks.setdefault(units[u], []).append(f"{self.cause} but kept: {why}")
        for u in sorted(decision.tied):
            marks.setdefault(units[u], []).append("its closure hangs on a tie")
        for u in sorted(decision.disputed):
            marks.setdefault(units[u], []).append(
                "disputed (reported and modelled volume on opposite sides of the minimum)"
            )
        return {str(unit): tuple(words) for unit, words in marks.items()}

    def minimum_in(self, service: Service) -> float:
        """The minimum that units are judged against, index admissions a year; 0 where nothing hangs on it and none is set."""
        if self.minimum is not None:
            return float(self.minimum)
        found = index_standard(service, self.kind)
        if found is None and self.by_volume:
            refuse([Fault(f"the service has no minimum for {self.kind}", cure="set scenario.minimum")], of=self._name)
        return found.minimum if found else 0.0

    def _refuse_unknown(self, service: Service) -> None:
        kinds = [kind for kind, given in service.units.gives.items() if given.any()]
        faults = [
            Fault("no unit gives this kind of care", kind, "given: " + ", ".join(kinds) + nearest_spelling(kind, kinds))
            for kind in (self.kind, *self.protect_kinds)
            if kind not in kinds
        ]
        known = set(service.units.id.tolist())
        faults += [
            Fault(f"unknown protected unit {u!r}" + nearest_spelling(u, known))
            for u in self.protected
            if u not in known
        ]
        error = service.region.volume_error
        if self.by_volume and self.volume == "modelled" and error > 0.05:
            faults.append(
                Fault(
                    f"unit volumes of region {service.region.name} are off by {100 * error:.1f} % against the finest level known, "
                    "too much to close by modelled volume",
                    cure="use region=england, or volume=reported",
                )
            )
        refuse([*faults, *self.needs(service)], of=self._name)

    def look(self, service: Service, at: float) -> Map:
        """The units judged as they are before anything closes."""
        units = np.flatnonzero(service.gives(self.kind) & service.is_open(at))
        minutes = unit_minutes(service.region.travel.area_site, service.units.site[units])
        demand = service.demand_at(at) * service.index_share
        seen = Map(service, at, units, minutes, demand, np.zeros(len(units)), np.ones(len(units), dtype=bool))
        if self.catchment == "choice":
            seen = replace(seen, worth=self._worth(service, units))
        if self.volume == "modelled":
            return seen
        reported = service.units.reported_volume[units]
        # What was reported is of all units that the table gives beds, at the demand it was made for; what has changed since is modelled.
        then = np.flatnonzero(service.gives(self.kind) & ~(service.units.beds == 0))
        way = unit_minutes(service.region.travel.area_site, service.units.site[then])
        was = replace(
            Map(service, at, then, way, service.areas.demand * service.index_share, np.zeros(len(then)), np.ones(len(then), dtype=bool)),
            worth=None if seen.worth is None else self._worth(service, then),
        )
        modelled = np.full(len(service.units), np.nan)
        modelled[then] = was.modelled
        known = ~np.isnan(reported) & ~np.isnan(modelled[units])
        return replace(seen, shift=np.where(known, reported - modelled[units], 0.0))

    def _worth(self, service: Service, units: np.ndarray) -> np.ndarray:
        """(A, W) what some units are worth to the patients of each area."""
        index = [group for group in service.groups if group.is_index and group.per_admission > 0]
        logit = next((found for group in index if (found := logit_of(service, group)) is not None), None)
        rule = "catchment=choice needs an allocation that is a choice"
        refuse([] if logit else [Fault(rule, service.allocation.rule.name, "add allocation=choice")], of=self._name)
        place = {int(unit): c for c, unit in enumerate(logit.unit)}
        made = np.zeros((len(service.areas), len(units)))
        for w, unit in enumerate(units.tolist()):
            if unit in place:
                made[:, w] = np.exp(logit.utility[:, place[unit]])
        return made

    def decide(self, service: Service, at: float = 0.0) -> Decision:
        """Which units close, in which order, and why others stay. Pure: the service is not changed."""
        self._refuse_unknown(service)
        minimum = self.minimum_in(service)
        start = seen = self.look(service, at)
        settled = None if self.repeats else self.closing(start)
        protected = self.protection(start)
        kept: dict[int, str] = {}
        order, at_closing, tied = [], [], set()
        while self.most is None or len(order) < self.most:
            may = seen.is_open & (self.closing(seen) if settled is None else settled)
            may[list(kept)] = False
            if not may.any():
                break
            candidates = np.flatnonzero(may)
            key = self.first(seen)[candidates]
            w = int(candidates[np.argmin(key)])
            reason = protected.get(w) or self._remote(seen, w) or _last_of_a_kind(seen, w)
            if reason:
                kept[w] = reason
                continue
            volume = float(seen.volume[w])
            lifted = self.by_volume and volume + seen.tied_demand(w) >= minimum
            if self.repeats and (lifted or (np.abs(key - key.min()) < 1e-9).sum() > 1):
                tied.add(w)
            order.append(w)
            at_closing.append(volume)
            seen = seen.without(w)
            refuse([] if seen.is_open.any() else [self._closes_all(minimum)])
        units, spread = start.units, _spread(len(service.units), start.units)
        reported = service.units.reported_volume[units]
        opposite = np.flatnonzero(~np.isnan(reported) & ((reported < minimum) != (start.modelled < minimum)))
        return Decision(
            tuple(int(units[w]) for w in order),
            tuple(at_closing),
            spread(start.modelled + start.shift),
            spread(np.where(seen.is_open, seen.modelled + seen.shift, np.nan)),
            spread(start.modelled),
            spread(reported),
            {int(units[w]): why for w, why in kept.items()},
            frozenset(int(units[w]) for w in tied),
            frozenset(int(units[w]) for w in opposite),
        )

    def _closes_all(self, minimum: float) -> Fault:
        if self.by_volume:
            return Fault(f"every {self.kind} unit is under {minimum:g} a year", cure="lower the minimum")
        return Fault(f"{self._name} would close every {self.kind} unit", cure="protect one, or set scenario.most")

    def protection(self, seen: Map) -> dict[int, str]:
        """The units judged (W) that never close, and why."""
        service, reasons = seen.service, {}
        derogated = _derogations(service, self.kind, seen.at)
        for w, u in enumerate(seen.units):
            unit = str(service.units.id[u])
            for kind in self.protect_kinds:
                if service.gives(kind)[u]:
                    reasons[w] = f"protected, gives {kind} care"
            if unit in derogated:
                reasons[w] = derogated[unit]
            if unit in self.protected:
                reasons[w] = f"protected, {self.protected[unit]}"
        return reasons

    def _remote(self, seen: Map, w: int) -> str:
        """Why a unit counts as small and remote; empty where it does not."""
        if not self.keep_remote:
            return ""
        of = seen.unit == w
        left = seen.without(w).is_open
        total = seen.demand[of].sum()
        if total <= 0 or not left.any():
            return ""
        _, to, _ = nearest(seen.minutes[of], left)
        share = seen.demand[of][~(to <= self.remote_minutes)].sum() / total
        return (
            f"small and remote, {100 * share:.0f} % of its patients would be beyond {self.remote_minutes:g} minutes"
            if share > self.remote_share
            else ""
        )


def closures(count: int, kind: str) -> str:
    """How many units close, in words.

    Examples
    --------
    >>> closures(2, "hyperacute"), closures(1, "hyperacute"), closures(0, "hyperacute")
    ('2 hyperacute units close', '1 hyperacute unit closes', 'no hyperacute unit closes')
    """
    return f"{count} {kind} units close" if count > 1 else f"{count or 'no'} {kind} unit closes"


def level_name(level: str) -> str:
    """A level of bodies as a sentence says it: ``ICB``, ``stroke network``."""
    return {"icb": "ICB", "icb_2026": "ICB of 2026", "sub_icb": "sub-ICB", "isdn": "stroke network"}.get(level, level)


def index_standard(service: Service, kind: str) -> Standard | None:
    """The standard that sets a least number of admissions for a kind of care: of index admissions, or else of what a stage counts where
    each patient has one (operations); None where there is none."""
    counts = [s for s in service.standards if s.kind == kind and s.is_count]
    return next((s for s in counts if s.counts == "index"), counts[0] if counts else None)


def _last_of_a_kind(seen: Map, w: int) -> str:
    """Why no other unit could give some kind of care that a pathway needs; empty where one can."""
    service, u, is_open = seen.service, seen.units[w], seen.all_open
    for kind in sorted({stage.kind for group in service.groups for stage in group.stages}):
        gives = service.gives(kind)
        if gives[u] and (gives & is_open).sum() == 1 and seen.is_open.sum() > 1:
            return f"no other open unit gives {kind} care"
    return ""


def _derogations(service: Service, kind: str, at: float) -> dict[str, str]:
    """By unit id, why a derogation from a standard of a kind keeps it open at a time."""
    names = {standard.name for standard in service.standards if standard.kind == kind}
    state = {(row.standard, row.unit): row for row in service.standing if row.standard in names}
    date = service.calendar.date(at)
    return {
        row.unit: f"{row.in_words} from {row.standard} ({row.source})"
        for row in state.values()
        if row.status == DEROGATED and (row.until is None or row.until >= date)
    }


def _spread(count: int, units: np.ndarray):
    def spread(value: np.ndarray) -> np.ndarray:
        full = np.full(count, np.nan)
        full[units] = value
        return full

    return spread
