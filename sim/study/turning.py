"""What would have to be true: the values of a few uncertain numbers at which an option and the baseline change places.

Each is sought on the functions that the tables rest on - expected activity, money, treatment in time - and nothing is simulated
anew. Health is counted in quality-adjusted life years of treated patients, money in the net present value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

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
    again: tuple[float, ...] = ()
    """Where else they change places within the range searched; `turns_at` is the nearest to what the number is now."""

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
    if np.isnan(even):
        said = "nothing changes, whatever the effect of volume"
    elif even == 0:
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

    found_at = [k * now for k in crossings(at, 0.0, most / now, _STEPS, 1e-9)]
    unit, what = "per 100 admissions", "share of patients given thrombectomy"
    if not found_at:
        said = f"no share from none to all those eligible ({most:.1f}) changes which is better by time alone"
        yield Turning(what, _HEALTH, now, np.nan, unit, said)
        return
    turn, *again = sorted(found_at, key=lambda each: abs(each - now))
    first = "below" if at(0.5 * min(found_at) / now) > 0 else "above"
    said = f"the option is the better one by time alone {_where(found_at, first, lambda each: f'{each:.1f}')} per 100"
    yield Turning(what, _HEALTH, now, turn, unit, said, again=tuple(again))


def _of_money(found: Findings) -> Iterator[Turning]:
    money = reckon(found)
    if money is None:
        return
    finance, number = found.finance, found.finance.number
    before, after = found.before.service, found.after.service
    saved = net_present_value(money) / 1e6
    start = f"now GBP {saved:+,.1f} million"

    as_it_is = bill_of(money, before, finance)

    def worth(changed: Finance, option: Service = after) -> float:
        base = as_it_is if changed is finance else bill_of(money, before, changed)
        return net_saving(base, bill_of(money, option, changed), changed) / 1e6

    def with_number(**values: float) -> Finance:
        return replace(finance, number={**number, **values})

    kept = [f"stranded_share_year_{year}" for year in (1, 2, 3)]

    def stranded(share: float) -> float:
        return worth(with_number(**dict.fromkeys(kept, share)))

    now = 100 * float(np.mean([number[name] for name in kept]))
    found_at = [100 * share for share in crossings(stranded, 0.0, 1.0, 4, 1e-6)]
    what, unit = "cost of closed units not yet released in each of three years", "% of fixed and semi-fixed cost, mean of three years"
    if found_at:
        turn, *again = sorted(found_at, key=lambda each: abs(each - now))
        first = "below" if stranded(0.0) > 0 else "above"
        said = f"the option saves {_where(found_at, first, lambda each: f'{each:.0f} %')} ({start})"
        yield Turning(what, _MONEY, now, turn, unit, said, again=tuple(again))
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

    @cache
    def late(months: float) -> float:
        return worth(slipped(found, months * DAYS_A_MONTH))

    turn, *again = crossings(late, 0.0, float(LATEST_MONTHS), LATEST_MONTHS, 0.01) or [np.nan]
    what, by, unit = "slip of every date of the option", _MONEY, "months"
    if turn == turn:
        until = f"until it is {turn:.1f} months late" if turn >= 0.5 else "only if it is in force from the first day"
        then = f", and turns again at {_listed([f'{each:.1f}' for each in again])}" if again else ""
        return Turning(what, by, 0.0, turn, unit, f"the option {'saves' if saved > 0 else 'costs'} {until}{then}", again=tuple(again))
    then = f"GBP {late(LATEST_MONTHS):+,.1f} million then"
    said = f"no slip up to {LATEST_MONTHS} months turns it: {then}; health a year, once in force, is the same"
    return Turning(what, by, 0.0, np.nan, unit, said)


def slipped(found: Findings, days: float) -> Service:
    """The option with each of its own dated changes so many days late; those from before the first day costed count from it."""
    origin, planned = found.finance.origin if found.finance else 0.0, set(found.before.service.changes)

    def late(change: Change) -> Change:
        return change if change in planned or not days else replace(change, at=max(change.at, origin) + days)

    return replace(found.after.service, changes=tuple(map(late, found.after.service.changes)))


_STEPS = 100
"""How finely a range is searched where a value costs nothing."""


def crossings(value: Callable[[float], float], low: float, high: float, steps: int, tolerance: float) -> list[float]:
    """Every number at which a function changes its sign between two ends, as far as a grid sees it, the lowest first.

    Parameters
    ----------
    value
        The function; where it jumps over 0, the place of the jump is found.
    low, high
        The ends.
    steps
        Of the grid; two changes within one step are not seen.
    tolerance
        By how much a number may be off.

    Examples
    --------
    >>> [round(x, 3) for x in crossings(lambda x: (x - 2) * (x - 5.5), 0.0, 36.0, 36, 0.001)]
    [2.0, 5.5]
    """
    from scipy.optimize import brentq

    grid = np.linspace(low, high, steps + 1).tolist()
    seen = [(x, value(x)) for x in grid]
    sure = [(x, y) for x, y in seen if y]  # what is exactly 0 is a change of sign only where both sides of it differ
    found = []
    for (a, ya), (b, yb) in zip(sure, sure[1:]):
        if not ya * yb < 0:
            continue
        level = [x for x, y in seen if a < x < b and not y]
        found.append(level[0] if level else float(brentq(value, a, b, xtol=tolerance, rtol=1e-12)))
    return found


def _where(turns: Sequence[float], first: str, shown: Callable[[float], str]) -> str:
    """Where something holds, by the numbers at which it begins or ends.

    Examples
    --------
    >>> _where([2.0], "below", str), _where([2.0, 5.0], "above", str), _where([2.0, 5.0], "below", str)
    ('below 2.0', 'from 2.0 to 5.0', 'below 2.0 and above 5.0')
    """
    ends = [shown(each) for each in sorted(turns)]
    parts = [f"below {ends.pop(0)}"] if first == "below" else []
    while len(ends) > 1:
        parts.append(f"from {ends.pop(0)} to {ends.pop(0)}")
    return _listed(parts + ([f"above {ends[0]}"] if ends else []))


def _listed(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
