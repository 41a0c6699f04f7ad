"""Activity: whose patients are where, at which stage, how often and for how long - what is paid for.

Expected activity needs no simulation; simulated activity is counted in one replication. Both are rows by (stage, home, unit). A
*home* is a set of areas that belong to the same bodies, so that any of these bodies can be asked to pay.

Letters: A areas, H homes, Q stages of all groups together, U units, N rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ...journeys.expected import Node, ways
from ...service.commissioning import paying_bodies
from ...service.pathway import DESTINATIONS
from ...service.service import Service
from ..cost import Work
from ..load import mean_stay
from ..records import Records, Window


class Homes(NamedTuple):
    """Areas put together by the bodies they belong to."""

    of_area: np.ndarray
    """(A,) int: the home of each area."""
    body: Mapping[str, np.ndarray]
    """By level, (H,) text."""
    count: int
    """H."""


class Activity(NamedTuple):
    """What is done in a year, one row a stage, home and unit where there is any."""

    stage: np.ndarray
    """(N,) int: row of `stage_rows`."""
    home: np.ndarray
    """(N,) int."""
    unit: np.ndarray
    """(N,) int."""
    stays: np.ndarray
    """(N,) patients a year who come to the stage there, in a bed or outlying."""
    bed_days: np.ndarray
    """(N,) bed-days a year, from the bed being given to its being left."""
    journeys: np.ndarray
    """(N,) a year who come there from home (first stages) or from another site."""
    journey_minutes: np.ndarray
    """(N,) minutes of these journeys a year, one way."""
    visit_minutes: np.ndarray
    """(N,) bed-days times minutes from home to the unit a year."""
    homeward_minutes: np.ndarray
    """(N,) minutes a year from the unit to home of those who go home from this stage; NaN in simulated activity."""

    def by_unit(self, value: np.ndarray, units: int) -> np.ndarray:
        """(U,) the sum of a column at each unit."""
        return np.bincount(self.unit, weights=value, minlength=units)


def stage_rows(service: Service) -> tuple[tuple[str, str], ...]:
    """(Q,) the pairs of group and stage, in the order of the service."""
    return tuple((group.name, stage.name) for group in service.groups for stage in group.stages)


def stages_of(service: Service) -> tuple:
    """(Q,) the stages themselves."""
    return tuple(stage for group in service.groups for stage in group.stages)


def first_stages(service: Service) -> np.ndarray:
    """(Q,) bool: the stage that a group's patients come to from home."""
    return np.array([k == 0 for group in service.groups for k in range(len(group.stages))], dtype=bool)


def index_stages(service: Service) -> np.ndarray:
    """(Q,) bool: the stage at whose unit a group's patients count as index admissions."""
    return np.array(
        [group.is_index and stage is service.index_stage(group) for group in service.groups for stage in group.stages],
        dtype=bool,
    )


def homes(service: Service) -> Homes:
    """Put areas together by the bodies they belong to.

    Examples
    --------
    >>> from sim.service.region import load_region
    >>> region = load_region("two_towns", "stroke")
    >>> from types import SimpleNamespace
    >>> homes(SimpleNamespace(areas=region.areas)).body["icb"].tolist()
    ['Two Towns']
    """
    levels = paying_bodies(service)
    if not levels:
        return Homes(np.zeros(len(service.areas), dtype=int), {}, 1)
    table = np.array([service.areas.body[level] for level in levels]).T
    found, of_area = np.unique(table, axis=0, return_inverse=True)
    return Homes(of_area.reshape(-1), {level: found[:, k] for k, level in enumerate(levels)}, len(found))


def expected_activity(
    service: Service, is_open: np.ndarray, at: Homes, trend: Mapping[str, np.ndarray | float] | None = None
) -> Activity:
    """What would be done in a year if every unit had room.

    Parameters
    ----------
    service
        The service.
    is_open
        (U,) bool: the units that take new patients.
    at
        The homes of its areas.
    trend
        By group, (A,) or (): demand relative to the areas' own; 1 where not given.

    Returns
    -------
    Rows in order of stage, home and unit. Summed over homes and stages they are `load.expected_load`.
    """
    row_of = {row: q for q, row in enumerate(stage_rows(service))}
    parts = []
    for node in ways(service, is_open):
        rate = service.areas.demand * (node.group.per_admission * node.chance)
        if trend is not None:
            rate = rate * trend.get(node.group.name, 1.0)
        stage = row_of[node.group.name, node.stage.name]
        parts.append(_at_node(service, node, rate, stage))
        if node.before is not None and node.stage.transfer.expectation:
            parts.append(_in_transfer(service, node, rate, row_of[node.group.name, node.before.stage.name]))
    if not parts:
        return Activity(*(np.zeros(0, dtype=int),) * 3, *(np.zeros(0),) * 6)
    stage, area, unit, *columns = (np.concatenate(each) for each in zip(*parts))
    return Activity(*_summed(stage, at.of_area[area], unit, columns, at.count, len(service.units)))


def _at_node(service: Service, node: Node, rate: np.ndarray, stage: int) -> tuple[np.ndarray, ...]:
    """Stage, area, unit and the columns of `Activity` of one way to a stage, each (areas that reach a unit,)."""
    travel, site = service.region.travel, service.units.site
    area = np.flatnonzero((node.unit >= 0) & (rate > 0))
    unit, rate = node.unit[area], rate[area]
    from_home = np.nan_to_num(travel.area_site[area, site[unit]])
    days = np.zeros(len(area))
    if node.stage.beds == "counted":
        stays = (mean_stay(service, node.stage, same) for same in (True, False))
        days = rate * np.where(node.in_same_bed[area], *stays)
        if node.before is not None and _both_held(node):
            days = (
                days + rate * ~node.in_same_bed[area] * (node.before.unit[area] >= 0) * node.stage.transfer.expectation
            )
    if node.before is None:
        journeys, minutes = rate, from_home
    else:
        before = node.before.unit[area]
        moved = (before >= 0) & (site[unit] != site[before])
        journeys, minutes = rate * moved, np.nan_to_num(travel.site_site[site[before], site[unit]])
    home = sum(share for to, share in node.stage.next.items() if to in DESTINATIONS[:2])
    columns = rate, days, journeys, journeys * minutes, days * from_home, rate * home * from_home
    return np.full(len(area), stage), area, unit, *columns


