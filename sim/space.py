"""The space that words speak of: what Hydra's grammar makes of settings with several values, of ranges, and of a design beside them.

The same words are read for a sweep (`launch`) and for Hydra's own sweeper (`hydra_plugins.sim_design`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

from .compose import GROUPS, OPEN, checked, said_of, unknown_choice
from .configs import choices, folder
from .service.fault import Fault, InputError, nearest_spelling, refuse, settings
from .service.sentences import read_sentences
from .store.reading import read_text

SETTINGS = "sweep."
DESIGN = "design="


class Space(NamedTuple):
    """Points before anything is composed."""

    fixed: tuple[str, ...]
    """Words that every point shares."""
    axes: tuple[str, ...]
    """What differs between points."""
    rows: list[tuple]
    """(P,) the values of the axes."""
    spelt: Mapping[str, str]
    """Axis: how an override names it."""
    own: tuple[str, ...] = ()
    """Settings of the command itself, to be named where a word is unknown."""

    def words(self, row: tuple) -> list[str]:
        """A point as the command line would say it."""
        return [*self.fixed, *(f"{self.spelt[axis]}={as_word(value)}" for axis, value in zip(self.axes, row))]


def parted(given: Sequence[str]) -> tuple[list[str], str, list[str]]:
    """Words about the sweep itself, the design, and the words about its points."""
    own = [word for word in given if word.startswith(SETTINGS)]
    design = [word for word in given if word.startswith(DESIGN)]
    refuse([Fault("one design at most", " ".join(design))] if len(design) > 1 else [])
    is_empty = design and not design[0].removeprefix(DESIGN).strip()
    refuse([Fault("design has no value", cure="name one, or leave it out")] if is_empty else [])
    rest = [word for word in given if word not in own and word not in design]
    return own, design[0].removeprefix(DESIGN) if design else "", rest


class Reader:
    """Reads words with Hydra's grammar; Hydra must have been made ready."""

    def __init__(self):
        from hydra.core.global_hydra import GlobalHydra
        from hydra.core.override_parser.overrides_parser import OverridesParser

        self.parse = OverridesParser.create(config_loader=GlobalHydra.instance().config_loader()).parse_overrides

    def parsed(self, word: str):
        """One override."""
        from hydra.errors import HydraException

        try:
            return self.parse([word])[0]
        except HydraException as error:
            refuse([said_of(error)])

    def settings(self, words: Sequence[str]) -> dict:
        """``configs/sweep.yaml`` with what was given in its place."""
        made = yaml.safe_load((folder() / "sweep.yaml").read_text(encoding="utf-8"))
        for word in words:
            override = self.parsed(word)
            *path, last = override.key_or_group.removeprefix(SETTINGS).split(".")
            at, known = made, bool(last)
            for name in path:
                at = at.get(name) if isinstance(at, dict) else None
            known = isinstance(at, dict) and last in at
            cure = "see configs/sweep.yaml" + (nearest_spelling(last, at) if isinstance(at, dict) else "")
            refuse([] if known else [Fault("unknown setting", override.key_or_group, cure)])
            refuse([Fault("one value is given", word)] if override.is_sweep_override() else [])
            at[last] = override.value()
        return made

    def space(self, words: Sequence[str], usual, design: str, own: Iterable[str] = ()) -> Space:
        """The points that words and a design ask for.

        Parameters
        ----------
        words
            Of points, not of the sweep.
        usual
            How ranges are covered (`sweep.design.Design`), where the design does not say it.
        design
            The name or path of a design, or nothing.
        own
            Settings of the command itself, to be named where a word is unknown.
        """
        fixed, space, spelt = [], {}, {}
        for word in checked(list(words), is_sweep=True):
            override = self.parsed(word)
            if not override.is_sweep_override():
                fixed.append(word)
                continue
            key = override.get_key_element()
            space[key.lstrip("+")] = _values(override)
            spelt[key.lstrip("+")] = key
        if design.endswith(".csv"):
            axes, rows = self._table(Path(design))
            twice = [axis for axis in axes if axis in space]
            refuse([Fault("given on the command line and in the design", ", ".join(twice))] if twice else [])
            # What the command line varies is crossed with every row of the table.
            axes, rows = (*axes, *space), [(*row, *own) for row in rows for own in usual.points(space)]
        else:
            kind, more = _design(design, usual) if design else (usual, {})
            space = more | space
            axes, rows = tuple(space), list(kind.points(space))
        refuse([] if rows else [Fault("the sweep has no points")])
        for place, axis in enumerate(axes):
            wanted = dict.fromkeys(str(row[place]) for row in rows) if axis in GROUPS else ()
            refuse(unknown_choice(axis, each, several=True) for each in wanted if each not in choices(axis))
        return Space(tuple(fixed), axes, rows, {axis: spelt.get(axis, spelt_as(axis)) for axis in axes}, tuple(own))

    def _table(self, path: Path) -> tuple[tuple[str, ...], list[tuple]]:
        """A design as a table: a column a setting, a row a point, cells as on the command line."""
        refuse([] if path.is_file() else [Fault("no such design", str(path))])
        try:
            rows = list(csv.reader(io.StringIO(read_text(path, "save it as CSV UTF-8"), newline="")))
        except csv.Error as error:
            refuse([Fault(f"cannot be read ({error})", cure="save it as CSV UTF-8", file=path.name)])
        refuse([] if len(rows) > 1 else [Fault("a design has a header and at least one row", file=path.name)])
        axes, made = tuple(axis.strip() for axis in rows[0]), []
        faults = [Fault("a column of a design names a setting", axis, file=path.name, row=1) for axis in axes if not axis]
        twice = [axis for axis in dict.fromkeys(axes) if axes.count(axis) > 1]
        faults += [Fault("a setting has one column", axis, "keep one", path.name, 1) for axis in twice]
        refuse(faults)
        for number, row in enumerate(rows[1:], start=2):
            if len(row) != len(axes) or not all(cell.strip() for cell in row):
                faults.append(Fault(f"{len(axes)} values are needed", file=path.name, row=number))
                continue
            try:
                made.append(tuple(self._cell(axis, cell.strip()) for axis, cell in zip(axes, row)))
            except InputError as error:
                faults += [Fault(str(each), file=path.name, row=number) for each in error.each]
        refuse(faults)
        return axes, made

    @lru_cache(maxsize=10_000)  # noqa: B019 a composer lives as long as one command
    def _cell(self, axis: str, cell: str) -> object:
        refuse([unknown_choice(axis, cell, several=True)] if axis in GROUPS and cell not in choices(axis) else [])
        override = self.parsed(f"{axis}={cell}")
        refuse([Fault("one value is given", f"{axis}={cell}")] if override.is_sweep_override() else [])
        return override.value()


