"""Grow demand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.service.demand import DAYS_A_YEAR, Factor
from sim.service.fault import Fault, refuse
from sim.service.service import Service

from .find import Finder, names_of, number_fault


@dataclass(frozen=True)
class Grow:
    """Demand grows by a share a year, compounding by month, for all or for named groups and areas; nothing else changes."""

    a_year: float | tuple[float, ...] | None = None
    """A share a year (0.02), or one for each year in turn, the last of which goes on; None for the service's own forecast."""
    groups: tuple[str, ...] = ()
    """The groups that grow; all where none is named."""
    areas: tuple[str, ...] = ()
    """Areas, or bodies that areas belong to; all where none is named."""
    at: object = 0
    """Growth starts at a date or days from the start of the run."""

    def __post_init__(self):
        for name in ("groups", "areas"):
            object.__setattr__(self, name, names_of(getattr(self, name)))
        rates = self._rates(self.a_year)
        faults = [fault for rate in rates for fault in number_fault("a_year", rate, -0.9, 10)]
        faults += [] if rates or self.a_year is None else [Fault("a_year needs at least one share", self.a_year)]
        refuse(faults, of="Grow")

    @staticmethod
    def _rates(given: object) -> tuple:
        return tuple(given) if isinstance(given, (tuple, list)) else () if given is None else (given,)

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        at, areas, groups = find.day(self.at), find.areas(self.areas), find.groups(self.groups)
        rates = self._rates(self.a_year)
        if not rates:
            forecast = service.growth.get("admissions")
            rates = () if forecast is None else (forecast,)
            if not rates:
                find.fault("the service has no forecast of growth", cure="set scenario.a_year")
        find.refuse()
        names = ("",) if len(groups) == len(service.groups) else tuple(group.name for group in groups)
        factors = tuple(factor for name in names for factor in _yearly(rates, areas, name, at))
        demand = replace(service.demand, factors=(*service.demand.factors, *factors))
        said = f"From day {at:g} demand grows by {', then '.join(f'{100 * rate:g} %' for rate in rates)} a year"
        said += f" in {', '.join(self.areas)}" if self.areas else ""
        said += f" for {', '.join(self.groups)}." if self.groups else "."
        return replace(service, demand=demand, history=(*service.history, said))


def _yearly(rates: tuple[float, ...], areas: np.ndarray, group: str, at: float) -> list[Factor]:
    """One factor a year, the last of which goes on."""
    turns = [at + year * DAYS_A_YEAR for year in range(len(rates))]
    ends = [*turns[1:], np.inf]
    return [
        Factor(since=turn, group=group, growth=rate if areas.all() else rate * areas, until=end)
        for rate, turn, end in zip(rates, turns, ends)
    ]
