"""Tables: what a comparison says, row by row, as people and spreadsheets read it.

Each function returns rows as dictionaries of one shape. Numbers are left whole here; `store` decides how they are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..measures.access import access, is_below
from ..measures.months import month_edges
from ..measures.standards import value_of
from ..measures.tidy import HOME
from ..service.demand import DAYS_A_YEAR
from ..service.finance import Finance
from ..service.service import Service, Standard
from .comparison import compare, interval, mean_of, paired
from .experiment import Experiment
from .money import MONEY_BASIS, money_summary
from .outcome import journey_summary, outcome_summary
from .precision import Reached
from .staff import staff_summary
from .view import View, minimum_of, moves_between, view
from .who import deprivation_gap, receivers

SMALL = 5.0
"""Areas with fewer admissions a year are grouped, so that no row speaks of a handful of people."""


@dataclass(frozen=True, eq=False)
class Findings:
    """A comparison, ready to be written: the experiment and the two views it stands beside."""

    experiment: Experiment
    before: View
    after: View
    scenario: str
    """The scenario's name."""
    finance: Finance | None = None
    """How money is counted; None where it is not."""
    reached: tuple[Reached, ...] = ()
    """Where the run was to a precision, how close each measure came, the worst first."""

    @property
    def service(self) -> Service:
        """The baseline."""
        return self.before.service


EXACT = "no simulation"
"""What a measure without luck in it rests on."""

SECTIONS = ("Access", "Volumes and standards", "Waits", "Waiting lists", "Beds, staff and journeys", "Money", "Clinical outcome")
"""The parts of the summary, in order."""

_SIMULATED = (
    ("wait_hours_mean", "kind", "mean wait for a bed", "hours"),
    ("wait_share_delayed", "kind", "requests that wait for a bed", "%"),
    ("occupied_beds_mean", "all", "beds occupied", "beds"),
    ("delayed_transfer_bed_days_per_year", "all", "delayed transfers", "bed-days a year"),
    ("delayed_transfer_bed_days_per_year", "destination", "  of them waiting for", "bed-days a year"),
    ("outlying_bed_days_per_year", "all", "outlying: waiting in another ward", "bed-days a year"),
    ("transfers_per_year", "all", "journeys between sites", "a year"),
    ("lost_per_year", "all", "patients lost", "a year"),
    ("unplaced_per_year", "all", "patients unplaced", "a year"),
)
"""Measures of the simulation in the summary: name, by what, in words, unit."""

_OF_LISTS = (
    ("hours_to_unit_mean", "all", "need to the unit that treats, emergencies, mean", "hours"),
    ("hours_to_unit_p95", "all", "need to the unit that treats, emergencies, 95th percentile", "hours"),
    ("waiting_list_at_start", "all", "on waiting lists at the start", "patients"),
    ("waiting_list_at_end", "all", "on waiting lists at the end", "patients"),
    ("planned_list_at_end", "all", "of them planned, off the clock", "patients"),
    ("incomplete_within_18_weeks_share", "all", "incomplete pathways within 18 weeks (standard 92 %)", "%"),
    ("waiting_over_52_weeks", "all", "incomplete pathways over 52 weeks", "patients"),
    ("waiting_over_65_weeks", "all", "incomplete pathways over 65 weeks", "patients"),
    ("completed_wait_weeks_median", "all", "completed waits, median", "weeks"),
    ("completed_wait_weeks_p92", "all", "completed waits, 92nd percentile", "weeks"),
    ("added_to_list_per_year", "all", "added to lists", "a year"),
    ("treated_from_list_per_year", "all", "treated from lists", "a year"),
    ("left_list_untreated_per_year", "all", "left lists untreated", "a year"),
    ("slots_per_year", "all", "theatre slots", "a year"),
    ("operations_cancelled_per_year", "all", "slots lost for want of a bed (cancelled)", "a year"),
    ("slots_idle_per_year", "all", "slots idle, nobody waiting", "a year"),
)
"""The same of services with waiting lists, slots, or patients who come by way of another hospital."""


