"""Uncertainty: what is not known of the numbers, told apart from the luck of the simulation.

Every option meets the same draws of the numbers and, draw by draw, the same patients (a single loop: each draw has luck of its own). The
spread over draws is then of the numbers and of luck together; the spread of luck is known from each draw's own replications, and what is
left is of the numbers (`noise`). What it means for the choice is in `best`.

A wait that grows without limit is infinite, never left out: where a draw has one, there is no mean and no interval over the draws that is
a number. Only a draw that is not known - it made no service that can be, or the measure was not seen - is left out, and counted.

Letters: O options (the baseline is none of them: everything is option less baseline), N draws, B beliefs, M measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .belief import Belief
from .noise import chance_of_noise, kept, mean_noise
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
    ends_luck: np.ndarray
    """(O, B, M, 3, 3) covariance of the luck at the low end, as tabled and at the high end; 0 without luck, NaN where not known."""
    replications: int
    """Of each point."""
    settings: np.ndarray
    """(N, B) what was drawn."""
    value: np.ndarray
    """(O, N, M) option less baseline: infinite where one of them is without limit; NaN where both are, or where it is not known."""
    level: np.ndarray
    """(1 + O, N, M) the baseline and each option themselves: infinite without limit, NaN only where not known."""
    luck: np.ndarray
    """(N, M, O, O) covariance of the luck in `value`; 0 for a measure without luck, NaN where it is not known."""
    freedom: np.ndarray
    """(N, M) the degrees of freedom that it was found with."""

    def unlimited(self, measure: int) -> np.ndarray:
        """(1 + O, N) bool: where the baseline or an option is without limit."""
        return np.isinf(self.level[:, :, measure])

    def is_known(self, measure: int) -> np.ndarray:
        """(O, N) bool: where option and baseline are known, if only as without limit."""
        level = self.level[:, :, measure]
        return ~np.isnan(level[0]) & ~np.isnan(level[1:])

    def luck_of(self, measure: int, draws: np.ndarray) -> tuple[np.ndarray, float]:
        """(O, O) mean covariance of luck over some draws (N, bool), and its degrees of freedom; NaN where it is known of none."""
        return mean_noise(self.luck[draws, measure], self.freedom[draws, measure])


LEVEL = 0.05
"""How often luck alone may pass for more than luck."""


class Alone(NamedTuple):
    """An option less the baseline over the draws in which both are finite: the numbers without luck."""

    mean: float
    total: float
    """Variance over draws, of numbers and luck."""
    luck: float
    """Variance of luck; NaN where it is not known."""
    kept: float
    """By how much deviations from the mean are drawn in."""
    is_beyond: bool | None
    """Whether the spread is more than that of luck; None where nobody can say."""
    is_apart: bool
    """Whether they differ on average by more than the mean may be off, or nothing moves them at all."""

    @property
    def is_told(self) -> bool:
        """Whether the draws tell them apart: by their mean, or because they spread more than luck makes them."""
        return self.is_apart or bool(self.is_beyond)


def alone(value: np.ndarray, luck: np.ndarray, freedom: float) -> Alone:
    """What is left of values (N,) when luck is taken off; ``luck`` (1, 1) is its variance."""
    count, mean = len(value), float(value.mean()) if len(value) else np.nan
    if count < 2:
        return Alone(mean, np.nan, float(luck[0, 0]), 1.0, None, count == 1)
    total = np.atleast_2d(value.var(ddof=1))
    chance = _chance(total, luck, (count - 1, freedom))
    is_beyond = None if np.isnan(chance) else bool(chance < LEVEL)
    part = float(kept(total, luck)[0, 0]) if np.isfinite(luck).all() else np.nan
    is_apart = bool(total[0, 0] == 0 or not is_within_error(mean, float(total[0, 0]), count))
    return Alone(mean, float(total[0, 0]), float(luck[0, 0]), 1.0 if luck[0, 0] == 0 else part, is_beyond, is_apart)


def _chance(total: np.ndarray, luck: np.ndarray, freedom: tuple[float, float]) -> float:
    """The chance that luck alone spreads one difference so far."""
    beside = [np.pad(of, ((1, 0), (1, 0))) for of in (total, luck)]
    return chance_of_noise(*beside, freedom)


def is_within_error(mean: float, variance: float, count: int) -> bool:
    """Whether 0 lies in the 95 % interval of the mean of so many draws."""
    from scipy.special import stdtrit

    return bool(abs(mean) <= stdtrit(count - 1, 0.975) * np.sqrt(variance / count))


def mean_with_limits(value: np.ndarray) -> float:
    """The mean; infinite where some are without limit one way, NaN where some are not known or without limit both ways."""
    with np.errstate(invalid="ignore"):
        return float(value.mean()) if len(value) else float("nan")


def _ends(value: np.ndarray) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile; NaN where some value is not known."""
    if len(value) < 2 or np.isnan(value).any():
        return float("nan"), float("nan")
    # Between a number and what is without limit nothing can be interpolated.
    how = ("linear", "linear") if np.isfinite(value).all() else ("lower", "higher")
    return float(np.percentile(value, 2.5, method=how[0])), float(np.percentile(value, 97.5, method=how[1]))


