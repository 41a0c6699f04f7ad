"""Outcomes: every measure of one replication of one option, each with one definition.

An outcome is a number with the name of its measure (which says its unit) and what it is *by*: everything together, or one unit,
kind, group or destination. Measures of patients are over those who asked, or arrived, inside the window.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ..engine.contract import GAVE_UP, LOST, UNPLACED
from .months import months
from .occupancy import occupancy
from .reach import DEFINITIONS as OF_REACH
from .reach import reach
from .records import Records, Window
from .slots import DEFINITIONS as OF_SLOTS
from .slots import slot_outcomes
from .tidy import ALL, HOME, Outcome
from .waiting_list import DEFINITIONS as OF_LISTS
from .waiting_list import waiting_lists
from .waits import Requests, requests
from .wanted import beds_wanted

MEASURES = {
    "index_admissions_per_year": "index patients by the first unit of the kind that access is measured to, by the time they asked there",
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
    "waiting_at_end": "patients waiting for a bed when the window ends, those on lists apart",
    "beds_needed": "the fewest beds of which at least that many are held or asked for at most for the stated chance of delay",
    **OF_LISTS,
    **OF_SLOTS,
    **OF_REACH,
}
"""Every measure of the simulation and its definition."""


def outcomes(records: Records, window: Window, epochs: Sequence[Window] = ()) -> list[Outcome]:
    """All measures of one replication of one option.

    Parameters
    ----------
    records
        Of the replication.
    window
        What is measured.
    epochs
        Parts of the window for which beds needed are given too, as ``unit from day 400``.
    """
    asked = requests(records, window)
    return [
        *_volumes(records, window),
        *_waits(records, window, asked),
        *occupancy_outcomes(records, window),
        *_delays(records, window),
        *_endings(records, window),
        *_wanted(records, window, epochs),
        *months(records, window, asked),
        *waiting_lists(records, window),
        *slot_outcomes(records, window),
        *reach(records, window),
    ]


def _volumes(records: Records, window: Window) -> Iterator[Outcome]:
    trace, service = records.trace, records.service
    units = tuple(service.units.id.tolist())
    count = len(units)

    def per_year(unit: np.ndarray) -> np.ndarray:
        return np.bincount(unit[unit >= 0], minlength=count) / window.years

    index = records.index[window.has(trace.requested[records.index])]
    yield Outcome("index_admissions_per_year", "unit", units, per_year(trace.unit[index]))
    yield Outcome("index_admissions_per_year", ALL, ("",), np.array([len(index) / window.years]))
    yield from _by_home(records, "index_admissions_per_year", records.patient[index], window)
    stage_counts = np.array([_stage(records, q).counts for q in range(len(records.sent.routes.stage_name))])
    for label in sorted(set(stage_counts.tolist()) - {""}):
        of = (stage_counts == label)[records.stage] & window.has(records.begun)
        yield Outcome(f"{label}_per_year", "unit", units, per_year(trace.unit[of]))
        yield Outcome(f"{label}_per_year", ALL, ("",), np.array([of.sum() / window.years]))
        yield from _by_home(records, f"{label}_per_year", records.patient[of], window)
    begun = records.counted & window.has(records.begun)
    begun[1:] &= ~records.same_bed[1:]
    yield Outcome("stays_per_year", "unit", units, per_year(trace.unit[begun]))
    moved = window.has(trace.arrived[_moved(records)])
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
    """(N,) rows of stays to which the patient came from another site."""
    unit, site = records.trace.unit, records.service.units.site
    row = 1 + np.flatnonzero(records.follows[1:] & (unit[1:] != unit[:-1]) & (unit[1:] >= 0) & (unit[:-1] >= 0))
    return row[site[unit[row]] != site[unit[row - 1]]]


def _waits(records: Records, window: Window, asked: Requests) -> Iterator[Outcome]:
    trace, service = records.trace, records.service
    units, kinds, groups = tuple(service.units.id.tolist()), service.kinds, tuple(g.name for g in service.groups)
    of = {
        (ALL, ("",)): np.zeros(len(asked.row), dtype=int),
        ("kind", kinds): records.sent.journeys.stages.kind[records.stage[asked.row]],
        ("group", groups): records.sent.group[records.patient[asked.row]],
        ("unit", units): trace.unit[asked.row],
    }
    # Most waits are 0: sums and percentiles need only the others.
    delayed, late = np.flatnonzero(asked.delayed), np.flatnonzero(asked.hours > 0)
    hours = asked.hours[late]
    for (by, key), index in of.items():
        count = len(key)
        total = np.bincount(index, minlength=count)
        known = np.where(total, total, np.nan)
        yield Outcome("wait_hours_mean", by, key, np.bincount(index[late], hours, count) / known)
        yield Outcome("wait_share_delayed", by, key, np.bincount(index[delayed], minlength=count) / known)
        yield Outcome("wait_hours_p95", by, key, _percentile_by(total, index[late], hours, 0.95))
    asks = records.counted & ~records.from_list
    bedless = np.flatnonzero(asks & (trace.requested < window.end) & ~(trace.given < window.end))
    gone = np.fmin(trace.ready[bedless], trace.ended[records.patient[bedless]])
    yield Outcome("waiting_at_end", ALL, ("",), np.array([float(np.sum(~(gone < window.end)))]))


def _percentile_by(total: np.ndarray, index: np.ndarray, value: np.ndarray, share: float) -> np.ndarray:
    """The smallest value that at least a share of each group's values do not exceed; NaN for an empty group.

    Parameters
    ----------
    total
        (N,) values of each group, 0 or more.
    index, value
        (M,) group and value of those that are above 0.
    share
        Above 0, up to 1.
    """
    late_total = np.bincount(index, minlength=len(total))
    place = np.ceil(share * total).astype(int) - 1 - (total - late_total)
    found = np.where(total > 0, 0.0, np.nan)
    order = np.argsort(index.astype(np.min_scalar_type(len(total))), kind="stable")  # small numbers are sorted in no time
    ordered, first = value[order], np.cumsum(late_total) - late_total
    for k in np.flatnonzero(place >= 0):
        found[k] = np.partition(ordered[first[k] : first[k] + late_total[k]], place[k])[place[k]]
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
    of = np.flatnonzero(records.counted & ~(trace.left == trace.ready))
    of = of[~np.isnan(trace.given[of]) & ~np.isnan(trace.ready[of])]
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
    wanted = np.where(onward, trace.unit[np.minimum(of + 1, len(records.stage) - 1)], -1)
    known = wanted >= 0
    by_wanted = np.bincount(wanted[known], days[known], len(units))
    yield Outcome("delayed_transfer_bed_days_per_year", "waited_for", units, by_wanted)
    outlying = np.flatnonzero(records.counted & records.sent.journeys.stages.from_requested[records.stage])
    outlying = outlying[_bedless(records, outlying)]
    days = np.zeros(len(outlying))
    late = np.flatnonzero(trace.given[outlying] != trace.requested[outlying])
    row = outlying[late]
    end = np.fmin(
        np.where(np.isnan(trace.given[row]), trace.ready[row], trace.given[row]), trace.ended[records.patient[row]]
    )
    days[late] = window.days(trace.requested[row], end) / window.years
    unit = trace.unit[outlying]
    yield Outcome(
        "outlying_bed_days_per_year", "unit", units, np.bincount(unit[unit >= 0], days[unit >= 0], len(units))
    )
    yield Outcome("outlying_bed_days_per_year", ALL, ("",), np.array([days.sum()]))


def _bedless(records: Records, row: np.ndarray) -> np.ndarray:
    """(N,) bool: whoever asked for these stays, (N,) rows, held no counted bed while asking.

    A stay that ended before its bed came leaves the patient in the bed of one still earlier: the latest that had a bed counts.
    """
    trace = records.trace
    first, earlier = records.first[records.patient[row]], row - 1
    back = np.flatnonzero(earlier >= first)
    while len(back):
        back = back[~records.counted[earlier[back]] | np.isnan(trace.given[earlier[back]])]
        earlier[back] -= 1
        back = back[earlier[back] >= first[back]]
    return ~((earlier >= first) & ~(trace.left[earlier] <= trace.requested[row]))


def _endings(records: Records, window: Window) -> Iterator[Outcome]:
    trace = records.trace
    inside = window.has(trace.ended)
    lost = inside & ((trace.end == LOST) | (trace.end == GAVE_UP))
    yield Outcome("lost_per_year", ALL, ("",), np.array([lost.sum() / window.years]))
    yield Outcome("unplaced_per_year", ALL, ("",), np.array([(inside & (trace.end == UNPLACED)).sum() / window.years]))


def _wanted(records: Records, window: Window, epochs: Sequence[Window]) -> Iterator[Outcome]:
    staffing, units = records.service.staffing, tuple(records.service.units.id.tolist())
    if staffing is not None:
        yield Outcome("beds_needed", "unit", units, beds_wanted(records, window, staffing.delay))
        for each in epochs:
            yield Outcome("beds_needed", from_day(each.start), units, beds_wanted(records, each, staffing.delay))


def from_day(start: float) -> str:
    """What a measure by unit and epoch is by."""
    return f"unit from day {start:g}"
