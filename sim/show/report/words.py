"""The words of a report: the question, the answer in three sentences, and what a reader must know first."""

from __future__ import annotations

import re
from pathlib import Path

from ...service.demand import DAYS_A_YEAR
from ...study import tables
from ...study.option_row import Measure, option_row
from ...study.precisely import FEW, LEAN
from ...study.tables import Findings
from ...study.view import minimum_of
from ...study.who import receivers, who
from ..numbers import number, signed
from ..option_row import interval_text

SHIPPED = {"england": "England", "england_lsoa": "England", "england_220": "England (220 areas)", "two_towns": "Two Towns"}

NOTE = "Note"
"""Marks a warning that is of the data and not of the answer."""

SMALL_VOLUME = 100.0
"""Index admissions a year below which a unit's numbers are mostly luck."""


def region_name(found: Findings) -> str:
    """The region, as a reader knows it."""
    name = found.service.region.name
    return SHIPPED.get(name, Path(name).name)


def title(found: Findings) -> str:
    """What the report is about, in few words."""
    words = found.scenario.replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}: {found.service.name} in {region_name(found)}"


def question(found: Findings) -> str:
    """The question that was asked."""
    service = found.service
    return (
        f"What happens to patients of the {service.name} service in {region_name(found)}, to the units that remain, and to the money - "
        "where, when and to whom - if this is done?"
    )


def answer(found: Findings) -> list[str]:
    """The answer in three sentences: journeys; volumes, waits and outcome; money."""
    row = {each.key: each for each in option_row(found)}
    return [_of_journeys(found, row), _of_care(found, row), _of_money(found, row)]


def _of_journeys(found: Findings, row: dict[str, Measure]) -> str:
    before, after, kind = found.before, found.after, found.service.access_kind
    everyone = who(before, after)[0]
    closed, opened = int((before.gives & ~after.gives).sum()), int((after.gives & ~before.gives).sum())
    parts = [f"{closed} of {int(before.gives.sum())} {kind} units close" if closed else f"No {kind} unit closes"]
    parts += [f"{opened} open"] if opened else []
    total = everyone["patients_per_year"] or 1.0
    longer, shorter = everyone["patients_longer"], everyone["patients_shorter"]
    said = f"{' and '.join(parts)}: {longer:,.0f} patients a year ({100 * longer / total:.1f} %) travel longer"
    said += f", by {everyone['minutes_added_where_longer']:.1f} minutes on average" if longer else ""
    said += f", and {shorter:,.0f} shorter" if shorter else ""
    mean = row["minutes_mean"]
    said += f"; the mean journey goes from {mean.baseline:.1f} to {mean.option:.1f} minutes"
    threshold = found.service.threshold_minutes[0] if found.service.threshold_minutes else None
    if within := row.get(f"within_{threshold:g}") if threshold is not None else None:
        said += f", and the share within {threshold:g} minutes from {within.baseline:.1f} to {within.option:.1f} %"
    return said + " (exact for the allocation in force)."


def _of_care(found: Findings, row: dict[str, Measure]) -> str:
    said = []
    minimum = minimum_of(found.service)
    under = next((each for each in found.service.standards if each.counts == "index" and each.kind == found.service.access_kind), None)
    if minimum and under and (of := row.get(f"under_{under.name}")):
        said.append(f"{found.service.access_kind} units under {minimum:g} a year go from {of.baseline:.0f} to {of.option:.0f}")
    if of := row.get("wait_share_delayed"):
        said.append(
            f"{number(of.option, '%')} % of requests wait for a bed, {signed(of.difference, '%')} points "
            f"(95 % interval {interval_text(of)}, {of.basis})"
        )
    alone, volume = row.get("qalys_time_alone"), row.get("qalys_time_with_volume")
    if alone and volume:
        said.append(
            f"treated patients' QALYs a year change by {signed(alone.difference, alone.unit)} by time alone ({interval_text(alone)}) and "
            f"by {signed(volume.difference, volume.unit)} where volume works as published ({interval_text(volume)}), parts of it guesses"
        )
    joined = "; ".join(said) or "nothing is known of volumes, waits or outcome"
    return joined[:1].upper() + joined[1:] + "."


def _of_money(found: Findings, row: dict[str, Measure]) -> str:
    of, stranded, below = (row.get(key) for key in ("net_present_saving", "stranded_first_year", "trusts_below_tolerance"))
    if of is None:
        return "No money was counted."
    verb = "saves" if of.option > 0 else "costs" if of.option < 0 else "neither saves nor costs:"
    years = found.finance.horizon_years
    rests = f"rests on {len(of.rests_on)} guesses" if of.rests_on else ""
    ends = f"95 % interval of the saving, by the numbers: {interval_text(of)}" if of.samples else "no interval"
    rests = f" ({'; '.join(filter(None, (ends, rests)))})"
    grown = row["growth_in_saving"].option
    rests += f", of which {signed(grown, of.unit)} is growth of demand" if grown else ""
    said = f"Over {years} years the option {verb} the system GBP {abs(of.option):,.1f} million in present value{rests}"
    if stranded:
        said += f"; GBP {stranded.option:,.1f} million of cost is stranded in the first year"
    if below:
        tolerance = 100 * found.finance.number["stability_tolerance"]
        lasting = row["trusts_below_tolerance_last"].option
        said += f", and the margin of {below.option:.0f} trusts falls by over {tolerance:g} % of income in some year of transition or later"
        said += f", of {lasting:.0f} in year {years}"
    return said + "."


