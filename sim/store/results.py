"""Results folders: a comparison written whole or not at all.

A folder that exists is a folder that is complete (`whole`). There is no time stamp in it: the same run writes the same bytes.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from ..service.service import Parameter
from ..study import money, precisely, tables
from ..study.fit import fit_rows, said_first
from ..study.option_row import option_row_table, sample_rows
from ..study.outcome import outcome
from ..study.plan import plan
from ..study.saturation import share_of_beds, share_of_slots
from ..study.staff import beds, staff
from ..study.tables import Findings
from ..study.tail import concentration, footprint, standardised_rates, standards_by_unit
from ..study.waiting import waiting_list
from ..study.warmup import warm_up
from ..study.who import receivers, who, worst_off
from . import stress
from .describe import describe
from .whole import whole_folder

NO_LIMIT = "no limit"
"""How a table says infinite: a wait that grows without limit."""

DIGITS = 10
"""Significant digits of numbers in tables: what is promised across machines."""


def write_results(
    found: Findings,
    folder: Path,
    config: str,
    provenance: Mapping,
    figures: Callable[[Findings, Path], Sequence] | None,
    report: Callable[..., str] | None = None,
) -> Path:
    """Write the results folder of a comparison.

    Parameters
    ----------
    found
        The comparison.
    folder
        Where it goes; what is there is replaced.
    config
        The composed configuration as YAML.
    provenance
        What is needed to repeat the run (`provenance`).
    figures
        Draws into the folder it is given, and gives what it drew; None for no figures.
    report
        Makes ``report.html`` of the findings, the rows of every table, the provenance, the notices and the figures drawn; None for none.

    Raises
    ------
    InputError
        If the folder cannot be written; then nothing is.
    """
    with whole_folder(folder) as made:
        written = {name: rows(found) for name, (rows, _) in TABLES.items()} | {"parameters.csv": parameter_rows(found)}
        for name, rows in written.items():
            write_csv(made / name, rows)
        write_parquet(made / "outcomes.parquet", tables.outcome_rows(found))
        write_parquet(made / SAMPLES, sample_rows(found), SAMPLE_COLUMNS)
        (made / "config").mkdir()
        write_text(made / "config" / "config.yaml", config)
        write_text(made / "provenance.json", json.dumps(provenance, indent=2, sort_keys=True) + "\n")
        write_text(made / "README.md", readme(found, provenance))
        write_text(made / stress.NAME, stress.stress(found, provenance))
        drawn = ()
        if figures:
            (made / "figures").mkdir()
            drawn = figures(found, made / "figures")
        if report:
            write_text(made / REPORT, report(found, written, provenance, notices(found), drawn))
    return Path(folder).absolute()


def write_text(path: Path, text: str) -> None:
    """Write text as UTF-8, with the same line ends on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")


def cell(value: object) -> object:
    """A value as a table shows it: yes and no, empty for what is not known, 10 significant digits."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value == np.inf:
        return NO_LIMIT
    if isinstance(value, float):
        shown = f"{value:.{DIGITS}g}"
        return "0" if shown == "-0" else shown
    return value


def write_csv(path: Path, rows: list[dict]) -> None:
    """Write rows of one shape as UTF-8 CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        if not rows:
            return
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)


OUTCOME_COLUMNS = ("scenario", "replication", "measure", "by", "value")
SAMPLE_COLUMNS = ("side", "number", "key", "over", "value")
SAMPLES = "option_row_samples.parquet"
REPORT = "report.html"


