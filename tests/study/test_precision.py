"""Running to a precision stops when it is reached, and says how far it came when it is not."""

from dataclasses import replace

import numpy as np
import pytest

import scenarios
import sim
import sim.study.experiment as experiments
from sim.service.fault import InputError
from sim.store.results import notices
from sim.study.experiment import experiment
from sim.study.precision import Reached, for_skew, half_width, run_to_precision
from sim.study.question import ask
from sim.study.target import Target
from tests.two_towns import WARD, towns

MEASURE = "wait_share_delayed"


@pytest.fixture(scope="module")
def services():
    baseline = sim.load_service("stroke", region="two_towns")
    return baseline, scenarios.Close(["Dover"])(baseline)


RUN = sim.Run(replications=5, years=0.2, warmup_days=20, cooldown_days=5, workers=1)


def test_the_half_width_is_reached(services):
    rough = half_width(experiment(*services, replace(RUN, replications=10)), MEASURE)
    found, reached = run_to_precision(*services, RUN, {MEASURE: rough / 1.5}, 60)
    assert reached[0].is_met
    assert half_width(found, MEASURE) <= rough / 1.5
    assert len(found.replications) > 10
    assert len(found.replications) <= 60


def test_the_ceiling_stops_it_and_says_so(services):
    _, reached = run_to_precision(*services, RUN, {MEASURE: 1e-6}, 7)
    assert reached[0].replications == 7
    assert not reached[0].is_met


def test_more_replications_keep_those_that_were_there(services):
    found, _ = run_to_precision(*services, RUN, {MEASURE: 1e-6}, 7)
    first = experiment(*services, RUN)
    for kept, known in zip(found.replications, first.replications):
        assert [str(outcome.value) for outcome in kept.option] == [str(outcome.value) for outcome in known.option]


def test_an_unknown_measure_is_refused_with_the_nearest_spelling(services):
    with pytest.raises(InputError, match="occupied_beds_mean"):
        run_to_precision(*services, RUN, {"ocupied_beds_mean": 1.0}, 7)


def test_what_is_not_known_is_refused_after_one_replication_and_all_together(services, monkeypatch):
    simulated = []

    def counted(setting, number, replicate=experiments.replicate):
        simulated.append(number)
        return replicate(setting, number)

    monkeypatch.setattr(experiments, "replicate", counted)
    wrong = {"ocupied_beds_mean": 1.0, "lost_per_year": {"unit": {"Dover": 1.0}}, MEASURE: {"unit": {"Dovr": 0.1}, "kind": {"acute": 0.1}}}
    with pytest.raises(InputError) as refused:
        run_to_precision(*services, RUN, wrong, 40)
    assert simulated == [0]
    for said in ("did you mean 'occupied_beds_mean'", "lost_per_year is not known by unit", "unknown unit, got 'Dovr'"):
        assert said in str(refused.value)
    run_to_precision(*services, RUN, {MEASURE: 10.0}, 40)
    assert simulated[1:] == list(range(10))  # and the first one is kept


def test_several_measures_are_reached_at_once_and_the_worst_is_told_first(services):
    wanted = {"occupied_beds_mean": 1e-6, MEASURE: {"kind": {"hyperacute": 0.02}, "unit": {"Ashford": 10.0}}}
    found, reached = run_to_precision(*services, RUN, wanted, 12)
    assert reached[0].measure == "occupied_beds_mean"
    assert {each.measure for each in reached[1:]} == {f"{MEASURE} kind=hyperacute", f"{MEASURE} unit=Ashford"}
    assert [each.needed for each in reached] == sorted((each.needed for each in reached), reverse=True)
    assert not reached[0].is_met
    assert "NOT reached" in reached[0].said
    assert len(found.replications) == 12


def test_a_precision_is_a_setting_of_the_run_and_is_told(services):
    run = replace(RUN, precision={MEASURE: 10.0})
    found = ask(services[0], scenarios.Close(["Dover"]), run)
    assert (len(found.experiment.replications), found.reached[0].is_met) == (10, True)
    assert "Run to a precision, 10 replications, the worst first: wait_share_delayed +-" in " ".join(notices(found))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"wait_hours_mean": -1}, "a half-width must be a number above 0"),
        ({"wait_hours_mean": {"kind": 3}}, "names which, each with its half-width"),
        (3, "precision is measures, each with its half-width"),
    ],
)
def test_a_precision_that_cannot_be_read_is_refused(given, said):
    with pytest.raises(InputError, match=said):
        sim.Run(precision=given)


def test_a_key_that_is_not_known_is_refused(services):
    with pytest.raises(InputError, match="did you mean 'hyperacute'"):
        run_to_precision(*services, RUN, {MEASURE: {"kind": {"hyperacut": 1.0}}}, 7)


def test_a_change_that_is_the_same_in_every_replication_is_not_told_as_reached():
    service = towns(all=WARD).with_units(beds=np.array([60.0, 1.0, 30.0, 1.0]))
    found, (nobody_waits,) = run_to_precision(service, scenarios.AddBeds({"Ashford": 1})(service), RUN, {MEASURE: 0.01}, 60)
    assert len(found.replications) == 10
    assert (nobody_waits.half_width, nobody_waits.is_met) == (0.0, False)
    assert nobody_waits.said == (
        "wait_share_delayed +-0.01 cannot be judged: the same change in every replication, so that nothing is known of its spread"
    )


def test_lopsided_replications_are_as_many_as_cochran_asks_for():
    # Of an exponential law the skewness is 2.
    assert for_skew(np.random.default_rng(1).exponential(size=1_000_000)) == pytest.approx(25 * 2**2, rel=0.05)
    narrow = Reached(Target("wait_hours_mean", 0.5), 0.4, 40, for_skew=100)
    assert not narrow.is_met
    assert narrow.said == (
        "wait_hours_mean +-0.4, 0.5 wanted: NOT sure, replications are lopsided, so that an interval holds from 100 of them"
    )
    assert replace(narrow, replications=100).is_met


def test_a_run_to_a_precision_goes_on_while_replications_are_lopsided(services):
    """Most short runs see nobody wait, so that ten of them may look alike by luck."""
    run = replace(RUN, years=0.1)
    wide, narrow = (run_to_precision(*services, run, {MEASURE: wanted}, 400) for wanted in (0.5, 0.02))
    assert (len(wide[0].replications), wide[1][0].is_met) == (10, True)  # so wide that the shape does not matter
    assert narrow[1][0].is_met
    assert len(narrow[0].replications) >= narrow[1][0].for_skew > 10
