"""A filled start: who is there at time 0, for how long still, and who waits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scenarios import Baseline, Close
from sim.cohort.cohort import draw
from sim.engine.compiled import simulate
from sim.journeys.filled import draw_past, fill, lists_by_unit, past_days
from sim.journeys.routes import route
from sim.journeys.send import Sent, send
from sim.measures.load import expected_load
from sim.measures.records import Records, record
from sim.service.fault import InputError
from sim.service.hours import read_hours
from sim.service.service import Service, WeeklyHours
from sim.study.experiment import experiment
from sim.study.run import Run
from tests.two_towns import ASHFORD, DOVER, WARD_AND_REHABILITATION, stroke, towns

STAY = {"law": "gamma", "mean": 8.0, "sd": 6.0}
FILLED = Run(replications=2, start_from="filled", warmup_days=0, years=0.1, cooldown_days=5, workers=1)


def ward(beds: int, **stage) -> Service:
    """One stay in a ward of each of two towns."""
    service = towns(all={"per_admission": 1, "stages": {"ward": {"kind": "acute", "stay": STAY, **stage}}})
    return service.with_units(beds=np.full(4, float(beds)))


def filled(service: Service, replication: int, days: float = 30.0, waiting: dict | None = None) -> Sent:
    """One replication from a filled start."""
    lists = lists_by_unit(service, waiting or {})
    back = past_days(service, dict.fromkeys(lists, 200.0))
    past = draw_past(service, 1, replication, back, 1)
    return fill(send(draw(service, 1, replication, days), route(service, days)), past, lists)


def held(records: Records, at: float) -> np.ndarray:
    """(U,) counted beds held at a moment."""
    trace = records.trace
    of = records.counted & (trace.given <= at) & ~(trace.left <= at)
    return np.bincount(trace.unit[of], minlength=len(records.service.units))


@pytest.mark.parametrize("hours", [None, "Mon-Fri 09:00-17:00"])
def test_a_filled_system_is_steady_from_the_first_moment(hours):
    service = towns(all=WARD_AND_REHABILITATION).with_units(beds=np.full(4, 300.0))
    service = replace(service, discharge=hours and WeeklyHours(read_hours(hours)))
    seen = []
    for replication in range(120):
        sent = filled(service, replication)
        records = record(sent, simulate(sent.journeys, 30.0))
        # The start, 1 April 2026 at midnight, is a Wednesday: the same hour of the same day comes again every 7 days.
        seen.append([held(records, at + 1e-6) for at in (0.0, 7.0, 28.0)])
    mean, error = np.mean(seen, axis=0), np.std(seen, axis=0, ddof=1) / np.sqrt(len(seen))
    wait = 0.0 if hours is None else 7 / 24 - service.discharge.mean_wait  # since staff last discharged, less the mean
    gone = np.array([0.75 * 600, 0.25 * 600, 0.75 * 300, 0.25 * 300]) / 365.25
    np.testing.assert_array_less(np.abs(mean - expected_load(service).beds - gone * wait), 4 * error)


def test_residual_stays_are_those_of_the_equilibrium():
    left = []
    for replication in range(60):
        sent = filled(ward(300), replication)
        there = sent.journeys.patients.start_in_bed
        left.append(sent.journeys.steps.stay[sent.journeys.patients.first[:-1][there]])
    left = np.concatenate(left)
    expected = (STAY["mean"] ** 2 + STAY["sd"] ** 2) / 2 / STAY["mean"]
    assert abs(left.mean() - expected) < 4 * left.std() / np.sqrt(len(left))


def test_those_for_whom_there_is_no_bed_wait_in_the_order_in_which_they_came():
    sent = filled(ward(6), 0)
    patients = sent.journeys.patients
    there = patients.start_unit == ASHFORD
    in_bed, waits = there & patients.start_in_bed, there & ~patients.start_in_bed
    assert in_bed.sum() == 6
    assert waits.sum() > 2
    assert patients.arrival[in_bed].max() < patients.arrival[waits].min() <= 0


def test_a_waiting_list_has_its_length_and_its_beds_are_full():
    for replication in range(5):
        sent = filled(ward(15), replication, waiting={"Ashford": 40})
        records = record(sent, simulate(sent.journeys, 30.0))
        assert held(records, 1e-6)[ASHFORD] == 15
        trace, of = records.trace, records.trace.unit == ASHFORD
        waits = (of & (trace.requested <= 0) & ~(trace.given <= 1e-6)).sum()
        assert abs(waits - 40) <= 2
        # Whoever comes now waits for those 40: at 600 a year, which is what the beds can just bear, some three weeks.
        first = np.flatnonzero(of & (trace.requested > 0) & (trace.given > 0))[:20]
        assert (trace.given - trace.requested)[first].mean() > 10


def test_a_list_by_kind_is_one_at_each_unit_that_gives_it():
    assert lists_by_unit(ward(9), {"acute": 7, "Dover": 3}) == {"Ashford": 7, "Dover": 3}


def test_luck_is_shared_and_nothing_present_counts_as_having_come():
    service = stroke()
    same = experiment(service, Baseline()(service), FILLED)
    other = experiment(service, Close("Dover")(service), replace(FILLED, replications=20, years=0.3))
    for each in same.replications:
        assert all(np.array_equal(x.value, y.value, equal_nan=True) for x, y in zip(each.baseline, each.option, strict=True))
    come = [other.values(side, "index_admissions_per_year")[1][:, 0] for side in ("baseline", "option")]
    for side in come:
        assert abs(side.mean() - 900) < 4 * side.std(ddof=1) / np.sqrt(len(side))
    _, beds = other.values("option", "occupied_beds_mean", "unit")
    assert (beds[:, DOVER] == 0).all()  # an option is filled as if it had long been so
    _, treated = other.values("baseline", "thrombectomy_per_year")
    assert treated.mean() == pytest.approx(0.043 * 900, rel=0.3)


def test_both_engines_give_the_same_from_a_filled_start():
    service = ward(14)
    option = Close("Dover", at=10)(service)
    run = replace(FILLED, waiting={"Ashford": 12})
    one, other = (experiment(service, option, run, engine) for engine in ("compiled", "reference"))
    for a, b in zip(one.replications, other.replications, strict=True):
        for x, y in zip([*a.baseline, *a.option], [*b.baseline, *b.option], strict=True):
            np.testing.assert_array_equal(x.value, y.value, err_msg=x.measure)


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ({"start_from": "full"}, "did you mean 'filled'"),
        ({"waiting": {"Dover": 3}}, "a waiting list needs a filled start"),
        ({"start_from": "filled", "waiting": {"Dover": -1}}, "waiting Dover must be a whole number"),
        ({"start_from": "filled", "waiting": 3}, "waiting is units or kinds of care"),
        ({"start_from": "filled", "waiting": {"Dovre": 3}}, "did you mean 'Dover'"),
        ({"start_from": "filled", "waiting": {"Dover": 1000}}, "no more than"),
    ],
)
def test_what_cannot_be_filled_is_refused(run, said):
    service = stroke()
    with pytest.raises(InputError, match=said):
        experiment(service, service, Run(replications=1, years=0.1, warmup_days=0, **run))
