"""Who: which patients gain and lose, where they live, and whether the units that receive them can.

Everything here is of the access core: no simulation, exact for the allocation in force.
"""

from __future__ import annotations

import numpy as np

from ..measures.access import mean_minutes, share_within
from ..measures.equity import FIFTHS, deprivation_fifth, groups
from ..service.service import Service
from .view import View, moves_between

CLOSE_TO_FULL = 0.95
"""Expected load over beds from which a unit cannot take more patients: waits would grow without limit."""


def who(before: View, after: View) -> list[dict]:
    """One row a group of patients: journeys before and after, gainers, losers, and those newly beyond each threshold."""
    service = before.service
    moved_by = moves_between(before, after)
    rows = []
    for dimension, name, weight in groups(service):
        row = {"dimension": dimension, "group": name}
        if weight is None or not weight.sum():
            rows.append(row | dict.fromkeys(_columns(service)))
            continue
        used = np.flatnonzero(weight[moved_by.area] > 0)
        x, y = moved_by.minutes_before[used], moved_by.minutes_after[used]
        weight = (weight[moved_by.area] * moved_by.share)[used]
        longer, shorter = y > x + 1e-9, y < x - 1e-9
        means = mean_minutes(x, weight), mean_minutes(y, weight)
        shares = share_within(x, weight, service.threshold_minutes), share_within(y, weight, service.threshold_minutes)
        moved = float(weight[longer].sum())
        row |= {
            "patients_per_year": float(weight.sum()),
            "minutes_mean_baseline": means[0],
            "minutes_mean_option": means[1],
            "minutes_mean_change": means[1] - means[0],
            "patients_longer": moved,
            "patients_shorter": float(weight[shorter].sum()),
            "patients_unchanged": float(weight[~longer & ~shorter].sum()),
            "minutes_added_where_longer": float((weight * (y - x))[longer].sum() / moved) if moved else 0.0,
        }
        for minutes, was, now in zip(service.threshold_minutes, *shares):
            row[f"newly_beyond_{minutes:g}"] = float(weight[(x <= minutes) & ~(y <= minutes)].sum())
            row |= {f"within_{minutes:g}_share_baseline": float(was), f"within_{minutes:g}_share_option": float(now)}
        rows.append(row)
    return rows


def _columns(service: Service) -> list[str]:
    fixed = [
        "patients_per_year",
        "minutes_mean_baseline",
        "minutes_mean_option",
        "minutes_mean_change",
        "patients_longer",
    ]
    fixed += ["patients_shorter", "patients_unchanged", "minutes_added_where_longer"]
    for minutes in service.threshold_minutes:
        fixed += [f"newly_beyond_{minutes:g}", f"within_{minutes:g}_share_baseline", f"within_{minutes:g}_share_option"]
    return fixed


def fifth_minutes(seen: View) -> tuple[float, float]:
    """Mean minutes of the most and of the least deprived fifth; NaN where deprivation is not known."""
    fifth = deprivation_fifth(seen.service)
    if fifth is None:
        return float("nan"), float("nan")
    demand, minutes = seen.service.areas.demand, seen.first.minutes
    most, least = (mean_minutes(minutes, demand * (fifth == of)) for of in (0, len(FIFTHS) - 1))
    return most, least


def deprivation_gap(seen: View) -> float:
    """Mean minutes of the most deprived fifth less those of the least; NaN where deprivation is not known."""
    most, least = fifth_minutes(seen)
    return most - least


def worst_off(before: View, after: View, count: int = 10, least: float = 5.0) -> list[dict]:
    """The areas whose journey grows most, by name; areas of fewer than ``least`` patients a year are not named."""
    areas = before.service.areas
    added = after.first.minutes - before.first.minutes
    may = (areas.demand >= least) & (added > 1e-9)
    order = np.flatnonzero(may)[np.argsort(-added[may], kind="stable")][:count]
    ids = np.append(before.service.units.id, "none")
    return [
        {
            "area": str(areas.id[a]),
            "name": str(areas.name[a]),
            "icb": str(areas.body["icb"][a]) if "icb" in areas.body else "",
            "admissions_per_year": float(areas.demand[a]),
            "minutes_baseline": float(before.first.minutes[a]),
            "minutes_option": float(after.first.minutes[a]),
            "minutes_added": float(added[a]),
            "unit_baseline": str(ids[before.first.unit[a]]),
            "unit_option": str(ids[after.first.unit[a]]),
        }
        for a in order
    ]


def receivers(before: View, after: View) -> list[dict]:
    """One row a unit that gains patients: what it gains, whether it has the beds, and from when."""
    service = after.service
    units = service.units
    gain = np.where(after.is_open, after.load.beds - before.load.beds, 0.0)
    limit = units.attribute.get("physical_beds", np.full(len(units), np.nan)).astype(float)
    rows = []
    for u in np.flatnonzero(gain > 0.05):
        load, beds = float(after.load.beds[u]), float(after.beds[u])
        ready = [c.at for c in service.changes if c.unit == units.id[u] and c.what in ("beds", "open") and c.value > 0]
        reasons = []
        if beds == 0 or load >= CLOSE_TO_FULL * beds:
            reasons.append(f"expected load is {100 * load / beds if beds else np.inf:.0f} % of its beds")
        if beds > limit[u]:
            reasons.append(f"needs {beds:.0f} beds where {limit[u]:.0f} fit")
        rows.append(
            {
                "unit": str(units.id[u]),
                "name": str(units.name[u]),
                "extra_admissions_per_year": float(after.load.index[u] - before.load.index[u]),
                "extra_load_beds": float(gain[u]),
                "beds_baseline": float(before.beds[u]),
                "beds_option": beds,
                "expected_occupancy_baseline": float(before.load.beds[u] / before.beds[u])
                if before.beds[u]
                else np.nan,
                "expected_occupancy_option": load / beds if beds else np.nan,
                "physical_limit_beds": limit[u],
                "ready": service.calendar.date(max(ready)).isoformat() if ready else "",
                "can_take_them": not reasons,
                "why_not": "; ".join(reasons),
            }
        )
    return rows
