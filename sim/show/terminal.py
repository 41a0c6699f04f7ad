"""The table a planner reads at the terminal: short, plain, and complete enough to act on."""

from __future__ import annotations

import shutil
import sys
import textwrap
import time
from collections.abc import Iterable

from ..study import tables
from ..study.fit import said_first
from ..study.option_row import option_row
from ..study.tables import Findings
from ..study.who import receivers, worst_off
from .numbers import number, signed
from .option_row import option_row_text

_SHOWN = 24
"""Rows of remarks on single units shown before the rest is left to units.csv."""


def width() -> int:
    """Columns to write in."""
    return max(80, min(120, shutil.get_terminal_size((110, 40)).columns))


def report(found: Findings, notices: list[str]) -> str:
    """The whole of what a run prints.

    Parameters
    ----------
    found
        The comparison.
    notices
        What every output must say.
    """
    run = found.experiment.run
    window = run.window
    lines = [
        f"{found.service.name} in {found.service.region.name}: {found.scenario} against the baseline",
        "=" * width(),
    ]
    first = said_first(found)
    lines += [*in_marked_lines(first), ""]
    lines += [line for said in found.after.service.history for line in _wrap(said)] or ["Nothing changes."]
    calendar = run.calendar
    lines += [
        "",
        f"Measured {calendar.date(window.start):%d %b %Y} to {calendar.date(window.end):%d %b %Y}, {run.replications} replications, "
        f"{found.experiment.engine} engine, seed {run.seed}",
        "",
    ]
    lines += [*option_row_text(option_row(found)), "", "In detail"]
    lines += table(tables.summary(found))
    lines += ["", *_plain_words(found)]
    lines += _remarks(found)
    lines += ["", *in_marked_lines(said for said in notices if said not in first)]
    return "\n".join(lines)


def in_marked_lines(said: Iterable[str]) -> list[str]:
    """What must be said, a sentence each, in lines as wide as the terminal, the first of each marked."""
    return [line for each in said for line in _wrap(each, "! ")]


def _plain_words(found: Findings) -> list[str]:
    """Where, when and who in a few lines."""
    lines = []
    for row in worst_off(found.before, found.after, 3):
        lines.append(
            f"Journey grows most: {row['name']}, {row['minutes_baseline']:.0f} to {row['minutes_option']:.0f} minutes"
        )
    failing = [row for row in receivers(found.before, found.after) if not row["can_take_them"]]
    if failing:
        named = "; ".join(f"{row['unit']} ({row['why_not']})" for row in failing[:6])
        more = f" and {len(failing) - 6} more" if len(failing) > 6 else ""
        lines += _wrap(f"Not deliverable as it stands: {named}{more} - see receivers.csv")
    if said := tables.worst_month(found):
        lines.append(said)
    return lines


def table(rows: list[dict]) -> list[str]:
    """The summary as aligned text."""
    body = [
        (
            row["measure"],
            *(number(row[side], row["unit"]) for side in ("baseline", "option")),
            signed(row["difference"], row["unit"]),
            _interval(row),
            row["unit"],
        )
        for row in rows
    ]
    head = ("", "baseline", "option", "change", "95 % interval", "")
    size = [max(len(line[i]) for line in (head, *body)) for i in range(6)]

    def lay(line: tuple[str, ...]) -> str:
        numbers = "  ".join(f"{line[i]:>{size[i]}}" for i in range(1, 5))
        return f"{line[0]:<{size[0]}}  {numbers}  {line[5]}".rstrip()

    lines = [lay(head)]
    for section in dict.fromkeys(row["section"] for row in rows):
        lines += [section, "-" * min(width(), sum(size) + 10)]
        lines += [lay(line) for row, line in zip(rows, body) if row["section"] == section]
        lines.append("")
    lines += [
        "exact: no simulation, exact for the allocation in force.  Other intervals: of luck, paired over the same patients under",
        "both; in `Money` and `Clinical outcome`, of the numbers behind them. What rests on a guess says so; parameters.csv says which.",
    ]
    return lines


def _interval(row: dict) -> str:
    if row["low"] is None:
        return "a guess" if "guess" in row["measure"] else "exact"
    if row["low"] != row["low"]:
        return "-"
    said = number if row["difference"] is None else signed
    return f"{said(row['low'], row['unit'])} to {said(row['high'], row['unit'])}"


def _remarks(found: Findings) -> list[str]:
    """What the scenario has to say of single units, in the order in which it said it."""
    option = found.after.service
    names = dict(zip(option.units.id.tolist(), option.units.name.tolist()))
    if not option.marks:
        return []
    lines = ["", "Units", "-" * width()]
    for unit, words in list(option.marks.items())[:_SHOWN]:
        lines += _wrap(f"{unit:<9} {names[unit]}: {'; '.join(words)}", "", " " * 10)
    if len(option.marks) > _SHOWN:
        lines.append(f"... and {len(option.marks) - _SHOWN} more in units.csv")
    return lines


def _wrap(said: str, first: str = "", later: str | None = None) -> list[str]:
    return textwrap.wrap(
        said, width(), initial_indent=first, subsequent_indent=" " * len(first) if later is None else later
    ) or [""]


class Progress:
    """A line that says how far a run is: rewritten in place at a terminal, a new line now and then elsewhere."""

    def __init__(self, what: str, every_seconds: float = 5.0, quiet_seconds: float = 0.0):
        self.what, self.every, self.quiet = what, every_seconds, quiet_seconds
        self.began = self.said = time.monotonic()
        self.live = sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.began < self.quiet:
            return
        left = (now - self.began) / done * (total - done)
        line = f"{self.what}: {done} of {total}" + (
            f", about {left:.0f} s left" if done < total else f", {now - self.began:.1f} s"
        )
        if self.live:
            print(f"\r{line:<70}", end="\n" if done == total else "", file=sys.stderr, flush=True)
        elif done == total or now - self.said >= self.every:
            self.said = now
            print(line, file=sys.stderr, flush=True)

    def say(self, what: str) -> None:
        """A line on its own."""
        print(what, file=sys.stderr, flush=True)
