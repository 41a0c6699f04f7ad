"""Choice: conditional logit, as chances for the access core and as lists for patients.

Patient p of area a values unit u at V[a, u] + G[p, u], where G is standard Gumbel luck hashed from (seed, replication, patient,
unit id), and takes the most valued that is open (McFadden 1974, Conditional logit analysis of qualitative choice behavior). The
order of all units is then fixed per patient before any option is looked at: closing others never moves a patient whose unit stays
open. Its first open unit is u with chance exp V[a, u] / sum over open units (the order is that of Plackett 1975 and Luce 1959).

The same order is that of E[p, u] * exp(-V[a, u]), smallest first, with E = -ln(uniform) exponential: one logarithm is saved.

Letters: A areas, U units, C units that give the kind, P patients, J alternatives, L units in a list.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..cohort.stream import hashed_uniform
from ..service.allocation import Choice, unit_attribute
from ..service.pathway import Group
from ..service.places import Travel, Units
from ..service.service import Service

LENGTH = 10
"""How many units a patient's list holds."""

NEGLIGIBLE = 1e-5
"""The share of an area's patients whose unlikeliest choices the access core leaves out."""

_CHUNK = 8192
"""Patients whose whole lists are made at once, so that memory does not grow with their number."""


class Logit(NamedTuple):
    """What units are worth to the patients of each area."""

    unit: np.ndarray
    """(C,) int: the units."""
    utility: np.ndarray
    """(A, C) float64, less the area's largest; -inf where a unit cannot be reached."""
    burden: np.ndarray
    """(C, A) float64: exp(-utility), 1 or more."""


def logit_of(service: Service, group: Group) -> Logit | None:
    """The logit of a group's first stage; None where another rule holds for it."""
    rule = service.allocation.rule
    is_ours = isinstance(rule, Choice) and service.allocation.holds_for(group.name)
    if not is_ours or group.stages[0].ranked_from != "home":
        return None
    return _logit(rule, group.stages[0].kind, service.units, service.region.travel)


@lru_cache(maxsize=2)
def _logit(rule: Choice, kind: str, units: Units, travel: Travel) -> Logit:
    unit = np.flatnonzero(units.gives[kind])
    minutes = travel.area_site[:, units.site[unit]]
    value = rule.minutes * minutes + rule.log_minutes * np.log1p(minutes)
    value = value + sum(weight * unit_attribute(units, name)[unit] for name, weight in rule.attributes.items())
    value = value + np.array([rule.constants.get(name, 0.0) for name in units.id[unit].tolist()])
    value = np.where(np.isnan(value), -np.inf, value)
    most = value.max(axis=1, keepdims=True, initial=-np.inf)
    value = value - np.where(np.isfinite(most), most, 0.0)
    with np.errstate(over="ignore"):
        return Logit(unit, value, np.ascontiguousarray(np.exp(-value).T))


def chances(logit: Logit, is_open: np.ndarray) -> np.ndarray:
    """The chance of each unit as an area's patients' first open one.

    Parameters
    ----------
    logit
        What units are worth.
    is_open
        (U,) bool.

    Returns
    -------
    (A, C): a row sums to 1, or to 0 where nothing open can be reached.
    """
    value = np.where(is_open[logit.unit], logit.utility, -np.inf)
    most = value.max(axis=1, keepdims=True, initial=-np.inf)
    weight = np.exp(value - np.where(np.isfinite(most), most, 0.0))
    total = weight.sum(axis=1, keepdims=True)
    return np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)