def summary(found: Findings) -> list[dict]:
    """One row a measure: baseline, option, paired difference, 95 % interval, and on what it rests."""
    outcome = [{"section": "Clinical outcome", **row} for row in outcome_summary(found)]
    rows = [*_exact_rows(found), *outcome, *_simulated_rows(found)]
    return sorted(rows, key=lambda row: SECTIONS.index(row["section"]))


def _exact_rows(found: Findings) -> list[dict]:
    before, after, service = found.before, found.after, found.service
    kind, minimum = service.access_kind, minimum_of(service)
    rows: list[dict] = []
    section = "Access"

    def add(measure: str, unit: str, x: float | None, y: float, low: float | None = None, high: float | None = None) -> None:
        # A difference may be the noise of two sums, and another one on another machine.
        is_noise = x is not None and abs(y - x) <= 1e-12 * max(abs(x), abs(y))
        rows.append(
            {
                "section": section,
                "measure": measure,
                "unit": unit,
                "baseline": None if x is None else float(x),
                "option": float(y),
                "difference": None if x is None else 0.0 if is_noise else float(y - x),
                "low": low,
                "high": high,
                "basis": EXACT if low is None else MONEY_BASIS,
            }
        )

    add(f"{kind} units open", "units", before.gives.sum(), after.gives.sum())
    for name, unit in (
        ("mean", "minutes"),
        ("median", "minutes"),
        ("percentile_95", "minutes"),
        ("longest", "minutes"),
    ):
        label = {"percentile_95": "95th percentile of minutes", "longest": "longest minutes"}.get(
            name, f"{name} minutes"
        )
        add(f"{label} to the first unit", unit, getattr(before.access, name), getattr(after.access, name))
    for place, threshold in enumerate(service.threshold_minutes):
        add(
            f"patients within {threshold:g} minutes",
            "%",
            100 * before.access.within[place],
            100 * after.access.within[place],
        )
    if minimum:
        add(
            f"patients within {service.threshold_minutes[0]:g} minutes of a unit of at least "
            + least_in_words(minimum, minimum_of(after.service)),
            "%",
            100 * before.within_and_large[0],
            100 * after.within_and_large[0],
        )
    section = "Volumes and standards"
    for standard in service.standards:
        least = least_in_words(standard.minimum, after.service.standard_like(standard).minimum)
        label = standard.short(least) + ("" if standard.column else ", modelled")
        add(label, "units", *(int(under_minimum(v, standard).sum()) for v in (before, after)))
        unknown = [int((v.service.gives(standard.kind) & v.is_open & np.isnan(_volume(v, standard))).sum()) for v in (before, after)]
        if any(unknown):
            add(f"  of which {(standard.column or standard.per).replace('_', ' ')} is not known", "units", *unknown)
    section = "Access"
    longer, index = _longer(found)
    add("patients whose journey grows", "a year", 0, index[longer].sum())
    add(
        "areas that no unit can be reached from",
        "areas",
        len(before.access.unreached.area),
        len(after.access.unreached.area),
    )
    section = "Beds, staff and journeys"
    add("beds in force", "beds", before.beds[before.is_open].sum(), after.beds[after.is_open].sum())
    gap = [deprivation_gap(seen) for seen in (before, after)]
    section = "Access"
    if gap[0] == gap[0]:
        add("minutes more for the most than for the least deprived fifth", "minutes", *gap)
    section = "Beds, staff and journeys"
    taking = receivers(before, after)
    full = [int(found.experiment.saturated(side).sum()) for side in ("baseline", "option")]
    add("units saturated: offered all they have", "units", *full)
    add("units that gain patients and cannot take them", "units", 0, sum(not row["can_take_them"] for row in taking))
    section = "Volumes and standards"
    if service.treated and service.eligible_share:
        each = [
            100 * np.sum(v.load.counted.get(service.treated, 0.0)) / (service.eligible_share * v.load.index.sum())
            for v in (before, after)
        ]
        add(f"{service.treated} treated per 100 eligible", "per 100", *each)
    section = "Beds, staff and journeys"
    for measure, unit, x, y in (*staff_summary(found), *journey_summary(found)):
        add(measure, unit, x, y)
    section = "Money"
    if before.cost and after.cost:
        add(
            "cost of the service (parts are guesses)",
            "GBP million a year",
            before.cost.total / 1e6,
            after.cost.total / 1e6,
        )
    for row in money_summary(found):
        add(*row)
    return rows


