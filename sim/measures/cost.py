"""Cost of a configuration of units, a year, without simulation.

Cost-collection figures are fully absorbed. Their total at baseline volume is split into what a unit costs for being open at
all (fixed), what goes with staffed beds (semi-fixed) and what goes with bed-days (variable), so that the parts sum to
that total at baseline and nothing is counted twice. An option keeps the rates and changes units, beds and bed-days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..service.service import Service
from .load import Load


@dataclass(frozen=True, eq=False)
class CostRates:
    """Rates that reproduce the cost-collection total at baseline; one pool of units a way of pricing."""

    pool: np.ndarray
    """(U,) int: 0 for units paid by the admission, 1 for units paid by the bed-day."""
    fixed: np.ndarray
    """(2,) GBP a year an open unit."""
    per_bed: np.ndarray
    """(2,) GBP a year a staffed bed."""
    per_bed_day: np.ndarray
    """(2,) GBP a bed-day."""


@dataclass(frozen=True)
class Cost:
    """Cost a year in GBP by part."""

    fixed: float
    semi_fixed: float
    variable: float
    procedures: float
    transfers: float

    @property
    def total(self) -> float:
        """The sum of the parts."""
        return self.fixed + self.semi_fixed + self.variable + self.procedures + self.transfers


def cost_rates(service: Service, load: Load) -> CostRates:
    """Fit the rates to the total at baseline.

    Parameters
    ----------
    service
        The baseline, with costs and beds.
    load
        Its expected load.
    """
    costs, is_open, beds = service.costs, service.is_open(), service.beds()
    by_day = np.zeros(len(service.units), dtype=bool)
    for kind in costs.bed_day:
        others = [service.gives(other) for other in service.units.gives if other != kind]
        by_day |= service.gives(kind) & ~np.any(others, axis=0)
    pool = by_day.astype(int)
    day_price = max(costs.bed_day.values(), default=0.0)
    total = np.array([load.index.sum() * costs.admission, load.bed_days[by_day].sum() * day_price])
    shares = np.array([costs.share_fixed, costs.share_semi_fixed, 1 - costs.share_fixed - costs.share_semi_fixed])
    base = np.array(
        [np.bincount(pool, is_open, 2), np.bincount(pool, beds * is_open, 2), np.bincount(pool, load.bed_days, 2)]
    )
    rates = np.divide(shares[:, None] * total, base, out=np.zeros_like(base, dtype=float), where=base > 0)
    return CostRates(pool, *rates)


def annual_cost(service: Service, load: Load, rates: CostRates, at: float = 0.0) -> Cost:
    """Cost a year of a service's units as they are at a time.

    Parameters
    ----------
    service
        Baseline or option.
    load
        Its expected load with the units open at that time.
    rates
        Of the baseline (`cost_rates`).
    at
        Days from the start of the run.
    """
    is_open, beds = service.is_open(at), service.beds(at)
    return Cost(
        fixed=float(rates.fixed[rates.pool][is_open].sum()),
        semi_fixed=float((rates.per_bed[rates.pool] * beds)[is_open].sum()),
        variable=float((rates.per_bed_day[rates.pool] * load.bed_days).sum()),
        procedures=sum(
            float(load.counted.get(label, np.zeros(1)).sum()) * price for label, price in service.costs.counted.items()
        ),
        transfers=load.transfers * service.costs.transfer,
    )
