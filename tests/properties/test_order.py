"""Neither the order in which simultaneous things are done nor the labels of places change what happens."""

from random import Random

import numpy as np
import pytest

from sim.engine.contract import same_trace
from sim.engine.reference import Shuffled, simulate
from sim.journeys.journeys import Journeys
from tests.cases import random_case

BLOCK = 25


def test_what_is_simultaneous_does_come_in_another_order_with_another_seed():
    def order(seed: int) -> tuple[int, ...]:
        environment, came = Shuffled(Random(seed)), []
        for number in range(8):
            environment.timeout(1.0).callbacks.append(lambda _, number=number: came.append(number))
        environment.run()
        return tuple(came)

    assert len({order(seed) for seed in range(5)}) == 5


@pytest.mark.parametrize("first", range(0, 300, BLOCK))
def test_the_order_of_simultaneous_things_changes_no_trace(first):
    for seed in range(first, first + BLOCK):
        case, horizon = random_case(seed)
        trace = simulate(case, horizon)
        assert all(same_trace(trace, simulate(case, horizon, shuffle=order)) for order in (1, 2)), (
            f"random_case({seed})"
        )


@pytest.mark.slow
@pytest.mark.parametrize("first", range(300, 2300, BLOCK))
def test_the_order_of_simultaneous_things_changes_no_trace_of_two_thousand(first):
    for seed in range(first, first + BLOCK):
        case, horizon = random_case(seed)
        trace = simulate(case, horizon)
        assert all(same_trace(trace, simulate(case, horizon, shuffle=order)) for order in (3, 4)), (
            f"random_case({seed})"
        )


@pytest.mark.parametrize("first", range(0, 300, BLOCK))
def test_relabelling_areas_sites_and_units_changes_only_labels(engine, first):
    for seed in range(first, first + BLOCK):
        case, horizon = random_case(seed)
        luck = np.random.default_rng(seed)
        unit = luck.permutation(len(case.network.beds))
        trace, other = engine(case, horizon), engine(relabelled(case, luck, unit), horizon)
        named = np.where(trace.unit < 0, -1, unit[trace.unit]).astype(np.int32)
        assert same_trace(trace._replace(unit=named), other), f"random_case({seed})"


def relabelled(case: Journeys, luck: np.random.Generator, unit: np.ndarray) -> Journeys:
    """The same case with areas and sites renumbered at random, and unit u called ``unit[u]``."""
    network, stages, steps, patients = case
    area = luck.permutation(len(network.travel_area))
    site = luck.permutation(len(network.travel_site))
    old_area, old_site, old_unit = np.argsort(area), np.argsort(site), np.argsort(unit)
    rank = np.where(network.rank < 0, -1, unit[network.rank]).astype(np.int32)
    for here in set(stages.here_rank.tolist()):
        rank[here : here + len(site)] = rank[here : here + len(site)][old_site]
    network = network._replace(
        unit_site=site[network.unit_site][old_unit].astype(np.int32),
        gives=network.gives[old_unit],
        beds=network.beds[old_unit],
        travel_area=network.travel_area[old_area][:, old_site],
        travel_site=network.travel_site[old_site][:, old_site],
        rank=rank,
        change_unit=unit[network.change_unit].astype(np.int32),
    )
    start = np.where(patients.start_unit < 0, -1, unit[patients.start_unit]).astype(np.int32)
    patients = patients._replace(area=area[patients.area].astype(np.int32), start_unit=start)
    return Journeys(network, stages, steps, patients)
