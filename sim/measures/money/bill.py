"""Bill: what a service costs in each plan year and month, by line, unit and the trust that bears it, in whole pence.

Lines that go on are charged by the day; capital falls when beds are added; double running lasts some months before they take
patients; what is stranded goes on after a closure and falls from year to year. All is in real terms, in pounds of one price year.

Letters: Y plan years, M months (twelfths of plan years), L lines, K bearers (a unit under one trust), U units.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...service.demand import DAYS_A_YEAR
from ...service.finance import Finance
from ...service.service import Service
from ..cost import PARTS, CostRates, Work, unit_cost
from ..promise import promised_beds, promised_cost
from .activity import Activity, counted, first_stages, work_of
from .course import Span
from .pence import in_pence
from .transition import MONTHS, months, transition

LINES = {
    "fixed": "units: open at all",
    "semi_fixed": "units: staffed beds",
    "variable": "units: bed-days",
    "procedures": "procedures, devices apart",
    "pass_through": "devices and drugs, net of rebate",
    "conveyance": "ambulances from home",
    "transfers": "ambulances between sites",
    "promises": "running cost of promised investments",
    "capital": "capital of added beds",
    "optimism_bias": "optimism bias on capital",
    "value_added_tax": "value added tax on capital",
    "double_running": "double running before beds take patients",
    "stranded": "stranded cost of what closed",
}
"""Every line of a bill, in order, and what it is."""

NOT_IN_PRESENT_VALUE = ("value_added_tax",)
"""Lines that are cash but no resource of the economy (Green Book)."""

_CAPACITY = ("fixed", "semi_fixed")

RESTS_ON = {
    "fixed": ("cost_growth",),
    "semi_fixed": ("bed_step", "cost_growth"),
    "variable": ("cost_growth",),
    "procedures": ("cost_growth",),
    "pass_through": ("device_rebate", "device_growth", "device_shock"),
    "conveyance": ("ambulance_share", "ambulance_job", "ambulance_return_ratio", "cost_growth"),
    "transfers": ("ambulance_job", "ambulance_return_ratio", "cost_growth"),
    "promises": ("cost_growth",),
    "capital": ("capital_per_bed", "share_of_beds_built", "cost_growth"),
    "optimism_bias": ("capital_per_bed", "share_of_beds_built", "optimism_bias", "cost_growth"),
    "value_added_tax": ("capital_per_bed", "share_of_beds_built", "optimism_bias", "value_added_tax", "cost_growth"),
    "double_running": ("double_running_months", "cost_growth"),
    "stranded": ("stranded_share_year_1", "stranded_share_year_2", "stranded_share_year_3", "cost_growth"),
}
"""By line, the numbers of finance that it rests on."""

_BUILT_OF = {**{part: (part,) for part in PARTS}, "double_running": _CAPACITY, "stranded": _CAPACITY}
"""By line, the parts of unit cost that it is made of."""


def rests_on(service: Service, *lines: str) -> tuple[str, ...]:
    """The numbers of finance and of the service that some lines of a bill rest on, or all; prices and volumes apart."""
    named = service.costs.named if service.costs else {}
    found = [
        name
        for line in lines or LINES
        for name in (*RESTS_ON[line], *(name for part in _BUILT_OF.get(line, ()) for name in named.get(part, ())))
    ]
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, eq=False)
class Reference:
    """What of the baseline at the start all bills are measured by."""

    rates: CostRates
    is_open: np.ndarray
    """(U,) bool: the units open at the start."""
    beds: np.ndarray
    """(U,) their beds."""
    work: Work
    """What is done in them."""
    conveyance_hours: float
    """Hours of an ambulance for a journey from home."""
    transfer_hours: float
    """Hours of an ambulance for a journey between sites."""
    in_procedure: dict[str, float]
    """By label, the share of a procedure's cost that is paid as devices or drugs instead."""


