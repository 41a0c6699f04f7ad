"""The option row: everything that an option is judged by, on one row, each measure with its direction, interval and guesses.

The row holds what stands or falls together - access, volumes, waits, beds, money, outcome, equity - so that no part of it is read
alone. Each measure is defined elsewhere, once; here they are put beside each other. An interval is of one of two things, and says of
which: of luck, paired over the same patients under both, or of the numbers - published estimates, or those that money is made of - paired
over the same draws of them. A measure without an interval has no luck in it: it is exact for the allocation in force, or, where it
rests on a guess, undecided.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from .comparison import interval, mean_of, paired
from .money import (
    MONEY_BASIS,
    drawn_cost,
    drawn_saving,
    flagged,
    growth_in_saving,
    growth_of,
    net_present_value,
    option_costs,
    payers,
    providers,
    reckon,
    savings_kinds,
    without_capital_for_beds,
    worth,
)
from .money.payer import simulated_spending, simulated_year
from .outcome import BASIS, MECHANISMS, change_of, estimates_of
from .staff import heads_of, pathway_guesses
from .tables import EXACT, SECTIONS, Findings, least_in_words, under_minimum
from .view import minimum_of
from .who import fifth_minutes

LOWER, HIGHER, NEUTRAL = "lower", "higher", "neutral"
"""Which way a measure is better; neutral where that is for the reader to say."""

INDEX = "index_admissions"
"""The key of the measure that says whether an option meets as many patients as the baseline."""

REPLICATION, ESTIMATE = "replication", "estimate"
"""What paired samples are of: luck, or numbers - published estimates, or those of money - drawn from what is believed of them."""


class Samples(NamedTuple):
    """Paired samples of a measure, from which intervals are made - also of the difference between two options."""

    over: str
    """`REPLICATION` or `ESTIMATE`."""
    baseline: np.ndarray
    """(N,) NaN where nothing was seen."""
    option: np.ndarray
    """(N,) of the same patients, or of the same draw of the estimates."""

    def interval(self, values: np.ndarray) -> tuple[float, float]:
        """The 95 % interval of some of them: of the mean of replications, or of what the estimates say."""
        if self.over == REPLICATION:
            return interval(values)[1:]
        known = values[~np.isnan(values)]
        if not len(known):
            return np.nan, np.nan
        low, high = np.percentile(known, (2.5, 97.5))
        return float(low), float(high)


@dataclass(frozen=True, eq=False)
class Measure:
    """One measure of an option beside the baseline."""

    key: str
    """Its name for programs and settings, the same in every run: ``within_30``."""
    section: str
    """One of `tables.SECTIONS`."""
    label: str
    """In words."""
    unit: str
    better: str
    """`LOWER`, `HIGHER` or `NEUTRAL`."""
    baseline: float
    option: float
    low: float = np.nan
    """Lower end of the 95 % interval of the paired difference; NaN where there is none."""
    high: float = np.nan
    basis: str = EXACT
    """What it rests on: no simulation, so many replications, the interval of the estimates."""
    rests_on: tuple[str, ...] = ()
    """The parameters it is made of that are guesses."""
    is_headline: bool = True
    """Whether options are judged by it unless others are named; the parts of a headline are not."""
    samples: Samples | None = None
    """None for a measure without luck."""

    @property
    def difference(self) -> float:
        """Option less baseline."""
        return less(self.option, self.baseline)

    @property
    def is_guess(self) -> bool:
        """Whether it rests on a guess."""
        return bool(self.rests_on)

    @property
    def is_bare_guess(self) -> bool:
        """Whether it rests on a guess whose width nobody knows, so that no interval says how far it may be out."""
        return self.is_guess and self.samples is None

    @property
    def verdict(self) -> str:
        """Better, worse, the same, undecided (the interval holds 0, or a guess has none), or the reader's to say.

        Examples
        --------
        >>> of = dict(key="wait", section="Waits", label="mean wait", unit="hours", better=LOWER, baseline=2.0, option=1.0)
        >>> Measure(**of).verdict, Measure(**of, low=-3.0, high=1.0).verdict
        ('better', 'undecided')
        >>> Measure(**of, rests_on=("a guess",)).verdict
        'undecided'
        """
        is_exact = self.samples is None and (not self.is_bare_guess or self.difference == 0)
        return verdict(self.better, self.difference, self.low, self.high, is_exact)


def less(y: float, x: float) -> float:
    """y - x; 0 where they are the same to nine digits, as far as sums and tables keep them."""
    if y == x or abs(y - x) == np.inf:
        return float("nan") if abs(y) == np.inf == abs(x) else y - x
    return 0.0 if abs(y - x) <= 1e-9 * max(abs(y), abs(x)) else y - x


def verdict(better: str, difference: float, low: float, high: float, is_exact: bool) -> str:
    """What a difference says of a measure: see `Measure.verdict`."""
    if difference != difference or better == NEUTRAL:
        return "" if difference != difference else NEUTRAL
    if difference == 0 and (is_exact or low == high == 0):
        return "the same"
    if (not is_exact and low != low and abs(difference) < np.inf) or low <= 0 <= high:  # without an interval nobody can say
        return "undecided"
    if low > 0 > difference or high < 0 < difference:  # what is expected and what was seen point different ways: too short a run
        return "undecided"
    return "better" if (difference < 0) == (better == LOWER) else "worse"


@lru_cache(maxsize=2)
def option_row(found: Findings) -> tuple[Measure, ...]:
    """Everything an option is judged by, in the order of the summary.

    Parameters
    ----------
    found
        The comparison.

    Returns
    -------
    One measure each; those that the service or the settings know nothing of are left out.
    """
    simulated = [*_saturation(found), *_simulated(found)]
    made = [*_access(found), *_standards(found), *simulated, *_beds_and_staff(found), *_money(found), *_outcome(found)]
    return tuple(sorted(made, key=lambda each: SECTIONS.index(each.section)))


COLUMNS = (
    *("scenario", "key", "section", "measure", "unit", "better", "headline", "baseline", "option", "difference"),
    *("low", "high", "basis", "verdict", "guess", "rests_on_guesses"),
)
"""The columns of ``option_row.csv``."""


def option_row_table(found: Findings) -> list[dict]:
    """The option row as a table: one row a measure, of one shape whatever the option, so that the rows of many options stack."""
    return [
        dict(
            zip(
                COLUMNS,
                (
                    *(found.scenario, of.key, of.section, of.label, of.unit, of.better, of.is_headline),
                    *(of.baseline, of.option, of.difference, of.low, of.high, of.basis, of.verdict),
                    *(of.is_guess, "; ".join(of.rests_on)),
                ),
            )
        )
        for of in option_row(found)
    ]


def sample_rows(found: Findings) -> list[tuple[str, int, str, str, float]]:
    """The samples behind the intervals, tidy: scenario, number, measure, over, value."""
    return [
        (scenario, number, of.key, of.samples.over, value)
        for of in option_row(found)
        if of.samples is not None
        for scenario, side in ((_BASELINE, of.samples.baseline), (_OPTION, of.samples.option))
        for number, value in enumerate(side.tolist())
    ]


_BASELINE, _OPTION = "baseline", "option"


# -- what can be said without simulation --------------------------------------------------------------------------------


def unsimulated(found: Findings) -> tuple[Measure, ...]:
    """Access, volumes and standards: the part of the option row that rests on the two views alone."""
    return (*_access(found), *_standards(found))


def _access(found: Findings) -> Iterator[Measure]:
    before, after, service = found.before, found.after, found.service

    def of(key: str, label: str, unit: str, better: str, x: float, y: float, is_headline: bool = True) -> Measure:
        return Measure(key, "Access", label, unit, better, float(x), float(y), is_headline=is_headline)

    x, y = before.access, after.access
    yield of("minutes_mean", "minutes to the first unit, mean", "minutes", LOWER, x.mean, y.mean)
    yield of("minutes_95th", "minutes to the first unit, 95th percentile", "minutes", LOWER, x.percentile_95, y.percentile_95)
    for place, minutes in enumerate(service.threshold_minutes):
        label = f"patients within {minutes:g} minutes"
        yield of(f"within_{minutes:g}", label, "%", HIGHER, 100 * x.within[place], 100 * y.within[place], place == 0)
    least = [minimum_of(seen.service) for seen in (before, after)]
    if least[0]:
        minutes = service.threshold_minutes[0]
        label = f"patients within {minutes:g} minutes of a unit of at least {least_in_words(*least)}"
        share = [100 * seen.within_and_large[0] for seen in (before, after)]
        yield of(f"within_{minutes:g}_and_minimum", label, "%", HIGHER, *share)
    nowhere = [len(seen.unreached.area) for seen in (x, y)]
    yield of("areas_unreached", "areas that no unit can be reached from", "areas", LOWER, *nowhere)
    fifths = [fifth_minutes(seen) for seen in (before, after)]
    if fifths[0][0] == fifths[0][0]:
        yield of("minutes_most_deprived", "minutes of the most deprived fifth, mean", "minutes", LOWER, *(most for most, _ in fifths))
    if fifths[0][0] - fifths[0][1] == fifths[0][0] - fifths[0][1]:  # neither is NaN
        # A gap may close because the least deprived lose, and grow because they gain: which way is better is not the gap's to say.
        label = "equity gap: most less least deprived fifth"
        yield of("deprivation_gap", label, "minutes", NEUTRAL, *(most - least for most, least in fifths))


def _standards(found: Findings) -> Iterator[Measure]:
    before, after, service = found.before, found.after, found.service
    section = "Volumes and standards"
    admissions = [float(seen.load.index.sum()) for seen in (before, after)]
    yield Measure(INDEX, section, "index admissions", "a year", NEUTRAL, *admissions)
    open_units = [float(seen.gives.sum()) for seen in (before, after)]
    yield Measure("units_open", section, f"{service.access_kind} units open", "units", NEUTRAL, *open_units)
    for standard in service.standards:
        counts = [float(under_minimum(seen, standard).sum()) for seen in (before, after)]
        least = least_in_words(standard.minimum, after.service.standard_like(standard).minimum)
        yield Measure(f"under_{standard.name}", section, standard.short(least), "units", LOWER, *counts)


def _beds_and_staff(found: Findings) -> Iterator[Measure]:
    section, sides = "Beds, staff and journeys", (found.before, found.after)
    beds = [float(seen.beds[seen.is_open].sum()) for seen in sides]
    yield Measure("beds_in_force", section, "beds in force", "beds", NEUTRAL, *beds)
    if found.service.staffing is None:
        return
    delay = found.service.staffing.delay
    needed = [found.experiment.values(side, "beds_needed", "unit")[1].sum(axis=1) for side in (_BASELINE, _OPTION)]
    label = f"beds for a delay of {100 * delay:g} %, simulated"
    yield _sampled("beds_needed", section, label, "beds", NEUTRAL, *needed, pathway_guesses(found))
    staff = [sum(float(of.whole_time.sum()) for of in heads_of(seen).values()) for seen in sides]
    guesses = tuple(f"staff: {group.name}" for group in found.service.staffing.groups if group.is_guess)
    label = "staff, beds as they are moved"
    yield Measure("staff_wte", section, label, "WTE", NEUTRAL, *staff, rests_on=guesses)


# -- what is simulated --------------------------------------------------------------------------------------------------

_SIMULATED = (
    ("wait_hours_mean", "Waits", "mean wait for a bed, all stages", "hours", True),
    ("wait_hours_p95", "Waits", "95th percentile of waits for a bed", "hours", False),
    ("wait_share_delayed", "Waits", "requests that wait for a bed", "%", True),
    ("delayed_transfer_bed_days_per_year", "Beds, staff and journeys", "delayed transfers", "bed-days a year", True),
    ("outlying_bed_days_per_year", "Beds, staff and journeys", "outlying: waiting in another ward", "bed-days a year", True),
    ("transfers_per_year", "Beds, staff and journeys", "journeys between sites", "a year", True),
    ("lost_per_year", "Beds, staff and journeys", "patients lost", "a year", True),
    ("unplaced_per_year", "Beds, staff and journeys", "patients unplaced", "a year", True),
)
"""Measures of the simulation over everything: name, section, in words, unit, whether a headline."""

_OF_LISTS = (
    ("hours_to_unit_mean", "Waits", "need to the unit that treats, emergencies, mean", "hours", True),
    ("waiting_list_at_end", "Waiting lists", "on waiting lists at the end", "patients", True),
    ("incomplete_within_18_weeks_share", "Waiting lists", "incomplete pathways within 18 weeks", "%", True),
    ("waiting_over_52_weeks", "Waiting lists", "incomplete pathways over 52 weeks", "patients", True),
    ("operations_cancelled_per_year", "Waiting lists", "slots lost for want of a bed (cancelled)", "a year", False),
)
"""The same of services with waiting lists, slots, or patients who come by way of another hospital."""

_MORE_IS_BETTER = ("incomplete_within_18_weeks_share",)


_LOST_SLOTS = "operations_cancelled_per_year"


def _saturation(found: Findings) -> Iterator[Measure]:
    """How many units are saturated, which, and for want of what where it is not of beds."""
    full = {side: found.experiment.saturation(side) for side in (_BASELINE, _OPTION)}
    named = [f"{side}: {', '.join(of.named(found.service.units.id))}" for side, of in full.items() if of.units.any()]
    counts = [float(of.units.sum()) for of in full.values()]
    label = "units saturated: offered all they have"
    rests_on = "expected load, and slots lost for want of a bed as simulated" if found.experiment.has(_LOST_SLOTS) else EXACT
    yield Measure("units_saturated", "Waits", label, "units", LOWER, *counts, basis="; ".join([rests_on, *named]))


def _simulated(found: Findings) -> Iterator[Measure]:
    guesses = pathway_guesses(found)
    of_lists = [each for each in _OF_LISTS if found.experiment.has(each[0])]
    for measure, section, label, unit, is_headline in (*_SIMULATED, *of_lists):
        scale = 100 if unit == "%" else 1
        x, y = (scale * found.experiment.values(side, measure)[1][:, 0] for side in (_BASELINE, _OPTION))
        better = HIGHER if measure in _MORE_IS_BETTER else LOWER
        yield _sampled(measure, section, label, unit, better, x, y, guesses, is_headline)


def _sampled(key, section, label, unit, better, x, y, guesses=(), is_headline=True, expected=None) -> Measure:
    """A measure with replications behind it.

    Means are over the replications that saw something under both, so that they add up; where none did, over what there is. A measure
    that is known without luck (`expected`) keeps that, and takes only its interval from the replications.
    """
    change = paired(x, y)
    both = ~np.isnan(change)
    of = both if both.any() else np.ones(len(x), dtype=bool)
    values = expected or (mean_of(x[of]), mean_of(y[of]))
    samples = Samples(REPLICATION, x, y)
    low, high = samples.interval(change)
    basis = f"{'expected; interval of ' if expected else ''}{int(both.sum())} replications"
    return Measure(key, section, label, unit, better, *values, low, high, basis, tuple(guesses), is_headline, samples)


# -- money --------------------------------------------------------------------------------------------------------------

_MILLION = "GBP million"


def _money(found: Findings) -> Iterator[Measure]:
    reckoned = reckon(found)
    if reckoned is None:
        return
    section, last = "Money", reckoned.years
    costs = {(row["year"], row["line"]): row for row in option_costs(found)}
    said = _names(costs[1, "total"]["rests_on_guesses"])
    for key, year, line, label, is_headline in (
        ("cost_first_year", 1, "total", "cost to the system in year 1", True),
        ("stranded_first_year", 1, "stranded", "of it stranded in year 1", False),
        ("cost_last_year", last, "total", f"cost to the system in year {last}", True),
    ):
        row = costs[year, line]
        sides = row["baseline"] / 1e6, row["option"] / 1e6
        of = (key, section, label, _MILLION, LOWER, *sides)
        yield _believed(of, drawn_cost(found, line, year - 1), _names(row["rests_on_guesses"]), is_headline)
    growth = growth_of(found)[-1] / 1e8
    label = f"of the change in year {last}: growth of demand, not of its making"
    yield Measure("growth_last_year", section, label, _MILLION, NEUTRAL, 0.0, growth, rests_on=said, is_headline=growth != 0)
    label = f"net saving over {last} years, present value"
    of = ("net_present_saving", section, label, _MILLION, HIGHER, 0.0, net_present_value(reckoned) / 1e6)
    yield _believed(of, drawn_saving(found), said)
    grown = growth_in_saving(found) / 1e6
    label = "of it: growth of demand, brought (-) or avoided (+)"
    yield Measure("growth_in_saving", section, label, _MILLION, NEUTRAL, 0.0, grown, rests_on=said, is_headline=grown != 0)
    label, on = "the same if added beds needed no capital", _names(worth(found)[1]["rests_on_guesses"])
    of = ("net_present_saving_no_capital", section, label, _MILLION, HIGHER, 0.0, without_capital_for_beds(reckoned) / 1e6)
    yield _believed(of, drawn_saving(found, True), on, False)
    yield from _hands(found, min(2, last))
    yield from _commissioners(found)


def _believed(of: tuple, drawn: np.ndarray | None, guesses: tuple[str, ...], is_headline: bool = True) -> Measure:
    """A measure of money with the interval of the numbers it is made of."""
    if drawn is None:
        return Measure(*of, rests_on=guesses, is_headline=is_headline)
    samples = Samples(ESTIMATE, *drawn)
    low, high = samples.interval(paired(*drawn))
    return Measure(*of, low, high, MONEY_BASIS, guesses, is_headline, samples)


def _hands(found: Findings, year: int) -> Iterator[Measure]:
    """What changes hands: income that trusts lose, to others or back to commissioners, and the trusts pushed below the tolerance."""
    kinds = {(row["kind"], row["label"]): row for row in savings_kinds(found) if row["year"] == year}
    moved = kinds["transfer", "trusts"]
    label = f"income trusts lose to others or to payers, year {year} (transfer)"
    on = _names(moved["rests_on_guesses"])
    yield Measure("income_moved", "Money", label, _MILLION, NEUTRAL, 0.0, moved["gbp"] / 1e6, rests_on=on)
    rows, last = providers(found), found.finance.horizon_years
    tolerance = 100 * found.finance.number["stability_tolerance"]
    falls = f"trusts with margin down over {tolerance:g} % of income"  # short: a scorecard cuts labels, and the year must stay
    on = _names(rows[0]["rests_on_guesses"]) if rows else ()
    for key, when, below in (
        ("trusts_below_tolerance", "in some year, transition included", flagged(found)),
        ("trusts_below_tolerance_last", f"in year {last}", flagged(found, last)),
    ):
        yield Measure(key, "Money", f"{falls} {when}", "trusts", LOWER, 0.0, float(below), rests_on=on)


def _commissioners(found: Findings) -> Iterator[Measure]:
    """What commissioners spend in the plan year that is simulated: how it changes for most of them, and for each."""
    year = simulated_year(found) + 1
    rows = [row for row in payers(found) if row["year"] == year]
    if not rows:
        return
    guesses = _names(rows[0]["rests_on_guesses"])
    change = [row["spent_change_gbp"] for row in rows]
    more = float(sum(each > 1.0 for each in change))  # a pound is no change, but what rounding leaves
    label = f"commissioners that spend more in year {year}"
    yield Measure("commissioners_paying_more", "Money", label, "commissioners", LOWER, 0.0, more, rests_on=guesses)
    label = f"largest rise of one's spending in year {year}"
    yield Measure("largest_rise", "Money", label, _MILLION, LOWER, 0.0, max(0.0, *change) / 1e6, rests_on=guesses)
    spent, parties = simulated_spending(found), reckon(found).parties
    for row in rows:
        x, y = (spent[side][:, parties.index(row["level"], row["body"])] / 1e8 for side in (_BASELINE, _OPTION))
        label = f"spending of {row['level']} {row['body']} in year {year}"
        expected = row["spent_baseline_gbp"] / 1e6, row["spent_option_gbp"] / 1e6
        key = f"spent {row['level']}={row['body']}"
        yield _sampled(key, "Money", label, _MILLION, LOWER, x, y, guesses, False, expected)


def _names(said: str) -> tuple[str, ...]:
    return tuple(name for name in said.split("; ") if name)


# -- outcome ------------------------------------------------------------------------------------------------------------


def _outcome(found: Findings) -> Iterator[Measure]:
    change = change_of(found)
    if change is None:
        return
    guesses = tuple(each.name for each in found.service.benefit.estimate.values() if each.is_guess)
    for measure, label, unit in (
        ("qalys", "QALYs of treated patients", "QALYs a year"),
        ("independent", "treated patients independent at 90 days", "a year"),
    ):
        for mechanism, name in enumerate(MECHANISMS):
            x, y, drawn = estimates_of(change, mechanism, None, measure)
            samples = Samples(ESTIMATE, drawn[:, 0], drawn[:, 1])
            low, high = samples.interval(paired(drawn[:, 0], drawn[:, 1]))
            key = f"{measure}_{name.replace(' ', '_')}"
            yield Measure(
                *(key, "Clinical outcome", f"{label}, {name}", unit, HIGHER, x, y, low, high, BASIS, guesses),
                is_headline=measure == "qalys",
                samples=samples,
            )
