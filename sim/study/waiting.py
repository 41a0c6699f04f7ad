"""Waiting lists month by month: how long they are and how long people on them have waited, baseline beside option."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .comparison import interval, mean_of

if TYPE_CHECKING:
    from .tables import Findings

MEASURES = {
    "waiting_list": "waiting_list",
    "incomplete_within_18_weeks_share": "within_18_weeks_share",
    "waiting_over_52_weeks": "over_52_weeks",
    "waiting_over_65_weeks": "over_65_weeks",
}
"""Measures by month, and the columns they become."""


def waiting_list(found: Findings) -> list[dict]:
    """One row a month: the list and the incomplete pathways at its end; nothing where no group is on a list."""
    experiment = found.experiment
    if not experiment.has("waiting_list"):
        return []
    months = experiment.values("baseline", "waiting_list", "month")[0]
    rows: list[dict] = [{"month": month} for month in months]
    for measure, column in MEASURES.items():
        before, after = (experiment.values(side, measure, "month")[1] for side in ("baseline", "option"))
        for place, row in enumerate(rows):
            x, y = before[:, place], after[:, place]
            difference, low, high = interval(y - x)
            row |= {
                f"{column}_baseline": mean_of(x),
                f"{column}_option": mean_of(y),
                f"{column}_difference": difference,
                f"{column}_low": low,
                f"{column}_high": high,
            }
    return rows
