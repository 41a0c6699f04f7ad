"""Words of a command: folders, and settings written key=value.

A setting that is text (a name, a folder, a reason) is taken as it is typed; the value of any other is read as YAML.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from ..configs import choices, folder
from ..service.fault import Fault, given_twice, nearest_spelling, refuse
from ..service.source import is_sentences

TEXTS = ("to", "root", "against", "name", "reason", "evidence", "kind", "unit", "group", "icb")
"""Settings that are text whatever they look like: a folder may be called 5, and a reason may hold a colon."""


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
        With every unknown setting, every one given twice or without a value, and every value that cannot be read.

    Examples
    --------
    >>> folders, made = split(["results/close", "to=2026", "least=5"], {"to": None, "least": 10})
    >>> [folder.name for folder in folders], made
    (['close'], {'to': '2026', 'least': 5})
    """
    folders, made, faults, typed = [], dict(usual), [], []
    for word in given:
        key, equals, value = word.partition("=")
        if not equals or (key not in usual and is_folder(word)):
            folders.append(Path(word))
            faults += _no_folder(word, usual)
            continue
        typed.append(word)
        if key not in usual:
            faults.append(unknown(key, usual))
        elif not value.strip():
            faults.append(Fault(f"{key} has no value", cure=f"write {key}=..., or leave it out"))
        elif key in TEXTS:
            made[key] = None if value == "null" and usual[key] is None else _bare(value)
        else:
            try:
                made[key] = yaml.safe_load(value)
            except yaml.YAMLError:
                faults.append(Fault(f"{key} cannot be read", value, "put the value between quotes"))
    twice = [Fault("a folder is named twice", str(place), "keep one") for place in dict.fromkeys(folders) if folders.count(place) > 1]
    refuse([*faults, *given_twice(typed), *twice])
    return folders, made


def parted(given: Sequence[str], usual: Mapping[str, object]) -> tuple[dict, list[str]]:
    """The settings of a command that also asks a question, and the words of the question."""
    own = [word for word in given if word.partition("=")[0] in usual]
    return split(own, usual)[1], [word for word in given if word not in own]


def one_folder(command: str, places: Sequence[Path]) -> list[Fault]:
    """What is wrong where a command takes one results folder, and others were given."""
    said = " ".join(map(str, places)) or None
    cure = f"as `python -m sim {command} results/stroke/close_small_units`; put a name with spaces between quotes"
    return [] if len(places) == 1 else [Fault(f"{command} takes one results folder", said, cure)]


def unknown(key: str, known: Mapping[str, object] | Sequence[str]) -> Fault:
    """What is said of a setting that a command does not know."""
    cure = f"known: {', '.join(known)}{nearest_spelling(key, known)}" if known else "none is taken here"
    return Fault("unknown setting", key, cure)


def chosen_or_file(group: str, name: object) -> Path:
    """The file of a choice of a config group, or of the user's own."""
    known = choices(group)
    if isinstance(name, str) and is_sentences(name):
        return Path(name)
    cure = "known: " + ", ".join(known) + nearest_spelling(name, known) + "; or the path of a YAML file"
    refuse([] if isinstance(name, str) and name in known else [Fault(f"unknown {group}", name, cure)])
    return folder() / group / f"{name}.yaml"


def _no_folder(word: str, usual: Mapping[str, object]) -> list[Fault]:
    """What is wrong with a word that should name a folder: nothing stands in it, or it looks like a setting."""
    if not word.strip():
        return [Fault("an empty word was given", word, "leave it out; a name with spaces goes between quotes")]
    if word.startswith("-") and not is_folder(word):
        known = ", ".join(f"{key}=..." for key in usual) or "none"
        return [Fault("a setting is written key=value", word, f"known: {known}{nearest_spelling(word.strip('-'), usual)}")]
    return []


def is_folder(word: str | Path) -> bool:
    """Whether there is a folder of that name; what can be no name is none."""
    try:
        return Path(word).is_dir()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _bare(text: str) -> str:
    """Text without the quotes around it, where somebody put more than the shell takes away."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text