def write_parquet(
    path: Path, rows: list[tuple[str, int, str, str, float]], names: tuple[str, ...] = OUTCOME_COLUMNS
) -> None:
    """Write tidy values: two words, a number of a replication or draw, another word, and the value."""
    import pyarrow as pa
    from pyarrow import parquet

    scenario, replication, measure, by, value = zip(*rows) if rows else ((), (), (), (), ())
    # Values keep ten digits, as everywhere, so that two machines write the same table.
    rounded = [None if v != v else float(f"{v:.{DIGITS}g}") for v in value]
    columns = (
        pa.array(scenario, pa.string()).dictionary_encode(),
        pa.array(replication, pa.int32()),
        pa.array(measure, pa.string()).dictionary_encode(),
        pa.array(by, pa.string()).dictionary_encode(),
        pa.array(rounded, pa.float64()),
    )
    parquet.write_table(pa.table(dict(zip(names, columns))), path, compression="zstd")


def parameter_rows(found: Findings) -> list[dict]:
    """Every number used, with unit, source and confidence; guesses are marked."""
    return [
        {
            "parameter": p.name,
            "value": describe(p.value),
            "low": p.low,
            "high": p.high,
            "unit": p.unit,
            "price_year": price_year_of(found, p),
            "source": p.source,
            "confidence": p.confidence,
            "basis": p.basis,
            "guess": p.is_guess,
            "interval": p.interval,
            "contrary": p.contrary,
            "note": p.note,
            "set_by": set_by(found, p.name),
        }
        for p in (*found.service.parameters, *finance_parameters(found))
    ]


def price_year_of(found: Findings, number: Parameter) -> str:
    """Of an amount in GBP, the year whose pounds it is in: its own, or that of the service's costs; empty where no money is counted."""
    is_money = number.unit.startswith("GBP") and found.finance is not None
    return number.price_year or (found.finance.cost_price_year if is_money else "")


def set_by(found: Findings, name: str) -> str:
    """The setting that replaces a number, but for its name; empty where it is part of a table that is given as a whole."""
    benefit, burden = found.service.benefit, found.service.burden
    if benefit and name in {each.name for each in benefit.parameters}:
        return "service.outcome.parameters" if name in benefit.estimate else ""
    if burden and name in burden.estimate:
        return "service.burden.parameters"
    if found.finance and name in found.finance.parameters and name not in {p.name for p in found.service.parameters}:
        return "finance.parameters"
    return "service.parameters"


def finance_parameters(found: Findings) -> list[Parameter]:
    """The numbers of finance that the service does not name itself."""
    known = {p.name for p in found.service.parameters}
    numbers = found.finance.parameters if found.finance else {}
    return [p for p in numbers.values() if p.name not in known]


def notices(found: Findings) -> list[str]:
    """What every output must say."""
    region, service = found.service.region, found.service
    said = said_first(found)
    said.append(f"Minutes: {region.travel.basis}. Bodies: {region.boundaries}.")
    said += tables.straight_line_in_words(found)
    said += dict.fromkeys([service.allocation.sentence, found.after.service.allocation.sentence])
    if found.finance:
        rate = 100 * found.finance.number["discount_rate"]
        year = found.finance.price_year
        said.append(f"Money: pounds of {year}, inflation left out; present values at {rate:g} % a year, the first year not discounted.")
        said += fixed_elements_in_words(found)
    if service.beds_rule:
        said.append("Beds: " + service.beds_rule + ".")
    names, after = service.units.id, found.after
    for label in ("baseline", "option"):
        full = found.experiment.saturation(label)
        if full.beds.any():
            said.append(
                f"Saturated in the {label} (expected load at least {share_of_beds()}; waits there that nothing ends grow without limit, "
                f"and so does any mean that has them in it): {', '.join(names[full.beds])}."
            )
        for sort, short in full.slots.items():
            said.append(
                f"Saturated in the {label} for want of {sort} slots ({share_of_slots()}; lists and waits for slots there grow without "
                f"limit, and so does any mean that has them in it): {', '.join(names[short])}."
            )
    run, census = found.experiment.run, [each.census for each in found.experiment.replications]
    warm = warm_up(np.stack(census), run.window.start, run.start_from == "filled")
    if warm.said:
        said.append(warm.said)
    said += precisely.few_in_words(found)
    said += precisely.saved_in_words(found.experiment)
    if found.reached:
        count = found.reached[0].replications
        said.append(f"Run to a precision, {count} replications, the worst first: " + "; ".join(each.said for each in found.reached) + ".")
    if len(after.access.unreached.area):
        said.append("No unit can be reached from: " + ", ".join(after.access.unreached.area) + ".")
    return said


