"""The plan of each organisation: two years of beds, heads, income, cost and margin, month by month and by April-March year.

Money is that of each trust's account (`money.sheet`): twelve months from the first day costed are its plan year, to the penny. Other
columns join by provider: a function from a view to numbers by provider, listed in `COLUMNS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from ..measures.months import month_edges
from ..measures.records import Window
from .money import plan_guesses, plan_money
from .staff import heads_of, pathway_guesses
from .view import View, view

if TYPE_CHECKING:
    from .tables import Findings

ByProvider = Callable[[View], Mapping[str, Mapping[str, float]]]
"""From a view to, by column, numbers by provider: levels, which are averaged over days."""


def beds_and_heads(seen: View) -> dict[str, dict[str, float]]:
    """Beds in force, and whole-time equivalents by group of staff, of each provider."""
    who = seen.service.provider(seen.at)
    names, place = np.unique(who, return_inverse=True)

    def total(of: np.ndarray) -> dict[str, float]:
        return dict(zip(names.tolist(), np.bincount(place, weights=of, minlength=len(names)).tolist()))

    columns = {"beds": total(np.where(seen.is_open, seen.beds, 0))}
    if seen.service.staffing:
        found = heads_of(seen)
        columns["wte"] = total(sum(of.whole_time for of in found.values()))
        columns |= {f"wte_{name.replace(' ', '_')}": total(of.whole_time) for name, of in found.items()}
    return columns


COLUMNS: list[ByProvider] = [beds_and_heads]
"""What a plan sheet holds."""


def plan(found: Findings, columns: Sequence[ByProvider] = tuple(COLUMNS), years: int = 2) -> list[dict]:
    """One row an organisation and month, and one an organisation and April-March year.

    Parameters
    ----------
    found
        The comparison.
    columns
        What to show; see `COLUMNS`.
    years
        How long, from the first day that is measured.
    """
    calendar, first = found.service.calendar, found.experiment.run.window.start
    window = Window(first, first + _days(calendar.date(first), years))
    names, edge = month_edges(calendar, window)
    sides = {label: _by_month(seen, columns, edge) for label, seen in (("baseline", found.before), ("option", found.after))}
    paid, nothing = plan_money(found, edge), np.zeros(len(names))
    shown = dict.fromkeys(key for months in sides.values() for key in months[0])
    providers = sorted({who for months in sides.values() for month in months for of in month.values() for who in of})
    days, year = np.diff(edge), [calendar.financial_year(float(at)) for at in edge[:-1]]
    rows, said = [], "; ".join((*pathway_guesses(found), *plan_guesses(found)))
    for provider in providers:
        table = {
            f"{key}_{label}": np.array([month.get(key, {}).get(provider, 0.0) for month in months])
            for key in shown
            for label, months in sides.items()
        }
        flow = {f"{key}_{label}": by.get(provider, nothing) for label, of in paid.items() for key, by in of.items()}
        periods = [(name, [place]) for place, name in enumerate(names)]
        periods += [(each, [p for p, y in enumerate(year) if y == each]) for each in dict.fromkeys(year)]
        for name, of in periods:
            row = {"provider": provider, "period": name, "days": float(days[of].sum())}
            for key in shown:
                x, y = (float(table[f"{key}_{label}"][of] @ days[of] / days[of].sum()) for label in sides)
                row |= {f"{key}_baseline": x, f"{key}_option": y, f"{key}_change": y - x}
            for key in next(iter(paid.values()), ()):
                x, y = (round(float(flow[f"{key}_{label}"][of].sum()), 2) for label in sides)
                row |= {f"{key}_baseline": x, f"{key}_option": y, f"{key}_change": round(y - x, 2)}
            rows.append(row | {"rests_on_guesses": said})
    return rows


def _days(start: date, years: int) -> float:
    is_leap_day = (start.month, start.day) == (2, 29)
    last = date(min(start.year + years, date.max.year), start.month, 28 if is_leap_day else start.day)
    return float(max(1, (last - start).days))


def _by_month(seen: View, columns: Sequence[ByProvider], edge: np.ndarray) -> list[dict[str, dict[str, float]]]:
    """By month, by column, by provider: the mean over the month's days of what is in force."""
    service, end = seen.service, float(edge[-1])
    start = float(edge[0])
    turns = {
        start,
        *(c.at for c in service.changes if start < c.at < end),
        *(c.at for c in service.new_providers if start < c.at < end),
    }
    if service.demand.growth or service.demand.factors:
        turns |= set(edge[:-1].tolist())
    at = sorted(turns)
    states = []
    for moment in at:
        here = view(service, moment, seen.rates)
        states.append({key: of for function in columns for key, of in function(here).items()})
    made = []
    for first, last in zip(edge[:-1], edge[1:]):
        days = [max(0.0, min(until, last) - max(since, first)) for since, until in zip(at, [*at[1:], np.inf])]
        month: dict[str, dict[str, float]] = {}
        for state, share in zip(states, np.array(days) / (last - first)):
            for key, of in state.items() if share > 0 else ():
                so_far = month.setdefault(key, {})
                for provider, value in of.items():
                    so_far[provider] = so_far.get(provider, 0.0) + share * value
        made.append(month)
    return made
