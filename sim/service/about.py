"""About: what a region says of itself, in ``region.yaml`` or in a sheet ``region`` of its workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .fault import Fault, InputError, is_number, nearest_spelling, refuse
from .sentences import read_sentences
from .source import Source
from .tables import TEXT, scan_table

SHEET = "region"
"""The table that may stand in for ``region.yaml``: columns ``setting`` and ``value``, a row each; sources may be several rows."""


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


def read_about(path: Path, sheet: Source | None = None) -> About:
    """Read what a region says of itself.

    Parameters
    ----------
    path
        ``region.yaml``.
    sheet
        The table that stands in where there is no such file.

    Raises
    ------
    InputError
        With every fault of it.
    """
    if not path.exists() and sheet is not None:
        return _about(_from_table(sheet), sheet.name)
    if not path.exists():
        cure = "write one with a name, and with boundaries, sources and warning if known"
        raise InputError(f"{path}: there is no such file; {cure}")
    said = read_sentences(path)
    if not isinstance(said, Mapping):
        refuse([Fault("must be a list of 'key: value' lines", said, file=path.name)])
    return _about(said, path.name)


def _from_table(sheet: Source) -> dict[str, object]:
    """The settings of a table; those of several rows as a list."""
    table = scan_table(sheet, {"setting": TEXT, "value": TEXT})
    refuse(table.faults)
    said: dict[str, object] = {}
    for setting, value in zip(table["setting"].tolist(), table["value"].tolist()):
        if setting in ("sources", "warning"):
            said.setdefault(setting, []).append(value)
        elif setting in said:
            refuse([Fault(f"setting {setting!r} is given twice", cure="keep one", file=sheet.name)])
        else:
            said[setting] = value
    if "volume_error" in said:
        said["volume_error"] = float(said["volume_error"]) if _is_decimal(said["volume_error"]) else said["volume_error"]
    if "is_open_data" in said:
        words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        said["is_open_data"] = words.get(str(said["is_open_data"]).casefold(), said["is_open_data"])
    return said


def _is_decimal(text: object) -> bool:
    return str(text).replace(".", "", 1).isdecimal()


def _about(said: Mapping, file: str) -> About:
    faults, fields = [], list(About.__dataclass_fields__)
    for key in said:
        if key not in fields:
            cure = nearest_spelling(str(key), fields)[2:] or "the keys are " + ", ".join(fields)
            faults.append(Fault(f"key {key!r} is not known", cure=cure, file=file))
    if not said.get("name"):
        faults.append(Fault("name is missing", cure="add 'name: ...'", file=file))
    if said.get("missing_minutes", "refuse") not in ("refuse", "straight_line"):
        faults.append(Fault("missing_minutes must be refuse or straight_line", said["missing_minutes"], file=file))
    if said.get("level", "") not in ("", "MSOA", "LSOA"):
        faults.append(Fault("level must be MSOA or LSOA", said["level"], file=file))
    if not is_number(said.get("volume_error", 0.0), 0):
        faults.append(Fault("volume_error must be a share, 0 or more", said["volume_error"], file=file))
    if not isinstance(said.get("is_open_data", False), bool):
        faults.append(Fault("is_open_data must be true or false", said["is_open_data"], file=file))
    for key in ("name", "boundaries", "basis", "shares", "demand_of"):
        if isinstance(said.get(key), Mapping | list | bool):
            faults.append(Fault(f"{key} must be text", said[key], "put it between quotes", file))
    for key in ("sources", "warning"):
        if any(isinstance(each, Mapping | list) for each in _list(said.get(key))):
            faults.append(Fault(f"{key} must be a list of sentences", said[key], "put each between quotes", file))
    refuse(faults)
    texts = {
        key: str(said[key])
        for key in ("name", "boundaries", "basis", "missing_minutes", "shares", "level", "demand_of")
        if said.get(key)
    }
    lists = {key: tuple(map(str, _list(said[key]))) for key in ("sources", "warning") if said.get(key)}
    rest = {key: said[key] for key in ("volume_error", "is_open_data") if key in said}
    return About(**texts, **lists, **rest)


def _list(said: object) -> Sequence:
    return said if isinstance(said, list) else [] if said is None else [said]
