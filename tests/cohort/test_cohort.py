"""The cohort: the same patients for every option, whose growth adds patients and removes none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.cohort.cohort import baseline_rate, draw, layers_needed
from sim.journeys.routes import route
from sim.journeys.send import present
from sim.service.demand import DAYS_A_YEAR, Demand, Factor
from tests.two_towns import WARD, WARD_AND_REHABILITATION, stroke, towns

YEAR = 365.0


def numbers(service, cohort) -> np.ndarray:
    """The patients who are there under an option."""
    return present(cohort, route(service, cohort.horizon))[0]


def growing(service, **demand):
    return replace(service, demand=Demand(**demand))


def test_a_replication_is_drawn_again_to_the_last_bit_and_another_is_not():
    service = stroke()
    one, same = draw(service, 1, 0, YEAR, 2), draw(service, 1, 0, YEAR, 2)
    for name in ("arrival", "mark", "area", "group_luck", "layer"):
        np.testing.assert_array_equal(getattr(one, name), getattr(same, name))
    np.testing.assert_array_equal(one.luck("stay acute"), same.luck("stay acute"))
    for other in (draw(service, 1, 1, YEAR, 2), draw(service, 2, 0, YEAR, 2)):
        assert not np.isin(one.arrival, other.arrival).any()


def test_patients_come_at_the_rate_asked_for_from_where_they_live():
    # 900 admissions a year and one patient an admission, over 20 replications of a year: a Poisson count of mean 17,988.
    service = towns(all=WARD)
    drawn = [draw(service, 1, number, YEAR) for number in range(20)]
    count = sum(map(len, drawn))
    expected = 20 * 900 * YEAR / DAYS_A_YEAR
    assert abs(count - expected) < 4 * np.sqrt(expected)
    ashford = sum((cohort.area == 0).sum() for cohort in drawn)
    assert abs(ashford - count * 2 / 3) < 4 * np.sqrt(count * 2 / 9)
    arrival = np.concatenate([cohort.arrival for cohort in drawn])
    assert abs(arrival.mean() - YEAR / 2) < 4 * YEAR / np.sqrt(12 * count)


def test_arrivals_rise_within_a_layer_and_marks_name_the_layer():
    cohort = draw(stroke(), 1, 0, YEAR, 3)
    for layer, (first, last) in enumerate(zip(cohort.layer[:-1], cohort.layer[1:], strict=True)):
        assert (np.diff(cohort.arrival[first:last]) >= 0).all()
        assert (np.floor(cohort.mark[first:last]) == layer).all()
    assert cohort.layer[-1] == len(cohort)
    assert ((cohort.arrival >= 0) & (cohort.arrival < YEAR)).all()


def test_a_further_layer_leaves_the_ones_before_as_they_were():
    one, two = draw(stroke(), 1, 0, YEAR, 1), draw(stroke(), 1, 0, YEAR, 2)
    for name in ("arrival", "mark", "area", "group_luck"):
        np.testing.assert_array_equal(getattr(two, name)[: len(one)], getattr(one, name))
    np.testing.assert_array_equal(two.luck("stay acute")[: len(one)], one.luck("stay acute"))


def test_luck_does_not_depend_on_the_order_in_which_it_is_asked_for():
    one, other = draw(stroke(), 1, 0, YEAR), draw(stroke(), 1, 0, YEAR)
    first = one.luck("a").copy(), one.luck("b").copy()
    second = other.luck("b").copy(), other.luck("a").copy()
    np.testing.assert_array_equal(first[0], second[1])
    np.testing.assert_array_equal(first[1], second[0])


def test_the_baseline_has_the_patients_of_the_first_layer():
    service = stroke()
    cohort = draw(service, 1, 0, YEAR, 3)
    np.testing.assert_array_equal(numbers(service, cohort), np.arange(cohort.layer[1]))


@pytest.mark.parametrize(
    "demand",
    [
        {"growth": 0.1},
        {"factors": (Factor(1.4),)},
        {"factors": (Factor([1.0, 2.5]), Factor(1.2, since=100))},
        {"month": np.linspace(1, 1.6, 12)},
    ],
)
def test_growth_adds_patients_and_removes_none(demand):
    service = stroke()
    option = growing(service, **demand)
    cohort = draw(service, 1, 0, YEAR, layers_needed([service, option], YEAR))
    before, after = numbers(service, cohort), numbers(option, cohort)
    assert np.isin(before, after).all()
    assert len(after) > len(before)


def test_decline_removes_patients_and_adds_none():
    service = stroke()
    option = growing(service, growth=-0.2, factors=(Factor([1.0, 0.5]),))
    cohort = draw(service, 1, 0, YEAR, layers_needed([service, option], YEAR))
    before, after = numbers(service, cohort), numbers(option, cohort)
    assert np.isin(after, before).all()
    assert len(after) < len(before)


def test_demand_is_what_the_factors_say():
    service = towns(all=WARD)
    option = growing(service, factors=(Factor([1.5, 0.4]), Factor(2.0, since=182.5)))
    layers = layers_needed([service, option], YEAR)
    assert layers == 3
    count = np.zeros((2, 2))
    for number in range(20):
        cohort = draw(service, 1, number, YEAR, layers)
        of = numbers(option, cohort)
        np.add.at(count, (cohort.area[of], (cohort.arrival[of] >= 182.5).astype(int)), 1)
    # Half a year of 600 and of 300 admissions, 20 times, by 1.5 and 0.4, and by 2 in the second half.
    expected = 20 * 182.5 / DAYS_A_YEAR * np.array([[600 * 1.5, 600 * 3.0], [300 * 0.4, 300 * 0.8]])
    assert (abs(count - expected) < 4 * np.sqrt(expected)).all()


def test_a_factor_of_one_group_touches_no_other():
    service = stroke()
    option = growing(service, factors=(Factor(2.0, group="mimic"),))
    cohort = draw(service, 1, 0, YEAR, layers_needed([service, option], YEAR))
    (before, group_before), (after, group_after) = (present(cohort, route(each, YEAR)) for each in (service, option))
    mimic = [group.name for group in service.groups].index("mimic")
    np.testing.assert_array_equal(before[group_before != mimic], after[group_after != mimic])
    assert (group_after == mimic).sum() > 1.5 * (group_before == mimic).sum()


def test_layers_are_as_many_as_the_largest_rate_of_any_option_needs():
    service = towns(all=WARD)
    assert layers_needed([service], YEAR) == 1
    assert layers_needed([service, growing(service, factors=(Factor(1.0),))], YEAR) == 1
    assert layers_needed([service, growing(service, factors=(Factor(1.01),))], YEAR) == 2
    assert layers_needed([service, growing(service, factors=(Factor(0.5),))], YEAR) == 1
    more = towns(all={**WARD, "per_admission": 2.5})
    assert layers_needed([service, more], YEAR) == 3


def test_another_mix_of_groups_keeps_the_patients_and_their_number():
    service, option = stroke(thrombectomy_share=0.04), stroke(thrombectomy_share=0.10)
    assert baseline_rate(service) == pytest.approx(baseline_rate(option))
    cohort = draw(service, 1, 0, YEAR, layers_needed([service, option], YEAR))
    (before, group_before), (after, group_after) = (present(cohort, route(each, YEAR)) for each in (service, option))
    assert np.isin(before, after).all()
    # Whoever was treated by thrombectomy still is.
    treated = [group.name for group in service.groups].index("thrombectomy")
    where = np.searchsorted(after, before)
    assert (group_after[where][group_before == treated] == treated).all()


def test_a_service_of_another_pathway_draws_the_same_patients():
    one, other = (draw(towns(all=group), 1, 0, YEAR) for group in (WARD, WARD_AND_REHABILITATION))
    np.testing.assert_array_equal(one.arrival, other.arrival)
    np.testing.assert_array_equal(one.area, other.area)
