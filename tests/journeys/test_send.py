"""Sending patients of one's own through pathways of one's own: every step worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.cohort.cohort import draw
from sim.journeys.journeys import GRID, on_grid
from sim.journeys.routes import route
from sim.journeys.send import Sent, send
from sim.service.pathway import DESTINATIONS, Group
from sim.service.service import Change
from tests.two_towns import WARD, WARD_AND_REHABILITATION, cohort, stroke, towns

HORIZON = 100.0


def sent(service, arrival, area, **luck) -> Sent:
    """Patients sent, with the luck of each purpose where it is given."""
    patients = cohort(service, arrival, area)
    patients._luck.update({purpose.replace("_", " "): np.array(values) for purpose, values in luck.items()})
    return send(patients, route(service, HORIZON))


def stays(found: Sent) -> dict[str, dict[int, float]]:
    """By stage of any group, the stay of each patient who comes to it, by the patient's number."""
    made: dict[str, dict[int, float]] = {}
    steps, patients = found.journeys.steps, found.journeys.patients
    number = np.repeat(patients.number, np.diff(patients.first))
    for n, row, stay in zip(number.tolist(), steps.stage.tolist(), steps.stay.tolist(), strict=True):
        key = f"{found.routes.service.groups[found.routes.stage_group[row]].name} {found.routes.stage_name[row]}"
        made.setdefault(key, {})[n] = stay
    return made


def one(**stages) -> dict:
    return {"per_admission": 1, "stages": stages}


def test_luck_below_the_share_goes_on_and_the_rest_goes_home():
    # A quarter goes on to rehabilitation: uniforms below 0.25.
    found = sent(towns(all=WARD_AND_REHABILITATION), [1, 2, 3], [0, 1, 0], next_ward=[0.2, 0.25, 0.9])
    assert found.journeys.patients.first.tolist() == [0, 2, 3, 4]
    assert found.journeys.steps.stage.tolist() == [0, 1, 0, 0]
    assert found.journeys.steps.stay.tolist() == [10, 30, 10, 10]
    assert [DESTINATIONS[d] for d in found.destination] == ["home", "home", "home"]


def test_every_destination_takes_its_share_in_the_order_listed():
    service = towns(
        all=one(ward={"kind": "acute", "stay": 1, "next": {"death": 0.2, "care_home": 0.3, "home": "rest"}})
    )
    found = sent(service, range(5), [0] * 5, next_ward=[0.0, 0.19, 0.2, 0.49, 0.5])
    assert [DESTINATIONS[d] for d in found.destination] == ["death", "death", "care_home", "care_home", "home"]


def test_a_stage_reached_by_two_ways_takes_those_of_both_in_the_order_of_their_numbers():
    service = towns(
        all=one(
            a={"kind": "acute", "stay": 1, "next": {"b": 0.5, "c": "rest"}},
            b={"kind": "acute", "stay": 2, "next": {"c": 1}},
            c={"kind": "rehabilitation", "stay": 3},
        )
    )
    found = sent(service, [1, 2, 3], [0, 0, 0], next_a=[0.9, 0.1, 0.6])
    assert found.journeys.steps.stage.tolist() == [0, 2, 0, 1, 2, 0, 2]
    assert found.journeys.steps.stay.tolist() == [1, 3, 1, 2, 3, 1, 3]


def test_a_stay_may_depend_on_where_it_leads():
    ward = {"kind": "acute", "stay": 10, "next": {"death": 0.5, "home": "rest"}, "stay_if": {"death": 2}}
    found = sent(towns(all=one(ward=ward)), [1, 2], [0, 0], next_ward=[0.1, 0.9])
    assert found.journeys.steps.stay.tolist() == [2, 10]


def test_a_stay_is_the_quantile_of_the_patients_own_luck_on_the_grid():
    law = {"law": "exponential", "mean": 4}
    found = sent(towns(all=one(ward={"kind": "acute", "stay": law})), [1, 2], [0, 0], stay_ward=[0.5, 0.0])
    assert found.journeys.steps.stay.tolist() == [float(on_grid(4 * np.log(2))), 0.0]
    assert found.journeys.steps.stay[0] / GRID % 1 == 0


