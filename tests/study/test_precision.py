"""Running to a precision stops when it is reached, and says how far it came when it is not."""

import pytest

import scenarios
import sim
from sim.service.fault import InputError
from sim.study.experiment import experiment
from sim.study.precision import half_width, run_to_precision


@pytest.fixture(scope="module")
def services():
    baseline = sim.load_service("stroke", region="two_towns")
    return baseline, scenarios.Close(["Dover"])(baseline)


RUN = sim.Run(replications=5, years=0.2, warmup_days=20, cooldown_days=5, workers=1)


def test_the_half_width_is_reached(services):
    rough = half_width(experiment(*services, RUN, "reference"), "occupied_beds_mean")
    found, reached = run_to_precision(*services, RUN, {"occupied_beds_mean": rough / 1.5}, 60, "reference")
    assert reached[0].is_met
    assert half_width(found, "occupied_beds_mean") <= rough / 1.5
    assert 5 < len(found.replications) <= 60


def test_the_ceiling_stops_it_and_says_so(services):
    _, reached = run_to_precision(*services, RUN, {"occupied_beds_mean": 1e-6}, 7, "reference")
    assert reached[0].replications == 7
    assert not reached[0].is_met


def test_more_replications_keep_those_that_were_there(services):
    found, _ = run_to_precision(*services, RUN, {"occupied_beds_mean": 1e-6}, 7, "reference")
    first = experiment(*services, RUN, "reference")
    for kept, known in zip(found.replications, first.replications):
        assert [str(outcome.value) for outcome in kept.option] == [str(outcome.value) for outcome in known.option]


def test_an_unknown_measure_is_refused_with_the_nearest_spelling(services):
    with pytest.raises(InputError, match="occupied_beds_mean"):
        run_to_precision(*services, RUN, {"ocupied_beds_mean": 1.0}, 7, "reference")
