"""The stay runs from the request: whoever waits elsewhere in the hospital is present all the same.

Nobody lengthens anybody's stay, so that the number present is that of beds without limit: Poisson, whatever the law of
stays. Patients are delayed who find all beds held, and those present beyond the beds are outlying.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from scipy import stats

from tests.theory.build import BRIEF, FULL, Effort, Seen, estimate, group, hold, service, simulate, stage, tolerance

LAWS = ({"law": "lognormal", "mean": 4.0, "sd": 4.0}, {"law": "constant", "mean": 4.0})


@pytest.mark.parametrize(
    ("law", "effort"),
    [(LAWS[0], BRIEF), *(pytest.param(law, FULL, marks=pytest.mark.slow) for law in LAWS)],
    ids=["brief", "lognormal", "constant"],
)
def test_beds_short_of_the_number_present_are_days_spent_outlying(law: dict, effort: Effort):
    a_day, beds = 2.5, 11
    described = service(
        {"ward": ("bed", beds)}, {"all": group(a_day, {"bed": stage("bed", law, stay_from="requested")})}
    )
    there = stats.poisson(a_day * law["mean"])
    number = np.arange(200)
    exact = {
        "delayed": there.sf(beds - 1),
        "outlying": there.pmf(number) @ np.maximum(number - beds, 0),
        "held": there.pmf(number) @ np.minimum(number, beds),
    }

    def taken(seen: Seen) -> dict[str, float]:
        return {
            **seen.waits("bed"),
            "outlying": seen.per("outlying_bed_days_per_year"),
            "held": seen.bed_days("ward"),
            "days": seen.days,
        }

    def figures(s: Mapping) -> dict[str, float]:
        return {
            "delayed": s["delayed"] / s["asked"],
            "outlying": s["outlying"] / s["days"],
            "held": s["held"] / s["days"],
        }

    size = effort.size(relaxing=20.0, a_day=a_day, full=1_500_000, brief=40_000, cooldown=60.0)
    hold(
        estimate(simulate(described, size, effort.simulate, taken), figures),
        exact,
        tolerance(exact, effort),
        "outlying",
    )
