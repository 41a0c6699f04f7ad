"""Loss: whoever finds no free bed is gone. The share lost is Erlang's, whatever the law of stays.

Items differ in law, so that all are tried; three are built otherwise: beds kept a while before going home, a stay that
goes on as a second one in the same bed, and two kinds of care from the same beds.
"""

from __future__ import annotations

import pytest

from sim.engine.contract import LOST
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
    service,
    simulate,
    stage,
    tolerance,
)

LOSS = items("loss")
POOLED = items("lossnetwork", "pool_a8.5_a9.5_A14_R12_P0", "pool_a8.5_a9.5_A0_R0_P26", "pool_a8.5_a9.5_A10_R12_P0")
TESTED = (*LOSS, *POOLED)

STAYS = {
    "erlangB_a5.0_c10": exponential(1.0),
    "erlangB_a8.0_c10": {"law": "lognormal", "mean": 1, "sd": 1.2},
    "erlangB_a8.5_c10": {"law": "constant", "mean": 1},
    "erlangB_a10.0_c12": {"law": "gamma", "mean": 1, "sd": 1.5},
    "erlangB_a20.0_c20": {"law": "weibull", "mean": 1, "sd": 0.6},
    "erlangB_a9.0_c9": {"law": "erlang", "mean": 1, "shape": 3},
    "erlangB_a80.0_c90": {"law": "weibull", "mean": 1, "sd": 1.4},
    "erlangB_a100.0_c110": {"law": "empirical", "values": [0.25, 0.75, 3.0], "weights": [4, 4, 2]},
    "erlangB_a0.5_c1": {"law": "gamma", "mean": 1, "sd": 0.5},
    "erlangB_a2.0_c2": {"law": "lognormal", "mean": 1, "sd": 1.5},
}
"""The law of each item's stays, of mean 1 day."""


PATIENTS = {"erlangB_a5.0_c10": 5_000_000, "erlangB_a80.0_c90": 15_000_000, "erlangB_a100.0_c110": 15_000_000}
"""Where a rare loss needs more than a million patients for an error of 2 % to show."""


def taken(seen: Seen) -> dict[str, float]:
    """Requests, those lost, and bed-days at the one unit."""
    return {"asked": seen.asks("bed").sum(), "lost": seen.lost(), "days": seen.days, "bed_days": seen.bed_days("ward")}


def erlang(item: Item):
    """The figures of a loss unit."""
    beds = item.params["servers"]
    return lambda s: {
        "P_block": s["lost"] / s["asked"],
        "mean_occupied": s["bed_days"] / s["days"],
        "occupancy": s["bed_days"] / s["days"] / beds,
        "throughput_per_unit_offered": 1 - s["lost"] / s["asked"],
    }


@pytest.mark.parametrize(("item", "effort"), cases(LOSS, "erlangB_a2.0_c2"))
def test_the_share_lost_is_erlang_b_whatever_the_law_of_stays(item: Item, effort: Effort):
    bed = {"bed": stage("bed", STAYS[item.id], if_full="lost")}
    check(
        item,
        effort,
        service({"ward": ("bed", item.params["servers"])}, {"all": group(item.params["offered_load"], bed)}),
    )


@pytest.mark.slow
def test_a_bed_kept_before_going_home_counts_as_stay():
    bed = {"bed": stage("bed", exponential(0.7), leaving={"law": "gamma", "mean": 0.3, "sd": 0.2}, if_full="lost")}
    item = LOSS["erlangB_a8.0_c10"]
    check(item, FULL, service({"ward": ("bed", 10)}, {"all": group(8.0, bed)}))


@pytest.mark.slow
def test_a_stay_that_goes_on_in_the_same_bed_is_one_stay():
    stages = {
        "first": stage("bed", exponential(0.6), if_full="lost", next={"second": 0.5, "home": 0.5}),
        "second": stage("second", {"law": "constant", "mean": 9.0}, stay_same_bed=0.8),
    }
    check(LOSS["erlangB_a8.0_c10"], FULL, service({"ward": ("bed second", 10)}, {"all": group(8.0, stages)}))


def check(item: Item, effort: Effort, described) -> None:
    """Run a loss unit whose stays have a mean of one day."""
    load = item.params["offered_load"]
    size = effort.size(relaxing=2.0, a_day=load, full=PATIENTS.get(item.id, 1_000_000))
    found = estimate(simulate(described, size, effort.simulate, taken), erlang(item))
    hold(found, item.exact, tolerance(item.exact, effort), item.id)


@pytest.mark.slow
@pytest.mark.parametrize(("item", "effort"), cases(POOLED))
def test_two_kinds_of_care_have_beds_of_their_own_or_share_all(item: Item, effort: Effort):
    given, load = item.params, {"acute": item.params["load_acute"], "rehab": item.params["load_rehab"]}
    if given["pooled"]:
        units = {"ward": ("acute rehab", given["pooled"])}
    else:
        units = {"acute": ("acute", given["dedicated_acute"]), "rehab": ("rehab", given["dedicated_rehab"])}
    groups = {kind: group(load[kind], {kind: stage(kind, exponential(1.0), if_full="lost")}) for kind in load}

    def taken(seen: Seen) -> dict[str, float]:
        sums = {"days": seen.days}
        for number, kind in enumerate(groups):
            of, trace = seen.asks(kind), seen.trace
            sums[f"asked {kind}"] = of.sum()
            sums[f"lost {kind}"] = ((trace.end == LOST)[seen.records.patient] & of).sum()
            of = seen.records.sent.group[seen.records.patient] == number
            sums[f"bed-days {kind}"] = seen.window.days(trace.given, trace.left)[of].sum()
        return sums

    def figures(s) -> dict[str, float]:
        return {
            name: s[of] / s[over]
            for name, of, over in (
                ("P_block_acute", "lost acute", "asked acute"),
                ("P_block_rehab", "lost rehab", "asked rehab"),
                ("mean_acute", "bed-days acute", "days"),
                ("mean_rehab", "bed-days rehab", "days"),
            )
        }

    size = effort.size(relaxing=2.0, a_day=sum(load.values()), full=5_000_000)
    found = estimate(simulate(service(units, groups), size, effort.simulate, taken), figures)
    hold(found, item.exact, tolerance(item.exact, effort), item.id)
