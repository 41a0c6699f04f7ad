"""Folders written whole or not at all: everything goes into a folder beside the final one, which then takes its place in one step."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from ..service.fault import Fault, refuse

SIGN = "provenance.json"
"""The file by which a folder is known to be one that may be replaced, by what made it."""

RUN = "run"
"""What made the results folder of a question; other folders are made by a command, as ``pack``."""


@contextmanager
def whole_folder(folder: Path, by: str = RUN) -> Iterator[Path]:
    """A folder to write into, which takes its place when all is written; nothing is left of it where something fails.

    Parameters
    ----------
    folder
        Its place. What stands there is replaced where the same made it.
    by
        What makes it: `RUN`, or a command.
    """
    folder = Path(folder).absolute()
    check_writable(folder, by=by)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(mkdtemp(prefix=".new-", dir=folder.parent))
    try:
        yield made
        _swap(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def check_writable(folder: Path, cure: str = "", by: str = RUN) -> None:
    """Refuse a folder that cannot be written, before any time is spent; nothing is made yet."""
    folder = Path(folder).absolute()
    try:
        if "\0" in str(folder):
            raise ValueError("embedded null character")
        if folder.exists() and not folder.is_dir():
            raise NotADirectoryError("a file of that name is in the way")
        if folder.exists() and any(folder.iterdir()) and not (folder / SIGN).is_file():
            raise FileExistsError("it holds other files, which would be replaced")
        if made_by(folder) not in ("", by):
            raise FileExistsError(f"it holds what {_of(made_by(folder))} made, which would be replaced")
        if around := next((each for each in folder.parents if made_by(each)), None):
            raise FileExistsError(f"it lies in {around.name}, which {_of(made_by(around))} made and would replace with all that is in it")
        shutil.rmtree(mkdtemp(prefix=".try-", dir=next(each for each in folder.parents if each.exists())))
    except (OSError, ValueError) as error:  # a name that no folder can have
        why = getattr(error, "strerror", None) or error
        cure = cure or {RUN: "give another one with results=...", "new": "give another name"}.get(by, "give another one with to=...")
        refuse([Fault(f"the results folder cannot be written ({why})", str(folder), cure)])


def made_by(folder: Path) -> str:
    """What made a folder: `RUN`, a command, or nothing that is known.

    Examples
    --------
    >>> made_by(Path("nowhere"))
    ''
    """
    if not (folder / SIGN).is_file():
        return ""
    if (folder / "config" / "config.yaml").is_file():
        return RUN
    try:
        return asked(json.loads((folder / SIGN).read_text(encoding="utf-8"))["command"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""


def asked(command: str) -> str:
    """The command that was asked, `RUN` for a question.

    Examples
    --------
    >>> asked("python -m sim pack results/stroke/close"), asked("python -m sim scenario=close")
    ('pack', 'run')
    """
    words = command.split()[3:4]
    return words[0] if words and words[0].isalpha() else RUN


def _of(by: str) -> str:
    return "a run" if by == RUN else f"`{by}`"


def _swap(made: Path, folder: Path) -> None:
    """Put the finished folder in its place; an old one steps aside first and goes only when the new one stands."""
    made.chmod(0o755)
    if not folder.exists():
        made.rename(folder)
        return
    aside = Path(mkdtemp(prefix=".old-", dir=folder.parent))
    folder.rename(aside / folder.name)
    try:
        made.rename(folder)
    except OSError:
        (aside / folder.name).rename(folder)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
