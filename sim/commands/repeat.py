"""Run a results folder again, in a folder of its own that is thrown away, and compare."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from ..service.fault import Fault, refuse
from ..store.repeat import differences
from .answer import answer


def main(given: list[str]) -> int:
    """Repeat a results folder.

    Returns
    -------
    0 where every number is the same, else 1.
    """
    refuse([] if len(given) == 1 else [Fault("repeat takes one results folder", " ".join(given) or None)])
    old = Path(given[0])
    files = [old / "config" / "config.yaml", old / "provenance.json"]
    refuse([Fault("not a results folder", str(old), f"it has no {path.name}") for path in files if not path.is_file()][:1])
    config = yaml.safe_load(files[0].read_text(encoding="utf-8"))
    known = json.loads(files[1].read_text(encoding="utf-8"))
    with TemporaryDirectory() as place:
        new = Path(place) / "again"
        bare = {**config, "results": str(new), "figures": False, "report": False}
        answer(bare, {"scenario": known["scenario"]}, shlex.split(known["command"])[3:])
        found = differences(old, new)
    if found:
        print("\nNot the same:", *found[:20], *([f"and {len(found) - 20} more"] if len(found) > 20 else []), sep="\n  ")
        return 1
    print(f"\nThe same as {old}: every number of every table, to 10 significant digits.")
    return 0
