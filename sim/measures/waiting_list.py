"""Waiting lists: how long they are, and how long the patients on them have waited, from the clock's start to treatment.

A clock starts when the need arises (the referral) and stops when treatment begins: at the first stay that needed a slot (an operation),
or at the first counted bed where a pathway needs no slots. Patients of groups that say ``waiting_list: referral`` are on the clock. Those
of ``planned`` groups (surveillance, the next stage of a planned course) are on the list but off the clock, as the rules of referral to
treatment have it; emergencies are never on it. Whoever leaves before treatment stops their clock untreated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ..service.pathway import PLANNED, REFERRAL
from .months import month_edges
from .records import Records, Window
from .tidy import ALL, Outcome

STANDARD_WEEKS, LONG_WEEKS, VERY_LONG_WEEKS = 18.0, 52.0, 65.0
"""The standard of referral to treatment, and the long waits that are counted beside it."""

STANDARD_SHARE = 0.92
"""The share of incomplete pathways that must be within the standard (Handbook to the NHS Constitution for England)."""


class Clocks(NamedTuple):
    """One row a patient on a list; letters: N patients on a list."""

    patient: np.ndarray
    """(N,) int: row of the patient."""
    start: np.ndarray
    """(N,) days from the start of the run; below 0 for those who waited at its start."""
    stop: np.ndarray
    """(N,) when treatment began or the patient left; infinite where neither came."""
    is_treated: np.ndarray
    """(N,) bool: it stopped because treatment began."""
    is_on_clock: np.ndarray
    """(N,) bool: of a group on the clock; the others are planned."""
    unit: np.ndarray
    """(N,) int: the unit that treats, or was asked last; -1 for none yet."""

    def waiting(self, time: float) -> np.ndarray:
        """(N,) bool: who is on a list at a moment."""
        return (self.start <= time) & (self.stop > time)


def clocks(records: Records) -> Clocks:
    """The clock of every patient on a list."""
    trace, service, sent = records.trace, records.service, records.sent
    kind = np.array([group.waiting_list for group in service.groups])
    listed = np.flatnonzero(kind[sent.group] != "")
    row = records.treatment[listed]
    has_row = row >= 0
    given = np.where(has_row, trace.given[row], np.nan)
    ended = trace.ended[listed]
    return Clocks(
        listed,
        sent.journeys.patients.arrival[listed],
        np.fmin(np.where(np.isnan(given), np.inf, given), np.where(np.isnan(ended), np.inf, ended)),
        ~np.isnan(given),
        kind[sent.group[listed]] == REFERRAL,
        np.where(has_row, trace.unit[row], -1),
    )


def waiting_lists(records: Records, window: Window) -> Iterator[Outcome]:
    """All measures of lists of one replication; nothing where no group is on one."""
    service = records.service
    groups = tuple(group.name for group in service.groups if group.waiting_list)
    if not groups:
        return
    of = clocks(records)
    group = np.array([groups.index(g.name) if g.waiting_list else -1 for g in service.groups])[records.sent.group[of.patient]]
    end = window.end
    yield from _lists(service, of, group, groups, window)
    yield from _incomplete(of, window)
    yield from _completed(of, group, groups, window)
    left = ~of.is_treated & window.has(of.stop)
    yield Outcome("left_list_untreated_per_year", ALL, ("",), np.array([left.sum() / window.years]))
    began = window.has(of.start)
    yield Outcome("added_to_list_per_year", ALL, ("",), np.array([began.sum() / window.years]))
    units = tuple(service.units.id.tolist())
    now = of.unit[of.waiting(end) & (of.unit >= 0)]
    yield Outcome("waiting_list_at_end", "unit", units, np.bincount(now, minlength=len(units)).astype(float))


def _lists(service, of: Clocks, group: np.ndarray, groups: tuple[str, ...], window: Window) -> Iterator[Outcome]:
    """How many are on lists: at the start, the end and the end of every month."""
    start, end = of.waiting(window.start), of.waiting(window.end)
    for name, those in (("waiting_list_at_start", start), ("waiting_list_at_end", end)):
        yield Outcome(name, ALL, ("",), np.array([float(those.sum())]))
        yield Outcome(name, "group", groups, np.bincount(group[those], minlength=len(groups)).astype(float))
    yield Outcome("planned_list_at_end", ALL, ("",), np.array([float((end & ~of.is_on_clock).sum())]))
    months, edge = month_edges(service.calendar, window)
    yield Outcome("waiting_list", "month", months, np.array([float(of.waiting(at).sum()) for at in edge[1:]]))
    on_clock = [waited_weeks(of, at) for at in edge[1:]]
    within = np.array([_share(weeks < STANDARD_WEEKS) for weeks in on_clock])
    yield Outcome("incomplete_within_18_weeks_share", "month", months, within)
    for limit in (LONG_WEEKS, VERY_LONG_WEEKS):
        over = np.array([float((weeks >= limit).sum()) for weeks in on_clock])
        yield Outcome(f"waiting_over_{limit:g}_weeks", "month", months, over)


def waited_weeks(of: Clocks, time: float) -> np.ndarray:
    """(K,) weeks waited so far by those on the clock at a moment: the incomplete pathways."""
    return (time - of.start[of.waiting(time) & of.is_on_clock]) / 7


def _incomplete(of: Clocks, window: Window) -> Iterator[Outcome]:
    """Incomplete pathways at the end of the window."""
    weeks = waited_weeks(of, window.end)
    yield Outcome("incomplete_pathways_at_end", ALL, ("",), np.array([float(len(weeks))]))
    yield Outcome("incomplete_within_18_weeks_share", ALL, ("",), np.array([_share(weeks < STANDARD_WEEKS)]))
    for limit in (LONG_WEEKS, VERY_LONG_WEEKS):
        yield Outcome(f"waiting_over_{limit:g}_weeks", ALL, ("",), np.array([float((weeks >= limit).sum())]))


def _completed(of: Clocks, group: np.ndarray, groups: tuple[str, ...], window: Window) -> Iterator[Outcome]:
    """Pathways completed inside the window, by the weeks from the clock's start to treatment."""
    done = of.is_treated & window.has(of.stop)
    yield Outcome("treated_from_list_per_year", ALL, ("",), np.array([done.sum() / window.years]))
    done &= of.is_on_clock
    weeks = (of.stop[done] - of.start[done]) / 7
    for name, share in (("median", 0.5), ("p92", 0.92)):
        yield Outcome(f"completed_wait_weeks_{name}", ALL, ("",), np.array([_percentile(weeks, share)]))
    by_group = np.array([_percentile(weeks[group[done] == g], 0.5) for g in range(len(groups))])
    yield Outcome("completed_wait_weeks_median", "group", groups, by_group)


