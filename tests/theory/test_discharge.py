"""Discharge at some hours of the week only: beds are kept until then, and fill until then.

With beds for everybody and steady arrivals, stays end at any hour of the week alike, so that the number of beds held at a moment
is Poisson with mean a (m + w): a arrivals a day, m the mean stay, w the days since staff last discharged; and on average over
the week, w is the mean wait for the next hour at which they do. Whatever the law of stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from sim.measures.load import expected_load
from sim.service.hours import read_hours
from sim.service.service import WeeklyHours
from tests.theory.build import BRIEF, FULL, Effort, Seen, estimate, group, hold, service, simulate, stage, tolerance

HOURS = WeeklyHours(read_hours("Mon-Fri 09:00-17:00"))
LAWS = ({"law": "gamma", "mean": 4.0, "sd": 4.0}, {"law": "constant", "mean": 4.0})
AT = {"Monday 09:00": (0.0, 64 / 24), "Tuesday 09:00": (24.0, 16 / 24), "Friday 17:00": (104.0, 0.0), "Sunday 09:00": (144.0, 40 / 24)}
"""Hours after Monday 09:00, and days since staff last discharged, just before."""


@pytest.mark.parametrize(
    ("law", "effort"),
    [(LAWS[0], BRIEF), *(pytest.param(law, FULL, marks=pytest.mark.slow) for law in LAWS)],
    ids=["brief", "gamma", "constant"],
)
def test_beds_fill_while_nobody_discharges(law: dict, effort: Effort):
    a_day = 6.0
    described = replace(
        service({"ward": ("bed", 400)}, {"all": group(a_day, {"bed": stage("bed", law)})}), discharge=HOURS
    )
    exact = {name: a_day * (law["mean"] + since) for name, (_, since) in AT.items()}
    exact["mean"] = a_day * (law["mean"] + (4 * 16**2 + 64**2) / 2 / 168 / 24)
    assert expected_load(described).beds[0] == pytest.approx(exact["mean"])

    def taken(seen: Seen) -> dict[str, float]:
        held, first = seen.held("ward"), seen.window.start
        made = {"mean": seen.bed_days("ward"), "days": seen.days}
        for name, (hours, _) in AT.items():
            monday = 7 * np.ceil(first / 7)
            moment = monday + (9 + hours) / 24 + 7 * np.arange(int(seen.days // 7) - 1) - 1e-5
            made[name] = held.count[np.searchsorted(held.since, moment, side="right") - 1].mean()
        made["runs"] = 1
        return made

    def figures(s: Mapping) -> dict[str, float]:
        return {"mean": s["mean"] / s["days"], **{name: s[name] / s["runs"] for name in AT}}

    size = effort.size(relaxing=4.0, a_day=a_day, full=600_000, brief=40_000)
    hold(estimate(simulate(described, size, effort.simulate, taken), figures), exact, tolerance(exact, effort), "discharge")