def least_in_words(before: float, after: float) -> str:
    """A minimum in words; both where the option has another."""
    return f"{before:g}" if before == after else f"{before:g} (option: {after:g})"


def _volume(seen: View, standard: Standard) -> np.ndarray:
    """(U,) what a standard is held against; NaN for units that it does not hold for, and where it is not known."""
    held = seen.service.gives(standard.kind) & seen.is_open
    return np.where(held, value_of(seen.service, seen.load, standard), np.nan)


def under_minimum(seen: View, standard: Standard) -> np.ndarray:
    """(U,) bool: open units under the minimum of a standard, as that side has it."""
    standard = seen.service.standard_like(standard)
    return _volume(seen, standard) < standard.minimum * (1 - 1e-9)


def _longer(found: Findings) -> tuple[np.ndarray, np.ndarray]:
    """(R,) whether the journey to the first unit grows, of each part of an area, and (R,) index admissions a year."""
    service, moved = found.service, moves_between(found.before, found.after)
    index = service.areas.demand * service.index_share
    return moved.minutes_after > moved.minutes_before + 1e-9, index[moved.area] * moved.share


def _simulated_rows(found: Findings) -> list[dict]:
    rows = []
    of_lists = [each for each in _OF_LISTS if found.experiment.has(each[0])]
    for measure, by, label, unit in (*_SIMULATED, *of_lists):
        scale = 100 if unit == "%" else 1
        section = "Waits" if by == "kind" or unit == "hours" else "Beds, staff and journeys"
        for each in compare(found.experiment, measure, by):
            of = each.by.partition("=")[2]
            if np.isnan(each.baseline) and np.isnan(each.option):
                continue
            if by == "destination" and each.baseline == each.option == 0:
                continue
            rows.append(
                {
                    "section": "Waiting lists" if (measure, by, label, unit) in of_lists and unit != "hours" else section,
                    "measure": f"{label}{' ' if by == 'destination' else ', '}{of}" if of else label,
                    "unit": unit,
                    "baseline": scale * each.baseline,
                    "option": scale * each.option,
                    "difference": scale * each.difference,
                    "low": scale * each.low,
                    "high": scale * each.high,
                    "basis": f"{each.replications} replications",
                }
            )
    return rows


def units(found: Findings) -> list[dict]:
    """One row a unit, before and after."""
    service, before, after = found.service, found.before, found.after
    option = after.service
    places, minimum, providers = service.units, minimum_of(service), option.provider(after.at)
    simulated = {
        measure: [found.experiment.values(side, measure, "unit")[1] for side in ("baseline", "option")]
        for measure in ("index_admissions_per_year", "occupied_beds_mean", "wait_share_delayed", "wait_hours_mean")
    }
    border = places.attribute.get("near_border", np.zeros(len(places)))
    rows = []
    for u in range(len(places)):
        judged = bool(service.gives(service.access_kind)[u])
        reported = places.reported_volume[u] if judged else np.nan
        shifted = reported + after.load.index[u] - before.load.index[u] if after.is_open[u] else np.nan
        row = {
            "unit": str(places.id[u]),
            "name": str(places.name[u]),
            "site": str(service.sites.id[places.site[u]]),
            "provider": str(places.provider[u]),
            "provider_option": str(providers[u]),
            **{
                level: str(column[places.site[u]])
                for level, column in service.sites.body.items()
                if level in ("icb", "region")
            },
            "kinds": ";".join(kind for kind, given in places.gives.items() if given[u]),
            "open_baseline": bool(before.is_open[u]),
            "open_option": bool(after.is_open[u]),
            "beds_baseline": int(before.beds[u]),
            "beds_option": int(after.beds[u]),
            "reported_volume": reported,
            "reported_volume_with_modelled_change": shifted,
            "modelled_volume_baseline": before.load.index[u] if judged else np.nan,
            "modelled_volume_option": after.load.index[u] if judged else np.nan,
            "minimum_volume": minimum if judged else np.nan,
            "disputed": bool(
                judged
                and minimum
                and not np.isnan(reported)
                and is_below(reported, minimum) != is_below(before.load.index[u], minimum)
            ),
        }
        for standard in service.standards:
            for side, seen in (("baseline", before), ("option", after)):
                row[f"{standard.name}_{side}"] = _meets(seen, standard, u)
        for measure, (x, y) in simulated.items():
            mean, low, high = interval(paired(x[:, u], y[:, u]))
            row |= {
                f"{measure}_baseline": mean_of(x[:, u]),
                f"{measure}_option": mean_of(y[:, u]),
                f"{measure}_difference": mean,
                f"{measure}_low": low,
                f"{measure}_high": high,
            }
        row |= {
            "offered_load_option": after.load.beds[u],
            **{f"saturated_{side}": bool(found.experiment.saturated(side)[u]) for side in ("baseline", "option")},
            **{f"saturated_for_{side}": found.experiment.saturation(side).wanting(u) for side in ("baseline", "option")},
            "minutes_modelled": bool(service.region.travel.is_modelled[places.site[u]]),
            "near_border": bool(border[u]),
            "remarks": "; ".join(option.marks.get(str(places.id[u]), ())),
        }
        rows.append(row)
    return rows


