"""The code that made some numbers, as a hash: it tells one program from another where no commit is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

LENGTH = 32
"""Hexadecimal digits."""


@cache
def code_version() -> str:
    """A hash of the sources that numbers come from: every module and table of the package and its scenarios, regions apart.

    Regions are data: their hashes come with them.
    """
    root = Path(__file__).parents[2]
    files = (path for package in ("sim", "scenarios") for path in _sources(root / package))
    made = hashlib.sha256()
    for path in sorted(files):
        made.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return made.hexdigest()[:LENGTH]


def _sources(folder: Path) -> Iterable[Path]:
    for path in folder.rglob("*"):
        within = path.relative_to(folder).parts
        if path.suffix in (".py", ".csv") and not {"regions", "show"} & set(within[:-1]):
            yield path
