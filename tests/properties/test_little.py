"""Little's law, unit by unit: the mean number there is the rate of coming times the mean time there (Little 1961, Operations
Research 9:383, doi 10.1287/opre.9.3.383).

Over a run that begins and ends empty it holds of every sample path, to the last digits. The numbers present are read from the program's
own step functions, day by day; rates and times from the patients.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.measures.outcomes import outcomes
from sim.measures.records import Window, record
from sim.service.demand import Demand, Factor
from tests.theory.build import exponential, group, sent, service, stage

LAST_COMES, HORIZON = 60.0, 900.0


@pytest.fixture(scope="module")
def described():
    """Two acute units that overflow, and one of rehabilitation that blocks both; nobody comes after two months."""
    stages = {
        "acute": stage("acute", {"law": "lognormal", "mean": 4, "sd": 3}, next={"rehab": 0.4, "home": "rest"}, leaving=0.2),
        "rehab": stage("rehab", exponential(9.0), transfer=0.1, priority=2),
    }
    return service(
        {"large": ("acute", 9), "small": ("acute", 4), "rehab": ("rehab", 7)},
        {"all": group(1.0, stages), "urgent": group(0.4, stages, priority=0)},
        areas=(1.2, 1.0),
        minutes=np.array([[10.0, 30.0, 20.0], [40.0, 15.0, 20.0]])[:, [0, 2, 1]],
        demand=Demand(factors=(Factor(np.array(0.0), since=LAST_COMES),)),
    )


def number_present(records, of: np.ndarray, since: np.ndarray, until: np.ndarray) -> float:
    """The mean number of patients between two of their times, from a step function over the run."""
    time = np.concatenate([since[of], until[of], [HORIZON]])
    step = np.concatenate([np.ones(of.sum()), -np.ones(of.sum()), [0.0]])
    order = np.argsort(time, kind="stable")
    return float((np.cumsum(step[order])[:-1] * np.diff(time[order])).sum() / HORIZON)


@pytest.mark.parametrize("replication", range(3))
def test_the_mean_number_is_the_rate_times_the_mean_time_at_every_unit(engine, described, replication):
    window = Window(0.0, HORIZON)
    each = list(sent(described, HORIZON, replication + 1))[-1]
    records = record(each, engine(each.journeys, HORIZON))
    trace = records.trace
    assert not np.isnan(trace.ended).any(), "the run must end empty"
    measured = {(found.measure, found.by): dict(zip(found.key, found.value)) for found in outcomes(records, window)}
    for unit in described.units.id:
        of = trace.unit == described.unit_index(unit)
        rate = of.sum() / HORIZON
        beds = measured["occupied_beds_mean", "unit"][unit]
        assert beds == pytest.approx(rate * (trace.left - trace.given)[of].mean(), rel=1e-9)
        assert beds == pytest.approx(number_present(records, of, trace.given, trace.left), rel=1e-9)
        waits = (trace.given - trace.requested)[of]
        assert waits.max() > 0, "somebody must wait"
        waiting = number_present(records, of, trace.requested, trace.given)
        assert waiting == pytest.approx(rate * waits.mean(), rel=1e-9)
        stays = measured["stays_per_year", "unit"][unit] * window.years / HORIZON
        assert stays == pytest.approx(rate, rel=1e-9)
