"""Delays: delayed transfers priced twice - who bears them now, and what the local beds they wait for would cost whom.

A delayed bed-day is priced at what the staffed bed and what is used up in it cost; it is part of the unit's cost already and is
never added to it. Where a unit is paid by the admission its trust bears the day; where it is paid by the bed-day the commissioners do.
The beds that would end most waits are those wanting for the stated chance of delay, by the quick estimate from the load; those from the
simulation stand beside them, and count whoever queues where a unit is saturated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...measures.cost import unit_cost
from ...measures.load import beds_for_delay
from ...measures.money.activity import work_of
from ...measures.money.bill import rests_on
from ...service.commissioning import LEVELS
from ...service.demand import DAYS_A_YEAR
from ..comparison import interval, mean_of
from .case import SIDES, Money, guesses, reckon, span_of_window

if TYPE_CHECKING:
    from ..tables import Findings

MEASURE = "delayed_transfer_bed_days_per_year"
BORNE, LOCAL, TOTAL = "borne now", "local beds", "all"

_DAYS = ("bed_days_baseline", "bed_days_option", "bed_days_difference", "low", "high")
_GBP = ("gbp_a_bed_day", "gbp_baseline", "gbp_option", "gbp_difference")
_WANTING = tuple(f"beds_wanting{how}_{side}" for how in ("", "_simulated") for side in SIDES)
_CAPITAL = tuple(f"capital_once_{side}_gbp" for side in SIDES)
_ROW = dict.fromkeys(
    ("part", "unit", "name", "provider", "icb", "who_bears", *_DAYS, *_GBP, *_WANTING, *_CAPITAL, "rests_on_guesses")
)


class Beds(NamedTuple):
    """The units of one side in the middle of the measured window; (U,) each."""

    day_gbp: np.ndarray
    """What a bed-day costs: staff beyond the rota, and what is used up."""
    wanting: np.ndarray
    """Beds wanting for the stated chance of delay, by the load."""
    wanting_simulated: np.ndarray
    """The same from the simulation."""
    running_gbp: np.ndarray
    """What these would cost a year."""
    capital_gbp: np.ndarray
    """What building would cost once, value added tax apart."""
    provider: np.ndarray


def delays(found: Findings) -> list[dict]:
    """One row a unit in which patients wait to move on, one a unit they wait for, and the sum of each; empty where nobody waits."""
    money = reckon(found)
    if money is None or found.service.staffing is None:
        return []
    sides = [_beds(found, money, name) for name in SIDES]
    borne, local = _borne(found, money, sides), _local(found, money, sides)
    return [*borne, *_summed(found, BORNE, "unit", borne), *local, *_summed(found, LOCAL, "waited_for", local)]


def _beds(found: Findings, money: Money, name: str) -> Beds:
    side, n, rates = money.side[name], money.finance.number, money.at.rates
    span = span_of_window(found, name)
    service, work = side.service, work_of(side.service, span.activity)
    now = unit_cost(rates, service, span.is_open, span.beds, work)
    staffed = np.where(span.is_open, span.beds, 0.0) * DAYS_A_YEAR
    used = np.divide(now.variable, work.bed_days, out=np.zeros(len(staffed)), where=work.bed_days > 0)
    day = np.divide(now.semi_fixed, staffed, out=np.zeros(len(staffed)), where=staffed > 0) + used
    waited = found.experiment.values(name, MEASURE, "waited_for")[1].mean(axis=0) > 0
    quick = beds_for_delay(work.bed_days / DAYS_A_YEAR, service.staffing.delay)
    seen = found.experiment.values(name, "beds_needed", "unit")[1].mean(axis=0)
    wanting, simulated = (np.where(waited & span.is_open, np.maximum(beds - span.beds, 0.0), 0.0) for beds in (quick, seen))
    more = unit_cost(rates, service, span.is_open, span.beds + wanting, work)
    built = wanting * n["share_of_beds_built"] * n["capital_per_bed"] * (1 + n["optimism_bias"])
    return Beds(day, wanting, simulated, more.semi_fixed - now.semi_fixed, built, span.provider)


def _borne(found: Findings, money: Money, sides: list[Beds]) -> list[dict]:
    x, y = (found.experiment.values(name, MEASURE, "unit")[1] for name in SIDES)
    said = guesses(money, found.service, rests_on(found.service, "semi_fixed", "variable"))
    rows = []
    for u in np.flatnonzero((x + y).sum(axis=0) > 0).tolist():
        by_day = money.at.rates.pool[u] > 0
        gbp = [float(mean_of(days[:, u]) * side.day_gbp[u]) for days, side in zip((x, y), sides)]
        bearer = "commissioners of the patients: the unit is paid by the bed-day"
        rows.append(
            _row(found, money, BORNE, u, x[:, u], y[:, u], gbp, said)
            | {
                "who_bears": bearer
                if by_day
                else "the trust: the unit is paid by the admission, however long it lasts",
                "gbp_a_bed_day": float(sides[0].day_gbp[u] or sides[1].day_gbp[u]),
            }
        )
    return rows


def _local(found: Findings, money: Money, sides: list[Beds]) -> list[dict]:
    x, y = (found.experiment.values(name, MEASURE, "waited_for")[1] for name in SIDES)
    said = guesses(money, found.service, rests_on(found.service, "semi_fixed", "capital"))
    rows = []
    for u in np.flatnonzero((x + y).sum(axis=0) > 0).tolist():
        gbp = [float(side.running_gbp[u]) for side in sides]
        rows.append(
            _row(found, money, LOCAL, u, x[:, u], y[:, u], gbp, said)
            | {
                "who_bears": "the trust that would run them, unless the ICB of the place pays for them",
                "beds_wanting_baseline": float(sides[0].wanting[u]),
                "beds_wanting_option": float(sides[1].wanting[u]),
                "beds_wanting_simulated_baseline": float(sides[0].wanting_simulated[u]),
                "beds_wanting_simulated_option": float(sides[1].wanting_simulated[u]),
                "capital_once_baseline_gbp": float(sides[0].capital_gbp[u]),
                "capital_once_option_gbp": float(sides[1].capital_gbp[u]),
            }
        )
    return rows


def _row(found, money, part: str, u: int, x: np.ndarray, y: np.ndarray, gbp: list[float], said: str) -> dict:
    service, parties = found.service, money.parties
    payer = parties.of_site[LEVELS.index("icb"), service.units.site[u]]
    return _ROW | {
        "part": part,
        "unit": str(service.units.id[u]),
        "name": str(service.units.name[u]),
        "provider": str(span_of_window(found, "option").provider[u]),
        "icb": str(parties.body[payer]),
        **_days(x, y),
        **dict(zip(("gbp_baseline", "gbp_option"), gbp)),
        "gbp_difference": gbp[1] - gbp[0],
        "rests_on_guesses": said,
    }


def _days(x: np.ndarray, y: np.ndarray) -> dict:
    difference, low, high = interval(y - x)
    mean = {"bed_days_baseline": mean_of(x), "bed_days_option": mean_of(y)}
    return mean | {"bed_days_difference": difference, "low": low, "high": high}


def _summed(found: Findings, part: str, by: str, rows: list[dict]) -> list[dict]:
    if not rows:
        return []
    x, y = (found.experiment.values(name, MEASURE, by)[1].sum(axis=1) for name in SIDES)
    summed = [key for key, value in rows[0].items() if key.startswith(("gbp_", "beds_", "capital_")) and value is not None]
    total = {key: sum(row[key] for row in rows) for key in summed if key != "gbp_a_bed_day"}
    named = {"part": part, "unit": TOTAL, "name": "all units", "provider": TOTAL, "rests_on_guesses": rows[0]["rests_on_guesses"]}
    return [_ROW | named | _days(x, y) | total]
