"""A service: a region, the groups who need it, the kinds of care, the standards, and the dated changes of its units.

This is the value that a scenario turns into another. It holds no luck and decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from .allocation import Allocation
from .calendar import Calendar
from .demand import Demand
from .fault import Fault, is_number, is_whole, nearest_spelling, refuse
from .pathway import Group, Stage
from .places import Region
from .slots import SlotRule, WeeklySlots, slot_faults
from .standing import Standing

if TYPE_CHECKING:
    from .benefit import Benefit
    from .burden import Burden
    from .costs import Costs
    from .staffing import Staffing

WHAT = ("beds", "open", "slots")
"""What a dated change can set."""

_MOST_BEDS = 1_000_000


@dataclass(frozen=True)
class Change:
    """One dated change of one unit."""

    at: float
    """Days from the start of the run, 0 or more."""
    unit: str
    """The unit's id."""
    what: str
    """``beds``: beds in force; ``open``: 1 open or 0 closed to new patients; ``slots``: slots that come then and lapse."""
    value: int
    slot: str = ""
    """The sort of slot, where slots come."""


@dataclass(frozen=True, eq=False)
class WeeklyHours:
    """When in the week a unit takes new patients: (7, 24) bool, Monday first, whole hours."""

    is_open: np.ndarray

    def __post_init__(self):
        table = np.array(self.is_open, dtype=bool)
        refuse([] if table.shape == (7, 24) else [Fault("weekly hours are 7 days of 24 hours", table.shape)])
        table.flags.writeable = False
        object.__setattr__(self, "is_open", table)

    @property
    def mean_wait(self) -> float:
        """Days from a moment taken anywhere in the week to the next hour inside; infinite where there is none.

        Examples
        --------
        >>> nine_to_five = np.zeros((7, 24), dtype=bool)
        >>> nine_to_five[:, 9:17] = True
        >>> round(24 * WeeklyHours(nine_to_five).mean_wait, 2)  # 16 hours of 24, each half of them
        5.33
        """
        inside = np.flatnonzero(self.is_open)
        if not len(inside):
            return np.inf
        gap = np.diff(np.append(inside, inside[0] + 168)) - 1  # hours outside after each hour inside
        return float((gap**2).sum() / 2 / 168 / 24)


@dataclass(frozen=True)
class NewProvider:
    """From a date another trust runs a unit and receives its income."""

    at: float
    """Days from the start of the run, 0 or more."""
    unit: str
    """The unit's id."""
    provider: str


@dataclass(frozen=True)
class Promise:
    """An investment that is to keep a unit open: what it rests on, what it costs, and what happens if it is broken."""

    unit: str
    """The unit's id."""
    by: float
    """Days from the start of the run: when it is due."""
    target: float
    """Index admissions a year to be reached."""
    volume: float
    """Index admissions a year expected at that date without it."""
    growth: float
    """Further index admissions a year from growth."""
    from_units: Mapping[str, float]
    """Index admissions a year taken from other units, by their ids."""
    beds: int
    """Staffed beds added."""
    staff: float
    """Whole-time equivalents added."""
    cost_gbp: float
    """GBP a year while it runs."""
    capital_gbp: float
    """GBP once, when it is due."""
    chance: float
    """The stated chance that it is kept."""
    is_kept: bool
    """Whether this option takes it as kept."""
    fallback: str
    """What happens where it is not: ``close`` or ``stay``."""
    pushed_under: tuple[str, ...]
    """Units that it pushes under their minimum."""

    @property
    def expected(self) -> float:
        """Index admissions a year at the date if it is kept."""
        return self.volume + self.growth + sum(self.from_units.values())


