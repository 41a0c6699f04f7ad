"""Cost of a configuration of units, a year, without simulation.

Cost-collection figures are fully absorbed. Their total at baseline volume is split into what a unit costs for being open at
all (fixed), what goes with staffed beds (semi-fixed) and what goes with bed-days (variable), so that the parts sum to
that total at baseline and nothing is counted twice. An option keeps the rates and changes units, beds and bed-days.

Where market forces factors are given, a unit's costs lie above or below the mean with its factor, as its prices do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..service.service import Service
from .load import Load


@dataclass(frozen=True, eq=False)
class CostRates:
    """Rates that reproduce the cost-collection total at baseline; one pool of units a way of pricing."""

    pool: np.ndarray
    """(U,) int: 0 for units paid by the admission, 1 for units paid by the bed-day."""
    factor: np.ndarray
    """(U,) market forces factor; the rates are those of a unit whose factor is 1."""
    fixed: np.ndarray
    """(2,) GBP a year an open unit."""
    per_bed: np.ndarray
    """(2,) GBP a year a staffed bed."""
    per_bed_day: np.ndarray
    """(2,) GBP a bed-day."""
    procedure: Mapping[str, float]
    """By label of a stage, GBP each."""
    transfer: float
    """GBP a journey between sites."""
    total: np.ndarray
    """(2,) GBP a year of each pool at baseline: what the parts sum to."""
    bed_step: float = 1.0
    """Beds by which staffing rises."""

    def staffed(self, beds: np.ndarray) -> np.ndarray:
        """(U,) beds that are staffed for: whole steps."""
        return np.ceil(np.asarray(beds) / self.bed_step - 1e-9) * self.bed_step


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


class UnitCost(NamedTuple):
    """Cost a year in GBP of each unit by part, (U,) each."""

    fixed: np.ndarray
    semi_fixed: np.ndarray
    variable: np.ndarray
    procedures: np.ndarray


def market_forces(service: Service) -> np.ndarray:
    """(U,) the market forces factor of each unit's provider; 1 for all where the units table has none or lacks one."""
    factor = service.units.attribute.get("market_forces_factor")
    if factor is None or not (np.asarray(factor, dtype=float) > 0).all():
        return np.ones(len(service.units))
    return np.asarray(factor, dtype=float)


def cost_rates(
    service: Service,
    load: Load,
    factor: np.ndarray | None = None,
    bed_step: float = 1.0,
    uplift: float = 1.0,
    at: float = 0.0,
) -> CostRates:
    """Fit the rates to the total at baseline.

    Parameters
    ----------
    service
        The baseline, with costs and beds.
    load
        Its expected load.
    factor
        (U,) what a unit's costs are over the mean (`market_forces`); the same everywhere where not given.
    bed_step
        Beds by which staffing rises.
    uplift
        What a pound of the service's costs is in the prices wanted.
    at
        Days from the start of the run: when the baseline is taken.
    """
    costs, is_open = service.costs, service.is_open(at)
    factor = np.ones(len(service.units)) if factor is None else factor
    by_day = np.zeros(len(service.units), dtype=bool)
    for kind in costs.bed_day:
        others = [service.gives(other) for other in service.units.gives if other != kind]
        by_day |= service.gives(kind) & ~np.any(others, axis=0)
    pool = by_day.astype(int)
    day_price = max(costs.bed_day.values(), default=0.0)
    total = uplift * np.array([load.index.sum() * costs.admission, load.bed_days[by_day].sum() * day_price])
    shares = np.array([costs.share_fixed, costs.share_semi_fixed, 1 - costs.share_fixed - costs.share_semi_fixed])
    procedure = {}
    for label, price in costs.counted.items():
        done = load.counted.get(label, np.zeros(len(pool)))
        weighted = float((done * factor).sum())
        procedure[label] = uplift * price * (done.sum() / weighted if weighted > 0 else 1.0)
    rates = CostRates(pool, factor, *np.zeros((3, 2)), procedure, uplift * costs.transfer, total, bed_step)
    base = [is_open, rates.staffed(service.beds(at)) * is_open, load.bed_days]
    base = np.array([np.bincount(pool, each * factor, 2) for each in base])
    fixed, per_bed, per_bed_day = np.divide(
        shares[:, None] * total, base, out=np.zeros_like(base, dtype=float), where=base > 0
    )
    return CostRates(pool, factor, fixed, per_bed, per_bed_day, procedure, rates.transfer, total, bed_step)


def unit_cost(
    rates: CostRates,
    is_open: np.ndarray,
    beds: np.ndarray,
    bed_days: np.ndarray,
    counted: Mapping[str, np.ndarray] | None = None,
) -> UnitCost:
    """Cost a year of each unit.

    Parameters
    ----------
    rates
        Of the baseline.
    is_open
        (U,) bool.
    beds
        (U,) staffed beds in force.
    bed_days
        (U,) bed-days a year.
    counted
        By label of a stage, (U,) a year.
    """
    of, factor = rates.pool, rates.factor
    procedures = np.zeros(len(of))
    for label, price in rates.procedure.items():
        procedures += price * np.asarray((counted or {}).get(label, 0.0))
    return UnitCost(
        rates.fixed[of] * factor * is_open,
        rates.per_bed[of] * factor * np.where(is_open, rates.staffed(beds), 0.0),
        rates.per_bed_day[of] * factor * bed_days,
        procedures * factor,
    )


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
    parts = unit_cost(rates, service.is_open(at), service.beds(at), load.bed_days, load.counted)
    return Cost(*(float(part.sum()) for part in parts), transfers=load.transfers * rates.transfer)
