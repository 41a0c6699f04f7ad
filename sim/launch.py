"""Launching sweeps: the command line's overrides become points, with Hydra's own grammar and composition. 

Config groups, and the few settings that only Hydra can put in place, are composed once for every combination; the other values are
then set point by point, which takes microseconds. What is composed and what is set makes the same config.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from . import compose
from .compose import composed, composing, no_results, with_book
from .configs import folder
from .service.fault import Fault, nearest_spelling, refuse
from .space import Reader, Space, as_word, parted

NOT_SET = ("region", "service.name", "allocation")
"""Settings that name files: what is composed is looked up with them."""


def sweep_folder(command: str, given: Sequence[str]) -> Path:
    """The folder of the sweep that a command names first."""
    from .sweep.plan import ROOT

    usual = "python -m sim sweep <name> key=a,b ..."
    refuse([] if given and "=" not in given[0] else [Fault(f"{command} needs the name of a sweep", cure=usual)])
    name = given[0]
    bad = not name.strip(".") or name.startswith("-") or any(mark in name for mark in '/\\:*?"<>|')
    cure = f"as {ROOT.name} lie in {ROOT.as_posix()}: its last part alone, without any of / \\ : * ? < > |"
    refuse([Fault("the name of a sweep is the name of one folder", name, cure)] if bad else [])
    return ROOT / name


def nothing_else(given: Sequence[str], known: Sequence[str] = ()) -> None:
    """Refuse words that a command does not know."""
    cure = ("known: " + ", ".join(known) if known else "leave it out")
    refuse(Fault("unknown word", word, cure + nearest_spelling(word, known)) for word in given)


def planned(given: Sequence[str], also: Sequence[str] = ()):
    """How the words of a sweep want it run, and its plan; ``also`` are settings of the command itself."""
    from .sweep.how import How

    own, design, words = parted(given)
    refuse(no_results(words))
    with composing():
        reader = Reader()
        how = How.read(reader.settings(own))
        return how, plan_of(reader.space(words, how.covered(), design, also), tuple(how.by))


def options_of(plan) -> dict[str, dict]:
    """The scenarios of a plan by name, of points that differ in nothing else."""
    configs, names = [config for _, config in plan.configs()], plan.names()
    apart = [config for config in configs if {**config, "scenario": 0} != {**configs[0], "scenario": 0}]
    refuse([Fault("options differ in their scenario alone", cure="give every other setting one value")] if apart else [])
    made = dict(zip(names, (config["scenario"] for config in configs)))
    refuse([Fault("two options are the same", ", ".join(names), "give each value once")] if len(made) < len(names) else [])
    return made


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Say in words that a sweep's folder cannot be written."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        cure = "what is finished is kept: mend it and give the same command again"
        refuse([Fault(f"the sweep's folder cannot be written: {error.strerror or error}", str(place), cure)])


def find(config: dict, name: str):
    """The findings of a config, with services kept between points that ask about the same one."""
    return compose.find(config, name, kept_service)


def kept_service(config: Mapping):
    """The service of a config, kept for the next that speaks of the same."""
    return _service(json.dumps({group: config[group] for group in ("region", "service", "allocation")}))


@lru_cache(maxsize=8)
def _service(text: str):
    return compose.service_of(json.loads(text))


def plan_of(space: Space, by: tuple[str, ...]):
    """A plan: every combination of what only Hydra can put in place is composed once."""
    from .sweep.plan import Plan
    from .sweep.point import canonical

    is_composed = [_only_hydra(axis, (row[place] for row in space.rows)) for place, axis in enumerate(space.axes)]
    known: dict[str, int] = {}
    bases, numbers = [], []
    for row in space.rows:
        own = {axis: value for axis, value, of in zip(space.axes, row, is_composed) if of}
        name = canonical(own)
        if name not in known:
            known[name] = len(bases)
            rest = {axis: value for axis, value, of in zip(space.axes, row, is_composed) if not of}
            bases.append(_base(space, own, rest))
        numbers.append(known[name])
    return Plan(space.axes, tuple(bases), numbers, space.rows, by)


def _base(space: Space, own: Mapping, rest: Mapping):
    """One config; what is set point by point has a first value in it, so that an unknown setting is refused."""
    from .sweep.plan import Base

    words = [*space.fixed, *(f"{space.spelt[axis]}={as_word(value)}" for axis, value in own.items())]
    config, chosen = _compose([*words, *(f"{space.spelt[axis]}={as_word(value)}" for axis, value in rest.items())], space.own)
    plain, _ = _compose(words, is_whole=False)
    return Base({**own, "scenario": chosen["scenario"]}, config, dict(kept_service(plain).region.hashes))


def _compose(words: list[str], own: Sequence[str] = (), is_whole: bool = True) -> tuple[dict, dict]:
    made, chosen = composed(words, own, is_whole)
    return with_book(made)[0], chosen


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
