"""Heads and beds of an option: beds for a stated chance of delay and whole-time equivalents, by unit, provider and date."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ..measures.load import beds_for_delay, delay_without_limit
from ..measures.outcomes import from_day
from ..measures.promise import promised_beds
from ..measures.staff import Heads, beds_by_kind, heads, moving
from ..service.service import Service
from .comparison import interval, mean_of
from .epochs import epochs
from .view import View, view

if TYPE_CHECKING:
    from .tables import Findings

PROMISED = "promised with investment"
"""Staff that a promise of investment adds, of no stated group."""

ALL = "all"


@lru_cache(maxsize=8)
def heads_of(seen: View, is_resized: bool = False) -> dict[str, Heads]:
    """Whole-time equivalents by group of staff and unit.

    Parameters
    ----------
    seen
        A service with staffing, at a time.
    is_resized
        Whether beds are those for the stated chance of delay, instead of those in force; only then do kinds of care share them anew.
    """
    service, is_open = seen.service, seen.is_open
    in_force = seen.beds - promised_beds(service, seen.at, with_staff=True)
    beds = beds_for_delay(seen.load.beds, service.staffing.delay) if is_resized else in_force
    gives, load = service.units.gives, seen.load.by_kind
    by = load if is_resized or seen.rates is None else seen.rates.mix.load(load, gives)
    shared = beds_by_kind(np.where(is_open, beds, 0), by, gives)
    found = heads(service.staffing, shared, service.units.gives, is_open)
    promised = np.zeros(len(service.units))
    for each in service.promises:
        if each.is_kept and each.by <= seen.at:
            promised[service.unit_index(each.unit)] += each.staff
    return found | ({PROMISED: Heads(promised, promised)} if promised.any() else {})


def pathway_guesses(found: Findings) -> tuple[str, ...]:
    """The guesses among the numbers that patients' pathways are made of, and with them every load, wait and bed."""
    services = found.service, found.after.service
    own = dict.fromkeys(name for service in services for name in service.of_pathways)
    known = {each.name: each for service in services for each in service.parameters}
    return tuple(name for name in own if name in known and known[name].is_guess)


def dates(found: Findings) -> list[float]:
    """The times, in days from the start, at which units or beds change while it is measured, the first day of that, and the last
    where demand moves."""
    start, end, both = found.experiment.run.window.start, found.after.at, (found.before.service, found.after.service)
    at = {start, *(c.at for service in both for c in service.changes if start < c.at <= end)}
    grows = any(service.demand.growth or service.demand.factors for service in both)
    return sorted(at | ({end} if grows else set()))


def beds(found: Findings) -> list[dict]:
    """One row a unit and date, and one for all units: beds in force, and beds for the stated chance of delay.

    Beds moved (those in force under the option) and beds re-sized (to the stated chance) stand side by side; what re-sizing saves is
    parted into what follows the load and what comes of pooling. What is simulated is of the time from the date to the next; of the whole
    window, in the rows of its last date, where it is not cut (`epochs`). Shares of time full are of the whole window.
    """
    if found.service.staffing is None:
        return []
    rows = []
    times = dates(found)
    for at in times:
        sides = [_at(seen, at) for seen in (found.before, found.after)]
        rows += _bed_rows(found, at, sides, _simulated_by(found, at, is_last=at == times[-1]), is_last=at == times[-1])
    return rows


def _at(seen: View, at: float) -> View:
    return seen if at == seen.at or _is_same(seen.service, at, seen.at) else view(seen.service, at, seen.rates)


def _is_same(service: Service, at: float, end: float) -> bool:
    """Whether nothing changes between two times."""
    moves = service.demand.growth or service.demand.factors or service.new_providers
    return not moves and not any(at < change.at <= end for change in service.changes)


def _simulated_by(found: Findings, at: float, is_last: bool) -> str:
    """By what the simulation says what beds are needed from a date on; empty where it does not."""
    parts = epochs((found.experiment.baseline, found.experiment.option), found.experiment.run)
    if any(each.start == at for each in parts):
        return from_day(at)
    return "unit" if is_last and not parts else ""


