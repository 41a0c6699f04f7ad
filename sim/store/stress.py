"""The description of a run by the STRESS guideline for discrete-event simulation, made from the run itself.

Monks, Currie, Onggo, Robinson, Kunc and Taylor 2019, Strengthening the reporting of empirical simulation studies, Journal of Simulation
13:55, doi 10.1080/17477778.2018.1442155. Every item is there: filled from the run, or said to be missing and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from ..measures.outcomes import MEASURES
from ..study.option_row import REPLICATION, Measure, option_row
from ..study.tables import Findings
from ..study.warmup import warm_up
from .describe import describe

NAME = "stress_des.md"

MISSING = "Missing"
"""What an item begins with that the run cannot fill."""


def stress(found: Findings, provenance: Mapping) -> str:
    """The description as Markdown.

    Parameters
    ----------
    found
        The comparison.
    provenance
        Versions, commit, seed and the command.
    """
    lines = [f"# {found.service.name}, {found.scenario} against the baseline: description of the model (STRESS-DES)", ""]
    lines += ["Made from the run itself. Items and numbers: Monks et al. 2019, doi 10.1080/17477778.2018.1442155.", ""]
    for section, items in _SECTIONS.items():
        lines += [f"## {section}", ""]
        for title, say in items.items():
            lines += [f"### {title}", "", *say(found, provenance), ""]
    return "\n".join(lines)


def _purpose(found: Findings, _: Mapping) -> Iterator[str]:
    service = found.service
    yield (
        f"To say what the option `{found.scenario}` does to patients, units and money of the service `{service.name}` in "
        f"{service.region.name} ({len(service.areas):,} areas, {len(service.sites):,} sites, {len(service.units):,} units), beside the "
        "service as it is."
    )
    if service.region.is_open_data:
        yield "Open data, illustrative, not a proposal."


def _outputs(found: Findings, _: Mapping) -> Iterator[str]:
    yield "Simulated, per replication, by unit, kind of care, group and month:"
    yield ""
    taken = {each.measure for each in found.experiment.replications[0].baseline}
    yield from (f"- `{name}`: {what}" for name, what in MEASURES.items() if name in taken or name.startswith("counted"))
    yield ""
    yield "Without simulation: " + ", ".join(f"{each.label} ({each.unit})" for each in option_row(found) if not _is_of_luck(each)) + "."


def _is_of_luck(of: Measure) -> bool:
    return of.samples is not None and of.samples.over == REPLICATION


def _aims(found: Findings, _: Mapping) -> Iterator[str]:
    yield f"One option against the baseline, with the same {found.experiment.run.replications} cohorts of patients under both. The option:"
    yield ""
    yield from [f"- {said}" for said in found.after.service.history] or ["- nothing changes"]


def _overview(found: Findings, _: Mapping) -> Iterator[str]:
    for group in found.service.groups:
        yield f"    {group.name}: " + " -> ".join(f"{stage.name} [{stage.kind}]" for stage in group.stages) + " -> out"


def _logic(found: Findings, _: Mapping) -> Iterator[str]:
    service = found.service
    yield (
        "A patient sets out, asks at the door of the first open unit of the kind that the stage needs, waits there for a bed, stays, keeps "
        "the bed until the next stage's bed is given, travels, and so on until the end of the pathway. Beds are given by priority, then by "
        "the time first asked, then by patient number; nobody is moved out for another. `sim/engine/contract.py` is the whole contract."
    )
    yield ""
    yield service.allocation.sentence
    if service.hours:
        yield f"Opening hours: {len(service.hours)} units."


def _scenario_logic(found: Findings, _: Mapping) -> Iterator[str]:
    option, calendar = found.after.service, found.experiment.run.calendar
    own = [change for change in option.changes if change not in set(found.service.changes)]
    yield f"{len(own)} dated changes of units differ from the baseline" + (":" if own else ".")
    yield ""
    for change in own[:40]:
        yield f"- {calendar.date(change.at):%d %b %Y}: {change.unit} {change.what} becomes {change.value:g}"
    if len(own) > 40:
        yield f"- and {len(own) - 40} more, in units.csv"
    if option.allocation.sentence != found.service.allocation.sentence:
        yield f"- {option.allocation.sentence}"


def _algorithms(found: Findings, _: Mapping) -> Iterator[str]:
    yield (
        "Demand is a Poisson process, thinned by the option's relative rate, so that the same patients meet both. Stays are drawn by "
        "inversion. Times lie on a grid of 2^-20 day, so that sums are exact and two engines give the same trace to the last bit."
    )


def _entities(found: Findings, _: Mapping) -> Iterator[str]:
    service = found.service
    total = float(service.areas.demand.sum())
    yield f"Patients, in {len(service.groups)} groups; {total * service.index_share:,.0f} index admissions a year."
    yield ""
    yield "| group | a year | priority | counts as an index admission | first contact, days |"
    yield "|---|---|---|---|---|"
    for group in service.groups:
        volume, counts = total * group.per_admission, "yes" if group.is_index else "no"
        yield f"| {group.name} | {volume:,.0f} | {group.priority} | {counts} | {describe(group.first_contact)} |"


def _activities(found: Findings, _: Mapping) -> Iterator[str]:
    yield "| group | stage | kind of care | stay, days | next |"
    yield "|---|---|---|---|---|"
    for group in found.service.groups:
        for stage in group.stages:
            onward = ", ".join(f"{name} {share:.3f}" for name, share in stage.next.items()) or "out"
            yield f"| {group.name} | {stage.name} | {stage.kind} | {describe(stage.stay)} | {onward} |"


def _resources(found: Findings, _: Mapping) -> Iterator[str]:
    before, after = found.before, found.after
    yield "| kind of care | units open, baseline | option | beds of those units, baseline | option |"
    yield "|---|---|---|---|---|"
    for kind in found.service.kinds:
        cells = []
        for seen in (before, after):
            of = seen.service.gives(kind) & seen.is_open
            cells.append((int(of.sum()), float(np.nansum(seen.beds[of]))))
        yield f"| {kind} | {cells[0][0]} | {cells[1][0]} | {cells[0][1]:,.0f} | {cells[1][1]:,.0f} |"
    yield ""
    yield "A unit may give several kinds from the same beds: rows do not add up."
    if found.service.beds_rule:
        yield f"Beds: {found.service.beds_rule}."


def _queues(found: Findings, _: Mapping) -> Iterator[str]:
    first = "those who block another unit's bed first, then " if found.service.blocked_first else ""
    yield f"One queue a unit, of those who wait for its beds: {first}by priority of group and stage, time first asked, and patient number."
    blocked = [s.name for g in found.service.groups for s in g.stages if not getattr(s, "keeps_bed", True)]
    if blocked:
        yield f"Who waits for the stage after {', '.join(dict.fromkeys(blocked))} gives the bed up while waiting."


def _entry(found: Findings, _: Mapping) -> Iterator[str]:
    stages = [stage for group in found.service.groups for stage in group.stages]
    ends = sorted({name for stage in stages for name in stage.next} - {stage.name for stage in stages})
    yield "Patients enter at the area they live in, at the time of need, and leave at the end of their pathway"
    yield f"({', '.join(ends) or 'out'}), as lost where the pathway says so, or as unplaced where no acceptable unit is open."


def _sources(found: Findings, provenance: Mapping) -> Iterator[str]:
    yield from (f"- {source}" for source in found.service.region.sources)
    yield f"- Minutes: {found.service.region.travel.basis}. Bodies: {found.service.region.boundaries}."
    yield from (f"- `{name}` sha256 {digest}" for name, digest in provenance["data"].items())


def _inputs(found: Findings, _: Mapping) -> Iterator[str]:
    every = found.service.parameters
    guesses = [each.name for each in every if each.is_guess]
    said = f"{len(every)} numbers of the service, each with value, unit, source and confidence in `parameters.csv`"
    yield f"{said}; {len(guesses)} are guesses."


def _preprocessing(found: Findings, _: Mapping) -> Iterator[str]:
    travel = found.service.region.travel
    modelled = int(np.asarray(travel.is_modelled).sum())
    yield f"Minutes to {modelled} of {len(found.service.sites)} sites are from a straight-line rule; all others are as given."
    yield "Beds that no table gives are sized by rule. Stays are laws fitted to means and spreads, as `parameters.csv` says of each."


def _assumptions(found: Findings, _: Mapping) -> Iterator[str]:
    guesses = [each for each in found.service.parameters if each.is_guess]
    yield "Of structure: minutes do not vary with the time of day; beds are the only constraint, but where slots or hours are given;"
    yield "no patient changes group; staff are counted, not simulated. Numbers that are guesses:"
    yield ""
    yield from [f"- `{each.name}` = {describe(each.value)} {each.unit}: {each.source}" for each in guesses] or ["- none"]


def _initial(found: Findings, _: Mapping) -> Iterator[str]:
    run = found.experiment.run
    census = np.stack([each.census for each in found.experiment.replications])
    warm = warm_up(census, run.window.start, getattr(run, "start_from", "empty") == "filled")
    yield f"From {getattr(run, 'start_from', 'empty')}, {run.window.start:.0f} days of warm-up before anything is measured."
    if warm.is_judged:
        yield f"MSER-5 on beds held over all units each midnight, averaged over replications, asks for {warm.needed:g} days."
    yield warm.said or "The warm-up is long enough by that rule, which knows nothing of a single unit, a waiting list or the option."


def _length(found: Findings, _: Mapping) -> Iterator[str]:
    run = found.experiment.run
    start, end = (run.calendar.date(day) for day in (run.window.start, run.window.end))
    yield f"Measured {start:%d %b %Y} to {end:%d %b %Y}, then {run.cooldown_days:g} days more, so that late waits are seen to their end."


def _estimation(found: Findings, _: Mapping) -> Iterator[str]:
    run = found.experiment.run
    yield f"{run.replications} independent replications; differences are paired; 95 % intervals by Student's t over replications."
    for each in option_row(found):
        if each.samples is not None and each.key in ("wait_hours_mean", "wait_share_delayed", "delayed_transfer_bed_days_per_year"):
            half = (each.high - each.low) / 2
            reached = "none, for want of replications" if half != half else f"{half:.3g} {each.unit}"
            yield f"- {each.label}: difference {each.difference:.3g} {each.unit}, half-width {reached}"


def _software(found: Findings, provenance: Mapping) -> Iterator[str]:
    packages = ", ".join(f"{name} {number}" for name, number in provenance["packages"].items())
    yield f"Python {provenance['python']}; {packages}. Engine: {found.experiment.engine}."


def _sampling(found: Findings, _: Mapping) -> Iterator[str]:
    seed = found.experiment.run.seed
    yield f"PCG64 streams keyed by (seed {seed}, replication, purpose); one a purpose, so that a new draw moves no other."
    yield "Luck is drawn before any option is looked at; choice among units is hashed from seed, replication, patient and unit."


def _execution(found: Findings, provenance: Mapping) -> Iterator[str]:
    yield "Event by event, next event first; ties are settled by the rules of the contract. The command:"
    yield ""
    yield f"    {provenance['command']}"


def _system(found: Findings, _: Mapping) -> Iterator[str]:
    yield f"{MISSING} on purpose: a run keeps no name of a machine and no time, so that it repeats to the byte. Benchmarks: README.md."


def _code(found: Findings, provenance: Mapping) -> Iterator[str]:
    where = f"commit {provenance['commit']}" if provenance["commit"] else f"{MISSING}: the run was made outside a checkout"
    yield f"Open source, MIT licence; {where}. `python -m sim repeat <this folder>` makes it again and compares every number."
    if str(provenance["commit"]).endswith("-dirty"):
        yield f"{MISSING}: the code had changes that were not committed, so that the commit alone does not make it again."


_SECTIONS = {
    "1 Objectives": {"1.1 Purpose": _purpose, "1.2 Outputs": _outputs, "1.3 Aims of experimentation": _aims},
    "2 Logic": {
        "2.1 Base model overview": _overview,
        "2.2 Base model logic": _logic,
        "2.3 Scenario logic": _scenario_logic,
        "2.4 Algorithms": _algorithms,
        "2.5.1 Entities": _entities,
        "2.5.2 Activities": _activities,
        "2.5.3 Resources": _resources,
        "2.5.4 Queues": _queues,
        "2.5.5 Entry and exit": _entry,
    },
    "3 Data": {
        "3.1 Data sources": _sources,
        "3.2 Input parameters": _inputs,
        "3.3 Pre-processing": _preprocessing,
        "3.4 Assumptions": _assumptions,
    },
    "4 Experimentation": {"4.1 Initialisation": _initial, "4.2 Run length": _length, "4.3 Estimation": _estimation},
    "5 Implementation": {
        "5.1 Software": _software,
        "5.2 Random sampling": _sampling,
        "5.3 Model execution": _execution,
        "5.4 System specification": _system,
    },
    "6 Code access": {"6.1 Computer model sharing": _code},
}
"""Every section and item of the guideline, with what says it."""
