"""Deviation: what commissioners spend beside their budgets, before and after they pool and share it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...service.commissioning import LEVELS
from ...service.demand import DAYS_A_YEAR
from ...service.finance import Finance, RiskShare
from .ledger import Ledger
from .payer import Parties
from .pence import in_pence
from .risk_share import settlement, transfers

SPENDING = ("care", "device", "drug", "ambulance", "population budget", "stranded support")
"""The lines of the ledger that a budget is held against."""

_POOLED = RiskShare("proportional")


class Deviation(NamedTuple):
    """One year of every party; (..., T) int64 pence each, 0 for those who are no commissioners."""

    spent: np.ndarray
    own: np.ndarray
    """Spent less budget."""
    pooled: np.ndarray
    """What is paid into the pool, less what is got from it."""
    shared: np.ndarray
    """The same under the risk share."""

    @property
    def after(self) -> np.ndarray:
        """What each bears in the end."""
        return self.own + self.pooled + self.shared


def spending(books: Ledger) -> np.ndarray:
    """(T,) pence that each commissioner spends on services."""
    paid = books.line(*SPENDING).sum(axis=1)
    return np.where(np.isin(books.parties.level, LEVELS), paid, 0)


def groups(parties: Parties, among: str, weight: np.ndarray, bodies: dict[str, np.ndarray]) -> np.ndarray:
    """Who shares with whom.

    Parameters
    ----------
    parties
        Everyone.
    among
        The level of bodies within which is shared; empty for all of a level together.
    weight
        (H,) the need of each home, which places a commissioner that reaches into several bodies.
    bodies
        By level, (H,) the bodies of homes.

    Returns
    -------
    (T,) int; -1 for those who share with nobody: the nation, lead providers, and all who are paid.
    """
    made = np.full(len(parties.name), -1)
    names: dict[tuple[str, str], int] = {}
    for place, level in enumerate(LEVELS):
        if level in ("national", "lead_provider"):
            continue
        for party in np.unique(parties.of_home[place]):
            body = ""
            if among:
                of = parties.of_home[place] == party
                found, where = np.unique(bodies[among][of], return_inverse=True)
                body = str(found[np.bincount(where, weights=weight[of]).argmax()])
            made[party] = names.setdefault((level, body), len(names))
    return made


def deviation(
    spent: np.ndarray,
    budget: np.ndarray,
    finance: Finance,
    year: int,
    parties: Parties,
    pool: np.ndarray,
    sharing: np.ndarray,
) -> Deviation:
    """Hold what is spent against budgets, pool it, then share what is left.

    Parameters
    ----------
    spent
        (..., T) int64 pence.
    budget
        (T,) int64 pence.
    finance
        Pooling and risk share.
    year
        The plan year, from 0; the rule is as strong as in its middle.
    parties
        Everyone.
    pool, sharing
        (T,) int: who pools, and who shares, with whom (`groups`).
    """
    rule = finance.risk_share
    own = np.where(np.isin(parties.level, LEVELS), spent - budget, 0)
    weight = budget.astype(float)
    # Whoever has neither budget nor spending stands outside.
    idle = (budget == 0) & (spent.reshape(-1, spent.shape[-1]) == 0).all(axis=0)
    pool, sharing = np.where(idle, -1, pool), np.where(idle, -1, sharing)
    pooled = np.zeros_like(own)
    if finance.budgets.pooling:
        pooled = _whole(settlement(_POOLED, own.astype(float), weight, pool, weight))
    strength = rule.strength((year + 0.5) * DAYS_A_YEAR)
    shared = np.zeros_like(own)
    if strength:
        if rule.shares is not None:
            weight = np.array([rule.shares.get(str(body), 0.0) for body in parties.body])
        left = (own + pooled).astype(float)
        shared = _whole(settlement(rule, left, budget.astype(float), sharing, weight, strength))
    return Deviation(spent, own, pooled, shared)


def _whole(net: np.ndarray) -> np.ndarray:
    """Net sums (..., T) of pence, each row rounded so that it still sums to 0."""
    rows = net.reshape(-1, net.shape[-1])
    return np.stack([in_pence(row / 100) for row in rows]).reshape(net.shape)


def settled(books: Ledger, found: Deviation) -> Ledger:
    """The ledger with what commissioners pay each other."""
    one = np.zeros(len(books.parties.name), dtype=int)
    made = books.adding("pooling", transfers(found.pooled, one))
    return made.adding("risk share", transfers(found.shared, one))