def _bed_rows(found: Findings, at: float, sides: list[View], by: str, is_last: bool) -> list[dict]:
    service, delay = found.service, found.service.staffing.delay
    force = [np.where(seen.is_open, seen.beds, 0) for seen in sides]
    load = [seen.load.beds for seen in sides]
    needed = [beds_for_delay(each, delay) for each in load]
    chance = [delay_without_limit(x, n) for x, n in zip(load, force)]
    simulated = [found.experiment.values(side, "beds_needed", by)[1] for side in ("baseline", "option")] if by else None
    full = [found.experiment.values(side, "time_full_share", "unit")[1] for side in ("baseline", "option")]
    units, rows, said = service.units, [], "; ".join(pathway_guesses(found))
    provider = found.after.service.provider(at)
    for u in [*range(len(units)), ...]:
        one = u is not ...
        row = {
            "date": service.calendar.date(at).isoformat(),
            "unit": str(units.id[u]) if one else ALL,
            "name": str(units.name[u]) if one else "all units",
            "provider": str(provider[u]) if one else ALL,
        }
        for label, seen, n, x, fewest, late in zip(("baseline", "option"), sides, force, load, needed, chance):
            row |= {
                f"open_{label}": bool(seen.is_open[u]) if one else None,
                f"beds_{label}": float(n[u].sum()),
                f"load_{label}": float(x[u].sum()),
                f"beds_for_delay_{label}": float(fewest[u].sum()),
                f"chance_of_delay_{label}": float(late[u]) if one and x[u] > 0 else None,
            }
        row |= {
            "delay": delay,
            "beds_moved_change": row["beds_option"] - row["beds_baseline"],
            "beds_resized_change": row["beds_for_delay_option"] - row["beds_for_delay_baseline"],
            "of_which_load": row["load_option"] - row["load_baseline"],
        }
        row["of_which_pooling"] = row["beds_resized_change"] - row["of_which_load"]
        row |= _simulated(simulated, u, one) if by else dict.fromkeys(_SIMULATED)
        share = [mean_of(each[:, u]) if one and is_last else None for each in full]
        row |= dict(zip(("time_full_share_baseline", "time_full_share_option"), share))
        row |= {"beds_by_rule": bool(service.beds_rule), "rests_on_guesses": said}
        rows.append(row)
    return rows


_SIMULATED = (
    "beds_for_delay_simulated_baseline",
    "beds_for_delay_simulated_option",
    "beds_for_delay_simulated_difference",
    "low",
    "high",
)


def _simulated(needed: list[np.ndarray], u, one: bool) -> dict:
    x, y = (each[:, u] if one else each.sum(axis=1) for each in needed)
    mean, low, high = interval(y - x)
    return dict(zip(_SIMULATED, (mean_of(x), mean_of(y), mean, low, high)))


def staff(found: Findings) -> list[dict]:
    """One row a provider and group of staff, and one for all providers: whole-time equivalents at the end of the run.

    With beds moved as the option has them, and with beds re-sized to the stated chance of delay on both sides; how many only the
    smallest rota asks for; and who moves, and who must be found, when posts go.
    """
    if found.service.staffing is None:
        return []
    sides = found.before, found.after
    at = found.after.at
    run_by = [seen.service.provider(at) for seen in sides]
    names = sorted({*run_by[0].tolist(), *run_by[1].tolist()})
    moved = [heads_of(seen) for seen in sides]
    resized = [heads_of(seen, True) for seen in sides]
    groups = {group.name: group for group in found.service.staffing.groups}
    rows: list[dict] = []
    for group in dict.fromkeys([*moved[0], *moved[1]]):
        now = [_by_provider(of, group, who, names) for of, who in zip(moved, run_by)]
        anew = [_by_provider(of, group, who, names) for of, who in zip(resized, run_by)]
        flow = moving(now[1][0] - now[0][0], found.service.staffing.share_moving)
        for place, provider in [*enumerate(names), (slice(None), ALL)]:
            whole = [float(each[0][place].sum()) for each in (*now, *anew)]
            rota = [float(each[1][place].sum()) for each in now]
            gone, leaving, new, recruit = (float(each[place].sum()) for each in flow)
            rows.append(
                {
                    "date": found.service.calendar.date(at).isoformat(),
                    "provider": provider,
                    "staff_group": group,
                    "wte_baseline": whole[0],
                    "wte_option": whole[1],
                    "wte_change": whole[1] - whole[0],
                    "smallest_rota_only_baseline": rota[0],
                    "smallest_rota_only_option": rota[1],
                    "wte_resized_baseline": whole[2],
                    "wte_resized_option": whole[3],
                    "wte_resized_change": whole[3] - whole[2],
                    "posts_gone": gone,
                    "of_them_moving": leaving,
                    "posts_new": new,
                    "of_them_to_recruit": recruit,
                    "guess": group not in groups or groups[group].is_guess,
                }
            )
    return rows


def _by_provider(of: dict[str, Heads], group: str, who: np.ndarray, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """(V,) whole-time equivalents, and (V,) of them only for the smallest rota."""
    count = np.zeros(len(who))
    each = of.get(group, Heads(count, count))
    place = np.searchsorted(names, who)
    only = each.whole_time - each.from_beds
    return tuple(np.bincount(place, weights=values, minlength=len(names)) for values in (each.whole_time, only))


def staff_summary(found: Findings) -> list[tuple[str, str, float, float]]:
    """(measure, unit, baseline, option) of the rows of the summary; beds re-sized are left to the tables, so that pooling makes no
    headline."""
    if found.service.staffing is None:
        return []
    total = [sum(float(of.whole_time.sum()) for of in heads_of(seen).values()) for seen in (found.before, found.after)]
    return [("staff, beds as they are moved (parts are guesses)", "WTE", *total)]
