"""Public sheets: which columns of the assurance pack are published, and what each of them counts or follows from.

A column that is not named here is not published. What is left out is what is a small difference of large numbers (changes, margins,
overspending), what tells a count to many digits (chances, ranges), what repeats one in words, and the parts of a total by unit.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Public:
    """What is published of one sheet."""

    of: str = "whole"
    """What a row is of, whose patients its figures follow from: a unit, a provider, a body, or the whole."""
    facts: tuple[str, ...] = ()
    """Columns that do not follow from patients: names, dates, what the plan sets, what the map says, yes and no."""
    counts: tuple[str, ...] = ()
    """Columns that count patients."""
    figures: tuple[str, ...] = ()
    """Columns of money, beds, staff, time that follow from patients."""
    shares: tuple[str, ...] = ()
    """Columns of shares of the patients."""
    size: str = ""
    """The column that says how many patients a row is of, with ``{side}`` in it where there is one a side; else they are looked up."""
    is_by_unit: bool = False
    """Whether the column ``unit`` says what the numbers of the row are."""
    fact_units: tuple[str, ...] = ()
    """Where a row says its unit: units, or keys of rows, of what the plan sets."""
    only: tuple[str, str, str] | None = None
    """The rows that are published, where not all are: a column, the pattern that it must hold, and in words what is left out."""
    without: str = ""
    """The beginning of a note of the sheet that is not true of what is published."""


def _both(*columns: str) -> tuple[str, ...]:
    """Columns of both sides: the side stands at the end, or where the name has ``{}``."""
    return tuple((each if "{}" in each else each + "_{}").format(side) for each in columns for side in ("baseline", "option"))


_GUESSES = ("guess", "guesses", "rests_on_guesses")

PUBLIC = {
    "Option row": Public(
        facts=("section", "measure", "unit", "verdict", "basis", "key", *_GUESSES), is_by_unit=True, fact_units=("beds_in_force",)
    ),
    "A1 Activity": Public(
        "unit",
        ("unit", "name", "provider", "icb", "kinds", *_both("open"), "minimum_volume"),
        ("reported_volume", *_both("modelled_volume", "index_admissions_per_year")),
        without="Disputed:",
    ),
    "A2 Patients moved": Public("unit", ("from_unit", "from_name", "to_unit", "to_name", "moves"), ("patients_per_year",)),
    "A4 Activity by month": Public(
        facts=("month", "financial_year", "days", *_both("units_open", "beds_in_force")),
        counts=_both("index_admissions"),
        figures=_both("cost_gbp", "wait_hours_mean", "occupied_beds_mean", "delayed_transfer_bed_days"),
        shares=_both("wait_share_delayed"),
        size="index_admissions_{side}",
    ),
    "A5 Waits and occupancy": Public(
        "unit",
        ("unit", "name", "provider", *_both("beds", "saturated", "saturated_for")),
        figures=_both("occupied_beds_mean", "wait_hours_mean"),
        shares=_both("wait_share_delayed"),
    ),
    "A6 Waiting lists": Public(
        facts=("month",),
        counts=_both("waiting_list", "over_52_weeks", "over_65_weeks"),
        shares=_both("within_18_weeks_share"),
        size="waiting_list_{side}",
    ),
    "B1 Organisations": Public(
        "provider",
        ("provider", "period", "days", *_both("beds"), "beds_change", *_GUESSES),
        figures=_both("wte", "income_gbp", "running_cost_gbp", "stranded_gbp", "double_running_gbp", "capital_charges_gbp"),
        without="Margin",
        only=("period", "/", "months"),
    ),
    "B2 Beds": Public(
        "unit",
        ("date", "unit", "name", "provider", *_both("open", "beds"), "delay", "beds_moved_change", "beds_by_rule", *_GUESSES),
        figures=_both("load", "beds_for_delay"),
    ),
    "B3 Staff": Public("provider", ("date", "provider", "staff_group", *_GUESSES), figures=_both("wte", "wte_resized")),
    "B4 Receiving units": Public(
        "unit",
        ("unit", "name", *_both("beds"), "physical_limit_beds", "ready", "can_take_them"),
        ("extra_admissions_per_year",),
        _both("expected_occupancy"),
    ),
    "B5 Access by ICB": Public(
        "body",
        ("icb", "areas"),
        ("admissions_per_year",),
        _both("minutes_mean", "minutes_95th"),
        ("within_*_share_*",),
        size="admissions_per_year",
    ),
    "B6 Access and equity": Public(
        "body",
        ("dimension", "group"),
        ("patients_*", "newly_beyond_*"),
        _both("minutes_mean"),
        ("within_*_share_*",),
        size="patients_per_year",
    ),
    "B7 Longest journeys": Public(
        "area",
        ("area", "name", "icb", *_both("minutes", "unit"), "minutes_added"),
        ("admissions_per_year",),
    ),
    "B8 Standards": Public(
        "unit",
        ("standard", "scenario", "unit", "name", "minimum", "window_years", "maximum", "data_grade", "meets", "standing",
         "above_maximum", "source"),
        ("modelled_volume", "reported_volume"),
    ),
    "B9 Planning footprint": Public(
        "body",
        ("standard", "icb", "minimum", "large_enough_alone", "bodies_needed", "smallest_group"),
        ("cases_per_year", "imported_admissions_per_year", "exported_admissions_per_year"),
        shares=("treated_inside_share",),
        size="cases_per_year",
    ),
    "C1 Tariff and providers": Public(
        "provider",
        ("provider", "name", "year", "period", "below_tolerance", "rule", *_GUESSES),
        figures=(*_both("income_{}_gbp", "running_cost_{}_gbp"), "stranded_gbp", "double_running_gbp", "capital_charges_gbp"),
        without="Implied price",
    ),
    "C2 Cost": Public(facts=("year", "period", "line", "what", "unit", *_GUESSES), is_by_unit=True),
    "C3 Cost profile": Public(facts=("month", "year", *_GUESSES), figures=("*_baseline_gbp", "*_option_gbp")),
    "C4 Bridge": Public(facts=("year", "period", "step", "what", *_GUESSES), figures=("gbp",), without="The steps sum"),
    "C5 Funding": Public(
        "body", ("level", "body", "year", "period", *_GUESSES), figures=("budget_gbp", *_both("spent_{}_gbp")), without="90th percentile"
    ),
    "C6 Savings target": Public(
        "body",
        ("level", "body", "year", "period", *_GUESSES),
        figures=("target_gbp", "identified_gbp", "risk_rated_gbp"),
    ),
    "C7 Kinds of saving": Public(
        facts=("year", "period", "kind", "label", "cash_releasing", "what", *_GUESSES), figures=("gbp",)
    ),
    "C8 Value": Public(
        facts=("of", "measure", "unit", "mechanism", "said", "evidence", "source", "contrary", *_GUESSES),
        is_by_unit=True,
        only=("mechanism", "^(?!break-even)", "the size of effect at which harm turns to benefit, a quotient of small differences"),
    ),
    "C9 Do nothing": Public(
        facts=("year", "period", "commissioners_*", "units_under_minimum_*", "growth_a_year", *_GUESSES),
        figures=("cost_*_gbp", "spent_*_gbp", "overspent_*_gbp"),
    ),
    "C10 Present value": Public(facts=("case", "what", "unit", "years", "discount_rate", *_GUESSES), is_by_unit=True),
    "C11 Unit cost": Public(
        "unit",
        ("unit", "name", "provider", "scenario", "paid_by", *_GUESSES),
        figures=("fixed_gbp", "semi_fixed_gbp", "variable_gbp", "total_gbp"),
        size="admissions_per_year",
    ),
    "C12 Delayed transfers": Public(
        facts=("part", "unit", "name", *_GUESSES),
        figures=_both("bed_days", "gbp", "beds_wanting"),
        only=("unit", "^all$", "rows of single units"),
    ),
    "D Bed closures": Public(facts=("of", "what", "unit", "said"), is_by_unit=True, fact_units=("beds",)),
}  # fmt: skip
"""By the name of a sheet."""

SETTINGS = ("A3 Pathway", "Guesses")
"""Sheets of settings of the model alone, which are published as they are."""

COUNTS = ("a year", "patients", "patients a year", "journeys a year")
"""Units, where a row says its unit, of counts of patients."""

FACTS = ("areas", "units", "trusts", "commissioners")
"""The same, of what does not follow from patients."""

VALUES = ("baseline", "option", "difference", "discounted_difference", "change", "value", "low", "high")
"""The columns of numbers where a row says its unit."""
