"""Cost of a configuration of units, a year, without simulation.

A unit costs something for being open at all (fixed: the smallest rota and its equipment), something for its staffed beds (semi-fixed: staff
beyond that rota, in steps of beds) and something for what is done (variable: bed-days and admissions). The parts are built from staff
and pay. Cost-collection figures are fully absorbed, so the parts of all units are then scaled to sum to that total at
baseline volume, in every pool of units that is priced in a way of its own, and nothing is counted twice. What is used up has one scale
in all pools, so that the same day of care uses as much wherever it is given; rota, equipment and staffed beds take what is then left of
their pool. A service without pay states the parts as shares of the total instead, and with them that a day uses more where it is priced
higher. An option keeps the rates and changes units, beds and work.

Where market forces factors are given, a unit's costs lie above or below the mean with its factor, as its prices do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ..service.service import Service
from .load import Load
from .promise import promised_beds, promised_cost
from .staff import Mix, beds_by_kind, heads, rotas

PARTS = ("fixed", "semi_fixed", "variable")


class Work(NamedTuple):
    """What is done in each unit a year."""

    bed_days: np.ndarray
    """(U,)"""
    admissions: np.ndarray
    """(U,) index admissions: patients whose first unit it is."""
    by_kind: Mapping[str, np.ndarray]
    """By kind of care, (U,) of the bed-days."""

    @classmethod
    def of(cls, load: Load) -> Work:
        """The work that a load is."""
        return cls(load.bed_days, load.index, load.by_kind)


@dataclass(frozen=True, eq=False)
class CostRates:
    """Rates that reproduce the cost-collection total at baseline; one pool of units a way of pricing."""

    pool: np.ndarray
    """(U,) int: 0 for units paid by the admission, from 1 on for units paid by the bed-day, one pool a kind."""
    factor: np.ndarray
    """(U,) market forces factor; the rates are those of a unit whose factor is 1."""
    scale: np.ndarray
    """(3, pools) by part and pool: what a pound of a unit built from below is in the cost collection. Of built parts, what is used up has
    one scale for all pools, and fixed and semi-fixed have one in each."""
    procedure: Mapping[str, float]
    """By label of a stage, GBP each."""
    transfer: float
    """GBP a journey between sites."""
    total: np.ndarray
    """(pools,) GBP a year of each pool at baseline: what the parts sum to."""
    mix: Mix
    """How the beds of each unit are shared between kinds of care."""
    uplift: float = 1.0
    """What a pound of the service's costs is in the prices of these rates."""
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
    promises: float = 0.0
    """Running cost that promises of investment name, for their beds too."""

    @property
    def total(self) -> float:
        """The sum of the parts."""
        return self.fixed + self.semi_fixed + self.variable + self.procedures + self.transfers + self.promises


class UnitCost(NamedTuple):
    """Cost a year in GBP of each unit by part, (U,) each."""

    fixed: np.ndarray
    semi_fixed: np.ndarray
    variable: np.ndarray
    procedures: np.ndarray


class Built(NamedTuple):
    """What a unit is built from, before scaling and before its market forces factor: GBP a year, (U,) each."""

    rota: np.ndarray
    """Pay of the smallest rota."""
    equipment: np.ndarray
    beds: np.ndarray
    """Pay of staff beyond that rota, for staffed beds."""
    used_in_beds: np.ndarray
    """Used up by the bed-day."""
    used_on_admission: np.ndarray
    """Used up by the admission."""

    @property
    def parts(self) -> np.ndarray:
        """(3, U) by `PARTS`."""
        return np.stack([self.rota + self.equipment, self.beds, self.used_in_beds + self.used_on_admission])


def market_forces(service: Service) -> np.ndarray:
    """(U,) the market forces factor of each unit's provider; 1 for all where the units table has none or lacks one."""
    factor = service.units.attribute.get("market_forces_factor")
    if factor is None or not (np.asarray(factor, dtype=float) > 0).all():
        return np.ones(len(service.units))
    return np.asarray(factor, dtype=float)


def pools_of(service: Service) -> np.ndarray:
    """(U,) int: 0 for a unit paid by the admission; one that gives only kinds priced by the day lies in the pool of the first of them."""
    kinds, of_day = service.units.gives, service.costs.bed_day
    others = [given for kind, given in kinds.items() if kind not in of_day]
    only = ~np.any(others, axis=0) if others else np.ones(len(service.units), dtype=bool)
    pool = np.zeros(len(service.units), dtype=int)
    for place, kind in reversed(list(enumerate(of_day, start=1))):
        pool[only & service.gives(kind)] = place
    return pool


