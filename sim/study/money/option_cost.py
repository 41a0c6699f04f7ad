"""Option cost: what an option costs by line, plan year and month, beside the baseline, and what it is worth today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...measures.money.activity import counted, first_stages
from ...measures.money.bill import LINES, NOT_IN_PRESENT_VALUE, by_ambulance, rests_on
from ...measures.money.pence import in_gbp
from ...measures.money.present_value import discount_factor
from ...service.demand import DAYS_A_YEAR
from .case import SIDES, Money, Side, guesses, period, reckon

if TYPE_CHECKING:
    from ..tables import Findings


def option_costs(found: Findings) -> list[dict]:
    """One row a plan year and line: baseline, option, difference, and on which guesses it rests."""
    money = reckon(found)
    if money is None:
        return []
    before, after = (money.side[name] for name in SIDES)
    rows = []
    for year in range(money.years):
        head = {"year": year + 1, "period": period(found, year)}

        def row(line, what, unit, x, y, counts=False, rests_on=(), head=head, year=year):
            factor = discount_factor(money.finance.number["discount_rate"], year)
            said = guesses(money, found.service, rests_on)
            change = round(y - x, 2 if unit == "GBP" else 9)  # without the dust of a difference of sums
            return {
                **head,
                "line": line,
                "what": what,
                "unit": unit,
                "baseline": x,
                "option": y,
                "difference": change,
                "discounted_difference": change * factor if counts else None,
                "guess": bool(said),
                "rests_on_guesses": said,
            }

        for line, what in LINES.items():
            x, y = (in_gbp(side.bill.line[line][year]) for side in (before, after))
            rows.append(row(line, what, "GBP", x, y, line not in NOT_IN_PRESENT_VALUE, rests_on(found.service, line)))
        x, y = (in_gbp(side.bill.total[year]) for side in (before, after))
        every = rests_on(found.service)
        rows.append(row("total", "the sum of all lines", "GBP", x, y, False, every))
        x, y = (in_gbp(side.bill.in_present_value[year]) for side in (before, after))
        rows.append(row("in_present_value", "the same without value added tax", "GBP", x, y, True, every))
        for line, what in (
            ("conveyance_hours", "on journeys from home"),
            ("transfer_hours", "on journeys between sites"),
        ):
            x, y = (float(getattr(side.bill, line)[year]) for side in (before, after))
            rows.append(
                row(line, f"ambulance hours {what}", "hours", x, y, False, rests_on(found.service, "conveyance"))
            )
        x, y = (_rebates(side, year) for side in (before, after))
        rows.append(
            row(
                "rebates",
                "devices and drugs: list price less net",
                "GBP",
                x,
                y,
                False,
                rests_on(found.service, "pass_through"),
            )
        )
        x, y = (household_gbp(money, side, year) for side in (before, after))
        on = ("car_minute", "ambulance_share", "visits_per_bed_day", "fetching_trips")
        rows.append(row("households", "travel of patients and visitors, borne by them; as if all drove", "GBP", x, y, False, on))
        x, y = (float(side.bill.beds_added[year].sum() + side.bill.beds_promised[year].sum()) for side in (before, after))
        rows.append(row("beds_added", "beds added, by promises too", "beds", x, y))
    return rows


def _rebates(side: Side, year: int) -> float:
    total = 0.0
    for span in side.spans:
        if span.year == year:
            for line in side.till.finance.pass_through:
                used = counted(side.service, span.activity).get(line.counts, np.zeros(1)).sum()
                total += float(used) * line.price(span.start) * line.rebate * span.years
    return total


def household_gbp(money: Money, side: Side, year: int) -> float:
    """What patients and those who visit them spend on driving: outside the cost of the service and the ledger.

    Patients without an ambulance are driven there; whoever goes home is fetched; visitors come and go.
    """
    n, minutes = money.finance.number, 0.0
    for span in side.spans:
        if span.year == year:
            of = first_stages(side.service)[span.activity.stage]
            own = 1 - by_ambulance(side.service, money.finance)[span.activity.stage[of]]
            driven = (span.activity.journey_minutes[of] * own).sum() * 2
            visits = span.activity.visit_minutes.sum() * n["visits_per_bed_day"] * 2
            fetched = span.activity.homeward_minutes.sum() * n["fetching_trips"]
            minutes += float(driven + visits + fetched) * span.years
    return minutes * n["car_minute"]


def option_costs_by_month(found: Findings) -> list[dict]:
    """One row a twelfth of a plan year: every line of the baseline's and the option's bill, and their difference."""
    money = reckon(found)
    if money is None:
        return []
    before, after = (money.side[name].bill.month for name in SIDES)
    rows, said = [], guesses(money, found.service, rests_on(found.service))
    for month in range(len(before)):
        middle = found.service.calendar.date(money.finance.origin + (month + 0.5) * DAYS_A_YEAR / 12)
        row = {"month": f"{middle:%Y-%m}", "year": month // 12 + 1}
        for side, values in (("baseline", before), ("option", after)):
            row |= {f"{line}_{side}_gbp": in_gbp(values[month, place]) for place, line in enumerate(LINES)}
            row[f"total_{side}_gbp"] = in_gbp(values[month].sum())
        row |= {"total_difference_gbp": in_gbp(after[month].sum() - before[month].sum()), "rests_on_guesses": said}
        rows.append(row)
    return rows
