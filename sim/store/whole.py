"""Folders written whole or not at all: everything goes into a folder beside the final one, which then takes its place in one step."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from ..service.fault import Fault, refuse

SIGN = "provenance.json"
"""The file by which a folder is known to be one that may be replaced."""


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder to write into, which takes its place when all is written; nothing is left of it where something fails."""
    folder = Path(folder).absolute()
    check_writable(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(mkdtemp(prefix=".new-", dir=folder.parent))
    try:
        yield made
        _swap(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def check_writable(folder: Path, cure: str = "give another one with results=...") -> None:
    """Refuse a folder that cannot be written, before any time is spent; nothing is made yet."""
    folder = Path(folder).absolute()
    try:
        if "\0" in str(folder):
            raise ValueError("embedded null character")
        if folder.exists() and not folder.is_dir():
            raise NotADirectoryError("a file of that name is in the way")
        if folder.exists() and any(folder.iterdir()) and not (folder / SIGN).is_file():
            raise FileExistsError("it holds other files, which would be replaced")
        shutil.rmtree(mkdtemp(prefix=".try-", dir=next(each for each in folder.parents if each.exists())))
    except (OSError, ValueError) as error:  # a name that no folder can have
        why = getattr(error, "strerror", None) or error
        refuse([Fault(f"the results folder cannot be written ({why})", str(folder), cure)])


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
