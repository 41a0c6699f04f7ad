"""Asking the command line, and reading the tables that it wrote."""

from __future__ import annotations

import csv
from pathlib import Path

from sim.__main__ import main


def say(capsys, *words) -> tuple[int, str, str]:
    code = main(list(map(str, words)))
    return code, *capsys.readouterr()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
