"""Steps taken over from another option: the same as if they had been made anew, and only where they may be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.cohort.cohort import draw
from sim.journeys.routes import route
from sim.journeys.send import send
from sim.service.demand import Demand
from sim.service.service import Change
from tests.two_towns import stroke

HORIZON = 200.0


def fewer_beds(service):
    return service.with_changes(Change(50.0, "Dover", "open", 0), Change(20.0, "Ashford", "beds", 3))


def more_demand(service):
    return replace(service, demand=Demand(month=np.full(12, 0.5)))


def fewer_patients(service):
    return replace(
        service, groups=tuple(replace(group, per_admission=group.per_admission / 2) for group in service.groups)
    )


@pytest.mark.parametrize(("change", "is_shared"), [(fewer_beds, True), (more_demand, False), (fewer_patients, False)])
def test_an_option_gets_the_journeys_that_it_would_get_alone(change, is_shared):
    service = stroke()
    cohort = draw(service, 1, 0, HORIZON)
    before = send(cohort, route(service, HORIZON))
    routes = route(change(service), HORIZON)
    alone, after = send(cohort, routes), send(cohort, routes, before)
    assert (after.journeys.steps is before.journeys.steps) is is_shared
    assert after.routes is routes
    for one, other in zip(alone.journeys, after.journeys, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(alone.group, after.group)
    np.testing.assert_array_equal(alone.destination, after.destination)