def spread_rows(drawn: Drawn) -> list[dict]:
    """One row an option and measure: what the numbers leave open, and what luck does."""
    return [_spread_row(drawn, o, m) for o in range(len(drawn.options)) for m in range(len(drawn.measures))]


def _spread_row(drawn: Drawn, o: int, m: int) -> dict:
    of, known, whole = drawn.measures[m], drawn.is_known(m)[o], drawn.value[o, :, m]
    finite, value, unlimited = np.isfinite(whole), whole[known], drawn.unlimited(m)[:, known]
    luck, freedom = drawn.luck_of(m, finite)
    numbers = alone(whole[finite], luck[o : o + 1, o : o + 1], freedom)
    both = unlimited[0] & unlimited[1 + o]
    # Drawn in where it is finite; what is without limit stays so, beyond all else.
    with np.errstate(invalid="ignore"):
        told = np.where(np.isfinite(value), numbers.mean + (value - numbers.mean) * numbers.kept, value)
    is_finite = bool(len(value)) and bool(np.isfinite(value).all())
    is_open = not len(value) or bool(np.isnan(told[~both]).any()) or (is_finite and not numbers.is_told)
    low, high = _ends(told)
    return {
        "option": drawn.options[o],
        "measure": of.key,
        "label": of.label,
        "unit": of.unit,
        "better": of.better,
        "as_tabled": float(drawn.base[o, m]),
        "as_tabled_error_of_luck": float(np.sqrt(drawn.ends_luck[o, 0, m, 1, 1])) if np.isfinite(drawn.base[o, m]) else np.nan,
        "mean": mean_with_limits(value),
        "standard_error_of_mean": float(np.sqrt(numbers.total / len(value))) if is_finite else np.nan,
        "low": low,
        "high": high,
        "sd_of_numbers": float(np.sqrt(numbers.total) * numbers.kept) if is_finite else np.nan,
        "standard_error_of_luck": float(np.sqrt(numbers.luck)) if is_finite else np.nan,
        "share_of_luck": float(np.minimum(1.0, numbers.luck / numbers.total)) if is_finite and numbers.total else np.nan,
        "beyond_luck": numbers.is_beyond if is_finite else None,
        "chance_better_than_baseline": np.nan if is_open else float(np.mean(_turned(of, told) > 0)),
        "chance_same_as_baseline": np.nan if is_open else float(np.mean((told == 0) | both)),
        "draws": int(known.sum()),
        "draws_not_known": int((~known).sum()),
        "draws_without_limit": int(unlimited[1 + o].sum()),
        "draws_baseline_without_limit": int(unlimited[0].sum()),
    }


