"""The two-tier model on which engines are timed: pairs of a centre and a rehabilitation unit, and blocking between them.

Each pair has Poisson arrivals, a stay in the centre and then one in rehabilitation; the centre's bed is kept until a
rehabilitation bed is free. First come, first served; nobody travels.
"""

from __future__ import annotations

import numpy as np

from sim.journeys.journeys import NEVER, Journeys, Network, Patients, Stages, Steps, on_grid

CENTRE, REHABILITATION = 0, 1


def two_tier(rng: np.random.Generator, pairs: int = 24, days: float = 3650.0, a_day: float = 4.0) -> Journeys:
    """Journeys of all who come to ``pairs`` pairs of units in ``days`` days, ``a_day`` patients a day to each pair."""
    patient = np.sort(rng.uniform(0.0, days, rng.poisson(pairs * a_day * days)))
    number = len(patient)
    pair = rng.integers(0, pairs, number, dtype=np.int32)
    stay = np.empty((number, 2))
    stay[:, CENTRE] = rng.lognormal(1.6, 0.7, number)
    stay[:, REHABILITATION] = rng.lognormal(3.0, 0.6, number)
    return Journeys(pairs_of_units(pairs), two_stages(), steps_of(pair, stay, pairs), patients_of(patient, pair))


def pairs_of_units(pairs: int) -> Network:
    """Units 0 to ``pairs`` are the centres, the rest the rehabilitation units; each pair is one area and one site."""
    site = np.arange(pairs, dtype=np.int32)
    return Network(
        unit_site=np.concatenate([site, site]),
        gives=np.repeat(np.eye(2, dtype=bool), pairs, axis=0),
        beds=np.repeat(np.array([28, 110], np.int32), pairs),
        travel_area=np.zeros((pairs, pairs)),
        travel_site=np.zeros((pairs, pairs)),
        rank=np.arange(2 * pairs, dtype=np.int32)[:, np.newaxis],
        change_time=np.empty(0),
        change_what=np.empty(0, np.int8),
        change_unit=np.empty(0, np.int32),
        change_value=np.empty(0, np.int32),
        change_slot=np.empty(0, np.int32),
        blocked_first=False,
    )


def two_stages() -> Stages:
    """The centre, then rehabilitation: beds are counted, the bed is kept, everyone waits at the first unit."""
    no = np.zeros(2, bool)
    return Stages(
        kind=np.array([CENTRE, REHABILITATION], np.int32),
        priority=np.zeros(2, np.int32),
        here_rank=np.zeros(2, np.int32),
        unlimited=no,
        keeps_bed=~no,
        lost=no,
        any=no,
        from_requested=no,
        same_bed=no,
        slot=np.full(2, -1, np.int32),
        diversion=np.full(2, -1.0),
    )


def steps_of(pair: np.ndarray, stay: np.ndarray, pairs: int) -> Steps:
    """Two steps a patient, each ranked to the unit of the pair."""
    return Steps(
        stage=np.tile(np.array([CENTRE, REHABILITATION], np.int32), len(pair)),
        rank=np.stack([pair, pair + pairs], axis=1).ravel().astype(np.int32),
        stay=on_grid(stay.ravel()),
        stay_same_bed=np.full(1, np.nan),
        patience=np.full(1, NEVER),
        transfer=np.zeros(1),
        leaving=np.zeros(1),
    )


def patients_of(arrival: np.ndarray, pair: np.ndarray) -> Patients:
    """Patients who all come during the run."""
    number = len(arrival)
    return Patients(
        number=np.arange(number, dtype=np.int64),
        arrival=on_grid(arrival),
        area=pair,
        contact=np.zeros(1),
        first=np.arange(0, 2 * number + 1, 2, dtype=np.int64),
        start_unit=np.full(1, -1, np.int32),
        start_in_bed=np.zeros(1, bool),
    )