def fixed_elements_in_words(found: Findings) -> list[str]:
    """Where cost grows beyond inflation, that fixed elements of income do not grow with it until they are set anew."""
    finance = found.finance
    growth, payment = finance.number["cost_growth"], finance.payment
    if not growth or all(change.how == "activity" for change in payment.changes):
        return []
    days = [day for day in payment.rebase if 0 < day < finance.days]
    dates = ", ".join(f"{found.service.calendar.date(finance.origin + day):%d %b %Y}" for day in days)
    when = f"they are set anew (finance.rebase: {dates})" if days else "they are set anew, which they never are (finance.rebase)"
    return [
        f"Cost and prices grow by {100 * growth:g} % a year beyond inflation (cost_growth); fixed elements of income stay in the pounds of "
        f"the day on which they were set until {when}. Between, trusts' margins move by that alone."
    ]


def readme(found: Findings, provenance: Mapping) -> str:
    """What lies in the folder, what it rests on, and how to make it again."""
    lines = [f"# {found.service.name}: {found.scenario} against the baseline, region {found.service.region.name}", ""]
    lines += [f"- {said}" for said in (*found.after.service.history, *notices(found))]
    lines += ["", "| file | what |", "|---|---|"]
    lines += [f"| {name} | {what} |" for name, what in _FILES]
    lines += ["", "Make it again:", "", f"    {provenance['command']}", ""]
    return "\n".join(lines)


