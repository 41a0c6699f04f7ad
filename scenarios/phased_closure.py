"""Phased closure: what a closing rule decides, carried out in waves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from sim.service.demand import DAYS_A_YEAR
from sim.service.fault import Fault, is_number, is_whole, refuse
from sim.service.service import Service

from .close_small_units import CloseSmallUnits
from .dates import day_of
from .rules import ClosingRule


@dataclass(frozen=True)
class PhasedClosure:
    """The units that a closing rule would close, close in waves, in the rule's own order."""

    rule: ClosingRule = field(default_factory=CloseSmallUnits)
    """The rule that decides; its own date is not used."""
    waves: int = 4
    """How many dates, evenly spaced; the first is ``at``."""
    years: float = 2.0
    """From the first wave to the end of the last one's share of the time: four waves over two years are half a year apart."""
    at: object = 0
    """The first wave: a date or days from the start of the run."""

    def __post_init__(self):
        faults = []
        if not isinstance(self.rule, ClosingRule):
            faults.append(Fault("rule is a closing rule with its _target_", self.rule))
        if not is_whole(self.waves, 1):
            faults.append(Fault("waves must be a whole number, 1 or more", self.waves))
        if not is_number(self.years, 0):
            faults.append(Fault("years must be a number, 0 or more", self.years))
        refuse(faults, of="PhasedClosure")

    def __call__(self, service: Service) -> Service:
        first = day_of(self.at, service, "PhasedClosure")
        rule = replace(self.rule, at=first)
        decision = rule.decide(service, first)
        waves = [tuple(int(u) for u in wave) for wave in np.array_split(decision.order, self.waves)]
        days = [first + n * round(self.years * DAYS_A_YEAR / self.waves) for n in range(self.waves)]
        names, option, dated = service.units.id.tolist(), service, {}
        for day, wave in zip(days, waves):
            rows = tuple(option.unit_index(names[u]) for u in wave)
            option = rule.carry_out(option, rows, day) if rows else option
            dated |= {names[u]: f"closes on day {day:g}" for u in wave}
        late = sum(len(wave) for day, wave in zip(days, waves) if day >= service.calendar.horizon)
        said = f"In {self.waves} waves from day {first:g}, {days[1] - first if self.waves > 1 else 0:g} days apart: "
        said += f"{rule.sentence(service, decision)}; beds {rule.beds}."
        said += f" {late} of them close after this run ends: raise run.years to see them." if late else ""
        return option.with_changes(said=said, marks=_with_dates(rule.marks(service, decision), dated))


def _with_dates(marks: Mapping[str, tuple[str, ...]], dated: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {unit: (*words, dated[unit]) if unit in dated else words for unit, words in marks.items()}
