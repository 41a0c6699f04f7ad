"""Several questions, through Hydra's own sweeper and launcher: each in a results folder of its own."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

from ..compose import checked, said_of
from ..configs import folder
from ..service.fault import InputError, refuse
from .answer import answer


def main(given: list[str]) -> int:
    """Ask several questions; one that is refused keeps no other from its turn."""
    import hydra

    words = checked([word for word in given if word not in ("-m", "--multirun")], is_sweep=True)
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
            answer({**made, "results": str(_own_folder(made, chosen["scenario"], task, varied))}, chosen, task)
        except (InputError, OmegaConfBaseException) as error:
            said = error if isinstance(error, InputError) else said_of(error)
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
        refuse([said_of(error)])
    return {each.get_key_element() for each in made if each.is_sweep_override()} - {"scenario"}


def _own_folder(config: dict, scenario: str, words: list[str], varied: set[str]) -> Path:
    """Where one of several questions goes: no two have the same, and none has a name too long for a disk."""
    from ..sweep.point import canonical, digest

    said = ",".join(word for word in words if word.partition("=")[0] in varied)
    spelt = "".join(letter if letter.isalnum() or letter in "=.,-_" else "_" for letter in said)[:80]
    content = {key: value for key, value in config.items() if key not in ("results", "figures")}
    return Path(config["results"] or Path("results", "multirun"), scenario, f"{spelt}-{digest(canonical(content))[:8]}".lstrip("-"))
