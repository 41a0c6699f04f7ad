"""Which of several options is best by one measure, with a stated chance of being right; and each beside the baseline, all at once."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ..compose import run_of, scenario_of
from ..launch import kept_service, options_of, planned
from ..service.fault import Fault, Gathering, is_number, nearest_spelling, refuse
from ..study.scorecard import BASELINE
from ..study.target import Target
from .multirun import only_ways
from .words import parted

USUAL = {"measure": None, "kind": None, "unit": None, "group": None, "better": "lower", "chance": 0.95, "worth": None,
         "first": 10, "ceiling": 1000, "to": None}  # fmt: skip
"""Settings and what they are where nothing is given; see `main`."""


def main(given: list[str]) -> int:
    """Select the best of several options.

    Parameters
    ----------
    given
        What to ask, as of a sweep: every combination of values is an option. ``measure``: of the simulation, over everything or of one
        ``kind``, ``unit`` or ``group``. ``better``: lower or higher. ``chance``: of selecting the best where it is better than all others
        by at least ``worth``, in units of the measure. ``first``: replications of every option before any is dropped. ``ceiling``:
        replications at which it stops. ``to``: the folder of tables.
    """
    from ..show.selection import selection_text
    from ..show.terminal import Progress, in_marked_lines
    from ..store.provenance import config_text, files_named
    from ..store.study import write_study
    from ..store.whole import check_writable
    from ..study.fit import said_first_unsimulated
    from ..study.panel import Panel
    from ..study.run import Run
    from ..study.selected import select_from
    from ..study.selection import check_settings

    made, words = parted(given, USUAL)
    lower, reading = made["better"] == "lower", Gathering()
    target = reading.attempt(lambda: _target(made))
    reading.attempt(lambda: check_settings(1, 1, made["chance"], made["first"], made["ceiling"]))
    reading.attempt(lambda: only_ways(words, "options of a selection are asked here, one after the other"))
    asked = reading.attempt(lambda: planned(words, USUAL))
    refuse(dict.fromkeys(reading.faults))
    _, plan = asked
    points = plan.configs()
    options = options_of(plan)
    first = points[0][1]
    run, baseline = run_of(first["run"], Run), kept_service(first)
    baseline = replace(baseline, calendar=run.calendar)
    services = {name: scenario_of(lines)(baseline) for name, lines in options.items() if name != BASELINE}
    cure = "as scenario=close_small_units,consolidate_hubs; the baseline is beside them"
    refuse([] if services else [Fault("a selection needs at least one option", cure=cure)])
    panel = Panel(baseline, services, run, first["engine"]["name"])
    to = Path(made["to"] or Path("results", "select", f"{baseline.name}@{baseline.region.name}", target.measure))
    check_writable(to, by="select")
    progress = Progress("replications")
    found = select_from(panel, target, made["worth"], made["chance"], lower, made["first"], made["ceiling"], progress.say)
    most = "lowest" if lower else "highest"
    title = f"{baseline.name} in {baseline.region.name}: which of {len(panel.names)} options has the {most} {target.name}"
    said = said_first_unsimulated(baseline, run.window.start)
    print(*in_marked_lines(said), "", *selection_text(title, found), sep="\n", flush=True)
    command = shlex.join(["python", "-m", "sim", "select", *given])
    what = "one row an option: replications, mean, paired difference from the baseline alone and together"
    told = {"data": {**baseline.region.hashes, **files_named(given)}, "seed": run.seed}
    told["config"] = config_text({**first, "scenario": options}).splitlines()
    write_study(to, title, [*said, *found.said], {"selection.csv": (found.rows(), what)}, command, told)
    print(f"\nFiles: {to}")
    return 0


def _target(made: Mapping) -> Target:
    """The measure that options are judged by."""
    ways = [by for by in ("kind", "unit", "group") if made[by] is not None]
    faults = [] if isinstance(made["measure"], str) else [Fault("measure is needed", made["measure"], "as measure=wait_share_delayed")]
    faults += [] if is_number(made["worth"], 0) and made["worth"] else [
        Fault("worth is the smallest difference worth telling apart, above 0", made["worth"], "as worth=0.01, in units of the measure")
    ]
    faults += [Fault("give one of kind, unit and group", ", ".join(ways))] if len(ways) > 1 else []
    if made["better"] not in ("lower", "higher"):
        faults.append(Fault("better is lower or higher", made["better"], nearest_spelling(made["better"], ("lower", "higher"))[2:]))
    refuse(faults, of="select")
    by = ways[0] if ways else "all"
    return Target(made["measure"], float(made["worth"]), by, str(made[by]) if ways else "")
