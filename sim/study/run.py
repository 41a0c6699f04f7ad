"""Run settings: how long, how often, from which luck."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from ..journeys.journeys import on_grid
from ..measures.records import Window
from ..service.calendar import Calendar
from ..service.distribution import Distribution
from ..service.fault import Fault, is_number, is_whole, nearest_spelling, refuse
from .target import read_targets

STARTS = ("empty", "filled")
"""What a run may start from."""


def _waiting_faults(given: object, start_from: str) -> list[Fault]:
    if not isinstance(given, Mapping):
        return [Fault("waiting is units or kinds of care, each with how many wait", given, "as {Dover: 40}")]
    faults = [
        Fault(f"waiting {name} must be a whole number, 0 or more", value)
        for name, value in given.items()
        if not is_whole(value, 0)
    ]
    if given and start_from == "empty":
        faults.append(Fault("a waiting list needs a filled start", cure="add run.start_from=filled"))
    return faults


@dataclass(frozen=True)
class Run:
    """How a comparison is simulated.

    Examples
    --------
    >>> Run(years=1, warmup_days=400)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    sim.service.fault.InputError: run: warm-up (400 days) must be shorter than the run measured (365 days); ...
    """

    replications: int = 4
    """How many times, each with its own luck; at least 2 for an interval."""
    precision: Mapping[str, object] = field(default_factory=dict)
    """Half-widths of the 95 % intervals to be reached, by measure (`target.read_targets`); then ``replications`` are the first batch."""
    ceiling: int = 200
    """With a precision, the replications at which it stops whatever was reached."""
    seed: int = 1
    """The luck of everything."""
    start: str = "2026-04-01"
    """The first day measured; the warm-up runs in the days before it."""
    warmup_days: float = 180
    """Days simulated before anything is measured; part of a day counts as a day."""
    start_from: str = "empty"
    """``empty``, or ``filled``: beds filled at the expected load with residual stays, in place of a warm-up or before a short one."""
    waiting: Mapping[str, int] = field(default_factory=dict)
    """With a filled start, who waits for a first bed at time 0: how many, by unit or by kind of care (at each of its units)."""
    years: float = 1.0
    """Years measured after the warm-up, to the nearest day, at least one."""
    cooldown_days: float = 15
    """Days simulated after those measured, so that late patients' waits are seen to their end."""
    slip: object = None
    """How many days late an option's dated changes come: days, or a law such as ``{law: gamma, mean: 180, sd: 120}``, drawn once a
    replication; None for on time. Changes on the first day do not slip."""
    workers: int = 0
    """Processes (reference) or threads (compiled) side by side; 0 for one a core. Changes no number."""

    def __post_init__(self):
        faults = []
        for name, least, whole in (
            ("replications", 1, True),
            ("ceiling", 5, True),
            ("seed", 0, True),
            ("warmup_days", 0, False),
            ("cooldown_days", 0, False),
            ("workers", 0, True),
        ):
            value = getattr(self, name)
            if not is_number(value, least) or (whole and not isinstance(value, int)):
                faults.append(Fault(f"{name} must be a {'whole ' if whole else ''}number, {least} or more", value))
        if not is_number(self.years, 0, 100) or self.years == 0:
            faults.append(Fault("years must be above 0 and at most 100", self.years))
        if not faults and self.warmup_days >= self.years * 365.25:
            faults.append(
                Fault(
                    f"warm-up ({self.warmup_days:g} days) must be shorter than the run measured ({self.years * 365.25:.0f} days)",
                    cure="lower run.warmup_days or raise run.years",
                )
            )
        if self.start_from not in STARTS:
            faults.append(Fault("start_from is empty or filled" + nearest_spelling(self.start_from, STARTS), self.start_from))
        faults += _waiting_faults(self.waiting, self.start_from)
        refuse(faults, of="run")
        read_targets(self.precision)
        if self.slip is not None:
            object.__setattr__(self, "slip", Distribution.read(self.slip, "run.slip"))
        try:
            self.calendar.date(self.horizon + 31)  # to the end of its last month
        except OverflowError:
            refuse([Fault("the run must lie between the years 1 and 9999", self.start)], of="run")

    @property
    def calendar(self) -> Calendar:
        """The first day simulated, which is the first day of the warm-up, and the end."""
        first = Calendar.read(self.start).start - timedelta(days=int(self.window.start))
        return Calendar(first, horizon=self.horizon)

    @property
    def window(self) -> Window:
        """What is measured, in days from the start."""
        start = float(math.ceil(self.warmup_days))
        return Window(start, start + max(1.0, round(self.years * 365.25)))

    @property
    def horizon(self) -> float:
        """Days from the start to the end of the simulation."""
        return self.window.end + float(on_grid(self.cooldown_days))
