"""Queues: whoever finds no free bed waits, first come, first served.

M/M/c, M/G/1, M/D/c, M/E2/c and M/H2/c; and M/M/c/K, whose waiting places are a stage of no length that is lost when full.
Of M/M/c the chance of an empty unit is left out where it is below one in a thousand; the 95th percentile of the wait is held
as the share of waits above it.
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
    cases,
    estimate,
    exponential,
    group,
    hold,
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

WAITS = ("Wq", "Lq", "W", "L", "Wq_given_wait", "sd_Wq", "P_wait_gt_1", "above_p95")


def ward(beds: int, a_day: float, stay, **settings) -> Service:
    """One unit with a queue."""
    return service({"ward": ("bed", beds)}, {"all": group(a_day, {"bed": stage("bed", stay, **settings)})})


def taken(seen: Seen) -> dict[str, float]:
    """Waits and bed-days at the one unit."""
    wait = seen.each_wait("bed")
    return {**seen.waits("bed"), "squared": (wait**2).sum(), "queue": seen.queue_days("bed"), "days": seen.days,
            "bed_days": seen("occupied_beds_mean", "ward") * seen.days}  # fmt: skip


def figures(s: Mapping) -> dict[str, float]:
    """What every queue has; the mean time in all follows from Little's law."""
    return {"P_wait": s["delayed"] / s["asked"], "Wq": s["wait"] / s["asked"], "Lq": s["queue"] / s["days"],
            "W": (s["queue"] + s["bed_days"]) / s["asked"]}  # fmt: skip


def check(item: Item, effort: Effort, described: Service, beds: int, mean: float, squared_cv: float, spans: float = 40_000) -> None:
    """Run a queue and hold the figures that all queues have."""
    a_day = item.params["arrival_rate"]
    relaxing = relaxation(a_day, mean, beds, squared_cv)
    use = a_day * mean / beds
    full = spans / (5 if use >= 0.9 - 1e-9 else 1) * relaxing * a_day
    size = effort.size(relaxing, a_day, full, cooldown=20 * relaxing)
    found = estimate(simulate(described, size, effort.simulate, taken), figures)
    found = {name: each for name, each in found.items() if name in item.exact}
    hold(found, item.exact, tolerance(item.exact, effort, use, WAITS), item.id)


@pytest.mark.parametrize(("item", "effort"), cases(MMC, "mmc_lam2_los4.0_c10"))
def test_exponential_stays_wait_as_erlang_c_says(item: Item, effort: Effort):
    a_day, mean, beds = item.params["arrival_rate"], item.params["mean_los"], item.params["servers"]

    def more(seen: Seen) -> dict[str, float]:
        wait, levels = seen.each_wait("bed"), seen.levels("ward")
        return {**taken(seen), "above_1": (wait > 1).sum(), "above_p95": (wait > item.exact["Wq_p95"]).sum(), "empty": levels[0]}

    def all_figures(s) -> dict[str, float]:
        mean_wait, held = s["wait"] / s["asked"], s["bed_days"] / s["days"]
        made = {**figures(s), "utilisation": held / beds, "L": s["queue"] / s["days"] + held, "Wq_given_wait": s["wait"] / s["delayed"],
                "sd_Wq": np.sqrt(s["squared"] / s["asked"] - mean_wait**2), "P_wait_gt_1": s["above_1"] / s["asked"],
                "above_p95": s["above_p95"] / s["asked"]}  # fmt: skip
        return made | ({"P0": s["empty"] / s["days"]} if item.exact["P0"] > 1e-3 else {})

    exact = {**item.exact, "above_p95": 0.05}
    relaxing, use = relaxation(a_day, mean, beds), item.exact["utilisation"]
    full = (8_000 if use >= 0.9 - 1e-9 else 40_000) * relaxing * a_day
    size = effort.size(relaxing, a_day, full, cooldown=20 * relaxing)
    found = estimate(simulate(ward(beds, a_day, exponential(mean)), size, effort.simulate, more), all_figures)
    hold(found, exact, tolerance(exact, effort, use, WAITS), item.id)


@pytest.mark.parametrize("effort", [FULL])
@pytest.mark.slow
def test_two_units_that_share_a_list_are_one(effort: Effort):
    item = MMC["mmc_lam2_los4.0_c10"]
    lines = stage("bed", exponential(4.0), wait_at="any", diversion_minutes=10)
    described = service({"large": ("bed", 6), "small": ("bed", 4)}, {"all": group(2.0, {"bed": lines})})
    relaxing = relaxation(2.0, 4.0, 10)
    size = effort.size(relaxing, 2.0, 40_000 * relaxing * 2.0, cooldown=20 * relaxing)

    def taken(seen: Seen) -> dict[str, float]:
        return {**seen.waits("bed"), "queue": seen.queue_days("bed"), "days": seen.days, "bed_days": seen("occupied_beds_mean") * seen.days}

    hold(estimate(simulate(described, size, effort.simulate, taken), figures), item.exact, tolerance(item.exact, effort), "shared list")


@pytest.mark.parametrize(("item", "effort"), cases(ROOM, "mmcK_lam1.5_los1.0_c1_K5"))
def test_whoever_finds_no_waiting_place_is_lost(item: Item, effort: Effort):
    a_day, mean, beds = item.params["arrival_rate"], item.params["mean_los"], item.params["servers"]
    stages = {"place": stage("place", 0, if_full="lost", next={"bed": 1.0}), "bed": stage("bed", exponential(mean))}
    described = service({"room": ("place", item.params["K"] - beds), "ward": ("bed", beds)}, {"all": group(a_day, stages)})

    def taken(seen: Seen) -> dict[str, float]:
        return {"asked_place": seen.per("index_admissions_per_year"), "lost": seen.per("lost_per_year"), **seen.waits("bed"),
                "waiting": seen("occupied_beds_mean", "room") * seen.days, "bed_days": seen("occupied_beds_mean", "ward") * seen.days,
                "days": seen.days}  # fmt: skip

    def figures(s) -> dict[str, float]:
        return {"P_lost": s["lost"] / s["asked_place"], "Lq": s["waiting"] / s["days"], "Wq_admitted": s["wait"] / s["asked"],
                "mean_occupied": s["bed_days"] / s["days"], "P_wait_admitted": s["delayed"] / s["asked"]}  # fmt: skip

    size = effort.size(relaxing=4 * mean, a_day=a_day, full=2_000_000, brief=50_000, cooldown=40 * mean)
    found = estimate(simulate(described, size, effort.simulate, taken), figures)
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
        described = ward(1, a_day, exponential(1 / fast), next={"home": short, "home_supported": "rest"},
                         stay_if={"home_supported": exponential(1 / slow)})  # fmt: skip
    else:
        described = ward(1, a_day, LAWS[law])
    check(item, effort, described, 1, 1.0, item.params["scv"])


def balanced(squared_cv: float) -> tuple[float, float, float]:
    """The chance of the shorter stay and both rates of a mixture of two exponentials of mean 1, each bringing half the load."""
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
