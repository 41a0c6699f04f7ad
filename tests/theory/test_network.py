"""A line of two units whose patients wait outside for the second: each is a queue of its own (Burke, Jackson)."""

from __future__ import annotations

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
    relaxation,
    service,
    simulate,
    stage,
    tolerance,
)

ITEMS = items("network")
TESTED = tuple(ITEMS)


@pytest.mark.parametrize(("item", "effort"), cases(ITEMS, "jackson_5_20_22"))
def test_units_in_a_line_wait_as_if_alone(item: Item, effort: Effort):
    given = item.params
    a_day, onward = given["arrival_rate"], given["p_to_2"]
    stages = {
        "acute": stage("acute", exponential(given["mean_los1"]), next={"rehab": onward, "home": "rest"}),
        "rehab": stage("rehab", exponential(given["mean_los2"]), keeps_bed=False),
    }
    described = service(
        {"acute": ("acute", given["servers1"]), "rehab": ("rehab", given["servers2"])}, {"all": group(a_day, stages)}
    )

    def taken(seen: Seen) -> dict[str, float]:
        # Little's law: the mean time in all is the mean number present over the rate of arrivals.
        arrival = seen.records.sent.journeys.patients.arrival
        sums = {"came": seen.window.has(arrival).sum(), "in_all": seen.window.days(arrival, seen.trace.ended).sum()}
        for number, kind in ((1, "acute"), (2, "rehab")):
            sums |= {f"{name} {number}": value for name, value in seen.waits(kind).items()}
        return sums

    def figures(s) -> dict[str, float]:
        made = {"mean_total_time_all": s["in_all"] / s["came"]}
        for number in (1, 2):
            asked = s[f"asked {number}"]
            made |= {f"P_wait{number}": s[f"delayed {number}"] / asked, f"Wq{number}": s[f"wait {number}"] / asked}
        return made

    rate = {1: a_day, 2: a_day * onward}
    relaxing = max(relaxation(rate[n], given[f"mean_los{n}"], given[f"servers{n}"]) for n in rate)
    # Twenty mean waits of those who wait at the slower unit.
    cooldown = 20 * max(1 / (given[f"servers{n}"] / given[f"mean_los{n}"] - rate[n]) for n in rate)
    seldom = min(item.exact["P_wait1"], item.exact["P_wait2"])
    size = effort.size(relaxing, a_day, full=24_000 / seldom * relaxing * a_day, brief=30_000, cooldown=cooldown)
    hold(
        estimate(simulate(described, size, effort.simulate, taken), figures),
        item.exact,
        tolerance(item.exact, effort),
        item.id,
    )
