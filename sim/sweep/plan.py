"""Plans: all the points of a sweep, on disk before any is asked.

A plan is one Parquet file: a row a point (its key, which composed config it starts from, and the values it sets in it), and in
the footer the configs and what they rest on. Its name comes from its content and it is never changed, so that a task that has
waited for days reads what it was submitted with. ``sweep.json`` names the plan in force.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..service.fault import Fault, nearest_spelling, refuse
from ..store.code import code_version
from ..store.reading import read_settings
from .parts import whole, write_whole
from .point import Keys, canonical, digest, with_values

ROOT = Path("results") / "sweeps"
CHUNK = 5000
"""Points that are read together."""


@dataclass(frozen=True)
class Base:
    """A composed config from which points start."""

    choices: Mapping[str, str]
    """Group: choice, as ``scenario: close``."""
    config: Mapping
    data: Mapping[str, str]
    """Hashes of the region's tables by file."""


@dataclass(frozen=True)
class Point:
    """One question of a sweep."""

    number: int
    """Its place in the plan, from 0."""
    key: str
    scenario: str
    config: Mapping
    data: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Plan:
    """The points of a sweep."""

    axes: tuple[str, ...]
    """What differs between points: config groups and dotted settings."""
    bases: tuple[Base, ...]
    base: Sequence[int]
    """(P,) which config."""
    values: Sequence[tuple]
    """(P,) the values of the axes."""
    by: tuple[str, ...]
    """What outcomes are kept by: all, kind, unit ..."""
    code: str = field(default_factory=code_version)

    def __len__(self) -> int:
        return len(self.base)

    def names(self) -> list[str]:
        """(P,) what each point is called: its scenario, and what else differs."""
        several = [
            place
            for place, axis in enumerate(self.axes)
            if axis != "scenario" and len({canonical(values[place]) for values in self.values}) > 1
        ]

        def said(place: int, value: object) -> str:
            shown = "+".join(map(str, value)) if isinstance(value, list) else str(value)
            return f"{self.axes[place].removeprefix('scenario.')}={shown}"

        return [
            " ".join([self.bases[number].choices["scenario"], *(said(place, values[place]) for place in several)])
            for number, values in zip(self.base, self.values)
        ]

    def configs(self) -> list[tuple[str, dict]]:
        """(P,) the scenario's name and the composed config of every point: of few, for all are made at once."""
        made = []
        for number, values in zip(self.base, self.values):
            base = self.bases[number]
            own = [axis for axis in self.axes if axis not in base.choices]
            config = with_values(base.config, own, [values[self.axes.index(axis)] for axis in own])
            made.append((base.choices["scenario"], config))
        return made

    def keys(self) -> list[str]:
        """(P,) the keys, in the plan's order.

        Settings that a config was composed with are in it already; the others are set point by point.
        """
        made = [
            Keys(
                each.config,
                self.set_in(each),
                [each.choices["scenario"], sorted(each.data.items()), self.by, self.code],
            )
            for each in self.bases
        ]
        places = [[self.axes.index(axis) for axis in self.set_in(each)] for each in self.bases]
        return [made[b].key([values[place] for place in places[b]]) for b, values in zip(self.base, self.values)]

    def set_in(self, base: Base) -> list[str]:
        """The axes whose values are set in a config point by point; the others it was composed with."""
        return [axis for axis in self.axes if axis not in base.choices]


def write_plan(plan: Plan, folder: Path, told: Mapping) -> Stored:
    """Write a plan and put it in force.

    Parameters
    ----------
    plan
        Points that come twice are kept once.
    folder
        The sweep's own.
    told
        What to say in ``sweep.json`` next to it, for people.
    """
    import pyarrow as pa

    keys = plan.keys()
    first = {}
    for place, key in enumerate(keys):
        first.setdefault(key, place)
    rows = list(first.values())
    head = {
        "axes": plan.axes,
        "bases": [{"choices": dict(b.choices), "config": b.config, "data": dict(b.data)} for b in plan.bases],
        "by": plan.by,
        "code": plan.code,
    }
    text = canonical(head)
    columns = {
        "key": [keys[row] for row in rows],
        "base": pa.array([plan.base[row] for row in rows], pa.int32()),
        "values": [canonical(plan.values[row]) for row in rows],
    }
    name = f"plan-{digest(text + ' '.join(columns['key']))}.parquet"
    folder.mkdir(parents=True, exist_ok=True)
    if not _is_readable(folder / name):
        table = pa.table(columns).replace_schema_metadata({"plan": text})
        write_whole(folder / name, table, row_group_size=CHUNK)
    with whole(folder / "sweep.json") as file:
        said = {**told, "plan": name, "points": len(rows), "axes": plan.axes, "by": plan.by, "code": plan.code}
        file.write((json.dumps(said, indent=2) + "\n").encode())
    return Stored(folder, name)


