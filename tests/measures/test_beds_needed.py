"""Beds needed: the two readings of delay, and what is wanted over time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.contract import DISCHARGED, GAVE_UP, Trace
from sim.journeys.routes import route
from sim.journeys.send import send
from sim.measures.beds_needed import READINGS, beds_needed, chance_of_delay, poisson_share
from sim.measures.load import beds_for_delay
from sim.measures.records import Window, record
from sim.measures.wanted import beds_wanted, share_of_time
from tests.two_towns import ASHFORD, DOVER, WARD, cohort, towns

NAN = np.nan
SHARES = st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(sum).map(lambda n: np.array(n) / sum(n))


@given(st.floats(0.1, 60), st.sampled_from([0.01, 0.05, 0.2]))
def test_the_quick_estimate_is_the_beds_needed_by_a_poisson_number(load, delay):
    assert int(beds_needed(poisson_share(load, 200), delay)) == int(beds_for_delay([load], delay)[0])


@given(SHARES, st.sampled_from(READINGS), st.floats(0.001, 0.9))
def test_no_fewer_beds_would_do(share, reading, delay):
    beds = int(beds_needed(share, delay, reading))
    chance = np.append(chance_of_delay(share, reading), 0.0)
    assert chance[beds] <= delay + 1e-9 or share[0] == 1
    assert beds == 0 or chance[beds - 1] > delay - 1e-9


@given(SHARES, st.sampled_from(READINGS))
def test_a_lower_chance_never_asks_for_fewer_beds(share, reading):
    beds = [int(beds_needed(share, delay, reading)) for delay in (0.5, 0.2, 0.05, 0.01)]
    assert beds == sorted(beds)


def records():
    """Ashford: one in bed for ten days, and one who waits there from day 2 to day 4 and gives up; nobody at Dover."""
    service = towns(all=WARD)
    sent = send(cohort(service, [0.0, 2.0], [0, 0]), route(service, 100.0))
    stays = [(ASHFORD, 0.0, 0.0, 0.0, 10.0, 10.0), (ASHFORD, 2.0, NAN, NAN, NAN, NAN)]
    unit, *times = (np.array(column, dtype=float) for column in zip(*stays, strict=True))
    end = np.array([DISCHARGED, GAVE_UP])
    return record(sent, Trace(unit.astype(int), *times, end.astype(np.int8), np.array([10.0, 4.0])))


def test_who_waits_counts_with_who_lies_in_bed():
    share = share_of_time(records(), Window(0.0, 20.0))
    # Of 20 days: 10 with nobody, 8 with one, 2 with two.
    assert share[ASHFORD] == pytest.approx([0.5, 0.4, 0.1])
    assert share[DOVER] == pytest.approx([1, 0, 0])
    assert beds_wanted(records(), Window(0.0, 20.0), 0.2)[[ASHFORD, DOVER]].tolist() == [2, 0]
    assert beds_wanted(records(), Window(0.0, 20.0), 0.05)[ASHFORD] == 3


def test_a_window_takes_what_falls_inside_it():
    share = share_of_time(records(), Window(3.0, 5.0))
    assert share[ASHFORD] == pytest.approx([0, 0.5, 0.5])
