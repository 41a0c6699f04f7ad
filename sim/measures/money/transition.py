"""Transition: what a change costs once - beds to build, staff paid twice for a while, and what stays behind after a closure.

Units of one site take over each other's beds and staff: only what the site as a whole loses is stranded, and only beds that it never
had are added. Not every bed that is added needs building: a share does, and the rest are found in wards that stand. A site that opens
beds again takes back what it has left stranded.

Double running ends on the day on which beds take patients. What of it falls before the first day costed is charged on that day,
as capital is.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...service.demand import DAYS_A_YEAR
from ...service.finance import Finance
from ...service.service import Service
from ..cost import unit_cost
from ..promise import promised_beds, promised_capital
from .activity import work_of
from .course import Span

MONTHS = 12


def months(start: float, end: float):
    """The months that a stretch of time touches, and the share of a year of it in each."""
    length = DAYS_A_YEAR / MONTHS
    for month in range(int(start // length + 1e-9), int(np.ceil(end / length - 1e-9))):
        days = min(end, (month + 1) * length) - max(start, month * length)
        if days > 1e-9:
            yield month, days / DAYS_A_YEAR


def transition(
    service: Service, spans: tuple[Span, ...], finance: Finance, at, amount: np.ndarray, bearer, rows: dict[str, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Add capital, double running and stranded cost to the months of a bill.

    Parameters
    ----------
    service
        Baseline or option.
    spans
        Its course.
    finance
        Prices, and the path of what is stranded.
    at
        The baseline at the start (`bill.Reference`).
    amount
        (M, L, K) GBP, added to in place.
    bearer
        From a span to the place of each unit among the bearers.
    rows
        By line, its place in ``amount``.

    Returns
    -------
    (Y, K) beds added and charged by the bed; (Y, K) of them those that need building; (Y, K) beds that promises add beside them; and (Y, 3)
    GBP a plan year of what closed in the year before, the one before that and so on, of which the path of `Finance` leaves a share.
    """
    rates, n = at.rates, finance.number
    years, site = spans[-1].year + 1, service.units.site
    added, built, promised = np.zeros((3, years, amount.shape[2]))
    most_promised = np.zeros(len(site))
    closed = np.zeros((years, len(finance.stranded_path)))
    was_open, was_beds, was_work = at.is_open, at.beds, at.work
    most = _by_site(np.where(was_open, was_beds, 0.0), site)
    lost: list[tuple[float, np.ndarray, np.ndarray]] = []
    for place, span in enumerate(spans):
        named = promised_beds(service, finance.origin + span.start)
        here, beds = bearer(span), span.beds - named
        work = work_of(service, span.activity)
        now = unit_cost(rates, service, span.is_open, beds, work)
        was = unit_cost(rates, service, was_open, was_beds, was_work)
        # Other work in the same beds asks for other staff, who are not left behind: only beds and openings count here.
        moves = (span.is_open != was_open) | (beds != was_beds)
        change = np.where(moves, now.fixed + now.semi_fixed - was.fixed - was.semi_fixed, 0.0)
        fallen = np.maximum(-change, 0.0) * _share(
            np.maximum(-_by_site(change, site), 0.0), np.maximum(-change, 0.0), site
        )
        lost = _taken_back(lost, np.maximum(_by_site(change, site), 0.0), site)
        if fallen.any():
            lost.append((span.start, fallen, bearer(spans[max(place - 1, 0)])))
        held, had = np.where(span.is_open, beds, 0.0), np.where(was_open, was_beds, 0.0)
        more = np.maximum(_by_site(held, site) - most, 0.0)
        risen = np.maximum(held - had, 0.0)
        more = risen * _share(more, risen, site)
        month = min(int(span.start // (DAYS_A_YEAR / MONTHS)), len(amount) - 1)
        needed = more * n["share_of_beds_built"]
        capital = needed * n["capital_per_bed"] + promised_capital(service, span.start, finance.origin)
        amount[month, rows["capital"], here] += capital
        amount[month, rows["optimism_bias"], here] += capital * n["optimism_bias"]
        amount[month, rows["value_added_tax"], here] += capital * (1 + n["optimism_bias"]) * n["value_added_tax"]
        added[span.year, here] += more
        built[span.year, here] += needed
        promised[span.year, here] += np.maximum(named - most_promised, 0.0)
        most_promised = np.maximum(most_promised, named)
        if more.any():
            without = unit_cost(rates, service, span.is_open, beds - more, work)
            wages = np.where(more > 0, now.semi_fixed - without.semi_fixed + np.where(was_open, 0.0, now.fixed), 0.0)
            for m, share in _double_running(span.start, n["double_running_months"]):
                amount[m, rows["double_running"], here] += wages * share
        for since, fall, by in lost:
            passed = int((span.start - since) / DAYS_A_YEAR + 1e-9)
            if passed < len(finance.stranded_path):
                closed[span.year, passed] += fall.sum() * span.years
                for m, share in months(span.start, span.end):
                    amount[m, rows["stranded"], by] += fall * finance.stranded_path[passed] * share
        most = np.maximum(most, _by_site(held, site))
        was_open, was_beds, was_work = span.is_open, beds, work
    growth = (1 + n["cost_growth"]) ** (np.arange(len(amount)) // MONTHS)
    amount[:, rows["capital"] :] *= growth[:, None, None]
    return added, built, promised, closed * (1 + n["cost_growth"]) ** np.arange(years)[:, None]


def _double_running(opening: float, length: float) -> Iterator[tuple[int, float]]:
    """The months of a bill in which staff are paid twice before beds take patients, and the share of a year of it in each.

    Parameters
    ----------
    opening
        Days from the first day costed to the day on which beds take patients.
    length
        Months of double running.

    Examples
    --------
    >>> [(month, round(12 * share, 9)) for month, share in _double_running(365.25, 3)]
    [(9, 1.0), (10, 1.0), (11, 1.0)]
    >>> [(month, round(12 * share, 9)) for month, share in _double_running(0.0, 3)]
    [(0, 3.0)]
    """
    first = opening - length * DAYS_A_YEAR / MONTHS
    if first < 0:
        yield 0, -first / DAYS_A_YEAR
    yield from months(max(first, 0.0), opening)


def _taken_back(lost: list[tuple[float, np.ndarray, np.ndarray]], back: np.ndarray, site: np.ndarray) -> list:
    """What is still lost, by date, once (S,) a site has capacity again: it takes back what it has left stranded, the oldest first."""
    made = []
    for since, fall, by in lost:
        of_site = _by_site(fall, site)
        used = np.minimum(of_site, back)
        back = back - used
        made.append((since, fall * (1 - _share(used, fall, site)), by))
    return made


def _by_site(value: np.ndarray, site: np.ndarray) -> np.ndarray:
    return np.bincount(site, weights=value, minlength=int(site.max(initial=-1)) + 1)


def _share(of_site: np.ndarray, of_unit: np.ndarray, site: np.ndarray) -> np.ndarray:
    """(U,) what each unit's value is multiplied by so that the units of a site sum to the site's."""
    whole = _by_site(of_unit, site)
    return np.divide(of_site, whole, out=np.zeros_like(whole), where=whole > 0)[site]
