"""Built: what the cost of each unit is made of, before and after - rota, equipment, staffed beds, what is used up - and their scales."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...measures.cost import PARTS, Built, built, unit_cost
from ...measures.money.activity import work_of
from ...measures.promise import promised_beds
from .case import SIDES, Money, guesses, reckon

if TYPE_CHECKING:
    from ..tables import Findings


def unit_costs(found: Findings) -> list[dict]:
    """One row a unit and side: what it is built from, its scales to the cost collection, and its parts.

    The map is that of the last plan year; prices are those of the first.
    """
    money = reckon(found)
    if money is None:
        return []
    service, rates = found.service, money.at.rates
    names = service.costs.named
    said = guesses(money, service, tuple(dict.fromkeys(name for part in PARTS for name in names.get(part, ()))))
    rows = []
    for name in SIDES:
        made, parts, admissions, provider = _units(money, name)
        scale = rates.scale[:, rates.pool]
        for u in range(len(service.units)):
            total = sum(float(part[u]) for part in parts)
            row = {
                "unit": str(service.units.id[u]),
                "name": str(service.units.name[u]),
                "provider": str(provider[u]),
                "scenario": name,
                "paid_by": "bed-day" if rates.pool[u] else "admission",
                "admissions_per_year": float(admissions[u]),
            }
            if service.costs.is_built:
                row |= {
                    f"{column}_built_gbp": float(getattr(made, column)[u] * rates.factor[u]) for column in Built._fields
                }
            for column, part in (("scale_to_cost_collection", 0), ("scale_of_what_is_used_up", PARTS.index("variable"))):
                row[column] = float(scale[part, u]) if service.costs.is_built else None
            row |= {f"{part}_gbp": float(values[u]) for part, values in zip(PARTS, parts)}
            row |= {
                "total_gbp": total,
                "per_admission_gbp": total / admissions[u] if admissions[u] > 0 else None,
                "rests_on_guesses": said,
            }
            rows.append(row)
    return rows


def _units(money: Money, name: str) -> tuple[Built, tuple[np.ndarray, ...], np.ndarray, np.ndarray]:
    """What each unit is built from, its three parts in pounds, its admissions and who runs it, in the last span of a side."""
    side, rates = money.side[name], money.at.rates
    span = side.spans[-1]
    work, beds = (
        work_of(side.service, span.activity),
        span.beds - promised_beds(side.service, money.finance.origin + span.start),
    )
    made = built(side.service, span.is_open, rates.staffed(beds), work, rates.mix, rates.uplift)
    parts = unit_cost(rates, side.service, span.is_open, beds, work)[:3]
    return made, parts, work.admissions, span.provider
