"""The assurance pack: a finished run in the headings under which NHS business cases are assured, as a workbook and as CSV files.

A activity and pathway; B organisation, geography and access; C tariff, cost, funding, financial risk, value and cost profile; D, where
beds fall, the condition of the test of bed closures that is claimed, by whoever claims it and never by the program. Nothing is computed
anew: the pack shows the tables of the run. What is meant for publishing tells no count of a handful of people (`publishing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .bed_test import bed_test_page
from .finished import Finished
from .spreadsheet import Page, typed


@dataclass(frozen=True)
class Part:
    """One sheet of the pack and the table it shows."""

    name: str
    title: str
    table: str
    """The file of the run."""
    columns: tuple[str, ...] = ()
    """The columns shown, as beginnings of their names; all where none are given."""
    notes: tuple[str, ...] = ()
    without: str = "Nothing to show: the run did not count it."
    """What is said where the table is empty."""
    counts: tuple[str, str] = ("", "")
    """How the names of its columns that count patients begin, and their unit, where it is not ``a year``."""


_MODELLED = "Modelled volumes are those of the allocation in force; simulated ones are counted in the run, with its luck."
_MONEY = "No money was counted (finance=none)."
_VOLUMES = ("reported_volume", "modelled_volume", "index_admissions_per_year")

PARTS = (
    Part(
        "A1 Activity",
        "Activity by unit, before and after",
        "units.csv",
        ("unit", "name", "provider", "icb", "kinds", "open_baseline", "open_option", *_VOLUMES, "minimum_volume", "disputed", "remarks"),
        (_MODELLED, "Disputed: the reported and the modelled volume lie on opposite sides of the minimum."),
    ),
    Part(
        "A2 Patients moved",
        "Index patients a year by first unit, before and after",
        "flows.csv",
    ),
    Part(
        "A4 Activity by month",
        "Activity, waits and beds by month",
        "months.csv",
        counts=("index_admissions_", "in the month"),
    ),
    Part(
        "A5 Waits and occupancy",
        "Waits and beds held, by unit",
        "units.csv",
        ("unit", "name", "provider", "beds_", "occupied_beds", "wait_share_delayed", "wait_hours_mean", "offered_load", "saturated"),
        ("Saturated: offered about all its beds or slots, or more; waits there that nothing ends grow without limit, and have no number.",),
    ),
    Part(
        "A6 Waiting lists",
        "Waiting lists month by month",
        "waiting_list.csv",
        without="The service has no waiting list.",
    ),
    Part(
        "B1 Organisations",
        "Beds, heads, income, cost and margin by organisation, two years",
        "plan.csv",
        notes=(
            "Margin: income less running and stranded cost, double running, capital charges; twelve months from the start are C1's year.",
        ),
    ),
    Part("B2 Beds", "Beds by unit and date, moved and re-sized to the same delay", "beds.csv"),
    Part("B3 Staff", "Staff by organisation and group", "staff.csv", without="No staffing was given."),
    Part(
        "B4 Receiving units",
        "Whether the units that gain patients can take them",
        "receivers.csv",
        without="No unit gains patients.",
    ),
    Part(
        "B5 Access by ICB",
        "Access by the body that patients live in",
        "bodies.csv",
    ),
    Part(
        "B6 Access and equity",
        "Who gains and who loses, by deprivation, age, rurality and body",
        "who.csv",
        notes=("A group without a number has no data.",),
    ),
    Part(
        "B7 Longest journeys",
        "The areas whose journey grows most",
        "worst_areas.csv",
        without="No journey grows.",
    ),
    Part(
        "B8 Standards",
        "Volumes against standards, by unit",
        "standards.csv",
    ),
    Part(
        "B9 Planning footprint",
        "Which bodies are large enough for a standard, alone or together",
        "footprint.csv",
    ),
    Part(
        "C1 Tariff and providers",
        "Tariff, income, cost and stability by provider and year",
        "providers.csv",
        notes=("Implied price: income over activity at national prices. The rule of stability stands in each row.",),
        without=_MONEY,
    ),
    Part("C2 Cost", "Cost by line and year, discounted too", "option_costs.csv", without=_MONEY),
    Part("C3 Cost profile", "Cost by line and month", "option_costs_by_month.csv", without=_MONEY),
    Part(
        "C4 Bridge",
        "From the baseline of the first year to the option, by cause",
        "bridge.csv",
        notes=("The steps sum exactly.",),
        without=_MONEY,
    ),
    Part(
        "C5 Funding",
        "Spending and budget by commissioner and year",
        "payers.csv",
        notes=("90th percentile and chance of overspending are by luck alone; blank under 20 replications or less than a year measured.",),
        without=_MONEY,
    ),
    Part("C6 Savings target", "Savings wanted, identified and risk-rated", "savings.csv", without=_MONEY),
    Part(
        "C7 Kinds of saving",
        "What the system saves, what is stranded, and what only changes hands",
        "money_kinds.csv",
        notes=("Only what the system saves in cash counts as a saving; a transfer is somebody else's loss.",),
        without=_MONEY,
    ),
    Part(
        "C8 Value",
        "Outcome of treatment in time, and journeys",
        "outcome.csv",
        notes=("Time alone and time with volume stand side by side; contrary evidence is named beside each.",),
    ),
    Part("C9 Do nothing", "Doing nothing beside the option, with growth", "do_nothing.csv", without=_MONEY),
    Part("C10 Present value", "Net present value, as set and at the ends of what capital may be", "worth.csv", without=_MONEY),
    Part(
        "C11 Unit cost",
        "What each unit costs, part by part, scaled to the cost collection",
        "unit_costs.csv",
        without=_MONEY,
    ),
    Part(
        "C12 Delayed transfers",
        "Delayed transfers priced twice: who bears them now, and what local beds would cost whom",
        "delays.csv",
        without="No money was counted (finance=none), or nobody is delayed.",
    ),
)
"""The sheets that show a table of the run, in order; the pathway, the option row and the bed test are made apart."""

ROW = Part(
    "Option row",
    "All that the option is judged by",
    "option_row.csv",
    ("section", "measure", "unit", "baseline", "option", "difference", "low", "high", "verdict", "basis", "key", "rests_on_guesses"),
    notes=(
        "Verdict: undecided where the 95 % interval holds 0 or a guess has none; neutral where which way is better is yours to say.",
        "Intervals are paired: of luck over the same patients under both, or of the numbers behind a measure over the same draws.",
    ),
)


def pages(run: Finished, bed_test: Sequence[str] = (), evidence: str = "") -> list[Page]:
    """Every sheet of the pack but the first.

    Parameters
    ----------
    run
        The finished run.
    bed_test
        The conditions of the test of bed closures that are claimed (`bed_test.CONDITIONS`).
    evidence
        What is said for the claim.
    """
    made: list[Page] = []
    for part in (ROW, *PARTS):
        if part.name.startswith("A4"):
            made.append(pathway_page(run))
        made.append(page_of(run, part))
    return [*made, bed_test_page(run, bed_test, evidence), guesses_page(run)]


def page_of(run: Finished, part: Part) -> Page:
    """A table of the run as a sheet."""
    table = run.table(part.table)
    rows = [row.of(cells) for row, cells in zip(table, typed(table))]
    if part.columns and rows:
        wanted = [column for column in rows[0] if any(_is_of(column, start) for start in part.columns)]
        wanted.sort(key=lambda column: next(at for at, start in enumerate(part.columns) if _is_of(column, start)))
        rows = [row.of({column: row[column] for column in wanted}) for row in rows]
    notes = part.notes if rows else (*part.notes, part.without)
    source = f"{part.table} of this run; every number used and its source is in parameters.csv and in the assumptions book"
    return Page(part.name, part.title, rows, source, notes, units=_units(part, list(rows[0]) if rows else []))


def _is_of(column: str, start: str) -> bool:
    """Whether a column is the one named, or of those named by a beginning, which has an underscore in it."""
    return column in (start, f"{start}_baseline", f"{start}_option") or ("_" in start and column.startswith(start))


def _units(part: Part, columns: Sequence[str]) -> Mapping[str, str]:
    """Units of columns that hold rows of several units, where the row says which, and of counts that are not of a year."""
    start, unit = part.counts
    if start:
        return {column: unit for column in columns if column.startswith(start)}
    own = ("baseline", "option", "difference", "low", "high")
    return dict.fromkeys(own, "as the row says") if part.table in ("option_row.csv", "option_costs.csv", "outcome.csv") else {}


def pathway_page(run: Finished) -> Page:
    """What patients go through: one row a group, stage and next stage, as the settings describe it."""
    rows = list(_pathway_rows(run))
    notes = (
        "The pathway of both; a scenario that changes it (localises a stage, discharges sooner) says so in the first sheet.",
        "Names are those of the assumptions book, where each has its value, source and confidence.",
    )
    return Page("A3 Pathway", "The pathway, stage by stage", rows, "config/config.yaml of this run", notes)


def _pathway_rows(run: Finished) -> Iterator[dict]:
    for group, lines in (run.service.get("groups") or {}).items():
        for stage, what in (lines.get("stages") or {}).items():
            onward = what.get("next") or {"home": "rest"}
            for after, share in onward.items():
                yield {
                    "group": group,
                    "per_admission": _words(lines.get("per_admission")),
                    "stage": stage,
                    "kind_of_care": what.get("kind"),
                    "stay": _words(what.get("stay")),
                    "beds": what.get("beds", "counted"),
                    "counts_as": what.get("counts"),
                    "next": after,
                    "share": _words(share),
                }


def _words(given: object) -> str | None:
    if given is None:
        return None
    return " x ".join(map(str, given)) if isinstance(given, list) else f"{given:g}" if isinstance(given, float) else str(given)


def guesses_page(run: Finished) -> Page:
    """Every number of the run that is a guess."""
    keep = ("parameter", "value", "unit", "price_year", "source", "confidence", "basis", "note")
    rows = [{key: row.get(key) or None for key in keep} for row in run.table("parameters.csv") if row["guess"] == "yes"]
    notes = (f"{len(rows)} numbers. The assumptions book is the place to replace them.",)
    return Page("Guesses", "Numbers that are guesses", rows, "parameters.csv of this run", notes)


def front_page(run: Finished, others: Sequence[Page], said: Sequence[str], small: Sequence[str]) -> Page:
    """The first sheet: what the pack is of, what it rests on, what must be said, and what lies where.

    Parameters
    ----------
    run
        The finished run.
    others
        The sheets that follow.
    said
        What the run itself says of the option, and what every output must say: the first lines of its README.
    small
        What is said of how small numbers are kept; nothing where nothing is published.
    """
    made, how = run.provenance, run.provenance["run"]
    rows = [{"what": "What is compared", "said": f"{run.name} against the baseline, region {made['region']}"}]
    rows += [{"what": "", "said": each} for each in said]
    simulated = f"{how['replications']} replications of {how['years']:g} years from {how['start']}, seed {how['seed']}"
    rows += [
        {"what": "How it was simulated", "said": simulated},
        {"what": "Code", "said": f"commit {made['commit'] or 'not known'}"},
        {"what": "Make it again", "said": made["command"]},
        {"what": "Guesses", "said": "rows on yellow rest on a guess, which the row or the sheet Guesses names"},
    ]
    rows += [{"what": "Small numbers", "said": each} for each in small]
    rows += [{"what": f"Sheet {page.name}", "said": page.title} for page in others]
    return Page("Read me", f"Assurance pack: {run.name}", rows, "a results folder of python -m sim")
