"""Demand that varies with time: through the table of hours of the week and through dated factors.

A sinusoid is followed in steps whose first harmonic it is; the mean number present in beds without limit is linear in
the rate, so that its own mean and first harmonic are exact. The sinusoid of a week is a table of hours; that of a year,
of 365.25 days, fits neither that table nor the one of calendar months and is built from dated factors, starting at the
trough.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import pi, tau

import numpy as np
import pytest
from scipy import stats

from sim.service.demand import Demand, Factor
from sim.service.service import Service
from tests.comparison import agree
from tests.theory.build import (
    BRIEF,
    FULL,
    Effort,
    Item,
    Seen,
    Size,
    cases,
    estimate,
    exponential,
    group,
    hold,
    items,
    sent,
    service,
    simulate,
    stage,
    tolerance,
)

ITEMS = items("nhpp")
TESTED = tuple(ITEMS)


def ward(a_day: float, mean: float, demand: Demand, beds: int = 0) -> Service:
    """One unit whose arrivals vary about so many a day; without limit where no beds are given."""
    bed = {"bed": stage("bed", exponential(mean), beds="counted" if beds else "unlimited")}
    return service({"ward": ("bed", beds or 1)}, {"all": group(a_day, bed)}, demand=demand)


def steps(amplitude: float, number: int) -> np.ndarray:
    """(N,) relative rates in equal steps of a period whose first harmonic is that of 1 + amplitude sin."""
    middle = (np.arange(number) + 0.5) / number
    return 1 + amplitude * (pi / number) / np.sin(pi / number) * np.sin(tau * middle)


def harmonic(seen: Seen, period: float) -> complex:
    """The integral over the window of patients present times exp(-i w t), w = 2 pi over the period."""
    trace, window, w = seen.trace, seen.window, tau / period
    since = np.clip(trace.given, window.start, window.end)
    until = np.clip(np.where(np.isnan(trace.left), np.inf, trace.left), window.start, window.end)
    of = ~np.isnan(trace.given)
    return complex(((np.exp(-1j * w * until[of]) - np.exp(-1j * w * since[of])) / (-1j * w)).sum())


def check_sinusoid(item: Item, effort: Effort, described: Service, size: Size, trough: float) -> None:
    """Hold mean, swing and lag of the number present; the rate is least at day ``trough`` and every period on."""
    period = item.params["period"]

    def taken(seen: Seen) -> dict[str, float]:
        wave, trace = harmonic(seen, period), seen.trace
        return {
            "days": seen.days,
            "bed_days": seen.window.days(trace.given, trace.left).sum(),
            "re": wave.real,
            "im": wave.imag,
            "came": seen.asks("bed").sum(),
        }

    def figures(s: Mapping) -> dict[str, float]:
        mean, wave = s["bed_days"] / s["days"], 2 * (s["re"] + 1j * s["im"]) / s["days"]
        swing = np.abs(wave)
        # The number present peaks where the angle w t equals minus the angle of the harmonic.
        lag = np.mod(-np.angle(wave) / tau * period - trough - period / 2, period)
        return {
            "mean_occupancy": mean,
            "occupancy_amplitude": swing,
            "peak_occupancy": mean + swing,
            "trough_occupancy": mean - swing,
            "lag_of_peak_days": lag,
            "arrivals_per_period": s["came"] / s["days"] * period,
        }

    hold(
        estimate(simulate(described, size, effort.simulate, taken), figures),
        item.exact,
        tolerance(item.exact, effort),
        item.id,
    )


@pytest.mark.slow
def test_a_weekly_wave_of_arrivals_is_followed_later_and_lower():
    item = ITEMS["mtginf_sin_7.0_3.3"]
    demand = Demand(hour=steps(item.params["relative_amplitude"], 168).reshape(7, 24))
    described = ward(item.params["lam"], item.params["mean_los"], demand)
    check_sinusoid(item, FULL, described, Size(warmup=70.0, days=2_100.0, cooldown=0.0), trough=7.0 * 3 / 4)


@pytest.mark.slow
def test_a_yearly_wave_of_arrivals_is_followed_later_and_lower():
    item, number = ITEMS["mtginf_sin_365.25_28.0"], 24
    period = item.params["period"]
    rate = np.tile(np.roll(steps(item.params["relative_amplitude"], number), number // 4), 2)
    factors = tuple(Factor(rate[k] / rate[k - 1], since=k * period / number) for k in range(1, number * 7 // 4))
    described = ward(item.params["lam"] * rate[0], item.params["mean_los"], Demand(factors=factors))
    check_sinusoid(item, FULL, described, Size(period * 3 / 4, period, 0.0, replications=1_000), trough=0.0)


SPANS = {
    "mtginf_weekday": [[0, 5], [5, 7]],
    "mtmc_week": [[0, 5], [5, 7]],
    "mtmc_day": [[0, 8 / 24], [8 / 24, 20 / 24], [20 / 24, 1]],
}
"""Days of the cycle in which the rate is constant."""


def hours(a_day: np.ndarray) -> tuple[float, Demand]:
    """The greatest rate, and a demand that thins it to these arrivals a day in every hour of the week, (7, 24)."""
    most = a_day.max()
    return float(most), Demand(hour=a_day / most)


def cycle(item: Item) -> tuple[np.ndarray, float, int, float]:
    """Arrivals a day by hour of the week, mean stay in days, beds, and the length of the cycle in days."""
    given = item.params
    if item.id == "mtmc_day":
        day = np.repeat(np.array(given["rates"]) * 24, [end - start for start, end in given["edges"]])
        return np.tile(day, (7, 1)), given["mean_service_h"] / 24, given["servers"], 1.0
    week = np.repeat([given["weekday_rate"], given["weekend_rate"]], [5, 2])
    return np.repeat(week[:, None], 24, axis=1), given["mean_los"], given.get("beds", 0), 7.0


def at(seen: Seen, times: np.ndarray) -> int:
    """Patients waiting or present at some moments, all told."""
    trace = seen.trace
    came, gone = np.sort(trace.requested[~np.isnan(trace.requested)]), np.sort(trace.left[~np.isnan(trace.left)])
    return int((np.searchsorted(came, times, "right") - np.searchsorted(gone, times, "right")).sum())


@pytest.mark.parametrize("effort", [BRIEF, pytest.param(FULL, marks=pytest.mark.slow)], ids=["brief", "full"])
def test_weekdays_and_weekends_fill_beds_without_limit_as_the_equation_says(effort: Effort):
    item = ITEMS["mtginf_weekday"]
    a_day, mean, _, _ = cycle(item)
    most, demand = hours(a_day)

    def taken(seen: Seen) -> dict[str, float]:
        monday = np.arange(seen.window.start, seen.window.end - 1, 7.0)
        return {
            "weeks": len(monday),
            "monday": at(seen, monday),
            "saturday": at(seen, monday + 5),
            "days": seen.days,
            "bed_days": seen.window.days(seen.trace.given, seen.trace.left).sum(),
        }

    def figures(s: Mapping) -> dict[str, float]:
        return {
            "at_start_of_day_1": s["monday"] / s["weeks"],
            "at_end_of_segment_1": s["saturday"] / s["weeks"],
            "at_end_of_segment_2": s["monday"] / s["weeks"],
            "weekly_mean": s["bed_days"] / s["days"],
        }

    size = Size(warmup=70.0, days=4_900.0 if effort.is_full else 280.0, cooldown=0.0)
    found = estimate(simulate(ward(most, mean, demand), size, effort.simulate, taken), figures)
    hold(found, item.exact, tolerance(item.exact, effort), item.id)


@pytest.mark.slow
@pytest.mark.parametrize(("item", "effort"), cases({name: ITEMS[name] for name in ("mtmc_week", "mtmc_day")}))
def test_a_queue_with_rush_hours_waits_as_the_equations_say(item: Item, effort: Effort):
    a_day, mean, beds, length = cycle(item)
    spans, unit = np.array(SPANS[item.id]), 24 if item.id == "mtmc_day" else 1
    most, demand = hours(a_day)

    def taken(seen: Seen) -> dict[str, float]:
        begins = np.arange(seen.window.start, seen.window.end - length / 2, length)
        held = seen.held("ward")
        sums = {
            **seen.waits("bed"),
            "queue": seen.queue_days("bed"),
            "days": seen.days,
            "bed_days": seen.bed_days("ward"),
            "cycles": len(begins),
        }
        for number, span in enumerate(spans):
            sums[f"there {number}"] = at(seen, begins + span[0])
            sums[f"full {number}"] = held.days(held.count >= beds, begins[:, None] + span)
        return sums

    def figures(s: Mapping) -> dict[str, float]:
        count = len(spans)
        there = [s[f"there {k}"] / s["cycles"] for k in range(count)]
        made = {
            "mean_in_system_at_t0": there[0],
            "arrivals_per_cycle": s["asked"] / s["cycles"],
            "P_wait_arrival_avg": s["delayed"] / s["asked"],
            "mean_queue": s["queue"] / s["days"],
            "mean_wait": s["wait"] / s["asked"] * unit,
            "bed_occupancy": s["bed_days"] / s["days"] / beds,
        }
        for k, (start, end) in enumerate(spans):
            made |= {
                f"mean_in_system_end_seg{k + 1}": there[(k + 1) % count],
                f"P_all_beds_full_avg_seg{k + 1}": s[f"full {k}"] / s["cycles"] / (end - start),
            }
        return made

    size = Size(
        warmup=420.0,
        days=20_300.0 if item.id == "mtmc_week" else 3_500.0,
        cooldown=280.0 if item.id == "mtmc_week" else 14.0,
    )
    found = estimate(simulate(ward(most, mean, demand, beds), size, effort.simulate, taken), figures)
    hold(found, item.exact, tolerance(item.exact, effort), item.id)


def arrivals(described: Service, days: float, replications: int) -> list[np.ndarray]:
    """The times at which patients come, one array a replication."""
    return [each.journeys.patients.arrival for each in sent(described, days, replications)]


@pytest.mark.slow
def test_daily_counts_are_poisson_with_a_factor_for_the_day_of_the_week():
    item, weeks = ITEMS["nhpp_counts"], 2_000
    factor = np.array(item.params["factors"])
    described = ward(item.params["mean_per_day"], 1.0, Demand(hour=np.repeat(factor[:, None], 24, axis=1)))
    days = [np.bincount(times.astype(int), minlength=7 * weeks) for times in arrivals(described, 7.0 * weeks, 100)]
    count = np.stack(days).reshape(100, weeks, 7)
    sums = {"weeks": np.full(100, weeks), "zero": (count[..., 0] == 0).sum(1)}
    exact = {"expected_week": item.exact["expected_week"], "P_zero_arrivals_Mon": item.exact["P_zero_arrivals_Mon"]}
    for day in range(7):
        sums |= {f"day {day}": count[..., day].sum(1), f"squared {day}": (count[..., day] ** 2).sum(1)}
        exact |= {f"day {day}": item.exact["expected_by_day"][day], f"variance over mean {day}": 1.0}

    def figures(s: Mapping) -> dict[str, float]:
        mean = [s[f"day {day}"] / s["weeks"] for day in range(7)]
        made = {"expected_week": sum(mean), "P_zero_arrivals_Mon": s["zero"] / s["weeks"]}
        for day in range(7):
            made |= {
                f"day {day}": mean[day],
                f"variance over mean {day}": (s[f"squared {day}"] / s["weeks"] - mean[day] ** 2) / mean[day],
            }
        return made

    # Some 700 of 200,000 Mondays pass without arrivals, an error of 4 %: that share is held by its error alone.
    relative = {name: 0.02 for name in exact if name != "P_zero_arrivals_Mon"}
    hold(estimate(sums, figures), exact, relative, item.id)


@pytest.mark.slow
def test_admissions_of_a_year_are_poisson():
    item, years = ITEMS["poisson_600"], 20_000
    described = ward(item.params["mean"] / 365.25, 1.0, Demand())
    count = np.array([len(times) for times in arrivals(described, 365.25, years)])
    law = stats.poisson(item.params["mean"])
    sums = {"years": np.ones(years), "sum": count, "squared": count.astype(float) ** 2, "below": count < 600}

    def figures(s: Mapping) -> dict[str, float]:
        mean = s["sum"] / s["years"]
        return {"sd": np.sqrt(s["squared"] / s["years"] - mean**2), "P_lt_600": s["below"] / s["years"]}

    hold(estimate(sums, figures), item.exact, 0.02, item.id)
    for name, share in (("p025", 0.025), ("p975", 0.975)):
        exact = item.exact[name]
        assert law.ppf(share) == exact
        found = float(np.quantile(count, share, method="inverted_cdf"))
        error = np.sqrt(share * (1 - share) / years) / law.pmf(exact)
        agree(item.id, name, exact, found, 4 * error, "4 standard errors of a quantile")