@dataclass(frozen=True, eq=False)
class Bill:
    """The cost of a service."""

    pence: np.ndarray
    """(Y, L, K) int64."""
    month: np.ndarray
    """(M, L) int64: the same by twelfths of the plan years."""
    by_month: np.ndarray
    """(M, L, K) GBP: the same before it is brought to whole pence."""
    unit: np.ndarray
    """(K,) int: the unit."""
    provider: np.ndarray
    """(K,) text: the trust that bears it."""
    beds_added: np.ndarray
    """(Y, K) beds added, those apart whose cost a promise names."""
    beds_built: np.ndarray
    """(Y, K) of them, those that need building."""
    beds_promised: np.ndarray
    """(Y, K) beds that promises add, which are not charged by the bed."""
    closed: np.ndarray
    """(Y, 3) GBP of what has closed less than one, two and three years ago, of which a share is stranded."""
    conveyance_hours: np.ndarray
    """(Y,) hours of ambulances on journeys from home."""
    transfer_hours: np.ndarray
    """(Y,) hours of ambulances on journeys between sites."""

    @cached_property
    def line(self) -> dict[str, np.ndarray]:
        """By line, (Y,) pence."""
        return {name: self.pence[:, place].sum(axis=1) for place, name in enumerate(LINES)}

    @property
    def total(self) -> np.ndarray:
        """(Y,) pence: the sum of the lines."""
        return self.pence.sum(axis=(1, 2))

    @property
    def in_present_value(self) -> np.ndarray:
        """(Y,) pence: the sum of the lines that count in a present value."""
        return self.total - sum(self.line[name] for name in NOT_IN_PRESENT_VALUE)

    def of_provider(self, provider: str, *lines: str) -> np.ndarray:
        """(Y,) pence that a trust bears: of some lines, or of all but ambulances."""
        places = [
            list(LINES).index(name) for name in lines or (n for n in LINES if n not in ("conveyance", "transfers"))
        ]
        return self.pence[:, places][:, :, self.provider == provider].sum(axis=(1, 2))


def reference(rates: CostRates, service: Service, activity: Activity, finance: Finance) -> Reference:
    """Measure the baseline at the start.

    Parameters
    ----------
    rates
        Its cost rates, at the finance's price year.
    service
        The baseline.
    activity
        What is done there in a year.
    finance
        Prices.
    """
    is_first = first_stages(service)[activity.stage]
    hours = [_hours(activity, of, finance) for of in (is_first, ~is_first)]
    journeys = [activity.journeys[of].sum() for of in (is_first, ~is_first)]
    mean = [h / n if n > 0 else 0.0 for h, n in zip(hours, journeys)]
    shares = {}
    for label in {line.counts for line in finance.pass_through if line.is_in_cost}:
        cost = service.costs.counted.get(label, 0.0) * finance.cost_uplift
        listed = sum(p.list_price for p in finance.pass_through if p.is_in_cost and p.counts == label)
        shares[label] = min(1.0, listed / cost) if cost else 0.0
    is_open, beds = service.is_open(finance.origin), service.beds(finance.origin)
    return Reference(rates, is_open, beds, work_of(service, activity), *mean, shares)


def _hours(activity: Activity, of: np.ndarray, finance: Finance) -> float:
    return float(activity.journey_minutes[of].sum()) * finance.number["ambulance_return_ratio"] / 60


def ambulance_gbp(service: Service, activity: Activity, finance: Finance, at: Reference) -> np.ndarray:
    """(N,) GBP a year of the ambulances of each row of activity.

    A journey costs the price of an average one; minutes beyond the baseline's mean are priced by the hour.
    """
    is_first = first_stages(service)[activity.stage]
    n = finance.number
    usual = np.where(is_first, at.conveyance_hours, at.transfer_hours)
    hours = activity.journey_minutes * n["ambulance_return_ratio"] / 60
    gbp = (
        activity.journeys * at.rates.transfer
        + (hours - activity.journeys * usual) * at.rates.transfer / n["ambulance_job"]
    )
    return gbp * by_ambulance(service, finance)[activity.stage]


def by_ambulance(service: Service, finance: Finance) -> np.ndarray:
    """(Q,) the share of journeys to each stage that an ambulance makes: every transfer, some of those from home, and none of patients
    who are asked in from a waiting list."""
    listed = np.array([bool(group.waiting_list) for group in service.groups for _ in group.stages])
    from_home = np.where(listed, 0.0, finance.number["ambulance_share"])
    return np.where(first_stages(service), from_home, 1.0)


