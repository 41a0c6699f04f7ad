"""Stroke beds in one hospital: Monks T, Worthington D, Allen M, Pitt M, Stein K, James MA. BMC Health Services Research
2016;16:530, doi 10.1186/s12913-016-1789-4 (CC BY 4.0), Tables 2 and 3 and Additional file 1.

An acute stroke unit and a rehabilitation unit without limits; who is there is looked at once a day, and the chance of
delay with n beds is P(N = n) / P(N <= n). The occupancies are Poisson, so that this chance is exactly Erlang's. Beside
the paper's table stand those of two later reproductions (pythonhealthdatascience/pydesrap_stroke and rdesrap_stroke,
MIT).

The paper's inputs leave two things open. The stay of a stroke patient who goes neither to rehabilitation nor home with
support is that of those who die (7.0 days), or that of all who do not go home with support (7.4 days): both are tried.
The destinations after rehabilitation of "other" patients sum to 1.01 and their stay does not depend on them: the last
takes the rest.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from sim.measures.load import erlang_b, expected_load
from sim.service.service import Service
from tests.comparison import agree
from tests.theory.build import BRIEF, FULL, Effort, Seen, Size, estimate, group, hold, service, simulate, stage

DATA = Path(__file__).parent / "data"
UNITS = {"acute": 10, "rehabilitation": 12}
"""The beds of the hospital."""

MAPPINGS = {"mortality": (7.0, 8.7), "noESD": (7.4, 8.61)}
"""Mean and SD in days of the stay of stroke patients who go elsewhere, by whose stay it is."""

REPLICATIONS = Size(warmup=1_095.0, days=1_825.0, cooldown=0.0, replications=150)
"""As in the paper."""


def table(name: str) -> list[dict[str, str]]:
    with open(DATA / f"monks2016_{name}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


EXACT = {row["figure"]: float(row["value"]) for row in table("exact")}
TABLE2 = table("table2")


def hospital(mapping: str, **settings) -> Service:
    """The paper's two units; the settings are those of every stage."""
    groups = {}
    for row in table("arrivals"):
        stages = {unit: lines(unit, row["type"], mapping, settings) for unit in UNITS}
        if row["unit"] == "rehabilitation":
            del stages["acute"]
        groups[f"{row['type']} to {row['unit']}"] = group(1 / float(row["mean_days_between"]), stages)
    return service({unit: (unit, beds) for unit, beds in UNITS.items()}, groups)


def lines(unit: str, kind: str, mapping: str, settings: Mapping) -> dict:
    """The stage of one type of patient at one unit, with a stay for each destination."""
    stay, share = {}, {}
    for row in table("stays"):
        if (row["unit"], row["type"]) == (unit, kind):
            to, mean, sd = row["to"], float(row["mean_days"]), float(row["sd_days"])
            if (unit, kind, to) == ("acute", "stroke", "home"):
                mean, sd = MAPPINGS[mapping]
            share[to] = "rest" if to == "home" else float(row["share"])
            stay[to] = {"law": "lognormal", "mean": mean, "sd": sd}
    return stage(unit, stay["home"], next=share, stay_if=stay, **settings)


def counts(seen: Seen) -> dict[str, np.ndarray]:
    """By unit, (L,) days of the window on which so many were there, and those who came."""
    kind = seen.records.sent.journeys.stages.kind[seen.records.stage]
    days = np.arange(seen.window.start, seen.window.end)
    sums = {"days": len(days)}
    for number, unit in enumerate(seen.records.service.kinds):
        given, left = (np.sort(times[kind == number]) for times in (seen.trace.given, seen.trace.left))
        there = np.searchsorted(given, days, "right") - np.searchsorted(left, days, "right")
        sums |= {unit: np.bincount(there, minlength=60), f"{unit} came": seen.asks(unit).sum()}
    return sums


