"""Routes of the two towns, worked by hand: who may go where, in which order, how far, and when it changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sim.journeys.journeys import BEDS, GRID, HOURS, OPEN, SLOTS, on_grid
from sim.journeys.routes import hour_changes, route
from sim.service.calendar import Calendar
from sim.service.fault import InputError
from sim.service.service import Change, Service, WeeklyHours
from tests.two_towns import ASHFORD, ASHFORD_REHAB, DOVER, DOVER_REHAB, WARD, WARD_AND_REHABILITATION, stroke, towns

MONDAY = Calendar(date(2026, 4, 6))


def with_travel(service: Service, **tables) -> Service:
    travel = replace(service.region.travel, **tables)
    return replace(service, region=replace(service.region, travel=travel))


def order(routes, row: int) -> list[int]:
    """The units of a rank row."""
    return [unit for unit in routes.network.rank[row].tolist() if unit >= 0]


def test_a_first_stage_ranks_units_from_home():
    routes = route(towns(all=WARD), 100)
    assert [order(routes, routes.home_rank[0] + area) for area in (0, 1)] == [[ASHFORD, DOVER], [DOVER, ASHFORD]]


def test_a_later_stage_ranks_units_from_the_site_where_the_patient_is():
    routes = route(towns(all=WARD_AND_REHABILITATION), 100)
    assert routes.home_rank.tolist()[1] == -1
    rows = [order(routes, routes.stages.here_rank[1] + site) for site in (0, 1)]
    assert rows == [[ASHFORD_REHAB, DOVER_REHAB], [DOVER_REHAB, ASHFORD_REHAB]]


def test_ranks_ignore_whether_a_unit_is_open():
    service = towns(all=WARD)
    closed = service.with_changes(Change(0, "Ashford", "open", 0))
    np.testing.assert_array_equal(route(service, 100).network.rank, route(closed, 100).network.rank)


def test_a_unit_that_cannot_be_reached_is_in_no_rank_and_a_tie_goes_to_the_one_listed_first():
    service = with_travel(towns(all=WARD), area_site=[[20.0, 20.04], [50.0, np.nan]])
    routes = route(service, 100)
    assert [order(routes, routes.home_rank[0] + area) for area in (0, 1)] == [[ASHFORD, DOVER], [ASHFORD]]


def test_travel_is_in_days_on_the_grid():
    network = route(towns(all=WARD), 100).network
    np.testing.assert_array_equal(network.travel_area, on_grid(np.array([[10, 40], [50, 15]]) / 1440))
    np.testing.assert_array_equal(network.travel_site, on_grid(np.array([[0, 45], [45, 0]]) / 1440))
    assert (network.travel_area / GRID % 1 == 0).all()


def test_the_settings_of_every_stage_are_laid_out_in_the_order_of_the_pathways():
    service = stroke()
    routes = route(service, 100)
    names = [(group.name, stage.name) for group in service.groups for stage in group.stages]
    assert list(zip([service.groups[g].name for g in routes.stage_group], routes.stage_name, strict=True)) == names
    stages = dict(zip(names, range(len(names)), strict=True))
    ed, hyperacute, back = (
        stages[key] for key in (("stroke", "first_hospital"), ("stroke", "hyperacute"), ("thrombectomy", "acute"))
    )
    assert routes.stages.unlimited[ed]
    assert not routes.stages.unlimited[hyperacute]
    assert routes.stages.from_requested[hyperacute]
    assert not routes.stages.same_bed[back]
    assert [routes.stages.priority[row] for row in (ed, hyperacute, back)] == [1, 1, 1]
    assert routes.stages.priority[stages["thrombectomy", "comprehensive"]] == 0
    assert routes.row(0, "acute") == back
    kinds = service.kinds
    assert [kinds[kind] for kind in routes.stages.kind] == [
        stage.kind for group in service.groups for stage in group.stages
    ]


def test_changes_come_in_the_order_of_time_and_those_beyond_the_horizon_are_left_out():
    changes = (
        Change(20, "Dover", "open", 0),
        Change(5, "Dover", "beds", 9),
        Change(5, "Dover", "beds", 8),
        Change(100, "Dover", "beds", 1),
        Change(7.123456789, "Ashford", "slots", 2, "theatre"),
    )
    network = route(towns(all=WARD).with_changes(*changes), 100).network
    assert network.change_time.tolist() == [5, 5, float(on_grid(7.123456789)), 20]
    assert network.change_what.tolist() == [BEDS, BEDS, SLOTS, OPEN]
    assert network.change_unit.tolist() == [DOVER, DOVER, ASHFORD, DOVER]
    assert network.change_value.tolist() == [9, 8, 2, 0]


def test_hours_begin_with_the_state_at_the_start_and_turn_by_the_weekday():
    week = np.zeros((7, 24), dtype=bool)
    week[0:5, 8:18] = True  # weekdays, eight to six
    # From a Monday: shut at midnight, opens at 8 and shuts at 18 on five days; then the next Monday.
    turns = hour_changes(week, MONDAY, 7.5)
    assert turns[0] == (0.0, 0)
    assert turns[1:3] == [(8 / 24, 1), (18 / 24, 0)]
    assert len(turns) == 1 + 2 * 5 + 1
    assert turns[-1] == (7 + 8 / 24, 1)
    # From a Saturday the first opening is two days later.
    assert hour_changes(week, Calendar(date(2026, 4, 11)), 7)[:2] == [(0.0, 0), (2 + 8 / 24, 1)]
    assert hour_changes(np.ones((7, 24), dtype=bool), MONDAY, 30) == [(0.0, 1)]


def test_hours_of_a_unit_become_dated_changes():
    week = np.ones((7, 24), dtype=bool)
    week[:, :12] = False
    service = replace(towns(all=WARD), calendar=MONDAY, hours={"Dover": WeeklyHours(week)})
    network = route(service, 2).network
    assert set(network.change_what.tolist()) == {HOURS}
    assert list(zip(network.change_time.tolist(), network.change_value.tolist(), strict=True)) == [
        (0, 0),
        (0.5, 1),
        (1, 0),
        (1.5, 1),
    ]


def test_diversion_is_in_days_and_off_unless_said():
    group = {"per_admission": 1, "stages": {"ward": {"kind": "acute", "stay": 1, "diversion_minutes": 30}}}
    assert route(towns(all=group), 100).stages.diversion.tolist() == [float(on_grid(30 / 1440))]
    assert route(towns(all=WARD), 100).stages.diversion.tolist() == [-1]


def test_units_without_beds_are_refused():
    with pytest.raises(InputError, match="beds are not known for 1 units, the first of them Dover"):
        route(towns(all=WARD).with_units(beds=[34, 16, np.nan, 8]), 100)


def test_sites_that_cannot_be_reached_from_each_other_are_refused_for_patients_would_travel_for_ever():
    service = with_travel(towns(all=WARD), site_site=[[0.0, np.nan], [45.0, 0.0]])
    with pytest.raises(InputError, match=r"no minutes between sites for 1 pair: \(Ashford, Dover\)"):
        route(service, 100)


def test_a_slot_that_never_comes_is_refused_for_patients_would_wait_for_ever():
    group = {"per_admission": 1, "stages": {"ward": {"kind": "acute", "stay": 1, "slot": "theatre"}}}
    with pytest.raises(InputError, match="group all stage ward needs a slot that never comes, got 'theatre'"):
        route(towns(all=group), 100)
    service = towns(all=group).with_changes(Change(1, "Dover", "slots", 3, "theatre"))
    assert route(service, 100).stages.slot.tolist() == [0]
