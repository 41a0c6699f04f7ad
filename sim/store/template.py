"""Templates: the tables of a region of one's own, filled with a small made-up example that runs at once.

What each column means is said once, in `service.columns`; templates, the list of columns beside them and the notes in a workbook are
made from that. A folder or a workbook is written whole or not at all, and nothing that exists is overwritten.
"""

from __future__ import annotations

import csv
import math
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from ..service.build_finance import PROVIDER_COLUMNS
from ..service.columns import FURTHER, TABLES
from ..service.distribution import Distribution
from ..service.fault import Fault, refuse
from ..service.parameter_table import PARAMETER_COLUMNS, read_parameters
from ..service.region import FOLDER
from ..service.service import Parameter
from ..service.source import NUMBERS, WORKBOOKS
from ..service.straight_line import great_circle_km, straight_line_minutes
from ..service.tables import Column, read_table
from .whole import whole_folder

Rows = list[dict[str, object]]

SITES: Rows = [
    {"id": "HART", "name": "Hartsea General Hospital", "latitude": 53.234, "longitude": -0.519, "icb": "Wexmoor"},
    {"id": "WOLD", "name": "Wold Cross Hospital", "latitude": 53.361, "longitude": -0.012, "icb": "Wexmoor"},
    {"id": "FEN", "name": "Fenmouth Infirmary", "latitude": 52.991, "longitude": -0.010, "icb": "Wexmoor"},
]
"""Made up, and put on the map of Lincolnshire so that a map can be drawn."""

_TRUSTS = {"HART": ("RHA", "Hartsea Hospitals Trust", 1.05), "WOLD": ("RWF", "Wold and Fen Hospitals Trust", 1.0)}
_TRUSTS["FEN"] = _TRUSTS["WOLD"]

_PEOPLE = (
    ("A01", "Hartsea North", 53.262, -0.530, 137_000, 0.16, 0.05, 27.0, 0.0),
    ("A02", "Hartsea South", 53.190, -0.560, 125_000, 0.17, 0.05, 21.0, 0.0),
    ("A03", "Wold Cross", 53.370, -0.005, 88_000, 0.20, 0.07, 19.0, 0.3),
    ("A04", "Upper Wold", 53.480, -0.200, 49_000, 0.22, 0.08, 15.0, 1.0),
    ("A05", "Fenmouth", 52.980, -0.030, 97_000, 0.19, 0.06, 31.0, 0.2),
    ("A06", "Fen Villages", 52.880, 0.080, 48_000, 0.22, 0.08, 22.0, 1.0),
    ("A07", "Marsh Coast", 53.150, 0.300, 30_000, 0.26, 0.10, 35.0, 0.8),
    ("A08", "Long Vale", 53.060, -0.320, 62_000, 0.19, 0.06, 14.0, 0.7),
)
"""Id, name, latitude, longitude, people, shares aged 65 to 79 and 80 or more, deprivation, rural share."""

_PER_1000 = {"stroke": 1.6}
_LIKE = {"Ashford": ("HART", "Hartsea"), "Dover": ("WOLD", "Wold Cross")}
"""Which sites have units like those of the two towns; the third has what the second has."""


def write_template(target: Path, service: str, sentences: Path | None = None) -> list[str]:
    """Write a region filled with the example.

    Parameters
    ----------
    target
        A folder to be made; or, where it ends in ``.xlsx``, a workbook.
    service
        The service whose units, flows and numbers are wanted.
    sentences
        The YAML of a service, to be copied with its table of numbers; only into a folder.

    Returns
    -------
    What was written, by name, in order.

    Raises
    ------
    InputError
        Where something of that name exists, or it cannot be written; then nothing is.
    """
    is_workbook = target.suffix.lower() in WORKBOOKS
    _check_target(target, is_workbook, sentences)
    try:
        if is_workbook:
            return _write_workbook(target, service)
        with whole_folder(target, "new") as made:
            _write_folder(made, target, service, has_numbers=sentences is None)
            if sentences is not None:
                _copy_service(made / "service", sentences, service)
            return sorted(path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file())
    except OSError as error:
        refuse([Fault(f"the region cannot be written ({error.strerror or error})", str(target), "give another place")])


