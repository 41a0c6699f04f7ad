"""Derogate: units that do not meet a standard go on until a date, and then close unless they reach a target."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from sim.service.fault import Fault
from sim.service.service import Service
from sim.service.standing import DEROGATED, Standing
from sim.study.tail import chance_of_minimum

from .dates import find_day
from .find import Finder, names_of, number_fault
from .rules import ClosingRule, Decision, Map, closures, index_standard

_A_YEAR = 365.0
EXPECTED = "expected"


@dataclass(frozen=True)
class Derogate(ClosingRule):
    """Units under the minimum go on until a date; those that do not reach the target by then close."""

    units: tuple[str, ...] = ()
    """Unit ids; every unit that is under the minimum today where none is named."""
    target: float | None = None
    """Index admissions a year to be reached by the date; None for the minimum."""
    reached: object = EXPECTED
    """``expected``: by the volume expected at the date; true: all reach it; false: none does."""
    at: object = None
    """When it ends: a date or days from the start of the run; None for a year after the start, or the middle of a shorter run."""

    repeats: ClassVar[bool] = False
    cause: ClassVar[str] = "short of its target"

    def __post_init__(self):
        super().__post_init__()
        object.__setattr__(self, "units", names_of(self.units))

    def _setting_faults(self) -> list[Fault]:
        faults = super()._setting_faults()
        faults += [] if self.target is None else number_fault("target", self.target, 0)
        if not (isinstance(self.reached, bool) or self.reached == EXPECTED):
            faults.append(Fault("reached is expected, true or false", self.reached))
        return faults

    def needs(self, service: Service) -> list[Fault]:
        find = Finder(service, self)
        for u in find.open_units(self.units, 0.0):
            if not service.gives(self.kind)[u]:
                find.fault(f"{service.units.id[u]} gives no {self.kind} care")
        return find.faults

    def __call__(self, service: Service) -> Service:
        at = self.at
        if at is None:
            at = float(np.floor(min(_A_YEAR, service.calendar.horizon / 2)))
        option = super(Derogate, replace(self, at=at)).__call__(service)
        day, _ = find_day(at, service)
        standard, start = index_standard(service, self.kind), self.look(service, 0.0)
        source = f"derogated by a scenario, to reach {self.target_in(service):g} a year"
        rows = tuple(
            Standing(standard.name, str(service.units.id[u]), DEROGATED, source, service.calendar.date(day))
            for u in start.units[self._judged(start)]
            if standard
        )
        return replace(option, standing=(*option.standing, *rows))

    def target_in(self, service: Service) -> float:
        """Index admissions a year to be reached."""
        return self.minimum_in(service) if self.target is None else float(self.target)

    def _judged(self, seen: Map) -> np.ndarray:
        """(W,) bool: the units that the derogation is for."""
        service = seen.service
        if self.units:
            return np.isin(seen.column(service.units.id), self.units)
        today = self.look(service, 0.0)
        under = today.units[today.volume < self.minimum_in(service)]
        return np.isin(seen.units, under)

    def closing(self, seen: Map) -> np.ndarray:
        judged = self._judged(seen)
        if isinstance(self.reached, bool):
            return judged & (not self.reached)
        return judged & (seen.volume < self.target_in(seen.service))

    def marks(self, service: Service, decision: Decision) -> dict[str, tuple[str, ...]]:
        made = super().marks(service, decision)
        standard, target = index_standard(service, self.kind), self.target_in(service)
        for u in self.look(service, 0.0).units[self._judged(self.look(service, 0.0))]:
            unit, volume = str(service.units.id[u]), decision.volume_before[u]
            if np.isnan(volume):
                continue
            said = f"derogated until it must reach {target:g} a year: {volume:.0f} expected"
            if standard:
                said += f", a chance of {100 * chance_of_minimum(volume, replace(standard, minimum=target)):.0f} %"
            made[unit] = (said, *made.get(unit, ()))
        return made

    def sentence(self, service: Service, decision: Decision) -> str:
        how = {
            EXPECTED: "by the volume expected then",
            True: "taken as reached by all",
            False: "taken as reached by none",
        }
        return (
            f"derogations from the minimum of {self.minimum_in(service):g} a year end: {closures(len(decision.order), self.kind)}; "
            f"target {self.target_in(service):g}, {how[self.reached]}"
        )
