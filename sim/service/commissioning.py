"""Commissioning: who pays for which part of a pathway, from when on.

A dated table: group x stage x line (care, device, drug, ambulance) -> the shares of each level of commissioner. One pathway may
have several payers. This module reads and checks it; what they pay is `measures.money`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from .calendar import Calendar
from .fault import Fault, InputError, is_number, nearest_spelling, refuse, settings
from .service import Service

LEVELS = ("icb", "pan_icb", "region", "national", "lead_provider")
"""Who may pay: an ICB, a group of ICBs, a region, the nation, or a lead provider that holds a population's budget."""

LINES = ("care", "device", "drug", "ambulance")
"""What is paid for."""

TOO_SMALL = ("sub_icb", "local_authority")
"""Bodies that hold no budget for specialised care."""

USUAL = ("icb", "icb_2026", "isdn", "region")
"""Bodies that configs may name though a region's areas have none such."""

ANY = "all"
"""The word for every group, stage or line."""


@dataclass(frozen=True)
class Payer:
    """Who pays for one part of a pathway from a time on."""

    at: float
    """Days from the first day costed."""
    group: str
    """A group's name, or ``all``."""
    stage: str
    """A stage's name, or ``all``."""
    line: str
    """One of `LINES`, or ``all``."""
    shares: Mapping[str, float]
    """By level, 0 to 1; they sum to 1."""


@dataclass(frozen=True)
class Commissioning:
    """The payer table of a service and the bodies that stand for each level."""

    name: str
    bodies: Mapping[str, str]
    """By level, the column of bodies in the areas and sites tables; empty for the whole region as one body."""
    payers: tuple[Payer, ...]
    """Of two rows that fit, the later in the tuple holds."""

    def shares(self, rows: Iterable[tuple[str, str]], line: str, at: float) -> np.ndarray:
        """What each level pays of each stage.

        Parameters
        ----------
        rows
            (Q,) pairs of group and stage.
        line
            One of `LINES`.
        at
            Days from the first day costed.

        Returns
        -------
        (Q, levels) shares in the order of `LEVELS`; each row sums to 1.
        """
        made = []
        for group, stage in rows:
            of = [p for p in self.payers if p.at <= at and fits(p, group, stage) and p.line in (ANY, line)]
            made.append([of[-1].shares.get(level, 0.0) for level in LEVELS])
        return np.array(made).reshape(-1, len(LEVELS))

    @property
    def dates(self) -> tuple[float, ...]:
        """The days on which the table changes."""
        return tuple(sorted({payer.at for payer in self.payers} - {0.0}))


def fits(row, group: str, stage: str) -> bool:
    """Whether a row of a table by group and stage speaks of this stage."""
    return row.group in (ANY, group) and row.stage in (ANY, stage)


def read_commissioning(given: object, service: Service, calendar: Calendar) -> Commissioning:
    """The payer table from its lines of YAML.

    Parameters
    ----------
    given
        ``name``; ``bodies`` (by level a column of bodies, or several of which the first that the areas have is taken);
        ``payers`` (a list of ``{service, group, stage, line, at, <level>: share}``; a row that names another service is left out).
    service
        Whose groups, stages and bodies are meant.
    calendar
        Starts on the first day costed.

    Raises
    ------
    InputError
        With every fault: shares that do not sum to 1, an unknown level, group, stage or line.
    """
    given = settings(given, "commissioning", ("name", "payers"), ("name", "bodies", "payers"))
    faults: list[Fault | str] = []
    bodies = settings(given.get("bodies"), "commissioning bodies", known=LEVELS)
    if not isinstance(given["payers"], (list, tuple)) or not given["payers"]:
        refuse([Fault("payers is a list of {group, stage, line, <level>: share}", given["payers"])], of="commissioning")
    payers = []
    for number, lines in enumerate(given["payers"], start=1):
        if not is_for(lines, service):
            continue
        try:
            payers.append(_payer(lines, f"commissioning payers row {number}", service, calendar))
        except InputError as error:
            faults.append(str(error))
    columns = {level: _column(level, bodies.get(level), service, faults) for level in LEVELS}
    refuse(faults)
    made = Commissioning(str(given["name"]), columns, tuple(payers))
    unpaid = [
        Fault(f"nobody pays for {line} from the start", cure="add a row for all groups and stages: {icb: 1.0}")
        for line in LINES
        if not any(p.at <= 0 and p.group == p.stage == ANY and p.line in (ANY, line) for p in payers)
    ]
    refuse(unpaid, of="commissioning")
    return made


