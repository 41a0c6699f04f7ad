"""Where the configs are: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

import os
from pathlib import Path


def folder() -> Path:
    """The folder of configs: ``SIM_CONFIGS_DIR`` if set, the checkout's, or the copy that was installed."""
    here = Path(__file__).parent
    choices = [Path(os.environ["SIM_CONFIGS_DIR"])] if os.environ.get("SIM_CONFIGS_DIR") else []
    choices += [here.parent / "configs", here / "_configs"]
    for choice in choices:
        if (choice / "config.yaml").is_file():
            return choice.absolute()
    raise FileNotFoundError("no folder of configs; looked in " + ", ".join(map(str, choices)))


def choices(group: str) -> dict[str, str]:
    """The choices of a config group, each with the first line of its comment."""
    found = {}
    for path in sorted((folder() / group).glob("*.yaml")):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        found[path.stem] = first.lstrip("# ").rstrip() if first.startswith("#") else ""
    return found