@dataclass(frozen=True)
class Standard:
    """Something units that give a kind should meet: a minimum of admissions or procedures a year, in all or for each operator, or of
    what a column of the units table says (surgeons in the team; 1 for a co-located service)."""

    name: str
    kind: str
    """The kind of care whose units are held to it."""
    counts: str
    """What is counted: ``index`` admissions, or the ``counts`` label of a stage (for example ``thrombectomy``)."""
    minimum: float
    """A year."""
    source: str
    confidence: str = ""
    maximum: float = np.inf
    """A year: the upper planning limit."""
    window_years: float = 1.0
    """The averaging window."""
    per: str = ""
    """A column of the units table with the number of operators (surgeons), each of whom should reach the minimum; empty for the unit."""
    per_if_unknown: float = np.nan
    """How many operators are taken for a unit of which the table says nothing; NaN for none, which leaves the standard open."""
    column: str = ""
    """A column of the units table that should reach the minimum, in place of a count; empty for a count."""

    @property
    def is_count(self) -> bool:
        """Whether it is a plain minimum of what a unit does in a year."""
        return not (self.per or self.column)

    def short(self, least: str) -> str:
        """Units that fall short of it, in words; ``least`` is the minimum in words.

        Examples
        --------
        >>> Standard("s", "hyperacute", "index", 600, "").short("600")
        'hyperacute units under 600 a year'
        >>> Standard("s", "heart", "operation", 125, "", per="surgeons").short("125")
        'heart units under 125 operation a year for each of their surgeons'
        >>> Standard("s", "heart", "", 1, "", column="children_on_site").short("1")
        'heart units under 1 children on site'
        """
        if self.column:
            return f"{self.kind} units under {least} {self.column.replace('_', ' ')}"
        of_what = "" if self.counts == "index" else f" {self.counts}"
        each = f" for each of their {self.per}" if self.per else ""
        return f"{self.kind} units under {least}{of_what} a year{each}"


@dataclass(frozen=True)
class Parameter:
    """A number (or law) of the service, with where it comes from."""

    name: str
    value: object
    unit: str
    source: str
    confidence: str
    """high, medium or low."""
    basis: str
    """seen in the source, derived from it, from memory, or an assumption."""
    note: str = ""
    low: float | None = None
    """The lower end of its 95 % interval; None where it is taken as certain."""
    high: float | None = None
    """The upper end."""
    interval: str = ""
    """How the interval was got."""
    contrary: str = ""
    """Evidence against it, named."""
    price_year: str = ""
    """Of an amount in GBP, the year whose pounds it is in, where that is known."""

    @property
    def is_guess(self) -> bool:
        """Whether tables that use it must mark it."""
        return self.confidence == "low" or self.basis in ("assumption", "memory")


