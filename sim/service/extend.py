"""Further units: rows added to a service, so that a unit can open where none was.

A unit that is added is closed until its date. For a comparison both sides need the same rows; `same_units` gives the baseline
those that only the option has, closed for good, which changes nothing that happens there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from .fault import Fault, refuse
from .places import Units
from .service import Change, Service

_OF_A_PROVIDER = ("market_forces_factor", "provider_name")
_OF_A_SITE = ("near_border", "icb", "region", "paediatric_co_located")


@dataclass(frozen=True)
class NewUnit:
    """A unit to be added."""

    id: str
    """Unique."""
    name: str
    site: int
    """Index of the site."""
    kinds: tuple[str, ...]
    """The kinds of care it gives, all from the same beds."""
    beds: int
    """Staffed beds from its date on."""
    provider: str
    """The trust that runs it."""


def with_new_units(service: Service, units: Iterable[NewUnit], at: float) -> Service:
    """The service with units that open at a date; before it they have no beds and are closed.

    Parameters
    ----------
    service
        The service; none of the ids may be in it.
    units
        What is added.
    at
        Days from the start of the run.
    """
    units = tuple(units)
    known = set(service.units.id.tolist())
    refuse(
        [
            Fault(f"there is a unit {unit.id!r} already", cure="give the new one its own id")
            for unit in units
            if unit.id in known
        ]
    )
    service = _with_rows(service, [_row(service, unit) for unit in units])
    shut = [Change(0.0, unit.id, "open", 0) for unit in units if at > 0]
    starts = [change for unit in units for change in _start(unit, at)]
    return replace(service, changes=(*service.changes, *shut, *starts))


def _start(unit: NewUnit, at: float) -> tuple[Change, Change]:
    return Change(at, unit.id, "open", 1), Change(at, unit.id, "beds", unit.beds)


def same_units(baseline: Service, option: Service) -> Service:
    """The baseline with the units that only the option has, closed throughout."""
    known = set(baseline.units.id.tolist())
    missing = [u for u, name in enumerate(option.units.id.tolist()) if name not in known]
    if not missing:
        return baseline
    service = _with_rows(baseline, [_copied(option.units, u) for u in missing])
    shut = tuple(Change(0.0, str(option.units.id[u]), "open", 0) for u in missing)
    return replace(service, changes=(*service.changes, *shut))


def _row(service: Service, unit: NewUnit) -> dict[str, object]:
    """The columns of a new unit; what is known of its provider or its site is taken from a unit that shares them."""
    units = service.units
    like = {
        **dict.fromkeys(_OF_A_PROVIDER, np.flatnonzero(units.provider == unit.provider)),
        **dict.fromkeys(_OF_A_SITE, np.flatnonzero(units.site == unit.site)),
    }
    attribute = {
        name: column[like[name][0]] if len(like.get(name, ())) else _blank(column)
        for name, column in units.attribute.items()
    }
    gives = {kind: kind in unit.kinds for kind in dict.fromkeys([*units.gives, *unit.kinds])}
    return {
        "id": unit.id,
        "name": unit.name,
        "site": unit.site,
        "beds": 0,
        "provider": unit.provider,
        "reported_volume": np.nan,
        "reported_stay": np.nan,
        "gives": gives,
        "attribute": attribute,
    }


def _copied(units: Units, u: int) -> dict[str, object]:
    names = ("id", "name", "site", "provider", "reported_volume", "reported_stay")
    return {
        **{name: getattr(units, name)[u] for name in names},
        "beds": 0,
        "gives": {kind: given[u] for kind, given in units.gives.items()},
        "attribute": {name: column[u] for name, column in units.attribute.items()},
    }


def _blank(column: np.ndarray) -> object:
    return {"f": np.nan, "b": False, "i": 0, "u": 0}.get(column.dtype.kind, "")


def _with_rows(service: Service, rows: list[dict[str, object]]) -> Service:
    """The service with further rows of units, again listed by id."""
    if not rows:
        return service
    units = service.units
    order = np.argsort(np.array([*units.id.tolist(), *(str(row["id"]) for row in rows)]), kind="stable")

    def column(old: np.ndarray, new: list[object]) -> np.ndarray:
        # Text columns widen by themselves only where the new values are text arrays too.
        added = np.array(new, dtype=None if old.dtype.kind == "U" else old.dtype)
        return np.concatenate([old, added])[order]

    def mapping(old: Mapping[str, np.ndarray], name: str) -> dict[str, np.ndarray]:
        keys = dict.fromkeys([*old, *(key for row in rows for key in row[name])])
        blank = np.zeros(len(units), dtype=bool)
        return {
            key: column(old.get(key, blank), [row[name].get(key, _blank(old.get(key, blank))) for row in rows])
            for key in keys
        }

    names = ("id", "name", "site", "beds", "provider", "reported_volume", "reported_stay")
    made = {name: column(getattr(units, name), [row[name] for row in rows]) for name in names}
    return service.with_units(
        **made, gives=mapping(units.gives, "gives"), attribute=mapping(units.attribute, "attribute")
    )
