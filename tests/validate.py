"""The validation suite, and the table of what it compared: ``make validate``, or ``python -m tests.validate``.

Runs every test of `tests/theory` and `tests/published`, long ones included, gathers what they compared (`tests.comparison`), prints a
line a case with the time taken, and writes the page ``results/validation.md`` and every figure, ``results/validation.csv``.
``--page docs/validation.md`` writes the page there too, without the time, so that it only changes where a number does.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.comparison import Comparison

ROOT = Path(__file__).resolve().parents[1]
CASES = Path(__file__).parent / "published" / "cases.csv"
SUITES = ("tests/theory", "tests/published")


@dataclass
class Case:
    """One case: what its tests compared, and how they ended."""

    case: str
    tests: tuple[str, ...]
    title: str
    source: str = ""
    tolerance: str = ""
    traps: str = ""
    compared: list[Comparison] = field(default_factory=list)
    passed: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """``pass`` where every test did and every figure is where it may be."""
        if self.failed or not all(each.passes for each in self.compared):
            return "FAIL"
        if self.skipped:
            return "pass, part skipped" if self.passed else "skipped"
        return "pass" if self.passed else "not run"

    @property
    def items(self) -> dict[str, list[Comparison]]:
        """What was compared, by item and engine."""
        made: dict[str, list[Comparison]] = {}
        for each in self.compared:
            made.setdefault(f"{each.item}{', reference engine' if each.engine == 'reference' else ''}", []).append(each)
        return made


def known_cases() -> list[Case]:
    """The cases of the table, in its order."""
    with CASES.open(encoding="utf-8", newline="") as file:
        return [Case(**{**row, "tests": tuple(row["tests"].split())}) for row in csv.DictReader(file)]


class Gather:
    """Hears of every test, from whichever worker, and files it under its case."""

    def __init__(self):
        self.cases = known_cases()

    def case_of(self, nodeid: str) -> Case:
        """The case of a test; one that the table does not have gets a line of its own."""
        file = nodeid.partition("::")[0].removeprefix("tests/")
        for case in self.cases:
            if file in case.tests:
                return case
        self.cases.append(
            Case(Path(file).stem.removeprefix("test_").replace("_", " "), (file,), "not in the table of cases")
        )
        return self.cases[-1]

    def pytest_runtest_logreport(self, report) -> None:
        case = self.case_of(report.nodeid)
        if report.when == "call":
            case.compared += [Comparison(*given) for name, given in report.user_properties if name == "comparison"]
        if report.failed:
            case.failed.append(report.nodeid)
        elif report.skipped:
            reason = report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else "skipped"
            case.skipped[reason] = case.skipped.get(reason, 0) + 1
        elif report.when == "call":
            case.passed += 1


def not_run(cases: Iterable[Case]) -> str:
    """Which cases were skipped, all or part of them; empty where none was."""
    names = [case.case for case in cases if case.skipped]
    return f"not run, or not wholly: {', '.join(names)}" if names else ""


def shown(value: float) -> str:
    """A number to five significant digits; whole numbers whole."""
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e9 else f"{value:.5g}"


def worst(compared: Iterable[Comparison]) -> Comparison:
    """The comparison that uses up most of what it is allowed."""
    return max(compared, key=lambda each: each.strain)


def summary(cases: Iterable[Case]) -> list[tuple[str, ...]]:
    """One row a case: its figures, the one that lies farthest off, and the verdict."""
    rows = [("case", "what", "figures", "farthest off", "published", "ours", "allowed", "verdict")]
    for case in cases:
        row = (case.case, case.title, str(len(case.compared)))
        if case.compared:
            each = worst(case.compared)
            row += (f"{each.item}: {each.figure}", shown(each.published), shown(each.ours), interval(each))
        else:
            row += ("", "", "", "")
        rows.append((*row, case.verdict))
    return rows


def interval(each: Comparison) -> str:
    """What is allowed, with digits enough to tell both ends from the published value."""
    for digits in range(5, 16):
        low, high = f"{each.low:.{digits}g}", f"{each.high:.{digits}g}"
        if low != high or each.low == each.high:
            break
    return f"{low} to {high}"


def as_text(rows: list[tuple[str, ...]], widest: int = 44) -> str:
    """Rows as columns for a terminal; long words are cut."""
    cut = [tuple(cell if len(cell) <= widest else cell[: widest - 3] + "..." for cell in row) for row in rows]
    width = [max(len(row[k]) for row in cut) for k in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, width)).rstrip() for row in cut)


def as_markdown(rows: list[tuple[str, ...]]) -> str:
    """Rows as a table of Markdown."""
    head, *body = rows
    lines = [head, tuple("---" for _ in head), *body]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in lines)


def page(cases: list[Case]) -> str:
    """The page: what was compared, in short and item by item."""
    count = sum(len(case.compared) for case in cases)
    failing = [case.case for case in cases if case.verdict == "FAIL"]
    held = "every verdict is a pass" if not failing else f"**failing: {', '.join(failing)}**"
    held += f"; **{not_run(cases)}**" if not_run(cases) else ""
    said = [
        "# What the program is held against",
        "",
        "Made by `make validate` from the tests of `tests/theory` and `tests/published`; do not edit. Every figure is in",
        "`results/validation.csv` after a run. *Farthest off* is the figure that uses up most of what it is allowed.",
        "",
        f"{count} figures in {len(cases)} cases: {held}.",
        "",
        as_markdown(summary(cases)),
        "",
        "Simulated by the compiled engine at full size, unless an item says reference engine: that one runs the same case at a reduced",
        "size and is held to its own standard errors. Six of the 126 exact answers (A06) are out of scope and named, with the reason,",
        "in `tests/theory/test_items.py`: pre-emptive priority (2) and repacking of pooled beds (4) are no rules of this program.",
    ]
    for case in cases:
        said += ["", f"## {case.case}: {case.title}", ""]
        said += (
            [f"Tests: {', '.join(f'`tests/{name}`' for name in case.tests)}. Source: {case.source}."]
            if case.source
            else []
        )
        said += ["", f"Tolerance: {case.tolerance}."] if case.tolerance else []
        said += ["", f"Traps of the source: {case.traps}"] if case.traps else []
        said += ["", *(f"Skipped ({number} tests): {reason}." for reason, number in case.skipped.items())]
        said += ["", *(f"Failed: `{name}`" for name in case.failed)]
        if case.items:
            said += ["", as_markdown(item_rows(case))]
    lines = [line for line, before in zip(said, [None, *said]) if line or before]
    return "\n".join(lines) + "\n"


def item_rows(case: Case) -> list[tuple[str, ...]]:
    """One row an item: its figures, and the one that lies farthest off."""
    rows = [("item", "figures", "farthest off", "published", "ours", "allowed", "why", "verdict")]
    for item, compared in case.items.items():
        each = worst(compared)
        verdict = "pass" if all(one.passes for one in compared) else "FAIL"
        number = str(len(compared))
        rows.append(
            (item, number, each.figure, shown(each.published), shown(each.ours), interval(each), each.rule, verdict)
        )
    return rows


def write_figures(cases: Iterable[Case], path: Path) -> None:
    """Every comparison, a row each."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["case", *Comparison._fields, "verdict"])
        for case in cases:
            for each in case.compared:
                writer.writerow([case.case, *each, "pass" if each.passes else "FAIL"])


