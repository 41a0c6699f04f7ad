"""Keep with investment: a promise that a small unit will reach its minimum, with all that it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from sim.measures.load import expected_load
from sim.service.allocation import Catchment, Nearest, with_allocation
from sim.service.demand import Factor
from sim.service.extend import NewUnit, with_new_units
from sim.service.fault import Fault, is_whole, refuse
from sim.service.flows import AREA, Flows
from sim.service.service import Change, Promise, Service
from sim.service.slots import WeeklySlots, slots_at
from sim.service.standing import DEROGATED, Standing

from .beds import fate_faults, shifted_beds
from .close import Close
from .close_small_units import CloseSmallUnits
from .find import Finder, number_fault
from .rules import Map, index_standard
from .theatres import renamed_slots

FALLBACKS = ("close", "stay")
EXPECTED = "expected"


@dataclass(frozen=True)
class KeepWithInvestment:
    """A unit under the minimum stays on a promise to reach it: from growth and from other units' patients, by a date, at a cost.

    Patients of other units come by designation: of the areas that go to a named unit, those with the least to lose are sent to
    this one, as many whole areas as it takes. Who is sent where cannot change in mid-run, so where the promise is due later, the
    unit closes at that date and opens again as ``<unit>-KEPT``, to which those areas are designated from then on; what is in its beds
    stays there. A promise that is broken ends in the stated fallback at the same date.
    """

    unit: str | None = None
    """The unit's id; None for the unit that lacks least, comprehensive centres apart."""
    growth: float = 0.0
    """Further index admissions a year from growth in its own catchment, from the date on."""
    from_units: Mapping[str, float] | None = None
    """By unit id, index admissions a year that come from it; None for what is lacking, from whoever has least to lose."""
    beds_added: int = 0
    """Staffed beds that it gets."""
    slots_a_week: float | None = None
    """Theatre slots a week that it gets, where its patients need them; None for as many as its further patients ask for, with the spare
    that there is today."""
    staff: float = 0.0
    """Whole-time equivalents that it gets."""
    cost_gbp: float | None = None
    """GBP a year, which must be said of beds and staff; None for nothing."""
    capital_gbp: float = 0.0
    """GBP once."""
    chance: float | None = None
    """The chance, as promised or as judged, that the promise is kept; None where nobody says."""
    kept: object = True
    """``true``, ``false``, or ``expected``: kept where its chance is one half or more."""
    fallback: str = "close"
    """What a broken promise ends in: ``close``, or ``stay`` as it is."""
    target: float | None = None
    """Index admissions a year to be reached; None for the minimum of the service's standard."""
    kind: str = "hyperacute"
    """The kind of care whose minimum is at stake."""
    beds: str = "moved"
    """What becomes of the beds where it closes: ``moved``, ``resized`` or ``lost``."""
    at: object = 0
    """When it is due: a date or days from the start of the run."""

    def __post_init__(self):
        faults = [
            f
            for name in ("growth", "staff", "capital_gbp")
            for f in number_fault(name, getattr(self, name), 0)
        ]
        if self.cost_gbp is None:
            bought = [name for name in ("beds_added", "staff") if getattr(self, name)]
            rule = f"a promise of {' and '.join(bought)} names what they cost: cost_gbp must be given"
            faults += [Fault(rule, cure="set scenario.cost_gbp=... (GBP a year)")] if bought else []
        else:
            faults += number_fault("cost_gbp", self.cost_gbp, 0)
        faults += fate_faults(self.beds, "how many it gets is beds_added")
        if not is_whole(self.beds_added, 0):
            faults.append(Fault("beds_added must be a whole number, 0 or more", self.beds_added))
        faults += [] if self.slots_a_week is None else number_fault("slots_a_week", self.slots_a_week, 0)
        faults += [] if self.chance is None else number_fault("chance", self.chance, 0, 1)
        faults += [] if self.target is None else number_fault("target", self.target, 0)
        if not (isinstance(self.kept, bool) or self.kept == EXPECTED):
            faults.append(Fault("kept is true, false or expected", self.kept))
        if self.kept == EXPECTED and self.chance is None:
            faults.append(Fault("kept can be expected only where a chance is given", cure="set scenario.chance"))
        if self.fallback not in FALLBACKS:
            faults.append(Fault("fallback is one of " + ", ".join(FALLBACKS), self.fallback))
        if not isinstance(self.from_units or {}, Mapping):
            faults.append(Fault("from_units is admissions a year by unit", self.from_units, "as {Ashford: 120}"))
        else:
            faults += [
                f for k, v in (self.from_units or {}).items() for f in number_fault(f"admissions from {k}", v, 0)
            ]
        refuse(faults, of="KeepWithInvestment")

    def __call__(self, service: Service) -> Service:
        at, seen, w, target = self._look(service)
        unit = str(service.units.id[seen.units[w]])
        volume = float(seen.volume[w])
        sources = {str(k): float(v) for k, v in (self.from_units or {}).items()}
        areas, moved = self._areas(seen, w, target - volume - self.growth, sources)
        standard = index_standard(service, self.kind)
        after = np.array([seen.volume[v] - moved.get(v, 0.0) for v in range(len(seen.units))])
        minimum = standard.minimum if standard else 0.0
        under = [str(service.units.id[seen.units[v]]) for v in moved if after[v] < minimum <= seen.volume[v]]
        is_kept = self.chance >= 0.5 if self.kept == EXPECTED else bool(self.kept)
        promise = Promise(
            unit, at, target, volume, float(self.growth),
            {str(service.units.id[seen.units[v]]): count for v, count in moved.items()},
            int(self.beds_added), float(self.staff), float(self.cost_gbp or 0), float(self.capital_gbp),
            np.nan if self.chance is None else float(self.chance), is_kept, self.fallback, tuple(under),
        )  # fmt: skip
        option = self._kept(service, seen, w, areas, promise) if is_kept else self._broken(service, promise)
        option = replace(option, promises=(*option.promises, promise))
        return option.with_changes(said=_sentence(promise), marks=_marks(promise))

    def _look(self, service: Service) -> tuple[float, Map, int, float]:
        """The date, the units of the kind then, which of them it is about, and the target."""
        find = Finder(service, self)
        at = find.day(self.at)
        rule = CloseSmallUnits(kind=self.kind, minimum=self.target)
        find.kinds((self.kind,))
        if not isinstance(service.allocation.rule, (Nearest, Catchment)):
            find.fault(
                "patients of other units can be designated only where all go to the nearest unit, or to designated ones",
                service.allocation.rule.name,
                "use allocation nearest or catchment",
            )
        rows = find.open_units(() if self.unit is None else (self.unit,), at)
        others = find.open_units(self.from_units or (), at)
        find.refuse()
        for u in (*rows, *others):
            if not service.gives(self.kind)[u]:
                find.fault(f"{service.units.id[u]} gives no {self.kind} care")
        if len(rows) and rows[0] in others:
            find.fault("a unit cannot get patients from itself", self.unit)
        find.refuse()
        target, seen = rule.minimum_in(service), rule.look(service, at)
        if len(rows):
            return at, seen, int(np.flatnonzero(seen.units == rows[0])[0]), target
        small = [w for w in np.flatnonzero(seen.volume < target) if w not in rule.protection(seen)]
        refuse(
            [] if small else [Fault(f"no unit that may close is under {target:g} a year", cure="name a unit")], find.of
        )
        return at, seen, max(small, key=lambda w: seen.volume[w]), target

    def _areas(
        self, seen: Map, w: int, lacking: float, sources: dict[str, float]
    ) -> tuple[np.ndarray, dict[int, float]]:
        """The areas designated to the unit, and by unit judged (W) the index admissions a year that it loses."""
        names = seen.column(seen.service.units.id).tolist()
        with np.errstate(invalid="ignore"):
            longer = seen.minutes[:, w] - seen.minutes[np.arange(len(seen.demand)), np.maximum(seen.unit, 0)]
        order = np.argsort(longer, kind="stable")
        may = (seen.unit >= 0) & (seen.unit != w) & ~np.isnan(longer) & (seen.demand > 0)
        wanted = {names.index(unit): count for unit, count in sources.items()} if sources else {-1: max(0.0, lacking)}
        if self.from_units is not None and not sources:
            wanted = {}
        areas, faults = [], []
        for v, count in wanted.items():
            of = order[may[order] & ((seen.unit[order] == v) if v >= 0 else True)]
            reached = np.cumsum(seen.demand[of])
            if count > 0 and (not len(of) or reached[-1] < count * (1 - 1e-9)):
                there = reached[-1] if len(of) else 0.0
                faults.append(
                    Fault(
                        f"{names[v] if v >= 0 else 'the other units'} has {there:.0f} admissions a year to give", count
                    )
                )
                continue
            areas += of[: int(np.searchsorted(reached, count * (1 - 1e-9))) + 1].tolist() if count > 0 else []
        refuse(faults, of="KeepWithInvestment")
        lost = np.bincount(seen.unit[areas], seen.demand[areas], len(names)) if areas else np.zeros(len(names))
        return np.array(areas, dtype=int), {int(v): float(lost[v]) for v in np.flatnonzero(lost)}

    def _kept(self, service: Service, seen: Map, w: int, areas: np.ndarray, promise: Promise) -> Service:
        unit, at, u = promise.unit, promise.by, int(seen.units[w])
        option, now = service, unit
        if len(areas) and at > 0:
            now = f"{unit}-KEPT"
            units, beds = service.units, int(service.beds(at)[u])
            kinds = tuple(kind for kind, given in units.gives.items() if given[u])
            provider = str(service.provider(at)[u])
            new = NewUnit(now, f"{units.name[u]} (kept)", int(units.site[u]), kinds, beds, provider)
            option = with_new_units(option, [new], at)
            option = option.with_changes(Change(at, unit, "open", 0), Change(at, unit, "beds", 0))
            option = replace(option, slots=renamed_slots(option.slots, unit, now, at))
        if len(areas):
            option = _designated(option, service.areas.id[areas], now)
        if promise.beds:
            option = option.with_changes(*shifted_beds(option, {now: promise.beds}, at))
        if promise.growth:
            own = seen.unit == w
            share = promise.growth / max(seen.demand[own].sum(), 1e-300)
            factor = Factor(value=1 + share * own, since=at)
            option = replace(option, demand=replace(option.demand, factors=(*option.demand.factors, factor)))
        return replace(option, slots=(*option.slots, *self._more_slots(service, option, unit, now, at)))

    def _more_slots(self, service: Service, option: Service, unit: str, now: str, at: float) -> list[WeeklySlots]:
        """The slots that the unit gets, by sort."""
        made = []
        was, then = expected_load(service, None, at).slots, expected_load(option, None, at).slots
        for sort in dict.fromkeys(each.sort for each in service.slots):
            gain = then[sort][option.unit_index(now)] - was[sort][service.unit_index(unit)]
            come = slots_at(service.slots, sort, service.units.id, at).sum()
            more = max(0.0, gain) * come / max(was[sort].sum(), 1e-300) if self.slots_a_week is None else self.slots_a_week
            hours = next(each.hours for each in service.slots if each.sort == sort)
            made += [WeeklySlots(now, sort, float(more), hours, since=at)] if more > 1e-9 else []
        return made

    def _broken(self, service: Service, promise: Promise) -> Service:
        standard = index_standard(service, self.kind)
        if promise.fallback == "close":
            closed = Close((promise.unit,), promise.by, self.beds)(service)
            return replace(closed, history=service.history, marks=service.marks)
        last = service.calendar.date(promise.by)
        row = [Standing(standard.name, promise.unit, DEROGATED, "a promise that was broken", last)] if standard else []
        return replace(service, standing=(*service.standing, *row))


