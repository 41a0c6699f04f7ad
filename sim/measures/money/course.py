"""Course: a service over the years costed, cut into spans within which nothing changes but the calendar.

A span lies within one plan year of 365.25 days, between two dated changes. Plan years begin on the first day costed, which is
the first day measured: what a scenario changes before it, while the simulation warms up, counts as changed on that day. Demand is
that of a span's middle; seasons average out over a year and are left to the simulation.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ...service.demand import DAYS_A_YEAR
from ...service.service import Service
from .activity import Activity, Homes, expected_activity, scaled, stage_rows


class Span(NamedTuple):
    """A service between two moments."""

    start: float
    """Days from the first day costed."""
    end: float
    is_open: np.ndarray
    """(U,) bool."""
    beds: np.ndarray
    """(U,) beds in force."""
    provider: np.ndarray
    """(U,) text: the trust that runs each unit."""
    activity: Activity
    """As if the span lasted a year."""

    @property
    def middle(self) -> float:
        """Days from the first day costed."""
        return (self.start + self.end) / 2

    @property
    def years(self) -> float:
        """Its length."""
        return (self.end - self.start) / DAYS_A_YEAR

    @property
    def year(self) -> int:
        """The plan year it lies in, from 0."""
        return int(self.middle // DAYS_A_YEAR)


def cuts(services: Iterable[Service], years: int, origin: float, days: Iterable[float] = ()) -> tuple[float, ...]:
    """The moments at which spans begin, and the end of the last.

    Parameters
    ----------
    services
        Those that are compared: all are cut alike.
    years
        How many plan years.
    origin
        Days from the start of the run to the first day costed.
    days
        Further moments.
    """
    end = years * DAYS_A_YEAR
    found = {year * DAYS_A_YEAR for year in range(years + 1)} | set(days)
    for service in services:
        dates = [change.at for change in (*service.changes, *service.new_providers)]
        dates += [promise.by for promise in service.promises]
        dates += [moment for factor in service.demand.factors for moment in (factor.since, factor.until)]
        found |= {max(0.0, moment - origin) for moment in dates}
        # What is stranded falls on each anniversary of a closure.
        changed = {max(0.0, change.at - origin) for change in service.changes}
        found |= {moment + year * DAYS_A_YEAR for moment in changed for year in (1, 2, 3)}
    return tuple(sorted(moment for moment in found if 0 <= moment <= end))


def course(service: Service, at: Homes, moments: tuple[float, ...], origin: float = 0.0) -> tuple[Span, ...]:
    """The spans of a service.

    Parameters
    ----------
    service
        Baseline or option, with known beds.
    at
        The homes of its areas.
    moments
        See `cuts`.
    origin
        Days from the start of the run to the first day costed.
    """
    known: dict[bytes, Activity] = {}
    groups = [group for group, _ in stage_rows(service)]

    def activity(is_open: np.ndarray, middle: float) -> Activity:
        trend = {g.name: service.demand.trend(middle, len(service.areas), g.name) for g in service.groups}
        # Demand that is everywhere a multiple of another's needs no second look at the map.
        level = {name: float(each.max(initial=0.0)) for name, each in trend.items()}
        shape = {name: np.round(each / level[name], 12) if level[name] else each for name, each in trend.items()}
        key = is_open.tobytes() + b"".join(shape[group.name].tobytes() for group in service.groups)
        if key not in known:
            known[key] = expected_activity(service, is_open, at, shape)
        return scaled(known[key], np.array([level[group] for group in groups]))

    made = []
    for start, end in zip(moments[:-1], moments[1:]):
        day, middle = origin + start, origin + (start + end) / 2
        is_open = service.is_open(day)
        made.append(Span(start, end, is_open, service.beds(day), service.provider(day), activity(is_open, middle)))
    return tuple(made)
