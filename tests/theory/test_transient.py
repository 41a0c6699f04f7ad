"""From an empty start with beds without limit: who is there at a time is Poisson with a mean that grows as stays allow.

Areas are copies of one another: each is a run of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from tests.theory.build import (
    Effort,
    Item,
    Seen,
    Size,
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

ITEMS = items("transient")
TESTED = tuple(ITEMS)

LAWS = {
    "exp7": exponential(7.0),
    "lognormal_7.4_8.61": {"law": "lognormal", "mean": 7.4, "sd": 8.61},
    "gamma_shape0.5_mean28": {"law": "gamma", "mean": 28.0, "sd": 28.0 * 2**0.5},
}
EARLY, LATE = (1, 3, 7, 14, 28), (60, 120, 365)
"""Days looked at in short runs of many copies, and in long runs of few."""


@pytest.mark.parametrize(("item", "effort"), cases(ITEMS, "mginf_transient_gamma_shape0.5_mean28"))
def test_patients_present_grow_as_stays_allow(item: Item, effort: Effort):
    check(item, effort, EARLY, copies=400 if effort.is_full else 20)
    if effort.is_full:
        check(item, effort, LATE, copies=50)


def check(item: Item, effort: Effort, days, copies: int) -> None:
    """Hold the mean number present at some days, and its variance, which is as large."""
    a_day = item.params["arrival_rate"]
    bed = {"bed": stage("bed", LAWS[item.params["los"]], beds="unlimited")}
    described = service({"ward": ("bed", 1)}, {"all": group(1.0, bed)}, areas=[a_day] * copies)

    def taken(seen: Seen) -> dict[str, float]:
        trace, area = seen.trace, seen.records.sent.journeys.patients.area[seen.records.patient]
        sums = {"copies": copies}
        for day in days:
            is_there = (trace.given <= day) & ~(trace.left <= day)
            count = np.bincount(area[is_there], minlength=copies)
            sums |= {f"there {day}": count.sum(), f"squared {day}": (count**2).sum()}
        return sums

    def figures(s: Mapping) -> dict[str, float]:
        made = {}
        for day in days:
            mean = s[f"there {day}"] / s["copies"]
            made |= {
                f"mean_occupancy_t{day}": mean,
                f"variance over mean t{day}": (s[f"squared {day}"] / s["copies"] - mean**2) / mean,
            }
        return made

    exact = {**item.exact, **{f"variance over mean t{day}": 1.0 for day in days}}
    size = Size(warmup=0.0, days=max(days) + 1.0, cooldown=0.0)
    hold(
        estimate(simulate(described, size, effort.simulate, taken), figures),
        exact,
        tolerance(item.exact, effort),
        item.id,
    )
