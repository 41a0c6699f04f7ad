"""What is left when nearly everything is taken away: nobody comes, one bed, no beds, no rehabilitation, all is shut."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

import scenarios
from sim.engine.contract import UNPLACED
from sim.engine.engines import ENGINES
from sim.journeys.journeys import OPEN
from sim.service.fault import InputError
from sim.store.results import TABLES
from sim.study.question import ask
from tests.cases import Step, journeys, patient
from tests.conservation import check
from tests.two_towns import QUICK, WARD, stroke, towns

HORIZON = 50.0
UNITS = 4


def with_demand(service, demand):
    region = service.region
    return replace(service, region=replace(region, areas=replace(region.areas, demand=demand)))


def every_table(found) -> dict[str, list[dict]]:
    """All tables of a results folder; none of them may warn of what it does not know."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return {name: rows(found) for name, (rows, _) in TABLES.items()}


@pytest.fixture(params=sorted(ENGINES))
def name(request) -> str:
    """Each engine by name."""
    return request.param


def unit_values(found, side: str, measure: str) -> np.ndarray:
    return found.experiment.values(side, measure, "unit")[1]


def test_an_engine_without_patients_has_nothing_to_tell(engine):
    case = journeys(patient(0.0), beds=(2, 1))
    nobody = case._replace(
        steps=case.steps._replace(**{name: getattr(case.steps, name)[:0] for name in ("stage", "rank", "stay")}),
        patients=case.patients._replace(
            number=case.patients.number[:0], arrival=case.patients.arrival[:0], area=case.patients.area[:0], first=np.zeros(1, np.int64)
        ),
    )
    trace = engine(nobody, HORIZON)
    assert all(len(column) == 0 for column in trace)


def test_a_service_without_demand_is_refused_and_says_why():
    with pytest.raises(InputError, match=r"no area has demand; give admissions a year"):
        ask(with_demand(stroke(), np.zeros(2)), scenarios.Close("Dover"), QUICK)


def test_where_nobody_happens_to_come_every_table_can_be_written(name):
    found = ask(with_demand(stroke(), np.array([1e-6, 1e-6])), scenarios.Close("Dover"), QUICK, name)
    assert (unit_values(found, "option", "occupied_beds_mean") == 0).all()
    assert unit_values(found, "option", "stays_per_year").sum() == 0
    assert all(every_table(found)[table] for table in ("summary.csv", "units.csv", "areas.csv"))


def test_with_one_bed_everywhere_never_more_than_one_is_held_and_every_table_can_be_written(name):
    found = ask(stroke().with_units(beds=[1] * UNITS), scenarios.Close("Dover"), QUICK, name)
    # The one bed of Dover moves to Ashford with its patients.
    for side, beds in (("baseline", 1), ("option", 2)):
        held = unit_values(found, side, "occupied_beds_mean")
        assert 0.9 * beds < held.max() <= beds
    assert every_table(found)["summary.csv"]


def test_without_any_beds_nobody_is_given_one_and_all_who_ask_wait_for_at_least_as_long_as_is_seen(name):
    found = ask(towns(all=WARD).with_units(beds=[0] * UNITS), scenarios.Baseline(), QUICK, name)
    assert (unit_values(found, "baseline", "occupied_beds_mean") == 0).all()
    for measure, least in (("wait_share_delayed", 1.0), ("wait_hours_mean", 24 * QUICK.cooldown_days)):
        waits = found.experiment.values("baseline", measure, "kind")
        of_acute = waits[1][:, list(waits[0]).index("acute")]
        assert (of_acute >= least).all(), measure
    assert every_table(found)["summary.csv"]


def test_a_pathway_without_rehabilitation_leaves_its_beds_empty(name):
    found = ask(towns(all=WARD).with_units(beds=[9] * UNITS), scenarios.Close("Dover"), QUICK, name)
    gives = found.service.gives("rehabilitation")
    held = unit_values(found, "option", "occupied_beds_mean")
    assert (held[:, gives] == 0).all()
    assert held[:, ~gives].sum() > 0


@pytest.mark.parametrize(("units", "kind"), [(["Ashford", "Dover"], "acute"), (["Ashford-REHAB", "Dover-REHAB"], "rehabilitation")])
def test_closing_the_last_of_a_kind_is_refused_and_says_which(units, kind):
    with pytest.raises(InputError, match=f"leaves no unit that gives {kind}; keep one open"):
        ask(stroke(), scenarios.Close(units), QUICK)


def test_where_all_is_shut_from_the_start_everybody_leaves_unplaced(engine):
    shut = [(0.0, OPEN, unit, 0) for unit in range(3)]
    case = journeys(*(patient(day, Step(2.0)) for day in range(20)), beds=(5, 5, 5), changes=shut)
    trace = engine(case, HORIZON)
    check(case, trace, HORIZON)
    assert (trace.end == UNPLACED).all()
    assert (trace.ended == case.patients.arrival).all()
    assert np.isnan(trace.given).all()


def test_where_all_shuts_in_the_midst_those_in_beds_finish_and_those_waiting_leave(engine):
    case = journeys(*(patient(0.0, Step(10.0)) for _ in range(6)), beds=(2, 2), changes=[(3.0, OPEN, u, 0) for u in (0, 1)])
    trace = engine(case, HORIZON)
    check(case, trace, HORIZON)
    waits = np.isnan(trace.given)
    assert waits.sum() == 4  # both beds of the nearest unit were taken; nobody is diverted
    assert (trace.ended[waits] == 3).all()
    assert (trace.ended[~waits] == 10).all()
