"""Baseline fit: what is modelled against what is reported, unit by unit, before any option is believed.

Volume, stay, occupancy and transfers, as far as the table of units reports them. A measure passes where enough units lie near enough. For
models of hospital services no pass mark is published that we know of; the one here follows that by which the Department for Transport
accepts modelled against counted flows (TAG unit M3.1, link flows): within 15 % in 85 % of cases. Its allowance of 100 for
small flows, which are vehicles an hour, would pass a unit of 50 patients a year at 150. In its place a count may be off by what luck does
to it from one year to the next: twice the root of what is reported (two standard deviations of Poisson). Below 178 a year that is more
than 15 %. For stays and occupancy the 15 % alone.

A region that does not pass, or reports nothing, is *illustrative*, and every output says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ..journeys.expected import ways
from ..measures.load import expected_load
from ..service.service import Service
from .tables import Findings

WITHIN, LUCK, ENOUGH = 0.15, 2.0, 0.85
"""A share of what is reported; or so many roots of a count, whichever is more; and the share of units that must be near."""

PASS_MARK = (
    f"{100 * ENOUGH:g} % of units within {100 * WITHIN:g} % (after DfT TAG unit M3.1, link flows), or of a count within {LUCK:g} roots of "
    "what is reported, the luck of a year"
)

MEASURES = {
    "volume": ("reported_volume", "index admissions a year", True),
    "stay": ("reported_stay", "days", False),
    "occupancy": ("reported_occupancy", "share of beds", False),
    "transfers": ("reported_transfers", "patients a year who come from another site", True),
}
"""By name: the column of the units table, the unit, and whether it counts patients."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """One measure against what is reported."""

    name: str
    unit: str
    reported: np.ndarray
    """(U,) NaN where not reported."""
    modelled: np.ndarray
    """(U,) NaN where there is nothing."""
    is_near: np.ndarray
    """(U,) bool."""

    @property
    def known(self) -> np.ndarray:
        """(U,) bool: both are known."""
        return ~np.isnan(self.reported) & ~np.isnan(self.modelled)

    @property
    def share(self) -> float:
        """Of the units where both are known, those near."""
        return float(self.is_near[self.known].mean()) if self.known.any() else float("nan")

    @property
    def passes(self) -> bool:
        """Whether enough are near."""
        return self.share >= ENOUGH

    @property
    def said(self) -> str:
        """In words."""
        known = self.known
        ratio = self.modelled[known].sum() / self.reported[known].sum() if self.reported[known].sum() else float("nan")
        verdict = "passes" if self.passes else "fails"
        return f"{self.name} {int(self.is_near[known].sum())} of {int(known.sum())} units near, {100 * ratio:.0f} % in all: {verdict}"


@lru_cache(maxsize=2)
def fit(found: Findings) -> tuple[Fitted, ...]:
    """The measures that are reported for some unit, each against what is modelled in the baseline at the start of the window."""
    held = found.experiment.values("baseline", "occupied_beds_mean", "unit")[1].mean(axis=0)
    return _fit(found.service, found.experiment.run.window.start, held)


@lru_cache(maxsize=8)
def fit_expected(service: Service, at: float) -> tuple[Fitted, ...]:
    """The same of a baseline that is not simulated: all but the occupancy of beds."""
    return _fit(service, at, None)


def _fit(service: Service, at: float, held: np.ndarray | None) -> tuple[Fitted, ...]:
    is_open = service.is_open(at)
    made = []
    for name, (column, unit, is_count) in MEASURES.items():
        reported = np.where(is_open, reported_column(service, column), np.nan)
        if np.isnan(reported).all() or (name == "occupancy" and held is None):
            continue
        modelled = _occupancy(service, held, at) if name == "occupancy" else _MODELLED[name](service, is_open, at)
        allowed = WITHIN * np.abs(reported)
        if is_count:
            allowed = np.maximum(allowed, LUCK * np.sqrt(np.abs(reported)))
        near = np.abs(modelled - reported) <= allowed * (1 + 1e-12)
        made.append(Fitted(name, unit, reported, modelled, near))
    return tuple(made)


def reported_column(service: Service, column: str) -> np.ndarray:
    """(U,) a column of the units table as numbers; NaN where there is none."""
    units = service.units
    given = getattr(units, column, None)
    if given is None:
        given = units.attribute.get(column, np.full(len(units), np.nan))
    try:
        return np.asarray(given, dtype=float)
    except ValueError:
        return np.array([float(each) if str(each).replace(".", "", 1).isdigit() else np.nan for each in given])


def _volume(service: Service, is_open: np.ndarray, at: float) -> np.ndarray:
    return expected_load(service, is_open, at).index


def _stay(service: Service, is_open: np.ndarray, at: float) -> np.ndarray:
    """Days in a bed of the unit for each index patient who comes to it: whoever goes on in the same bed stays on."""
    index = tuple(group for group in service.groups if group.is_index)
    load = expected_load(replace(service, groups=index), is_open, at)
    return np.divide(load.bed_days, load.stays, out=np.full(len(load.stays), np.nan), where=load.stays > 0)


def _occupancy(service: Service, held: np.ndarray, at: float) -> np.ndarray:
    beds = service.beds(at)
    return np.divide(held, beds, out=np.full(len(beds), np.nan), where=beds > 0)


def _transfers(service: Service, is_open: np.ndarray, at: float) -> np.ndarray:
    count, site = len(service.units), service.units.site
    made = np.zeros(count)
    for node in ways(service, is_open):
        if node.before is None:
            continue
        moved = (node.unit >= 0) & (node.before.unit >= 0)
        moved &= site[node.unit] != site[node.before.unit]
        rate = node.rate(service, at)
        made += np.bincount(node.unit[moved], weights=rate[moved], minlength=count)
    return made


_MODELLED = {"volume": _volume, "stay": _stay, "transfers": _transfers}


def is_fitted(found: Findings) -> bool:
    """Whether something is reported, and all that is passes."""
    return _all_pass(fit(found))


def _all_pass(measures: Sequence[Fitted]) -> bool:
    return bool(measures) and all(each.passes for each in measures)


ILLUSTRATIVE = "Illustrative"
"""The word that every output of a region begins with that is not fitted."""

OPEN_DATA = "Open data, illustrative, not a proposal."


def said_first(found: Findings) -> list[str]:
    """What every output of a run must say before anything else: of its data, its service and its region, and of the fit."""
    return [*_of_data(found.service), fit_in_words(found)]


def said_first_unsimulated(service: Service, at: float) -> list[str]:
    """The same where the baseline is not simulated, or not with everything that it is held against.

    Parameters
    ----------
    service
        The baseline.
    at
        The start of the window, days.
    """
    reported = reported_column(service, MEASURES["occupancy"][0])
    left_out = [] if np.isnan(reported).all() else ["The fit leaves out the occupancy of beds, which a run tells (fit.csv)."]
    return [*_of_data(service), _in_words(fit_expected(service, at), "fit.csv of a run"), *left_out]


def _of_data(service: Service) -> list[str]:
    return [*([OPEN_DATA] if service.region.is_open_data else []), *service.warning, *service.region.warning]


def fit_in_words(found: Findings) -> str:
    """What every output must say of the fit."""
    return _in_words(fit(found), "fit.csv")


def _in_words(measures: Sequence[Fitted], table: str) -> str:
    if not measures:
        columns = ", ".join(column for column, _, _ in MEASURES.values())
        return f"{ILLUSTRATIVE}: nothing is reported that the baseline could be fitted to (columns of the units table: {columns})."
    said = "; ".join(each.said for each in measures)
    if _all_pass(measures):
        return f"The baseline fits what is reported: {said} (pass mark: {PASS_MARK})."
    return f"{ILLUSTRATIVE}: the baseline does not fit what is reported: {said} (pass mark: {PASS_MARK}; unit by unit in {table})."


def fit_rows(found: Findings) -> list[dict]:
    """One row a measure and unit where something is reported, the farthest off first."""
    return [row for of in fit(found) for row in _rows(found, of)]


def _rows(found: Findings, of: Fitted) -> Iterator[dict]:
    units = found.service.units
    known = np.flatnonzero(~np.isnan(of.reported))
    off = np.abs(of.modelled - of.reported)[known]
    for u in known[np.argsort(-np.where(np.isnan(off), np.inf, off), kind="stable")]:
        reported, modelled = float(of.reported[u]), float(of.modelled[u])
        yield {
            "measure": of.name,
            "unit": str(units.id[u]),
            "name": str(units.name[u]),
            "reported": reported,
            "modelled": modelled,
            "difference": modelled - reported,
            "ratio": modelled / reported if reported else float("nan"),
            "near": bool(of.is_near[u]),
            "measure_in": of.unit,
        }


def fit_told(found: Findings) -> dict:
    """The fit as ``provenance.json`` keeps it."""
    return {
        "is_fitted": is_fitted(found),
        "pass_mark": PASS_MARK,
        "measures": {each.name: {"units": int(each.known.sum()), "share_near": round(each.share, 10)} for each in fit(found)},
    }