def _designated(service: Service, areas: np.ndarray, unit: str) -> Service:
    """The service with areas designated to a unit, on top of what is designated already."""
    rule = service.allocation.rule
    rows = [(AREA, str(area), unit, 1.0) for area in areas]
    if isinstance(rule, Catchment):
        old = zip(
            *(column.tolist() for column in (rule.flows.level, rule.flows.place, rule.flows.unit, rule.flows.share))
        )
        sent = {area for _, area, _, _ in rows}
        rows += [row for row in old if not (row[0] == AREA and row[1] in sent)]
    level, place, units, share = map(np.array, zip(*rows))
    flows = Flows(level, place, units, share, "designated by a promise")
    return with_allocation(service, replace(service.allocation, rule=Catchment(flows)))


def _sources(promise: Promise) -> str:
    said = [f"growth {promise.growth:.0f}"] if promise.growth else []
    said += [f"{unit} {count:.0f}" for unit, count in promise.from_units.items()]
    return ", ".join(said) or "nobody"


def _sentence(promise: Promise) -> str:
    chance = "no chance stated" if np.isnan(promise.chance) else f"chance {100 * promise.chance:.0f} %"
    state = "kept" if promise.is_kept else f"broken; the fallback is to {promise.fallback}"
    becomes = (
        f"{promise.volume:.0f} a year becomes {promise.expected:.0f} of {promise.target:g} (from {_sources(promise)})"
    )
    price = f"GBP {promise.cost_gbp:,.0f} a year and {promise.capital_gbp:,.0f} once"
    said = f"{promise.unit} stays on a promise due on day {promise.by:g}: {becomes}, beds {promise.beds}, "
    said += f"staff {promise.staff:g}, {price}; {chance}; here taken as {state}."
    if promise.expected < promise.target * (1 - 1e-9):
        said += " Even if it is kept the target is not reached."
    if promise.pushed_under:
        said += f" It pushes under their minimum: {', '.join(promise.pushed_under)}."
    return said


def _marks(promise: Promise) -> dict[str, tuple[str, ...]]:
    state = "a promise kept" if promise.is_kept else f"a promise broken: {promise.fallback}"
    marks = {promise.unit: (f"{state}, {promise.expected:.0f} of {promise.target:g} a year expected with it",)}
    for unit, count in promise.from_units.items():
        pushed = ", which puts it under its minimum" if unit in promise.pushed_under else ""
        marks[unit] = (f"is to lose {count:.0f} a year to {promise.unit}{pushed}",)
    return marks
