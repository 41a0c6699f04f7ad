"""What must not matter: when the clock starts, how long a day is, and how finely places are cut (labels: test_order)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.engine.contract import Trace, same_trace
from sim.journeys.journeys import Journeys
from sim.service.places import Areas
from sim.study.question import ask
from sim.study.view import view
from tests.cases import random_case
from tests.two_towns import QUICK, stroke

BLOCK = 25
TIMES = ("requested", "given", "arrived", "ready", "left", "ended")


def begins_empty(case: Journeys) -> bool:
    """Whether nobody is there at time 0 and all is open until then."""
    return not (case.patients.start_unit >= 0).any()


def moved(trace: Trace, days: float, factor: float = 1.0) -> Trace:
    """A trace with other times."""
    return trace._replace(**{name: getattr(trace, name) * factor + days for name in TIMES})


@pytest.mark.parametrize("first", range(0, 200, BLOCK))
def test_everything_some_days_later_is_the_same_some_days_later(engine, first):
    days, tried = 3.0, 0
    for seed in range(first, first + BLOCK):
        case, horizon = random_case(seed)
        if begins_empty(case):
            tried += 1
            network, patients = case.network, case.patients
            later = case._replace(
                network=network._replace(
                    change_time=network.change_time + days,
                    round_start=network.round_start + days,
                    round_end=network.round_end + days,
                ),
                patients=patients._replace(arrival=patients.arrival + days),
            )
            assert same_trace(moved(engine(case, horizon), days), engine(later, horizon + days)), f"random_case({seed})"
    assert tried > BLOCK / 3


@pytest.mark.parametrize("first", range(0, 200, BLOCK))
def test_all_durations_twice_as_long_are_the_same_twice_as_long(engine, first):
    for seed in range(first, first + BLOCK):
        case, horizon = random_case(seed)
        assert same_trace(moved(engine(case, horizon), 0.0, 2.0), engine(stretched(case), 2 * horizon)), f"random_case({seed})"


def stretched(case: Journeys) -> Journeys:
    """The same case in days twice as long."""
    network, stages, steps, patients = case
    names = ("travel_area", "travel_site", "change_time", "round_start", "round_end")
    return Journeys(
        network._replace(**{name: getattr(network, name) * 2 for name in names}),
        stages._replace(diversion=np.where(stages.diversion > 0, stages.diversion * 2, stages.diversion)),
        steps._replace(**{name: getattr(steps, name) * 2 for name in ("stay", "stay_same_bed", "patience", "transfer", "leaving")}),
        patients._replace(arrival=patients.arrival * 2, contact=patients.contact * 2),
    )


def split(service, share: float = 0.4):
    """The service with its first area cut into two of the same place."""
    region, areas = service.region, service.region.areas

    def twice(column: np.ndarray) -> np.ndarray:
        return np.concatenate([column[:1], column])

    names = {name: np.array([f"{getattr(areas, name)[0]} north", *getattr(areas, name)]) for name in ("id", "name")}
    cut = Areas(
        **names,
        demand=np.concatenate([areas.demand[:1] * [share, 1 - share], areas.demand[1:]]),
        latitude=twice(areas.latitude),
        longitude=twice(areas.longitude),
        attribute={name: twice(column) for name, column in areas.attribute.items()},
        body={name: twice(column) for name, column in areas.body.items()},
    )
    travel = replace(region.travel, area_site=twice(region.travel.area_site))
    return replace(service, region=replace(region, areas=cut, travel=travel))


def test_cutting_an_area_in_two_changes_neither_access_nor_load():
    whole, cut = view(stroke()), view(split(stroke()))
    for name in ("mean", "median", "percentile_95", "longest"):
        assert getattr(cut.access, name) == pytest.approx(getattr(whole.access, name), rel=1e-12)
    np.testing.assert_allclose(cut.access.within, whole.access.within, rtol=1e-12)
    np.testing.assert_allclose(cut.load.index, whole.load.index, rtol=1e-12)
    np.testing.assert_allclose(cut.load.beds, whole.load.beds, rtol=1e-12)


@pytest.mark.parametrize("name", ["reference", "compiled"])
def test_cutting_an_area_in_two_changes_nobodys_stay(name):
    from scenarios import Close

    whole, cut = (ask(service, Close("Dover"), QUICK, name).experiment for service in (stroke(), split(stroke())))
    for side in ("baseline", "option"):
        for measure in ("stays_per_year", "occupied_beds_mean", "delayed_transfer_bed_days_per_year"):
            keys, before = whole.values(side, measure, "unit")
            same, after = cut.values(side, measure, "unit")
            assert keys == same
            np.testing.assert_array_equal(before, after)


def test_a_start_fifty_two_weeks_later_changes_nothing_where_demand_is_steady():
    from scenarios import Close

    one, other = (ask(stroke(), Close("Dover"), replace(QUICK, start=start)).experiment for start in ("2026-04-01", "2027-03-31"))
    keys, before = one.values("option", "occupied_beds_mean", "unit")
    np.testing.assert_array_equal(before, other.values("option", "occupied_beds_mean", "unit")[1])
    assert len(keys) == 4
