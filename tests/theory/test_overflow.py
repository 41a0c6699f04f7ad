"""Overflow: a patient whose first unit is full goes to the next that has room; where all are full, they are lost.

Preference is the order of minutes. They are tenths, so that the state of the beds hardly changes on the way: 0.2
minutes are 0.00014 days, in which one patient in some thousand finds the bed taken, or another one free.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from sim.engine.contract import LOST
from sim.service.service import Service
from tests.theory.build import (
    Effort,
    Item,
    Seen,
    cases,
    estimate,
    exponential,
    group,
    hold,
    items,
    service,
    simulate,
    stage,
    tolerance,
)

TWO, THREE, BEHIND = items("overflow", "overflow2"), items("overflow", "overflow3"), items("overflow", "wilkinson")
TESTED = (*TWO, *THREE, *BEHIND)

STEP = 0.1
"""Minutes from one unit to the next in an area's order."""


def centres(beds, a_day, preference, mean: float) -> Service:
    """Areas that send their patients to centres in an order of their own, and to no centre they do not name."""
    minutes = np.full((len(a_day), len(beds)), np.nan)
    for area, order in enumerate(preference):
        minutes[area, order] = STEP * np.arange(len(order))
    lines = stage("bed", exponential(mean), if_full="lost", diversion_minutes=10)
    return service(
        {f"centre {c}": ("bed", b) for c, b in enumerate(beds)}, {"all": group(1.0, {"bed": lines})}, a_day, minutes
    )


def allocation(areas: int, units: int):
    """Who asked, was lost, and was treated where, by area; bed-days, stays and full days by unit."""

    def taken(seen: Seen) -> dict[str, np.ndarray]:
        trace, records = seen.trace, seen.records
        of = seen.asks("bed")
        area = records.sent.journeys.patients.area[records.patient[of]]
        is_lost = (trace.end == LOST)[records.patient[of]]
        to = np.where(is_lost, units, trace.unit[of])
        sums = {"days": seen.days}
        for a in range(areas):
            sums |= {f"asked {a}": (area == a).sum()} | {
                f"from {a} to {u}": ((area == a) & (to == u)).sum() for u in range(units + 1)
            }
        for u in range(units):
            name = f"centre {u}"
            sums |= {
                f"held {u}": seen.bed_days(name),
                f"full {u}": seen.full_days(name),
                f"begun {u}": seen.begun(name),
            }
        return sums

    return taken


@pytest.mark.parametrize(("item", "effort"), cases(TWO, "overflow2_1.0_0.5_0.143_7_5_mutual"))
def test_two_centres_take_each_others_patients_as_the_chain_says(item: Item, effort: Effort):
    given = item.params
    beds, a_day = (given["beds1"], given["beds2"]), (given["lam1"], given["lam2"])
    preference = [[0, 1], [1, 0] if given["mode"] == "mutual" else [1]]

    def figures(s: Mapping) -> dict[str, float]:
        made = {"frac1_treated_at_2": s["from 0 to 1"] / s["asked 0"]}
        if given["mode"] == "mutual":
            made["frac2_treated_at_1"] = s["from 1 to 0"] / s["asked 1"]
        for n in (1, 2):
            made |= {
                f"P_own_full_{n}": s[f"full {n - 1}"] / s["days"],
                f"P_lost_{n}": s[f"from {n - 1} to 2"] / s[f"asked {n - 1}"],
                f"occupancy{n}": s[f"held {n - 1}"] / s["days"] / beds[n - 1],
            }
        return made

    mean = 1 / given["mu"]
    size = effort.size(relaxing=2 * mean, a_day=sum(a_day), full=2_500_000, brief=80_000)
    found = estimate(simulate(centres(beds, a_day, preference, mean), size, effort.simulate, allocation(2, 2)), figures)
    hold(found, item.exact, tolerance(item.exact, effort), item.id)


@pytest.mark.parametrize(("item", "effort"), cases(THREE))
def test_three_centres_take_patients_in_each_areas_order(item: Item, effort: Effort):
    given = item.params
    areas, units = len(given["lams"]), len(given["beds"])
    exact = {"P_lost_all": item.exact["P_lost_all"]}
    for u in range(units):
        exact |= {f"occupancy {u}": item.exact["occupancy"][u], f"volume {u}": item.exact["volume_per_day"][u]}
    for a in range(areas):
        exact |= {f"from {a} to {u}": item.exact["allocation_fraction_by_area"][a][u] for u in range(units + 1)}

    def figures(s: Mapping) -> dict[str, float]:
        asked = sum(s[f"asked {a}"] for a in range(areas))
        made = {"P_lost_all": sum(s[f"from {a} to {units}"] for a in range(areas)) / asked}
        for u in range(units):
            made |= {
                f"occupancy {u}": s[f"held {u}"] / s["days"] / given["beds"][u],
                f"volume {u}": s[f"begun {u}"] / s["days"],
            }
        return made | {
            f"from {a} to {u}": s[f"from {a} to {u}"] / s[f"asked {a}"] for a in range(areas) for u in range(units + 1)
        }

    described = centres(given["beds"], given["lams"], given["pref_by_area"], given["mean_los"])
    size = effort.size(relaxing=2 * given["mean_los"], a_day=sum(given["lams"]), full=8_000_000)
    found = estimate(simulate(described, size, effort.simulate, allocation(areas, units)), figures)
    hold(found, exact, tolerance(exact, effort), item.id)


@pytest.mark.parametrize(("item", "effort"), cases(BEHIND))
def test_what_flows_over_is_as_uneven_as_wilkinson_says(item: Item, effort: Effort):
    load, beds = item.params["offered_load"], item.params["primary_servers"]
    described = centres((beds, PLENTY), (load,), [[0, 1]], 1.0)

    def taken(seen: Seen) -> dict[str, float]:
        days = seen.levels("centre 1")
        assert len(days) <= PLENTY, "the second centre was full"
        count = np.arange(len(days))
        return {"days": seen.days, "held": (days * count).sum(), "squared": (days * count**2).sum()}

    def figures(s: Mapping) -> dict[str, float]:
        mean = s["held"] / s["days"]
        variance = s["squared"] / s["days"] - mean**2
        return {"overflow_mean": mean, "overflow_variance": variance, "peakedness": variance / mean}

    size = effort.size(relaxing=2.0, a_day=load, full=200_000 * load)
    found = estimate(simulate(described, size, effort.simulate, taken), figures)
    hold(found, item.exact, tolerance(item.exact, effort), item.id)


PLENTY = 400
"""Beds that are never all held."""
