"""Risk share: what commissioners pay each other when they spend beside their budgets."""

from __future__ import annotations

import numpy as np

from ...service.finance import RiskShare


def shared_part(rule: RiskShare, deviation: np.ndarray, budget: np.ndarray) -> np.ndarray:
    """The part of each commissioner's deviation that the others bear with it, where the rule is in full force.

    Parameters
    ----------
    rule
        ``proportional``: its share of every deviation; ``capped``: overspend above the limit; ``band``: what lies outside the limit
        either way.
    deviation
        (..., N) spent less budget.
    budget
        (N,)

    Examples
    --------
    >>> shared_part(RiskShare("band", limit=0.1), np.array([30.0, -4.0]), np.array([100.0, 100.0])).tolist()
    [20.0, 0.0]
    """
    limit = rule.limit * budget
    if rule.rule == "proportional":
        return rule.share * deviation
    if rule.rule == "capped":
        return np.maximum(deviation - limit, 0.0)
    if rule.rule == "band":
        return np.sign(deviation) * np.maximum(np.abs(deviation) - limit, 0.0) + 0.0
    return np.zeros_like(deviation)


def settlement(
    rule: RiskShare,
    deviation: np.ndarray,
    budget: np.ndarray,
    group: np.ndarray,
    weight: np.ndarray,
    strength: float = 1.0,
) -> np.ndarray:
    """What each commissioner pays into the common pot, less what it gets out; sums to 0 within every group.

    Parameters
    ----------
    rule
        What is shared.
    deviation
        (..., N) spent less budget.
    budget
        (N,)
    group
        (N,) int: who shares with whom; -1 for those who share with nobody.
    weight
        (N,) each one's part of what its group shares, before these are made to sum to 1.
    strength
        How much of the rule is in force, 0 to 1.

    Examples
    --------
    Two ICBs with equal budgets share all: each bears the mean.

    >>> settlement(RiskShare("proportional"), np.array([6.0, 2.0]), np.ones(2), np.zeros(2, int), np.ones(2)).tolist()
    [-2.0, 2.0]
    """
    part = strength * shared_part(rule, deviation, budget)
    made = np.zeros_like(part)
    for name in np.unique(group[group >= 0]):
        of = group == name
        total = weight[of].sum()
        if total > 0:
            made[..., of] = weight[of] / total * part[..., of].sum(axis=-1, keepdims=True) - part[..., of]
    return made


def transfers(net: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Who pays whom so that each pays its net sum: those who pay and those who get are matched in order.

    Parameters
    ----------
    net
        (N,) int64 pence to pay; sums to 0 within every group.
    group
        (N,) int; -1 for none.

    Returns
    -------
    (N, N) int64 pence, 0 or more.

    Examples
    --------
    >>> transfers(np.array([5, -2, -3]), np.zeros(3, int)).tolist()
    [[0, 2, 3], [0, 0, 0], [0, 0, 0]]
    """
    made = np.zeros((len(net), len(net)), dtype=np.int64)
    for name in np.unique(group[group >= 0]):
        of = np.flatnonzero(group == name)
        pays, gets = [k for k in of if net[k] > 0], [k for k in of if net[k] < 0]
        owed, due = {k: int(net[k]) for k in pays}, {k: int(-net[k]) for k in gets}
        while pays and gets:
            one, other = pays[0], gets[0]
            sum_paid = min(owed[one], due[other])
            made[one, other] += sum_paid
            owed[one] -= sum_paid
            due[other] -= sum_paid
            if not owed[one]:
                pays.pop(0)
            if not due[other]:
                gets.pop(0)
    return made
