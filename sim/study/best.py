"""The best option, draw by draw: how often each is it, what is lost by choosing it, and what more knowledge would bring to the choice.

The greatest of several values with luck in them is too great on average, and so would be all that is made of it. So luck is taken off
first (`noise`): the draws of all options together are drawn in until they spread as the numbers alone make them; where the spread is
not more than that of luck, they have their means and nothing else.

Letters: K the baseline and the options, O options, N draws, B beliefs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .noise import chance_of_noise, jackknife, kept, mean_noise
from .scorecard import BASELINE
from .uncertainty import LEVEL, Alone, Drawn, Judged, alone, mean_with_limits

CUBIC = 3
"""The degree of the curve by which an option follows a number."""

FEWEST = 27
"""Draws under which no curve is laid through them: of 30, a jackknife leaves that many."""


@dataclass(frozen=True, eq=False)
class Choice:
    """The baseline and the options beside each other by one measure, in the draws in which all are known."""

    of: Judged
    names: tuple[str, ...]
    """(K,) the baseline first."""
    good: np.ndarray
    """(K, N) more is better, luck in it: option less baseline, 0 for the baseline; minus infinity without limit. Where the baseline is
    without limit, the options themselves: draws are compared within themselves alone."""
    mean: np.ndarray
    """(K,) of option less baseline, as `uncertainty.spread_rows` has it."""
    luck: np.ndarray
    """(N, O, O) covariance of luck in the options less baseline."""
    freedom: np.ndarray
    """(N,)"""
    settings: np.ndarray
    """(N, B)"""
    not_known: np.ndarray
    """(K,) how many draws are not known."""
    unlimited: np.ndarray
    """(K,) in how many of the N it is without limit."""

    @property
    def is_finite(self) -> np.ndarray:
        """(N,) bool: draws in which nothing is without limit."""
        return np.isfinite(self.good).all(axis=0)

    def luck_in(self, draws: np.ndarray) -> tuple[np.ndarray, float]:
        """(O, O) mean covariance of luck in some draws, and its degrees of freedom."""
        return mean_noise(self.luck[draws], self.freedom[draws])

    def without_luck(self, draws: np.ndarray, is_beyond: bool = True) -> np.ndarray:
        """(K, draws) `good` without luck in some draws; NaN where luck is not known. Draws with no limit stay as they are."""
        good = self.good[:, draws].copy()
        finite = np.isfinite(good).all(axis=0)
        if finite.sum() < 2:
            return good
        luck, _ = self.luck_in(draws[finite])
        value = good[1:, finite]
        if luck.any():  # NaN too
            middle = value.mean(axis=1, keepdims=True)
            map_in = np.full(luck.shape, np.nan) if np.isnan(luck).any() else kept(np.atleast_2d(np.cov(value)), luck) * is_beyond
            good[1:, finite] = middle + map_in @ (value - middle)
        return good

    def apart(self, one: int, other: int) -> Alone:
        """One of the K less another."""
        finite = np.flatnonzero(self.is_finite)
        luck, freedom = self.luck_in(finite)
        beside = np.pad(luck, ((1, 0), (1, 0)))
        own = beside[one, one] + beside[other, other] - 2 * beside[one, other]
        return alone(self.good[one, finite] - self.good[other, finite], np.atleast_2d(own), freedom)


@lru_cache(maxsize=64)
def choice_of(drawn: Drawn, measure: int) -> Choice:
    """The choice by one measure."""
    of, known = drawn.measures[measure], drawn.is_known(measure)
    sign, together = (1.0 if of.better == "higher" else -1.0), known.all(axis=0)
    level, value = sign * drawn.level[:, together, measure], sign * drawn.value[:, together, measure]
    beside = np.concatenate([np.zeros((1, value.shape[1])), value])
    unlimited = np.isinf(level)
    beside = np.where(unlimited, level, np.where(unlimited[0], level, beside))
    each = [mean_with_limits(drawn.value[o, known[o], measure]) for o in range(len(drawn.options))]
    return Choice(
        of,
        (BASELINE, *drawn.options),
        beside,
        np.array([0.0, *each]),
        drawn.luck[together, measure],
        drawn.freedom[together, measure],
        drawn.settings[together],
        np.array([np.isnan(drawn.level[k, :, measure]).sum() for k in range(len(drawn.options) + 1)]),
        unlimited.sum(axis=1),
    )


def _standing(good: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(K,) how often each is best, ties shared, and what is lost on average by choosing it: infinite where it is without limit in a draw
    and another is not, NaN where all are."""
    if not good.shape[1] or np.isnan(good).any():
        return np.full((2, len(good)), np.nan)
    most = good.max(axis=0)
    finite = np.abs(good[np.isfinite(good)])
    dust = 1e-9 * finite.max() if len(finite) else 0.0  # the same but for what sums keep
    with np.errstate(invalid="ignore"):
        first = good >= most - dust
        loss = (most - good).mean(axis=1)
    return (first / first.sum(axis=0)).mean(axis=1), np.where(loss <= dust, 0.0, loss)


