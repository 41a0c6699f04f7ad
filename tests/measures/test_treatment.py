"""Treatment in time on two towns, worked by hand, and what holds whatever the numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scenarios import Close
from sim.measures.load import expected_load
from sim.measures.treatment import MEASURES, Care, break_even, care, centre, change, draws, outcome, volumes
from tests.two_towns import ASHFORD, DOVER, stroke

MINUTES, QALYS, REACHED = MEASURES.index("minutes"), MEASURES.index("qalys"), MEASURES.index("reached")
SETTINGS = {"table": "outcome", "distributions": "mrs", "thrombolysis_share": 0.105, "thrombectomy": "thrombectomy", "draws": 40}


def sides(service, option) -> tuple[Care, Care]:
    loads = [expected_load(each) for each in (service, option)]
    busy = volumes(service, *loads)
    return tuple(care(each, each.is_open(), x, v) for each, x, v in zip((service, option), loads, busy))


@pytest.fixture(scope="module")
def service():
    return stroke(outcome={**SETTINGS, "parameters": {"share_thrombolysed_too": 0}})


@pytest.fixture(scope="module")
def closed(service):
    """Dover's stroke unit closes: its 300 patients go 50 minutes to Ashford."""
    return Close(units=["Dover"])(service)


def means(of: Care, service, size: float, baseline: Care) -> np.ndarray:
    numbers = service.benefit.numbers
    found = outcome(of, service.benefit, numbers, size, centre(baseline, service.benefit, numbers))
    return found[:, MINUTES] / found[:, REACHED]


def test_minutes_to_treatment_by_hand(service, closed):
    before, after = sides(service, closed)
    # Call, response and on scene: 79 + 33.4 + 29 = 141.4. Arrival to needle 30; Ashford is 10 minutes off, Dover 15.
    # Thrombolysis: (600 x (141.4 + 10 + 30) + 300 x (141.4 + 15 + 30)) / 900.
    # Thrombectomy at Ashford: straight there 141.4 + 10 + 60; by Dover 141.4 + 15, door in to door out 133, 45 on the way, 30.
    now = means(before, service, 0.0, before)
    assert now == pytest.approx([(600 * 181.4 + 300 * 186.4) / 900, (600 * 211.4 + 300 * 364.4) / 900])
    # Dover's patients now go 50 minutes to Ashford: sooner at the puncture by 364.4 - 251.4, later at the needle by 35.
    then = means(after, service, 0.0, before)
    assert then == pytest.approx([(600 * 181.4 + 300 * 221.4) / 900, (600 * 211.4 + 300 * 251.4) / 900])


def test_volume_moves_minutes_in_the_published_bands_about_the_mean_of_the_baseline(service, closed):
    before, after = sides(service, closed)
    # 63 a year at Ashford (28 minutes sooner than few), 31.5 at Dover (6 sooner); the mean over patients is 20.67 sooner.
    mean = (600 * -28 + 300 * -6) / 900
    assert means(before, service, 1.0, before)[0] == pytest.approx(means(before, service, 0.0, before)[0])
    sooner = means(after, service, 1.0, before)[0] - means(after, service, 0.0, before)[0]
    assert sooner == pytest.approx(-28 - mean)


def test_everybody_eligible_is_counted_once(service, closed):
    for of in sides(service, closed):
        assert of.thrombolysis.weight.sum() == pytest.approx(900 * 0.105)
        assert of.thrombectomy.weight.sum() == pytest.approx(900 * 0.043)
    both = stroke(outcome={**SETTINGS, "parameters": {"share_thrombolysed_too": 0.5}})
    of, _ = sides(both, both)
    assert of.thrombolysis.weight.sum() == pytest.approx(900 * (0.105 - 0.5 * 0.043))


def test_a_larger_share_treated_by_thrombectomy_is_followed():
    of, _ = sides(*[stroke(thrombectomy_share=0.1)] * 2)
    assert of.thrombectomy.weight.sum() == pytest.approx(90)


def test_an_option_that_changes_nothing_changes_nothing(service):
    found = change(*sides(service, service), service.benefit, 1)
    assert (found.value[:, 0] == found.value[:, 1]).all()
    assert (found.draw[:, :, 0] == found.draw[:, :, 1]).all()
    assert np.isnan(found.break_even).all()
    assert np.isnan(found.break_even_draw).all()