def _meets(seen: View, standard: Standard, unit: int) -> str:
    """Whether a unit meets a standard by modelled volume; empty where it is not held to it."""
    standard = seen.service.standard_like(standard)
    volume = _volume(seen, standard)[unit]
    if np.isnan(volume):
        return "not known" if seen.service.gives(standard.kind)[unit] and seen.is_open[unit] else ""
    return f"{'not met' if under_minimum(seen, standard)[unit] else 'met'} ({volume:.0f} of {standard.minimum:g})"


def bodies(found: Findings) -> list[dict]:
    """One row a body that patients live in: access before and after, and who of those eligible is treated."""
    service, before, after = found.service, found.before, found.after
    names = service.areas.body.get(HOME)
    if names is None:
        return []
    rows = []
    treated = f"{service.treated}_per_year"
    simulated = service.treated and service.eligible_share and found.experiment.has(treated)
    counts = [found.experiment.values(side, treated, HOME)[1] for side in ("baseline", "option")] if simulated else []
    index = service.index_share
    for place, name in enumerate(np.unique(names)):
        of = names == name
        demand = service.areas.demand[of]
        row = {HOME: str(name), "areas": int(of.sum()), "admissions_per_year": float(demand.sum() * index)}
        for side, seen in (("baseline", before), ("option", after)):
            parts, inside = seen.parts, of[seen.parts.area]
            area, weight = parts.area[inside], service.areas.demand[parts.area[inside]] * parts.share[inside]
            names_of, minutes = service.areas.name[area], parts.minutes[inside]
            found_access = access(minutes, weight, names_of, service.threshold_minutes)
            row |= {f"minutes_mean_{side}": found_access.mean, f"minutes_95th_{side}": found_access.percentile_95}
            row |= {
                f"within_{minutes:g}_share_{side}": float(share)
                for minutes, share in zip(service.threshold_minutes, found_access.within)
            }
        for side, count in zip(("baseline", "option"), counts):
            eligible = service.eligible_share * demand.sum() * index
            row[f"{service.treated}_per_100_eligible_{side}"] = (
                100 * float(count[:, place].mean()) / eligible if eligible else np.nan
            )
        rows.append(row)
    return rows