def _least(loss: np.ndarray) -> float:
    """The loss of the best choice; NaN where every choice is without limit in some draw."""
    return float(loss.min()) if np.isfinite(loss).any() and not np.isnan(loss).any() else float("nan")


@dataclass(frozen=True, eq=False)
class Knowing:
    """What more knowledge would bring to a choice."""

    chance: np.ndarray
    """(K,) of being best."""
    chance_error: np.ndarray
    loss: np.ndarray
    """(K,)"""
    loss_error: np.ndarray
    everything: float
    """What knowing every number for certain would bring; NaN where not known."""
    everything_error: float
    one: np.ndarray
    """(B,) what knowing one number would bring."""
    one_error: np.ndarray
    one_chance: np.ndarray
    """(B,) how often a number that does nothing would seem to do so much."""
    is_beyond: bool | None
    """Whether the draws spread more than luck makes them; None where luck is not known."""


@lru_cache(maxsize=64)
def knowing(choice: Choice) -> Knowing:
    """What more knowledge would bring to a choice, and the standard error of all of it (`noise.jackknife`).

    Notes
    -----
    Of everything: the mean of the greatest less the greatest of the means. Of one number: the same of the curves by which the options
    follow it (Strong, Oakley and Brennan 2014, Medical Decision Making 34:311, doi 10.1177/0272989X13505910), here cubics. A curve
    through noise follows the noise too, so that its spread is set against that of what it leaves, as the spread over draws is set
    against that of luck: what noise alone would give is taken off, and where noise alone gives as much in more than one case of twenty,
    knowing the number brings nothing that can be seen.
    """
    every = np.arange(choice.good.shape[1])
    one, one_chance = _of_one_number(choice, every)
    is_beyond = _is_beyond(choice)
    chance, loss = _standing(choice.without_luck(every, bool(is_beyond)))
    if is_beyond is None:
        chance, loss = np.full((2, len(choice.names)), np.nan)

    def again(draws: np.ndarray) -> np.ndarray:
        found = _standing(choice.without_luck(draws))
        return np.concatenate([*found, [_least(found[1])], _of_one_number(choice, draws)[0]])

    with np.errstate(invalid="ignore"):
        error = jackknife(again, len(every))
    wide, everything = len(choice.names), _least(loss)
    one = np.where(one_chance < LEVEL, one, 0.0 * one)
    return Knowing(
        *(chance, error[:wide], loss, error[wide : 2 * wide], everything, float(error[2 * wide])),
        *(np.minimum(one, everything) if everything == everything else one, error[2 * wide + 1 :], one_chance, is_beyond),
    )


def _is_beyond(choice: Choice) -> bool | None:
    """Whether the draws spread more than luck makes them; None where luck is not known."""
    finite = np.flatnonzero(choice.is_finite)
    luck, freedom = choice.luck_in(finite)
    if len(finite) < 2 and len(choice.is_finite):
        return True  # what is without limit and what is not are told apart
    if np.isnan(luck).any():
        return None
    total = np.atleast_2d(np.cov(choice.good[1:, finite]))
    return not luck.any() or chance_of_noise(_beside(total), _beside(luck), (len(finite) - 1, freedom)) < LEVEL


def _beside(of: np.ndarray) -> np.ndarray:
    """(K, K) of options less baseline, with the baseline's own zeros."""
    return np.pad(of, ((1, 0), (1, 0)))