@dataclass(frozen=True, eq=False)
class Service:
    """A specialised service in a region, from the start of the run on."""

    name: str
    region: Region
    groups: tuple[Group, ...]
    standards: tuple[Standard, ...] = ()
    access_kind: str = ""
    """The kind of care that access is measured to: the first unit that treats."""
    threshold_minutes: tuple[float, ...] = (30.0, 45.0, 60.0)
    """The service's access thresholds."""
    calendar: Calendar = Calendar(date(2026, 4, 1))
    """The first day of the run."""
    demand: Demand = field(default_factory=Demand)
    changes: tuple[Change, ...] = ()
    """Dated changes of units; of two at the same time for the same thing, the later in the tuple holds."""
    hours: Mapping[str, WeeklyHours] = field(default_factory=dict)
    """Opening hours of the units that have any, by unit id."""
    discharge: WeeklyHours | None = None
    """When in the week staff discharge; None for at all hours."""
    allocation: Allocation = Allocation()
    """Which unit a patient tries first; `allocation.with_allocation` checks one against the service."""
    blocked_first: bool = False
    """Whether, at equal priority, one who blocks another unit's bed goes first."""
    parameters: tuple[Parameter, ...] = ()
    """Every number used, with its source."""
    of_pathways: tuple[str, ...] = ()
    """Names of the parameters that pathways are made of: on them rests whatever is simulated."""
    costs: Costs | None = None
    """What care costs; None where it is not known."""
    benefit: Benefit | None = None
    """What treatment in time brings; None where it is not known."""
    burden: Burden | None = None
    """What journeys cost patients, visitors and the climate; None where it is not known."""
    staffing: Staffing | None = None
    """How many staff beds and units need; None where it is not known."""
    treated: str = ""
    """The label of the stage reported per 100 eligible (thrombectomy); empty for none."""
    eligible_share: float | None = None
    """The share of index admissions eligible for it."""
    need: Mapping[str, float] = field(default_factory=dict)
    """Admissions per 100,000 a year by share of the population (``share_80_plus``), and the ratio per 10 points of ``deprivation``."""
    growth: Mapping[str, float] = field(default_factory=dict)
    """Expected growth a year (share): of ``admissions``, and of the people in each share of the population (``share_80_plus``)."""
    warning: tuple[str, ...] = ()
    """What every output on this service must say, beside what its region must."""
    beds_rule: str = ""
    """How beds were sized where no table gives them; empty where all beds are a user's own."""
    history: tuple[str, ...] = ()
    """What scenarios did to the service, one sentence each, in order."""
    marks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What scenarios have to say of single units (kept, and why; closed, and at what volume), by unit id."""
    standing: tuple[Standing, ...] = ()
    """What is known of units against standards, beside their volumes; of two rows on the same, the later holds."""
    slots: tuple[WeeklySlots, ...] = ()
    """Theatre lists and the like that come to units week by week; those of one unit and sort add up."""
    slot_rules: tuple[SlotRule, ...] = ()
    """How slots of each sort are laid out (`study.sizing.size_slots`)."""
    new_providers: tuple[NewProvider, ...] = ()
    """Dated changes of who runs a unit; of two at the same time for the same unit, the later in the tuple holds."""
    promises: tuple[Promise, ...] = ()
    """Investments that scenarios promise, for whoever adds up what they cost."""

    def __post_init__(self):
        refuse(_faults(self), of=f"service {self.name}")

    @property
    def areas(self):
        """The areas of the region."""
        return self.region.areas

    @property
    def sites(self):
        """The sites of the region."""
        return self.region.sites

    @property
    def units(self):
        """The units of the region."""
        return self.region.units

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind of care that a stage asks for or a unit gives, in a fixed order."""
        asked = [stage.kind for group in self.groups for stage in group.stages]
        return tuple(dict.fromkeys([*asked, *self.units.gives]))

    @property
    def index_share(self) -> float:
        """Index patients an admission of an area's demand, over all groups."""
        return sum(group.per_admission for group in self.groups if group.is_index)

    def index_stage(self, group: Group) -> Stage:
        """The stage at whose unit a group's patients count as index admissions: the first of the kind that access is measured to,
        or the first of all where none is (a patient may come to another hospital before the one that treats)."""
        return next((stage for stage in group.stages if stage.kind == self.access_kind), group.stages[0])

    def gives(self, kind: str) -> np.ndarray:
        """(U,) bool: whether each unit gives a kind."""
        return self.units.gives.get(kind, np.zeros(len(self.units), dtype=bool))

    def standard_like(self, standard: Standard) -> Standard:
        """The service's own standard of the same name, which a scenario may have changed; the one given where it has none."""
        return next((own for own in self.standards if own.name == standard.name), standard)

    def unit_index(self, unit: str, of: str = "") -> int:
        """The row of a unit; an unknown one is refused with the nearest spelling."""
        found = np.flatnonzero(self.units.id == unit)
        if not len(found):
            refuse(
                [Fault(f"unknown unit {unit!r}" + (f" in {of}" if of else "") + nearest_spelling(unit, self.units.id))]
            )
        return int(found[0])

    def is_open(self, at: float = 0.0) -> np.ndarray:
        """(U,) bool: whether each unit takes new patients at a time, opening hours apart."""
        state = np.ones(len(self.units), dtype=bool)
        for change in sorted((c for c in self.changes if c.what == "open" and c.at <= at), key=lambda c: c.at):
            state[self.unit_index(change.unit)] = bool(change.value)
        return state

    def beds(self, at: float = 0.0) -> np.ndarray:
        """(U,) beds in force at a time; NaN where they are not known yet."""
        beds = np.array(self.units.beds)
        for change in sorted((c for c in self.changes if c.what == "beds" and c.at <= at), key=lambda c: c.at):
            beds[self.unit_index(change.unit)] = change.value
        return beds

    def provider(self, at: float = 0.0) -> np.ndarray:
        """(U,) text: the trust that runs each unit at a time."""
        provider = self.units.provider.astype(object)
        for change in sorted((c for c in self.new_providers if c.at <= at), key=lambda c: c.at):
            provider[self.unit_index(change.unit)] = change.provider
        return provider.astype(str)

    def demand_at(self, at: float = 0.0) -> np.ndarray:
        """(A,) the areas' demand at a time as their index patients have it, with growth and without seasons."""
        index = [group for group in self.groups if group.is_index and group.per_admission > 0]
        if not (index and (self.demand.factors or self.demand.growth)):
            return self.areas.demand
        trend = [self.demand.trend(at, len(self.areas), group.name) for group in index]
        return self.areas.demand * np.average(trend, axis=0, weights=[group.per_admission for group in index])

    def open_states(self, horizon: float) -> tuple[np.ndarray, ...]:
        """Every (U,) map of units that take new patients at some moment before the horizon, opening hours included."""
        inside = self._inside_hours()
        states = [self.is_open(at) & hours for at in self.epochs(horizon) for hours in inside]
        return tuple({state.tobytes(): state for state in states}.values())

    def _inside_hours(self) -> np.ndarray:
        """(hours of the week that differ, U) bool: the units inside their opening hours."""
        inside = np.ones((168, len(self.units)), dtype=bool)
        for unit, hours in self.hours.items():
            inside[:, self.unit_index(unit)] = hours.is_open.reshape(-1)
        return np.unique(inside, axis=0) if self.hours else inside[:1]

    def epochs(self, horizon: float) -> tuple[float, ...]:
        """The times, 0 first, at which the map of open units changes before the horizon."""
        return tuple(sorted({0.0, *(c.at for c in self.changes if c.what == "open" and c.at < horizon)}))

    def with_units(self, **columns) -> Service:
        """The service with some columns of its units replaced."""
        return replace(self, region=replace(self.region, units=replace(self.units, **columns)))

    def with_changes(
        self, *changes: Change, said: str = "", marks: Mapping[str, tuple[str, ...]] | None = None
    ) -> Service:
        """The service with further dated changes, and what is to be said of them."""
        merged = dict(self.marks)
        for unit, words in (marks or {}).items():
            merged[unit] = (*merged.get(unit, ()), *words)
        history = (*self.history, said) if said else self.history
        return replace(self, changes=(*self.changes, *changes), history=history, marks=merged)


