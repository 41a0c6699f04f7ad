"""Priority: a free bed goes to the patient of the highest priority who waits, and nobody loses a bed for it.

Pre-emption is no rule of this program, so the items of pre-emptive priority are out of scope (see test_items).
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from sim.service.service import Service
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

SEVERAL, ONE = items("priority", "prio_np_mmc"), items("priority", "prio_np_mg1")
TESTED = (*SEVERAL, *ONE)


def ward(beds: int, a_day, stay) -> Service:
    """A unit with one group a class, the first of them served first."""
    groups = {f"class {c}": group(a_day[c], {"bed": stage("bed", stay[c])}, priority=c + 1) for c in range(len(a_day))}
    return service({"ward": ("bed", beds)}, groups)


def check(item: Item, effort: Effort, beds: int, stay, relaxing: float, use: float, spans: float) -> None:
    """Run a unit with classes and hold the waits of each."""
    a_day = item.params["arrival_rates"]
    number = len(a_day)

    def taken(seen: Seen) -> dict[str, float]:
        of = seen.records.sent.group[seen.records.patient][seen.asks("bed")]
        sums = seen.waits("bed")
        for c in range(number):
            asked = (of == c).sum()
            sums |= {f"asked {c}": asked, f"wait {c}": asked * seen("wait_hours_mean", f"class {c}", "group") / 24}
        return sums

    def figures(s: Mapping) -> dict[str, float]:
        made = {"P_wait": s["delayed"] / s["asked"], "Wq_all": s["wait"] / s["asked"]} if "Wq_all" in item.exact else {}
        return made | {f"Wq {c}": s[f"wait {c}"] / s[f"asked {c}"] for c in range(number)}

    exact = {**item.exact, **{f"Wq {c}": wait for c, wait in enumerate(item.exact["Wq_by_class"])}}
    waits = ("Wq_all", *(f"Wq {c}" for c in range(number)))
    size = effort.size(relaxing, sum(a_day), spans * relaxing * sum(a_day), cooldown=10 * relaxing)
    found = estimate(simulate(ward(beds, a_day, stay), size, effort.simulate, taken), figures)
    hold(found, exact, tolerance(exact, effort, use, waits), item.id)


@pytest.mark.parametrize(("item", "effort"), cases(SEVERAL, "prio_np_mmc_(1, 1, 1)_0.8_3"))
def test_classes_wait_as_cobham_says(item: Item, effort: Effort):
    a_day, mean, beds = item.params["arrival_rates"], item.params["mean_los"], item.params["servers"]
    use = sum(a_day) * mean / beds
    relaxing = relaxation(sum(a_day), mean, beds)
    check(item, effort, beds, [exponential(mean)] * len(a_day), relaxing, use, 8_000 if use >= 0.9 - 1e-9 else 40_000)


@pytest.mark.parametrize(("item", "effort"), cases(ONE))
def test_classes_with_stays_of_their_own_wait_as_cobham_says(item: Item, effort: Effort):
    given = item.params
    stay = []
    for mean, squared_cv in zip(given["mean_service"], given["scv"], strict=True):
        if not squared_cv:
            stay.append({"law": "constant", "mean": mean})
        else:
            stay.append({"law": "gamma", "mean": mean, "sd": mean * squared_cv**0.5})
    a_day = given["arrival_rates"]
    use = sum(a * mean for a, mean in zip(a_day, given["mean_service"], strict=True))
    mean = use / sum(a_day)
    squared = sum(
        a * m * m * (1 + v) for a, m, v in zip(a_day, given["mean_service"], given["scv"], strict=True)
    ) / sum(a_day)
    check(item, effort, 1, stay, relaxation(sum(a_day), mean, 1, squared / mean**2 - 1), use, 40_000)
