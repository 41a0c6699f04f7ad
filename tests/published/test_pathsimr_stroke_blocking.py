"""A hyperacute unit, an acute unit and two rehabilitation units that block one another: the stroke use case of PathSimR
(nhs-bnssg-analytics/PathSimR, commit 7b1ead1b, "Use Case Library/Stroke"; related paper: Wood and Murch 2019, Journal of the
Operational Research Society, doi 10.1080/01605682.2019.1609885). Inputs and published averages of 100 replications are written
below; no code of the source is used.

Patients bound for another unit move at once if a bed is free there, else stay in their bed, blocked. Patients bound for an exit
keep the bed for an exponential delay: here a further stage in the same bed, so that the delay can depend on the exit.

The source does not state its warm-up. SA1 is loaded to 98 %, so the system fills slowly; 365 days are used, as in the independent
re-run whose averages lie beside the published ones. Widths are three standard errors of 100 replications and the uncertainty of the
warm-up. Patient-level means of the source count only patients wholly inside its window and are not compared.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.service.service import Service
from tests.comparison import agree
from tests.theory.build import BRIEF, FULL, Effort, Seen, Size, exponential, group, service, simulate, stage

BEDS = {"HASU": 40, "ASU": 35, "SA1": 20, "SA2": 20}
STAY = {"HASU": 1 / 0.303030303, "ASU": 1 / 0.12987013, "SA1": 1 / 0.041666667, "SA2": 1 / 0.041666667}
"""Mean days in a bed."""
ARRIVALS = 5.14
"""A day, at HASU."""
NEXT = {
    "HASU": {"ASU": 0.42, "HomeESD": 0.075, "Home": 0.15, "Repat": 0.03, "home": 0.325},
    "ASU": {"SA1": 0.35, "SA2": 0.225, "HomeESD": 0.27, "Home": 0.09, "Repat": 0.02, "home": 0.045},
    "SA1": {"Complex": 0.71, "Simple": 0.29},
    "SA2": {"Complex": 0.71, "Simple": 0.29},
}
"""Shares by next unit or exit; ``home`` are the exits without delay (mimics and deaths)."""
DELAY = {"HomeESD": 1.5, "Home": 0.5, "Repat": 2.0, "Complex": 2.0, "Simple": 1.5}
"""Mean days a bed is kept before an exit."""

PUBLISHED = {
    "HASU occupied": (22.348, 2.5),
    "ASU occupied": (25.785, 2.0),
    "SA1 occupied": (19.107, 0.4),
    "SA2 occupied": (12.641, 0.45),
    "HASU blocked": (4.239, 2.0),
    "ASU blocked": (8.106, 1.6),
    "HASU leaving": (1.25615, 0.04 * 1.25615),
    "ASU leaving": (1.02704, 0.04 * 1.02704),
    "SA1 leaving": (1.39080, 0.04 * 1.39080),
    "SA2 leaving": (0.91113, 0.04 * 0.91113),
    "queue": (11.5, 8.5),
}
"""Time averages and how far from them ours may lie; the queue is only known to lie between 3 and 20."""


def pathway() -> Service:
    """The four units, with a stage for each unit and for each delay before an exit."""
    stages: dict[str, dict] = {}
    for unit, shares in NEXT.items():
        onward = {to if to in (*BEDS, "home") else f"{unit} {to}": share for to, share in shares.items()}
        stages[unit] = stage(unit, exponential(STAY[unit]), next=onward)
    for unit, shares in NEXT.items():
        for to in shares:
            if to in DELAY:
                stages[f"{unit} {to}"] = stage(unit, exponential(DELAY[to]), next={"home": 1.0})
    return service({unit: (unit, beds) for unit, beds in BEDS.items()}, {"stroke": group(ARRIVALS, stages)})


def sums(seen: Seen) -> dict[str, float]:
    """Days of beds held, of beds blocked and of beds kept before an exit, by unit, and days waited for HASU."""
    names = np.array(seen.records.sent.routes.stage_name)[seen.records.stage]
    made = {"queue": seen.queue_days("HASU"), "days": seen.days}
    for unit in BEDS:
        leaving = np.char.startswith(names, f"{unit} ")
        made[f"{unit} occupied"] = seen.bed_days(unit)
        made[f"{unit} blocked"] = seen.blocked_days(unit)
        made[f"{unit} leaving"] = seen.window.days(seen.trace.given[leaving], seen.trace.left[leaving]).sum()
    return made


def check(effort: Effort, size: Size) -> None:
    found = simulate(pathway(), size, effort.simulate, sums)
    for name, (published, width) in PUBLISHED.items():
        value = found[name] / found["days"]
        error = value.std(ddof=1) / np.sqrt(len(value))
        # A short run has luck of its own beside that of the source.
        allowed, rule = width, "3 standard errors of the source's 100 replications, and its warm-up, which it does not state"
        if not effort.is_full:
            allowed, rule = width + 4 * error, f"{rule}; and 4 standard errors of a brief run"
        agree("four units", name, published, value.mean(), allowed, rule)


def test_units_block_one_another_as_published():
    check(BRIEF, Size(warmup=365.0, days=365.0, cooldown=0.0, replications=10))


@pytest.mark.slow
def test_units_block_one_another_as_published_with_all_replications():
    check(FULL, Size(warmup=365.0, days=365.0, cooldown=0.0, replications=600))
