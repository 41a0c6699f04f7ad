"""Allocation: which unit takes a patient first. A choice of the service's, because it changes the answer.

Sending everybody to the nearest unit understated the travel burden of every closure that Aggarwal et al. studied (2020, Cancer
Medicine); so the rule is said, and others stand beside it. It holds for the first stage of each group (``groups`` narrows it) and
knows nothing of beds: `journeys` turns it into the order in which units are tried, which ignores whether they are open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from .fault import Fault, is_number, nearest_spelling, refuse, settings, words
from .flows import Flows, read_flows
from .places import Columns, Units
from .source import Source

if TYPE_CHECKING:
    from .service import Service

_NO_LIMIT = 1e5
"""An allowable delay in minutes that no journey in a country reaches."""

LOCAL_CARE = ("own", "nearest")
"""Where care near home is given to a patient whom the rule gave a unit of their own: there, or at the unit nearest to home."""


@dataclass(frozen=True)
class Nearest:
    """Least travel time among open units of the kind."""

    name: ClassVar[str] = "nearest"

    @property
    def sentence(self) -> str:
        """The rule as outputs say it."""
        return "patients go to the nearest open unit"


@dataclass(frozen=True)
class Bypass:
    """Straight to the higher tier if it adds no more than some minutes, else to the nearest lower tier.

    It is decided before diagnosis: it applies to every suspected case, or to those positive on a prehospital test. At
    exactly so many minutes (in whole tenths) the higher tier is taken; of two units of one tier equally far, the one listed first.
    """

    name: ClassVar[str] = "bypass"
    minutes: float
    """The allowable delay: how much longer than to the nearest unit of the lower tier the way may be."""
    to: str = "comprehensive"
    """The kind of care that makes a unit one of the higher tier."""
    sensitivity: float | None = None
    """Of the prehospital test: the share positive among those who need the higher tier; None for no test."""
    specificity: float | None = None
    """Of the prehospital test: the share negative among all others; None for no test."""
    needed_by: tuple[str, ...] = ()
    """The groups that need the higher tier; empty for those with a stage of that kind."""

    def __post_init__(self):
        object.__setattr__(self, "needed_by", words(self.needed_by, "allocation needed_by"))
        faults = []
        if not is_number(self.minutes, 0, 1e6):
            faults.append(Fault("minutes must be a number, 0 to 1,000,000", self.minutes))
        if (self.sensitivity is None) != (self.specificity is None):
            faults.append(Fault("a prehospital test needs both sensitivity and specificity", cure="give both or none"))
        for what in ("sensitivity", "specificity"):
            if getattr(self, what) is not None and not is_number(getattr(self, what), 0, 1):
                faults.append(Fault(f"{what} must be a number, 0 to 1", getattr(self, what)))
        refuse(faults, of="allocation bypass")

    @property
    def has_test(self) -> bool:
        """Whether it applies only to those positive on a prehospital test."""
        return self.sensitivity is not None

    @property
    def sentence(self) -> str:
        """The rule as outputs say it."""
        said = f"straight to a {self.to} unit where that adds no more than {self.minutes:g} minutes, else to the nearest unit"
        said = f"straight to the nearest {self.to} unit, however far" if self.minutes >= _NO_LIMIT else said
        if not self.has_test:
            return said + "; every suspected case"
        if self.sensitivity == self.specificity == 1:
            return said + "; perfect triage, which is a bound and not to be had"
        return said + (
            f"; those positive on a prehospital test of sensitivity {self.sensitivity:g} and specificity {self.specificity:g}"
        )


@dataclass(frozen=True, eq=False)
class Observed:
    """The flows given in a table; patients of a closed unit, and only they, move to the nearest left."""

    name: ClassVar[str] = "observed"
    flows: Flows

    @property
    def sentence(self) -> str:
        """The rule as outputs say it."""
        return f"patients go where the flows of {self.flows.file} say; those of a closed unit to the nearest left"


@dataclass(frozen=True, eq=False)
class Catchment:
    """A body or area sends its patients to a named unit; when that is closed, and elsewhere, they go to the nearest."""

    name: ClassVar[str] = "catchment"
    flows: Flows
    """One unit a place."""

    @property
    def sentence(self) -> str:
        """The rule as outputs say it."""
        return f"patients go to the unit their area is designated to ({self.flows.file}), else to the nearest"


@dataclass(frozen=True, eq=False)
class Choice:
    """Conditional logit on minutes and unit attributes (McFadden 1974), with luck that each patient keeps under every option."""

    name: ClassVar[str] = "choice"
    minutes: float
    """Utility a minute of travel, 0 or less."""
    log_minutes: float = 0.0
    """Utility a unit of ln(1 + minutes), 0 or less."""
    attributes: Mapping[str, float] = field(default_factory=dict)
    """Utility a unit of a number known of units (``adult_neurosurgery``), or of giving a kind of care (``comprehensive``)."""
    constants: Mapping[str, float] = field(default_factory=dict)
    """Utility of single units, by id; 0 where none is given."""

    def __post_init__(self):
        for name in ("attributes", "constants"):
            object.__setattr__(self, name, Columns(settings(getattr(self, name), f"allocation choice {name}")))
        faults = [
            Fault(f"{name} must be a number, 0 or less", getattr(self, name))
            for name in ("minutes", "log_minutes")
            if not is_number(getattr(self, name), most=0)
        ]
        faults += [
            Fault(f"{name} of {key} must be a number", value)
            for name in ("attributes", "constants")
            for key, value in getattr(self, name).items()
            if not is_number(value)
        ]
        refuse(faults, of="allocation choice")

    @property
    def sentence(self) -> str:
        """The rule as outputs say it."""
        said = f"patients choose by conditional logit: utility {self.minutes:g} a minute"
        said += f", {self.log_minutes:g} a unit of ln(1 + minutes)" if self.log_minutes else ""
        said += "".join(f", {value:+g} by {name}" for name, value in self.attributes.items())
        return said + (f", and a constant for each of {len(self.constants)} units" if self.constants else "")


Rule = Nearest | Bypass | Observed | Catchment | Choice
RULES = ("nearest", "bypass", "observed", "catchment", "choice")
"""What `Allocation.read` knows, by name."""


@dataclass(frozen=True, eq=False)
class Allocation:
    """Where patients may go: a rule, whom it holds for, and whether full units are passed over."""

    rule: Rule = Nearest()
    groups: tuple[str, ...] = ()
    """The groups it holds for, the others go to the nearest; empty for all, mimics and haemorrhage too."""
    local_care: str = "own"
    """Later stages ranked from home: ``own``: at the unit that the rule gave the patient, where it gives that care (observed,
    catchment, choice); ``nearest`` to home."""
    diversion_minutes: float | None = None
    """On top of the rule: full units are passed over within so many minutes more than to the first open one; None for never."""
    diversion_kinds: tuple[str, ...] = ()
    """The kinds of care whose stages divert; empty for those that groups start with."""
    note: str = ""
    """What is to be said of it besides: how it was calibrated."""

    def __post_init__(self):
        for name in ("groups", "diversion_kinds"):
            object.__setattr__(self, name, words(getattr(self, name), f"allocation {name}"))
        faults = []
        if self.local_care not in LOCAL_CARE:
            faults.append(
                Fault(
                    "local_care is one of " + ", ".join(LOCAL_CARE) + nearest_spelling(self.local_care, LOCAL_CARE),
                    self.local_care,
                )
            )
        if self.diversion_minutes is not None and not is_number(self.diversion_minutes, 0):
            faults.append(Fault("diversion_minutes must be a number, 0 or more", self.diversion_minutes))
        refuse(faults, of="allocation")

    @classmethod
    def read(cls, given: Mapping, tables: Mapping[str, Source] | None = None, service: str = "stroke") -> Allocation:
        """An allocation from the lines of its config.

        Parameters
        ----------
        given
            The contents of ``configs/allocation/*.yaml``.
        tables
            Where the region's own tables stand (`places.Region.own`): ``flows`` and ``catchments`` are taken from there where no table
            is named.
        service
            The service's name.
        """
        made = {key: value for key, value in settings(given, "allocation", ("rule",)).items() if value is not None}
        rule = str(made.pop("rule"))
        refuse(
            [Fault("allocation is one of " + ", ".join(RULES) + nearest_spelling(rule, RULES), rule)]
            if rule not in RULES
            else []
        )
        own = {f.name for f in fields(cls)} - {"rule", "note"}
        about = {key: made.pop(key) for key in list(made) if key in own}
        return cls(_READERS[rule](made, tables or {}, service), **about)

    @property
    def sentence(self) -> str:
        """The rule as outputs say it."""
        said = f"Allocation: {self.rule.sentence}"
        if self.groups:
            said += f" (groups {', '.join(self.groups)}; all others to the nearest)"
        if self.diversion_minutes is not None:
            of = f" for {', '.join(self.diversion_kinds)} care" if self.diversion_kinds else ""
            said += f"; full units are passed over{of} within {self.diversion_minutes:g} minutes more"
        return f"{said}; {self.note}." if self.note else f"{said}."

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of the table it rests on, by name."""
        flows = getattr(self.rule, "flows", None)
        return {flows.file: flows.sha256} if flows is not None and flows.sha256 else {}

    def holds_for(self, group: str) -> bool:
        """Whether a group's patients follow the rule."""
        return not self.groups or group in self.groups


def _nearest(given: dict, tables, service) -> Rule:
    settings(given, "allocation nearest", known=())
    return Nearest()


def _bypass(given: dict, tables, service) -> Rule:
    settings(given, "allocation bypass", ("minutes",), ("minutes", "to", "test", "needed_by"))
    test = settings(given.pop("test", None), "allocation test", known=("sensitivity", "specificity"))
    return Bypass(**given, **test)


def _observed(given: dict, tables, service) -> Rule:
    settings(given, "allocation observed", known=("table",))
    return Observed(read_flows(_table(given.get("table"), tables.get("flows"), f"flows_{service}.csv", "observed")))


def _catchment(given: dict, tables, service) -> Rule:
    settings(given, "allocation catchment", known=("table", "send"))
    if given.get("send"):
        return Catchment(_sent(given["send"]))
    path = _table(given.get("table"), tables.get("catchments"), f"catchments_{service}.csv", "catchment")
    return Catchment(read_flows(path, is_designated=True))


def _choice(given: dict, tables, service) -> Rule:
    settings(given, "allocation choice", ("minutes",), [f.name for f in fields(Choice)])
    return Choice(**given)


_READERS = {
    "nearest": _nearest,
    "bypass": _bypass,
    "observed": _observed,
    "catchment": _catchment,
    "choice": _choice,
}


def _table(named: object, own: Source | None, usual: str, rule: str) -> Source:
    """The table named, or the region's own."""
    source = Source.of(str(named)) if named else own
    cure = "name one with allocation.table=path.csv" + ("" if named else f", or put {usual} beside the tables of the region")
    name = source.name if source else usual
    is_there = source is not None and source.path.is_file()
    refuse([] if is_there else [Fault(f"allocation {rule} needs a table, and there is no {name}", cure=cure)])
    return source


def _sent(given: object) -> Flows:
    """Designations written out: ``{icb: {Two Towns: Ashford}}``."""
    levels = settings(given, "allocation send")
    rows = [
        (str(level), str(place), str(unit))
        for level, lines in levels.items()
        for place, unit in settings(lines, f"allocation send {level}").items()
    ]
    level, place, unit = map(np.array, zip(*rows)) if rows else (np.empty(0, str),) * 3
    return Flows(level, place, unit, np.ones(len(rows)), "allocation.send")


def with_allocation(service: Service, allocation: Allocation) -> Service:
    """The service under another rule of allocation.

    Raises
    ------
    InputError
        With every fault: an unknown group, kind, unit, place or attribute; a unit that does not give the care that groups
        start with; areas that the flows leave out, or from which the unit named cannot be reached.
    """
    refuse(_faults(service, allocation), of="allocation")
    return replace(service, allocation=allocation)


def _faults(service: Service, allocation: Allocation) -> list[Fault]:
    groups = [group.name for group in service.groups]
    kinds = [kind for kind, given in service.units.gives.items() if given.any()]
    named = [("group", name, groups) for name in allocation.groups]
    named += [("kind", name, kinds) for name in allocation.diversion_kinds]
    rule = allocation.rule
    if isinstance(rule, Bypass):
        named += [("group", name, groups) for name in rule.needed_by] + [("kind", rule.to, kinds)]
    faults = [
        Fault(f"unknown {what} {name!r}", cure="known: " + ", ".join(known) + nearest_spelling(name, known))
        for what, name, known in named
        if name not in known
    ]
    if faults:
        return faults
    first = {g.stages[0].kind for g in service.groups if allocation.holds_for(g.name) and g.per_admission > 0}
    if isinstance(rule, Bypass):
        return [
            Fault(f"no unit of the higher tier ({rule.to}) gives {kind} care, which patients need first")
            for kind in sorted(first)
            if not (service.gives(rule.to) & service.gives(kind)).any()
        ]
    if isinstance(rule, Choice):
        return _choice_faults(service, rule, first)
    if isinstance(rule, Observed | Catchment):
        return rule.flows.faults(service.areas, service.units, service.region.travel, first, isinstance(rule, Observed))
    return []


def _choice_faults(service: Service, rule: Choice, first: set[str]) -> list[Fault]:
    units = service.units
    may = np.any([service.gives(kind) for kind in first], axis=0)
    faults = []
    for name in rule.attributes:
        column = unit_attribute(units, name)
        if column is None:
            known = [*units.attribute, *units.gives, "reported_volume"]
            faults.append(Fault(f"units have no number {name!r}" + nearest_spelling(name, known)))
        elif np.isnan(column[may]).any():
            faults.append(Fault(f"{name} is not known of {', '.join(units.id[may & np.isnan(column)][:8])}"))
    known = set(units.id.tolist())
    faults += [
        Fault(f"unknown unit {name!r} in constants" + nearest_spelling(name, known))
        for name in rule.constants
        if name not in known
    ]
    return faults


def unit_attribute(units: Units, name: str) -> np.ndarray | None:
    """(U,) a number known of units, or 1 where they give the kind of that name and else 0; None where there is no such number."""
    if name in units.gives:
        return units.gives[name].astype(float)
    column = units.reported_volume if name == "reported_volume" else units.attribute.get(name)
    if column is None or column.dtype.kind not in "bif":
        return None
    return column.astype(float)