def _faults(service: Service) -> list[Fault]:
    """What must hold of any service, whoever built it."""
    faults: list[Fault] = []
    units = set(service.units.id.tolist())
    for change in service.changes:
        if change.unit not in units:
            faults.append(
                Fault(f"a change names an unknown unit {change.unit!r}" + nearest_spelling(change.unit, units))
            )
        if not is_number(change.at, 0):
            faults.append(Fault(f"a change of {change.unit} must fall at or after the start of the run", change.at))
        if change.what not in WHAT:
            faults.append(Fault("a change sets one of " + ", ".join(WHAT), change.what))
        if not is_whole(change.value, 0, _MOST_BEDS):
            faults.append(Fault(f"a change of {change.unit} needs a whole number, 0 or more", change.value))
    faults += slot_faults(service.slots, units)
    faults += [
        Fault(f"opening hours name an unknown unit {u!r}" + nearest_spelling(u, units))
        for u in service.hours
        if u not in units
    ]
    if service.discharge is not None and not service.discharge.is_open.any():
        faults.append(Fault("staff must discharge at some hour of the week"))
    for group in service.groups:
        for stage in group.stages:
            if not service.gives(stage.kind).any():
                known = [kind for kind, given in service.units.gives.items() if given.any()]
                faults.append(
                    Fault(
                        f"group {group.name} stage {stage.name} asks for a kind of care that no unit gives",
                        stage.kind,
                        "given: " + ", ".join(known) + nearest_spelling(stage.kind, known),
                    )
                )
    many = np.array(service.units.beds) > _MOST_BEDS
    faults += [Fault(f"beds of {unit} must be at most {_MOST_BEDS:,}") for unit in service.units.id[many]]
    if not service.areas.demand.sum() > 0:
        faults.append(Fault("no area has demand", cure="give admissions a year in areas.csv"))
    if not any(group.per_admission > 0 for group in service.groups):
        faults.append(Fault("no group has patients", cure="give a group a per_admission above 0"))
    names = [group.name for group in service.groups]
    faults += [Fault("two groups have one name", name) for name in sorted({n for n in names if names.count(n) > 1})]
    faults += _closed_kinds(service) if not faults else []
    return faults


def _closed_kinds(service: Service) -> list[Fault]:
    """A kind that somebody needs must be open somewhere in every epoch."""
    needed = {stage.kind for group in service.groups for stage in group.stages}
    faults = [
        Fault(f"no unit that gives {kind} is open from day {at:g}", cure="leave one open, or open one by then")
        for at in service.epochs(np.inf)
        for kind in sorted(needed)
        if not (service.gives(kind) & service.is_open(at)).any()
    ]
    if service.hours and not faults:
        states = service.open_states(np.inf)
        faults = [
            Fault(f"at some hour of the week no unit that gives {kind} takes patients", cure="leave one open then")
            for kind in sorted(needed)
            if not all((service.gives(kind) & state).any() for state in states)
        ]
    return faults
