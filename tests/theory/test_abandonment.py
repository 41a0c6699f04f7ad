"""Giving up: exponential patience while waiting (Erlang A). Whoever gives up counts with the time they waited."""

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
    service,
    simulate,
    stage,
    tolerance,
)

ITEMS = items("queue", "erlangA_")
TESTED = tuple(ITEMS)


@pytest.mark.parametrize(("item", "effort"), cases(ITEMS, "erlangA_lam10_los1_pat1_c10"))
def test_patients_give_up_as_erlang_a_says(item: Item, effort: Effort):
    given = item.params
    a_day, mean, beds, patience = given["arrival_rate"], given["mean_los"], given["servers"], given["mean_patience"]
    bed = {"bed": stage("bed", exponential(mean), gives_up_after=exponential(patience))}
    described = service({"ward": ("bed", beds)}, {"all": group(a_day, bed)})

    def taken(seen: Seen) -> dict[str, float]:
        return {
            **seen.waits("bed"),
            "gave_up": seen.lost(),
            "queue": seen.queue_days("bed"),
            "days": seen.days,
            "bed_days": seen.bed_days("ward"),
        }

    def figures(s) -> dict[str, float]:
        held = s["bed_days"] / s["days"]
        return {
            "P_wait": s["delayed"] / s["asked"],
            "P_abandon": s["gave_up"] / s["asked"],
            "Lq": s["queue"] / s["days"],
            "Wq": s["wait"] / s["asked"],
            "mean_occupied": held,
            "utilisation": held / beds,
        }

    size = effort.size(relaxing=2 * max(mean, patience), a_day=a_day, full=4_000_000, cooldown=20 * patience)
    found = estimate(simulate(described, size, effort.simulate, taken), figures)
    hold(found, item.exact, tolerance(item.exact, effort), item.id)