def likeliest(logit: Logit, is_open: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each area's units from the likeliest on, until all but a `NEGLIGIBLE` share of patients is placed.

    Returns
    -------
    (J, A) int the units, -1 where no open unit can be reached; (J, A) their chances, summing to 1 over J.
    """
    chance = chances(logit, is_open)
    order = np.argsort(-chance, axis=1, kind="stable")
    chance = np.take_along_axis(chance, order, axis=1)
    is_lost = ~(chance.sum(axis=1) > 0) if chance.shape[1] else np.ones(len(chance), dtype=bool)
    if not chance.shape[1] or is_lost.all():
        return np.full((1, len(chance)), -1), np.ones((1, len(chance)))
    left = 1 - np.cumsum(chance[~is_lost], axis=1).min(axis=0)
    width = int(np.argmax(left <= NEGLIGIBLE)) + 1 if (left <= NEGLIGIBLE).any() else chance.shape[1]
    chance = chance[:, :width] / np.maximum(chance[:, :width].sum(axis=1, keepdims=True), 1e-300)
    unit = np.where(chance > 0, logit.unit[order[:, :width]], -1)
    chance[is_lost, 0] = 1.0
    return np.ascontiguousarray(unit.T), np.ascontiguousarray(chance.T)


class Luck(NamedTuple):
    """Whose luck it is."""

    seed: int
    replication: int
    patient: np.ndarray
    """(P,) cohort indices."""


def _burden(logit: Logit, place: int, unit_id: str, luck: Luck, area: np.ndarray) -> np.ndarray:
    """(P,) what a unit costs each patient: exponential luck times the area's burden; inf where it cannot be reached."""
    uniform = hashed_uniform(luck.seed, luck.replication, luck.patient, unit_id)
    return -np.log(uniform + 2.0**-54) * logit.burden[place, area]


def favourites(logit: Logit, ids: np.ndarray, may: np.ndarray, luck: Luck, area: np.ndarray) -> np.ndarray:
    """The most valued unit of each patient.

    Parameters
    ----------
    logit
        What units are worth.
    ids
        (U,) the units' ids.
    may
        (U,) bool: the units that count.
    luck
        (P,) patients.
    area
        (P,) where they live.

    Returns
    -------
    (P,) int32 index of the unit; -1 where none can be reached.
    """
    best = np.full(len(area), -1, dtype=np.int32)
    least = np.full(len(area), np.inf)
    for place in np.flatnonzero(may[logit.unit]):
        unit = logit.unit[place]
        burden = _burden(logit, place, str(ids[unit]), luck, area)
        is_better = burden < least
        best[is_better] = unit
        np.copyto(least, burden, where=is_better)
    return best


def lists(
    logit: Logit, ids: np.ndarray, ever: np.ndarray, always: np.ndarray, luck: Luck, area: np.ndarray, is_whole: bool
) -> np.ndarray:
    """The units each patient would try, in order.

    Parameters
    ----------
    logit, ids, luck, area
        As in `favourites`.
    ever
        (U,) bool: units open at some time of the run; the others are left out.
    always
        (U,) bool: units never shut. What follows the first of these is never tried, and left out, unless ``is_whole``.
    is_whole
        Whether what follows is tried too: with diversion, or on the lists of all units.

    Returns
    -------
    (P, L) int32, -1 at the end of a row: at most `LENGTH` units, and one that is never shut if none of those is.
    """
    best = favourites(logit, ids, ever, luck, area)
    if not is_whole and always[best[best >= 0]].all():
        return best[:, None]
    made = np.full((len(area), LENGTH + 1), -1, dtype=np.int32)
    made[:, 0] = best
    longer = np.flatnonzero((best >= 0) & (is_whole | ~always[best]))
    for first in range(0, len(longer), _CHUNK):
        of = longer[first : first + _CHUNK]
        made[of] = _whole(logit, ids, ever, always, luck._replace(patient=luck.patient[of]), area[of], is_whole)
    return made


def _whole(logit: Logit, ids, ever, always, luck: Luck, area, is_whole: bool) -> np.ndarray:
    places = np.flatnonzero(ever[logit.unit])
    burden = np.stack([_burden(logit, c, str(ids[logit.unit[c]]), luck, area) for c in places], axis=1)
    order = np.argsort(burden, axis=1, kind="stable")
    unit = np.where(np.isfinite(np.take_along_axis(burden, order, axis=1)), logit.unit[places][order], -1)
    is_safe = always[unit] & (unit >= 0)
    safe = np.where(is_safe.any(axis=1), is_safe.argmax(axis=1), unit.shape[1])
    last = np.full(len(unit), LENGTH) if is_whole else np.minimum(safe + 1, LENGTH)
    made = np.full((len(unit), LENGTH + 1), -1, dtype=np.int32)
    width = min(LENGTH, unit.shape[1])
    made[:, :width] = np.where(np.arange(width) < last[:, None], unit[:, :width], -1)
    beyond = np.flatnonzero((safe >= LENGTH) & (safe < unit.shape[1]))
    made[beyond, LENGTH] = unit[beyond, safe[beyond]]
    return made
