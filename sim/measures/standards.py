"""Standards: which units meet them, by a table where one says so and by volume where none does, and how that hangs on strictness."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..service.service import Service, Standard
from ..service.standing import MET, NOT_KNOWN, NOT_MET, Standing
from .access import is_below
from .load import Load, expected_load

MINIMUMS = tuple(range(300, 1001, 100))
"""Index admissions a year: the strictnesses that are looked at."""


def standing(
    service: Service, at: float = 0.0, volume: str = "reported", load: Load | None = None
) -> tuple[Standing, ...]:
    """Every unit against every standard that it is held to.

    Parameters
    ----------
    service
        The service; its own table of standing goes before volumes.
    at
        Days from the start of the run: the units open then, and their load.
    volume
        ``reported``: the reported volume where there is one; ``modelled``: the expected load.
    load
        The expected load then, where it is known already.

    Returns
    -------
    One row a standard and unit, in the order of the standards and of the units.
    """
    said = {(row.standard, row.unit): row for row in service.standing}
    load = expected_load(service, None, at) if load is None else load
    rows = []
    for standard in service.standards:
        modelled = value_of(service, load, standard)
        for u in np.flatnonzero(service.gives(standard.kind) & service.is_open(at)):
            unit = str(service.units.id[u])
            found = said.get((standard.name, unit))
            rows.append(found or _by_volume(service, standard, unit, u, float(modelled[u]), volume))
    return tuple(rows)


def counted(load: Load, standard: Standard) -> np.ndarray:
    """(U,) modelled volume a year of what a standard counts."""
    return load.index if standard.counts == "index" else load.counted.get(standard.counts, np.zeros(len(load.index)))


def value_of(service: Service, load: Load, standard: Standard) -> np.ndarray:
    """(U,) what is held against the minimum of a standard: a modelled volume a year, the same for each operator, or a column of the units
    table; NaN where the table says nothing."""
    if standard.column:
        return numbers_of(service, standard.column)
    volume = counted(load, standard)
    return volume / operators(service, standard) if standard.per else volume


def operators(service: Service, standard: Standard) -> np.ndarray:
    """(U,) how many operators share what a standard counts; 1 for a standard of the unit, NaN where not known."""
    if not standard.per:
        return np.ones(len(service.units))
    known = numbers_of(service, standard.per)
    known = np.where(np.isnan(known), standard.per_if_unknown, known)
    return np.where(known > 0, known, np.nan)


def numbers_of(service: Service, column: str) -> np.ndarray:
    """(U,) a column of numbers of the units table; NaN throughout where there is none, or none is filled in."""
    values = service.units.attribute.get(column)
    is_known = values is not None and np.asarray(values).dtype.kind != "U"
    return np.asarray(values, dtype=float) if is_known else np.full(len(service.units), np.nan)


def _by_volume(service: Service, standard: Standard, unit: str, u: int, modelled: float, source: str) -> Standing:
    if not standard.is_count:
        column = standard.column or standard.per
        if np.isnan(modelled):
            return Standing(standard.name, unit, NOT_KNOWN, f"the units table says nothing of {column}")
        basis = f"{modelled:g} of {standard.minimum:g} {standard.column.replace('_', ' ')}"
        if standard.per:
            basis = f"{modelled:.0f} of {standard.minimum:g} a year for each of its {standard.per}"
            basis += f", taken as {standard.per_if_unknown:g}" if np.isnan(numbers_of(service, standard.per)[u]) else ""
        return Standing(standard.name, unit, NOT_MET if is_below(modelled, standard.minimum) else MET, basis)
    reported = service.units.reported_volume[u] if standard.counts == "index" else np.nan
    is_reported = source == "reported" and not np.isnan(reported)
    value = float(reported) if is_reported else modelled
    basis = f"{'reported' if is_reported else 'modelled'} volume, {value:.0f} of {standard.minimum:g} a year"
    return Standing(standard.name, unit, NOT_MET if is_below(value, standard.minimum) else MET, basis)


def strictness(
    service: Service, minimums: Iterable[float] = MINIMUMS, kind: str | None = None, at: float = 0.0
) -> list[dict]:
    """How many units fail as the minimum of index admissions rises, by reported and by modelled volume.

    Parameters
    ----------
    service
        The service.
    minimums
        Index admissions a year.
    kind
        The kind of care whose units are held to it; that which access is measured to where not given.
    at
        Days from the start of the run.

    Returns
    -------
    One row a minimum: units held to it, those under it by reported volume, without a reported volume, under it by modelled
    volume, and on opposite sides of it (disputed).
    """
    kind = kind or service.access_kind
    held = np.flatnonzero(service.gives(kind) & service.is_open(at))
    reported, modelled = service.units.reported_volume[held], expected_load(service, None, at).index[held]
    unknown = np.isnan(reported)
    rows = []
    for minimum in minimums:
        by_reported = ~unknown & is_below(np.nan_to_num(reported), minimum)
        by_modelled = is_below(modelled, minimum)
        rows.append(
            {
                "kind": kind,
                "minimum_per_year": float(minimum),
                "units": len(held),
                "under_reported": int(by_reported.sum()),
                "not_reported": int(unknown.sum()),
                "under_modelled": int(by_modelled.sum()),
                "disputed": int((~unknown & (by_reported != by_modelled)).sum()),
            }
        )
    return rows
