"""Price: what is paid for a stay, a bed-day or a procedure, by unit.

Price = national price x market forces factor x the provider's own ratio. A national price is a cost average divided by the
activity-weighted mean factor, so that at baseline activity harmonised income equals the cost total. Cost-collection figures used as
prices are proxies for published prices.

What is paid by the admission is divided over the stages of a pathway by their bed-days at baseline, so that income follows patients
who change hospital on the way and each stage can have its own payer.

A stage that an option gives in another kind of care (rehabilitation in an acute ward) keeps the price that the baseline pays for it: a
price is of what is done, and no payer saves by where it is done. What the move costs or saves stands in the bill.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from ...service.finance import Finance
from ...service.pathway import Stage, expected_stay
from ...service.service import Service
from .activity import Activity, stage_rows, stages_of
from .bill import Reference


class Former(NamedTuple):
    """The mean national price of a stage of the baseline, procedures apart."""

    gbp: float
    is_by_day: bool
    """Whether it is that of a bed-day, as of a kind of care that is priced so; else of a stay."""


@dataclass(frozen=True, eq=False)
class Prices:
    """National prices, in GBP where the market forces factor is 1."""

    stay: Mapping[tuple[str, str], float]
    """By group and stage of the baseline, a stay in a unit paid by the admission, procedures apart."""
    stages: Mapping[tuple[str, str], Stage]
    """The stages themselves, so that the same stage of a group that only an option has is paid alike."""
    bed_day: tuple[float, ...]
    """A bed-day by the unit's way of being paid: by the admission (for stages that the baseline has not), and by the day for each kind of
    care so priced (`cost.CostRates.pool`)."""
    procedure: Mapping[str, float]
    """By label, devices and drugs apart."""
    ratio: Mapping[str, float]
    """By provider, its own price over the national one before harmonising; 1 where not given."""
    harmonised: Mapping[str, float]
    """By provider, the same after it."""
    former: Mapping[tuple[str, str], Former]
    """By group and stage of the baseline, its mean price there, which it keeps where an option gives it in another kind of care."""

    def worth(
        self, service: Service, activity: Activity, provider: np.ndarray, at: Reference, is_harmonised: bool
    ) -> np.ndarray:
        """What the care in each row of activity costs its payers at full price.

        Parameters
        ----------
        service
            Baseline or option.
        activity
            N rows, a year.
        provider
            (U,) who runs each unit.
        at
            The baseline at the start.
        is_harmonised
            Whether harmonised prices hold.

        Returns
        -------
        (N,) GBP a year.
        """
        ratio = self.harmonised if is_harmonised else self.ratio
        by_unit = at.rates.factor * np.array([ratio[str(name)] for name in provider])
        return self.national(service, activity, at) * by_unit[activity.unit]

    def national(self, service: Service, activity: Activity, at: Reference) -> np.ndarray:
        """(N,) GBP a year of each row of activity at national prices, the factor apart."""
        pool = at.rates.pool[activity.unit]
        stages, rows = stages_of(service), stage_rows(service)
        stay = np.array([self._stay(*row, stage) for row, stage in zip(rows, stages)])[activity.stage]
        done = np.array([self.procedure.get(stage.counts, 0.0) for stage in stages])[activity.stage]
        by_day = activity.bed_days * np.array(self.bed_day)[pool]
        care = np.where(pool > 0, by_day, activity.stays * stay)
        for q, (row, stage) in enumerate(zip(rows, stages)):
            if former := self._former(*row, stage):
                much = activity.bed_days if former.is_by_day else activity.stays
                care = np.where(activity.stage == q, much * former.gbp, care)
        return activity.stays * done + care

    def _stay(self, group: str, name: str, stage: Stage) -> float:
        """The price of a stay: the baseline's, or that of the same stage in the group most alike by name, or by expected bed-days."""
        if (group, name) in self.stay:
            return self.stay[group, name]
        alike = [row for row, own in self.stages.items() if own == stage and row in self.stay]
        if alike:
            return self.stay[_most_alike(group, alike)]
        return self.bed_day[0] * expected_stay(stage) * (stage.beds == "counted")

    def _former(self, group: str, name: str, stage: Stage) -> Former | None:
        """What the baseline pays for a stage that is given in another kind of care; None where it is given in its own."""
        was = (group, name)
        if was not in self.stages:
            alike = [row for row, own in self.stages.items() if replace(own, kind=stage.kind) == stage]
            was = _most_alike(group, alike) if alike else was
        moved = was in self.stages and self.stages[was].kind != stage.kind
        return self.former.get(was) if moved else None


def _most_alike(group: str, rows: list[tuple[str, str]]) -> tuple[str, str]:
    """Of rows by group and stage, the one whose group's name another begins with, the longest first."""
    return max(rows, key=lambda row: len(row[0]) * group.startswith(row[0]))


