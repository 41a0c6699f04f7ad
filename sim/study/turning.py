"""What would have to be true: the values of a few uncertain numbers at which an option and the baseline change places.

Each is sought on the functions that the tables rest on - expected activity, money, treatment in time - and nothing is simulated
anew. Health is counted in quality-adjusted life years of treated patients, money in the net present value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..service.finance import Finance
from ..service.service import Change, Service
from .money import bill_of, break_even_capital, net_present_value, net_saving, reckon
from .outcome import change_of
from .tables import Findings

DAYS_A_MONTH = 365.25 / 12
LATEST_MONTHS = 36
"""How many months late the option is let come."""


@dataclass(frozen=True)
class Turning:
    """A number, and where it turns the answer."""

    what: str
    """The number, in words."""
    by: str
    """What the option is judged by."""
    now: float
    """What it is taken to be."""
    turns_at: float
    """Where option and baseline change places; NaN where they do not within the range searched."""
    unit: str
    said: str
    """In words."""
    low: float = np.nan
    """Lower end of the 95 % interval of where it turns; NaN where there is none."""
    high: float = np.nan

    @property
    def is_found(self) -> bool:
        """Whether there is such a value."""
        return self.turns_at == self.turns_at


def turning_points(found: Findings) -> list[Turning]:
    """Where the effect of volume, the treated share, the release of cost, capital and the date turn the answer.

    What is not known of a service - outcome, money - is left out.
    """
    return [*_of_health(found), *_of_money(found)]


_HEALTH, _MONEY = "health (QALYs of treated patients)", "money (net saving, present value)"


def _of_health(found: Findings) -> Iterator[Turning]:
    seen = change_of(found)
    if seen is None:
        return
    even = float(seen.break_even[2])
    low, high = np.quantile(seen.break_even_draw[:, 2], (0.025, 0.975), method="nearest")
    gain = np.diff(seen.value[0, :, :, -1], axis=0)[0]  # by treatment, by time alone
    size = f"{gain.sum():+.1f} QALYs a year by time alone"
    if even == 0:
        said = f"none is needed: time alone does no harm ({size}); 95 % of draws: {_share(low)} to {_share(high)} of it"
    elif np.isinf(even):
        said = f"no size up to ten times the published one turns it ({size})"
    else:
        range_of_it = f"95 % of draws: {_share(low)} to {_share(high)}"
        said = f"the option is the better one from {_share(even)} of the published effect of volume on ({size}; {range_of_it})"
    at = np.nan if np.isinf(even) else 100 * even
    yield Turning("size of the effect of volume", _HEALTH, 100.0, at, "% of the published", said, 100 * low, 100 * high)
    yield from _treated_share(found, gain)


def _share(size: float) -> str:
    return "no size" if np.isinf(size) else f"{100 * size:.0f} %"


def _treated_share(found: Findings, gain: np.ndarray) -> Iterator[Turning]:
    """Where the share of patients given thrombectomy turns the sign of health by time alone.

    With k times as many thrombectomies, their gain is k times as large, and that of thrombolysis falls with those who have both:
    a straight line in k.
    """
    service, benefit = found.service, found.service.benefit
    total = float(found.before.load.index.sum())
    done = float(np.sum(found.before.load.counted.get(benefit.thrombectomy, 0.0)))
    if not total or not done:
        return
    both = benefit.numbers["share_thrombolysed_too"] * done / total
    lysed = benefit.thrombolysis_share - both
    now = 100 * done / total
    most = 100 * service.eligible_share if service.eligible_share else 100.0
    thrombolysis, thrombectomy = gain

    def at(k: float) -> float:
        return k * thrombectomy + (max(0.0, benefit.thrombolysis_share - k * both) / lysed * thrombolysis if lysed > 0 else 0.0)

    k = _zero(at, 0.0, most / now)
    unit, what = "per 100 admissions", "share of patients given thrombectomy"
    if k != k:
        said = f"no share from none to all those eligible ({most:.1f}) changes which is better by time alone"
        yield Turning(what, _HEALTH, now, np.nan, unit, said)
        return
    side = "above" if at(most / now) > 0 else "below"
    yield Turning(what, _HEALTH, now, k * now, unit, f"the option is the better one by time alone {side} {k * now:.1f} per 100")


def _of_money(found: Findings) -> Iterator[Turning]:
    money = reckon(found)
    if money is None:
        return
    finance, number = found.finance, found.finance.number
    before, after = found.before.service, found.after.service
    saved = net_present_value(money) / 1e6
    start = f"now GBP {saved:+,.1f} million"

    def worth(changed: Finance, option: Service = after) -> float:
        return net_saving(*(bill_of(money, service, changed) for service in (before, option)), changed) / 1e6

    def with_number(**values: float) -> Finance:
        return replace(finance, number={**number, **values})

    kept = [f"stranded_share_year_{year}" for year in (1, 2, 3)]

    def stranded(share: float) -> float:
        return worth(with_number(**dict.fromkeys(kept, share)))

    now = 100 * float(np.mean([number[name] for name in kept]))
    at = _zero(stranded, 0.0, 1.0)
    what, unit = "cost of closed units not yet released in each of three years", "% of fixed and semi-fixed cost, mean of three years"
    if at == at:
        yield Turning(what, _MONEY, now, 100 * at, unit, f"the option saves below {100 * at:.0f} % ({start})")
    else:
        ends = [stranded(0.0), stranded(1.0)]
        said = f"no release turns it: GBP {ends[0]:+,.1f} million if all is released at once, {ends[1]:+,.1f} if nothing is for three years"
        yield Turning(what, _MONEY, now, np.nan, unit, said)
    yield from _capital(number["capital_per_bed"], break_even_capital(money), start)
    yield _slip(found, lambda option: worth(finance, option), saved)


def _capital(now: float, even: float, start: str) -> Iterator[Turning]:
    """Where capital turns the answer (`money.break_even_capital`)."""
    what, unit = "capital for each bed that is built", "GBP"
    if even != even:
        said = "no bed is built, so nothing hangs on it"
    elif even < 0:
        said = f"the option costs more than it saves even if beds were built for nothing ({start})"
    else:
        yield Turning(what, _MONEY, now, even, unit, f"the option saves below GBP {even:,.0f} a bed ({start})")
        return
    yield Turning(what, _MONEY, now, np.nan, unit, said)


def _slip(found: Findings, worth: Callable[[Service], float], saved: float) -> Turning:
    """How many months late the option turns from saving to costing, or the other way."""

    def late(months: float) -> float:
        return worth(slipped(found, months * DAYS_A_MONTH))

    at = _zero(late, 0.0, float(LATEST_MONTHS), 0.5)
    what, by, unit = "slip of every date of the option", _MONEY, "months"
    if at == at:
        until = f"until it is {at:.0f} months late" if at >= 0.5 else "only if it is in force from the first day"
        return Turning(what, by, 0.0, at, unit, f"the option {'saves' if saved > 0 else 'costs'} {until}")
    then = f"GBP {late(LATEST_MONTHS):+,.1f} million then"
    said = f"no slip up to {LATEST_MONTHS} months turns it: {then}; health a year, once in force, is the same"
    return Turning(what, by, 0.0, np.nan, unit, said)


def slipped(found: Findings, days: float) -> Service:
    """The option with each of its own dated changes so many days late; those from before the first day costed count from it."""
    origin, planned = found.finance.origin if found.finance else 0.0, set(found.before.service.changes)

    def late(change: Change) -> Change:
        return change if change in planned or not days else replace(change, at=max(change.at, origin) + days)

    return replace(found.after.service, changes=tuple(map(late, found.after.service.changes)))


def _zero(value: Callable[[float], float], low: float, high: float, tolerance: float = 1e-6) -> float:
    """Where a function changes its sign between two ends; NaN where it has the same sign at both, or is nothing there."""
    from scipy.optimize import brentq

    known: dict[float, float] = {}

    def once(x: float) -> float:
        if x not in known:
            known[x] = value(x)
        return known[x]

    if not once(low) * once(high) < 0:
        return float("nan")
    return float(brentq(once, low, high, xtol=tolerance * max(1.0, high), rtol=1e-6))
