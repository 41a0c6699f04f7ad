"""Queues: whoever finds no free bed waits, first come, first served.

M/M/c, M/G/1, M/D/c, M/E2/c and M/H2/c; and M/M/c/K, whose waiting places are a stage of no length, lost when full.
Of M/M/c the chance of an empty unit is left out where it is below one in a thousand.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

import numpy as np
import pytest

from sim.service.service import Service
from tests.theory.build import (
    FULL,
    Effort,
    Item,
    Seen,
    Size,
    cases,
    estimate,
    exponential,
    group,
    hold,
    is_busy,
    items,
    relaxation,
    service,
    simulate,
    stage,
    tolerance,
)

MMC, ROOM = items("queue", "mmc_"), items("queue", "mmcK_")
SINGLE, CONSTANT, PHASES = items("queue", "mg1_"), items("queue", "mdc_"), items("queue", "mh2c_", "me2c_")
TESTED = (*MMC, *ROOM, *SINGLE, *CONSTANT, *PHASES)

WAITS = ("Wq", "Lq", "W", "L", "Wq_given_wait", "sd_Wq", "P_wait_gt_1", "Wq_p95")


def ward(beds: int, a_day: float, stay, **settings) -> Service:
    """One unit with a queue."""
    return service({"ward": ("bed", beds)}, {"all": group(a_day, {"bed": stage("bed", stay, **settings)})})


def taken(seen: Seen) -> dict[str, float]:
    """Waits and bed-days at the one unit."""
    return {**seen.waits("bed"), "queue": seen.queue_days("bed"), "days": seen.days, "bed_days": seen.bed_days("ward")}


def figures(s: Mapping) -> dict[str, float]:
    """What every queue has; the mean time in all follows from Little's law."""
    return {
        "P_wait": s["delayed"] / s["asked"],
        "Wq": s["wait"] / s["asked"],
        "Lq": s["queue"] / s["days"],
        "W": (s["queue"] + s["bed_days"]) / s["asked"],
    }


def size(item: Item, effort: Effort, beds: int, mean: float, squared_cv: float = 1.0) -> Size:
    """A length at which the standard error of the mean wait is some 0.8 % (1.6 % at a utilisation of 0.9 or more).

    Its square is some 2 to 3 relaxation times over the length, and over the share that waits where that is small.
    """
    a_day = item.params["arrival_rate"]
    relaxing = relaxation(a_day, mean, beds, squared_cv)
    spans = (9_000 if is_busy(a_day * mean / beds) else 40_000) / item.exact["P_wait"]
    # Twenty mean waits of those who wait: beyond them the tail of the wait is 2e-9.
    cooldown = 20 * (1 + squared_cv) / 2 / (beds / mean - a_day)
    return effort.size(relaxing, a_day, max(spans * relaxing * a_day, 2_000_000), cooldown=cooldown)


def check(item: Item, effort: Effort, described: Service, beds: int, mean: float, squared_cv: float) -> None:
    """Run a queue and hold the figures that all queues have."""
    length = size(item, effort, beds, mean, squared_cv)
    found = estimate(simulate(described, length, effort.simulate, taken), figures)
    found = {name: each for name, each in found.items() if name in item.exact}
    hold(found, item.exact, tolerance(item.exact, effort, item.params["arrival_rate"] * mean / beds, WAITS), item.id)


@pytest.mark.parametrize(("item", "effort"), cases(MMC, "mmc_lam2_los4.0_c10"))
def test_exponential_stays_wait_as_erlang_c_says(item: Item, effort: Effort):
    a_day, mean, beds = item.params["arrival_rate"], item.params["mean_los"], item.params["servers"]
    exact, is_seldom_empty = item.exact, item.exact["P0"] < 1e-3

    def more(seen: Seen) -> dict[str, float]:
        wait = seen.each_wait("bed")
        return {
            **taken(seen),
            "squared": (wait**2).sum(),
            "above_1": (wait > 1).sum(),
            "above_p95": (wait > exact["Wq_p95"]).sum(),
            "empty": 0.0 if is_seldom_empty else seen.levels("ward")[0],
        }

    def all_figures(s: Mapping) -> dict[str, float]:
        mean_wait, held = s["wait"] / s["asked"], s["bed_days"] / s["days"]
        # The share of waits above the exact percentile, turned into days along the tail, which is exponential.
        off = np.log(s["above_p95"] / s["asked"] / 0.05) * exact["Wq_given_wait"]
        made = {
            **figures(s),
            "utilisation": held / beds,
            "L": s["queue"] / s["days"] + held,
            "Wq_given_wait": s["wait"] / s["delayed"],
            "sd_Wq": np.sqrt(s["squared"] / s["asked"] - mean_wait**2),
            "P_wait_gt_1": s["above_1"] / s["asked"],
            "Wq_p95": exact["Wq_p95"] + off,
        }
        return made if is_seldom_empty else made | {"P0": s["empty"] / s["days"]}

    found = estimate(
        simulate(ward(beds, a_day, exponential(mean)), size(item, effort, beds, mean), effort.simulate, more),
        all_figures,
    )
    hold(found, exact, tolerance(exact, effort, exact["utilisation"], WAITS), item.id)


