"""The findings of a check as lines for a terminal."""

from __future__ import annotations

import textwrap

from ..service.fault import Fault
from ..study.check import Check
from .terminal import width

_MOST = 1000
"""How many faults are printed one by one."""


def checked(found: Check) -> list[str]:
    """What was read, what is wrong, what is odd and what stands in; and the verdict."""
    reading = found.reading
    lines = [f"Region {reading.about.name if reading.about else '?'} ({reading.place}), service {reading.service}"]
    lines += _part("Read", [f"{name:<28} {what}" for name, what in found.read])
    if reading.unread:
        lines += _part("Not read", [f"{name}: no table of this name is known" for name in reading.unread])
    lines += _part(_count(found.faults, "fault", "faults"), list(map(str, found.faults[:_MOST])))
    if len(found.faults) > _MOST:
        lines.append(f"  ... and {len(found.faults) - _MOST:,} more")
    lines += _part(_count(found.odd, "thing to look at", "things to look at"), list(map(str, found.odd)))
    lines += _part("Not given, and what stands in", [f"{what}: {instead}" for what, instead in found.stand_ins])
    return [*lines, "", verdict(found)]


def verdict(found: Check) -> str:
    """One line: whether anything can be run on the region."""
    if found.faults:
        return f"{_count(found.faults, 'fault', 'faults')}: mend {'it' if len(found.faults) == 1 else 'them'} and check again."
    if found.odd:
        return f"Sound, with {_count(found.odd, 'thing', 'things')} to look at."
    return "Sound."


def _count(found: list[Fault | str], one: str, many: str) -> str:
    return "" if not found else f"1 {one}" if len(found) == 1 else f"{len(found):,} {many}"


def _part(title: str, rows: list[str]) -> list[str]:
    if not rows:
        return []
    made = ["", title, "-" * width()]
    for row in rows:
        made += textwrap.wrap(row, width(), initial_indent="  ", subsequent_indent="      ", break_long_words=False) or ["  "]
    return made