def _share(inside: np.ndarray) -> float:
    return float(inside.mean()) if len(inside) else np.nan


def _percentile(value: np.ndarray, share: float) -> float:
    """The smallest value that at least a share of the values do not exceed."""
    if not len(value):
        return np.nan
    place = int(np.ceil(share * len(value))) - 1
    return float(np.partition(value, place)[place])


DEFINITIONS = {
    "waiting_list": f"patients on a list ({REFERRAL} and {PLANNED}) at the end of a month",
    "waiting_list_at_start": "the same at the start of the window",
    "waiting_list_at_end": "the same at its end",
    "planned_list_at_end": "those of them who are planned, and so off the clock",
    "incomplete_pathways_at_end": "those of them who are on the clock",
    "incomplete_within_18_weeks_share": "share of incomplete pathways that have waited less than 18 weeks",
    "waiting_over_52_weeks": "incomplete pathways of 52 weeks and more",
    "waiting_over_65_weeks": "incomplete pathways of 65 weeks and more",
    "completed_wait_weeks_median": "clock's start to treatment, over those treated inside the window",
    "completed_wait_weeks_p92": "the wait that at least 92 % of them do not exceed",
    "treated_from_list_per_year": "patients on a list whose treatment begins",
    "added_to_list_per_year": "patients who come on to a list",
    "left_list_untreated_per_year": "patients who leave a list without treatment",
}
"""Every measure here and its definition."""
