"""Income: what a trust is paid, what its units cost, and what is left - before and after.

A trust's margin is its income from the service less the running cost of its units, what is stranded with it, double running, and the
depreciation and capital charge of beds added. Capital itself is cash and stands in the bill; it is never counted in both.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...service.finance import Finance
from .bill import Bill
from .course import Span
from .ledger import Ledger, Till
from .pence import in_pence

RUNNING = ("fixed", "semi_fixed", "variable", "procedures", "pass_through", "promises")
CAPITAL = ("capital", "optimism_bias", "value_added_tax")


class Account(NamedTuple):
    """One trust's service, by plan year; (Y,) int64 pence each."""

    income: np.ndarray
    running: np.ndarray
    """Cost of its units."""
    stranded: np.ndarray
    double_running: np.ndarray
    capital_charges: np.ndarray
    """Depreciation and capital charge."""

    @property
    def margin(self) -> np.ndarray:
        """(Y,) pence."""
        return self.income - self.running - self.stranded - self.double_running - self.capital_charges


def account(provider: str, bill: Bill, books: tuple[Ledger, ...], finance: Finance) -> Account:
    """The account of a trust.

    Parameters
    ----------
    provider
        Its code.
    bill
        Of the service.
    books
        A ledger for each plan year.
    finance
        Life of assets and capital charge.
    """
    party = books[0].parties.index("provider", provider)
    return Account(
        np.array([each.received[party] for each in books]),
        bill.of_provider(provider, *RUNNING),
        bill.of_provider(provider, "stranded"),
        bill.of_provider(provider, "double_running"),
        capital_charges(
            bill.of_provider(provider, *CAPITAL), finance.number["asset_life"], finance.number["capital_charge"]
        ),
    )


def capital_charges(spent: np.ndarray, life: float, rate: float) -> np.ndarray:
    """Depreciation in equal parts over the life of what was bought, and a charge on what is left at the start of a year.

    Parameters
    ----------
    spent
        (Y,) pence of capital by year.
    life
        Years.
    rate
        Share a year.

    Returns
    -------
    (Y,) int64 pence.

    Examples
    --------
    >>> capital_charges(np.array([100_00, 0, 0]), 2, 0.1).tolist()
    [6000, 5500, 0]
    """
    years = np.arange(len(spent))
    age = years[:, None] - years[None, :]
    in_use = (age >= 0) & (age < life)
    left = np.maximum(1 - age / life, 0.0)
    part = np.minimum(1.0, life - age) / life
    return np.rint((in_use * (part + rate * left)) @ spent).astype(np.int64)


def harmonising_transfer(till: Till, spans: tuple[Span, ...]) -> np.ndarray:
    """What harmonised prices change in the worth of each trust's care at the same activity: a transfer, no cost.

    Returns
    -------
    (Y, T) int64 pence; T parties.
    """
    made = np.zeros((spans[-1].year + 1, len(till.parties.name)))
    for span in spans:
        if till.is_harmonised(span.start):
            own, same = (
                till.prices.worth(till.service, span.activity, span.provider, till.at, h) for h in (False, True)
            )
            payee = till.parties.of_provider(span.provider)[span.activity.unit]
            change = np.bincount(payee, weights=same - own, minlength=made.shape[1])
            made[span.year] += change * till.growth(span.year) * span.years
    return np.stack([in_pence(year) for year in made])


def full_price(till: Till, spans: tuple[Span, ...]) -> np.ndarray:
    """The worth of each trust's care at national prices with its market forces factor.

    Returns
    -------
    (Y, T) GBP; T parties.
    """
    made = np.zeros((spans[-1].year + 1, len(till.parties.name)))
    for span in spans:
        worth = till.prices.national(till.service, span.activity, till.at) * till.at.rates.factor[span.activity.unit]
        payee = till.parties.of_provider(span.provider)[span.activity.unit]
        made[span.year] += np.bincount(payee, weights=worth, minlength=made.shape[1]) * span.years
    return made


def is_unstable(change: np.ndarray, base: np.ndarray, tolerance: float) -> np.ndarray:
    """Whether a margin falls by more than a share of income."""
    return change < -tolerance * base


def support_needed(change: np.ndarray, base: np.ndarray, tolerance: float) -> np.ndarray:
    """The least transfer that leaves a trust no worse than the tolerance, in whole pence.

    Examples
    --------
    >>> support_needed(np.array([-500, 200]), np.array([10_000, 10_000]), 0.01).tolist()
    [400, 0]
    """
    return np.ceil(np.maximum(0.0, -change - tolerance * base) - 1e-9).astype(np.int64)