def figures(s: Mapping) -> dict[str, float]:
    """Occupancy, admissions and the chance of delay with so many beds."""
    made = {}
    for unit in UNITS:
        made[f"{unit}_occupancy"] = s[unit] @ np.arange(60) / s["days"]
        made[f"{unit}_admissions_per_365_days"] = s[f"{unit} came"] / s["days"] * 365
    for row in TABLE2:
        unit, beds = row["unit"], int(row["beds"])
        made[f"{unit} {beds}"] = s[unit][..., beds] / s[unit][..., : beds + 1].sum(axis=-1)
    return made


def exact_figures(mapping: str) -> dict[str, float]:
    column = f"exact_erlang_B_other_as_{mapping}"
    exact = EXACT | {f"{row['unit']} {row['beds']}": float(row[column]) for row in TABLE2}
    return exact | ({"acute_occupancy": EXACT["acute_occupancy_other_as_noESD"]} if mapping == "noESD" else {})


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_expected_load_and_erlang_give_the_exact_table(mapping: str):
    load, exact = expected_load(hospital(mapping)), exact_figures(mapping)
    for unit, beds, stays in zip(UNITS, load.beds, load.stays, strict=True):
        said_of = f"expected load, other as {mapping}"
        name = f"{unit}_occupancy"
        agree(said_of, name, exact[name], beds, 1e-9 * exact[name], "a sum, not a simulation")
        name = f"{unit}_admissions_per_365_days"
        agree(said_of, name, exact[name], stays * 365 / 365.25, 1e-9 * exact[name], "a sum, not a simulation")
    for row in TABLE2:
        found = float(erlang_b(load.beds[list(UNITS).index(row["unit"])], int(row["beds"])))
        name = f"{row['unit']} {row['beds']}"
        agree(f"Erlang's formula, other as {mapping}", name, exact[name], found, 5.1e-10, "nine decimals are given")


def test_occupancy_and_delay_are_exact_within_their_errors():
    run(BRIEF, Size(warmup=300.0, days=500.0, cooldown=0.0), "mortality")


@pytest.mark.slow
@pytest.mark.parametrize("mapping", MAPPINGS)
def test_occupancy_and_delay_are_those_published(mapping: str):
    found, exact = run(FULL, REPLICATIONS, mapping), exact_figures(mapping)
    for unit in UNITS:
        name = f"{unit}_occupancy"
        agree(f"other as {mapping}", name, exact[name], found[name].value, 0.015 * exact[name], "1.5 % of the exact value")
    for row in TABLE2:
        name = f"{row['unit']} {row['beds']}"
        chance, printed = found[name].value, f"as printed, other as {mapping}"
        agree(f"other as {mapping}", f"delay, {name}", exact[name], chance, 0.006, "0.006 of the exact value")
        # The paper's own load is 1 to 3 % above the exact load of its inputs.
        agree(printed, f"delay, {name}", float(row["paper_p_delay_2dp"]), chance, 0.015, "0.015: two decimals, the source's luck")
        one_in = float(row["paper_1_in_n"])
        agree(printed, f"delay one in, {name}", one_in, 1 / chance, 0.15 * one_in, "15 %: whole numbers, the source's luck")


def run(effort: Effort, size: Size, mapping: str) -> dict:
    """Run the hospital without limits; every figure lies within four standard errors of its exact value."""
    found = estimate(simulate(hospital(mapping, beds="unlimited"), size, effort.simulate, counts), figures)
    hold(found, exact_figures(mapping), None, f"other as {mapping},")
    return found


@pytest.mark.slow
def test_with_ten_acute_beds_as_many_are_turned_away():
    described = hospital("mortality", if_full="lost")

    def taken(seen: Seen) -> dict[str, float]:
        asked = seen.asks("acute")
        return {"asked": asked.sum(), "lost": (asked & np.isnan(seen.trace.given)).sum()}

    found = estimate(
        simulate(described, REPLICATIONS, FULL.simulate, taken), lambda s: {"acute 10": s["lost"] / s["asked"]}
    )
    hold(found, exact_figures("mortality"), 0.02, "ten beds,")
