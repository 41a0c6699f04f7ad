"""The test of hospital bed closures: which of its three conditions is claimed, with the figures that bear on each.

NHS England asks of a change that closes many hospital beds, since 1 April 2017, that at least one of three conditions be met. Which one is
for the commissioner to claim and to show evidence for; the program puts the figures beside it and claims nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..service.fault import Fault, nearest_spelling, refuse
from .finished import Finished
from .spreadsheet import Page

CONDITIONS = {
    "alternative": "sufficient alternative provision, such as increased GP or community services, is put in place alongside or ahead of "
    "bed closures, and the new workforce will be there to deliver it",
    "treatment": "specific new treatments or therapies will reduce specific categories of admissions",
    "efficiency": "where a hospital has been using beds less efficiently than the national average, it has a credible plan to improve "
    "performance without affecting patient care",
}
"""By the name that a setting claims it with."""

SOURCE = "NHS England, New patient care test for hospital bed closures (3 March 2017, in force from 1 April), and tables of this run"


def check_claims(given: Sequence[str]) -> tuple[str, ...]:
    """The conditions that are claimed; unknown ones are refused."""
    cure = "known: " + ", ".join(CONDITIONS)
    refuse(
        Fault("unknown condition of the test of bed closures", each, cure + nearest_spelling(each, CONDITIONS))
        for each in given
        if each not in CONDITIONS
    )
    return tuple(given)


def bed_test_page(run: Finished, claimed: Sequence[str], evidence: str) -> Page:
    """The test: where beds fall, the conditions with their figures, and what is claimed."""
    rows = [*_falls(run), *(row for name in CONDITIONS for row in _condition(run, name, name in claimed, evidence))]
    return Page("D Bed closures", "The test of hospital bed closures", rows, SOURCE, (_said(run, claimed),))


def bed_change(run: Finished) -> float:
    """Beds in force under the option less those of the baseline."""
    return sum(_beds(row, "option") - _beds(row, "baseline") for row in run.table("units.csv"))


def _beds(row: dict[str, str], side: str) -> float:
    return row.number(f"beds_{side}") if row[f"open_{side}"] == "yes" else 0.0


def _said(run: Finished, claimed: Sequence[str]) -> str:
    change = bed_change(run)
    if change >= 0:
        moved = any(_beds(row, "option") < _beds(row, "baseline") for row in run.table("units.csv"))
        what = "they move between units (below)" if moved else "no unit loses any"
        return f"Beds in force do not fall ({change:+.0f}): {what}. The test asks for no claim."
    if not claimed:
        return f"Beds in force fall by {-change:.0f}, and NO condition is claimed: claim one with bed_test={' | '.join(CONDITIONS)}."
    return f"Beds in force fall by {-change:.0f}. Claimed by the user: {', '.join(claimed)}."


def _row(of: str, what: str, baseline=None, option=None, unit: str = "", said: str | None = None) -> dict:
    change = option - baseline if isinstance(baseline, float) and isinstance(option, float) else None
    return {"of": of, "what": what, "unit": unit, "baseline": baseline, "option": option, "change": change, "said": said}


def _falls(run: Finished) -> Iterator[dict]:
    units = run.table("units.csv")
    total = [sum(_beds(row, side) for row in units) for side in ("baseline", "option")]
    yield _row("Beds in force", "all units", *total, "beds")
    for row in units:
        x, y = _beds(row, "baseline"), _beds(row, "option")
        if y < x:
            yield _row("Beds in force", f"{row['name']} ({row['unit']})", x, y, "beds")


def _condition(run: Finished, name: str, is_claimed: bool, evidence: str) -> Iterator[dict]:
    of = f"Condition: {name}"
    yield _row(of, CONDITIONS[name], said="CLAIMED" if is_claimed else "not claimed")
    if is_claimed:
        yield _row(of, "evidence", said=evidence or "none was given: add evidence=...")
    yield from {"alternative": _alternative, "treatment": _treatment, "efficiency": _efficiency}[name](run, of)


def _measures(run: Finished, of: str, keys: Sequence[str]) -> Iterator[dict]:
    row = {each.key: each for each in run.option_row}
    for key in keys:
        if key in row:
            yield _row(of, row[key].label, row[key].baseline, row[key].option, row[key].unit)


def _alternative(run: Finished, of: str) -> Iterator[dict]:
    added = sum(max(0.0, _beds(row, "option") - _beds(row, "baseline")) for row in run.table("units.csv"))
    yield _row(of, "beds added at other units", 0.0, added, "beds")
    yield from _measures(run, of, ("staff_wte", "delayed_transfer_bed_days_per_year", "outlying_bed_days_per_year"))
    whole = [row for row in run.table("staff.csv") if row["provider"] == "all"]
    recruit = sum(row.number("of_them_to_recruit") for row in whole)
    yield _row(of, "posts to recruit, of those that are new", 0.0, recruit, "WTE")
    cannot = float(sum(row["can_take_them"] == "no" for row in run.table("receivers.csv")))
    yield _row(of, "units that gain patients and cannot take them", 0.0, cannot, "units")


def _treatment(run: Finished, of: str) -> Iterator[dict]:
    months = run.table("months.csv")
    days = sum(row.number("days") for row in months)
    each = [365.25 / days * sum(row.number(f"index_admissions_{side}") for row in months) for side in ("baseline", "option")]
    yield _row(of, "index admissions, simulated", *each, "a year")
    yield _row(of, "which treatment reduces which admissions", said="not in the model unless the scenario changes demand")


def _efficiency(run: Finished, of: str) -> Iterator[dict]:
    units = run.table("units.csv")
    each = []
    for side in ("baseline", "option"):
        held, beds = sum(row.number(f"occupied_beds_mean_{side}") for row in units), sum(_beds(row, side) for row in units)
        each.append(100 * held / beds if beds else float("nan"))
    yield _row(of, "beds held of those in force, simulated", *each, "%")
    yield _row(of, "the national average of the same", said="not in the data: whoever claims this condition gives it")
