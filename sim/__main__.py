"""The command line: ``python -m sim scenario=close_small_units``. The only file that knows Hydra.

A wrong choice or value gets one clear message and exit code 2; a run that was asked for and failed inside is a bug and shows
its traceback.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import warnings
from dataclasses import MISSING, fields
from functools import partial
from pathlib import Path

from .configs import choices, folder
from .service.fault import Fault, InputError, nearest_spelling, refuse, settings

GROUPS = ("scenario", "region", "service", "allocation", "finance", "commissioning", "engine", "run")

SWEEPS = ("sweep", "status", "collect")
"""Commands about many points (`launch`)."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Returns
    -------
    0, or 2 where something given was wrong.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without a letter shows a question mark, and goes on
    if any(word in ("-h", "--help", "help") for word in given):
        print(help_text())
        return 0
    try:
        if any(word in ("-m", "--multirun") for word in given):
            return _multirun(given)
        if given[:1] == ["repeat"]:
            return _repeat(given[1:])
        if given[:1] == ["rules"]:
            return _rules(given[1:])
        if given and given[0] in SWEEPS:
            from .launch import command

            return command(given[0], given[1:])
        _answer(*_compose(given), given)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; nothing was written", file=sys.stderr)
        return 130
    return 0


def help_text() -> str:
    """Every choice with one line each."""
    lines = [
        "python -m sim [scenario=...] [region=...] [service=...] [allocation=...] [finance=...] [commissioning=...] "
        "[engine=...] [run=...] [key=value ...]",
        "",
        "Compares an option with the baseline, prints the answer and writes a folder of results.",
        "",
        "python -m sim repeat <results folder>   runs it again and says whether the numbers are the same",
        "python -m sim -m key=a,b ...            tens of questions, by Hydra's launchers: hydra/launcher=basic, joblib, submitit_slurm",
        "python -m sim sweep <name> key=a,b ...  many, here or on Slurm (sweep.on=slurm); see docs/sweeps.md",
        "python -m sim status <name>, collect <name>",
        "python -m sim rules scenario=...        the same question under every rule of allocation, without simulation",
        "",
    ]
    for group in GROUPS:
        lines.append(f"{group}=")
        lines += [f"    {name:<20} {what}" for name, what in choices(group).items()]
    lines += ["", "Single settings (shown: the default run)"]
    text = (folder() / "run" / "default.yaml").read_text(encoding="utf-8").splitlines()
    lines += [f"    run.{line}" for line in text if line and not line.startswith("#")]
    lines += [
        "    scenario.<setting>=...  as in configs/scenario/<name>.yaml",
        "    service.parameters.<name>=...  any number of the service",
        "    results=<folder>  figures=false",
        "",
        "Examples",
        "    python -m sim scenario=close_small_units",
        "    python -m sim scenario=close scenario.units=[LA144LF] run.replications=10",
        "    python -m sim scenario=close_small_units region=two_towns run=quick",
    ]
    return "\n".join(lines)


def _compose(given: list[str]):
    """The composed config, and the choices made in it."""
    overrides = _checked(given)
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
        refuse([_said(error)])


def _said(error: Exception) -> Fault:
    """Hydra's message in one line, with the cure where we know it."""
    words = " ".join(str(error).split())
    key = re.search(r"full_key: (\S+)", words)
    if "Missing mandatory value" in words and key:
        return Fault(f"{key[1]} must be given", cure=f"add {key[1]}=... to the command line")
    words = words.replace("To append to your config use +", "to add a new key write +")
    words = re.sub(r" (full_key: \S+|object_type=\S+)", "", words)
    cure = "put the value between quotes, as in scenario.units=['Ynys Môn'], or see" if "grammar" in words else "see"
    return Fault(words, cure=f"{cure} `python -m sim --help`")


OPEN = (
    "service.parameters",
    "service.outcome.parameters",
    "service.burden.parameters",
    "scenario.protected",
    "allocation.attributes",
    "allocation.constants",
    "allocation.send",
    "finance.parameters",
    "finance.risk_share.shares",
)
"""Settings whose keys are the user's own, so that Hydra is told to add them."""