def running(service: Service, span: Span, finance: Finance, at: Reference, price_year: int | None = None) -> np.ndarray:
    """What goes on in a span, as if it lasted a year.

    Parameters
    ----------
    service
        Baseline or option.
    span
        One of its spans.
    finance
        Prices.
    at
        The baseline at the start.
    price_year
        The plan year whose real prices hold; the span's own where not given.

    Returns
    -------
    (L, U) GBP a year; capital, double running and stranded cost are 0.
    """
    year = span.year if price_year is None else price_year
    units, activity = len(service.units), span.activity
    done = counted(service, activity)
    beds = span.beds - promised_beds(service, finance.origin + span.start)
    parts = unit_cost(at.rates, service, span.is_open, beds, work_of(service, activity))
    core = np.zeros(units)
    for label, price in at.rates.procedure.items():
        core += price * (1 - at.in_procedure.get(label, 0.0)) * done.get(label, 0.0) * at.rates.factor
    moment = max(span.start, 0.0) if price_year is None else price_year * DAYS_A_YEAR
    passed = sum(
        (line.net_price(moment) * done.get(line.counts, np.zeros(units)) for line in finance.pass_through),
        np.zeros(units),
    )
    ambulance, is_first = ambulance_gbp(service, activity, finance, at), first_stages(service)[activity.stage]
    promised = promised_cost(service, finance.origin + span.start)
    growth = (1 + finance.number["cost_growth"]) ** year
    made = np.zeros((len(LINES), units))
    made[:4] = np.stack([parts.fixed, parts.semi_fixed, parts.variable, core]) * growth
    made[4] = passed
    made[5] = activity.by_unit(ambulance * is_first, units) * growth
    made[6] = activity.by_unit(ambulance * ~is_first, units) * growth
    made[7] = promised * growth
    return made


def bill(service: Service, spans: tuple[Span, ...], finance: Finance, at: Reference) -> Bill:
    """Add up what a service costs.

    Parameters
    ----------
    service
        Baseline or option, with known beds.
    spans
        Its course.
    finance
        Prices, and the path of what is stranded.
    at
        The baseline at the start.
    """
    years = spans[-1].year + 1
    bearer, unit, provider = _bearers(spans)
    amount = np.zeros((years * MONTHS, len(LINES), len(unit)))
    hours = np.zeros((2, years))
    is_first, share_driven = first_stages(service), by_ambulance(service, finance)
    for span in spans:
        by_unit = running(service, span, finance, at)
        for month, share in months(span.start, span.end):
            amount[month][:, bearer(span)] += by_unit * share
        of = is_first[span.activity.stage]
        taken = span.activity._replace(
            journey_minutes=span.activity.journey_minutes * share_driven[span.activity.stage]
        )
        hours[:, span.year] += span.years * np.array([_hours(taken, rows, finance) for rows in (of, ~of)])
    *beds, closed = transition(service, spans, finance, at, amount, bearer, {name: row for row, name in enumerate(LINES)})
    yearly = amount.reshape(years, MONTHS, *amount.shape[1:]).sum(axis=1)
    pence = np.stack([_whole(each) for each in yearly])
    return Bill(pence, _by_month(pence, amount), amount, unit, provider, *beds, closed, *hours)


def _whole(amount: np.ndarray) -> np.ndarray:
    """(L, K) pence: each line keeps its sum, and the three parts of unit cost theirs together."""
    parts = in_pence(amount[:3].sum(axis=1)).tolist()
    return np.stack([in_pence(line, total) for line, total in zip(amount, [*parts, *[None] * (len(amount) - 3)])])


def _by_month(pence: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """(M, L) pence: each line of a year over its months, so that they sum to it."""
    years, lines = pence.shape[:2]
    weight = amount.sum(axis=2).reshape(years, MONTHS, lines)
    made = np.zeros((years, MONTHS, lines), dtype=np.int64)
    for year in range(years):
        for line in range(lines):
            total, whole = int(pence[year, line].sum()), weight[year, :, line].sum()
            share = weight[year, :, line] / whole if abs(whole) > 1e-9 else np.full(MONTHS, 1 / MONTHS)
            made[year, :, line] = in_pence(total * share / 100)
    return made.reshape(years * MONTHS, lines)


def _bearers(spans: tuple[Span, ...]):
    """Which (unit, trust) pairs there are, and where those of a span stand among them."""
    pairs = {(u, str(name)): None for span in spans for u, name in enumerate(span.provider)}
    place = {pair: k for k, pair in enumerate(pairs)}

    def of(span: Span) -> np.ndarray:
        return np.array([place[u, str(name)] for u, name in enumerate(span.provider)])

    return of, np.array([u for u, _ in pairs]), np.array([name for _, name in pairs])
