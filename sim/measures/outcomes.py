"""Outcomes: every measure of one replication of one option, each with one definition.

An outcome is a number with the name of its measure (which says its unit) and what it is *by*: everything together, or one unit,
kind, group or destination. Measures of patients are over those who asked, or arrived, inside the window.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..engine.contract import GAVE_UP, LOST, UNPLACED
from .months import months
from .occupancy import occupancy
from .records import Records, Window
from .tidy import ALL, HOME, Outcome
from .waits import requests

MEASURES = {
    "index_admissions_per_year": "patients of index groups whose first unit it is, by the time they asked there",
    "counted_per_year": "stays begun in a stage that counts as something (thrombectomy)",
    "stays_per_year": "stays in a bed begun at the unit; going on in the same bed is the same stay",
    "wait_hours_mean": "given - requested, over requests for a counted bed; one not served counts with the wait so far",
    "wait_hours_p95": "the smallest wait that at least 95 % of requests do not exceed",
    "wait_share_delayed": "share of requests for a counted bed that were not given one at once",
    "occupied_beds_mean": "time average of beds held, from given to left",
    "occupied_beds_p95": "beds held at or below which the unit is for at least 95 % of the time",
    "time_full_share": "share of time in which held beds reach the beds in force",
    "beds_held_on_the_way_mean": "time average of beds held for a patient who has not arrived",
    "delayed_transfer_bed_days_per_year": "bed-days from ready to left, still in the bed",
    "outlying_bed_days_per_year": "days of a stay spent waiting outside the right unit, holding no bed",
    "transfers_per_year": "journeys from one site to another",
    "lost_per_year": "patients who found no bed and did not wait, or gave up waiting",
    "unplaced_per_year": "patients for whom no acceptable unit was open",
    "waiting_at_end": "patients waiting for a bed when the window ends",
}
"""Every measure of the simulation and its definition."""


def outcomes(records: Records, window: Window) -> list[Outcome]:
    """All measures of one replication of one option."""
    return [
        *_volumes(records, window),
        *_waits(records, window),
        *occupancy_outcomes(records, window),
        *_delays(records, window),
        *_endings(records, window),
        *months(records, window),
    ]


def _volumes(records: Records, window: Window) -> Iterator[Outcome]:
    trace, service = records.trace, records.service
    units = tuple(service.units.id.tolist())
    count = len(units)

    def per_year(unit: np.ndarray) -> np.ndarray:
        return np.bincount(unit[unit >= 0], minlength=count) / window.years

    first = records.first
    index = records.is_index() & window.has(trace.requested[first])
    yield Outcome("index_admissions_per_year", "unit", units, per_year(trace.unit[first[index]]))
    yield Outcome("index_admissions_per_year", ALL, ("",), np.array([index.sum() / window.years]))
    yield from _by_home(records, "index_admissions_per_year", np.flatnonzero(index), window)
    stage_counts = np.array([_stage(records, q).counts for q in range(len(records.sent.routes.stage_name))])
    for label in sorted(set(stage_counts.tolist()) - {""}):
        of = (stage_counts == label)[records.stage] & window.has(trace.given)
        yield Outcome(f"{label}_per_year", "unit", units, per_year(trace.unit[of]))
        yield Outcome(f"{label}_per_year", ALL, ("",), np.array([of.sum() / window.years]))
        yield from _by_home(records, f"{label}_per_year", records.patient[of], window)
    begun = records.counted & window.has(trace.given)
    begun[1:] &= ~records.same_bed[1:]
    yield Outcome("stays_per_year", "unit", units, per_year(trace.unit[begun]))
    moved = _moved(records) & window.has(trace.arrived)
    yield Outcome("transfers_per_year", ALL, ("",), np.array([moved.sum() / window.years]))


def _by_home(records: Records, measure: str, patient: np.ndarray, window: Window) -> Iterator[Outcome]:
    """Counts by the body that patients live in (`HOME`), where the region knows it."""
    body = records.service.areas.body.get(HOME)
    if body is not None:
        names, index = np.unique(body, return_inverse=True)
        area = records.sent.journeys.patients.area[patient]
        yield Outcome(
            measure, HOME, tuple(names.tolist()), np.bincount(index[area], minlength=len(names)) / window.years
        )


def _stage(records: Records, row: int):
    routes = records.sent.routes
    return routes.service.groups[routes.stage_group[row]].stage(routes.stage_name[row])


def _moved(records: Records) -> np.ndarray:
    """(M,) bool: the patient came to this stay from another site."""
    trace = records.trace
    site = np.append(records.service.units.site, -1)[trace.unit]
    moved = np.zeros(len(site), dtype=bool)
    moved[1:] = records.follows[1:] & (site[1:] != site[:-1]) & (site[1:] >= 0) & (site[:-1] >= 0)
    return moved & ~np.isnan(trace.arrived)


def _waits(records: Records, window: Window) -> Iterator[Outcome]:
    trace, service = records.trace, records.service
    asked = requests(records, window)
    units, kinds, groups = tuple(service.units.id.tolist()), service.kinds, tuple(g.name for g in service.groups)
    of = {
        (ALL, ("",)): np.zeros(len(asked.row), dtype=int),
        ("kind", kinds): records.sent.journeys.stages.kind[records.stage[asked.row]],
        ("group", groups): records.sent.group[records.patient[asked.row]],
        ("unit", units): trace.unit[asked.row],
    }
    for (by, key), index in of.items():
        count = len(key)
        total = np.bincount(index, minlength=count)
        total = np.where(total, total, np.nan)
        yield Outcome("wait_hours_mean", by, key, np.bincount(index, asked.hours, count) / total)
        yield Outcome("wait_share_delayed", by, key, np.bincount(index, asked.delayed, count) / total)
        yield Outcome("wait_hours_p95", by, key, _percentile_by(index, asked.hours, count, 0.95))
    waiting = records.counted & (trace.requested < window.end) & ~(np.fmin(trace.given, trace.ready) < window.end)
    waiting &= ~(trace.ended[records.patient] < window.end)
    yield Outcome("waiting_at_end", ALL, ("",), np.array([float(waiting.sum())]))


def _percentile_by(index: np.ndarray, value: np.ndarray, count: int, share: float) -> np.ndarray:
    """The smallest value that at least a share of each group's values do not exceed; NaN for an empty group.

    Most waits are 0: only the others are sorted.
    """
    total = np.bincount(index, minlength=count)
    late = np.flatnonzero(value > 0)
    index, value = index[late], value[late]
    late_total = np.bincount(index, minlength=count)
    ordered = value[np.lexsort((value, index))]
    first = np.cumsum(late_total) - late_total
    place = np.ceil(share * total).astype(int) - 1 - (total - late_total)
    found = np.where(total > 0, 0.0, np.nan)
    of = place >= 0
    found[of] = ordered[(first + place)[of]]
    return found


def occupancy_outcomes(records: Records, window: Window) -> Iterator[Outcome]:
    """Measures of beds held, by unit and together."""
    units = tuple(records.service.units.id.tolist())
    held = occupancy(records, window)
    yield Outcome("occupied_beds_mean", "unit", units, held.mean)
    yield Outcome("occupied_beds_mean", ALL, ("",), np.array([held.mean.sum()]))
    yield Outcome("occupied_beds_p95", "unit", units, held.p95.astype(float))
    yield Outcome("time_full_share", "unit", units, held.full)
    yield Outcome("beds_held_on_the_way_mean", "unit", units, held.on_the_way)
    yield Outcome("beds_held_on_the_way_mean", ALL, ("",), np.array([held.on_the_way.sum()]))


def _delays(records: Records, window: Window) -> Iterator[Outcome]:
    trace, service = records.trace, records.service
    units = tuple(service.units.id.tolist())
    of = np.flatnonzero(
        records.counted & ~np.isnan(trace.given) & ~np.isnan(trace.ready) & ~(trace.left == trace.ready)
    )
    days = window.days(trace.ready[of], trace.left[of]) / window.years
    yield Outcome("delayed_transfer_bed_days_per_year", "unit", units, np.bincount(trace.unit[of], days, len(units)))
    yield Outcome("delayed_transfer_bed_days_per_year", ALL, ("",), np.array([days.sum()]))
    kinds = (*service.kinds, "leaving")
    onward = np.append(records.follows[1:], False)[of]
    to = np.where(
        onward,
        records.sent.journeys.stages.kind[records.stage[np.minimum(of + 1, len(records.stage) - 1)]],
        len(kinds) - 1,
    )
    yield Outcome("delayed_transfer_bed_days_per_year", "destination", kinds, np.bincount(to, days, len(kinds)))
    outlying = np.flatnonzero(
        records.counted & records.sent.journeys.stages.from_requested[records.stage] & _bedless(records)
    )
    end = np.fmin(
        np.where(np.isnan(trace.given[outlying]), trace.ready[outlying], trace.given[outlying]),
        trace.ended[records.patient[outlying]],
    )
    days = window.days(trace.requested[outlying], end) / window.years
    unit = trace.unit[outlying]
    yield Outcome(
        "outlying_bed_days_per_year", "unit", units, np.bincount(unit[unit >= 0], days[unit >= 0], len(units))
    )
    yield Outcome("outlying_bed_days_per_year", ALL, ("",), np.array([days.sum()]))


def _bedless(records: Records) -> np.ndarray:
    """(M,) bool: whoever asked for this stay held no counted bed of the stay before while asking."""
    bedless = np.ones(len(records.stage), dtype=bool)
    trace = records.trace
    had = records.follows[1:] & records.counted[:-1] & ~np.isnan(trace.given[:-1])
    bedless[1:] = ~(had & ~(trace.left[:-1] <= trace.requested[1:]))
    return bedless


def _endings(records: Records, window: Window) -> Iterator[Outcome]:
    trace = records.trace
    inside = window.has(trace.ended)
    lost = inside & ((trace.end == LOST) | (trace.end == GAVE_UP))
    yield Outcome("lost_per_year", ALL, ("",), np.array([lost.sum() / window.years]))
    yield Outcome("unplaced_per_year", ALL, ("",), np.array([(inside & (trace.end == UNPLACED)).sum() / window.years]))
