"""Launching sweeps: the command line's overrides become points, with Hydra's own grammar and composition. The second file that knows Hydra.

Config groups, and the few settings that only Hydra can put in place, are composed once for every combination; the other values are
then set point by point, which takes microseconds. What is composed and what is set makes the same config.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import yaml

from . import compose
from .compose import OPEN, checked, said_of
from .configs import folder
from .service.fault import Fault, InputError, nearest_spelling, refuse, settings

SETTINGS = "sweep."
DESIGN = "design="
NOT_SET = ("region", "service.name", "allocation")
"""Settings that name files: what is composed is looked up with them."""


def sweep_folder(command: str, given: Sequence[str]) -> Path:
    """The folder of the sweep that a command names first."""
    from .sweep.plan import ROOT

    usual = "python -m sim sweep <name> key=a,b ..."
    refuse([] if given and "=" not in given[0] else [Fault(f"{command} needs the name of a sweep", cure=usual)])
    name = given[0]
    bad = not name.strip(".") or name.startswith("-") or any(mark in name for mark in '/\\:*?"<>|')
    refuse([Fault("the name of a sweep is the name of a folder", name)] if bad else [])
    return ROOT / name


def nothing_else(given: Sequence[str]) -> None:
    """Refuse words that a command does not know."""
    refuse([Fault("nothing else is taken here", " ".join(given))] if given else [])


def planned(given: Sequence[str]):
    """How the words of a sweep want it run, and its plan."""
    from .sweep.how import How

    with _composing() as hydra:
        own = [word for word in given if word.startswith(SETTINGS)]
        how, design = How.read(hydra.settings(own)), [word for word in given if word.startswith(DESIGN)]
        refuse([Fault("one design at most", " ".join(design))] if len(design) > 1 else [])
        words = [word for word in given if word not in own and word not in design]
        return how, hydra.plan(words, how, design[0].removeprefix(DESIGN) if design else "")


def find(config: dict, name: str):
    """The findings of a config, with services kept between points that ask about the same one."""
    return compose.find(config, name, _kept_service)


def _kept_service(config: Mapping):
    return _service(json.dumps({group: config[group] for group in ("region", "service", "allocation")}))


@lru_cache(maxsize=8)
def _service(text: str):
    return compose.service_of(json.loads(text))


@contextmanager
def _composing() -> Iterator[_Composer]:
    """Hydra, ready to compose many configs."""
    from hydra import initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra

    GlobalHydra.instance().clear()
    with initialize_config_dir(str(folder()), version_base="1.3", job_name="sim"):
        yield _Composer()


class _Composer:
    """Makes plans of words."""

    def __init__(self):
        from hydra.core.global_hydra import GlobalHydra
        from hydra.core.override_parser.overrides_parser import OverridesParser

        self.parse = OverridesParser.create(config_loader=GlobalHydra.instance().config_loader()).parse_override

    def parsed(self, word: str):
        """One override."""
        from hydra.errors import HydraException


        try:
            return self.parse(word)
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

    def plan(self, words: Sequence[str], how, design: str):
        """The points that words and a design ask for."""
        from .sweep.design import Design

        fixed, space, spelt = [], {}, {}
        for word in checked(list(words), is_sweep=True):
            override = self.parsed(word)
            if not override.is_sweep_override():
                fixed.append(word)
                continue
            key = override.get_key_element()
            space[key.lstrip("+")] = _values(override)
            spelt[key.lstrip("+")] = key
        kind, rows = Design(how.design, how.points or 0, how.seed, how.seeds), None
        if design.endswith(".csv"):
            axes, rows = self._table(Path(design))
        elif design:
            kind, more = _design(design, kind)
            space = more | space
        if rows is None:
            axes, rows = tuple(space), list(kind.points(space))
        else:
            twice = [axis for axis in axes if axis in space]
            refuse([Fault("given on the command line and in the design", ", ".join(twice))] if twice else [])
            # What the command line varies is crossed with every row of the table.
            axes, rows = (*axes, *space), [(*row, *own) for row in rows for own in kind.points(space)]
        return self._composed(fixed, axes, rows, {axis: spelt.get(axis, _spelt(axis)) for axis in axes}, tuple(how.by))

    def _table(self, path: Path) -> tuple[tuple[str, ...], list[tuple]]:
        """A design as a table: a column a setting, a row a point, cells as on the command line."""
        refuse([] if path.is_file() else [Fault("no such design", str(path))])
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        refuse([] if len(rows) > 1 else [Fault("a design has a header and at least one row", file=path.name)])
        axes, made, faults = tuple(rows[0]), [], []
        for number, row in enumerate(rows[1:], start=2):
            if len(row) != len(axes) or not all(cell.strip() for cell in row):
                faults.append(Fault(f"{len(axes)} values are needed", file=path.name, row=number))
                continue
            made.append(tuple(self._cell(axis, cell.strip()) for axis, cell in zip(axes, row)))
        refuse(faults)
        return axes, made

    @lru_cache(maxsize=10_000)  # noqa: B019 a composer lives as long as one command
    def _cell(self, axis: str, cell: str) -> object:
        override = self.parsed(f"{axis}={cell}")
        refuse([Fault("one value is given", f"{axis}={cell}")] if override.is_sweep_override() else [])
        return override.value()

    def _composed(
        self,
        fixed: Sequence[str],
        axes: Sequence[str],
        rows: Sequence[tuple],
        spelt: Mapping[str, str],
        by: tuple[str, ...],
    ):
        """A plan: every combination of what only Hydra can put in place is composed once."""
        from .sweep.plan import Plan
        from .sweep.point import canonical

        refuse([] if rows else [Fault("the sweep has no points")])
        is_composed = [_only_hydra(axis, (row[place] for row in rows)) for place, axis in enumerate(axes)]
        known: dict[str, int] = {}
        bases, numbers = [], []
        for row in rows:
            own = {axis: value for axis, value, of in zip(axes, row, is_composed) if of}
            name = canonical(own)
            if name not in known:
                known[name] = len(bases)
                rest = {axis: value for axis, value, of in zip(axes, row, is_composed) if not of}
                bases.append(self._base(fixed, own, rest, spelt))
            numbers.append(known[name])
        return Plan(tuple(axes), tuple(bases), numbers, rows, by)

    def _base(self, fixed: Sequence[str], own: Mapping, rest: Mapping, spelt: Mapping[str, str]):
        """One config; what is set point by point has a first value in it, so that an unknown setting is refused."""
        from .sweep.plan import Base

        words = [*fixed, *(f"{spelt[axis]}={_word(value)}" for axis, value in own.items())]
        config, chosen = self._compose([*words, *(f"{spelt[axis]}={_word(value)}" for axis, value in rest.items())])
        plain, _ = self._compose(words, is_whole=False)
        return Base({**own, "scenario": chosen["scenario"]}, config, dict(_kept_service(plain).region.hashes))

    def _compose(self, words: list[str], is_whole: bool = True) -> tuple[dict, dict]:
        from hydra import compose
        from hydra.errors import HydraException
        from omegaconf import OmegaConf
        from omegaconf.errors import OmegaConfBaseException


        try:
            config = compose("config", words, return_hydra_config=True)
            chosen = dict(config.hydra.runtime.choices)
            OmegaConf.set_struct(config, False)
            config.pop("hydra")
            return OmegaConf.to_container(config, resolve=True, throw_on_missing=is_whole), chosen
        except (HydraException, OmegaConfBaseException) as error:
            refuse([said_of(error)])


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


def _only_hydra(axis: str, values: Iterator) -> bool:
    """Whether an axis is composed: a config group, a name that files are looked up by, or what is merged and not set."""
    is_group = (folder() / axis.replace(".", "/")).is_dir() and "." not in axis
    is_name = any(axis == name or axis.startswith(f"{name}.") for name in NOT_SET)
    return (
        is_group
        or is_name
        or "[" in axis
        or any(isinstance(v, dict) or (isinstance(v, str) and "${" in v) for v in values)
    )


def _spelt(axis: str) -> str:
    """A setting as an override names it: one of the user's own keys is added."""
    return f"++{axis}" if axis.rpartition(".")[0] in OPEN else axis


def _word(value: object) -> str:
    """A value as an override spells it."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{_word(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(_word, value)) + "]"
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
        yaml.safe_load(path.read_text(encoding="utf-8")),
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