def built(
    service: Service, is_open: np.ndarray, staffed: np.ndarray, work: Work, mix: Mix, uplift: float = 1.0
) -> Built:
    """What each unit is built from.

    Parameters
    ----------
    service
        With staff and pay, unless its costs state their parts.
    is_open
        (U,) bool.
    staffed
        (U,) beds that are staffed for.
    work
        What is done there.
    mix
        How beds are shared between kinds of care.
    uplift
        What a pound of the service's costs is in the prices wanted.

    Returns
    -------
    Where the parts are stated: 1 a unit that is open, its beds, and its bed-days, whose scale is then pounds each.
    """
    costs, gives = service.costs, service.units.gives
    beds, none = np.where(is_open, staffed, 0.0), np.zeros(len(is_open))
    if not costs.is_built:
        return Built(np.where(is_open, 1.0, 0.0), none, beds, np.asarray(work.bed_days, float), none)
    smallest = rotas(service.staffing, gives, is_open)
    needed = heads(service.staffing, beds_by_kind(beds, mix.load(work.by_kind, gives), gives), gives, is_open)
    pay = {group.name: uplift * group.pay for group in service.staffing.groups}
    rota = sum((pay[name] * of for name, of in smallest.items()), none)
    more = sum((pay[name] * (of.whole_time - smallest[name]) for name, of in needed.items()), none)
    equipment = sum(
        (uplift * gbp * np.where(is_open & gives.get(kind, False), 1.0, 0.0) for kind, gbp in costs.equipment.items()),
        none,
    )
    return Built(
        rota,
        equipment,
        more,
        uplift * costs.per_bed_day * work.bed_days,
        uplift * costs.per_admission * work.admissions,
    )


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
    pool, pools = pools_of(service), 1 + len(costs.bed_day)
    nothing = np.zeros(len(pool))
    by_day = sum((price * load.by_kind.get(kind, nothing) for kind, price in costs.bed_day.items()), nothing)
    total = np.bincount(pool, uplift * by_day, pools)
    total[0] = uplift * costs.admission * load.index.sum()
    procedure = {}
    for label, price in costs.counted.items():
        done = load.counted.get(label, np.zeros(len(pool)))
        weighted = float((done * factor).sum())
        procedure[label] = uplift * price * (done.sum() / weighted if weighted > 0 else 1.0)
    rates = CostRates(
        pool,
        factor,
        np.zeros((3, pools)),
        procedure,
        uplift * costs.transfer,
        total,
        Mix(load.by_kind, service.units.gives),
        uplift if costs.is_built else 1.0,
        bed_step,
    )
    parts = built(service, is_open, rates.staffed(service.beds(at)), Work.of(load), rates.mix, rates.uplift).parts
    base = np.array([np.bincount(pool, each * factor, pools) for each in parts])
    return replace(rates, scale=scale_to_total(costs, total, base))


def scale_to_total(costs, total: np.ndarray, base: np.ndarray) -> np.ndarray:
    """(3, pools) what makes the parts (3, pools) of each pool sum to its total; 0 where there is nothing to scale."""
    if costs.is_built:
        capacity, used = base[:2].sum(axis=0), base[2]
        variable = _scale_of_what_is_used(total, capacity, used)
        rest = _quotient(np.maximum(total - variable * used, 0.0), capacity)
        return np.stack([rest, rest, variable])
    fixed, semi = costs.share_fixed, costs.share_semi_fixed
    return _quotient(np.array([fixed, semi, 1 - fixed - semi])[:, None] * total, base)


def _scale_of_what_is_used(total: np.ndarray, capacity: np.ndarray, used: np.ndarray) -> np.ndarray:
    """(pools,) the scale of what is used up: that of all cost together, the same in every pool.

    A pool without rota, equipment and staffed beds has nothing else to sum to its total with and keeps a scale of its own. Nowhere may
    what is used up come to more than the total, for rota and beds do not cost less than nothing: the scale then falls for all.
    """
    own, built = _quotient(total, used), capacity + used
    shared = (capacity > 0) & (total > 0)
    most = min(own[shared & (used > 0)], default=np.inf)
    same = min(total[shared].sum() / built[shared].sum(), most) if shared.any() else 0.0
    return np.where((capacity == 0) & (used > 0), own, same)


def _quotient(of: np.ndarray, by: np.ndarray) -> np.ndarray:
    return np.divide(of, by, out=np.zeros_like(by, dtype=float), where=by > 0)


def unit_cost(
    rates: CostRates,
    service: Service,
    is_open: np.ndarray,
    beds: np.ndarray,
    work: Work,
    counted: Mapping[str, np.ndarray] | None = None,
) -> UnitCost:
    """Cost a year of each unit.

    Parameters
    ----------
    rates
        Of the baseline.
    service
        Baseline or option.
    is_open
        (U,) bool.
    beds
        (U,) staffed beds in force.
    work
        What is done in each unit.
    counted
        By label of a stage, (U,) a year.
    """
    parts = built(service, is_open, rates.staffed(beds), work, rates.mix, rates.uplift).parts
    procedures = np.zeros(len(rates.pool))
    for label, price in rates.procedure.items():
        procedures += price * np.asarray((counted or {}).get(label, 0.0))
    return UnitCost(*(rates.scale[:, rates.pool] * rates.factor * parts), procedures * rates.factor)


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
    beds, promised = service.beds(at) - promised_beds(service, at), float(promised_cost(service, at).sum())
    parts = unit_cost(rates, service, service.is_open(at), beds, Work.of(load), load.counted)
    return Cost(*(float(part.sum()) for part in parts), load.transfers * rates.transfer, promised)