def _turned(of: Judged, value: np.ndarray) -> np.ndarray:
    return value if of.better == "higher" else -value


def tornado_rows(drawn: Drawn) -> list[dict]:
    """One row an option, measure and number, the widest swing first: what one number at a time does, at the ends of its interval.

    A swing is from the least to the most of three: at the low end, as tabled, at the high end. All three have the same luck, so that
    its error is that of a paired difference; within it a swing may be luck alone.
    """
    rows = []
    for o, option in enumerate(drawn.options):
        for m, of in enumerate(drawn.measures):
            swings = [_swing(drawn, o, b, m) for b in range(len(drawn.beliefs))]
            for b in sorted(range(len(swings)), key=lambda b: -np.nan_to_num(swings[b][0], nan=-1.0, posinf=np.inf)):
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
                        "swing": swings[b][0],
                        "error_of_luck": swings[b][1],
                        "beyond_luck": swings[b][2],
                        "zero_at": _zero(belief, at[0], float(drawn.base[o, m]), at[1]),
                        "interval": belief.basis,
                    }
                )
    return rows


def _swing(drawn: Drawn, o: int, b: int, m: int) -> tuple[float, float, bool | None]:
    """The swing, the standard error of luck in it, and whether it is more than that; None where nobody can say."""
    from scipy.special import stdtrit

    at = np.array([drawn.ends[o, b, 0, m], drawn.base[o, m], drawn.ends[o, b, 1, m]])
    if np.isnan(at).any():
        return np.nan, np.nan, None
    least, most = int(at.argmin()), int(at.argmax())
    swing = 0.0 if at[least] == at[most] else float(at[most] - at[least])
    luck = drawn.ends_luck[o, b, m]
    error = float(np.sqrt(max(0.0, luck[least, least] + luck[most, most] - 2 * luck[least, most]))) if np.isfinite(luck).all() else np.nan
    if not np.isfinite(swing) or np.isnan(error):
        return swing, np.nan, True if np.isinf(swing) else None
    return swing, error, bool(swing > 0 and (error == 0 or swing > stdtrit(drawn.replications - 1, 0.975) * error))


def _number_of(belief: Belief, setting: float) -> float:
    """The number itself at a setting."""
    return float(setting * belief.base / belief.value) if belief.value else float(setting)


def _zero(belief: Belief, low: float, base: float, high: float) -> float:
    """The number at which option and baseline are alike, by straight lines between the three; NaN where there is none inside."""
    x = [_number_of(belief, each) for each in (belief.low, belief.value, belief.high)]
    for (a, fa), (b, fb) in (((x[1], base), (x[0], low)), ((x[1], base), (x[2], high))):
        if fa and np.isfinite([fa, fb]).all() and fa * fb <= 0:
            return float(a + (b - a) * fa / (fa - fb))
    return float("nan")


def index_rows(drawn: Drawn) -> list[dict]:
    """One row an option, measure and number: standardised regression, and the first-order share of the variance (SALib's RBD-FAST).

    Both are of the draws that are there, so that they cost nothing. A standardised coefficient squared is a share of the variance as
    far as the measure is linear in the numbers, which ``r_squared`` tells; the first-order index needs no straight lines. The variance
    is that of numbers and luck, of which luck has its share (`spread_rows`). None where a draw is without limit.
    """
    rows = []
    for o, option in enumerate(drawn.options):
        for m, of in enumerate(drawn.measures):
            value, known = drawn.value[o, :, m], drawn.is_known(m)[o]
            found = _regression(drawn.settings[known], value[known]) if np.isfinite(value[known]).all() else None
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


