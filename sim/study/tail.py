"""The long tail: how concentrated activity is, which units meet their minimum and with what chance, which rates differ by
more than chance, and which bodies are too small to plan alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..measures.equity import expected_cases
from ..measures.standards import operators, standing, value_of
from ..measures.tidy import HOME
from ..service.service import Standard
from .experiment import Experiment
from .view import View

WELL_REPORTED, FAIRLY_REPORTED = 0.25, 0.5
"""How far reported volume may lie from modelled (share) for grade A and for grade B."""


def gini(volume: np.ndarray) -> float:
    """Gini coefficient of volumes: 0 when all are equal, near 1 when one has nearly all.

    Examples
    --------
    >>> gini(np.array([1.0, 1.0])), round(gini(np.array([0.0, 0.0, 3.0])), 3)
    (0.0, 0.667)
    """
    volume = np.sort(np.asarray(volume, dtype=float))
    count, total = len(volume), volume.sum()
    if not count or total <= 0:
        return float("nan")
    return float((2 * np.arange(1, count + 1) - count - 1) @ volume / (count * total))


def concentration(seen: View) -> list[dict]:
    """The share of activity by rank, over units and over providers, with the Gini coefficient of each."""
    of = seen.gives
    volume, provider = seen.load.index[of], seen.service.units.provider[of]
    names, index = np.unique(provider, return_inverse=True)
    rows = []
    for over, values in (("units", volume), ("providers", np.bincount(index, volume, len(names)))):
        ordered = np.sort(values)[::-1]
        share = np.cumsum(ordered) / ordered.sum() if ordered.sum() else ordered
        coefficient = gini(values)
        rows += [
            {"over": over, "rank": rank, "volume_per_year": float(v), "cumulative_share": float(s), "gini": coefficient}
            for rank, (v, s) in enumerate(zip(ordered, share), start=1)
        ]
    return rows


def chance_of_minimum(rate: float, standard: Standard) -> float:
    """The chance that a Poisson count over the averaging window reaches the minimum times the window.

    Examples
    --------
    >>> from sim.service.service import Standard
    >>> round(chance_of_minimum(600, Standard("s", "hyperacute", "index", 600, "")), 3)
    0.505
    """
    from scipy.special import gammainc

    needed = np.ceil(standard.minimum * standard.window_years)
    return float(gammainc(needed, rate * standard.window_years)) if rate > 0 else 0.0


def _chance(value: float, operators: float, standard: Standard) -> float:
    """The chance that all operators together reach what they should; NaN for what is no count, or not known."""
    if standard.column or np.isnan(value):
        return np.nan
    return chance_of_minimum(value * operators, replace(standard, minimum=standard.minimum * operators))


def standards_by_unit(found: Experiment, before: View, after: View) -> list[dict]:
    """One row a unit and standard: volumes, and the chance of meeting the minimum, from Poisson and from replications."""
    rows = []
    told = [
        {(row.standard, row.unit): row for row in standing(seen.service, seen.at, load=seen.load)}
        for seen in (before, after)
    ]
    for named in before.service.standards:
        measure = "index_admissions_per_year" if named.counts == "index" else f"{named.counts}_per_year"
        for label, seen, said in zip(("baseline", "option"), (before, after), told):
            service, standard = seen.service, seen.service.standard_like(named)
            simulated = found.values(label, measure, "unit")[1] if found.has(measure) else None
            value, share = value_of(service, seen.load, standard), operators(service, standard)
            for u in np.flatnonzero(service.gives(standard.kind) & seen.is_open):
                reported = float(service.units.reported_volume[u]) if standard.counts == "index" else np.nan
                rows.append(
                    {
                        "standard": standard.name,
                        "scenario": label,
                        "unit": str(service.units.id[u]),
                        "name": str(service.units.name[u]),
                        "minimum": standard.minimum,
                        "window_years": standard.window_years,
                        "maximum": standard.maximum if np.isfinite(standard.maximum) else None,
                        "modelled_volume": float(value[u]),
                        "reported_volume": reported,
                        "data_grade": grade(reported, float(before.load.index[u]), _note(service, u))
                        if standard.counts == "index"
                        else "none",
                        "meets": None if np.isnan(value[u]) else bool(value[u] >= standard.minimum * (1 - 1e-9)),
                        "standing": said[named.name, str(service.units.id[u])].in_words,
                        "standing_source": said[named.name, str(service.units.id[u])].source,
                        "above_maximum": bool(value[u] > standard.maximum),
                        "chance_poisson": _chance(float(value[u]), float(share[u]), standard),
                        "chance_simulated": float((simulated[:, u] >= standard.minimum * share[u]).mean())
                        if simulated is not None and not np.isnan(share[u])
                        else np.nan,
                        "source": standard.source,
                    }
                )
    return rows


def _note(service, unit: int) -> str:
    notes = service.units.attribute.get("note")
    return str(notes[unit]) if notes is not None else ""


def grade(reported: float, modelled: float, note: str = "") -> str:
    """How far a reported volume can be leant on: A or B by its distance from the modelled one, C beyond, D where the source is
    suspect or silent. No unit is called an outlier on C or D.

    Examples
    --------
    >>> grade(600, 650), grade(600, 900), grade(200, 900), grade(722, 910, "suspect copy"), grade(float("nan"), 900)
    ('A', 'B', 'C', 'D', 'D')
    """
    if np.isnan(reported) or "suspect" in note or modelled <= 0:
        return "D"
    off = abs(reported - modelled) / modelled
    return "A" if off <= WELL_REPORTED else "B" if off <= FAIRLY_REPORTED else "C"


def standardised_rates(seen: View) -> list[dict]:
    """Admissions by body against those expected from age and deprivation, with control limits (funnel plot).

    The ratio is indirect: observed over expected, England (or the region) being 1. Limits are exact Poisson ones at 95 % and 99.8 %
    widened by the overdispersion of the bodies (Spiegelhalter 2005, doi 10.1002/sim.1970, multiplicative, 10 % winsorised).
    """
    service = seen.service
    need, names = expected_cases(service), service.areas.body.get(HOME)
    if need is None or names is None or not need.sum():
        return []
    demand = service.areas.demand * service.index_share
    need = need * demand.sum() / need.sum()
    bodies, index = np.unique(names, return_inverse=True)
    observed, expected = np.bincount(index, demand), np.bincount(index, need)
    score = 2 * (np.sqrt(observed) - np.sqrt(expected))
    ends = np.quantile(score, [0.1, 0.9])
    dispersion = max(1.0, float((np.clip(score, *ends) ** 2).mean()))
    rows = []
    for b, name in enumerate(bodies):
        row = {HOME: str(name), "observed_per_year": float(observed[b]), "expected_per_year": float(expected[b]),
               "ratio": float(observed[b] / expected[b]) if expected[b] else np.nan, "overdispersion": dispersion}  # fmt: skip
        for label, z in (("95", 1.959964), ("99_8", 3.090232)):
            half = z * np.sqrt(dispersion) / (2 * np.sqrt(expected[b])) if expected[b] else np.nan
            row |= {f"low_{label}": float(max(0.0, 1 - half) ** 2), f"high_{label}": float((1 + half) ** 2)}
        row["beyond_chance"] = bool(not row["low_99_8"] <= row["ratio"] <= row["high_99_8"])
        rows.append(row)
    return rows


def footprint(seen: View) -> list[dict]:
    """One row a body and standard: its own cases, how many are treated inside, import, export, and the smallest group of neighbours that
    reaches the minimum volume.

    Neighbours are taken in order of the distance between demand-weighted middles; the group is the body with as many of the nearest
    as it takes.
    """
    service = seen.service
    names, sites = service.areas.body.get(HOME), service.sites.body.get(HOME)
    if names is None or sites is None:
        return []
    index_share = service.index_share
    demand = service.areas.demand * index_share
    bodies, home = np.unique(names, return_inverse=True)
    place = {name: b for b, name in enumerate(bodies)}
    unit_body = np.array([place.get(str(name), -1) for name in sites[service.units.site]])
    parts = seen.parts
    treated_in, lives_in = np.append(unit_body, -1)[parts.unit], home[parts.area]
    patients = demand[parts.area] * parts.share
    inside = np.bincount(lives_in, patients * (treated_in == lives_in), len(bodies))
    own = np.bincount(home, demand, len(bodies))
    away = (treated_in >= 0) & (treated_in != lives_in)
    imported = np.bincount(treated_in[away], patients[away], len(bodies))
    middle = [
        np.bincount(home, demand * axis, len(bodies)) / np.maximum(own, 1e-300)
        for axis in (service.areas.latitude, service.areas.longitude)
    ]
    rows = []
    for standard in (each for each in service.standards if each.is_count):
        share = (
            1.0
            if standard.counts == "index"
            else seen.load.counted.get(standard.counts, np.zeros(1)).sum() / max(demand.sum(), 1e-300)
        )
        for b, name in enumerate(bodies):
            far = (middle[0] - middle[0][b]) ** 2 + (np.cos(np.radians(middle[0][b])) * (middle[1] - middle[1][b])) ** 2
            order = np.argsort(far, kind="stable")
            reach = np.flatnonzero(np.cumsum(own[order]) * share >= standard.minimum)
            group = order[: reach[0] + 1] if len(reach) else []
            rows.append(
                {
                    "standard": standard.name,
                    HOME: str(name),
                    "cases_per_year": float(own[b] * share),
                    "minimum": standard.minimum,
                    "treated_inside_share": float(inside[b] / own[b]) if own[b] else np.nan,
                    "imported_admissions_per_year": float(imported[b]),
                    "exported_admissions_per_year": float(own[b] - inside[b]),
                    "large_enough_alone": bool(own[b] * share >= standard.minimum),
                    "bodies_needed": len(group) or None,
                    "smallest_group": "; ".join(str(bodies[g]) for g in group),
                }
            )
    return rows