def _values(override) -> object:
    """What an override ranges over: a range, or values."""
    from hydra.core.override_parser.types import IntervalSweep, Override

    from .sweep.design import Range

    swept = override.value()
    if isinstance(swept, IntervalSweep):
        whole = isinstance(swept.start, int) and isinstance(swept.end, int)
        return Range(swept.start, swept.end, whole or "int" in swept.tags, "log" if "log" in swept.tags else "linear")
    values = [Override._convert_value(each) for each in override.sweep_iterator()]
    return tuple(values)


def spelt_as(axis: str) -> str:
    """A setting as an override names it: one of the user's own keys is added."""
    return f"++{axis}" if axis.rpartition(".")[0] in OPEN else axis


def as_word(value: object) -> str:
    """A value as an override spells it."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{as_word(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(as_word, value)) + "]"
    return repr(value)


def _design(name: str, usual):
    """A design by name or path: how ranges are covered, and the settings it ranges over."""
    from dataclasses import replace

    from .sweep.design import Range

    path = Path(name) if name.endswith((".yaml", ".yml")) else folder() / "design" / f"{name}.yaml"
    known = sorted(each.stem for each in (folder() / "design").glob("*.yaml"))
    cure = "known: " + ", ".join(known) + nearest_spelling(name, known)
    refuse([] if path.is_file() else [Fault(f"unknown design {name!r}", cure=cure)])
    given = settings(
        read_sentences(path),
        path.name,
        ("settings",),
        ("kind", "points", "seed", "seeds", "settings"),
    )
    space, faults = {}, []
    for key, lines in settings(given.pop("settings"), f"{path.name} settings").items():
        if isinstance(lines, list):
            space[key] = tuple(lines)
            continue
        try:
            lines = settings(lines, f"{path.name} {key}", ("low", "high"), ("low", "high", "whole", "scale"))
            space[key] = Range(**lines)
        except InputError as error:
            faults.append(error)
    refuse(faults)
    if "points" in given:
        given["count"] = given.pop("points")
    # What the command line says goes before.
    usually = {"kind": "grid", "count": 0, "seed": 1, "seeds": "crossed"}
    own = {key: value for key, value in given.items() if getattr(usual, key) == usually[key]}
    return replace(usual, **own), space
