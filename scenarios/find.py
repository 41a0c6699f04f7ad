"""Finding what a verb names - units, areas, groups, standards, dates - with every fault kept until all can be told together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from sim.service.fault import Fault, is_number, is_whole, nearest_spelling, refuse
from sim.service.pathway import Group, Stage
from sim.service.service import Service, Standard

from .dates import find_day


class Finder:
    """Looks things up for one verb; `refuse` then tells all that was not found."""

    def __init__(self, service: Service, of: object):
        self.service = service
        self.of = of if isinstance(of, str) else type(of).__name__
        self.faults: list[Fault | str] = []

    def fault(self, rule: str, value: object = None, cure: str = "") -> None:
        """Keep one fault."""
        self.faults.append(Fault(rule, value, cure))

    def refuse(self) -> None:
        """Raise one `InputError` with all faults, where there are any."""
        refuse(self.faults, of=self.of)

    def day(self, at: object, what: str = "at") -> float:
        """Days from the start of the run; 0 where it is no date of the run."""
        day, faults = find_day(at, self.service, what)
        self.faults += faults
        return day

    def name(self, name: object, known: Iterable[str], what: str) -> bool:
        """Whether a name is known; if not, the nearest spelling is offered."""
        known = list(known)
        if str(name) in known:
            return True
        close = nearest_spelling(name, known)[2:]
        self.fault(
            f"unknown {what} {str(name)!r}", cure=close or ("known: " + ", ".join(known) if len(known) <= 12 else "")
        )
        return False

    def units(self, names: Iterable[object]) -> np.ndarray:
        """The rows of named units; unknown ones are left out, and kept as faults."""
        known = self.service.units.id.tolist()
        return np.array([known.index(str(n)) for n in names if self.name(n, known, "unit")], dtype=int)

    def open_units(self, names: Iterable[object], at: float) -> np.ndarray:
        """The rows of named units, all of which must take patients at a time."""
        rows = self.units(names)
        is_open = self.service.is_open(at)
        for u in rows[~is_open[rows]]:
            self.fault(f"{self.service.units.id[u]} is closed already on day {at:g}")
        return rows

    def areas(self, names: Iterable[object]) -> np.ndarray:
        """(A,) bool: the areas named, by their own ids or by any body they belong to; every area where none is named."""
        places = self.service.areas
        of = np.zeros(len(places), dtype=bool)
        names = list(names)
        columns = [places.id, *(places.body[level] for level in places.body)]
        for name in names:
            found = np.any([column == str(name) for column in columns], axis=0)
            of |= found
            if not found.any():
                bodies = {str(body) for level in places.body for body in np.unique(places.body[level])}
                self.name(name, [*places.id.tolist(), *sorted(bodies)], "area or body")
        return of if names else ~of

    def groups(self, names: Iterable[object]) -> tuple[Group, ...]:
        """The groups named; all where none is named."""
        names, known = list(names), [group.name for group in self.service.groups]
        wanted = [str(name) for name in names if self.name(name, known, "group")]
        return tuple(group for group in self.service.groups if not names or group.name in wanted)

    def stages(self, names: Iterable[object], groups: Iterable[Group]) -> list[tuple[Group, Stage]]:
        """Every stage of these names in these groups."""
        groups, names = list(groups), list(names)
        known = list(dict.fromkeys(stage.name for group in groups for stage in group.stages))
        wanted = [str(name) for name in names if self.name(name, known, "stage")]
        return [(group, stage) for group in groups for stage in group.stages if stage.name in wanted]

    def standard(self, name: object) -> Standard | None:
        """The standard of that name."""
        by_name = {standard.name: standard for standard in self.service.standards}
        return by_name[str(name)] if self.name(name, by_name, "standard") else None

    def kinds(self, names: Iterable[object]) -> tuple[str, ...]:
        """The kinds of care named."""
        known = [kind for kind, given in self.service.units.gives.items() if given.any()]
        return tuple(str(name) for name in names if self.name(name, known, "kind of care"))

    def body(self, level: object) -> np.ndarray:
        """(U,) the body of a level that each unit's site lies in; blank where the level is not known."""
        bodies = self.service.sites.body
        if not self.name(level, bodies, "level of bodies"):
            return np.full(len(self.service.units), "")
        return bodies[str(level)][self.service.units.site]


def unit_names(given: object, of: str) -> tuple[str, ...]:
    """Unit ids from one or from several; a whole number is an id too."""
    several = tuple(given) if isinstance(given, (tuple, list)) else (given,)
    faults = [] if several else [Fault("at least one unit is needed", cure="name one: units: [LA144LF]")]
    faults += [
        Fault("a unit is named by its id", name, "put it between quotes: units: ['1E5']")
        for name in several
        if not isinstance(name, (str, int)) or isinstance(name, bool)
    ]
    names = tuple(str(name) for name in several)
    faults += [Fault("a unit is named twice", name) for name in sorted({n for n in names if names.count(n) > 1})]
    refuse(faults, of=of)
    return names


def counts_of(given: object, of: str, what: str = "beds") -> dict[str, int]:
    """Whole numbers above 0 by unit id, as a verb's setting holds them."""
    if not isinstance(given, Mapping) or not given:
        refuse([Fault(f"{what} are given by unit", given, f"as {{Dover: 4}}: unit id, then {what}")], of=of)
    faults = [
        Fault(f"{what} of {unit} must be a whole number, 1 or more", count)
        for unit, count in given.items()
        if not is_whole(count, 1)
    ]
    refuse(faults, of=of)
    return {str(unit): int(count) for unit, count in given.items()}


def names_of(given: object) -> tuple[str, ...]:
    """One name or several, as text; none where nothing is given."""
    several = given if isinstance(given, (tuple, list)) else () if given is None else (given,)
    return tuple(str(name) for name in several)


def number_fault(name: str, value: object, least: float = -math.inf, most: float = math.inf) -> list[Fault]:
    """The fault of a setting that must be a number within limits; none where it is.

    Examples
    --------
    >>> [str(fault) for fault in number_fault("share", 2, 0, 1)]
    ['share must be a number from 0 to 1, got 2']
    """
    if is_number(value, least, most):
        return []
    limits = f" from {least:g} to {most:g}" if most < math.inf else f", {least:g} or more" if least > -math.inf else ""
    return [Fault(f"{name} must be a number{limits}", value)]
