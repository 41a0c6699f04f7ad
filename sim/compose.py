"""Configs: what Hydra makes of the words of a command, and what a composed config speaks of - service, scenario, run, findings.

With `space`, `launch` and `commands.multirun`, the only files that know Hydra.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import MISSING, fields
from pathlib import Path

from .configs import choices, folder
from .service.fault import Fault, InputError, nearest_spelling, refuse, settings
from .service.source import is_place, is_sentences

GROUPS = ("scenario", "region", "service", "allocation", "finance", "commissioning", "engine", "run")
"""The config groups a question is put together from."""

def compose_config(given: list[str]):
    """The composed config, and the choices made in it."""
    overrides = checked(given)
    from hydra import compose, initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(folder()), version_base="1.3", job_name="sim"):
            config = compose("config", overrides, return_hydra_config=True)
        chosen = dict(config.hydra.runtime.choices)
        OmegaConf.set_struct(config, False)
        config.pop("hydra")
        return OmegaConf.to_container(config, resolve=True, throw_on_missing=True), chosen
    except (HydraException, OmegaConfBaseException) as error:
        refuse([said_of(error)])


def said_of(error: Exception) -> Fault:
    """Hydra's message in one line, with the cure where we know it."""
    words = " ".join(str(error).split())
    key = re.search(r"full_key: (\S+)", words)
    if "Missing mandatory value" in words and key:
        return Fault(f"{key[1]} must be given", cure=f"add {key[1]}=... to the command line")
    words = words.replace("To append to your config use +", "to add a new key write +")
    words = re.sub(r" (full_key: \S+|object_type=\S+|Config search path: .*)", "", words)
    cure = "put the value between quotes, as in scenario.units=['Ynys Môn'], or see" if "grammar" in words else "see"
    return Fault(words, cure=f"{cure} `python -m sim --help`")


OPEN = (
    "service.parameters",
    "service.factors",
    "service.outcome.parameters",
    "service.burden.parameters",
    "run.precision",
    "run.waiting",
    "scenario.protected",
    "allocation.attributes",
    "allocation.constants",
    "allocation.send",
    "finance.parameters",
    "finance.risk_share.shares",
)
"""Settings whose keys are the user's own, so that Hydra is told to add them."""


def checked(given: list[str], is_sweep: bool = False) -> list[str]:
    """The overrides, with unknown choices refused and a region's path turned into what Hydra understands."""
    faults, made = [], []
    for word in given:
        key, equals, value = word.partition("=")
        if not equals:
            faults.append(Fault("an argument is written key=value", word, "see `python -m sim --help`"))
            continue
        if key.startswith("~"):
            faults.append(Fault("a setting cannot be taken out, only given another value", word))
        elif key in OPEN or key.rpartition(".")[0] in OPEN:
            word = f"++{word}"
        if key in GROUPS and not (is_sweep and any(mark in value for mark in ",()[]*")):
            known = choices(key)
            if key == "region" and value not in known and (is_place(value) or any(mark in value for mark in "/\\")):
                made += ["region=folder", f"region.name={in_quotes(Path(value).as_posix())}"]
                continue
            if key == "service" and value not in known and is_sentences(value):
                made.append(f"service={_own_service(value)}")
                continue
            if value not in known:
                faults.append(
                    Fault(
                        f"unknown {key} {value!r}", cure="known: " + ", ".join(known) + nearest_spelling(value, known)
                    )
                )
        made.append(word)
    refuse(faults)
    return made


def _own_service(path: str) -> str:
    """The name under which Hydra knows the sentences of a service of the user's own."""
    from hydra.core.config_store import ConfigStore

    from .study.load import service_lines

    name = f"own_{Path(path).stem}"
    ConfigStore.instance().store(group="service", name=name, node=service_lines(path))
    return name


def in_quotes(text: str) -> str:
    """Text as Hydra reads it word for word."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def service_of(config: dict, say=None):
    """The service that a composed config speaks of."""
    from .study.load import service_from

    return service_from(config["service"], config["region"]["name"], say, config["allocation"])


def find(config: dict, name: str, service, progress=None, book=None):
    """The findings of a composed config; ``service`` makes or keeps the service it speaks of.

    An assumptions book that was folded into the config (`with_book`) has its numbers looked at once more before anything is simulated.
    """
    from .study.question import ask

    config, book = with_book(config) if book is None else (config, book)
    baseline, scenario, run, finance = parts_of(config, service, book)
    return ask(baseline, scenario, run, config["engine"]["name"], name, progress, finance)


def parts_of(config: dict, service, book=None):
    """The baseline, the verb, the run and the finance of a composed config."""
    from .study.load import finance_from
    from .study.run import Run

    run, scenario = run_of(config["run"], Run), scenario_of(config["scenario"])
    try:
        baseline = service(config)
        finance = finance_from(config["finance"], config["commissioning"], baseline, run)
    except InputError as error:
        refuse(book.blamed(error.each) if book else error.each)
    if book is not None:
        own = {each.name: each for each in baseline.parameters}
        book.check((dict(finance.parameters) if finance else {}) | own)
    return baseline, scenario, run, finance


def with_book(config: dict):
    """A composed config with the numbers of its assumptions book in place, and the book; None where it names none.

    ``assumptions`` is then the book's record: its name, its hash and what was edited, so that the config needs the file no more.
    """
    given = config.get("assumptions")
    if not isinstance(given, str):
        known = given is None or isinstance(given, dict)
        refuse([] if known else [Fault("assumptions is the path of an assumptions book", given, "as assumptions=book.xlsx")])
        return config, None
    from .store.assumptions import read_book

    book = read_book(given)
    made = deepcopy(config)
    for setting, values in book.given.items():
        group, *path = setting.split(".")
        at = made[group]
        for key in path:
            at[key] = at.get(key) or {}
            at = at[key]
        at |= values
    return {**made, "assumptions": book.record}, book


def run_of(given: dict, kind):
    made = settings(given, "run", known=tuple(kind.__dataclass_fields__))
    return kind(**{key: str(value) if key == "start" else value for key, value in made.items()})


def scenario_of(given: dict):
    """A verb from its sentence: ``_target_`` and its settings; verbs inside it (a list under ``steps``, a ``rule``) are built too."""
    import scenarios

    made = settings(given, "scenario")
    target = str(made.pop("_target_", ""))
    package, _, name = target.rpartition(".")
    verbs = [verb for verb in scenarios.__all__ if isinstance(getattr(scenarios, verb), type)]
    cure = "verbs: " + ", ".join(verbs) + nearest_spelling(name, verbs)
    known = package == "scenarios" and name in verbs
    refuse([] if known else [Fault("a scenario names a verb of `scenarios`", target, cure)])
    verb = getattr(scenarios, name)
    needed = [field.name for field in fields(verb) if field.default is MISSING and field.default_factory is MISSING]
    made = settings(made, "scenario", needed, [field.name for field in fields(verb)])
    if "steps" in made:
        listed = isinstance(made["steps"], list)
        refuse([] if listed else [Fault("scenario.steps is a list of verbs, each with its _target_", made["steps"])])
        made["steps"] = tuple(scenario_of(step) for step in made["steps"])
    for key, value in made.items():
        if isinstance(value, list):
            made[key] = tuple(value)
        elif isinstance(value, dict) and "_target_" in value:
            made[key] = scenario_of(value)
    return verb(**made)
