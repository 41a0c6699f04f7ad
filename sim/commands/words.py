"""Words of a command that is not a question: folders, and settings written key=value; values are read as YAML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from ..service.fault import Fault, nearest_spelling, refuse


def split(given: Sequence[str], usual: Mapping[str, object]) -> tuple[list[Path], dict]:
    """Folders and settings.

    Parameters
    ----------
    given
        As typed. A folder may have an equals sign in its name.
    usual
        The settings that are known, with what they are where nothing is given.

    Raises
    ------
    InputError
        With every unknown setting and every value that cannot be read.
    """
    folders, made, faults = [], dict(usual), []
    for word in given:
        key, equals, value = word.partition("=")
        if not equals or Path(word).is_dir():
            folders.append(Path(word))
        elif key not in usual:
            known = ", ".join(usual)
            faults.append(Fault("unknown setting", key, f"known: {known}{nearest_spelling(key, usual)}"))
        else:
            try:
                made[key] = yaml.safe_load(value)
            except yaml.YAMLError:
                faults.append(Fault(f"{key} cannot be read", value, "put the value between quotes"))
    refuse(faults)
    return folders, made
