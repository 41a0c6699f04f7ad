"""Alternatives: the orders in which an area's patients may try units first, and how many of them try each.

Every rule of allocation but choice comes down to these. An order is that of minutes, with two changes: a unit of the patient's own
goes before all others, and units of a higher tier are taken as nearer than they are. Like `nearest` it counts whole tenths of a minute.

Letters: A areas, J alternatives, U units, C units that give a kind, W units in a rank.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..service.allocation import Bypass, Catchment, Observed
from ..service.flows import Flows, resolve
from ..service.pathway import Group
from ..service.places import Areas, Units
from ..service.service import Service
from .nearest import FAR, tenths

TEST, OBSERVED = "prehospital test", "observed unit"
"""The purposes of the luck that picks an alternative."""


class Alternative(NamedTuple):
    """One order in which patients may try the units that give a kind."""

    chance: np.ndarray | float = 1.0
    """() or (A,): the share of patients who try units in this order."""
    own: np.ndarray | None = None
    """(A,) int: the unit tried before all others, -1 for none; None for none anywhere."""
    favoured: np.ndarray | None = None
    """(U,) bool: units of the higher tier; None for no favour."""
    allowance: int = 0
    """Whole tenths of a minute by which the favoured count as nearer; they also win ties against the others."""


NEAREST = Alternative()
"""From near to far."""


def alternatives(service: Service, group: Group) -> tuple[Alternative, ...]:
    """The alternatives of a group's first stage, where the rule is not choice; their chances sum to 1."""
    allocation = service.allocation
    rule = allocation.rule
    if group.stages[0].ranked_from != "home" or not allocation.holds_for(group.name):
        return (NEAREST,)
    if isinstance(rule, Bypass):
        return _bypass(service, rule, group)
    if isinstance(rule, Observed | Catchment):
        own, share = _resolved(rule.flows, service.areas, service.units)
        if isinstance(rule, Catchment):
            return (Alternative(1.0, own[:, 0]),)
        # Areas without patients may lack a row: whoever came from there would go to the nearest.
        share = np.where((own[:, :1] < 0) & (np.arange(own.shape[1]) == 0), 1.0, share)
        return tuple(Alternative(share[:, j], own[:, j]) for j in range(own.shape[1]))
    return (NEAREST,)


def _bypass(service: Service, rule: Bypass, group: Group) -> tuple[Alternative, ...]:
    bypass = Alternative(1.0, None, service.gives(rule.to), round(rule.minutes * 10))
    if not rule.has_test:
        return (bypass,)
    has_stage = any(stage.kind == rule.to for stage in group.stages)
    needs = group.name in rule.needed_by if rule.needed_by else has_stage
    positive = float(rule.sensitivity if needs else 1 - rule.specificity)
    both = (bypass._replace(chance=positive), NEAREST._replace(chance=1 - positive))
    return tuple(each for each in both if each.chance > 0)


def luck_of(service: Service) -> str:
    """The purpose of the luck that picks an alternative."""
    return TEST if isinstance(service.allocation.rule, Bypass) else OBSERVED


@lru_cache(maxsize=4)
def _resolved(flows: Flows, areas: Areas, units: Units) -> tuple[np.ndarray, np.ndarray]:
    return resolve(flows, areas, units)[:2]


def favour_key(minutes: np.ndarray, is_favoured: np.ndarray, allowance: int) -> np.ndarray:
    """What units are sorted by where some are favoured.

    Parameters
    ----------
    minutes
        (A, C) minutes; NaN where a unit cannot be reached.
    is_favoured
        (C,) bool.
    allowance
        Whole tenths of a minute.

    Returns
    -------
    (A, C) int32: smaller is tried first, equal in the order of the list; `FAR` where a unit cannot be reached. A favoured unit at
    just the allowance more than another comes first.

    Examples
    --------
    >>> favour_key(np.array([[10.0, 25.0], [10.0, 25.1]]), np.array([False, True]), 150).argmin(axis=1).tolist()
    [1, 0]
    """
    whole = tenths(minutes).astype(np.int64)
    key = 2 * (whole - allowance * is_favoured) + ~is_favoured
    return np.where(whole == FAR, FAR, key).astype(np.int32)


def rank_by_key(key: np.ndarray) -> np.ndarray:
    """(A, W) int32: columns in the order of their keys, ties in the order of the list; -1 for `FAR`, at the end."""
    order = np.argsort(key, axis=1, kind="stable")
    return np.where(np.take_along_axis(key, order, axis=1) == FAR, -1, order).astype(np.int32)


def own_first(rank: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Rows of a rank with one unit moved to the front.

    Parameters
    ----------
    rank
        (N, W) units in order, -1 at the end of a row.
    own
        (N,) the unit to be tried first, one of its row.

    Examples
    --------
    >>> own_first(np.array([[4, 2, 7, -1]]), np.array([7])).tolist()
    [[7, 4, 2, -1]]
    """
    place = (rank == own[:, None]).argmax(axis=1)[:, None]
    column = np.arange(rank.shape[1])
    moved = np.where((column > 0) & (column <= place), rank[:, column - 1], rank)
    moved[:, 0] = own
    return moved
