"""The tables of a report, section by section: what is shown of each table of a results folder, and how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ...study.effects import finance_effects, outcome_effects
from ...study.keeping import Kept
from ...study.option_row import Measure, verdict
from ...study.tables import Findings
from ..numbers import number, signed
from ..option_row import interval_text
from .cells import Cell, Column, Table, as_number, of_unit, plain, table, text

Rows = Sequence[Mapping]

_MINUTES, _MINUTES_CHANGE = of_unit("minutes"), of_unit("minutes", is_change=True)
_MILLION = of_unit("GBP million", 1e-6)
_MILLION_CHANGE = plain(2, 1e-6, is_change=True)
_WHOLE, _WHOLE_CHANGE = plain(), plain(is_change=True)
_SHARE = of_unit("%", 100.0)


def _verdict(value: object) -> Cell:
    said = str(value or "")
    marks = {"better": "better", "worse": "worse"}
    shown = {"neutral": "yours to say", "": "–"}.get(said, said)
    return Cell(shown, None, marks.get(said, ""))


def option_row_table(row: Iterable[Measure]) -> Table:
    """All that the option is judged by, on one row turned on its side."""
    return table(
        "Every headline measure: baseline, option, change, 95 % interval of the change",
        [
            {
                "section": of.section,
                "label": of.label,
                "guess": Cell("guesses", None, "guess") if of.is_guess else Cell("data"),
                "baseline": Cell(number(of.baseline, of.unit), of.baseline),
                "option": Cell(number(of.option, of.unit), of.option),
                "change": Cell(signed(of.difference, of.unit), of.difference),
                "interval": interval_text(of),
                "unit": of.unit,
                "verdict": of.verdict,
            }
            for of in row
            if of.is_headline
        ],
        [
            Column("label", "measure", text),
            Column("baseline", "baseline", _ready),
            Column("option", "option", _ready),
            Column("change", "change", _ready),
            Column("interval", "95 % interval", text),
            Column("unit", "unit", text),
            Column("verdict", "for the better?", _verdict),
            Column("guess", "rests on", lambda value: value),
            Column("section", "part", text),
        ],
        "Exact: no luck in it, for the allocation in force. Undecided: the interval holds 0. Intervals are of luck, paired over the same "
        "patients, or, for outcome, of the published estimates.",
        "option_row.csv",
    )


def _ready(value: object) -> Cell:
    return Cell("–", "", "missing") if value.sort != value.sort else value


_ready.is_number = True


FIRST = (
    *("minutes_mean", "within_30", "within_30_and_minimum", "under_hyperacute_minimum", "net_present_saving"),
    *("qalys_time_alone", "qalys_time_with_volume"),
)
"""Measures that stand first beside a unit kept, where a service has them."""


def kept_table(found: Findings, kept: Sequence[Kept]) -> Table:
    """*Why not ours?* One row a closed unit; each measure as it would change if that unit were kept."""
    names = found.service.units.name
    rows = []
    for each in kept:
        row = {"name": str(names[each.unit]), "volume": each.volume, "longer": each.longer}
        row |= {of.key: of for of in each.measures}
        rows.append(row)
    measures = [of for of in kept[0].measures if of.key != "units_open"] if kept else []
    measures.sort(key=lambda of: FIRST.index(of.key) if of.key in FIRST else len(FIRST))
    still = [of for of in measures if all(_moved(row.get(of.key)).text == "0" for row in rows)]
    same = "; ".join(f"{of.label} ({number(of.baseline, of.unit)})" for of in still)
    return table(
        "The option with one closed unit kept open: change of each headline measure against the option as it is",
        rows,
        [
            Column("name", "unit kept", text),
            Column("volume", "its admissions a year", _WHOLE),
            Column("longer", "patients spared a longer journey, a year", _WHOLE),
            *(Column(of.key, _beside_option(of), _moved) for of in measures if of not in still),
        ],
        "Without simulation: waits are not among them. Units that took its patients give back beds in proportion. Better and worse are "
        "against the option." + (f" The same whichever is kept: {same}." if same else ""),
    )


def _beside_option(of: Measure) -> str:
    """A heading: the measure, its unit, and what it is under the option."""
    return f"{of.label} ({of.unit}; option {number(of.baseline, of.unit)})"


def _moved(of: Measure | None) -> Cell:
    """The change of a measure, marked where it is for the better or the worse."""
    if of is None:
        return Cell("–", "", "missing")
    shown = signed(of.difference, of.unit)
    said = verdict(of.better, of.difference, float("nan"), float("nan"), True)
    return Cell(shown, of.difference, said if said in ("better", "worse") and shown != "0" else "")


_moved.is_number = True


def tables_of(found: Findings, tables: Mapping[str, Rows]) -> dict[str, Table | None]:
    """Every other table of a report, by its place; None where there is nothing to show."""
    return {
        "worst": _worst(tables),
        "closed": _closed(tables),
        "units": _units(tables),
        "bodies": _bodies(found, tables),
        "months": _months(tables),
        "equality": _equality(found, tables),
        "bodies_who": _bodies_who(found, tables),
        "receivers": _receivers(tables),
        "flows": _flows(tables),
        "beds": _beds(tables),
        "staff": _staff(tables),
        "costs": _costs(tables),
        "providers": _providers(tables),
        "payers": _payers(tables),
        "outcome": _outcome(tables),
        "standards": _standards(tables),
        "parameters": _parameters(tables),
    }


def _worst(tables) -> Table:
    names = {row["unit"]: row["name"] for row in tables["units.csv"]}
    return table(
        "The ten areas whose journey grows most",
        tables["worst_areas.csv"],
        [
            Column("name", "area", text),
            Column("icb", "ICB", text),
            Column("minutes_baseline", "minutes, baseline", _MINUTES),
            Column("minutes_option", "minutes, option", _MINUTES),
            Column("minutes_added", "minutes added", _MINUTES_CHANGE),
            Column("admissions_per_year", "admissions a year", _WHOLE),
            Column(lambda row: names.get(row["unit_baseline"]), "unit, baseline", text),
            Column(lambda row: names.get(row["unit_option"]), "unit, option", text),
        ],
        "Areas of fewer than five patients a year are not named.",
        "worst_areas.csv",
    )


def _unit_columns() -> list[Column]:
    return [
        Column("name", "unit", text),
        Column("provider", "trust", text),
        Column("icb", "ICB", text),
        Column("reported_volume", "reported admissions a year", _WHOLE),
        Column("modelled_volume_baseline", "modelled, baseline", _WHOLE),
        Column("modelled_volume_option", "modelled, option", _WHOLE),
    ]


def _closed(tables) -> Table | None:
    rows = [row for row in tables["units.csv"] if row["open_baseline"] != row["open_option"]]
    if not rows:
        return None
    first, _, *others = _unit_columns()
    columns = [first, Column(lambda row: "opens" if row["open_option"] else "closes", "what", text), *others]
    columns.append(Column("remarks", "why, and what is said against it", text))
    return table("Units that close or open", rows, columns, name="units.csv")


def _units(tables) -> Table:
    def wait(side: str) -> Column:
        label = f"requests that wait, {side} (%)"
        return Column(f"wait_share_delayed_{side}", label, _SHARE)

    return table(
        "Every unit before and after",
        tables["units.csv"],
        [
            *_unit_columns(),
            Column("beds_baseline", "beds, baseline", _WHOLE),
            Column("beds_option", "beds, option", _WHOLE),
            wait("baseline"),
            wait("option"),
            Column("disputed", "disputed", text),
            Column("near_border", "near the border", text),
            Column("remarks", "remarks", text),
        ],
        "Disputed: reported and modelled volume lie on opposite sides of the minimum.",
        "units.csv",
    )


def _bodies(found: Findings, tables) -> Table | None:
    if not tables["bodies.csv"]:
        return None
    thresholds = found.service.threshold_minutes
    columns = [
        Column("icb", "ICB", text),
        Column("admissions_per_year", "admissions a year", _WHOLE),
        Column("minutes_mean_baseline", "mean minutes, baseline", _MINUTES),
        Column("minutes_mean_option", "mean minutes, option", _MINUTES),
        Column("minutes_95th_baseline", "95th percentile, baseline", _MINUTES),
        Column("minutes_95th_option", "95th percentile, option", _MINUTES),
    ]
    for minutes in thresholds[:1]:
        for side in ("baseline", "option"):
            columns.append(Column(f"within_{minutes:g}_share_{side}", f"within {minutes:g} minutes, {side} (%)", _SHARE))
    return table("Journeys by ICB that patients live in", tables["bodies.csv"], columns, name="bodies.csv")


def _months(tables) -> Table:
    columns = [Column("month", "month", text)]
    for side in ("baseline", "option"):
        columns += [
            Column(f"units_open_{side}", f"units open, {side}", plain(1)),
            Column(f"beds_in_force_{side}", f"beds, {side}", _WHOLE),
            Column(f"occupied_beds_mean_{side}", f"beds occupied, {side}", _WHOLE),
            Column(f"wait_share_delayed_{side}", f"requests that wait, {side} (%)", _SHARE),
            Column(f"wait_hours_mean_{side}", f"mean wait, {side} (hours)", of_unit("hours")),
        ]
    return table("Month by month", tables["months.csv"], columns, name="months.csv")


EQUALITY = {
    "all": "all",
    "age": "age",
    "sex": "sex",
    "ethnicity": "ethnicity",
    "disability": "disability",
    "deprivation": "deprivation",
    "rurality": "rurality",
    "no car": "no car",
    "given": "given by the user",
}
"""The dimensions of the equality table, in order."""


def _who_columns(found: Findings, missing: str) -> list[Column]:
    minutes = plain(1, missing=missing)
    thresholds = found.service.threshold_minutes
    return [
        Column("patients_per_year", "patients a year", plain(missing=missing)),
        Column("minutes_mean_baseline", "mean minutes, baseline", minutes),
        Column("minutes_mean_option", "mean minutes, option", minutes),
        Column("minutes_mean_change", "change", plain(1, is_change=True, missing=missing)),
        Column("patients_longer", "longer journey, a year", plain(missing=missing)),
        Column("patients_shorter", "shorter journey, a year", plain(missing=missing)),
        *(Column(f"newly_beyond_{t:g}", f"newly beyond {t:g} minutes, a year", plain(missing=missing)) for t in thresholds),
    ]


def _equality(found: Findings, tables) -> Table:
    rows = [row for row in tables["who.csv"] if row["dimension"] in EQUALITY]
    given = {row["dimension"] for row in rows}
    # A characteristic that a table of the user's gives stands under its own name.
    rows += [{"dimension": name, "group": "no data"} for name in ("age", "deprivation", "rurality") if name not in given]
    rows.sort(key=lambda row: list(EQUALITY).index(row["dimension"]))
    columns = [
        Column(lambda row: EQUALITY[row["dimension"]], "characteristic", text),
        Column("group", "group", text),
        *_who_columns(found, "no data"),
    ]
    return table(
        "Equality: journeys by age, sex, ethnicity, disability, deprivation, rurality and having no car",
        rows,
        columns,
        "Patients are known by where they live: a group's part in an area follows the area's population and the rates of its age. "
        "No data: no table of the region gives it.",
        "who.csv",
    )


def _bodies_who(found: Findings, tables) -> Table | None:
    rows = [row for row in tables["who.csv"] if row["dimension"] == "icb"]
    if not rows:
        return None
    return table("Gainers and losers by ICB", rows, [Column("group", "ICB", text), *_who_columns(found, "–")], name="who.csv")


def _receivers(tables) -> Table | None:
    if not tables["receivers.csv"]:
        return None
    return table(
        "Units that gain patients, and whether they can take them",
        tables["receivers.csv"],
        [
            Column("name", "unit", text),
            Column("extra_admissions_per_year", "extra admissions a year", _WHOLE_CHANGE),
            Column("extra_load_beds", "extra beds occupied", plain(1, is_change=True)),
            Column("beds_baseline", "beds, baseline", _WHOLE),
            Column("beds_option", "beds, option", _WHOLE),
            Column("expected_occupancy_option", "expected occupancy, option (%)", _SHARE),
            Column("physical_limit_beds", "beds that fit", _WHOLE),
            Column("can_take_them", "can take them", text),
            Column("why_not", "why not", text),
        ],
        name="receivers.csv",
    )


def _flows(tables) -> Table | None:
    rows = [row for row in tables["flows.csv"] if row["moves"]]
    if not rows:
        return None
    rows = sorted(rows, key=lambda row: -row["patients_per_year"])
    return table(
        "Patients whose first unit changes: from where to where",
        rows,
        [
            Column("from_name", "from", text),
            Column("to_name", "to", text),
            Column("patients_per_year", "patients a year, simulated", _WHOLE),
            Column("low", "95 % interval from", _WHOLE),
            Column("high", "to", _WHOLE),
        ],
        name="flows.csv",
    )


def _beds(tables) -> Table | None:
    rows = tables["beds.csv"]
    if not rows:
        return None
    last = rows[-1]["date"]
    changed = ("beds_moved_change", "beds_resized_change")
    shown = [row for row in rows if row["date"] == last and (row["unit"] == "all" or any(row[key] for key in changed))]
    shown.sort(key=lambda row: row["unit"] != "all")
    return table(
        f"Beds at {last}: moved, and re-sized to the same chance of delay",
        shown,
        [
            Column("name", "unit", text),
            Column("beds_baseline", "beds, baseline", _WHOLE),
            Column("beds_option", "beds, option", _WHOLE),
            Column("beds_for_delay_baseline", "needed, baseline", _WHOLE),
            Column("beds_for_delay_option", "needed, option", _WHOLE),
            Column("beds_resized_change", "change if re-sized", _WHOLE_CHANGE),
            Column("of_which_load", "of it: load", plain(1, is_change=True)),
            Column("of_which_pooling", "of it: pooling", plain(1, is_change=True)),
            Column("chance_of_delay_baseline", "chance of delay, baseline (%)", _SHARE),
            Column("chance_of_delay_option", "chance of delay, option (%)", _SHARE),
        ],
        f"Needed: the fewest beds for a chance of delay of {100 * float(rows[0]['delay']):g} %. "
        "Beds saved by pooling alone are no headline.",
        "beds.csv",
    )


_STAFF = {
    "wte_baseline": "baseline",
    "wte_option": "option",
    "wte_change": "change",
    "wte_resized_change": "change if beds are re-sized",
    "posts_gone": "posts that go",
    "of_them_moving": "of them move",
    "posts_new": "posts that are new",
    "of_them_to_recruit": "of them to recruit",
}


def _staff(tables) -> Table | None:
    rows = tables["staff.csv"]
    if not rows:
        return None
    last = rows[-1]["date"]
    every = [row for row in rows if row["date"] == last and row["provider"] == "all"]
    shown = [{**row, "group": str(row["staff_group"]).replace("_", " ")} for row in every]
    columns = [Column(key, label, plain(1, is_change="change" in key)) for key, label in _STAFF.items()]
    return table(
        "Staff, whole-time equivalents by group, all trusts",
        shown,
        [Column("group", "group", text), *columns],
        "From ratios per bed and smallest rotas; parts are guesses.",
        "staff.csv",
    )


def _plan_year(rows: Rows) -> object:
    """The plan year shown: the second, by which capital and double running are mostly done, or the only one."""
    years = list(dict.fromkeys(row["year"] for row in rows))
    return years[min(1, len(years) - 1)]


def _costs(tables) -> Table | None:
    rows = tables["option_costs.csv"]
    if not rows:
        return None
    year = _plan_year(rows)
    shown = [row for row in rows if row["year"] in (rows[0]["year"], year)]
    return table(
        "What the service costs, line by line, in the first two plan years",
        shown,
        [
            Column("period", "year", text),
            Column("what", "line", text),
            Column("unit", "unit", text),
            Column("baseline", "baseline", _WHOLE),
            Column("option", "option", _WHOLE),
            Column("difference", "difference", _WHOLE_CHANGE),
            Column(lambda row: str(row["rests_on_guesses"]).replace("; ", ", "), "rests on guesses", text),
        ],
        name="option_costs.csv",
    )


def _providers(tables) -> Table | None:
    rows = tables["providers.csv"]
    if not rows:
        return None
    year = _plan_year(rows)
    shown = [row for row in rows if row["year"] == year]
    shown = sorted(shown, key=lambda row: row["margin_change_gbp"])
    return table(
        f"Trusts in {shown[0]['period']} (GBP million)",
        shown,
        [
            Column(lambda row: row["name"] or row["provider"], "trust", text),
            Column("income_baseline_gbp", "income, baseline", _MILLION),
            Column("income_option_gbp", "income, option", _MILLION),
            Column("running_cost_baseline_gbp", "running cost, baseline", _MILLION),
            Column("running_cost_option_gbp", "running cost, option", _MILLION),
            Column("stranded_gbp", "stranded", _MILLION),
            Column("margin_change_gbp", "change of margin", _MILLION_CHANGE),
            Column("below_tolerance", "below tolerance", text),
        ],
        f"Below tolerance: {shown[0]['rule']}. Income that trusts lose to each other or back to commissioners is a transfer, not a saving.",
        "providers.csv",
    )


def _payers(tables) -> Table | None:
    rows = tables["payers.csv"]
    if not rows:
        return None
    year = _plan_year(rows)
    shown = [row for row in rows if row["year"] == year]
    first = {(row["level"], row["body"]): row for row in rows if as_number(row.get("chance_of_overspending_option")) is not None}

    def chance(row: Mapping) -> object:
        return first.get((row["level"], row["body"]), {}).get("chance_of_overspending_option")

    return table(
        f"Commissioners in {shown[0]['period']} (GBP million)",
        sorted(shown, key=lambda row: -row["spent_change_gbp"]),
        [
            Column("level", "level", text),
            Column("body", "commissioner", text),
            Column("budget_gbp", "budget", _MILLION),
            Column("spent_baseline_gbp", "spent, baseline", _MILLION),
            Column("spent_option_gbp", "spent, option", _MILLION),
            Column("spent_change_gbp", "change", _MILLION_CHANGE),
            Column(chance, "chance of overspending, simulated year (%)", _SHARE),
        ],
        "The ledger balances to the penny: what is paid is what is received. A chance is by luck alone, and blank under 20 replications or "
        "less than a year measured.",
        "payers.csv",
    )


def _outcome(tables) -> Table | None:
    rows = [row for row in tables["outcome.csv"] if row["of"] != "journeys"]
    if not rows:
        return None
    of = plain(2)
    return table(
        "Treatment in time: time alone beside time with volume",
        rows,
        [
            Column("of", "treatment", text),
            Column("measure", "measure", text),
            Column("unit", "unit", text),
            Column("mechanism", "by", text),
            Column("baseline", "baseline", of),
            Column("option", "option", of),
            Column("difference", "difference", plain(2, is_change=True)),
            Column("low", "95 % interval from", of),
            Column("high", "to", of),
            Column("contrary", "evidence against", text),
        ],
        "By time: an effect seen in trials. By volume: an association seen in registries.",
        "outcome.csv",
    )


def _standards(tables) -> Table | None:
    rows = [row for row in tables["standards.csv"] if row["scenario"] == "option"]
    if not rows:
        return None
    before = {(row["standard"], row["unit"]): row for row in tables["standards.csv"] if row["scenario"] == "baseline"}
    shown = [row | {"before": before.get((row["standard"], row["unit"]), {}).get("modelled_volume")} for row in rows]
    shown.sort(key=lambda row: (row["standard"], row["modelled_volume"]))
    return table(
        "Units against minimum volumes under the option",
        shown,
        [
            Column("standard", "standard", text),
            Column("name", "unit", text),
            Column("minimum", "minimum a year", _WHOLE),
            Column("reported_volume", "reported", _WHOLE),
            Column("before", "modelled, baseline", _WHOLE),
            Column("modelled_volume", "modelled, option", _WHOLE),
            Column("meets", "meets it", text),
            Column("chance_poisson", "chance of meeting it (%)", _SHARE),
            Column("data_grade", "grade of the data", text),
            Column("standing", "standing", text),
        ],
        "Grades A and B: reported and modelled volume agree within 25 % and 50 %; C beyond; D where the source is suspect or silent.",
        "standards.csv",
    )


def _parameters(tables) -> Table:
    rows = sorted(tables["parameters.csv"], key=lambda row: not row["guess"])
    return table(
        "Every number used: guesses first",
        rows,
        [
            Column("parameter", "number", text),
            Column("value", "value", text),
            Column("low", "95 % interval from", text),
            Column("high", "to", text),
            Column("unit", "unit", text),
            Column("price_year", "pounds of", text),
            Column("source", "source", text),
            Column("confidence", "confidence", text),
            Column(lambda row: Cell("guess", None, "guess") if row["guess"] else Cell(""), "guess", lambda value: value),
            Column("contrary", "evidence against", text),
            Column("note", "note", text),
        ],
        name="parameters.csv",
    )


def effects_table(found: Findings) -> Table | None:
    """Each number at the ends of its interval, one at a time: what that does to the net saving and to QALYs."""
    before, after, finance = found.before.service, found.after.service, found.finance

    def finance_with(numbers: Mapping[str, float]):
        # A number stands in the pounds of its own year: what is set keeps its proportion to it.
        told = {name: float(finance.parameters[name].value) for name in numbers}
        scale = {name: finance.number[name] / value if value else 1.0 for name, value in told.items()}
        return replace(finance, number={**finance.number, **{name: value * scale[name] for name, value in numbers.items()}})

    effects = {**outcome_effects(before, after, found.after.at), **finance_effects(before, after, finance, finance_with)}
    rows = [{"name": name, "of": of} for name, of in effects.items() if abs(of.high - of.low) > 1e-9]
    if not rows:
        return None
    rows.sort(key=lambda row: (row["of"].unit, -abs(row["of"].high - row["of"].low)))
    return table(
        "One number at a time at the ends of its 95 % interval, all others as they are",
        rows,
        [
            Column(lambda row: row["name"].replace("_", " "), "number", text),
            Column(lambda row: row["of"].headline, "what it moves", text),
            Column(lambda row: row["of"].unit, "unit", text),
            Column(lambda row: row["of"].low, "at its low end", plain(1)),
            Column(lambda row: row["of"].value, "as it is", plain(1)),
            Column(lambda row: row["of"].high, "at its high end", plain(1)),
            Column(lambda row: row["of"].turns, "turns gain into loss", text),
        ],
        "Without simulation. Numbers that have no interval are not among them; guesses often have none.",
    )
