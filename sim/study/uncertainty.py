"""Uncertainty: what is not known of the numbers, told apart from the luck of the simulation, and what it means for the choice.

Every option meets the same draws of the numbers and, draw by draw, the same patients (a single loop: each draw has luck of its own). The
spread over draws is then of the numbers and of luck together; the spread of luck is known from each draw's own replications, and what is
left is of the numbers.

Letters: O options (the baseline is none of them: everything is option less baseline), N draws, B beliefs, M measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .belief import Belief
from .scorecard import BASELINE


class Judged(NamedTuple):
    """A measure that options are judged by."""

    key: str
    label: str
    unit: str
    better: str
    """``lower`` or ``higher``."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """What was found at every draw."""

    beliefs: tuple[Belief, ...]
    options: tuple[str, ...]
    measures: tuple[Judged, ...]
    base: np.ndarray
    """(O, M) with every number as the tables have it."""
    ends: np.ndarray
    """(O, B, 2, M) with one number at the low and at the high end of its interval, the luck that of `base`."""
    settings: np.ndarray
    """(N, B) what was drawn."""
    value: np.ndarray
    """(O, N, M) NaN where a draw made no service that can be, or the measure was not seen."""
    error: np.ndarray
    """(O, N, M) standard error of luck alone; 0 for a measure without luck."""

    def good(self, measure: int) -> np.ndarray:
        """(O, N) a measure turned so that more is better."""
        sign = 1.0 if self.measures[measure].better == "higher" else -1.0
        return sign * self.value[:, :, measure]


def spread_rows(drawn: Drawn) -> list[dict]:
    """One row an option and measure: what the numbers leave open, and what luck does."""
    rows = []
    for o, option in enumerate(drawn.options):
        for m, of in enumerate(drawn.measures):
            value = drawn.value[o, :, m]
            known = np.isfinite(value)
            value, luck = value[known], drawn.error[o, known, m]
            total = value.var(ddof=1) if len(value) > 1 else np.nan
            of_luck = float(np.mean(luck**2)) if len(value) else np.nan
            # Luck is inside each draw's value: taken off, what is left is of the numbers.
            numbers = max(0.0, total - of_luck)
            mean = float(value.mean()) if len(value) else np.nan
            shrink = np.sqrt(numbers / total) if total else 0.0
            low, high = np.percentile(mean + (value - mean) * shrink, (2.5, 97.5)) if len(value) > 1 else (np.nan, np.nan)
            rows.append(
                {
                    "option": option,
                    "measure": of.key,
                    "label": of.label,
                    "unit": of.unit,
                    "better": of.better,
                    "as_tabled": float(drawn.base[o, m]),
                    "mean": mean,
                    "low": float(low),
                    "high": float(high),
                    "sd_of_numbers": float(np.sqrt(numbers)),
                    "standard_error_of_luck": float(np.sqrt(of_luck)),
                    "share_of_luck": float(min(1.0, of_luck / total)) if total else np.nan,
                    "chance_better_than_baseline": float(np.mean(_turned(of, value) > 0)) if len(value) else np.nan,
                    "draws": int(known.sum()),
                }
            )
    return rows


def _turned(of: Judged, value: np.ndarray) -> np.ndarray:
    return value if of.better == "higher" else -value


def tornado_rows(drawn: Drawn) -> list[dict]:
    """One row an option, measure and number, the widest swing first: what one number at a time does, at the ends of its interval."""
    rows = []
    for o, option in enumerate(drawn.options):
        for m, of in enumerate(drawn.measures):
            swing = np.nan_to_num(np.abs(np.diff(drawn.ends[o, :, :, m], axis=1))[:, 0])
            for b in np.argsort(-swing, kind="stable"):
                belief = drawn.beliefs[b]
                at = [float(drawn.ends[o, b, end, m]) for end in (0, 1)]
                rows.append(
                    {
                        "option": option,
                        "measure": of.key,
                        "unit": of.unit,
                        "parameter": belief.name,
                        "parameter_unit": belief.unit,
                        "low": _number_of(belief, belief.low),
                        "value": belief.base,
                        "high": _number_of(belief, belief.high),
                        "at_low": at[0],
                        "as_tabled": float(drawn.base[o, m]),
                        "at_high": at[1],
                        "swing": float(swing[b]),
                        "zero_at": _zero(belief, at[0], float(drawn.base[o, m]), at[1]),
                        "interval": belief.basis,
                    }
                )
    return rows


def _number_of(belief: Belief, setting: float) -> float:
    """The number itself at a setting."""
    return float(setting * belief.base / belief.value) if belief.value else float(setting)


def _zero(belief: Belief, low: float, base: float, high: float) -> float:
    """The number at which option and baseline are alike, by straight lines between the three; NaN where there is none inside."""
    x = [_number_of(belief, each) for each in (belief.low, belief.value, belief.high)]
    for (a, fa), (b, fb) in (((x[1], base), (x[0], low)), ((x[1], base), (x[2], high))):
        if fa and fa * fb <= 0:
            return float(a + (b - a) * fa / (fa - fb))
    return float("nan")


def index_rows(drawn: Drawn) -> list[dict]:
    """One row an option, measure and number: standardised regression, and the first-order share of the variance (SALib's RBD-FAST).

    Both are of the draws that are there, so that they cost nothing. A standardised coefficient squared is a share of the variance as
    far as the measure is linear in the numbers, which ``r_squared`` tells; the first-order index needs no straight lines.
    """
    rows = []
    for o, option in enumerate(drawn.options):
        for m, of in enumerate(drawn.measures):
            value = drawn.value[o, :, m]
            known = np.isfinite(value)
            found = _regression(drawn.settings[known], value[known])
            if found is None:
                continue
            beta, r_squared = found
            first = _first_order(drawn.settings[known], value[known])
            for b in np.argsort(-np.abs(beta), kind="stable"):
                rows.append(
                    {
                        "option": option,
                        "measure": of.key,
                        "parameter": drawn.beliefs[b].name,
                        "standardised_coefficient": float(beta[b]),
                        "share_of_variance": float(beta[b] ** 2),
                        "r_squared": r_squared,
                        "first_order": float(first[b]) if first is not None else np.nan,
                        "draws": int(known.sum()),
                    }
                )
    return rows


def _regression(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float] | None:
    """Standardised coefficients and the share explained, corrected for the number of coefficients; None where there is too little."""
    count, width = x.shape
    if count < width + 3 or y.std() <= 1e-12 * max(1.0, abs(y.mean())):
        return None
    sd = x.std(axis=0)
    scaled = np.where(sd > 0, (x - x.mean(axis=0)) / np.where(sd > 0, sd, 1.0), 0.0)
    z = (y - y.mean()) / y.std()
    beta, *_ = np.linalg.lstsq(scaled, z, rcond=None)
    left = float(np.sum((z - scaled @ beta) ** 2))
    return beta, float(max(0.0, 1 - left / (count - width - 1) * (count - 1) / count))


def _first_order(x: np.ndarray, y: np.ndarray) -> np.ndarray | None:
    """(B,) first-order indices by SALib's RBD-FAST (Plischke 2010); None where draws are too few for it."""
    if len(y) < 100:
        return None
    from SALib.analyze import rbd_fast

    problem = {"num_vars": x.shape[1], "names": [str(b) for b in range(x.shape[1])], "bounds": [[0, 1]] * x.shape[1]}
    found = rbd_fast.analyze(problem, x, y, M=6, num_resamples=2, seed=1)
    return np.clip(np.asarray(found["S1"], dtype=float), 0.0, 1.0)


def best_rows(drawn: Drawn) -> list[dict]:
    """One row a measure and option, the baseline too: how often it is best, and what is lost on average by choosing it."""
    rows = []
    for m, of in enumerate(drawn.measures):
        good = _with_baseline(drawn.good(m))
        known = np.isfinite(good).all(axis=0)
        good = good[:, known]
        if not good.shape[1]:
            continue
        most = good.max(axis=0)
        ties = (good == most).sum(axis=0)
        loss = (most - good).mean(axis=1)
        for o, option in enumerate((BASELINE, *drawn.options)):
            rows.append(
                {
                    "measure": of.key,
                    "label": of.label,
                    "unit": of.unit,
                    "option": option,
                    "chance_best": float(np.mean((good[o] == most) / ties)),
                    "mean": float((1.0 if of.better == "higher" else -1.0) * good[o].mean()),
                    "expected_loss": float(loss[o]),
                    "is_best_on_average": bool(loss[o] == loss.min()),
                    "value_of_knowing_everything": float(loss.min()),
                    "draws": int(known.sum()),
                }
            )
    return rows


def _with_baseline(good: np.ndarray) -> np.ndarray:
    """(1 + O, N): the baseline less itself is 0."""
    return np.concatenate([np.zeros((1, good.shape[1])), good])


def knowing_rows(drawn: Drawn) -> list[dict]:
    """One row a measure and number: what knowing it for certain would bring to the choice, on average.

    The partial value of information by regression of each option on the number (Strong, Oakley and Brennan 2014, Medical Decision
    Making 34:311, doi 10.1177/0272989X13505910), here on a cubic; 0 where it would never change the choice.
    """
    rows = []
    for m, of in enumerate(drawn.measures):
        good = _with_baseline(drawn.good(m))
        known = np.isfinite(good).all(axis=0)
        good = good[:, known]
        if good.shape[1] < 30:
            continue
        everything = float(good.max(axis=0).mean() - good.mean(axis=1).max())
        worth = []
        for b in range(len(drawn.beliefs)):
            fitted = np.stack([_cubic(drawn.settings[known, b], each) for each in good])
            worth.append(max(0.0, float(fitted.max(axis=0).mean() - fitted.mean(axis=1).max())))
        for b in np.argsort(-np.array(worth), kind="stable"):
            rows.append(
                {
                    "measure": of.key,
                    "unit": of.unit,
                    "parameter": drawn.beliefs[b].name,
                    "value_of_knowing_it": min(worth[b], everything),
                    "value_of_knowing_everything": everything,
                }
            )
    return rows


def _cubic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    if x.std() == 0 or y.std() == 0:
        return np.full(len(y), y.mean())
    z = (x - x.mean()) / x.std()
    design = np.stack([z**power for power in range(4)], axis=1)
    return design @ np.linalg.lstsq(design, y, rcond=None)[0]


def threshold_rows(drawn: Drawn) -> list[dict]:
    """One row a measure and number, where within its interval another option becomes best: the number nearest to the tabled one.

    Between the low end, the value of the table and the high end lines are straight.
    """
    rows = []
    names = (BASELINE, *drawn.options)
    for m, of in enumerate(drawn.measures):
        sign = 1.0 if of.better == "higher" else -1.0
        base = sign * np.concatenate([[0.0], drawn.base[:, m]])
        if not np.isfinite(base).all():
            continue
        best = int(np.argmax(base))
        for b, belief in enumerate(drawn.beliefs):
            found = []
            for end, at in ((0, belief.low), (1, belief.high)):
                value = sign * np.concatenate([[0.0], drawn.ends[:, b, end, m]])
                found += _crossings(base, value, best, _number_of(belief, belief.value), _number_of(belief, at))
            if found:
                number, other = min(found, key=lambda each: abs(each[0] - belief.base))
                rows.append(
                    {
                        "measure": of.key,
                        "best_as_tabled": names[best],
                        "parameter": belief.name,
                        "value": belief.base,
                        "unit": belief.unit,
                        "stops_at": number,
                        "then_best": names[other],
                    }
                )
    return rows


def _crossings(base: np.ndarray, end: np.ndarray, best: int, start: float, stop: float) -> list[tuple[float, int]]:
    """(number, option) where another option first overtakes the best one on the way from start to stop."""
    found = []
    for other in range(len(base)):
        lead, then = base[best] - base[other], end[best] - end[other]
        if other != best and np.isfinite(then) and lead > 0 > then:
            found.append((float(start + (stop - start) * lead / (lead - then)), other))
    return sorted(found, key=lambda each: abs(each[0] - start))[:1]


COST, EFFECT = "cost_last_year", "qalys_time_with_volume"
"""The measures that the curve of acceptability is of: running cost of the last plan year, and QALYs a year."""


def acceptability_rows(drawn: Drawn, thresholds: Sequence[float] = tuple(range(0, 105_000, 5_000))) -> list[dict]:
    """One row a value of a QALY and option: how often the option has the greatest net benefit; none where cost or QALYs are not judged.

    Net benefit is QALYs a year times the value of one, less the running cost of the last plan year; cost in GBP million.
    """
    keys = [of.key for of in drawn.measures]
    if COST not in keys or EFFECT not in keys:
        return []
    cost, effect = (drawn.value[:, :, keys.index(key)] for key in (COST, EFFECT))
    rows = []
    for worth in thresholds:
        net = _with_baseline(worth * effect - 1e6 * cost)
        net = net[:, np.isfinite(net).all(axis=0)]
        if not net.shape[1]:
            return []
        best = net == net.max(axis=0)
        on_average = int(np.argmax(net.mean(axis=1)))
        for o, option in enumerate((BASELINE, *drawn.options)):
            rows.append(
                {
                    "gbp_per_qaly": float(worth),
                    "option": option,
                    "chance_best": float(np.mean(best[o] / best.sum(axis=0))),
                    "mean_net_benefit_gbp": float(net[o].mean()),
                    "is_best_on_average": o == on_average,
                }
            )
    return rows


def draw_rows(drawn: Drawn) -> list[dict]:
    """One row a draw: the numbers drawn, and every measure of every option."""
    rows = []
    for n in range(len(drawn.settings)):
        row = {"draw": n + 1}
        row |= {each.name: _number_of(each, drawn.settings[n, b]) for b, each in enumerate(drawn.beliefs)}
        for o, option in enumerate(drawn.options):
            row |= {f"{option}: {of.key}": float(drawn.value[o, n, m]) for m, of in enumerate(drawn.measures)}
        rows.append(row)
    return rows


def belief_rows(beliefs: Sequence[Belief]) -> list[dict]:
    """One row a number: its law, and the columns that it is from."""
    return [
        {
            "parameter": each.name,
            "unit": each.unit,
            "law": each.law,
            "value": each.base,
            "low": _number_of(each, each.low),
            "high": _number_of(each, each.high),
            "from": each.basis,
            "assumed": each.is_assumed,
            "setting": each.setting,
        }
        for each in beliefs
    ]


def saltelli_shares(beliefs: int, count: int, seed: int) -> np.ndarray:
    """(count x (beliefs + 2), beliefs) points of the unit cube for variance-based indices (SALib's Sobol' sample, Saltelli 2002)."""
    from SALib.sample import sobol

    return sobol.sample(_cube(beliefs), count, calc_second_order=False, seed=seed)


def saltelli_rows(drawn: Drawn, value: np.ndarray) -> list[dict]:
    """One row an option, measure and number: first-order and total indices with 95 % intervals.

    Parameters
    ----------
    drawn
        For its names.
    value
        (O, points, M) at the points of `saltelli_shares`, in their order.
    """
    from SALib.analyze import sobol

    rows = []
    for o, option in enumerate(drawn.options):
        for m, of in enumerate(drawn.measures):
            y = value[o, :, m]
            if not np.isfinite(y).all() or y.std() <= 1e-12 * max(1.0, abs(y.mean())):
                continue
            found = sobol.analyze(_cube(len(drawn.beliefs)), (y - y.mean()) / y.std(), calc_second_order=False, seed=1)
            for b in np.argsort(-found["ST"], kind="stable"):
                rows.append(
                    {
                        "option": option,
                        "measure": of.key,
                        "parameter": drawn.beliefs[b].name,
                        "first_order": float(found["S1"][b]),
                        "first_order_half_width": float(found["S1_conf"][b]),
                        "total": float(found["ST"][b]),
                        "total_half_width": float(found["ST_conf"][b]),
                    }
                )
    return rows


def _cube(width: int) -> dict:
    return {"num_vars": width, "names": [f"x{b}" for b in range(width)], "bounds": [[0.0, 1.0]] * width}
