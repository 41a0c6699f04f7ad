"""A panel: several options and the baseline side by side, replication by replication, on the same luck.

What is simulated is kept, so that a procedure may ask for one option at a time and for more of those that are still in question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..journeys.deadlock import refuse_deadlock
from ..measures.outcomes import outcomes
from ..service.extend import same_units
from ..service.fault import Fault, refuse
from ..service.service import Service
from .experiment import Luck, Setting, drawn, late, simulated
from .run import Run
from .saturation import GROWS, Saturation, saturation
from .scorecard import BASELINE
from .target import Target, unknown


class Panel:
    """The baseline and several options, simulated with the same luck."""

    def __init__(self, baseline: Service, options: Mapping[str, Service], run: Run, engine: str = "compiled"):
        """Make routes for everybody.

        Parameters
        ----------
        baseline
            The service, with known beds.
        options
            By name, the service each scenario makes of it.
        run
            Length, warm-up, seed; its replications are not looked at.
        engine
            ``compiled`` or ``reference``.
        """
        self.names = (BASELINE, *options)
        self.run = run
        services = [replace(each, calendar=run.calendar) for each in (baseline, *options.values())]
        settings = [Setting.of(same_units(services[0], each), each, run, engine) for each in services]
        for each in services:
            refuse_deadlock(each, run.horizon)
        layers, past = (max(getattr(each, name) for each in settings) for name in ("layers", "past_days"))
        self.settings = [replace(each, layers=layers, past_days=past) for each in settings]
        self._luck: dict[int, Luck] = {}
        self._seen: dict[tuple[int, int], dict[tuple[str, str, str], float]] = {}
        self._saturation: dict[int, Saturation] = {}

    def value(self, option: int, replication: int, target: Target) -> float:
        """A measure of one option (0 is the baseline) in one replication.

        Raises
        ------
        InputError
            If the measure is not known, was not seen, or grows without limit at a saturated unit.
        """
        seen = self._outcomes(option, replication)
        key = (target.measure, target.by, target.key)
        if key not in seen:
            refuse([unknown(target, seen, self.names[option])])
        self._refuse_growing(option, target)
        value = seen[key]
        rule = f"{target.name} was not seen in replication {replication} of {self.names[option]}"
        refuse([Fault(rule, cure="measure longer (run.years)")] if value != value else [])
        return value

    def values(self, option: int, replications: int, target: Target) -> np.ndarray:
        """(R,) a measure of one option in the first replications."""
        return np.array([self.value(option, number, target) for number in range(replications)])

    def _outcomes(self, option: int, replication: int) -> dict[tuple[str, str, str], float]:
        if (option, replication) not in self._seen:
            if replication not in self._luck:
                self._luck.clear()  # the cohorts of a country are not small: one is kept
                self._luck[replication] = drawn(self.settings[0], replication)
            setting = self.settings[option]
            _, records = simulated(setting, self._luck[replication], late(setting, replication))
            self._seen[option, replication] = {
                (each.measure, each.by, key): value
                for each in outcomes(records, self.run.window)
                for key, value in zip(each.key, each.value.tolist())
            }
        return self._seen[option, replication]

    def _refuse_growing(self, option: int, target: Target) -> None:
        if target.measure not in GROWS:
            return
        if option not in self._saturation:
            self._saturation[option] = saturation(self.settings[option].option.service, self.run.window.start, self.run.window.end)
        full, units = self._saturation[option], self.settings[option].option.service.units.id
        if full.grows(target.measure, target.by, (target.key,), units)[0]:
            at = full.where(target.measure, target.by, target.key)
            rule = f"{target.name} of {self.names[option]} grows without limit: saturated are {', '.join(units[at])}"
            refuse([Fault(rule, cure="judge by another measure, as wait_share_delayed")])