PLAN_CURE = "give the command of the sweep again: it writes the plan anew, and what is finished is kept"


def told_of(folder: Path) -> Mapping:
    """What ``sweep.json`` says of a sweep; a sweep that is not there is refused."""
    known = folder / "sweep.json"
    if not is_file(known):
        others = sorted(each.parent.name for each in folder.parent.glob("*/sweep.json")) if folder.parent.is_dir() else []
        cure = f"sweeps under {folder.parent}: " + (", ".join(others) or "none") + nearest_spelling(folder.name, others)
        refuse([Fault("no such sweep", folder.name, cure)])
    return read_settings(known, PLAN_CURE)


def _is_readable(plan: Path) -> bool:
    """Whether a plan is there, and was neither cut off nor replaced by something else."""
    from pyarrow import ArrowException, parquet

    try:
        return b"plan" in parquet.read_schema(plan).metadata
    except (OSError, ArrowException, TypeError):
        return False


def is_file(path: Path) -> bool:
    """Whether there is a file of that name; what can be no name is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


class Stored:
    """A plan on disk; reads only what it is asked for."""

    def __init__(self, folder: Path, name: str | None = None):
        """Open a plan.

        Parameters
        ----------
        folder
            The sweep's own.
        name
            The plan; the one in force where not given.
        """
        from pyarrow import ArrowException, parquet

        self.folder = Path(folder)
        if name is None:
            name = told_of(self.folder).get("plan")
            fault = Fault("sweep.json names no plan", name, PLAN_CURE, str(self.folder / "sweep.json"))
            refuse([] if isinstance(name, str) else [fault])
        self.name = name
        try:
            with parquet.ParquetFile(self.folder / self.name) as file:
                head = json.loads(file.schema_arrow.metadata[b"plan"])
            self.axes = tuple(head["axes"])
            self.bases = tuple(Base(**each) for each in head["bases"])
            self.by = tuple(head["by"])
            self.code = head["code"]
        except (OSError, ArrowException, ValueError, KeyError, TypeError) as error:
            why = f"the plan of the sweep cannot be read ({' '.join(str(error).split())})"
            refuse([Fault(why, cure=PLAN_CURE, file=str(self.folder / self.name))])

    @property
    def parts(self) -> Path:
        """The folder of parts."""
        return self.folder / "parts"

    def keys(self):
        """(P,) the keys as an Arrow array, in the plan's order."""
        from pyarrow import parquet

        return parquet.read_table(self.folder / self.name, columns=["key"])["key"].combine_chunks()

    def keys_of(self, rows: Iterable[int]) -> dict[int, str]:
        """The keys of some rows; of a long plan only the pieces that hold them are read."""
        return {row: table["key"][place].as_py() for row, table, place in self._read(rows, ["key"])}

    def table(self):
        """The whole plan: key, base, values."""
        from pyarrow import parquet

        return parquet.read_table(self.folder / self.name)

    def points(self, rows: Sequence[int]) -> Iterator[Point]:
        """The points of some rows, in the order given."""
        for row, table, place in self._read(rows):
            base = self.bases[table["base"][place].as_py()]
            values = dict(zip(self.axes, json.loads(table["values"][place].as_py())))
            own = {axis: value for axis, value in values.items() if axis not in base.choices}
            config = with_values(base.config, list(own), list(own.values()))
            yield Point(row, table["key"][place].as_py(), base.choices["scenario"], config, base.data)

    def _read(self, rows: Iterable[int], columns: list[str] | None = None) -> Iterator[tuple[int, object, int]]:
        """Rows, each with the piece of the plan that holds it and its place there."""
        from pyarrow import parquet

        rows = list(rows)
        with parquet.ParquetFile(self.folder / self.name) as file:
            read = {group: file.read_row_group(group, columns) for group in {row // CHUNK for row in rows}}
        for row in rows:
            yield row, read[row // CHUNK], row % CHUNK