def test_times_that_nobody_has_are_stored_once():
    steps = sent(towns(all=WARD), [1, 2], [0, 1]).journeys.steps
    assert np.isnan(steps.stay_same_bed).tolist() == [True]
    assert steps.patience.tolist() == [np.inf]
    assert steps.transfer.tolist() == steps.leaving.tolist() == [0]


def test_a_stay_of_no_days_in_the_same_bed_is_a_stay_of_no_days():
    group = one(
        ward={"kind": "acute", "stay": 1, "next": {"later": 1}},
        later={
            "kind": "hyperacute",
            "stay": 9,
            "stay_same_bed": 0,
            "leaving": 0.5,
            "transfer": 0.25,
            "gives_up_after": 0,
        },
    )
    steps = sent(towns(all=group), [1], [0]).journeys.steps
    assert np.isnan(steps.stay_same_bed[0])
    assert steps.stay_same_bed[1] == 0
    assert (steps.leaving.tolist(), steps.transfer.tolist()) == ([0, 0.5], [0, 0.25])
    # Patience lasts at least one step of the grid.
    assert steps.patience.tolist() == [np.inf, GRID]


def test_first_contact_and_the_way_from_home_belong_to_the_patient():
    group = {**WARD, "first_contact": 0.05}
    found = sent(towns(all=group), [1.5, 2.5], [1, 0])
    patients, rank = found.journeys.patients, found.journeys.network.rank
    assert patients.contact.tolist() == [float(on_grid(0.05))] * 2
    assert patients.arrival.tolist() == [1.5, 2.5]
    assert patients.area.tolist() == [1, 0]
    # From Dover to Dover first (unit 2), from Ashford to Ashford (unit 0).
    assert rank[found.journeys.steps.rank, 0].tolist() == [2, 0]


def test_groups_divide_the_patients_by_their_own_luck():
    service = towns(
        a={**WARD, "per_admission": 0.25}, b={**WARD, "per_admission": 0.5}, c={**WARD, "per_admission": 0.25}
    )
    patients = cohort(service, range(6), [0] * 6, group_luck=[0.0, 0.24, 0.25, 0.74, 0.75, 0.999])
    found = send(patients, route(service, HORIZON))
    assert found.group.tolist() == [0, 0, 1, 1, 2, 2]


def test_a_group_without_patients_takes_none():
    service = towns(a={**WARD, "per_admission": 0}, b=WARD)
    found = send(cohort(service, [1, 2], [0, 0], group_luck=[0.0, 0.999]), route(service, HORIZON))
    assert found.group.tolist() == [1, 1]


def test_nobody_makes_no_journeys():
    found = sent(towns(all=WARD), [], [])
    assert found.journeys.patients.first.tolist() == [0]
    assert len(found.journeys.steps.stage) == 0


