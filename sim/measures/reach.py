"""Reach: how long emergencies take from the need to the unit that treats them, by way of another hospital where they come to one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .records import Records, Window
from .tidy import ALL, Outcome

DEFINITIONS = {
    "hours_to_unit_mean": "need to arrival at the first unit of the kind that access is measured to, over index patients on no list",
    "hours_to_unit_p95": "the hours that at least 95 % of them do not exceed",
}
"""Every measure here and its definition."""


def reach(records: Records, window: Window) -> Iterator[Outcome]:
    """The hours of patients whose need arose inside the window; nothing where all come straight to the unit that treats."""
    service = records.service
    if all(service.index_stage(group) is group.stages[0] for group in service.groups if group.is_index):
        return
    is_listed = np.array([bool(group.waiting_list) for group in service.groups])[records.sent.group]
    row = records.index[~is_listed[records.patient[records.index]]]
    need = records.sent.journeys.patients.arrival[records.patient[row]]
    hours = (records.trace.requested[row] - need)[window.has(need)] * 24
    hours = np.sort(hours[~np.isnan(hours)])
    last = hours[int(np.ceil(0.95 * len(hours))) - 1] if len(hours) else np.nan
    yield Outcome("hours_to_unit_mean", ALL, ("",), np.array([hours.mean() if len(hours) else np.nan]))
    yield Outcome("hours_to_unit_p95", ALL, ("",), np.array([last]))
