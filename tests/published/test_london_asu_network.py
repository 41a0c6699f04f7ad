"""London's acute stroke units (Allen 2021): designated units, beds, waiting, and diversion to the next nearest with a free bed.

Source: github.com/MichaelAllen1966/2105_london_acute_stroke_unit, commit 56b710c5 (MIT licence, (c) 2021 Michael Allen): 4,835 small
areas with 9,549 stroke admissions a year, each with a preferred unit; 22 units; beds for nominal utilisations of 70 to 100 %.

Who may go where comes from the package: a `catchment` of areas, and diversion on top of it. Arrivals do not: there they are evenly
spaced, and only who needs a bed (57 %), where they live and how long they stay is luck. There, too, whoever waits asks again every
quarter of a day and in no order, where our queues give a free bed at once to the one who has waited longest. In a queue of one unit
that adds half a quarter to each wait; where all units are asked, the asking itself is followed step by step (`asked_again`).

What was printed as means of "waited" and "displaced" are maxima over runs; only the mean numbers are compared.
"""

from __future__ import annotations

import csv
import gzip
from functools import cache
from heapq import heapify, heappop, heappush
from typing import NamedTuple

import numpy as np
import pytest

from sim.engine.contract import same_trace
from sim.engine.engines import engine as engine_of
from sim.journeys.journeys import Journeys, Patients, Steps, on_grid
from sim.journeys.routes import Routes, route
from sim.measures.load import expected_load
from sim.service.allocation import Allocation, Catchment, with_allocation
from sim.service.flows import Flows
from sim.service.pathway import Group
from sim.service.places import Areas, Region, Sites, Travel, Units
from sim.service.service import Service
from tests.comparison import agree, is_within, simulated_by
from tests.shared import VALIDATION, needs

FOLDER = VALIDATION / "A03_london_asu_network"

pytestmark = needs(FOLDER.name)

WARM_UP, HORIZON = 100.0, 465.0
ADMISSIONS, NEED_A_BED, STAY, STAY_SD = 9549.11, 0.57, 28.0, 0.3 * 28.0
ASK_AGAIN = 0.25
"""Days after which one who waits asks again."""

ENGINE = "compiled"
PUBLISHED_RUNS = 100
UTILISATION = (100, 90, 80, 70)