def national_prices(
    service: Service, activity: Activity, finance: Finance, at: Reference, providers: Iterable[str] = ()
) -> Prices:
    """Derive prices from the costs of the baseline.

    Parameters
    ----------
    service
        The baseline.
    activity
        What is done there in a year.
    finance
        Own price ratios and harmonising.
    at
        The baseline at the start.
    providers
        Further trusts that will need a price.
    """
    rates, stages = at.rates, stages_of(service)
    factor, pool = rates.factor[activity.unit], rates.pool[activity.unit]
    count = len(stages)

    def by_stage(value: np.ndarray) -> np.ndarray:
        return np.bincount(activity.stage, weights=value * (pool == 0), minlength=count)

    days, weighted = by_stage(activity.bed_days), by_stage(activity.stays * factor)
    a_day = rates.total[0] / days.sum() if days.sum() else 0.0
    stay = {row: a_day * days[q] / weighted[q] for q, row in enumerate(stage_rows(service)) if weighted[q] > 0}
    weighted_days = [float((activity.bed_days * factor)[pool == p].sum()) for p in range(len(rates.total))]
    bed_day = tuple(float(rates.total[p]) / days if days else 0.0 for p, days in enumerate(weighted_days))
    procedure = {label: price * (1 - at.in_procedure.get(label, 0.0)) for label, price in rates.procedure.items()}
    provider = service.provider(finance.origin)
    known = dict(zip(stage_rows(service), stages))
    bare = Prices(stay, known, bed_day, procedure, {}, {}, {})
    worth = bare.national(service, activity, at) * factor
    former = _former_prices(replace(bare, procedure={}).national(service, activity, at), service, activity, factor)
    of = provider[activity.unit]
    by_provider = {str(name): float(worth[of == name].sum()) for name in sorted({*provider.tolist(), *providers})}
    ratio = own_ratios(finance, by_provider)
    return Prices(stay, known, bed_day, procedure, ratio, harmonised(ratio, by_provider, finance.payment.harmonise), former)


def _former_prices(worth: np.ndarray, service: Service, activity: Activity, factor: np.ndarray) -> dict[tuple[str, str], Former]:
    """By group and stage that is given at all, its mean price: a bed-day of kinds priced by the day, else a stay."""
    stages, made = stages_of(service), {}
    is_by_day = np.array([stage.kind in service.costs.bed_day for stage in stages], dtype=bool)
    much = np.where(is_by_day[activity.stage], activity.bed_days, activity.stays) * factor
    paid, done = (np.bincount(activity.stage, weights=each, minlength=len(stages)) for each in (worth * factor, much))
    for q, row in enumerate(stage_rows(service)):
        if done[q] > 0:
            made[row] = Former(float(paid[q] / done[q]), bool(is_by_day[q]))
    return made


def own_ratios(finance: Finance, worth: Mapping[str, float]) -> dict[str, float]:
    """By provider, its own price over the national one: as the user gives it, else 1, or by lot where a spread is set.

    The lot is the provider's code, so that it is the same in every run; lots are scaled so that all together are paid the cost total.
    """
    given = {name: finance.book(name).price_ratio for name in worth}
    spread = finance.payment.price_spread
    lot = {}
    if spread:
        sigma = np.sqrt(np.log1p(spread**2))
        lot = {name: float(np.exp(sigma * NormalDist().inv_cdf(_lot(name)))) for name in worth}
        unset = [name for name in worth if np.isnan(given[name])]
        total = sum(worth[name] for name in unset)
        mean = sum(worth[name] * lot[name] for name in unset) / total if total else 1.0
        lot = {name: value / mean for name, value in lot.items()}
    return {name: lot.get(name, 1.0) if np.isnan(value) else value for name, value in given.items()}


def _lot(name: str) -> float:
    word = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")
    return ((word >> 11) + 0.5) * 2.0**-53


def harmonised(ratio: Mapping[str, float], worth: Mapping[str, float], how: str) -> dict[str, float]:
    """Providers' ratios once they are brought together.

    Parameters
    ----------
    ratio
        By provider, its own price over the national one.
    worth
        By provider, its activity at national prices.
    how
        ``none``; ``national``: 1; ``mean``: the mean weighted by activity, which leaves the sum paid as it was; ``efficient_quarter``: the
        weighted mean of the cheapest providers that together do a quarter of the activity.

    Examples
    --------
    >>> harmonised({"A": 1.2, "B": 0.8}, {"A": 100.0, "B": 300.0}, "mean")
    {'A': 0.9, 'B': 0.9}
    >>> harmonised({"A": 1.2, "B": 0.8}, {"A": 300.0, "B": 50.0}, "efficient_quarter")["A"].__round__(4)
    0.9714
    """
    if how == "none":
        return dict(ratio)
    total = sum(worth.values())
    if how == "national" or not total > 0:
        return dict.fromkeys(ratio, 1.0)
    if how == "mean":
        return dict.fromkeys(ratio, sum(ratio[name] * worth[name] for name in ratio) / total)
    left, paid = total / 4, 0.0
    for name in sorted(ratio, key=ratio.get):
        taken = min(left, worth[name])
        left, paid = left - taken, paid + taken * ratio[name]
    return dict.fromkeys(ratio, paid / (total / 4))