def _write_workbook(target: Path, service: str) -> list[str]:
    from .workbook import write_workbook  # only here, for what only workbooks need

    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".new-", dir=target.parent) as made:
        about, readme = _about(target.stem, service), _readme(target, service)
        write_workbook(Path(made) / target.name, about, tables(service), list_of_columns(service), readme)
        (Path(made) / target.name).rename(target)
    return [target.name]


def _check_target(target: Path, is_workbook: bool, sentences: Path | None) -> None:
    try:
        is_there = target.is_symlink() or (target.exists() and not (target.is_dir() and not is_workbook and not any(target.iterdir())))
    except (OSError, ValueError) as error:
        refuse([Fault(f"no folder can have that name ({getattr(error, 'strerror', None) or error})", str(target))])
    if is_there:
        refuse([Fault("there is something of that name, and nothing is overwritten", str(target), "give another name")])
    if is_workbook and sentences is not None:
        refuse([Fault("a service of one's own is a file, and needs a folder", str(target), "give a name without .xlsx")])


def tables(service: str) -> dict[str, Rows]:
    """The example, by name of table."""
    sites, units = SITES, _units(service)
    names = ("id", "name", "latitude", "longitude", "population", "share_65_79", "share_80_plus", "deprivation", "rural")
    areas = [dict(zip(names, row)) for row in _PEOPLE]
    for area in areas:
        area["demand"] = round(area["population"] / 1000 * _PER_1000.get(service, 0.5), 1)
        area["icb"] = "Wexmoor"
    minutes = _minutes(areas, sites)
    own = read_parameters(service) if (NUMBERS / f"{service}.csv").is_file() else {}
    costs = {name: each for name, each in own.items() if name.startswith("cost_")}
    others = {name: each for name, each in own.items() if name not in costs}
    return {
        "areas": areas,
        "sites": sites,
        f"units_{service}": units,
        "travel": _matrix("area", areas, sites, minutes),
        "site_travel": _matrix("site", sites, sites, _minutes(sites, sites)),
        f"flows_{service}": _flows(areas, sites, units, minutes),
        f"parameters_{service}": _some(others, ("share", "days")),
        f"costs_{service}": _some(costs, ("GBP",)),
        "providers": [{"provider": code, **dict.fromkeys(list(PROVIDER_COLUMNS)[1:])} for code in sorted({t[0] for t in _TRUSTS.values()})],
    }


def _units(service: str) -> Rows:
    """Units like those of the two towns, so that whatever the service asks for is given."""
    path = FOLDER / "two_towns" / f"units_{service}.csv"
    if not path.is_file():
        refuse([Fault(f"there is no example of the units of service {service!r}", cure=f"give service=stroke, then write units_{service}")])
    like = read_table(path, {}, allow_extra=True)
    rows = []
    for old, site, name in (("Ashford", *_LIKE["Ashford"]), ("Dover", *_LIKE["Dover"]), ("Dover", "FEN", "Fenmouth")):
        for place in range(len(like.row)):
            cells = {column: str(values[place]) for column, values in like.items()}
            if cells["site"] != old:
                continue
            provider, trust, factor = _TRUSTS[site]
            cells = {column: cell.replace(old, site if column in ("id", "site", "part_of") else name) for column, cell in cells.items()}
            cells |= {"provider": provider, "provider_name": trust, "market_forces_factor": factor}
            rows.append({key: value for key, value in cells.items() if key not in ("reported_volume", "reported_stay")})
    rows[-1]["beds"] = ""  # one that is not known, to show what then happens
    rows[-1]["note"] = "made up; beds not known: sized by rule"
    return rows


def _minutes(rows: Rows, columns: Rows) -> np.ndarray:
    points = [np.array([each[key] for each in some], float) for some in (rows, columns) for key in ("latitude", "longitude")]
    minutes = straight_line_minutes(great_circle_km(*points)).round()
    return np.where(great_circle_km(*points) < 0.1, 0.0, minutes)


