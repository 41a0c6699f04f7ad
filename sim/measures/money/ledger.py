"""Ledger: who pays whom for what in a year, in whole pence. What is paid is what is received.

Care is paid as a fixed element and a share of the price of activity beside plan; the fixed element is the plan's activity at the
prices of the day on which it was set, and moves only when it is set anew. Devices, drugs and ambulances are paid as they come.

Letters: T parties, Q stages, N rows of activity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...service.commissioning import LEVELS
from ...service.finance import Finance
from ...service.service import Service
from .activity import Activity, stage_rows, stages_of
from .bill import Reference, ambulance_gbp
from .course import Span
from .payer import Parties, payers
from .pence import in_pence
from .price import Prices

LINES = ("care", "device", "drug", "ambulance", "population budget", "stranded support", "pooling", "risk share")
"""What money may be paid for: the last four are transfers between parties."""


@dataclass(frozen=True, eq=False)
class Ledger:
    """Payments of one year."""

    parties: Parties
    pence: np.ndarray
    """(lines, T, T) int64: what the row pays the column."""

    @property
    def paid(self) -> np.ndarray:
        """(T,) pence paid by each party."""
        return self.pence.sum(axis=(0, 2))

    @property
    def received(self) -> np.ndarray:
        """(T,) pence received by each party."""
        return self.pence.sum(axis=(0, 1))

    def line(self, *names: str) -> np.ndarray:
        """(T, T) pence of some lines."""
        return self.pence[[LINES.index(name) for name in names]].sum(axis=0)

    def adding(self, line: str, pence: np.ndarray) -> Ledger:
        """The ledger with further payments (T, T) on a line."""
        made = self.pence.copy()
        made[LINES.index(line)] += pence
        return Ledger(self.parties, made)


@dataclass(frozen=True, eq=False)
class Plan:
    """What fixed elements rest on: the activity, the providers and the prices of the day on which they were set."""

    service: Service
    """Whose stages the activity speaks of."""
    activity: Activity
    provider: np.ndarray
    """(U,) text."""
    is_harmonised: bool
    growth: float
    """Real prices over those of the first year."""


class Till:
    """Works out payments of one service; holds what does not change from span to span."""

    def __init__(self, service: Service, finance: Finance, prices: Prices, at: Reference, parties: Parties):
        self.service, self.finance, self.prices, self.at, self.parties = service, finance, prices, at, parties

    def of(self, service: Service) -> Till:
        """The same till for another service."""
        return Till(service, self.finance, self.prices, self.at, self.parties)

    def plan(self, span: Span) -> Plan:
        """Fixed elements set at the start of a span."""
        return Plan(self.service, span.activity, span.provider, self.is_harmonised(span.start), self.growth(span.year))

    def growth(self, year: int) -> float:
        """Real prices over those of the first year."""
        return (1 + self.finance.number["cost_growth"]) ** year

    def is_harmonised(self, at: float) -> bool:
        """Whether harmonised prices hold at a time."""
        return self.finance.payment.harmonise != "none" and at >= self.finance.payment.harmonise_at

    def payments(self, span: Span, plan: Plan, activity: Activity | None = None) -> np.ndarray:
        """Payments of a span, as if it lasted a year.

        Parameters
        ----------
        span
            Units, providers and date.
        plan
            What fixed elements rest on.
        activity
            What is done; the span's own where not given.

        Returns
        -------
        (lines, T, T) GBP a year.
        """
        activity = span.activity if activity is None else activity
        made, payee = self._nothing(), self.parties.of_provider(span.provider)
        now = self._worth(self.service, activity, span) * self.variable(self.service, activity, span.start)
        self._pay(made, "care", span.start, self.service, activity, now, payee)
        by = self.variable(plan.service, plan.activity, span.start)
        was = self.prices.worth(plan.service, plan.activity, plan.provider, self.at, plan.is_harmonised) * plan.growth
        fixed = np.where(by == 1, 0.0, was - by * self._worth(plan.service, plan.activity, span))
        self._pay(made, "care", span.start, plan.service, plan.activity, fixed, payee)
        self._pay_as_used(made, span.start, span.start, activity, payee, self.growth(span.year))
        return made

    def history(self, first: Span, at: float) -> np.ndarray:
        """What the first span's activity costs at its prices, charged to those who pay at a later time.

        Returns
        -------
        (lines, T, T) GBP a year.
        """
        made, payee = self._nothing(), self.parties.of_provider(first.provider)
        worth = self.prices.worth(self.service, first.activity, first.provider, self.at, False)
        self._pay(made, "care", at, self.service, first.activity, worth, payee)
        self._pay_as_used(made, at, first.start, first.activity, payee, 1.0)
        return made

    def variable(self, service: Service, activity: Activity, at: float) -> np.ndarray:
        """(N,) the share of its price that each row of activity is paid as it is done: 0 block, 1 by activity."""
        share = {"block": 0.0, "aligned": self.finance.number["variable_share"], "activity": 1.0}
        how = [self.finance.payment.how(group, stage, at) for group, stage in stage_rows(service)]
        return np.array([share[each] for each in how])[activity.stage]

    def _nothing(self) -> np.ndarray:
        return np.zeros((len(LINES), len(self.parties.name), len(self.parties.name)))

    def _worth(self, service: Service, activity: Activity, span: Span) -> np.ndarray:
        """(N,) GBP a year of activity at the full prices of a span."""
        worth = self.prices.worth(service, activity, span.provider, self.at, self.is_harmonised(span.start))
        return self.growth(span.year) * worth

    def _pay_as_used(self, made, at: float, priced_at: float, activity: Activity, payee, growth: float) -> None:
        counts = np.array([stage.counts for stage in stages_of(self.service)])[activity.stage]
        for line in self.finance.pass_through:
            gbp = activity.stays * (counts == line.counts) * line.net_price(priced_at)
            self._pay(made, line.line, at, self.service, activity, gbp, payee)
        gbp = ambulance_gbp(self.service, activity, self.finance, self.at) * growth
        self._pay(made, "ambulance", at, self.service, activity, gbp, None)

    def _pay(self, made, line: str, at: float, service: Service, activity: Activity, gbp: np.ndarray, payee) -> None:
        """Charge rows of activity to those who pay for them at a time, and add what they pay to the line."""
        of_payer = payers(self.parties, self.finance, service, activity.home, activity.unit)
        to = self.parties.ambulance_of_home[activity.home] if payee is None else payee[activity.unit]
        shares = self.finance.commissioning.shares(stage_rows(service), line, at)[activity.stage]
        count = len(self.parties.name)
        flat = made[LINES.index(line)].reshape(-1)
        for place in range(len(LEVELS)):
            if shares[:, place].any():
                flat += np.bincount(
                    of_payer[place] * count + to, weights=gbp * shares[:, place], minlength=count * count
                )


def yearly(till: Till, spans: tuple[Span, ...], plan: Plan) -> np.ndarray:
    """Payments of each plan year.

    Parameters
    ----------
    till
        Of the service.
    spans
        Its course.
    plan
        What fixed elements rest on at first: the baseline; they are set anew on the days of `Payment.rebase`.

    Returns
    -------
    (Y, lines, T, T) GBP.
    """
    count = len(till.parties.name)
    made = np.zeros((spans[-1].year + 1, len(LINES), count, count))
    for span in spans:
        plan = plan_at(till, (span,), plan, span.start)
        made[span.year] += till.payments(span, plan) * span.years
    return made


def plan_at(till: Till, spans: tuple[Span, ...], plan: Plan, at: float) -> Plan:
    """The plan in force at a time."""
    for span in spans:
        if span.start <= at and span.start in till.finance.payment.rebase:
            plan = till.plan(span)
    return plan


def ledger(parties: Parties, gbp: np.ndarray) -> Ledger:
    """Turn a year's payments (lines, T, T) in GBP into pence: every line keeps its sum."""
    return Ledger(parties, np.stack([in_pence(line) for line in gbp]))


def with_support(books: Ledger, stranded: Mapping[str, int], share: float, site: Mapping[str, int]) -> Ledger:
    """The ledger with what commissioners add to what is stranded: a transfer, and no cost.

    Parameters
    ----------
    books
        Of a year.
    stranded
        By provider, pence of stranded cost.
    share
        Of it that is supported.
    site
        By provider, a site of its own, whose ICB pays.
    """
    level = LEVELS.index("icb")
    made = np.zeros((len(books.parties.name),) * 2, dtype=np.int64)
    for provider, pence in stranded.items():
        payer = books.parties.of_site[level, site[provider]]
        made[payer, books.parties.index("provider", provider)] += round(pence * share)
    return books.adding("stranded support", made)
