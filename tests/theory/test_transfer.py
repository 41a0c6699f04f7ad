"""Transfer: from the next bed being given to leaving the one before, both are held."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

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

ITEMS = items("blocking", "bas_transfer")
TESTED = tuple(ITEMS)


@pytest.mark.parametrize(("item", "effort"), cases(ITEMS, "bas_transfer_1.0"))
def test_both_beds_are_held_in_a_transfer(item: Item, effort: Effort):
    given = item.params
    stages = {
        "acute": stage(
            "acute",
            exponential(1 / given["mu_acute"]),
            next={"rehab": given["p_to_rehab"], "home": "rest"},
            if_full="lost",
        ),
        "rehab": stage("rehab", exponential(1 / given["mu_rehab"]), transfer=exponential(1 / given["transfer_rate"])),
    }
    described = service(
        {"acute": ("acute", given["acute_beds"]), "rehab": ("rehab", given["rehab_beds"])},
        {"all": group(given["arrival_rate"], stages)},
    )

    def taken(seen: Seen) -> dict[str, float]:
        trace, of = seen.trace, seen.records.stage == 0
        return {
            "days": seen.days,
            "asked": seen.asks("acute").sum(),
            "lost": seen.lost(),
            "treated": seen.window.days(trace.arrived[of], trace.ready[of]).sum(),
            "blocked": seen.queue_days("rehab"),
            "delayed": seen.blocked_days("acute"),
            "on_the_way": seen("beds_held_on_the_way_mean", "rehab") * seen.days,
            "acute": seen.bed_days("acute"),
            "rehab": seen.bed_days("rehab"),
        }

    def figures(s: Mapping) -> dict[str, float]:
        days, rehab = s["days"], s["days"] * given["rehab_beds"]
        return {
            "P_lost": s["lost"] / s["asked"],
            "mean_in_treatment": s["treated"] / days,
            "mean_blocked": s["blocked"] / days,
            "mean_in_transfer": s["on_the_way"] / days,
            "blocked_or_in_transfer": s["delayed"] / days,
            "acute_occupancy": s["acute"] / days / given["acute_beds"],
            "rehab_occupied_or_reserved": s["rehab"] / rehab,
            "rehab_occupied_by_patients": (s["rehab"] - s["on_the_way"]) / rehab,
        }

    exact = {**item.exact, "blocked_or_in_transfer": item.exact["mean_blocked"] + item.exact["mean_in_transfer"]}
    size = effort.size(relaxing=80.0, a_day=given["arrival_rate"], full=3_000_000, brief=50_000)
    found = estimate(simulate(described, size, effort.simulate, taken), figures)
    hold(found, exact, tolerance(exact, effort), item.id)