def main() -> int:
    """Run, print, write; the number of pytest's own ending."""
    read = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    read.add_argument("--page", type=Path, help="write the page here too, without the time")
    read.add_argument("--only", default="", help="an expression of pytest's -k, to run a part")
    read.add_argument("-n", default="2", help="workers")
    given = read.parse_args()
    os.chdir(ROOT)
    gather, began = Gather(), time.monotonic()
    how = [
        "-q",
        "-m",
        "slow or not slow",
        "-n",
        given.n,
        "--dist",
        "worksteal",
        "-p",
        "no:cacheprovider",
        "-k",
        given.only,
    ]
    ended = pytest.main([*how, *SUITES], plugins=[gather])
    seconds = time.monotonic() - began
    cases = [case for case in gather.cases if case.verdict != "not run"]
    for case in cases:
        case.compared.sort(key=lambda each: (each.item, each.engine, each.figure))
    print(f"\n{as_text(summary(cases))}\n")
    for reason in dict.fromkeys(reason for case in cases for reason in case.skipped):
        print(f"skipped: {reason}")
    passes = ended == 0 and all(case.verdict != "FAIL" for case in cases)
    took = (
        f"{sum(len(case.compared) for case in cases)} figures compared in {seconds / 60:.1f} minutes, {given.n} workers"
    )
    said = "All verdicts pass" if passes else "NOT all verdicts pass"
    said += f" of what was run ({not_run(cases)})" if not_run(cases) else ""
    print(f"{said}: {took}")
    text = page(cases)
    Path("results").mkdir(exist_ok=True)
    Path("results/validation.md").write_text(f"{text}\n{took}.\n", encoding="utf-8")
    write_figures(cases, Path("results/validation.csv"))
    if given.page:
        given.page.write_text(text, encoding="utf-8")
    return 0 if passes else 1


if __name__ == "__main__":
    sys.exit(main())
