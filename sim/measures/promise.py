"""Promise: what kept promises of investment add to units - beds, running cost and capital that the promise itself names."""

from __future__ import annotations

import numpy as np

from ..service.service import Service


def promised_beds(service: Service, at: float, with_staff: bool = False) -> np.ndarray:
    """(U,) beds of promised investments in force: their running cost and capital are named by the promise and not charged by bed.

    Parameters
    ----------
    service
        Baseline or option.
    at
        Days from the start of the run.
    with_staff
        Only of promises that name their staff too, who are then not reckoned by bed.
    """
    made = np.zeros(len(service.units))
    for promise in service.promises:
        if promise.is_kept and promise.by <= at and (promise.staff or not with_staff):
            made[kept_unit(service, promise.unit, at)] += promise.beds
    return np.minimum(made, service.beds(at))


def promised_cost(service: Service, at: float) -> np.ndarray:
    """(U,) GBP a year that promises in force name as their running cost."""
    made = np.zeros(len(service.units))
    for promise in service.promises:
        if promise.is_kept and promise.by <= at:
            made[kept_unit(service, promise.unit, at)] += promise.cost_gbp
    return made


def kept_unit(service: Service, unit: str, at: float) -> int:
    """The unit of a promise, or the one that has taken its place at its site."""
    u, is_open = service.unit_index(unit), service.is_open(at)
    kinds = [kind for kind in service.units.gives if service.gives(kind)[u]]
    alike = (service.units.site == service.units.site[u]) & is_open
    for kind in kinds:
        alike &= service.gives(kind)
    return int(u if is_open[u] or not alike.any() else np.flatnonzero(alike)[0])


def promised_capital(service: Service, start: float, origin: float) -> np.ndarray:
    """(U,) GBP that promises name, on the day from which they are in force."""
    made = np.zeros(len(service.units))
    for promise in service.promises:
        if promise.is_kept and max(0.0, promise.by - origin) == start:
            made[kept_unit(service, promise.unit, origin + start)] += promise.capital_gbp
    return made
