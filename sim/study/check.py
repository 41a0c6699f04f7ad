"""Checking a region before anything is run on it: every fault, whatever is odd, and what stands in for what is not given.

The tables are read by the reader that runs use, and the service is built as a run would build it; nothing is simulated or written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ..measures.load import expected_load
from ..service.allocation import Allocation, with_allocation
from ..service.build import build_service
from ..service.build_finance import build_finance
from ..service.calendar import Calendar
from ..service.columns import FURTHER, TABLES
from ..service.fault import Fault, Gathering, nearest_spelling, settings
from ..service.oddity import NAMED, listed, oddities
from ..service.region import Reading, read_region
from ..service.service import Service
from ..service.straight_line import error_in_words
from .sizing import size_beds

_ATTRIBUTES = {
    "population": "budgets by need, rates by body and growth by age cannot be counted",
    "share_65_79": "tables by age say no data; ageing cannot be asked for",
    "share_80_plus": "tables by age say no data; ageing cannot be asked for",
    "deprivation": "tables by deprivation say no data",
    "rural": "tables by rurality say no data",
}
"""Columns of the areas that may be left out, and what happens without."""

_UNIT_ATTRIBUTES = {
    "reported_volume": "modelled volumes stand alone: none can be marked disputed",
    "market_forces_factor": "all trusts cost the same",
}
"""The same of units."""


@dataclass
class Check(Gathering):
    """What a check found."""

    reading: Reading
    read: list[tuple[str, str]] = field(default_factory=list)
    """By table, what it holds in a few words."""
    faults: list[Fault | str] = field(default_factory=list)
    """What must be mended before anything can be run."""
    odd: list[Fault] = field(default_factory=list)
    """What is allowed and seldom meant."""
    stand_ins: list[tuple[str, str]] = field(default_factory=list)
    """What is not given, and what stands in for it."""


def check(service: Mapping, region: str, allocation: Mapping, finance: Mapping, commissioning: Mapping, start: str) -> Check:
    """Check a region for a service.

    Parameters
    ----------
    service, allocation, finance, commissioning
        The lines of their configs.
    region
        A shipped region, or the path of a folder or workbook.
    start
        The first day measured.

    Raises
    ------
    InputError
        Where there is no such region at all.
    """
    name = str(service["name"])
    reading = read_region(region, name)
    found = Check(reading, faults=list(reading.faults))
    found.read = [(source.name, _holds(table, reading)) for table, source in reading.sources.items()]
    found.odd += oddities(reading)
    found.stand_ins += _stand_ins(reading)
    if reading.region is not None:
        _check_service(found, {"demand": None, **service}, allocation, finance, commissioning, start)
    return found


def _holds(name: str, reading: Reading) -> str:
    """How many rows a table has, of areas and units with what they add up to."""
    region, table = reading.region, reading.tables.get(name.partition("_")[0] if name.startswith(("units_", "sites_")) else name)
    if name in reading.absent_pairs:
        is_absent = reading.absent_pairs[name]
        return f"{int((~is_absent).sum()):,} of {is_absent.size:,} pairs"
    if table is None:
        return ""
    if name == "areas" and region is not None:
        return f"{len(table.row):,} areas, {region.areas.demand.sum():,.0f} admissions a year"
    if name.startswith("units_") and region is not None:
        return f"{len(table.row):,} units, {np.nansum(region.units.beds):,.0f} beds known"
    return f"{len(table.row):,} rows"


def _check_service(found: Check, service: Mapping, allocation: Mapping, finance: Mapping, commissioning: Mapping, start: str) -> None:
    """What follows when a service is built on the region."""
    built = found.attempt(lambda: build_service(service, found.reading.region))
    if built is None:
        return
    found.odd += _kinds(built, found.reading)
    found.stand_ins += _numbers(built)
    chosen = found.attempt(lambda: with_allocation(built, Allocation.read(_plain(allocation), built.region.own, built.name)))
    # A table of flows that nobody asked for is checked too: somebody will.
    for rule, table in (("observed", "flows"), ("catchment", "catchments")):
        if table in built.region.own and allocation.get("rule") != rule:
            found.attempt(lambda rule=rule: with_allocation(built, Allocation.read({"rule": rule}, built.region.own, built.name)))
    found.attempt(lambda: build_finance(finance, commissioning, built, Calendar.read(start)))
    delay = settings(service.get("beds"), "service beds").get("delay", 0.05)
    sized = chosen and found.attempt(lambda: size_beds(chosen, delay))
    if sized is not None and not found.faults:
        found.odd += _loads(sized, np.isnan(built.units.beds), found.reading)


def _plain(allocation: Mapping) -> dict:
    """The lines of an allocation without what is done to it afterwards."""
    return {key: value for key, value in allocation.items() if key != "calibrate"}


def _kinds(service: Service, reading: Reading) -> list[Fault]:
    """Kinds of care that units give and no stage asks for."""
    asked = {stage.kind for group in service.groups for stage in group.stages}
    table, found = reading.tables["units"], []
    for place, cell in enumerate(table["kinds"].tolist()):
        for kind in (kind.strip() for kind in cell.split(";")):
            if kind and kind not in asked:
                cure = nearest_spelling(kind, asked)[2:] or "it asks for " + ", ".join(sorted(asked))
                found.append(table.fault(place, f"no patient of service {service.name} asks for this kind of care", kind, cure, "kinds"))
    return listed(found, "kinds that nobody asks for")


def _loads(service: Service, was_blank: np.ndarray, reading: Reading) -> list[Fault]:
    """Units that nobody comes to, and units that more patients come to than their beds can hold."""
    load, beds, units = expected_load(service), service.beds(), service.units
    table = reading.tables["units"]
    place_of = {unit: place for place, unit in enumerate(table["id"].tolist())}
    found = []
    reach = np.isfinite(service.region.travel.area_site).any(axis=0)[units.site]
    first = service.gives(service.access_kind)
    for u, unit in enumerate(units.id.tolist()):
        if not reach[u]:
            found.append(table.fault(place_of[unit], "no area can reach it", unit, "give minutes to its site", "id"))
        elif first[u] and load.index[u] == 0:
            found.append(table.fault(place_of[unit], "no patient comes first to it: another unit is nearer to all", unit, column="id"))
        elif load.beds[u] == 0:
            found.append(table.fault(place_of[unit], "no patient is sent to it", unit, column="id"))
        elif not was_blank[u] and load.beds[u] >= beds[u] > 0:
            share = 100 * load.beds[u] / beds[u]
            rule = f"patients need {load.beds[u]:.1f} beds on average, {share:.0f} % of those it has: waits grow without end"
            found.append(table.fault(place_of[unit], rule, int(beds[u]), "check its beds, its kinds and the demand around it", "beds"))
        reported = units.reported_volume[u]
        if reported > 0 and first[u] and not 1 / 3 <= load.index[u] / reported <= 3:
            rule = f"the nearest-unit volume is {load.index[u]:.0f} a year, far from what is reported"
            found.append(table.fault(place_of[unit], rule, float(reported), "check demand, minutes and the report", "reported_volume"))
    if load.unreached.any():
        named = ", ".join(service.areas.id[load.unreached][:NAMED].tolist())
        found.append(Fault(f"{int(load.unreached.sum())} areas can reach no unit: {named}", file=reading.tables["areas"].name))
    return listed(found, "units")


def _numbers(service: Service) -> list[tuple[str, str]]:
    """How many numbers of the service are those that ship, and how many of these are guesses."""
    shipped = [p for p in service.parameters if p.name not in service.region.numbers]
    guesses = sum(p.is_guess for p in shipped)
    what = f"{len(shipped)} of {len(service.parameters)} numbers of the service"
    return [(what, f"those that ship, {guesses} of them guesses; parameters.csv of a results folder names each with its source")]


def _stand_ins(reading: Reading) -> list[tuple[str, str]]:
    """What is not given, and what stands in."""
    sorts = {name.format(service=reading.service): sort for name, sort in (TABLES | FURTHER).items()}
    made = [(f"table {name}", sorts[name].without) for name in reading.missing if sorts[name].without]
    if reading.region is None:
        return made
    made = [row for row in made if row[0] not in ("table travel", "table site_travel") or not reading.about.level]
    areas, units, travel = reading.region.areas, reading.region.units, reading.region.travel
    made += _blanks("areas", areas.attribute, _ATTRIBUTES, len(areas))
    made += _blanks("units", {**units.attribute, "reported_volume": units.reported_volume}, _UNIT_ATTRIBUTES, len(units))
    if not areas.body:
        made.append(("bodies of the areas (icb ...)", "the whole region is one commissioner"))
    blank = int(np.isnan(units.beds).sum())
    if blank:
        made.append((f"beds of {blank} of {len(units)} units", "sized by rule from the load of the baseline"))
    if travel.by_rule.any() and "travel" not in reading.missing:
        count = f"minutes of {int(travel.by_rule.sum()):,} of {travel.by_rule.size:,} pairs of area and site"
        made.append((count, f"the straight-line rule: {error_in_words()}"))
    elif travel.by_rule.any():
        made = [(what, f"{instead}: {error_in_words()}" if what == "table travel" else instead) for what, instead in made]
    return made


def _blanks(of: str, columns: Mapping[str, np.ndarray], known: Mapping[str, str], rows: int) -> list[tuple[str, str]]:
    made = []
    for name, without in known.items():
        values = columns.get(name)
        missing = rows if values is None else int(np.isnan(np.asarray(values, float)).sum())
        if missing == rows:
            made.append((f"{name} of {of}", without))
        elif missing and name != "reported_volume":
            made.append((f"{name} of {missing} of {rows} {of}", "they are left out where it is needed"))
    return made