def warnings(found: Findings, notices: list[str]) -> list[tuple[str, str]]:
    """What a reader must know first: (in a word, in a sentence), the gravest first."""
    first = [said for said in notices if said.startswith(("Open data", "Illustrative"))]
    made = [("Illustrative", " ".join(first))] if first else []
    made += [("Saturated", said) for said in notices if said.startswith("Saturated")]
    rows = tables.units(found)
    cannot = [row for row in receivers(found.before, found.after) if not row["can_take_them"]]
    if cannot:
        named = "; ".join(f"{row['name']} ({row['why_not']})" for row in cannot[:8])
        made.append(("Not deliverable", f"Units that gain patients and cannot take them as they stand: {named}{_more(cannot, 8)}."))
    disputed = [row["name"] for row in rows if row["disputed"] and (row["open_baseline"] or row["open_option"])]
    if disputed:
        made.append(
            ("Disputed", f"Reported and modelled volume lie on opposite sides of the minimum at {len(disputed)} units: {_named(disputed)}.")
        )
    closed = [row for row in rows if row["open_baseline"] and not row["open_option"]]
    hangs = [row["name"] for row in closed if "hangs on a tie" in row["remarks"]]
    if hangs:
        made.append(("Tied", f"Whether these close hangs on a tie: {_named(hangs)}."))
    small = [row["name"] for row in rows if row["open_option"] and 0 < (row["modelled_volume_option"] or 0) < SMALL_VOLUME]
    if small:
        made.append(("Small volumes", f"Fewer than {SMALL_VOLUME:g} admissions a year, mostly luck: {_named(small)}."))
    few = [said for said in notices if said.startswith((FEW, LEAN))]
    for said in few:
        word, _, rest = said.partition(": ")
        made.append((word, rest[:1].upper() + rest[1:]))
    guessed = [each for each in option_row(found) if each.is_headline and each.is_guess]
    if guessed:
        made.append(("Guesses", f"{len(guessed)} of the headline measures rest on guesses; they are marked, and named under Assumptions."))
    told = {*first, *few, *(said for _, said in made)}
    return made + [(NOTE, said) for said in notices if said not in told]


def _named(names: list[str], most: int = 12) -> str:
    return "; ".join(names[:most]) + _more(names, most)


def _more(rows: list, most: int) -> str:
    return f" and {len(rows) - most} more" if len(rows) > most else ""


def left_out(found: Findings) -> list[str]:
    """What the model does not hold, and whoever decides must weigh beside it."""
    basis = found.service.region.travel.basis
    missing = [name for name, row in _without_data(found)]
    said = [
        f"Journeys other than by {basis}: blue lights, public transport, other hours, weather - not modelled.",
        "Staff who leave rather than move, and how long vacancies stay open.",
        "What closing a unit does to other services of the same hospital that lean on it, and what they do to it.",
        "Patients' wishes beyond the rule of allocation, and carers' lives beyond their journeys.",
        "Harm of waiting other than through the time to treatment; care outside hospital beyond what the pathway names.",
        "Demand and beds outside the region.",
    ]
    if missing:
        said.append("Who patients are by " + ", ".join(missing) + ": there is no data.")
    return said


def _without_data(found: Findings) -> list[tuple[str, dict]]:
    return [(row["dimension"], row) for row in who(found.before, found.after) if row["group"] == "no data"]


def measured(found: Findings) -> str:
    """What was simulated, when and how often."""
    run = found.experiment.run
    window, calendar = run.window, run.calendar
    days = window.end - window.start
    length = f"{days / DAYS_A_YEAR:.1f} years" if days >= 360 else f"{days:.0f} days"
    return (
        f"Measured {calendar.date(window.start):%d %B %Y} to {calendar.date(window.end):%d %B %Y} ({length}), "
        f"{run.replications} replications of the same patients under both, {found.experiment.engine} engine, seed {run.seed}."
    )


def changes(found: Findings) -> list[str]:
    """What the option does, sentence by sentence, with dates for days."""
    calendar = found.service.calendar

    def dated(match: re.Match) -> str:
        date = calendar.date(float(match[2]))
        return f"{match[1]}rom the start," if float(match[2]) == 0 else f"{match[1]}rom {date.day} {date:%B %Y},"

    days = re.compile(r"\b([Ff])rom day (\d+(?:\.\d+)?),?")
    return [days.sub(dated, said) for said in found.after.service.history] or ["Nothing changes."]
