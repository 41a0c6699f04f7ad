"""Flows: the same patients by first unit before and after."""

from __future__ import annotations

import numpy as np

from sim.cohort.cohort import draw, layers_needed
from sim.engine.engines import engine
from sim.journeys.routes import route
from sim.journeys.send import send
from sim.measures.flows import first_units, flow_matrix
from sim.measures.records import Window, record
from sim.service.service import Change
from tests.two_towns import ASHFORD, DOVER, stroke

HORIZON = 120.0
WINDOW = Window(20.0, 110.0)


def firsts(service, cohort):
    sent = send(cohort, route(service, HORIZON))
    return first_units(record(sent, engine("compiled")(sent.journeys, HORIZON)), WINDOW), sent


def test_by_hand():
    before = np.array([1, 2, 3, 5]), np.array([0, 1, 1, -1])
    after = np.array([1, 2, 4, 5]), np.array([0, 0, 1, 1])
    # 1 stays at 0, 2 moves from 1 to 0, 5 from no unit to 1; 3 and 4 are there on one side only.
    assert flow_matrix(before, after, 2).tolist() == [[1, 0, 0], [1, 0, 0], [0, 1, 0]]


def test_closing_dover_moves_its_patients_to_ashford_and_nobody_else():
    service = stroke()
    option = service.with_changes(Change(0, "Dover", "open", 0), Change(0, "Ashford", "beds", 52))
    cohort = draw(service, 1, 0, HORIZON)
    (before, sent), (after, _) = firsts(service, cohort), firsts(option, cohort)
    matrix = flow_matrix(before, after, 4)
    number, unit = before
    inside = (cohort.arrival[number] >= WINDOW.start) & (cohort.arrival[number] < WINDOW.end)
    assert inside.all()
    index = np.array([group.is_index for group in service.groups])[sent.group]
    patients = sent.journeys.patients
    arrived = (patients.arrival >= WINDOW.start) & (patients.arrival < WINDOW.end)
    assert matrix.sum() == len(number) == (index & arrived).sum()
    assert matrix[ASHFORD, ASHFORD] == (cohort.area[number] == 0).sum()
    assert matrix[DOVER, ASHFORD] == (cohort.area[number] == 1).sum() > 30
    assert matrix.sum() == matrix[ASHFORD, ASHFORD] + matrix[DOVER, ASHFORD]
    assert set(unit.tolist()) == {ASHFORD, DOVER}


def test_an_option_that_changes_nothing_moves_nobody():
    service = stroke()
    cohort = draw(service, 1, 0, HORIZON, layers_needed([service], HORIZON))
    one, _ = firsts(service, cohort)
    matrix = flow_matrix(one, one, 4)
    assert (matrix == np.diag(np.diag(matrix))).all()
    assert matrix.sum() == len(one[0])