def areas(found: Findings) -> list[dict]:
    """One row an area, before and after; areas of few patients are grouped by the smallest body that is known.

    Minutes are to the first unit under the rule of allocation, averaged over the area's patients; the unit is the one to which most of
    them go, and its share says how many.
    """
    service, before, after = found.service, found.before, found.after
    places, demand = service.areas, service.areas.demand
    body = next(
        (places.body[level] for level in ("sub_icb", "icb", "region") if level in places.body), np.full(len(places), "")
    )
    is_small = demand < SMALL
    groups: dict[str, list[int]] = {}
    for a in np.flatnonzero(is_small):
        groups.setdefault(str(body[a]), []).append(int(a))
    row = partial(_area_row, service, before, after, [by_straight_line(seen) for seen in (before, after)])
    rows = [row(str(places.id[a]), str(places.name[a]), np.array([a])) for a in np.flatnonzero(~is_small)]
    for name in sorted(groups):
        of = np.array(groups[name])
        if demand[of].sum() >= SMALL:
            rows.append(row(f"small areas of {name}", f"{len(of)} areas of fewer than {SMALL:g} a year", of))
    left = sum(len(of) for of in groups.values() if demand[of].sum() < SMALL)
    if left:
        rows.append(
            {
                **dict.fromkeys(rows[0] if rows else _AREA_COLUMNS),
                "area": "not shown",
                "name": f"{left} areas of very few patients",
            }
        )
    return rows


_AREA_COLUMNS = (
    "area",
    "name",
    "admissions_per_year",
    "minutes_baseline",
    "minutes_option",
    "minutes_difference",
    "unit_baseline",
    "unit_option",
    "share_of_unit_baseline",
    "share_of_unit_option",
    "tied",
    "straight_line_baseline",
    "straight_line_option",
)


def by_straight_line(seen: View) -> np.ndarray:
    """(A,) bool: whether the minutes from an area to the unit that most of its patients go to first are by the straight-line rule."""
    by_rule, unit = seen.service.region.travel.by_rule, seen.first.unit
    site = seen.service.units.site[np.maximum(unit, 0)]
    return by_rule[np.arange(len(unit)), site] & (unit >= 0)


def straight_line_in_words(found: Findings) -> list[str]:
    """How many areas, and patients, have minutes by the straight-line rule; nothing where none has."""
    demand = found.service.areas.demand
    sides = {"baseline": by_straight_line(found.before), "option": by_straight_line(found.after)}
    if not any(seen.service.region.travel.by_rule.any() for seen in (found.before, found.after)):
        return []
    if not any(side.any() for side in sides.values()):
        return ["No area has minutes to its first unit by the straight-line rule."]
    share = {name: 100 * demand[of].sum() / demand.sum() for name, of in sides.items()}
    counts = ", ".join(f"{int(of.sum()):,} ({share[name]:.2g} % of patients) in the {name}" for name, of in sides.items())
    return [f"Areas whose minutes to the first unit are by the straight-line rule and not routed: {counts}; areas.csv marks each."]


def _area_row(
    service: Service, before: View, after: View, straight: Sequence[np.ndarray], area: str, name: str, of: np.ndarray
) -> dict:
    weight = service.areas.demand[of]
    x, y = (float(np.average(v.first.minutes[of], weights=weight if weight.sum() else None)) for v in (before, after))
    ids = np.append(service.units.id, "none")
    values = (
        area,
        name,
        float(weight.sum()),
        x,
        y,
        y - x,
        _one(ids[before.first.unit[of]]),
        _one(ids[after.first.unit[of]]),
        *(float(np.average(v.first.share[of], weights=weight if weight.sum() else None)) for v in (before, after)),
        bool(after.first.is_tied[of].any()),
        *(bool(of_side[of].any()) for of_side in straight),
    )
    bodies = {level: _one(column[of]) for level, column in service.areas.body.items()}
    return dict(zip(_AREA_COLUMNS, values)) | bodies


def _one(names: np.ndarray) -> str:
    return str(names[0]) if len(set(names.tolist())) == 1 else "several"


def flows(found: Findings) -> list[dict]:
    """Index patients a year by first unit in the baseline and in the option, where they differ or where they stay."""
    years = found.experiment.run.window.years
    counts = np.stack([each.flows for each in found.experiment.replications]) / years
    mean = counts.mean(axis=0)
    ids = [*map(str, found.service.units.id), "none"]
    names = [*map(str, found.service.units.name), "no unit"]
    rows = []
    for i, j in zip(*np.nonzero(mean)):
        _, low, high = interval(counts[:, i, j])
        rows.append(
            {
                "from_unit": ids[i],
                "from_name": names[i],
                "to_unit": ids[j],
                "to_name": names[j],
                "patients_per_year": float(mean[i, j]),
                "low": low,
                "high": high,
                "moves": bool(i != j),
            }
        )
    return rows


