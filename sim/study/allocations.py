"""Allocations: how much an answer changes with the rule of where patients may go, and what bypassing costs and gains.

No simulation: everything is of the access core. The same scenario is asked under each rule, and decides anew under it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..journeys.alternatives import Alternative
from ..journeys.expected import first_favoured
from ..journeys.nearest import nearest
from ..service.allocation import Allocation
from ..service.fault import Fault, InputError, refuse
from ..service.service import Service
from .load import allocate, load_allocation
from .view import View, minimum_of, moves_between, view

RULES = ("nearest", "bypass", "mothership", "choice", "choice calibrated")
"""The rules compared where none are named: those that need no table of the user's."""

TRANSFER_MINUTES = 60.0
"""Minutes lost between arriving at a first hospital and setting out for the next, next to the way itself (Allen et al. 2019, European
Stroke Journal: net delay of a transfer)."""


def compare_allocations(
    service: Service,
    scenario: Callable[[Service], Service],
    allocations: Mapping[str, str | Mapping | Allocation] | Sequence[str] | None = None,
) -> list[dict]:
    """One row a rule of allocation: access under the option, units under the minimum, and who is moved.

    Parameters
    ----------
    service
        The baseline; its own rule comes first.
    scenario
        A verb of `scenarios`, or any function from a service to a service.
    allocations
        Rules by name: configs in ``configs/allocation``, their lines, or `Allocation`; None for `RULES`.

    Returns
    -------
    Rows of one shape. A rule that does not fit the service has a row that says why and no numbers.
    """
    if allocations is None:
        allocations = RULES
    named = allocations if isinstance(allocations, Mapping) else {name: _known(name) for name in allocations}
    own = {"as given": service.allocation} if service.allocation.rule.name != "nearest" else {}
    return [_row(name, service, scenario, given) for name, given in {**own, **named}.items()]


def _known(name: str) -> Mapping | Allocation:
    if name == "choice calibrated":
        return {**load_allocation("choice"), "calibrate": "reported"}
    return load_allocation(name)


def _row(name: str, service: Service, scenario: Callable[[Service], Service], given) -> dict:
    why, before, after = "", None, None
    try:
        baseline = allocate(service, load_allocation(given))
        option = scenario(baseline)
        last = max((change.at for change in option.changes), default=0.0)
        before, after = view(baseline, last), view(option, last)
    except InputError as error:
        why = str(error)
    return {"rule": name, **_numbers(service, before, after), "remark": why or after.service.allocation.sentence}


def _numbers(service: Service, before: View | None, after: View | None) -> dict[str, float]:
    """The numbers of a row; NaN where there is nothing to see."""
    nan = float("nan")
    index = service.index_share
    if after is not None:
        moved = moves_between(before, after)
        weight = after.service.demand_at(after.at)[moved.area] * moved.share * index
        added = moved.minutes_after - moved.minutes_before
        of = moved.before != moved.after
        patients = float(weight[of].sum())
    row = {
        "minutes_mean_baseline": before.access.mean if before else nan,
        "minutes_mean_option": after.access.mean if after else nan,
        "minutes_95th_baseline": before.access.percentile_95 if before else nan,
        "minutes_95th_option": after.access.percentile_95 if after else nan,
    }
    for place, minutes in enumerate(service.threshold_minutes):
        row[f"within_{minutes:g}_share_option"] = float(after.access.within[place]) if after else nan
    minimum = minimum_of(service) * (1 - 1e-9)
    for side, seen in (("baseline", before), ("option", after)):
        row[f"units_under_minimum_{side}"] = int((seen.gives & (seen.load.index < minimum)).sum()) if seen else nan
    row["patients_moved_per_year"] = patients if after else nan
    row["minutes_added_per_moved"] = float(np.nansum((weight * added)[of]) / patients) if after and patients else nan
    return row


def bypass_table(
    service: Service,
    delays: Sequence[float] = (0, 15, 30, 45, 60),
    to: str = "comprehensive",
    transfer_minutes: float = TRANSFER_MINUTES,
) -> list[dict]:
    """What going straight to the higher tier costs and gains, by the delay allowed: drip and ship first, mothership at the end.

    Parameters
    ----------
    service
        The service as it is at the start.
    delays
        Allowable delays in minutes, each 0 or more; rows are compared with a delay of 0.
    to
        The kind of care that makes a unit one of the higher tier.
    transfer_minutes
        Lost in a first hospital before setting out for the higher tier.

    Returns
    -------
    One row a delay, over all index admissions alike: the share sent past a nearer unit; mean minutes to the first unit and to the higher
    tier, each with its change; of those sent past, minutes lost to the first unit and gained to the higher tier; and the share who
    come to the higher tier first.
    """
    is_open, kind = service.is_open(), service.access_kind
    higher = service.gives(to)
    refuse(
        [] if (higher & service.gives(kind) & is_open).any() else [Fault(f"no open unit gives {kind} and {to} care")]
    )
    units, demand, travel = service.units, service.areas.demand, service.region.travel
    centres = np.flatnonzero(higher & is_open)
    onward = nearest(travel.site_site[:, units.site[centres]]).minutes[units.site]
    onward = np.where(higher & is_open, 0.0, onward + transfer_minutes)

    def seen(delay: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        first = first_favoured(service, kind, is_open, Alternative(1.0, None, higher, round(delay * 10)))
        minutes = np.where(first >= 0, travel.area_site[np.arange(len(first)), units.site[first]], np.nan)
        return first, minutes, minutes + onward[first]

    base = seen(0.0)
    weight = np.where(np.isnan(base[2]), 0.0, demand)
    rows = []
    for delay in delays:
        first, minutes, centre = seen(delay)
        past = weight * (first != base[0])
        lost, gained = minutes - base[1], base[2] - centre
        change = centre - base[2]
        rows.append(
            {
                "allowable_delay_minutes": float(delay),
                "redirected_share": float(past.sum() / weight.sum()),
                "minutes_first": _mean(minutes, weight),
                "minutes_first_change": _mean(lost, weight),
                "minutes_higher_tier": _mean(centre, weight),
                "minutes_higher_tier_change": _mean(change, weight),
                "lost_minutes_of_redirected": _mean(lost, past),
                "gained_minutes_of_redirected": _mean(gained, past),
                "higher_tier_first_share": _mean(higher[first].astype(float), weight),
            }
        )
    return rows


def _mean(value: np.ndarray, weight: np.ndarray) -> float:
    total = weight.sum()
    return float(np.nansum(value * weight) / total) if total > 0 else 0.0


def as_text(rows: list[dict], decimals: int = 2) -> list[str]:
    """Rows as aligned text, each a column, for there are more measures than rules."""
    names = [name for name in rows[0] if name != "remark"]
    body = [[name.replace("_", " "), *(_said(row[name], decimals) for row in rows)] for name in names]
    size = [max(len(line[i]) for line in body) for i in range(len(rows) + 1)]
    return ["  ".join([line[0].ljust(size[0]), *(w.rjust(n) for w, n in zip(line[1:], size[1:]))]) for line in body]


def _said(value: object, decimals: int) -> str:
    if isinstance(value, str):
        return value
    if value != value:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.{decimals}f}"
