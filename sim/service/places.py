"""Places: areas, sites, units, and the minutes between them - the frozen values of a region.

This module knows what a place is and what must hold of it; reading files is `tables`, moving patients is `journeys`.
Arrays are read-only: a value is complete when built and is changed by `dataclasses.replace`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


class Columns(dict):
    """A mapping that cannot be changed, and that can be sent to another process."""

    def __setitem__(self, key, value):
        raise TypeError("columns are read-only; use dataclasses.replace")

    def __delitem__(self, key):
        raise TypeError("columns are read-only; use dataclasses.replace")

    def __reduce__(self):
        return Columns, (dict(self),)


def frozen(array, dtype=None) -> np.ndarray:
    """A read-only array of its own, so that a value shared by two services cannot be changed under one of them."""
    array = np.array(array, dtype=dtype)
    array.flags.writeable = False
    return array


def freeze(value, **dtype) -> None:
    """Make the named fields of a frozen dataclass read-only arrays of the given types (for ``__post_init__``)."""
    for name, kind in dtype.items():
        object.__setattr__(value, name, frozen(getattr(value, name), kind))


def freeze_columns(value, name: str) -> None:
    """Make a mapping of columns a read-only mapping of read-only arrays."""
    columns = {key: frozen(column) for key, column in dict(getattr(value, name)).items()}
    object.__setattr__(value, name, Columns(columns))


@dataclass(frozen=True, eq=False)
class Areas:
    """Places where patients live, one row an area, in the order of the areas table."""

    id: np.ndarray
    """(A,) text: unique."""
    name: np.ndarray
    """(A,) text."""
    demand: np.ndarray
    """(A,) index admissions a year for the service at hand, 0 or more."""
    latitude: np.ndarray
    """(A,) degrees."""
    longitude: np.ndarray
    """(A,) degrees."""
    attribute: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Numbers known of each area, by name, each (A,): population, share_65_79, share_80_plus, deprivation (IMD 2019 score),
    rural (share); NaN where unknown."""
    body: Mapping[str, np.ndarray] = field(default_factory=dict)
    """The bodies each area belongs to, by level (icb, sub_icb, region, isdn, ambulance, local_authority), each (A,) text."""

    def __post_init__(self):
        freeze(self, id=str, name=str, demand=float, latitude=float, longitude=float)
        freeze_columns(self, "attribute")
        freeze_columns(self, "body")

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, eq=False)
class Sites:
    """Places where care is given."""

    id: np.ndarray
    """(S,) text: unique (England: the postcode)."""
    name: np.ndarray
    """(S,) text."""
    latitude: np.ndarray
    """(S,) degrees."""
    longitude: np.ndarray
    """(S,) degrees."""
    body: Mapping[str, np.ndarray] = field(default_factory=dict)
    """The bodies each site lies in, by level, each (S,) text."""

    def __post_init__(self):
        freeze(self, id=str, name=str, latitude=float, longitude=float)
        freeze_columns(self, "body")

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, eq=False)
class Units:
    """Sets of staffed beds, each at one site and run by one provider. Listed by id: ties go to the unit listed first."""

    id: np.ndarray
    """(U,) text: unique, rising."""
    name: np.ndarray
    """(U,) text."""
    site: np.ndarray
    """(U,) int: index of the site."""
    gives: Mapping[str, np.ndarray]
    """By kind of care, (U,) bool: whether the unit gives it. All kinds of a unit share its beds."""
    beds: np.ndarray
    """(U,) staffed beds; NaN where not known (then sized by the stated rule)."""
    provider: np.ndarray
    """(U,) text: the trust that runs the unit."""
    reported_volume: np.ndarray
    """(U,) index admissions a year as reported; NaN where not reported."""
    reported_stay: np.ndarray
    """(U,) mean days of stay as reported; NaN where not reported."""
    attribute: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Other columns of the units table, by name, each (U,): market_forces_factor, near_border, note ..."""

    def __post_init__(self):
        freeze(
            self, id=str, name=str, site=np.int32, beds=float, provider=str, reported_volume=float, reported_stay=float
        )
        object.__setattr__(
            self, "gives", Columns({kind: frozen(given, bool) for kind, given in dict(self.gives).items()})
        )
        freeze_columns(self, "attribute")

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, eq=False)
class Travel:
    """Minutes between places, with the basis on which they were got."""

    area_site: np.ndarray
    """(A, S) minutes from an area to a site; NaN where it cannot be reached."""
    site_site: np.ndarray
    """(S, S) minutes from site (row) to site (column), not symmetric; 0 on the diagonal."""
    is_modelled: np.ndarray
    """(S,) bool: minutes to and from this site come from the straight-line rule and not from a table."""
    basis: str = "ordinary car"
    """What the minutes are, as every output says it."""
    by_rule: np.ndarray | None = None
    """(A, S) bool: the minutes of this pair come from the straight-line rule; none where nothing is said."""

    def __post_init__(self):
        if self.by_rule is None:
            object.__setattr__(self, "by_rule", np.zeros(np.shape(self.area_site), dtype=bool))
        freeze(self, area_site=float, site_site=float, is_modelled=bool, by_rule=bool)


@dataclass(frozen=True, eq=False)
class Region:
    """Everything about a place that is the same under every scenario: who lives where, what stands where, how far it is."""

    name: str
    areas: Areas
    sites: Sites
    units: Units
    travel: Travel
    boundaries: str
    """The date of the map of bodies, as every output says it: ``2022 boundaries``."""
    sources: tuple[str, ...] = ()
    """Where the tables come from, one citation each."""
    warning: tuple[str, ...] = ()
    """What every output on this region must say."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of each table read, by name, for provenance."""
    volume_error: float = 0.0
    """Mean absolute error of unit volumes against the finest level known (share); closing by modelled volume is refused
    above 0.05."""
    is_open_data: bool = True
    """Whether the region is built from shipped open data: its outputs are then labelled illustrative."""
    own: Mapping[str, object] = field(default_factory=dict)
    """Where further tables of the region stand (`source.Source`), which later steps read where they need them: flows, catchments ..."""
    numbers: Mapping[str, object] = field(default_factory=dict)
    """Numbers of the region's own (`service.Parameter`) by name, which stand in for those of the service and of finance."""
    numbers_at: Mapping[str, str] = field(default_factory=dict)
    """By number of the region's own, where it stands, as faults say it."""
    standing: tuple = ()
    """Rows of `standing.Standing`: what is known of units against standards, beside their volumes."""
    demand_of: str = ""
    """The service whose admissions the areas' demand counts; empty where the table does not say, and it is taken for any service."""
