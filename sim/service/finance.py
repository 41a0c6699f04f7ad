"""Finance: how money is counted, how trusts are paid, and whose budget bears it.

The numbers behind it stand in a table, each with unit, price year, source and confidence; what is here is in pounds of one price
year. Reading is `build_finance`; who pays is `commissioning`; what follows from it all is `measures.money`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from .commissioning import ANY, Commissioning
from .demand import DAYS_A_YEAR
from .places import Columns
from .service import Parameter

PAYMENTS = ("block", "aligned", "activity")
"""How care may be paid: a fixed sum; a fixed sum and a share of the price of activity beside plan; the price of activity."""

HARMONISING = ("none", "national", "mean", "efficient_quarter")
"""To what providers' own prices may be brought: the national price, their mean, or that of the cheapest quarter of activity."""

BUDGETS = ("history", "need", "converging")
"""How budgets may be set."""

BASES = ("resident", "host")
"""Whose patients a commissioner pays for: those who live there, or those treated there."""

RISK_RULES = ("none", "proportional", "capped", "band")
"""How commissioners may share over- and underspends."""


@dataclass(frozen=True)
class PassThrough:
    """A device or drug that is paid for as it is used, outside the price of care."""

    name: str
    line: str
    """``device`` or ``drug``."""
    counts: str
    """The label of the stage that uses it."""
    list_price: float
    """GBP each."""
    rebate: float
    """Share of the list price that comes back."""
    growth: float
    """Real growth of the list price a year (share)."""
    shock: float
    """A jump of the list price (share)."""
    shock_at: float
    """Days from the first day costed."""
    is_in_cost: bool
    """Whether the service's cost of a procedure includes it, so that it is taken out there."""

    def price(self, at: float) -> float:
        """GBP each at list price at a time: growth by whole years, and the jump."""
        jump = 1 + self.shock if at >= self.shock_at else 1.0
        return self.list_price * (1 + self.growth) ** math.floor(at / DAYS_A_YEAR) * jump

    def net_price(self, at: float) -> float:
        """GBP each after rebate."""
        return self.price(at) * (1 - self.rebate)


@dataclass(frozen=True)
class PaymentChange:
    """From a day on, some care is paid in another way."""

    at: float
    """Days from the first day costed."""
    group: str
    stage: str
    how: str
    """One of `PAYMENTS`."""


@dataclass(frozen=True)
class Payment:
    """How care is paid for, and at whose prices."""

    changes: tuple[PaymentChange, ...]
    """The first holds for all care from the start; of two that fit, the later holds."""
    rebase: tuple[float, ...] = ()
    """Days on which fixed elements are set anew, on the activity and prices then in force; else they never move."""
    harmonise: str = "none"
    """One of `HARMONISING`."""
    harmonise_at: float = 0.0
    """Days from the first day costed; fixed elements are set anew then."""
    price_spread: float = 0.0
    """Coefficient of variation of providers' own prices where no table gives them: a guess, laid over providers by lot."""

    def how(self, group: str, stage: str, at: float) -> str:
        """How a stage is paid at a time."""
        of = [c for c in self.changes if c.at <= at and c.group in (ANY, group) and c.stage in (ANY, stage)]
        return of[-1].how


@dataclass(frozen=True)
class Budgets:
    """What commissioners have to spend."""

    by: str = "history"
    """One of `BUDGETS`."""
    basis: str = "resident"
    """One of `BASES`."""
    pooling: str = ""
    """The level of bodies within which commissioners pool what they have; empty for none."""
    given: Mapping[tuple[str, str], float] | None = None
    """By level and body, GBP a year; None where budgets follow from `by`."""


@dataclass(frozen=True)
class RiskShare:
    """How commissioners share what they spend beside budget."""

    rule: str = "none"
    """One of `RISK_RULES`."""
    share: float = 1.0
    """Under ``proportional``, the share of every deviation that is shared."""
    limit: float = 0.0
    """Share of budget. ``capped``: an overspend above it is shared. ``band``: whatever lies outside it either way is shared."""
    among: str = ""
    """The level of bodies within which is shared; empty for all commissioners of one level together."""
    shares: Mapping[str, float] | None = None
    """By commissioner, its part of what is shared; None for parts by budget."""
    start: float = 0.0
    """Days from the first day costed."""
    end: float = math.inf
    """Days from the first day costed."""
    taper_years: float = 0.0
    """Over so many years before the end the rule fades evenly to nothing."""

    def strength(self, at: float) -> float:
        """How much of the rule is in force at a time, 0 to 1.

        Examples
        --------
        >>> rule = RiskShare("proportional", end=1461.0, taper_years=2)
        >>> rule.strength(0.0), rule.strength(1461.0 - 365.25), rule.strength(1461.0)
        (1.0, 0.5, 0.0)
        """
        if self.rule == "none" or not self.start <= at < self.end:
            return 0.0
        return min(1.0, (self.end - at) / (self.taper_years * DAYS_A_YEAR)) if self.taper_years else 1.0


@dataclass(frozen=True)
class ProviderBook:
    """What a user says of a trust; NaN where nothing is said."""

    control_total: float = math.nan
    """GBP a year: the margin that was set for it."""
    total_income: float = math.nan
    """GBP a year from all services."""
    plan_income: float = math.nan
    """GBP a year that its plan assumes from this service."""
    price_ratio: float = math.nan
    """Its own price over the national one, market forces apart."""


@dataclass(frozen=True, eq=False)
class Finance:
    """Everything that turns activity into money."""

    name: str
    price_year: str
    """All money is in pounds of this year."""
    cost_price_year: str
    """The service's own costs are in pounds of this year."""
    cost_uplift: float
    """What a pound of the service's costs is in that year."""
    horizon_years: int
    """Whole years over which options are costed."""
    parameters: Mapping[str, Parameter]
    """The table of numbers as read, by name."""
    number: Mapping[str, float]
    """The same as numbers, pounds brought to the price year."""
    pass_through: tuple[PassThrough, ...]
    payment: Payment
    budgets: Budgets
    risk_share: RiskShare
    commissioning: Commissioning
    providers: Mapping[str, ProviderBook] = field(default_factory=dict)
    """By provider's code."""
    origin: float = 0.0
    """Days from the start of the run, which may begin with a warm-up, to the first day costed. Days elsewhere in finance count from it."""

    def __post_init__(self):
        for name in ("parameters", "number", "providers"):
            object.__setattr__(self, name, Columns(getattr(self, name)))

    @property
    def days(self) -> float:
        """Days from the first day costed to the last."""
        return self.horizon_years * DAYS_A_YEAR

    @property
    def stranded_path(self) -> tuple[float, ...]:
        """The share of fixed and semi-fixed cost not yet released in each year after a closure; nothing from then on."""
        return tuple(self.number[f"stranded_share_year_{year}"] for year in (1, 2, 3))

    @property
    def dates(self) -> tuple[float, ...]:
        """Days on which something about money changes."""
        days = [
            *self.payment.rebase,
            self.payment.harmonise_at,
            *(change.at for change in self.payment.changes),
            *(line.shock_at for line in self.pass_through),
            *self.commissioning.dates,
        ]
        return tuple(sorted({day for day in days if 0 < day < self.days}))

    def book(self, provider: str) -> ProviderBook:
        """What the user says of a trust."""
        return self.providers.get(provider, ProviderBook())