def test_the_same_cohort_and_routes_give_the_same_journeys():
    service = stroke()
    routes, patients = route(service, HORIZON), draw(service, 1, 0, HORIZON)
    one_, other = send(patients, routes), send(draw(service, 1, 0, HORIZON), routes)
    for a, b in zip(one_.journeys.steps, other.journeys.steps, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_same_patients_need_the_same_care_whatever_opens_or_closes():
    service = stroke()
    option = service.with_changes(Change(30, "Dover", "open", 0), Change(30, "Ashford", "beds", 52))
    patients = draw(service, 1, 0, HORIZON)
    before, after = send(patients, route(service, HORIZON)).journeys, send(patients, route(option, HORIZON)).journeys
    for name in ("stage", "rank", "stay", "stay_same_bed", "patience", "transfer", "leaving"):
        np.testing.assert_array_equal(getattr(before.steps, name), getattr(after.steps, name), err_msg=name)
    for name in ("number", "arrival", "area", "contact", "first"):
        np.testing.assert_array_equal(getattr(before.patients, name), getattr(after.patients, name), err_msg=name)


def test_inserting_a_stage_shifts_no_other_stages_luck():
    gamma = {"law": "gamma", "mean": 4, "sd": 3}
    ward = {"kind": "acute", "stay": gamma}
    rehabilitation = {"kind": "rehabilitation", "stay": gamma, "next": {"care_home": 0.3, "home": "rest"}}
    before = towns(all=one(ward={**ward, "next": {"rehabilitation": 1}}, rehabilitation=rehabilitation))
    step_down = {"kind": "acute", "stay": gamma, "next": {"rehabilitation": 1}}
    after = towns(all=one(ward={**ward, "next": {"step_down": 1}}, step_down=step_down, rehabilitation=rehabilitation))
    patients = draw(before, 1, 0, HORIZON)
    one_, other = send(patients, route(before, HORIZON)), send(patients, route(after, HORIZON))
    old, new = stays(one_), stays(other)
    assert len(old["all ward"]) > 200
    for stage in old:
        assert old[stage] == new[stage], stage
    np.testing.assert_array_equal(one_.destination, other.destination)


def test_another_law_keeps_the_order_of_the_stays():
    gamma, lognormal = ({"law": law, "mean": 4, "sd": 3} for law in ("gamma", "lognormal"))
    one_, other = (towns(all=one(ward={"kind": "acute", "stay": law})) for law in (gamma, lognormal))
    patients = draw(one_, 1, 0, HORIZON)
    a, b = (send(patients, route(service, HORIZON)).journeys.steps.stay for service in (one_, other))
    assert not np.array_equal(a, b)
    assert (np.diff(b[np.argsort(a, kind="stable")]) >= 0).all()


def test_stays_drawn_have_the_mean_asked_for():
    service = stroke()
    found = send(draw(service, 1, 0, 4000.0), route(service, 4000.0))
    stage = {(group.name, stage.name): stage for group in service.groups for stage in group.stages}
    for key, by_patient in stays(found).items():
        days, law = np.array(list(by_patient.values())), stage[tuple(key.split(" "))].stay
        if len(days) > 500:
            assert abs(days.mean() - law.expectation) < 4 * days.std() / np.sqrt(len(days)), key


def test_shares_of_patients_are_those_of_the_pathway():
    service = stroke()
    found = send(draw(service, 1, 0, 4000.0), route(service, 4000.0))
    visits = stays(found)
    for group in service.groups:
        for stage in group.stages:
            come = len(visits.get(f"{group.name} {stage.name}", {}))
            for to, share in stage.next.items():
                if to in DESTINATIONS or come < 500:
                    continue
                earlier = [each for each in group.stages if to in each.next]
                if len(earlier) == 1:
                    went = len(visits[f"{group.name} {to}"])
                    assert abs(went - come * share) <= 4 * np.sqrt(come * share * (1 - share)), (
                        group.name,
                        stage.name,
                        to,
                    )


def test_pathways_do_not_mix_though_their_stages_share_names():
    service = towns(a={**WARD, "per_admission": 0.5}, b={**WARD_AND_REHABILITATION, "per_admission": 0.5})
    assert isinstance(service.groups[0], Group)
    patients = cohort(service, [1, 2], [0, 0], group_luck=[0.1, 0.9])
    patients._luck["next ward"] = np.array([0.1, 0.1])
    assert send(patients, route(service, HORIZON)).journeys.steps.stage.tolist() == [0, 1, 2]


@pytest.mark.parametrize("rate", [0.5, 0.25])
def test_those_present_are_those_whose_mark_lies_below_the_rate(rate):
    service = towns(all=WARD)
    option = towns(all={**WARD, "per_admission": rate})
    patients = replace(cohort(service, [1, 2, 3, 4], [0] * 4), mark=np.array([0.0, 0.2499, 0.25, 0.75]))
    expected = [0, 1, 2] if rate == 0.5 else [0, 1]
    assert send(patients, route(option, HORIZON)).journeys.patients.number.tolist() == expected