def _both_held(node: Node) -> bool:
    """Whether the bed before is held until the patient leaves for the next."""
    return node.before.stage.beds == "counted" and node.stage.keeps_bed


def _in_transfer(service: Service, node: Node, rate: np.ndarray, stage: int) -> tuple[np.ndarray, ...]:
    """The same of the bed-days spent in the bed before, while both beds are held."""
    before = node.before.unit
    moves = (node.unit >= 0) & (before >= 0) & ~node.in_same_bed & (rate > 0)
    area = np.flatnonzero(moves) if _both_held(node) else np.zeros(0, dtype=int)
    unit = before[area]
    days = rate[area] * node.stage.transfer.expectation
    from_home = np.nan_to_num(service.region.travel.area_site[area, service.units.site[unit]])
    none = np.zeros(len(area))
    return np.full(len(area), stage), area, unit, none, days, none, none, days * from_home, none


def simulated_activity(records: Records, window: Window, at: Homes) -> Activity:
    """What was done inside the window of one replication, a year.

    A stay counts by the time it was asked for, if it was begun in a bed or spent waiting for one; bed-days are clipped to the
    window; a journey counts by its arrival.
    """
    trace, service = records.trace, records.service
    travel, site = service.region.travel, service.units.site
    was_asked = (trace.unit >= 0) & window.has(trace.requested) & ~(np.isnan(trace.given) & np.isnan(trace.ready))
    moved = _moved(records, site, window)
    row = np.flatnonzero(records.counted & (trace.given < window.end) & ~(trace.left <= window.start))
    row = row[window.days(trace.given[row], trace.left[row]) > 0]
    is_held = np.zeros(len(was_asked), dtype=bool)
    is_held[row] = True
    row = was_asked | is_held
    row[moved] = True
    row = np.flatnonzero(row)

    # One column after the other, and no more of them at once than it takes: there are millions of stays.
    unit, area = trace.unit[row], records.sent.journeys.patients.area[records.patient[row]]
    stays = was_asked[row]
    days = np.where(is_held[row], window.days(trace.given[row], trace.left[row]), 0.0)
    from_home = np.nan_to_num(travel.area_site)[area, site[unit]]
    journeys = stays & ~records.follows[row]
    minutes = np.where(journeys, from_home, 0.0)
    later = np.searchsorted(row, moved)
    journeys[later] = True
    minutes[later] = np.nan_to_num(travel.site_site)[site[trace.unit[moved - 1]], site[unit[later]]]
    from_home *= days
    columns = (value / window.years for value in (stays, days, journeys, minutes, from_home))
    found = _summed(records.stage[row], at.of_area[area], unit, columns, at.count, len(service.units))
    return Activity(*found, np.full(len(found[0]), np.nan))


def _moved(records: Records, site: np.ndarray, window: Window) -> np.ndarray:
    """(N,) rows of stays to which the patient came from another site inside the window."""
    unit = records.trace.unit
    row = 1 + np.flatnonzero(records.follows[1:] & (unit[1:] != unit[:-1]) & (unit[1:] >= 0) & (unit[:-1] >= 0))
    return row[(site[unit[row]] != site[unit[row - 1]]) & window.has(records.trace.arrived[row])]


def _summed(stage, home, unit, columns, homes: int, units: int) -> tuple[np.ndarray, ...]:
    """Rows of one stage, home and unit put together: these three, and the sum of each column."""
    place = stage.astype(np.int64)
    place *= homes
    place += home
    place *= units
    place += unit
    size = int(place.max(initial=-1)) + 1
    if size > 4 * len(place) + 1_000_000:
        found, place = np.unique(place, return_inverse=True)
    else:  # few enough to be marked, which is quicker than sorting
        is_there = np.zeros(size, dtype=bool)
        is_there[place] = True
        found = np.flatnonzero(is_there)
        place = (np.cumsum(is_there) - 1)[place]
    sums = (np.bincount(place, weights=column, minlength=len(found)) for column in columns)
    return found // (homes * units), found // units % homes, found % units, *sums


def scaled(activity: Activity, factor: np.ndarray) -> Activity:
    """The activity with demand multiplied by (Q,) a factor for each stage."""
    by = factor[activity.stage]
    return activity._replace(**{name: getattr(activity, name) * by for name in Activity._fields[3:]})


def counted(service: Service, activity: Activity) -> dict[str, np.ndarray]:
    """By label of a stage, (U,) how many a year."""
    stages = stages_of(service)
    labels = np.array([stage.counts for stage in stages])[activity.stage]
    return {
        label: activity.by_unit(activity.stays * (labels == label), len(service.units))
        for label in sorted({stage.counts for stage in stages} - {""})
    }


def work_of(service: Service, activity: Activity) -> Work:
    """What is done in each unit a year."""
    units, stages = len(service.units), stages_of(service)
    kinds = np.array([stage.kind for stage in stages])[activity.stage]
    first = index_stages(service)[activity.stage]
    by_kind = {kind: activity.by_unit(activity.bed_days * (kinds == kind), units) for kind in np.unique(kinds).tolist()}
    return Work(activity.by_unit(activity.bed_days, units), activity.by_unit(activity.stays * first, units), by_kind)