class London(NamedTuple):
    """The tables."""

    area: list[str]
    demand: np.ndarray
    preferred: list[str]
    unit: list[str]
    minutes: np.ndarray
    """(A, U)"""


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def london() -> London:
    with gzip.open(FOLDER / "lsoa_admissions_preferred_times.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    unit = sorted(row["unit"] for row in table("units.csv"))
    return London(
        [row["LSOA"] for row in rows],
        np.array([float(row["admissions_per_year"]) for row in rows]),
        [row["preferred_unit"] for row in rows],
        unit,
        np.array([[float(row[u]) for u in unit] for row in rows]),
    )


@cache
def service(utilisation: int, is_free: bool) -> Service:
    """The network with the beds of a nominal utilisation; ``is_free``: full units are passed over, else the preferred is waited for."""
    of, units = london(), {row["unit"]: row for row in table("units.csv")}
    beds = [int(units[unit][f"beds_{utilisation}pct"]) for unit in of.unit]
    none, unknown = np.zeros(len(of.area)), np.full(len(of.unit), np.nan)
    region = Region(
        "London",
        Areas(of.area, of.area, of.demand, none, none),
        Sites(of.unit, of.unit, none[:22], none[:22]),
        Units(of.unit, of.unit, np.arange(22), {"acute": np.ones(22)}, beds, of.unit, unknown, unknown),
        Travel(of.minutes, np.zeros((22, 22)), np.zeros(22, dtype=bool)),
        "2021",
    )
    stage = {"kind": "acute", "stay": STAY, "wait_at": "any" if is_free else "first"}
    group = Group.read("stroke", {"per_admission": NEED_A_BED, "stages": {"unit": stage}})
    base = Service("London", region, (group,), access_kind="acute")
    flows = Flows(np.full(len(of.area), "area"), of.area, of.preferred, np.ones(len(of.area)))
    return with_allocation(base, Allocation(Catchment(flows), diversion_minutes=1e4 if is_free else None))


@cache
def routes(utilisation: int, is_free: bool) -> Routes:
    return route(service(utilisation, is_free), HORIZON)


def patients(run: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(P,) arrival, area and stay of those who need a bed."""
    luck, gap = np.random.default_rng([2021, run]), 365 / ADMISSIONS
    arrival = np.arange(int(HORIZON / gap)) * gap
    weight = np.cumsum(london().demand)
    area = np.searchsorted(weight, luck.random(len(arrival)) * weight[-1], side="right")
    needs = luck.random(len(arrival)) < NEED_A_BED
    stay = np.maximum(luck.normal(STAY, STAY_SD, len(arrival)), 0.01)
    return arrival[needs], area[needs], stay[needs]


def journeys(of: Routes, run: int) -> Journeys:
    """The patients sent by the rank rows of the allocation; nobody is on the road, as in the source."""
    arrival, area, stay = patients(run)
    count = len(arrival)
    steps = Steps(
        stage=np.zeros(count, dtype=np.int32),
        rank=of.first[0].row[area, 0],
        stay=on_grid(stay),
        stay_same_bed=np.full(1, np.nan),
        patience=np.full(1, np.inf),
        transfer=np.zeros(1),
        leaving=np.zeros(1),
    )
    who = Patients(
        number=np.arange(count),
        arrival=on_grid(arrival),
        area=area.astype(np.int32),
        contact=np.zeros(1),
        first=np.arange(count + 1),
        start_unit=np.full(1, -1, dtype=np.int32),
        start_in_bed=np.zeros(1, dtype=bool),
    )
    network = of.network._replace(travel_area=np.zeros_like(of.network.travel_area))
    return Journeys(network, of.stages, steps, who)


class Seen(NamedTuple):
    """One run."""

    waiting: float
    """Mean number waiting, at daily looks after the warm-up."""
    wait: float
    """Mean days of those who waited and got a bed after the warm-up; 0 where nobody did."""


def seen(arrival: np.ndarray, given: np.ndarray, asks: float = 0.0) -> Seen:
    """What the source measures; ``asks``: days after which a free bed is looked for again."""
    until = np.where(np.isnan(given), np.inf, given)
    waiting = [((arrival <= day) & (until > day)).sum() for day in np.arange(WARM_UP + 1, HORIZON)]
    of = (given >= WARM_UP) & (given > arrival)
    wait = (given - arrival)[of]
    if asks:
        wait = np.ceil(wait / asks) * asks
    return Seen(float(np.mean(waiting)), float(wait.mean()) if len(wait) else 0.0)


@cache
def simulated(utilisation: int, is_free: bool, run: int) -> tuple[Journeys, np.ndarray, np.ndarray]:
    """The journeys of one run, and what the engine made of them: (P,) when beds were given, (P,) at which unit."""
    made = journeys(routes(utilisation, is_free), run)
    trace = engine_of(ENGINE)(made, HORIZON)
    return made, trace.given, trace.unit


def asked_again(utilisation: int, run: int, every: float) -> Seen:
    """The source's own way of waiting: no queue; each patient tries all units in their order, and again after some time."""
    of = routes(utilisation, True)
    arrival, area, stay = patients(run)
    rank, free = of.network.rank[of.first[0].row[area, 0]].tolist(), of.network.beds.tolist()
    given = np.full(len(arrival), np.nan)
    leaves, asks = 0, 1
    events = [(at, asks, p, -1) for p, at in enumerate(arrival.tolist())]
    heapify(events)
    while events:
        at, what, p, unit = heappop(events)
        if at >= HORIZON:
            break
        if what == leaves:
            free[unit] += 1
            continue
        found = next((u for u in rank[p] if free[u]), None)
        if found is None:
            heappush(events, (at + every, asks, p, -1))
        else:
            free[found] -= 1
            given[p] = at
            heappush(events, (at + stay[p], leaves, p, found))
    return seen(arrival, given)


@pytest.mark.parametrize("is_free", [False, True])
def test_the_reference_engine_gives_the_same_run(is_free):
    made = journeys(routes(90, is_free), 0)
    assert same_trace(*(engine_of(name)(made, HORIZON) for name in ("reference", ENGINE)))


def published(utilisation: int, rule: str) -> dict[str, str]:
    return next(
        row
        for row in table("expected_utilisation.csv")
        if row["rule"] == rule and int(row["nominal_utilisation"]) == utilisation
    )


def agrees(runs: list[Seen], row: dict[str, str], *what: str) -> None:
    """Means within three standard errors of both sides, and the rounding of what is printed."""
    columns = {
        "waiting": ("published_mean_number_waiting", "per_rep_sd_waiting"),
        "wait": ("published_mean_wait_of_waiters_days", "per_rep_sd_wait"),
    }
    for name in what:
        mean, spread = (float(row[column]) for column in columns[name])
        tolerance = 3 * spread * np.sqrt(1 / len(runs) + 1 / PUBLISHED_RUNS) + 0.05
        found = float(np.mean([getattr(run, name) for run in runs]))
        of = f"{row['rule']}, nominal utilisation {row['nominal_utilisation']} %"
        figure = {"waiting": "mean number waiting", "wait": "mean wait of those who wait, days"}[name]
        agree(of, figure, mean, found, tolerance, "3 standard errors of both sides, and the rounding of what is printed")


def test_expected_volumes_and_occupancy_are_the_exact_ones():
    load, unit = expected_load(service(100, False)), london().unit
    exact = {row["unit"]: row for row in table("expected_base_unconstrained.csv")}
    a_year_of_365 = 365.25 / 365  # the source's year
    for name, volume, beds in zip(unit, load.index, load.beds * a_year_of_365, strict=True):
        row, said = exact[name], f"expected load, {name}"
        published = float(row["published_ASU_admissions_per_year"])
        agree(said, "admissions", float(row["exact_expected_admissions"]), volume, 1e-4, "four decimals are given")
        agree(said, "admissions as printed", published, volume, 0.03 * published, "3 %: the source's luck")
        agree(said, "occupancy", float(row["exact_expected_occupancy"]), beds, 1e-4, "four decimals are given")


def test_simulated_volumes_are_the_expected_ones():
    runs = range(10)
    simulated_by(engine_of(ENGINE))
    count = sum(np.bincount(simulated(70, False, run)[2], minlength=22) for run in runs)
    expected = expected_load(service(70, False)).index * len(runs) * HORIZON / 365
    # Gathered first, so that every unit is told.
    right = [
        is_within(f"simulated, {unit}", "admissions", exact, found, 4 * np.sqrt(exact), "4 standard errors of a count")
        for unit, exact, found in zip(london().unit, expected, count, strict=True)
    ]
    assert all(right)


def check_catchment(utilisation: int, runs: range) -> None:
    found = []
    simulated_by(engine_of(ENGINE))
    for run in runs:
        made, given, unit = simulated(utilisation, False, run)
        assert np.array_equal(unit, made.network.rank[made.steps.rank, 0])  # nobody is diverted
        found.append(seen(made.patients.arrival, given, ASK_AGAIN))
    agrees(found, published(utilisation, "catchment"), "waiting", "wait")


def check_free(utilisation: int, runs: range) -> None:
    row, diverted = published(utilisation, "free"), []
    found = []
    simulated_by(engine_of(ENGINE))
    for run in runs:
        made, given, unit = simulated(utilisation, True, run)
        found.append(seen(made.patients.arrival, given))
        placed = given >= WARM_UP
        diverted.append((unit != made.network.rank[made.steps.rank, 0])[placed].sum())
    agrees(found, row, "waiting")
    if utilisation == 100:
        agrees([asked_again(100, run, ASK_AGAIN) for run in runs], row, "waiting", "wait")
    else:
        agrees(found, row, "wait")
    # An independent run of the source's rules, 20 times; the spread over runs is ours.
    known = float(row["independent_mean_displaced_per_year"])
    error = np.std(diverted, ddof=1) * np.sqrt(1 / len(diverted) + 1 / 20)
    rule = "4 standard errors of both sides and 3 %; against an independent run of the source's rules"
    of = f"free, nominal utilisation {utilisation} %"
    agree(of, "diverted a year", known, float(np.mean(diverted)), 4 * error + 0.03 * known, rule)


@pytest.mark.parametrize("utilisation", UTILISATION)
def test_waiting_for_the_preferred_unit_is_as_published(utilisation):
    check_catchment(utilisation, range(6))


@pytest.mark.parametrize("utilisation", UTILISATION)
def test_diverting_to_the_next_nearest_with_a_free_bed_is_as_published(utilisation):
    check_free(utilisation, range(6))


@pytest.mark.slow
@pytest.mark.parametrize("utilisation", UTILISATION)
@pytest.mark.parametrize("check", [check_catchment, check_free])
def test_a_hundred_runs_are_as_published(utilisation, check):
    check(utilisation, range(PUBLISHED_RUNS))


def test_asking_again_almost_without_pause_is_our_queue_on_the_lists_of_all_units():
    """What ties the step-by-step model of the source to the engine: the same patients, the pause gone."""
    ours, theirs = [], []
    for run in range(4):
        made, given, _ = simulated(100, True, run)
        ours.append(seen(made.patients.arrival, given))
        theirs.append(asked_again(100, run, 0.01))
    assert np.mean(theirs, axis=0) == pytest.approx(np.mean(ours, axis=0), rel=0.1)
