"""Flows: the unit, or the shares of units, that the patients of places go to, as a table says it.

A place is an area, or a body that areas belong to (``icb``, ``local_authority``); a row for an area goes before one for a body.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .fault import Fault, nearest_spelling, refuse
from .places import Areas, Travel, Units, freeze
from .source import Source
from .tables import TEXT, Column, Table, name_pairs, read_header, read_table, sha256

AREA = "area"
"""The level of a row that speaks of an area by its id; other levels are those of bodies."""

_NAMED = 12
"""How many places one fault names; further ones are counted."""


@dataclass(frozen=True, eq=False)
class Flows:
    """Who goes where, one row a place and unit."""

    level: np.ndarray
    """(N,) text: ``area``, or the level of a body."""
    place: np.ndarray
    """(N,) text: the area's id or the body's name."""
    unit: np.ndarray
    """(N,) text: the unit's id."""
    share: np.ndarray
    """(N,) the share of the place's patients, above 0; sums to 1 over the rows of a place."""
    file: str = "flows"
    """Where they were read, as faults and outputs say it."""
    sha256: str = ""
    """Of that file; empty where there is none."""

    def __post_init__(self):
        freeze(self, level=str, place=str, unit=str, share=float)

    def faults(self, areas: Areas, units: Units, travel: Travel, kinds: set[str], must_cover: bool) -> list[Fault]:
        """What is wrong with them in a region.

        Parameters
        ----------
        areas, units, travel
            Of the region.
        kinds
            The kinds of care that patients start with: every unit named must give them all.
        must_cover
            Whether every area with demand needs a row.
        """
        levels = [AREA, *areas.body]
        names = {
            level: set((areas.id if level == AREA else areas.body[level]).tolist())
            for level in sorted(set(self.level.tolist()) & set(levels))
        }
        index = {name: u for u, name in enumerate(units.id.tolist())}
        faults = [
            Fault(f"places are of level {', '.join(levels)}" + nearest_spelling(level, levels), level, file=self.file)
            for level in sorted(set(self.level.tolist()) - set(levels))
        ]
        for level, known in names.items():
            unknown = sorted(set(self.place[self.level == level].tolist()) - known)
            faults += [_listed(f"unknown {level}", unknown, self.file, known)] if unknown else []
        unknown = sorted(set(self.unit.tolist()) - set(index))
        faults += [_listed("unknown unit", unknown, self.file, index)] if unknown else []
        if faults:
            return faults
        for kind in sorted(kinds):
            lacking = sorted({u for u in self.unit.tolist() if not units.gives[kind][index[u]]})
            faults += [_listed(f"these units do not give {kind} care:", lacking, self.file)] if lacking else []
        own, _, twice = resolve(self, areas, units)
        if twice:
            faults.append(_listed("these areas lie in two bodies with rows:", twice, self.file))
        bare = (areas.demand > 0) & (own[:, 0] < 0)
        if must_cover and bare.any():
            faults.append(_listed("these areas have patients and no row:", areas.id[bare].tolist(), self.file))
        minutes = travel.area_site[np.arange(len(areas))[:, None], units.site[own]]
        lost = np.argwhere((own >= 0) & np.isnan(minutes))
        if len(lost):
            pairs = [(str(areas.id[a]), str(units.id[own[a, j]])) for a, j in lost]
            faults.append(Fault(f"there is no way from area to unit for {name_pairs(pairs)}", file=self.file))
        return faults


def _listed(rule: str, names: list[str], file: str, known=()) -> Fault:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return Fault(
        f"{rule} {', '.join(map(str, names[:_NAMED]))}{more}", cure=nearest_spelling(names[0], known)[2:], file=file
    )


def resolve(flows: Flows, areas: Areas, units: Units) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """The units of each area's patients.

    Returns
    -------
    (A, J) index of the unit, -1 where there is none; (A, J) share, 0 there; and the areas that two bodies speak for, in words.
    """
    index = {name: u for u, name in enumerate(units.id.tolist())}
    rows: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    for level, place, unit, share in zip(*(c.tolist() for c in (flows.level, flows.place, flows.unit, flows.share))):
        rows[level, place].append((index[unit], share))
    levels = [level for level in dict.fromkeys(flows.level.tolist()) if level != AREA]
    found: list[list[tuple[int, float]]] = [[] for _ in range(len(areas))]
    twice = []
    for level in levels:
        for a, place in enumerate(areas.body[level].tolist()):
            given = rows.get((level, place))
            if given and found[a]:
                twice.append(str(areas.id[a]))
            found[a] = given or found[a]
    for a, place in enumerate(areas.id.tolist()):
        found[a] = rows.get((AREA, place)) or found[a]
    width = max(1, max(map(len, found), default=1))
    own, share = np.full((len(areas), width), -1, dtype=np.int32), np.zeros((len(areas), width))
    for a, given in enumerate(found):
        for j, (unit, part) in enumerate(given):
            own[a, j], share[a, j] = unit, part
    return own, share, twice


def read_flows(given: Source | Path | str, is_designated: bool = False) -> Flows:
    """Read a table of flows.

    Parameters
    ----------
    given
        A table. Places: a column ``area`` or named as a level of bodies (``icb``), or two, ``level`` and ``place``. Units: ``unit``.
        How many: ``patients`` (any count) or ``share`` (summing to 1 over a place).
    is_designated
        Whether each place has one unit; the column of how many is then absent.

    Raises
    ------
    InputError
        With every fault of the file.
    """
    source = Source.of(given)
    header = read_header(source)
    many = [] if is_designated else [name for name in ("patients", "share") if name in header][:1] or ["share"]
    where = ["level", "place"] if "level" in header else [n for n in header if n not in ("unit", *many)][:1] or [AREA]
    columns = {**dict.fromkeys([*where, "unit"], TEXT), **{name: Column(float, least=0) for name in many}}
    table = read_table(source, columns)
    unit, place = table["unit"], table[where[-1]]
    level = table["level"] if len(where) == 2 else np.full(len(unit), where[0])
    weight = table[many[0]] if many else np.ones(len(unit))
    total = defaultdict(float)
    keys = list(zip(level.tolist(), place.tolist()))
    for key, one in zip(keys, weight.tolist()):
        total[key] += one
    refuse(_row_faults(keys, unit, total, many, table))
    of = np.array([total[key] for key in keys])
    used = weight > 0
    return Flows(
        level[used], place[used], unit[used], (weight / np.where(of > 0, of, 1.0))[used], source.name, sha256(source.path)
    )


def _row_faults(keys: list, unit: np.ndarray, total: dict, many: list[str], table: Table) -> list[Fault]:
    faults, seen, file = [], {}, table.name
    for place, (key, name) in enumerate(zip(keys, unit.tolist())):
        once = (*key, name) if many else key
        if once in seen:
            faults.append(table.fault(place, f"{' '.join(once)} is given in row {seen[once]} too", cure="keep one"))
        seen.setdefault(once, int(table.row[place]))
    for key, sum_of in total.items():
        if many == ["share"] and abs(sum_of - 1) > 1e-6:
            faults.append(Fault(f"shares of {' '.join(key)} must sum to 1", round(sum_of, 9), file=file))
        elif not sum_of > 0:
            faults.append(Fault(f"{' '.join(key)} has no patients", cure="leave it out or give a number", file=file))
    return faults
