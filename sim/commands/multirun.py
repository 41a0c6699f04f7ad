"""Several questions, through Hydra's own sweeper and launcher: each in a results folder of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..compose import checked, composing, in_quotes, said_of
from ..configs import folder
from ..service.fault import Fault, InputError, refuse
from ..space import SETTINGS, Reader, parted
from .answer import answer

WAYS = {"sweep.design": "kind", "sweep.points": "points", "sweep.seed": "seed", "sweep.seeds": "seeds"}
"""What a sweep's words about its design are to the sweeper of designs."""


def main(given: list[str]) -> int:
    """Ask several questions; one that is refused keeps no other from its turn."""
    import hydra

    own, design, words = parted([word for word in given if word not in ("-m", "--multirun")])
    words = checked(words, is_sweep=True)
    _check_launcher(words)
    own, varied = _design_of(own, design, words)
    _forget_launchers()
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
            # A page for each of many questions is asked for by name.
            made["report"] = made["report"] if any(word.startswith("report=") for word in words) else False
            answer({**made, "results": str(_own_folder(made, chosen["scenario"], task, varied))}, chosen, task)
        except (InputError, OmegaConfBaseException) as error:
            said = error if isinstance(error, InputError) else said_of(error)
            print(f"error: {' '.join(task)}: {said}", file=sys.stderr, flush=True)
            raise InputError(str(said)) from None

    sys.argv = [sys.argv[0], "-m", *own, *words]
    from hydra.errors import HydraException

    try:
        one()
    except InputError as error:
        if "hydra/launcher=submitit_slurm" in words:  # what a job prints stays in its log
            print(f"error: {error}", file=sys.stderr)
        return 2
    except HydraException as error:
        refuse([said_of(error)])
    except KeyboardInterrupt:
        print("stopped; what is finished is kept", file=sys.stderr)
        return 130
    return 0


def _check_launcher(words: Sequence[str]) -> None:
    """Refuse a launcher that is not installed, and Slurm where there is none."""
    from importlib.util import find_spec

    from ..sweep import slurm

    chosen = [word.partition("=")[2] for word in words if word.startswith("hydra/launcher=")]
    plugins = {"joblib": "hydra_plugins.hydra_joblib_launcher", "submitit_slurm": "hydra_plugins.hydra_submitit_launcher"}
    cure = 'pip install "service-reconfiguration[cluster]"'
    refuse([Fault("a launcher that is not installed", name, cure) for name in chosen if not find_spec(plugins.get(name, "hydra"))])
    if "submitit_slurm" in chosen:
        slurm.check("use hydra/launcher=basic or joblib")


def _forget_launchers() -> None:
    """Take away the configs that come with the launchers: ours of the same names are whole, and Hydra would merge them and complain."""
    from hydra.core.config_store import ConfigStore
    from hydra.core.plugins import Plugins

    Plugins.instance()  # what registers them
    launchers = ConfigStore.instance().repo["hydra"]["launcher"]
    for path in (folder() / "hydra" / "launcher").glob("*.yaml"):
        launchers.pop(path.name, None)


def only_ways(given: Sequence[str], rule: str) -> None:
    """Refuse what is said of how a sweep is run, where only its design may be said."""
    swept = [word for word in given if word.startswith(SETTINGS)]
    refuse(Fault(rule, word, "known: " + ", ".join(WAYS)) for word in swept if word.partition("=")[0] not in WAYS)


def _design_of(own: Sequence[str], design: str, words: Sequence[str]) -> tuple[list[str], set[str]]:
    """Words that have Hydra take the points of a design, where there is one, and the settings that differ between points, the scenario's
    name apart. Both are tried here, before anything starts."""
    from ..sweep.how import How

    only_ways(own, "this is for `python -m sim sweep <name>`")
    with composing():
        reader = Reader()
        swept = [each for each in map(reader.parsed, words) if each.is_sweep_override()]
        if not own and not design and all(each.is_discrete_sweep() for each in swept):
            return [], {each.get_key_element() for each in swept} - {"scenario"}
        space = reader.space(words, How.read(reader.settings(own)).covered(), design)
    made = [f"hydra.sweeper.{WAYS[key]}={value}" for key, _, value in (word.partition("=") for word in own)]
    made += [f"hydra.sweeper.design={in_quotes(design)}"] if design else []
    return ["hydra/sweeper=design", *made], set(space.spelt.values()) - {"scenario"}


def _own_folder(config: dict, scenario: str, words: list[str], varied: set[str]) -> Path:
    """Where one of several questions goes: no two have the same, and none has a name too long for a disk."""
    from ..sweep.point import IGNORED, canonical, digest

    said = ",".join(word for word in words if word.partition("=")[0] in varied)
    spelt = "".join(letter if letter.isalnum() or letter in "=.,-_" else "_" for letter in said)[:80]
    content = {key: value for key, value in config.items() if key not in IGNORED}
    return Path(config["results"] or Path("results", "multirun"), scenario, f"{spelt}-{digest(canonical(content))[:8]}".lstrip("-"))