def outcome_rows(found: Findings) -> list[tuple[str, int, str, str, float]]:
    """Every outcome, tidy: scenario, replication, measure, by, value."""
    from ..measures.tidy import rows

    return [
        (name, each.number, *row)
        for each in found.experiment.replications
        for name, side in (("baseline", each.baseline), (found.scenario, each.option))
        for row in rows(side)
    ]


def months(found: Findings) -> list[dict]:
    """One row a month: what was simulated, and the units open, beds and cost in force."""
    calendar, window = found.experiment.run.calendar, found.experiment.run.window
    names, edge = month_edges(calendar, window)
    taken = {
        measure: [found.experiment.values(side, measure, "month")[1] for side in ("baseline", "option")]
        for measure in _MONTHLY
    }
    force = [in_force(seen, edge) for seen in (found.before, found.after)]
    rows = []
    for place, name in enumerate(names):
        row = {
            "month": name,
            "financial_year": calendar.financial_year(edge[place]),
            "days": float(edge[place + 1] - edge[place]),
        }
        for label, states in zip(("baseline", "option"), force):
            row |= {f"{key}_{label}": value for key, value in states[place].items()}
        for measure, (x, y) in taken.items():
            mean, low, high = interval(paired(x[:, place], y[:, place]))
            row |= {
                f"{measure}_baseline": mean_of(x[:, place]),
                f"{measure}_option": mean_of(y[:, place]),
                f"{measure}_difference": mean,
                f"{measure}_low": low,
                f"{measure}_high": high,
            }
        rows.append(row)
    return rows


_MONTHLY = (
    "index_admissions",
    "wait_hours_mean",
    "wait_share_delayed",
    "occupied_beds_mean",
    "delayed_transfer_bed_days",
)


def in_force(seen: View, edge: np.ndarray) -> list[dict]:
    """What is in force in each month: units open and beds, averaged over its days, and the cost of those days."""
    service, rates = seen.service, seen.rates
    turns = sorted({0.0, *(c.at for c in service.changes)})
    states = [view(service, at, rates) for at in turns]
    made = []
    for first, last in zip(edge[:-1], edge[1:]):
        days = np.array([max(0.0, min(end, last) - max(at, first)) for at, end in zip(turns, [*turns[1:], np.inf])])
        share = days / max(days.sum(), 1e-300)

        def mean(values: list[float], share=share) -> float:
            return float(np.dot(share, values))

        row = {
            "units_open": mean([float(each.gives.sum()) for each in states]),
            "beds_in_force": mean([float(each.beds[each.is_open].sum()) for each in states]),
        }
        if rates is not None:
            row["cost_gbp"] = mean([each.cost.total for each in states]) * (last - first) / DAYS_A_YEAR
        made.append(row)
    return made


def financial_years(found: Findings) -> list[dict]:
    """One row an April-March year: sums and day-weighted means of its months."""
    rows: list[dict] = []
    by_month = months(found)
    for year in dict.fromkeys(row["financial_year"] for row in by_month):
        of = [row for row in by_month if row["financial_year"] == year]
        days = np.array([row["days"] for row in of])
        made = {"financial_year": year, "days": float(days.sum())}
        for key in of[0]:
            if key.endswith(("_baseline", "_option")):
                values = np.array([row[key] for row in of], dtype=float)
                is_sum = key.startswith(("index_admissions", "delayed_transfer", "cost_gbp"))
                made[key] = float(values.sum() if is_sum else np.average(values, weights=days))
        rows.append(made)
    return rows


def worst_month(found: Findings) -> str:
    """The month of the option in which most requests had to wait, in words."""
    rows = [
        row
        for row in months(found)
        if row["wait_share_delayed_option"] == row["wait_share_delayed_option"] and row["days"] >= 7
    ]
    if not rows:
        return ""
    worst = max(rows, key=lambda row: row["wait_share_delayed_option"])
    return f"Worst month: {worst['month']}, {100 * worst['wait_share_delayed_option']:.1f} % of requests wait."