@pytest.mark.slow
def test_two_units_that_share_a_list_are_one():
    item = MMC["mmc_lam2_los4.0_c10"]
    lines = stage("bed", exponential(4.0), wait_at="any", diversion_minutes=10)
    described = service({"large": ("bed", 6), "small": ("bed", 4)}, {"all": group(2.0, {"bed": lines})})

    def taken(seen: Seen) -> dict[str, float]:
        return {
            **seen.waits("bed"),
            "queue": seen.queue_days("bed"),
            "days": seen.days,
            "bed_days": seen.bed_days("large") + seen.bed_days("small"),
        }

    found = estimate(simulate(described, size(item, FULL, 10, 4.0), FULL.simulate, taken), figures)
    hold(found, item.exact, tolerance(item.exact, FULL), "shared list")


@pytest.mark.parametrize(("item", "effort"), cases(ROOM, "mmcK_lam1.5_los1.0_c1_K5"))
def test_whoever_finds_no_waiting_place_is_lost(item: Item, effort: Effort):
    a_day, mean, beds = item.params["arrival_rate"], item.params["mean_los"], item.params["servers"]
    stages = {"place": stage("place", 0, if_full="lost", next={"bed": 1.0}), "bed": stage("bed", exponential(mean))}
    described = service(
        {"room": ("place", item.params["K"] - beds), "ward": ("bed", beds)}, {"all": group(a_day, stages)}
    )

    def taken(seen: Seen) -> dict[str, float]:
        return {
            "came": seen.asks("place").sum(),
            "lost": seen.lost(),
            **seen.waits("bed"),
            "waiting": seen.bed_days("room"),
            "bed_days": seen.bed_days("ward"),
            "days": seen.days,
        }

    def figures(s) -> dict[str, float]:
        return {
            "P_lost": s["lost"] / s["came"],
            "Lq": s["waiting"] / s["days"],
            "Wq_admitted": s["wait"] / s["asked"],
            "mean_occupied": s["bed_days"] / s["days"],
            "P_wait_admitted": s["delayed"] / s["asked"],
        }

    length = effort.size(relaxing=4 * mean, a_day=a_day, full=2_000_000, brief=50_000, cooldown=40 * mean)
    found = estimate(simulate(described, length, effort.simulate, taken), figures)
    hold(found, item.exact, tolerance(item.exact, effort), item.id)


LAWS = {
    "deterministic": {"law": "constant", "mean": 1},
    "erlang2": {"law": "erlang", "mean": 1, "shape": 2},
    "exponential": {"law": "exponential", "mean": 1},
    "lognormal_scv1.354": {"law": "lognormal", "mean": 1, "sd": sqrt(1.3537636961285604)},
}


@pytest.mark.parametrize(("item", "effort"), cases(SINGLE))
def test_one_bed_waits_as_pollaczek_and_khinchine_say(item: Item, effort: Effort):
    law, a_day = item.params["distribution"], item.params["arrival_rate"]
    if law == "H2_scv4":
        short, fast, slow = balanced(4.0)
        described = ward(
            1,
            a_day,
            exponential(1 / fast),
            next={"home": short, "home_supported": "rest"},
            stay_if={"home_supported": exponential(1 / slow)},
        )
    else:
        described = ward(1, a_day, LAWS[law])
    check(item, effort, described, 1, 1.0, item.params["scv"])


def balanced(squared_cv: float) -> tuple[float, float, float]:
    """The chance of the shorter stay and both rates of two exponentials of mean 1 together, each with half the load."""
    short = (1 + sqrt((squared_cv - 1) / (squared_cv + 1))) / 2
    return short, 2 * short, 2 * (1 - short)


@pytest.mark.parametrize(("item", "effort"), cases(CONSTANT, "mdc_c5_rho0.8"))
def test_constant_stays_wait_as_the_embedded_chain_says(item: Item, effort: Effort):
    beds = item.params["servers"]
    check(item, effort, ward(beds, item.params["arrival_rate"], item.params["service"]), beds, 1.0, 0.0)


@pytest.mark.parametrize(("item", "effort"), cases(PHASES, "me2c_c5_rho0.8"))
def test_stays_of_two_phases_and_mixtures_of_two_wait_as_their_chains_say(item: Item, effort: Effort):
    a_day, beds = item.params["arrival_rate"], item.params["servers"]
    if "p" in item.params:
        share = {"short": item.params["p"], "long": 1 - item.params["p"]}
        mean = {"short": 1 / item.params["rate1"], "long": 1 / item.params["rate2"]}
        groups = {name: group(a_day * share[name], {"bed": stage("bed", exponential(mean[name]))}) for name in share}
        described = service({"ward": ("bed", beds)}, groups)
    else:
        # The second phase goes on in the bed of the first and asks for nothing.
        stages = {"bed": stage("bed", exponential(0.5), next={"phase": 1.0}), "phase": stage("phase", exponential(0.5))}
        described = service({"ward": ("bed phase", beds)}, {"all": group(a_day, stages)})
    check(item, effort, described, beds, 1.0, item.params["scv"])