def _matrix(first: str, rows: Rows, columns: Rows, minutes: np.ndarray) -> Rows:
    return [
        {first: row["id"], **{str(column["id"]): f"{minutes[i, j]:g}" for j, column in enumerate(columns)}} for i, row in enumerate(rows)
    ]


def _flows(areas: Rows, sites: Rows, units: Rows, minutes: np.ndarray) -> Rows:
    """Nine in ten to the nearest site, the others to the next: to the unit that comes first in the table of each."""
    first = {}
    for unit in units:
        first.setdefault(unit["site"], unit["id"])
    made = []
    for i, area in enumerate(areas):
        near, next_ = np.argsort(minutes[i], kind="stable")[:2]
        for site, share in ((near, 0.9), (next_, 0.1)):
            made.append({"area": area["id"], "unit": first[sites[site]["id"]], "patients": round(area["demand"] * share, 1)})
    return made


def _some(numbers: Mapping[str, Parameter], units: tuple[str, ...]) -> Rows:
    """The first two numbers of each sort, as they ship: rows to be changed."""
    rows = []
    for unit in units:
        rows += [_row(each) for each in numbers.values() if each.unit.startswith(unit)][:2]
    return rows


def _row(parameter: Parameter) -> dict[str, object]:
    value, law = parameter.value, {}
    if isinstance(value, Distribution):
        law = {key: getattr(value, key) for key in ("mean", "sd", "median", "lower", "upper")}
        law = {"law": value.law} | {key: given for key, given in law.items() if given is not None}
        value = None
    said = {key: getattr(parameter, key) for key in ("unit", "source", "confidence", "basis")}
    return {"name": parameter.name, "value": value, **law, **said, "note": "as it ships: put your own number and source"}


def columns_of(name: str, rows: Rows) -> list[str]:
    """The columns of a table of the example, in order."""
    if name.startswith(("parameters_", "costs_")):
        return list(PARAMETER_COLUMNS)
    return list(dict.fromkeys(key for row in rows for key in row))


def list_of_columns(service: str) -> Rows:
    """Every column of every table that a region may have: what it means, its unit, whether it must be there, an example."""
    return [
        {
            "table": name.format(service=service),
            "column": column,
            "needed": "yes" if about.is_required and sort.is_required else "where the table is given" if about.is_required else "no",
            "meaning": about.meaning,
            "unit": about.unit,
            "rule": about.rule if about.type is not str else "text, each once" if about.is_unique else "text",
            "blank": "not allowed" if about.blank is None else "allowed",
            "example": about.example,
        }
        for name, sort in (TABLES | FURTHER).items()
        for column, about in _with_places(name, sort.columns).items()
    ]


def _with_places(name: str, columns: Mapping[str, Column]) -> dict[str, Column]:
    if columns:
        return dict(columns)
    first = "area" if name == "travel" else "site"
    meaning = "blank where not known; unreachable where there is no way"
    return {
        first: Column(meaning=f"the id of the {first}"),
        "one column a site, named by its id": Column(float, blank=math.nan, least=0, unit="minutes", meaning=meaning),
    }


_PASSED_OVER = "rows that begin with a hash and a space are passed over; columns.csv says what each column means"


def _write_folder(folder: Path, target: Path, service: str, has_numbers: bool) -> None:
    """All files of a region; a service of one's own has its numbers beside it, and not in tables of the region."""
    sorts = {name.format(service=service): sort for name, sort in (TABLES | FURTHER).items()}
    for name, rows in tables(service).items():
        if not has_numbers and name.startswith(("parameters_", "costs_")):
            continue
        said = [f"# {name}: {sorts[name].what}", f"# made up; {_PASSED_OVER}"]
        _write_csv(folder / f"{name}.csv", columns_of(name, rows), rows, said)
    listed = list_of_columns(service)
    _write_csv(folder / "columns.csv", list(listed[0]), listed, [])
    (folder / "region.yaml").write_text("\n".join(_sentences(target.name, service)) + "\n", encoding="utf-8", newline="\n")
    (folder / "README.md").write_text("\n".join(_readme(target, service)) + "\n", encoding="utf-8", newline="\n")


