"""Configs: what Hydra makes of the words of a command, and what a composed config speaks of - service, scenario, run, findings.

With `space`, `launch` and `commands.multirun`, the only files that know Hydra.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import MISSING, fields
from pathlib import Path

from .configs import choices, folder
from .service.fault import Fault, InputError, given_twice, nearest_spelling, refuse, settings, shown
from .service.source import is_place, is_sentences

GROUPS = ("scenario", "region", "service", "allocation", "finance", "commissioning", "engine", "run")
"""The config groups a question is put together from."""



def compose_config(given: list[str], own: Iterable[str] | None = None):
    """The composed config, and the choices made in it.

    Parameters
    ----------
    given
        The words of a question.
    own
        Where a command puts them together that is no question: its own settings.
    """
    overrides = checked(given)
    refuse([] if own is None else no_results(given))
    with composing():
        return composed(overrides, own or ())


@contextmanager
def composing() -> Iterator[None]:
    """Hydra, ready to compose many configs."""
    from hydra import initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra

    GlobalHydra.instance().clear()
    with initialize_config_dir(str(folder()), version_base="1.3", job_name="sim"):
        yield


def composed(words: list[str], own: Iterable[str] = (), is_whole: bool = True) -> tuple[dict, dict]:
    """What Hydra, made ready, puts together from words that were `checked`; ``own`` is known besides, and told where a word is not."""
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
        key = re.match(r"Could not override '([^']+)'", str(error))
        refuse([_unknown(key[1], words, own) if key else said_of(error)])


def _unknown(key: str, words: list[str], own: Iterable[str]) -> Fault:
    """What is said of a setting that is not there: the first part of its name that is not, and what there is."""
    groups = [word for word in words if word.partition("=")[0] in GROUPS]
    at, chosen = composed(groups, is_whole=False)
    path = key.split(".")
    there = 0
    while there < len(path) - 1 and isinstance(at, dict) and path[there] in at:
        at, there = at[path[there]], there + 1
    of, name = ".".join(path[:there]), path[there]
    if not isinstance(at, dict):
        return Fault("unknown setting", key, f"{of} is one value: it has no settings of its own")
    known = [each for each in dict.fromkeys((*at, *(() if of else own))) if not each.startswith("_")]
    which = f" of {of}={chosen[of]}" if of in chosen else f" of {of}" if of else ""
    cure = f"known{which}: {', '.join(known)}{nearest_spelling(name, known)}" if known else f"nothing is set{which}"
    return Fault("unknown setting", ".".join(path[: there + 1]), cure)


def no_results(given: Iterable[str]) -> list[Fault]:
    """The faults of words that name a results folder where none is written."""
    cure = "leave it out; where this command writes a folder, to=... or its name says where"
    return [Fault("results= is of one question", word, cure) for word in given if word.startswith("results=")]


def said_of(error: Exception) -> Fault:
    """Hydra's message in one line, with the cure where we know it."""
    words = " ".join(str(error).split())
    key = re.search(r"full_key: (\S+)", words)
    if "Missing mandatory value" in words and key:
        return Fault(f"{key[1]} must be given", cure=f"add {key[1]}=... to the command line")
    plus = re.search(r"An item is already at '([^']+)'", words)
    if plus:
        return Fault("a setting that is there already is given without a plus", f"+{plus[1]}", f"write {plus[1]}=...")
    words = re.sub(r" (full_key: \S+|object_type=\S+|Config search path: .*|See https://hydra\.cc\S+ for details)", "", words)
    spelt = getattr(error, "override", None)
    if spelt is not None:  # Hydra's grammar: it says where in many words, or draws an arrow
        why = "" if words.startswith("LexerNoViableAlt") else f" ({words})"
        return Fault(f"a setting cannot be read{why}", spelt, "put the value between quotes, as in scenario.units=['Ynys Môn']")
    return Fault(words, cure="see `python -m sim --help`")


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
    faults, made = given_twice(word for word in given if "=" in word), []
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
                faults.append(unknown_choice(key, value))
        made.append(word)
    refuse(faults)
    return made


def unknown_choice(group: str, value: object, several: bool = False) -> Fault:
    """What is said of a choice that a config group has not; of several, none may be a folder of one's own."""
    known = [name for name in choices(group) if name != "folder"]
    cure = "known: " + ", ".join(known) + nearest_spelling(value, known)
    if group == "region":
        cure += "; several of your own: region=folder region.name=one,two" if several else "; or the path of a folder of your own"
    return Fault(f"unknown {group} {shown(value)}", cure=cure)


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
