"""Journeys: a cohort sent through a service, as the arrays that an engine reads.

Everything an engine needs is here, and nothing in it is random: which units may take each stage and in what order,
how long each stay lasts, how far it is from everywhere to everywhere, and when the network changes. Rank tables
ignore whether a unit is open; an engine skips those that are not.

Letters: A areas, S sites, U units, C kinds, P patients, M steps (one stage of one patient), Q stages (of all groups
together), N ranks, W units in a rank, D changes. Time is in days on the grid of 2**-20 day, so that sums of doubles
are exact and equal means equal.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

GRID = 2.0**-20
"""The time grid in days (0.08 seconds)."""

NEVER = np.inf
"""A time that lies beyond every run: patience without end."""

BEDS, OPEN, HOURS, SLOTS = 0, 1, 2, 3
"""What a dated change sets: beds in force; open (1) or closed (0) to new patients; inside (1) or outside (0) opening
hours; slots that come at that time and lapse unused."""


def on_grid(days):
    """Round times to the grid.

    Parameters
    ----------
    days
        (...) times or durations in days; infinity and NaN pass through.

    Examples
    --------
    >>> float(on_grid(0.1)) * 2**20
    104858.0
    """
    return np.round(np.asarray(days, dtype=np.float64) / GRID) * GRID


def next_round(start: np.ndarray, end: np.ndarray, time: float) -> float:
    """The first moment from a time on at which staff discharge; infinite where they never will.

    Parameters
    ----------
    start, end
        (H,) days: the spans in which they do; none means at all times.
    time
        Days from the start of the run.

    Examples
    --------
    >>> days = np.array([0.5, 1.5]), np.array([0.75, 1.75])
    >>> [next_round(*days, time) for time in (0.0, 0.6, 0.75, 2.0)]
    [0.5, 0.6, 1.5, inf]
    """
    if not len(start):
        return time
    place = int(np.searchsorted(end, time, side="right"))
    return max(time, float(start[place])) if place < len(start) else NEVER


class Network(NamedTuple):
    """The units, what they give, how far apart they are, and their dated changes."""

    unit_site: np.ndarray
    """(U,) int32: the site of each unit."""
    gives: np.ndarray
    """(U, C) bool: the kinds each unit gives, all from the same beds."""
    beds: np.ndarray
    """(U,) int32: beds in force at time 0. Every unit starts open and inside its hours; changes at time 0 say otherwise."""
    travel_area: np.ndarray
    """(A, S) float64: days of travel from home to a site."""
    travel_site: np.ndarray
    """(S, S) float64: days of travel from site (row) to site (column); 0 on the diagonal."""
    rank: np.ndarray
    """(N, W) int32: units in the order in which they are tried; -1 fills the rest of a row."""
    change_time: np.ndarray
    """(D,) float64, not falling: when each change happens, 0 or later."""
    change_what: np.ndarray
    """(D,) int8: `BEDS`, `OPEN`, `HOURS` or `SLOTS`."""
    change_unit: np.ndarray
    """(D,) int32: the unit changed."""
    change_value: np.ndarray
    """(D,) int32: the new number of beds; 1 or 0 for open and hours; how many slots come."""
    change_slot: np.ndarray
    """(D,) int32: which sort of slot comes; 0 where no slot is meant."""
    blocked_first: bool
    """Whether, at equal priority, one who waits in another unit's bed goes before one who does not."""
    round_start: np.ndarray = np.empty(0)
    """(H,) float64, rising: when each span of time begins in which staff discharge; none: they do at all times."""
    round_end: np.ndarray = np.empty(0)
    """(H,) float64, rising: when it ends, later than its start and no later than the next start."""


class Stages(NamedTuple):
    """The settings of every stage of every group (rule 5 of the contract), one row a (group, stage)."""

    kind: np.ndarray
    """(Q,) int32: the kind of care asked for."""
    priority: np.ndarray
    """(Q,) int32: smaller is served first."""
    here_rank: np.ndarray
    """(Q,) int32: the rank row of (site 0, this kind); the row of site s is ``here_rank + s``."""
    unlimited: np.ndarray
    """(Q,) bool: no bed is counted: always given at once; the patient holds no bed."""
    keeps_bed: np.ndarray
    """(Q,) bool: whoever asks for this stage from a bed keeps that bed while waiting."""
    lost: np.ndarray
    """(Q,) bool: a request that finds no bed leaves the system instead of waiting."""
    any: np.ndarray
    """(Q,) bool: waits on the list of all acceptable units rather than of the first."""
    from_requested: np.ndarray
    """(Q,) bool: the stay runs from the request and not from the bed."""
    same_bed: np.ndarray
    """(Q,) bool: a patient whose unit also gives this kind stays in the bed they have."""
    slot: np.ndarray
    """(Q,) int32: the sort of slot needed along with the bed; -1 for none."""
    diversion: np.ndarray
    """(Q,) float64: full units are passed over within so many extra days of travel; -1 where diversion is off."""


class Steps(NamedTuple):
    """One row a step: a stage of a patient. The steps of one patient lie together, in order.

    A column that is the same for every step may be stored once, with length 1.
    """

    stage: np.ndarray
    """(M,) int32: row of `Stages`."""
    rank: np.ndarray
    """(M,) int32: row of ``Network.rank``, or -1: ranked from where the patient is then."""
    stay: np.ndarray
    """(M,) float64: days from the start of the stay to its end."""
    stay_same_bed: np.ndarray
    """(M,) or (1,) float64: the stay of one who goes on in the bed of the step before; NaN means ``stay``."""
    patience: np.ndarray
    """(M,) or (1,) float64: days after the first request at which the patient gives up, at least one grid step; inf never."""
    transfer: np.ndarray
    """(M,) or (1,) float64: days from being given this bed to leaving the one before; both are held."""
    leaving: np.ndarray
    """(M,) or (1,) float64: days a bed is kept after the last stay, before going home."""
    at_round: np.ndarray = np.zeros(1, dtype=bool)
    """(M,) or (1,) bool: whether a patient whose last stay it is leaves the bed only while staff discharge."""


class Patients(NamedTuple):
    """One row a patient, in the order of their numbers."""

    number: np.ndarray
    """(P,) int64: the cohort index, rising; breaks ties."""
    arrival: np.ndarray
    """(P,) float64: when the need arises. For a patient who waits at the start: when they first asked, 0 or less."""
    area: np.ndarray
    """(P,) int32: where they live."""
    contact: np.ndarray
    """(P,) or (1,) float64: days from the need to setting out for the first unit (first contact)."""
    first: np.ndarray
    """(P+1,) int64: the steps of patient p are ``first[p]:first[p+1]``, at least one."""
    start_unit: np.ndarray
    """(P,) or (1,) int32: for a patient present at time 0, the unit they are at; -1 for all others."""
    start_in_bed: np.ndarray
    """(P,) or (1,) bool: whether one present at time 0 lies in a bed (their first stay is what is left) or waits."""


class Journeys(NamedTuple):
    """Patients, their steps, and the network they go through."""

    network: Network
    stages: Stages
    steps: Steps
    patients: Patients