def test_a_closure_never_treats_by_thrombolysis_sooner_by_time_alone(service, closed):
    found = change(*sides(service, closed), service.benefit, 1)
    assert (found.draw[:, 0, 1, 0, MINUTES] > found.draw[:, 0, 0, 0, MINUTES]).all()
    assert (found.draw[:, 0, 1, 0, QALYS] < found.draw[:, 0, 0, 0, QALYS]).all()


def test_at_the_break_even_the_option_does_neither_harm_nor_good(service, closed):
    before, after = sides(service, closed)
    size = float(change(before, after, service.benefit, 1).break_even[0])
    assert 0 < size < np.inf
    numbers, benefit = service.benefit.numbers, service.benefit
    mean = centre(before, benefit, numbers)
    gain = [outcome(side, benefit, numbers, size, mean)[0, QALYS] for side in (before, after)]
    assert gain[1] - gain[0] == pytest.approx(0, abs=1e-4)


def test_a_break_even_is_infinite_where_volume_does_not_help_and_none_where_there_is_no_harm():
    assert break_even(lambda size: -1 - size, -1.0, -2.0) == np.inf
    assert break_even(lambda size: 1 - size, 1.0, 0.0) == 0


def test_who_can_reach_no_hospital_goes_untreated():
    service = stroke()
    travel = service.region.travel
    far = np.array(travel.area_site)
    far[1] = np.nan
    cut_off = replace(service, region=replace(service.region, travel=replace(travel, area_site=far)))
    of, _ = sides(cut_off, cut_off)
    numbers = service.benefit.numbers
    found = outcome(of, service.benefit, numbers, 0.0, centre(of, service.benefit, numbers))
    assert found[:, REACHED] == pytest.approx([leg.weight.sum() * 2 / 3 for leg in (of.thrombolysis, of.thrombectomy)])
    near, _ = sides(service, service)
    treated = outcome(near, service.benefit, numbers, 0.0, centre(near, service.benefit, numbers))
    assert (found[:, QALYS] < treated[:, QALYS]).all()


def test_the_benefit_does_not_wait_for_a_bed(service):
    full = service.with_units(beds=np.where(np.arange(4) == ASHFORD, 1, service.units.beds))
    before, after = sides(service, full)
    numbers, benefit = service.benefit.numbers, service.benefit
    mean = centre(before, benefit, numbers)
    assert (outcome(before, benefit, numbers, 1, mean) == outcome(after, benefit, numbers, 1, mean)).all()


def test_volume_on_the_odds_helps_busy_centres_only():
    busy = {"thrombectomy_odds_from": 30, "thrombectomy_odds_ratio": 1.42}
    odds = stroke(outcome={**SETTINGS, "thrombectomy_volume": "odds", "parameters": busy})
    none = stroke(outcome={**SETTINGS, "thrombectomy_volume": "none", "parameters": busy})
    found = [change(*sides(each, each), each.benefit, 1).value[:, 0, 1, QALYS] for each in (odds, none)]
    assert found[0][1] > found[0][0]
    assert found[1][1] == found[1][0]
    assert found[0][0] == found[1][0]


def test_volumes_are_the_reported_ones_and_their_modelled_change(service, closed):
    reported = service.with_units(reported_volume=np.array([700.0, np.nan, 250.0, np.nan]))
    was, now = volumes(reported, expected_load(reported), expected_load(closed))
    assert was[[ASHFORD, DOVER]] == pytest.approx([700, 250])
    assert now[[ASHFORD, DOVER]] == pytest.approx([1000, 0])


def test_draws_have_the_stated_interval_and_a_stream_of_their_own(service):
    benefit = replace(service.benefit, draws=4000)
    drawn = draws(benefit, 7)
    for name, each in benefit.estimate.items():
        values = np.array([numbers[name] for numbers in drawn])
        if each.low is None:
            assert (values == each.value).all()
        elif name != "share_thrombolysed_too":
            width = each.high - each.low
            assert np.percentile(values, [2.5, 50, 97.5]) == pytest.approx(
                [each.low, each.value, each.high], abs=0.06 * width
            )
    assert draws(replace(benefit, draws=3), 7)[:3] != draws(replace(benefit, draws=3), 8)[:3]
    fewer = replace(
        benefit, estimate={n: e for n, e in benefit.estimate.items() if n != "onset_to_call_minutes"}, draws=4000
    )
    assert draws(fewer, 7)[5]["door_in_door_out_minutes"] == drawn[5]["door_in_door_out_minutes"]
