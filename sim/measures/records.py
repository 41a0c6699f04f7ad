"""Records: one row per stay, joined from journeys and trace. Everything that is measured is measured on these.

Nothing is reset at the end of the warm-up: measures of patients take those who asked inside the window, measures of beds clip
the step function of beds held to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..engine.contract import Trace
from ..journeys.send import Sent


@dataclass(frozen=True)
class Window:
    """The part of a run that is measured: ``[start, end)`` in days from the start of the run."""

    start: float
    end: float

    @property
    def years(self) -> float:
        """Its length in years of 365.25 days."""
        return (self.end - self.start) / 365.25

    def has(self, time) -> np.ndarray:
        """(N,) bool: whether each time falls inside; NaN does not."""
        return (time >= self.start) & (time < self.end)

    def days(self, since, until) -> np.ndarray:
        """(N,) days of each span that fall inside; a span that has not ended (NaN) lasts to the end, one that never began is 0."""
        until = np.where(np.isnan(until), self.end, until)
        days = np.minimum(until, self.end) - np.maximum(since, self.start)
        return np.where(np.isnan(days), 0.0, np.maximum(days, 0.0))


@dataclass(frozen=True, eq=False)
class Records:
    """One row per stay, in the order of the journeys' steps; letters: M stays, P patients."""

    sent: Sent
    trace: Trace
    patient: np.ndarray
    """(M,) int: row of the patient."""
    stage: np.ndarray
    """(M,) int: row of the stage."""
    counted: np.ndarray
    """(M,) bool: the stage takes a counted bed."""

    @property
    def service(self):
        """The service the patients went through."""
        return self.sent.routes.service

    @property
    def first(self) -> np.ndarray:
        """(P,) int: the row of each patient's first stay."""
        return self.sent.journeys.patients.first[:-1]

    @cached_property
    def follows(self) -> np.ndarray:
        """(M,) bool: the stay before belongs to the same patient."""
        follows = np.zeros(len(self.patient), dtype=bool)
        follows[1:] = self.patient[1:] == self.patient[:-1]
        return follows

    @cached_property
    def same_bed(self) -> np.ndarray:
        """(M,) bool: the stay goes on in the bed of the stay before."""
        trace = self.trace
        same = self.follows & self.counted
        same[1:] &= self.counted[:-1] & (trace.unit[1:] == trace.unit[:-1]) & (trace.left[:-1] == trace.given[1:])
        return same & (trace.arrived == trace.given)

    @cached_property
    def begun(self) -> np.ndarray:
        """(M,) days: when a bed was given for the stay; NaN for one that was under way at the start of the run too."""
        return np.where(np.isnan(self.trace.requested), np.nan, self.trace.given)

    @cached_property
    def index(self) -> np.ndarray:
        """(N,) int: the row of each index patient's index stay (`Service.index_stage`); patients who never come to one have none."""
        service, routes = self.service, self.sent.routes
        is_index = np.array(
            [
                service.groups[group].is_index and name == service.index_stage(service.groups[group]).name
                for group, name in zip(routes.stage_group, routes.stage_name)
            ]
        )
        return np.flatnonzero(is_index[self.stage])

    @cached_property
    def treatment(self) -> np.ndarray:
        """(P,) int: the row at which the wait of each patient on a list ends: the first stay that needs a slot, or where none of
        theirs does the first with a counted bed; -1 for patients on no list, and for those who come to neither."""
        is_listed = np.array([bool(group.waiting_list) for group in self.service.groups])[self.sent.group]
        made = np.full(len(self.first), -1)
        if not is_listed.any():
            return made
        slot = self.sent.journeys.stages.slot[self.stage] >= 0
        needs_slot = np.zeros(len(self.first), dtype=bool)
        needs_slot[self.patient[slot]] = True
        row = np.flatnonzero((slot | (self.counted & ~needs_slot[self.patient])) & is_listed[self.patient])
        made[self.patient[row[::-1]]] = row[::-1]  # of several the first is set last
        return made

    @cached_property
    def from_list(self) -> np.ndarray:
        """(M,) bool: the stay was waited for on a list; how long is a matter of weeks, and told apart from waits for a bed."""
        made = np.zeros(len(self.patient), dtype=bool)
        made[self.treatment[self.treatment >= 0]] = True
        return made

    def is_index(self) -> np.ndarray:
        """(P,) bool: patients of groups that count as index admissions."""
        return np.array([group.is_index for group in self.service.groups])[self.sent.group]


def record(sent: Sent, trace: Trace) -> Records:
    """Join journeys and trace."""
    patients, steps = sent.journeys.patients, sent.journeys.steps
    patient = np.repeat(np.arange(len(patients.number)), np.diff(patients.first))
    return Records(sent, trace, patient, steps.stage, ~sent.journeys.stages.unlimited[steps.stage])