def _payer(given: object, of: str, service: Service, calendar: Calendar) -> Payer:
    given = settings(given, of, known=("service", "at", "group", "stage", "line", *LEVELS))
    shares = {level: given[level] for level in LEVELS if given.get(level) is not None}
    faults = [Fault(f"{level} is a share from 0 to 1", v) for level, v in shares.items() if not is_number(v, 0, 1)]
    if not faults and abs(sum(shares.values()) - 1) > 1e-9:
        faults.append(shares_fault("shares of the levels must sum to 1", shares))
    group, stage, line = (str(given.get(key, ANY)) for key in ("group", "stage", "line"))
    faults += name_faults(service, group, stage)
    if line not in (ANY, *LINES):
        faults.append(Fault("line is one of " + ", ".join((ANY, *LINES)), line))
    refuse(faults, of=of)
    total = sum(shares.values())
    exact = {level: share / total for level, share in shares.items()}
    return Payer(day_of(given.get("at", 0), calendar, of), group, stage, line, exact)


def shares_fault(rule: str, shares: Mapping[str, float]) -> Fault:
    """Shares that do not sum to 1: which, to what they sum, and what is missing or too much.

    Examples
    --------
    >>> print(shares_fault("shares must sum to 1", {"icb": 0.5, "national": 0.4}))
    shares must sum to 1, got 0.9; 0.1 is missing: raise icb or national
    """
    total = round(sum(shares.values()), 9)
    names = " or ".join(shares) or "a share"
    cure = f"{1 - total:g} is missing: raise {names}" if total < 1 else f"{total - 1:g} is too much: lower {names}"
    return Fault(rule, total, cure)


def name_faults(service: Service, group: str, stage: str) -> list[Fault]:
    """What is wrong with a row that names a group and a stage."""
    groups = [each.name for each in service.groups]
    stages = [
        each.name for own in service.groups if group in (ANY, own.name) or group not in groups for each in own.stages
    ]
    return [
        Fault(f"unknown {what} {name!r}", cure=("known: " + ", ".join(known) + nearest_spelling(name, known)))
        for what, name, known in (("group", group, groups), ("stage", stage, list(dict.fromkeys(stages))))
        if name not in (ANY, *known)
    ]


def is_for(given: object, service: Service) -> bool:
    """Whether a row of a config that several services share speaks of this one: it names no service, or this."""
    return not isinstance(given, Mapping) or given.get("service") in (None, service.name)


def day_of(at: object, calendar: Calendar, of: str) -> float:
    """Days from the first day costed, of a date or of a number of days."""
    day = float(at) if is_number(at) else calendar.day(at)
    refuse([Fault(f"must not fall before {calendar.start}, the first day costed", at)] if day < 0 else [], of=of)
    return day


def paying_bodies(service: Service) -> list[str]:
    """The columns of bodies of which a body may pay: those large enough to hold a budget for specialised care."""
    return [level for level in service.areas.body if not level.endswith("_code") and level not in TOO_SMALL]


def _column(level: str, wanted: object, service: Service, faults: list[Fault | str]) -> str:
    """The first of the columns wanted that the areas have; empty for none, which makes the whole region one body."""
    several = [str(each) for each in (wanted if isinstance(wanted, (list, tuple)) else [wanted]) if each is not None]
    known = list(dict.fromkeys([*paying_bodies(service), *USUAL]))
    faults += [
        Fault(f"commissioning bodies {level}: no bodies that may pay", each, "known: " + ", ".join(known))
        for each in several
        if each not in known
    ]
    return next((each for each in several if each in paying_bodies(service)), "")
