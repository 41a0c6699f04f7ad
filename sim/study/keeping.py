"""*Why not ours?* For each unit that an option closes, the same option with that unit kept.

Everything here is of the access core and the money functions: nothing is simulated anew, so waits are not among what is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..measures.treatment import care, change, volumes
from ..service.service import Change, Service
from .money import bill_of, net_saving, reckon
from .option_row import HIGHER, LOWER, NEUTRAL, Measure, unsimulated
from .outcome import MECHANISMS, estimates_of
from .tables import Findings
from .view import View, view


@dataclass(frozen=True, eq=False)
class Kept:
    """An option with one of the units that it closes kept open."""

    unit: int
    """Its row."""
    view: View
    """Of the option with the unit kept."""
    measures: tuple[Measure, ...]
    """Every headline that needs no simulation: the option (as its baseline) and the option with the unit kept (as its option)."""
    volume: float
    """Index admissions a year that the unit would see."""
    longer: float
    """Patients a year whose journey is shorter again because it is kept."""


def closed_units(found: Findings) -> np.ndarray:
    """Rows of the units that take patients in the baseline and not under the option, at the end of what is measured."""
    return np.flatnonzero(found.before.is_open & ~found.after.is_open)


def keeping(found: Findings, progress: Callable[[int, int], None] | None = None) -> Iterator[Kept]:
    """The option with each of its closed units kept, one at a time.

    Parameters
    ----------
    found
        The comparison.
    progress
        Called after each with how many are done, and of how many.
    """
    closed = closed_units(found)
    said = _headlines(found, found) if len(closed) else ()
    for count, unit in enumerate(closed, start=1):
        service = with_unit_kept(found, int(unit))
        kept = replace(found, after=view(service, found.after.at, found.after.rates))
        beside = {each.key: each for each in _headlines(kept, found)}
        both = tuple(replace(each, baseline=each.option, option=beside[each.key].option) for each in said if each.key in beside)
        gain = found.after.first.minutes - kept.after.first.minutes > 1e-9
        patients = found.service.areas.demand * found.service.index_share
        yield Kept(int(unit), kept.after, both, float(kept.after.load.index[unit]), float(patients[gain].sum()))
        if progress:
            progress(count, len(closed))


def with_unit_kept(found: Findings, unit: int) -> Service:
    """The option's service with one unit as it is in the baseline.

    Units that received its patients give back of the beds they were given the share that they were given for these patients: of beds
    added at a unit, the same part as of load added there.
    """
    before, after = found.before, found.after
    name = str(after.service.units.id[unit])
    planned = set(before.service.changes)
    own = [change for change in before.service.changes if change.unit == name]
    others = [change for change in after.service.changes if change.unit != name]
    kept = replace(after.service, changes=_in_order([*others, *own]))
    load = view(kept, after.at).load.beds
    added = np.where(after.is_open, after.beds - before.beds, 0.0)
    gain = after.load.beds - before.load.beds
    share = np.divide(after.load.beds - load, gain, out=np.zeros(len(gain)), where=gain > 1e-9)
    back = np.rint(np.maximum(added, 0.0) * np.clip(share, 0.0, 1.0)).astype(int)
    ids = after.service.units.id
    fewer = {str(ids[u]): int(back[u]) for u in np.flatnonzero(back)}

    def given_back(each: Change) -> Change:
        is_ours = each.what == "beds" and each not in planned
        return replace(each, value=max(0, each.value - fewer.get(each.unit, 0))) if is_ours else each

    return replace(kept, changes=tuple(given_back(each) for each in kept.changes))


def _in_order(changes: list[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda each: each.at))


def _headlines(found: Findings, of: Findings) -> list[Measure]:
    """The headlines of an option that need no simulation; its money beside the baseline that is reckoned already in ``of``."""
    made = [each for each in unsimulated(found) if each.is_headline]
    beds = [float(seen.beds[seen.is_open].sum()) for seen in (found.before, found.after)]
    made.append(Measure("beds_in_force", "Beds, staff and journeys", "beds in force", "beds", NEUTRAL, *beds))
    return [*made, *_money(found, of), *_outcome(found)]


def _money(found: Findings, of: Findings) -> Iterator[Measure]:
    money = reckon(of)
    if money is None:
        return
    sides = (money.side["baseline"].bill, bill_of(money, found.after.service))
    section, million, last = "Money", "GBP million", money.years
    for year in dict.fromkeys((1, last)):
        cost = [float(each.total[year - 1]) / 1e8 for each in sides]
        yield Measure(f"cost_year_{year}", section, f"cost to the system in year {year}", million, LOWER, *cost)
    saved = net_saving(*sides, money.finance) / 1e6
    yield Measure("net_present_saving", section, f"net saving over {last} years, present value", million, HIGHER, 0.0, saved)


def _outcome(found: Findings) -> Iterator[Measure]:
    benefit = found.service.benefit
    if benefit is None:
        return
    sides = (found.before, found.after)
    busy = volumes(found.service, *(seen.load for seen in sides))
    cared = [care(seen.service, seen.is_open, seen.load, of, seen.at) for seen, of in zip(sides, busy)]
    made = change(*cared, replace(benefit, draws=2), found.experiment.run.seed)  # without intervals, so without more draws
    for mechanism, name in enumerate(MECHANISMS):
        x, y, _ = estimates_of(made, mechanism, None, "qalys")
        label = f"QALYs of treated patients, {name}"
        yield Measure(f"qalys_{name.replace(' ', '_')}", "Clinical outcome", label, "QALYs a year", HIGHER, x, y)