def _checked(given: list[str], is_sweep: bool = False) -> list[str]:
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
            if (
                key == "region"
                and value not in known
                and (Path(value).is_dir() or any(mark in value for mark in "/\\"))
            ):
                made += ["region=folder", f"region.name={_in_quotes(Path(value).as_posix())}"]
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


def _in_quotes(text: str) -> str:
    """Text as Hydra reads it word for word."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _answer(config: dict, chosen: dict, given: list[str]) -> None:
    """One question: build, simulate, print, write."""
    from .show.terminal import Progress, report
    from .store.provenance import provenance
    from .store.results import check_writable, notices, write_results

    config = settings(config, "config", GROUPS, (*GROUPS, "results", "figures"))
    region, engine = (settings(config[key], key, ("name",), ("name",))["name"] for key in ("region", "engine"))
    texts = {"region.name": region, "engine.name": engine, "results": config["results"] or ""}
    faults = [Fault(f"{key} is text", value) for key, value in texts.items() if not isinstance(value, str)]
    faults += [] if isinstance(config["figures"], bool) else [Fault("figures is true or false", config["figures"])]
    refuse(faults)
    name = chosen["scenario"]
    usual = {"allocation": "nearest", "finance": "default", "commissioning": "icb"}
    unusual = [chosen[group] for group, choice in usual.items() if chosen.get(group, choice) != choice]
    of = "-".join([str(settings(config["service"], "service")["name"]), *unusual])
    results = Path(config["results"] or _results_folder(of, region, name))
    check_writable(results)
    progress = Progress("replications")
    found = find(config, name, partial(service_of, say=progress.say), progress)
    print(report(found, notices(found)), flush=True)
    command = " ".join(["python -m sim", *map(shlex.quote, given)])
    figures = None
    if config["figures"]:
        from .show.figures import draw_figures as figures
    import yaml

    write_results(
        found, results, yaml.safe_dump(config, sort_keys=False, allow_unicode=True), provenance(found, command), figures
    )
    print(f"\nFiles: {results}")


def service_of(config: dict, say=None):
    """The service that a composed config speaks of."""
    from .study.load import service_from

    return service_from(config["service"], config["region"]["name"], say, config["allocation"])


def find(config: dict, name: str, service, progress=None):
    """The findings of a composed config; ``service`` makes or keeps the service it speaks of."""
    from .study.load import finance_from
    from .study.question import ask
    from .study.run import Run

    run, scenario = _run(config["run"], Run), _scenario(config["scenario"])
    baseline = service(config)
    finance = finance_from(config["finance"], config["commissioning"], baseline, run)
    return ask(baseline, scenario, run, config["engine"]["name"], name, progress, finance)


def _repeat(given: list[str]) -> int:
    """Run a results folder again, in a folder of its own that is thrown away, and compare."""
    import json
    from tempfile import TemporaryDirectory

    import yaml

    from .store.repeat import differences

    refuse([] if len(given) == 1 else [Fault("repeat takes one results folder", " ".join(given) or None)])
    old = Path(given[0])
    files = [old / "config" / "config.yaml", old / "provenance.json"]
    refuse([Fault("not a results folder", str(old), f"it has no {path.name}") for path in files if not path.is_file()][:1])
    config = yaml.safe_load(files[0].read_text(encoding="utf-8"))
    known = json.loads(files[1].read_text(encoding="utf-8"))
    with TemporaryDirectory() as place:
        new = Path(place) / "again"
        _answer({**config, "results": str(new), "figures": False}, {"scenario": known["scenario"]}, shlex.split(known["command"])[3:])
        found = differences(old, new)
    if found:
        print("\nNot the same:", *found[:20], *([f"and {len(found) - 20} more"] if len(found) > 20 else []), sep="\n  ")
        return 1
    print(f"\nThe same as {old}: every number of every table, to 10 significant digits.")
    return 0


def _rules(given: list[str]) -> int:
    """One scenario under every rule of allocation, and what bypassing costs and gains; printed, nothing is simulated or written."""
    from .study.allocations import as_text, bypass_table, compare_allocations

    config, _ = _compose(given)
    service = service_of(config)
    rows = compare_allocations(service, _scenario(config["scenario"]))
    print(*as_text(rows), "", *(f"{row['rule']}: {row['remark']}" for row in rows), sep="\n")
    if (service.gives("comprehensive") & service.gives(service.access_kind) & service.is_open()).any():
        print("", "Straight to a comprehensive unit, by the delay allowed", *as_text(bypass_table(service), 3), sep="\n")
    return 0


def _run(given: dict, kind):
    made = settings(given, "run", known=tuple(kind.__dataclass_fields__))
    return kind(**{key: str(value) if key == "start" else value for key, value in made.items()})


def _results_folder(service: object, region: str, scenario: str) -> Path:
    place = str(service) if region == "england" else f"{service}@{Path(region).name}"
    return Path("results") / place / scenario


def _scenario(given: dict):
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
        made["steps"] = tuple(_scenario(step) for step in made["steps"])
    for key, value in made.items():
        if isinstance(value, list):
            made[key] = tuple(value)
        elif isinstance(value, dict) and "_target_" in value:
            made[key] = _scenario(value)
    return verb(**made)


def _multirun(given: list[str]) -> int:
    """Several questions, through Hydra's own sweeper and launcher: each in a results folder of its own; one that is refused keeps
    no other from its turn."""
    import hydra

    words = _checked([word for word in given if word not in ("-m", "--multirun")], is_sweep=True)
    varied = _varied(words)
    # The launchers' configs of ours are whole, and go before those of the same name that come with the plugins.
    warnings.filterwarnings("ignore", message=r"(?s).*validated against ConfigStore schema with the same name")
    # Hydra then hands on what a point raised, from whichever process it ran in.
    os.environ["HYDRA_FULL_ERROR"] = "1"

    @hydra.main(config_path=str(folder()), config_name="config", version_base="1.3")
    def one(config) -> None:
        from hydra.core.hydra_config import HydraConfig
        from omegaconf import OmegaConf
        from omegaconf.errors import OmegaConfBaseException

        current = HydraConfig.get()
        task = list(current.overrides.task)
        try:
            made = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
            chosen = dict(current.runtime.choices)
            _answer({**made, "results": str(_own_folder(made, chosen["scenario"], task, varied))}, chosen, task)
        except (InputError, OmegaConfBaseException) as error:
            said = error if isinstance(error, InputError) else _said(error)
            print(f"error: {' '.join(task)}: {said}", file=sys.stderr, flush=True)
            raise InputError(str(said)) from None

    sys.argv = [sys.argv[0], "-m", *words]
    try:
        one()
    except InputError:
        return 2
    return 0


def _varied(words: list[str]) -> set[str]:
    """The settings that differ between several questions, the scenario's name apart."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        made = OverridesParser.create().parse_overrides(words)
    except HydraException as error:
        refuse([_said(error)])
    return {each.get_key_element() for each in made if each.is_sweep_override()} - {"scenario"}


def _own_folder(config: dict, scenario: str, words: list[str], varied: set[str]) -> Path:
    """Where one of several questions goes: no two have the same, and none has a name too long for a disk."""
    from .sweep.point import canonical, digest

    said = ",".join(word for word in words if word.partition("=")[0] in varied)
    spelt = "".join(letter if letter.isalnum() or letter in "=.,-_" else "_" for letter in said)[:80]
    content = {key: value for key, value in config.items() if key not in ("results", "figures")}
    return Path(config["results"] or Path("results", "multirun"), scenario, f"{spelt}-{digest(canonical(content))[:8]}".lstrip("-"))


if __name__ == "__main__":
    sys.exit(main())