def _write_csv(path: Path, columns: list[str], rows: Rows, said: list[str]) -> None:
    # With the mark that tells Excel that it is UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([line] for line in said)
        writer.writerow(columns)
        writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)


def _cell(value: object) -> object:
    return "" if value is None else f"{value:.12g}" if isinstance(value, float) else value


_ABOUT = {
    "name": ("{name}", "what the region is called in every output"),
    "boundaries": ("made up", "the date of the map of ICBs, as 2026 boundaries (36 ICBs)"),
    "basis": ("made-up minutes", "what the minutes are, as ordinary car, weekday noon"),
    "demand_of": ("{service}", "the service whose admissions the column demand of areas counts"),
    "missing_minutes": ("refuse", "refuse | straight_line: minutes by the straight-line rule for every pair that the tables lack"),
    "is_open_data": ("false", "whether outputs are labelled as open data, illustrative"),
    "sources": ("made up for the template", "one a line: where the tables come from"),
    "warning": ("Wexmoor is made up; nothing in it is a finding about a real place.", "one a line: what every output must say"),
}
"""What a region says of itself: by setting its value and what it is."""


def _about(name: str, service: str) -> Rows:
    return [{"setting": key, "value": value.format(name=name, service=service), "what": what} for key, (value, what) in _ABOUT.items()]


def _sentences(name: str, service: str) -> list[str]:
    lines = ["# What this region says of itself; every output repeats it."]
    for row in _about(name, service):
        value = f'"{row["value"]}"' if row["setting"] in ("name", "sources", "warning", "boundaries", "basis") else row["value"]
        value = f"[{value}]" if row["setting"] in ("sources", "warning") else value
        lines += [f"# {row['what']}", f"{row['setting']}: {value}"]
    return lines


def _readme(target: Path, service: str) -> list[str]:
    place = target.as_posix()
    chosen = "" if service == "stroke" else f" service={service}"
    sorts = {name.format(service=service): sort for name, sort in (TABLES | FURTHER).items()}
    lines = [
        f"# {target.stem}: a region of your own",
        "",
        "Filled with a made-up example that runs as it is. Put your own rows in its place, a table at a time, and check after each:",
        "",
        f"    python -m sim check region={place}{chosen}",
        "",
        "names every fault with file, row, column, value, rule and cure, says what is odd, and what stands in for what you do not give.",
        "Then:",
        "",
        f"    python -m sim region={place}{chosen} scenario=close scenario.units=[{_unit_to_close(service)}]",
        "",
        "Tables may be CSV, Excel (.xlsx) or Parquet files of these names, or sheets of these names in one workbook. Further columns of",
        "areas are kept: numbers as attributes, texts as bodies (icb, local_authority). Places may have easting and northing (British",
        "National Grid) in place of latitude and longitude.",
        "",
        "| table | needed | what | without |",
        "|---|---|---|---|",
    ]
    for name, sort in sorts.items():
        lines.append(f"| {name} | {'yes' if sort.is_required else 'no'} | {sort.what} | {sort.without or 'refused'} |")
    return [*lines, "", "`columns` lists every column: what it means, its unit, its rule, an example."]


def _unit_to_close(service: str) -> str:
    """A unit of the example whose kinds another site gives too."""
    units = _units(service)
    return str(next(unit["id"] for unit in units if unit["site"] == "FEN"))


def _copy_service(folder: Path, sentences: Path, service: str) -> None:
    """The YAML of a service with the path of its table of numbers, and that table, beside each other."""
    folder.mkdir()
    text = sentences.read_text(encoding="utf-8")
    numbers = NUMBERS / f"{service}.csv"
    if numbers.is_file():
        text = text.replace(f"\ntable: {service}\n", f"\ntable: {service}.csv\n")
        text = text.replace(f"sim/service/parameters/{service}.csv", f"{service}.csv")
        shutil.copyfile(numbers, folder / f"{service}.csv")
    (folder / f"{service}.yaml").write_text(text, encoding="utf-8", newline="\n")
