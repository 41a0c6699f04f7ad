"""Access under many sets of open units, in England by LSOA: how many sets a second on one core, and against lokigi.

Both are given the same sets and asked for the same: mean minutes, the 95th percentile, the shares within 30, 45 and 60 minutes, and
each unit's patients. What lokigi does not print itself (a weighted percentile, more than one threshold, volumes) is taken from
its table of areas, which is most quickly done so. The answers are compared before the times.
"""

from __future__ import annotations

from time import process_time

import numpy as np
from table import Row, at_least, skipped

from sim.journeys.nearest import nearest, unit_minutes
from sim.measures.access import access
from sim.measures.many import access_of_many, ranked
from sim.study.load import load_service

THRESHOLDS = (30.0, 45.0, 60.0)
LEAST_OPEN = 60
SEED = 1


def rows(is_quick: bool) -> list[Row]:
    """What is printed of access."""
    service = load_service("stroke", "england_lsoa")
    units = np.flatnonzero(service.gives(service.access_kind))
    minutes, demand = unit_minutes(service.region.travel.area_site, service.units.site[units]), service.areas.demand
    sets = random_sets(len(units), 300 if is_quick else 3000)
    start = process_time()
    place = ranked(minutes, demand)
    prepared = process_time() - start
    access_of_many(place, sets[:2], THRESHOLDS)  # compiles
    times = []
    for _ in range(3 if is_quick else 5):
        start = process_time()
        found = access_of_many(place, sets, THRESHOLDS)
        times.append(process_time() - start)
    for k in range(3):
        one = access(nearest(minutes, sets[k]).minutes, demand, service.areas.name, THRESHOLDS)
        np.testing.assert_allclose([one.mean, one.percentile_95], [found.mean[k], found.percentile_95[k]], rtol=1e-9)
        np.testing.assert_allclose(one.within, found.within[k], rtol=1e-9)
    rate = len(sets) / float(np.median(times))
    said = f"access of {len(demand):,} areas to {LEAST_OPEN} to {len(units)} open units, sets a second on one core"
    made = [Row(said, f"{rate:,.0f} (prepared once in {prepared:.1f} s)", "at least 3,000", rate >= 3000)]
    what = "the same against lokigi, same sets and measures"
    try:
        slow = lokigi_seconds(minutes, demand, sets, 3 if is_quick else 5, found)
    except ImportError:
        return [*made, skipped(what, "lokigi")]
    return [*made, at_least(what, slow * rate, 100, f" (lokigi {slow * 1e3:,.0f} ms a set)")]


def random_sets(units: int, count: int) -> np.ndarray:
    """(count, units) bool: sets of at least `LEAST_OPEN` units."""
    rng = np.random.default_rng(SEED)
    sets = np.zeros((count, units), dtype=bool)
    for row in sets:
        row[rng.choice(units, rng.integers(LEAST_OPEN, units + 1), replace=False)] = True
    return sets


def lokigi_seconds(minutes: np.ndarray, demand: np.ndarray, sets: np.ndarray, count: int, expected) -> float:
    """The median of lokigi's processor seconds a set; its answers must be those expected."""
    import pandas as pd
    from lokigi.site import SiteProblem

    area, unit = [f"area {a}" for a in range(len(demand))], [f"unit {u}" for u in range(minutes.shape[1])]
    problem = SiteProblem(debug_mode=False)
    problem.add_demand(pd.DataFrame({"area": area, "patients": demand}), demand_col="patients", location_id_col="area")
    where = pd.DataFrame({"unit": unit, "lat": 52.0, "long": -1.0})
    problem.add_sites(where, candidate_id_col="unit", crs="EPSG:4326")
    matrix = pd.DataFrame(np.round(minutes, 1), columns=unit)  # tenths of a minute, as in this program
    matrix.insert(0, "area", area)
    problem.add_travel_matrix(matrix, source_col="area", unit="minutes", allow_missing=bool(np.isnan(minutes).any()))
    times = []
    for k in range(count + 1):  # the first joins its tables, once
        start = process_time()
        names = [name for name, is_open in zip(unit, sets[k]) if is_open]
        solution = problem.evaluate_single_solution_single_objective(
            objective="p_median", site_names=names, threshold_for_coverage=THRESHOLDS[0]
        )
        table = solution.evaluated_combination_df
        ordered = table[["min_cost", "patients"]].sort_values("min_cost", kind="stable")
        reached = ordered["patients"].cumsum().to_numpy()
        percentile = ordered["min_cost"].to_numpy()[np.searchsorted(reached, 0.95 * reached[-1] * (1 - 1e-9))]
        within = [table.loc[table["min_cost"] <= limit, "patients"].sum() / reached[-1] for limit in THRESHOLDS]
        volume = table.groupby("selected_site")["patients"].sum()
        times.append(process_time() - start)
        np.testing.assert_allclose(solution.weighted_average, expected.mean[k], rtol=1e-9)
        np.testing.assert_allclose(percentile, expected.percentile_95[k], rtol=1e-9)
        np.testing.assert_allclose(within, expected.within[k], rtol=1e-9)
        # Ties go to another unit in lokigi, so single volumes may differ by an area; their sum may not.
        np.testing.assert_allclose(volume.sum(), expected.volume[k].sum(), rtol=1e-9)
    return float(np.median(times[1:]))
