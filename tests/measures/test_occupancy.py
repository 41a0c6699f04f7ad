"""Occupancy: the step function of beds held, against one walked in small steps, and under changes of beds."""

from __future__ import annotations

import numpy as np
import pytest

from sim.cohort.cohort import draw
from sim.engine.contract import DISCHARGED, Trace
from sim.engine.engines import engine
from sim.journeys.routes import route
from sim.journeys.send import send
from sim.measures.occupancy import occupancy
from sim.measures.records import Window, record
from sim.service.service import Change
from tests.two_towns import ASHFORD, DOVER, WARD, cohort, stroke, towns

HORIZON = 100.0
WHOLE = Window(0.0, HORIZON)


def held(service, spans, window=WHOLE):
    """The occupancy of (unit, given, left) spans, one a patient."""
    unit, given, left = zip(*spans, strict=True)
    sent = send(cohort(service, given, [0] * len(spans)), route(service, HORIZON))
    given, left = np.array(given, dtype=float), np.array(left, dtype=float)
    gone = np.full(len(spans), DISCHARGED, dtype=np.int8)
    trace = Trace(np.array(unit, dtype=np.int32), given, given, given, left, left, gone, left)
    return occupancy(record(sent, trace), window)


def test_a_span_counts_by_what_lies_inside_the_window():
    found = held(towns(all=WARD), [(DOVER, 0, 20), (DOVER, 30, 50), (DOVER, 80, np.nan), (DOVER, 5, 9)], Window(10, 90))
    # Ten days from 10 to 20, twenty from 30 to 50, ten from 80 to 90.
    assert found.mean[DOVER] == pytest.approx(40 / 80)
    assert found.mean[ASHFORD] == 0


def test_a_bed_left_and_given_at_one_moment_is_one_bed():
    found = held(towns(all=WARD).with_units(beds=[1, 1, 1, 1]), [(DOVER, 0, 40), (DOVER, 40, 100)])
    assert (found.mean[DOVER], found.p95[DOVER], found.full[DOVER]) == (1, 1, 1)


def test_the_95th_is_the_fewest_beds_that_suffice_for_95_percent_of_the_time():
    service = towns(all=WARD)
    # Two beds for five days of a hundred: one bed is enough for 95 % of the time; for a moment more it is not.
    assert held(service, [(DOVER, 0, 100), (DOVER, 10, 15)]).p95[DOVER] == 1
    assert held(service, [(DOVER, 0, 100), (DOVER, 10, 15.001)]).p95[DOVER] == 2


def test_full_is_measured_against_the_beds_in_force():
    service = towns(all=WARD).with_units(beds=[34, 16, 2, 8])
    option = service.with_changes(Change(50, "Dover", "beds", 1), Change(75, "Dover", "beds", 0))
    spans = [(DOVER, 0, 100), (DOVER, 20, 30)]
    assert held(service, spans).full[DOVER] == pytest.approx(10 / 100)
    # Two beds until 50: full for ten days. One bed until 75: full. No beds after that: not counted.
    assert held(option, spans).full[DOVER] == pytest.approx((10 + 25) / 75)
    assert np.isnan(held(option, spans, Window(80, 90)).full[DOVER])
    assert held(option, spans, Window(60, 90)).full[DOVER] == 1


def test_an_empty_unit_holds_nothing():
    found = held(towns(all=WARD), [(DOVER, 0, 10)], Window(20, 30))
    assert (found.mean[DOVER], found.p95[DOVER], found.full[DOVER], found.on_the_way[DOVER]) == (0, 0, 0, 0)


@pytest.mark.parametrize("window", [Window(20.0, 100.0), Window(33.25, 77.5)])
def test_the_step_function_agrees_with_one_looked_at_moment_by_moment(window):
    service = stroke().with_units(beds=[24, 12, 14, 3])
    sent = send(draw(service, 1, 0, HORIZON), route(service, HORIZON))
    trace = engine("compiled")(sent.journeys, HORIZON)
    records = record(sent, trace)
    found = occupancy(records, window)
    # Looked at the middle of every span between two moments at which anything happens.
    of = records.counted & ~np.isnan(trace.given)
    unit, given, left = trace.unit[of], trace.given[of], np.where(np.isnan(trace.left[of]), np.inf, trace.left[of])
    moment = np.unique(np.concatenate([[window.start, window.end], given, left]))
    moment = moment[(moment >= window.start) & (moment <= window.end)]
    middle, days = (moment[1:] + moment[:-1]) / 2, np.diff(moment)
    for u in range(4):
        count = ((given[unit == u] <= middle[:, None]) & (middle[:, None] < left[unit == u])).sum(axis=1)
        assert found.mean[u] == pytest.approx((count * days).sum() / days.sum())
        assert found.full[u] == pytest.approx(days[count >= service.units.beds[u]].sum() / days.sum())
        assert found.p95[u] == next(b for b in range(99) if days[count <= b].sum() >= 0.95 * days.sum() * (1 - 1e-9))