def _of_one_number(choice: Choice, draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(B,) what knowing each number would bring, and how often noise alone would seem to bring it; NaN where a draw has no limit."""
    value, wide = choice.good[1:, draws], choice.settings.shape[1]
    if len(draws) < FEWEST or not np.isfinite(value).all():
        return np.full(wide, np.nan), np.full(wide, np.nan)
    found = [_of_curve(value, choice.settings[draws, b]) for b in range(wide)]
    return np.array([each[0] for each in found]), np.array([each[1] for each in found])


def _of_curve(value: np.ndarray, x: np.ndarray) -> tuple[float, float]:
    """What knowing one number (N,) would bring to the choice between values (O, N) and 0, and how often noise alone would seem to."""
    count, middle = value.shape[1], value.mean(axis=1, keepdims=True)
    spread = x.std()
    if spread <= 1e-12 * max(1.0, float(np.abs(x).max())):
        return 0.0, 1.0
    powers = np.stack([((x - x.mean()) / spread) ** power for power in range(CUBIC + 1)], axis=1)
    axis = np.linalg.qr(powers)[0][:, 1:]
    away = value - middle
    along = away @ axis
    left = away - along @ axis.T
    freedom = CUBIC, count - 1 - CUBIC
    seen, noise = along @ along.T / freedom[0], left @ left.T / freedom[1]
    good = np.concatenate([np.zeros((1, count)), middle + kept(seen, noise) @ along @ axis.T])
    worth = float(good.max(axis=0).mean() - good.mean(axis=1).max())
    dust = 1e-12 * float(np.abs(value).max())
    return (worth if worth > dust else 0.0), chance_of_noise(_beside(seen), _beside(noise), freedom)


def best_rows(drawn: Drawn) -> list[dict]:
    """One row a measure and option, the baseline too: how often it is best, and what is lost on average by choosing it.

    Between options that the draws do not tell apart beyond luck the chances are not known: empty, and ``told_apart`` says no.
    """
    rows = []
    for m in range(len(drawn.measures)):
        choice = choice_of(drawn, m)
        found = knowing(choice)
        told, share = _told(choice, found)
        for k, name in enumerate(choice.names):
            rows.append(
                {
                    "measure": choice.of.key,
                    "label": choice.of.label,
                    "unit": choice.of.unit,
                    "option": name,
                    "chance_best": float(found.chance[k]) if told[k] else np.nan,
                    "chance_best_error": float(found.chance_error[k]) if told[k] else np.nan,
                    "mean": float(choice.mean[k]),
                    "expected_loss": float(found.loss[k]),
                    "expected_loss_error": float(found.loss_error[k]),
                    "is_best_on_average": bool(found.loss[k] == found.everything),
                    "told_apart": told[k],
                    "share_of_luck": share[k],
                    "value_of_knowing_everything": found.everything,
                    "value_of_knowing_everything_error": found.everything_error,
                    "beyond_luck": found.is_beyond,
                    "draws": choice.good.shape[1],
                    "draws_not_known": int(choice.not_known[k]),
                    "draws_without_limit": int(choice.unlimited[k]),
                }
            )
    return rows


def _told(choice: Choice, found: Knowing) -> tuple[list[bool | None], list[float]]:
    """(K,) whether each is told apart from the best on average beyond luck - the best, from all - and the share of luck in that."""
    wide = len(choice.names)
    if not (found.loss == found.everything).any():
        is_known = found.is_beyond is not None and not np.isnan(found.chance).any()
        return [is_known or None] * wide, [np.nan] * wide
    best = int(np.argmin(found.loss))
    told: list[bool | None] = [True] * wide
    share = [np.nan] * wide
    for k in range(wide):
        if k == best:
            continue
        pair = choice.apart(best, k)
        share[k] = float(np.minimum(1.0, pair.luck / pair.total)) if pair.total > 0 else 0.0 if pair.total == 0 else np.nan
        told[k] = bool(pair.is_apart or (pair.is_beyond and found.is_beyond) or choice.unlimited[k] != choice.unlimited[best])
    told[best] = all(told)
    share[best] = float(np.nanmax(share)) if not np.isnan(share).all() else np.nan
    return told, share


def knowing_rows(drawn: Drawn) -> list[dict]:
    """One row a measure and number: what knowing it for certain would bring to the choice, on average; see `knowing`.

    None for fewer than 30 draws.
    """
    rows = []
    for m in range(len(drawn.measures)):
        choice = choice_of(drawn, m)
        found = knowing(choice)
        if choice.good.shape[1] < FEWEST / 0.9:
            continue
        for b in np.argsort(-np.nan_to_num(found.one, nan=-1.0), kind="stable"):
            rows.append(
                {
                    "measure": choice.of.key,
                    "unit": choice.of.unit,
                    "parameter": drawn.beliefs[b].name,
                    "value_of_knowing_it": float(found.one[b]),
                    "value_of_knowing_it_error": float(found.one_error[b]),
                    "chance_of_noise": float(found.one_chance[b]),
                    "value_of_knowing_everything": found.everything,
                    "value_of_knowing_everything_error": found.everything_error,
                    "beyond_luck": found.is_beyond,
                    "draws": choice.good.shape[1],
                    "draws_without_limit": int((~choice.is_finite).sum()),
                }
            )
    return rows


COST, EFFECT = "cost_last_year", "qalys_time_with_volume"
"""The measures that the curve of acceptability is of: running cost of the last plan year, and QALYs a year. Neither has luck in it."""


def acceptability_rows(drawn: Drawn, thresholds: Sequence[float] = tuple(range(0, 105_000, 5_000))) -> list[dict]:
    """One row a value of a QALY and option: how often the option has the greatest net benefit; none where cost or QALYs are not judged.

    Net benefit is QALYs a year times the value of one, less the running cost of the last plan year; cost in GBP million. Both are
    expected values, without luck; the standard error of a chance is that of so many draws.
    """
    keys = [of.key for of in drawn.measures]
    if COST not in keys or EFFECT not in keys:
        return []
    cost, effect = (drawn.value[:, :, keys.index(key)] for key in (COST, EFFECT))
    rows = []
    for worth in thresholds:
        net = worth * effect - 1e6 * cost
        net = np.concatenate([np.zeros((1, net.shape[1])), net])[:, ~np.isnan(net).any(axis=0)]
        if not net.shape[1]:
            return []
        chance, _ = _standing(net)
        on_average = int(np.argmax(net.mean(axis=1)))
        for k, option in enumerate((BASELINE, *drawn.options)):
            rows.append(
                {
                    "gbp_per_qaly": float(worth),
                    "option": option,
                    "chance_best": float(chance[k]),
                    "chance_best_error": float(np.sqrt(chance[k] * (1 - chance[k]) / net.shape[1])),
                    "mean_net_benefit_gbp": float(net[k].mean()),
                    "is_best_on_average": k == on_average,
                    "draws": net.shape[1],
                }
            )
    return rows