TABLES: Mapping[str, tuple[Callable[[Findings], list[dict]], str]] = {
    "summary.csv": (
        tables.summary,
        "every headline measure: baseline, option, paired difference, 95 % interval; `no simulation` rows are exact",
    ),
    "fit.csv": (
        fit_rows,
        "one row a measure and unit: what is reported and what the baseline models - volume, stay, occupancy, transfers - and whether near",
    ),
    "precision.csv": (
        precisely.precision_rows,
        "one row a simulated measure: half-width of its interval, how lopsided replications are and how many that takes, and what sharing "
        "patients saves: variance, replications",
    ),
    "option_row.csv": (
        option_row_table,
        "all that the option is judged by: key, unit, which way is better, paired 95 % interval, verdict, and the guesses it rests on",
    ),
    "units.csv": (
        tables.units,
        "where: one row a unit before and after: volumes reported and modelled, beds, occupancy, waits, remarks",
    ),
    "areas.csv": (
        tables.areas,
        "where: one row an area: minutes to the first unit before and after, and whether they are by the straight-line rule and not "
        "routed; areas of few patients are grouped",
    ),
    "flows.csv": (tables.flows, "who: index patients a year by first unit in the baseline and in the option"),
    "who.csv": (
        lambda found: who(found.before, found.after),
        "who: gainers, losers, newly beyond each threshold, by deprivation, age, rurality and every body",
    ),
    "worst_areas.csv": (
        lambda found: worst_off(found.before, found.after),
        "who: the ten areas whose journey grows most",
    ),
    "receivers.csv": (
        lambda found: receivers(found.before, found.after),
        "who: whether the units that gain patients can take them",
    ),
    "months.csv": (tables.months, "when: units open, beds, waits, occupancy, delays and cost by month"),
    "waiting_list.csv": (
        waiting_list,
        "when: the waiting list at the end of each month, within 18 weeks, over 52 and 65; empty for services without lists",
    ),
    "years.csv": (tables.financial_years, "when: the same by April-March year"),
    "bodies.csv": (
        tables.bodies,
        "one row an ICB that patients live in: access before and after, treated per 100 eligible",
    ),
    "standards.csv": (
        lambda found: standards_by_unit(found.experiment, found.before, found.after),
        "one row a unit and standard: volumes, quality of the data, chance of meeting the minimum",
    ),
    "outcome.csv": (
        outcome,
        "treatment in time: time alone and time with volume side by side, break-even, contrary evidence; journeys and emissions",
    ),
    "beds.csv": (beds, "one row a unit and date: beds in force and beds for a stated chance of delay, quick and simulated; pooling apart"),
    "staff.csv": (staff, "one row a provider and group of staff: whole-time equivalents, smallest rotas, who moves and who must be found"),
    "plan.csv": (
        plan,
        "one row an organisation and month or year, two years: beds, heads, income, all that it bears and margin, as in providers.csv",
    ),
    "option_costs.csv": (
        money.option_costs,
        "one row a plan year and line: what the service costs, baseline and option; discounted; guesses named",
    ),
    "option_costs_by_month.csv": (money.option_costs_by_month, "one row a twelfth of a plan year: the same lines"),
    "worth.csv": (
        money.worth,
        "net present value as set, with what is left of assets, without capital for beds, at the ends of what capital may be; break-even; "
        "guesses named",
    ),
    "unit_costs.csv": (
        money.unit_costs,
        "one row a unit and side: rota, equipment, staffed beds, what is used up, their scales to the cost collection, cost an admission",
    ),
    "bridge.csv": (money.bridge_rows, "from the baseline of the first year to the option, by cause; the steps sum exactly"),
    "money_kinds.csv": (money.savings_kinds, "what the system saves in cash, what is not released, what only changes hands"),
    "providers.csv": (
        money.providers,
        "one row a trust and plan year: income, implied price, cost, stranded, margin, stability and its rule, alignment",
    ),
    "payers.csv": (
        money.payers,
        "one row a commissioner and plan year: spending, budget, pooling, risk share; 90th percentile and chance of overspending by luck "
        "alone, blank under 20 replications (the 90th of ten is the largest) or less than a year measured (days scaled to a year)",
    ),
    "savings.csv": (money.savings, "one row a commissioner and plan year: savings wanted, identified, risk-rated, gap"),
    "delays.csv": (
        money.delays,
        "delayed transfers priced twice: who bears them now, unit by unit, and what the local beds they wait for would cost whom",
    ),
    "do_nothing.csv": (
        money.do_nothing,
        "one row a plan year with expected growth: doing nothing and the option - cost, overspending, units under the minimum",
    ),
    "concentration.csv": (
        lambda found: [
            {"scenario": name, **row}
            for name, seen in (("baseline", found.before), ("option", found.after))
            for row in concentration(seen)
        ],
        "activity by rank over units and providers, with the Gini coefficient",
    ),
    "rates.csv": (
        lambda found: standardised_rates(found.before),
        "admissions by ICB against those expected from age and deprivation, with control limits",
    ),
    "footprint.csv": (
        lambda found: footprint(found.after),
        "one row an ICB and standard under the option: own cases, treated inside, import, export, smallest group that is large enough",
    ),
}
"""The tables of a results folder: how each is made, and what it is."""

_FILES = (
    *((name, what) for name, (_, what) in TABLES.items()),
    ("outcomes.parquet", "every measure of every replication: scenario, replication, measure, by, value"),
    (SAMPLES, "what the intervals of option_row.csv are made of: side, number of the replication or draw, key, over, value"),
    ("parameters.csv", "every number used, with unit, source and confidence; guesses are marked"),
    ("stress_des.md", "the model and the run described by the STRESS-DES guideline"),
    (REPORT, "all of it on one page for a board, to be opened in any browser without a network; where report=true"),
    ("figures/", "where, when, who, beds, money and outcome as pictures: PNG and SVG"),
    ("config/", "the composed configuration"),
    ("provenance.json", "versions, commit, seed, hashes of the data, and the command that repeats the run"),
)