def threshold_rows(drawn: Drawn) -> list[dict]:
    """One row a measure and number, where within its interval another option becomes best: the number nearest to the tabled one.

    Between the low end, the value of the table and the high end lines are straight; where an option comes to be without limit on the
    way, it stops being best at a number that is not known. Luck is in all three alike.
    """
    rows = []
    names = (BASELINE, *drawn.options)
    for m, of in enumerate(drawn.measures):
        sign = 1.0 if of.better == "higher" else -1.0
        base = sign * np.concatenate([[0.0], drawn.base[:, m]])
        if np.isnan(base).any() or np.isinf(base).all() or base.max() == np.inf:
            continue
        best = int(np.argmax(base))
        for b, belief in enumerate(drawn.beliefs):
            found = []
            for end, at in ((0, belief.low), (1, belief.high)):
                value = sign * np.concatenate([[0.0], drawn.ends[:, b, end, m]])
                found += _crossings(base, value, best, _number_of(belief, belief.value), _number_of(belief, at))
            if found:
                number, other = min(found, key=lambda each: np.nan_to_num(abs(each[0] - belief.base), nan=np.inf))
                rows.append(
                    {
                        "measure": of.key,
                        "best_as_tabled": names[best],
                        "parameter": belief.name,
                        "value": belief.base,
                        "unit": belief.unit,
                        "low": _number_of(belief, belief.low),
                        "high": _number_of(belief, belief.high),
                        "stops_at": number,
                        "then_best": names[other],
                    }
                )
    return rows


def _crossings(base: np.ndarray, end: np.ndarray, best: int, start: float, stop: float) -> list[tuple[float, int]]:
    """(number, option) where another option first overtakes the best one on the way from start to stop; NaN where that is not known."""
    found = []
    for other in range(len(base)):
        if other == best or np.isnan(end[[best, other]]).any() or np.isinf(end[[best, other]]).all():
            continue
        lead, then = base[best] - base[other], end[best] - end[other]
        if lead > 0 > then:
            part = lead / (lead - then) if np.isfinite(lead) and np.isfinite(then) else np.nan
            found.append((float(start + (stop - start) * part), other))
    return sorted(found, key=lambda each: np.nan_to_num(abs(each[0] - start), nan=np.inf))[:1]


def draw_rows(drawn: Drawn) -> list[dict]:
    """One row a draw: the numbers drawn, and every measure of every option: less the baseline, and the baseline and the option alone."""
    rows = []
    for n in range(len(drawn.settings)):
        row = {"draw": n + 1}
        row |= {each.name: _number_of(each, drawn.settings[n, b]) for b, each in enumerate(drawn.beliefs)}
        for o, option in enumerate(drawn.options):
            row |= {f"{option}: {of.key}": float(drawn.value[o, n, m]) for m, of in enumerate(drawn.measures)}
        for k, name in enumerate((BASELINE, *drawn.options)):
            row |= {f"{name} alone: {of.key}": float(drawn.level[k, n, m]) for m, of in enumerate(drawn.measures)}
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
    """One row an option, measure and number: first-order and total indices with 95 % intervals; where there are none, one that says why.

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
            gone = int((~np.isfinite(y)).sum())
            why = f"{gone} of {len(y)} points have no number, and none can be spared" if gone else ""
            why = why or ("the same at every point" if y.std() <= 1e-12 * max(1.0, abs(y.mean())) else "")
            if why:
                rows.append({**dict.fromkeys(_INDICES), "option": option, "measure": of.key, "why_not": why})
                continue
            found = sobol.analyze(_cube(len(drawn.beliefs)), (y - y.mean()) / y.std(), calc_second_order=False, seed=1)
            for b in np.argsort(-found["ST"], kind="stable"):
                rows.append(
                    {
                        **dict.fromkeys(_INDICES),
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


_INDICES = ("option", "measure", "parameter", "first_order", "first_order_half_width", "total", "total_half_width", "why_not")


def _cube(width: int) -> dict:
    return {"num_vars": width, "names": [f"x{b}" for b in range(width)], "bounds": [[0.0, 1.0]] * width}
