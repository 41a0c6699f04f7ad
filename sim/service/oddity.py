"""Oddities: what is allowed in the tables of a region and yet is seldom meant - two places of one name, an area at sea, minutes that look
like seconds. Each is said as a fault is, with file, row, column, value, rule and cure, but refuses nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .columns import AREA_COLUMNS, UNIT_COLUMNS
from .fault import Fault, nearest_spelling
from .number import number
from .places import Travel
from .region import Reading
from .straight_line import great_circle_km, straight_line_minutes
from .tables import Table

NAMED = 12
"""How many rows or pairs one sort of oddity names; further ones are counted."""

LAND_KM = 25.0
"""A place farther than this from the middle of every English neighbourhood is at sea or outside England."""

ALONE_KM = 60.0
"""A place farther than this from every other place of its region is likely to be misplaced."""

FASTEST_KMH = 120.0
"""No car keeps this speed along a straight line."""

BAD_TRIANGLE = (1.5, 20.0)
"""Minutes over another site, times the first and plus the second, that minutes straight there must not exceed."""

DIFFERENT_RATE = 8.0
"""How many times more or fewer admissions a head than is usual an area may have."""


def oddities(reading: Reading) -> list[Fault]:
    """Everything that is odd in the tables of a region, those with faults left out.

    Parameters
    ----------
    reading
        What was read of it.
    """
    rule, cure = "hidden, as by a filter, and read like any other", "delete what is not meant"
    counts = {name: "1 row is" if count == 1 else f"{count:,} rows are" for name, count in reading.hidden_rows.items()}
    found = [Fault(f"{rows} {rule}", cure=cure, file=name) for name, rows in counts.items()]
    for name, table in reading.tables.items():
        if table.faults or not len(table.row):
            continue
        found += [*_twins(table, name), *_near_columns(table, name), *_mixed_columns(table), *_hard_ids(table)]
        if name == "areas":
            found += [*_without_patients(table), *_odd_rates(table)]
        if name == "units":
            found += _odd_units(table)
    if reading.region is not None:
        found += [*_misplaced(reading), *_idle_sites(reading), *_odd_minutes(reading)]
    return found


def listed(faults: list[Fault], what: str) -> list[Fault]:
    """The first of many, and the count of the others."""
    if len(faults) <= NAMED:
        return faults
    return [*faults[:NAMED], Fault(f"{len(faults) - NAMED:,} more {what}", file=faults[0].file)]


def _twins(table: Table, sort: str) -> list[Fault]:
    """Names given twice, and ids that differ by capitals or spaces alone; units of one hospital often share its name."""
    found = []
    if "id" not in table or "name" not in table:
        return found
    for column, key in (("name", str.casefold), ("id", lambda text: "".join(text.casefold().split()))):
        seen: dict[str, int] = {}
        for place, text in enumerate(table[column].tolist()):
            first = seen.setdefault(key(text), place)
            if first != place and text and not (sort == "units" and column == "name"):
                rule = f"row {table.row[first]} has {'the same name' if column == 'name' else 'nearly the same id'}"
                found.append(table.fault(place, rule, text, "is it the same place twice?", column))
    return listed(found, "names given twice")


def _near_columns(table: Table, name: str) -> Iterator[Fault]:
    """Further columns whose names are nearly those of columns that are known and not there."""
    known = {"areas": AREA_COLUMNS, "units": UNIT_COLUMNS}.get(name, {})
    absent = [each for each in known if each not in table]
    for column in table:
        close = nearest_spelling(column, absent) if column not in known else ""
        if close:
            yield Fault(f"column {column!r} is taken as it stands" + close, file=table.name, row=1, column=column)


def _mixed_columns(table: Table) -> Iterator[Fault]:
    """Further columns of numbers with a few texts among them, which make texts of them all."""
    for column, values in table.items():
        if values.dtype.kind != "U" or column in ("id", "name", "note", "source"):
            continue
        is_number = np.array([number(cell) is not None for cell in values.tolist()])
        texts = np.flatnonzero(~is_number & (values != ""))
        if len(texts) and is_number.sum() > 4 * len(texts):
            place = int(texts[0])
            rule = f"a column of numbers holds {len(texts)} that are none, so that all are taken as text"
            yield table.fault(place, rule, str(values[place]), "write numbers alone, or leave cells blank", column)


def _hard_ids(table: Table) -> list[Fault]:
    marks = set(",[]{}()'\":=\\$")
    rule = "an id with such marks must be put between quotes on the command line"
    found = [
        table.fault(place, rule, text, "use letters, figures and hyphens", "id")
        for place, text in enumerate(table["id"].tolist() if "id" in table else [])
        if marks & set(text)
    ]
    return listed(found, "such ids")


def _demand(table: Table) -> np.ndarray | None:
    names = [name for name in table if name.startswith("demand")]
    return table[names[0]] if len(names) == 1 else None


def _without_patients(table: Table) -> Iterator[Fault]:
    demand = _demand(table)
    idle = np.flatnonzero(demand == 0) if demand is not None else []
    if len(idle):
        named = ", ".join(f"{table['id'][place]} (row {table.row[place]})" for place in idle[:NAMED])
        more = f" and {len(idle) - NAMED} more" if len(idle) > NAMED else ""
        rule = f"{len(idle)} of {len(table.row)} areas have no demand: {named}{more}"
        yield Fault(rule, cure="is that so?", file=table.name, column="demand")


def _odd_rates(table: Table) -> list[Fault]:
    """Areas with far more or far fewer admissions a head than is usual in the region."""
    demand, people = _demand(table), table.get("population")
    if demand is None or people is None:
        return []
    known = (people > 0) & (demand > 0)
    if known.sum() < 5:
        return []
    rate = np.where(known, demand / np.where(known, people, 1), np.nan)
    usual = float(np.nanmedian(rate))
    odd = np.flatnonzero(known & ((rate > DIFFERENT_RATE * usual) | (rate < usual / DIFFERENT_RATE)))
    rule = f"admissions per 1,000 people, where {1000 * usual:.2g} are usual here"
    cure = "is the demand or the population of another place?"
    found = [table.fault(place, rule, float(f"{1000 * rate[place]:.3g}"), cure, "demand") for place in odd]
    return listed(found, "areas of an unusual rate")


def _odd_units(table: Table) -> Iterator[Fault]:
    for place, beds in enumerate(table["beds"].tolist()):
        if beds == 0:
            yield table.fault(place, "a unit without beds admits nobody", 0, "leave beds blank where not known", "beds")
        if beds > 200:
            yield table.fault(place, "few units have more than 200 beds", int(beds), "is it the whole hospital?", "beds")
    for place, factor in enumerate(table.get("market_forces_factor", np.empty(0)).tolist()):
        if not (np.isnan(factor) or 0.9 <= factor <= 1.4):
            yield table.fault(place, "market forces factors lie between 1 and 1.2", factor, column="market_forces_factor")


def _misplaced(reading: Reading) -> list[Fault]:
    """Places far from all others, or far from every English neighbourhood though the others are not."""
    from scipy.spatial import cKDTree  # only here, for what only a check needs

    if reading.about.level:
        return []
    region, found = reading.region, []
    # The sites of a region may stand in two tables, one after the other.
    tables = [reading.tables[name] for name in ("areas", "sites", f"sites_{reading.service}") if name in reading.tables]
    latitude, longitude = (np.concatenate([getattr(p, key) for p in (region.areas, region.sites)]) for key in ("latitude", "longitude"))
    points = _on_globe(latitude, longitude)
    apart = np.full(len(points), 0.0) if len(points) < 3 else cKDTree(points).query(points, k=2)[0][:, 1]
    land = _land()
    to_land = cKDTree(land).query(points)[0]
    is_english = np.median(to_land) < LAND_KM
    far = max(ALONE_KM, 10 * float(np.median(apart)))
    is_odd = (to_land > LAND_KM) & is_english | (apart > far)
    start = 0
    for table in tables:
        for place in np.flatnonzero(is_odd[start : start + len(table.row)])[: 2 * NAMED]:
            at = start + place
            value = (float(latitude[at]), float(longitude[at]))
            column = "latitude" if "latitude" in table else "easting"
            if is_english and to_land[at] > LAND_KM:
                rule = f"lies {to_land[at]:.0f} km from the nearest English neighbourhood: at sea, or outside England"
                found.append(table.fault(place, rule, value, _swap_cure(table, place, land), column))
            else:
                rule = f"lies {apart[at]:.0f} km from every other place of the region"
                found.append(table.fault(place, rule, value, "check its coordinates", column))
        start += len(table.row)
    return listed(found, "places far from all others")


def _swap_cure(table: Table, place: int, land: np.ndarray) -> str:
    """Whether easting and northing would make more sense the other way round."""
    from scipy.spatial import cKDTree

    from .coordinates import degrees_of

    if "easting" in table and "northing" in table:
        latitude, longitude = degrees_of([table["northing"][place]], [table["easting"][place]])
        if np.isfinite(latitude[0]) and cKDTree(land).query(_on_globe(latitude, longitude))[0][0] < LAND_KM:
            return "easting and northing look swapped"
    elif -table["longitude"][place] != 0:
        latitude, longitude = [table["latitude"][place]], [-table["longitude"][place]]
        if cKDTree(land).query(_on_globe(latitude, longitude))[0][0] < LAND_KM:
            return "is the sign of the longitude missing? West of Greenwich it is below 0"
    return "check its coordinates"


def _on_globe(latitude, longitude) -> np.ndarray:
    """(N, 3) kilometres in space: near one another, straight lines are as long as those along the surface."""
    north, east = np.radians(np.asarray(latitude, float)), np.radians(np.asarray(longitude, float))
    return 6371.0088 * np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=1)


def _land() -> np.ndarray:
    """Where English neighbourhoods are."""
    from .regions.england import FOLDER, MSOA_COLUMNS
    from .tables import read_table

    table = read_table(FOLDER / "areas.csv", MSOA_COLUMNS)
    return _on_globe(table["latitude"], table["longitude"])


def _idle_sites(reading: Reading) -> Iterator[Fault]:
    region, table = reading.region, reading.tables.get("sites", reading.tables.get(f"sites_{reading.service}"))
    used = set(region.units.site.tolist())
    idle = [place for place in range(len(region.sites)) if place not in used]
    if idle and len(idle) < len(region.sites):
        named = ", ".join(str(region.sites.id[place]) for place in idle[:NAMED])
        yield Fault(f"{len(idle)} sites have no unit: {named}", cure="a scenario may open one there", file=table.name)


def _odd_minutes(reading: Reading) -> list[Fault]:
    """Minutes that no journey takes, or that another way round betters by far."""
    region = reading.region
    travel, areas, sites = region.travel, region.areas, region.sites
    km = great_circle_km(areas.latitude, areas.longitude, sites.latitude, sites.longitude)
    is_given = ~travel.by_rule & np.isfinite(travel.area_site)
    if not is_given.any():
        return []
    file, between = (reading.sources[name].name if name in reading.sources else name for name in ("travel", "site_travel"))
    ratio = float(np.median(travel.area_site[is_given] / straight_line_minutes(km[is_given])))
    for is_so, looks, cure in ((ratio > 20, "seconds", "divide by 60"), (ratio < 0.05, "hours", "multiply by 60")):
        if is_so:
            return [Fault(f"the minutes look like {looks}: {ratio:.2g} times what distances suggest", cure=cure, file=file)]
    fast = is_given & (km > FASTEST_KMH / 60 * (travel.area_site + 3))
    slow = is_given & (travel.area_site > 5 * straight_line_minutes(km) + 60)
    check = "check minutes or coordinates"
    found = [
        *_pairs(fast, travel.area_site, areas.id, sites.id, f"faster than {FASTEST_KMH:g} km/h in a straight line", check, file),
        *_pairs(slow, travel.area_site, areas.id, sites.id, "more than five times what the distance suggests", check, file),
    ]
    return [*found, *_triangles(travel, areas.id, sites.id, file), *_one_way(travel, sites.id, between)]


def _pairs(is_odd: np.ndarray, minutes: np.ndarray, rows, columns, rule: str, cure: str, file: str) -> list[Fault]:
    places = np.argwhere(is_odd)
    if not len(places):
        return []
    said = ", ".join(f"({rows[i]}, {columns[j]}) {minutes[i, j]:g}" for i, j in places[:NAMED])
    more = f" and {len(places) - NAMED:,} more" if len(places) > NAMED else ""
    count = "1 pair is" if len(places) == 1 else f"{len(places):,} pairs are"
    return [Fault(f"{count} {rule}: {said}{more}", cure=cure, file=file)]


def _triangles(travel: Travel, rows, columns, file: str) -> list[Fault]:
    """Pairs that a way over another site betters by far; ways by the straight-line rule, which knows no coast, better nothing."""
    times, plus = BAD_TRIANGLE
    best = np.full(travel.area_site.shape, np.inf)
    over = np.zeros(travel.area_site.shape, dtype=np.int32)
    for site in np.flatnonzero(~travel.is_modelled):
        way = travel.area_site[:, site, None] + travel.site_site[site]
        way[:, site] = np.inf
        is_better = np.nan_to_num(way, nan=np.inf) < best
        best, over = np.where(is_better, way, best), np.where(is_better, site, over)
    bad = np.argwhere((travel.area_site > times * best + plus) & ~travel.by_rule)
    if not len(bad):
        return []
    said = "; ".join(
        f"({rows[i]}, {columns[j]}) {travel.area_site[i, j]:g}, over {columns[over[i, j]]} {best[i, j]:g}" for i, j in bad[:NAMED]
    )
    more = f" and {len(bad) - NAMED:,} more" if len(bad) > NAMED else ""
    count = "1 pair" if len(bad) == 1 else f"{len(bad):,} pairs"
    return [Fault(f"minutes of {count} break the triangle badly: {said}{more}", cure="check these minutes", file=file)]


def _one_way(travel: Travel, ids, file: str) -> list[Fault]:
    there, back = travel.site_site, travel.site_site.T
    with np.errstate(invalid="ignore"):
        odd = np.triu(np.abs(there - back) > 15 + 0.5 * np.minimum(there, back))
    return _pairs(odd, there, ids, ids, "far from the minutes of the way back", "check both", file)

