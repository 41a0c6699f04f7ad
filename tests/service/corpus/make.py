"""Write ``messages.yaml``: what every case says now. Read the difference before it is kept: it is what users will see.

    python -m tests.service.corpus.make
"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from sim.service.fault import InputError
from sim.study.check import check
from sim.study.load import _config

from .cases import CASES

MESSAGES = Path(__file__).parent / "messages.yaml"
TOWNS = Path(__file__).parent / "towns"
USUAL = {"service": "stroke", "allocation": "nearest", "finance": "default", "commissioning": "icb"}
LINES = {group: _config(group, name) for group, name in USUAL.items()}


def said(name: str, place: Path) -> list[str]:
    """Every fault that a check of the two towns, changed in this way, finds."""
    folder = shutil.copytree(TOWNS, place / "towns")
    CASES[name](folder)
    try:
        found = check(LINES["service"], str(folder), LINES["allocation"], LINES["finance"], LINES["commissioning"], "2026-04-01")
    except InputError as error:
        return [str(error).replace(str(place), ".")]
    return [str(fault).replace(str(place), ".") for fault in found.faults]


def main() -> None:
    made = {}
    for name in CASES:
        with TemporaryDirectory() as place:
            made[name] = said(name, Path(place))
    MESSAGES.write_text(yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=130), "utf-8")
    print(f"{len(made)} cases; nothing said by: {[name for name, faults in made.items() if not faults]}")


if __name__ == "__main__":
    main()
