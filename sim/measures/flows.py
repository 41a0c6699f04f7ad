"""Flows: which patients meet another first unit under an option, and by how many minutes."""

from __future__ import annotations

import numpy as np

from .records import Records, Window


def first_units(records: Records, window: Window) -> tuple[np.ndarray, np.ndarray]:
    """The first unit of each index patient who arrived inside the window.

    Returns
    -------
    (P',) patient numbers, rising, and (P',) units; -1 for none. The need, not the door, is what falls inside the window, so that
    the same patients are counted under every option.
    """
    patients = records.sent.journeys.patients
    of = records.index[window.has(patients.arrival[records.patient[records.index]])]
    return patients.number[records.patient[of]], records.trace.unit[of]


def flow_matrix(
    baseline: tuple[np.ndarray, np.ndarray], option: tuple[np.ndarray, np.ndarray], units: int
) -> np.ndarray:
    """Patients by first unit in the baseline (row) and in the option (column).

    Patients present under one option only (growth) are left out: they moved from nowhere.

    Returns
    -------
    (U+1, U+1) counts; the last row and column stand for no unit.

    Examples
    --------
    >>> flow_matrix((np.array([1, 2, 5]), np.array([0, 1, 1])), (np.array([1, 2, 7]), np.array([0, 0, 1])), 2).tolist()
    [[1, 0, 0], [1, 0, 0], [0, 0, 0]]
    """
    _, here, there = np.intersect1d(baseline[0], option[0], assume_unique=True, return_indices=True)
    pair = (baseline[1][here] % (units + 1)) * (units + 1) + option[1][there] % (units + 1)
    return np.bincount(pair, minlength=(units + 1) ** 2).reshape(units + 1, units + 1)
