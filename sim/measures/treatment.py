"""Treatment in time: how soon patients are treated under a map of open units, and what becomes of them. No simulation.

The benefit runs from onset to the needle or the puncture, and so from arrival at a hospital, never from a bed. Who is eligible
does not change with the map: the same patients are treated, sooner or later; those of them who can reach no hospital go without.

Expectations over areas, exact for the allocation in force (the value of a moment is read off a table of half minutes, in a
straight line). Letters: N parts of areas with one way to treatment, U units, D draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from ..cohort.stream import stream
from ..journeys.expected import Node, ways
from ..service.benefit import Benefit
from ..service.service import Parameter, Service
from .load import Load
from .rankin import better_by, life_years, mean_weight, scores_at
from .volume_effect import is_busy, needle_minutes, puncture_minutes

TREATMENTS = ("thrombolysis", "thrombectomy")
MEASURES = ("reached", "minutes", "independent", "dead", "utility", "qalys")
"""What is summed over a year's eligible patients: those treated, their minutes from onset, those with a score of 0 to 2 at 90 days,
those dead by then, utility at 90 days, and quality-adjusted life years."""

GRID_MINUTES = 0.5
"""The step of the table of values by minutes."""

LARGEST = 10.0
"""The largest size of the effect of volume, 1 as published, at which a break-even is sought."""


MOST_LEGS = 20_000
"""Ways to treatment beyond which those within a minute of each other are put together: draws for the interval go through all of them."""


class Legs(NamedTuple):
    """The ways of eligible patients to one treatment."""

    weight: np.ndarray
    """(N,) patients a year."""
    minutes: np.ndarray
    """(N,) from home to the first hospital; NaN where none can be reached."""
    transfer: np.ndarray
    """(N,) from there to where they are treated; 0 where that is the same hospital, NaN where none can be reached."""
    unit: np.ndarray
    """(N,) int: the unit that treats them; -1 for none."""


class Care(NamedTuple):
    """One side of a comparison, as treatment in time sees it."""

    thrombolysis: Legs
    thrombectomy: Legs
    thrombolysed: np.ndarray
    """(U,) given thrombolysis a year, for the bands of volume."""
    thrombectomies: np.ndarray
    """(U,) a year."""


def care(service: Service, is_open: np.ndarray, load: Load, volume: np.ndarray, at: float = 0.0) -> Care:
    """How eligible patients come to treatment.

    Parameters
    ----------
    service
        With a benefit.
    is_open
        (U,) bool: units that take new patients.
    load
        Its expected load with those units.
    volume
        (U,) index admissions a year by which units count as busy: reported ones where they are known (`volumes`).
    at
        Days from the start of the run: the demand of that time.
    """
    benefit, first, centre = service.benefit, [], []
    for node in ways(service, is_open):
        if not node.group.is_index:
            continue
        rate = node.rate(service, at)
        if node.before is None:
            first.append(_way(service, node, rate))
        if node.stage.counts == benefit.thrombectomy:
            centre.append(_way(service, node, rate))
    thrombectomy, everybody = _joined(centre), _joined(first)
    # Those who have both count once, as thrombectomy patients: what is left of thrombolysis is spread as all patients are.
    both = benefit.numbers["share_thrombolysed_too"] * thrombectomy.weight.sum()
    total = everybody.weight.sum()
    alone = max(0.0, benefit.thrombolysis_share * total - both) / total if total else 0.0
    counted = load.counted.get(benefit.thrombectomy, np.zeros(len(service.units)))
    return Care(
        everybody._replace(weight=everybody.weight * alone),
        thrombectomy,
        benefit.thrombolysis_share * volume,
        np.broadcast_to(counted, len(service.units)),
    )


def volumes(service: Service, before: Load, after: Load) -> tuple[np.ndarray, np.ndarray]:
    """Index admissions a year of each unit before and after: reported where known, plus the modelled change; else modelled.

    Returns
    -------
    (U,) and (U,); a unit without modelled patients has none.
    """
    reported = service.units.reported_volume
    was = np.where(np.isnan(reported) | (before.index == 0), before.index, reported)
    now = np.where(after.index == 0, 0.0, np.maximum(was + after.index - before.index, 0.0))
    return was, now


def _way(service: Service, node: Node, rate: np.ndarray) -> tuple[np.ndarray, ...]:
    """(weight, minutes, transfer, unit) of one way, one a row of areas."""
    travel, site = service.region.travel, service.units.site
    transfer = np.zeros(len(rate))
    root = node
    while root.before is not None:
        here, there = root.before.unit, root.unit
        step = travel.site_site[site[here], site[there]]
        transfer = transfer + np.where((here >= 0) & (there >= 0), step, np.nan)
        root = root.before
    minutes = travel.area_site[np.arange(len(rate)), site[root.unit]]
    return rate, np.where(root.unit >= 0, minutes, np.nan), transfer, node.unit


def _joined(found: list[tuple[np.ndarray, ...]]) -> Legs:
    """All ways together; those that differ in nothing become one, and where a rule of choice makes very many, those within a minute."""
    if not found:
        return Legs(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, int))
    legs = Legs(*(np.concatenate(each) for each in zip(*found)))
    alike = _merged(legs, legs.minutes)
    return alike if len(alike.weight) <= MOST_LEGS else _merged(alike, np.rint(alike.minutes))


def _merged(legs: Legs, minutes: np.ndarray) -> Legs:
    """Legs of the same unit, transfer and ``minutes`` put together, at the mean of their own minutes."""
    key = np.stack([np.nan_to_num(minutes, nan=-1), np.nan_to_num(legs.transfer, nan=-1), legs.unit])
    order = np.lexsort(key)
    new = np.append(True, np.any(key[:, order][:, 1:] != key[:, order][:, :-1], axis=0))
    kept, first = order[new], np.flatnonzero(new)
    total = np.add.reduceat(legs.weight[order], first)
    apart = np.add.reduceat((legs.weight * (legs.minutes - minutes))[order], first)
    mean = minutes[kept] + np.divide(apart, total, out=np.zeros_like(total), where=total > 0)
    return Legs(total, mean, legs.transfer[kept], legs.unit[kept])


class Values(NamedTuple):
    """What a treated patient may expect, by half minutes from onset; K are the last four of `MEASURES`."""

    thrombolysis: np.ndarray
    """(minutes, K)."""
    thrombectomy: np.ndarray
    """(minutes, K)."""
    busy: np.ndarray
    """(minutes, K) thrombectomy at a busy centre, where volume acts on the odds."""
    untreated: np.ndarray
    """(2, K) no thrombolysis, no thrombectomy."""


def values(benefit: Benefit, numbers: Mapping[str, float], size: float) -> Values:
    """Outcome by minutes for one set of numbers.

    Parameters
    ----------
    benefit
        The distributions, utilities and remaining life.
    numbers
        The estimates, or a draw of them.
    size
        The size of the effect of volume: 1 as published, 0 for none.
    """
    law = benefit.distribution
    weights = score_weights(benefit, numbers)
    large = numbers["share_large_vessel"]

    def valued(share: np.ndarray) -> np.ndarray:
        return np.stack([mean_weight(share, weight) for weight in weights], axis=-1)

    def by_minutes(kind: str, no_effect: float) -> np.ndarray:
        minutes = np.arange(0, np.ceil(no_effect / GRID_MINUTES) + 2) * GRID_MINUTES
        return scores_at(minutes, law[f"t0_{kind}"], law[f"no_effect_{kind}"], no_effect)

    needle, groin = numbers["thrombolysis_no_effect_minutes"], numbers["thrombectomy_no_effect_minutes"]
    thrombectomy = by_minutes("lvo_mt", groin)
    odds = numbers["thrombectomy_odds_ratio"] ** size if benefit.thrombectomy_volume == "odds" else 1.0
    small, with_large = valued(law["no_treatment_nlvo"]), valued(law["no_treatment_lvo"])
    return Values(
        (1 - large) * valued(by_minutes("nlvo_ivt", needle)) + large * valued(by_minutes("lvo_ivt", needle)),
        valued(thrombectomy),
        valued(better_by(thrombectomy, odds)),
        np.stack([(1 - large) * small + large * with_large, with_large]),
    )


def score_weights(benefit: Benefit, numbers: Mapping[str, float]) -> np.ndarray:
    """(K, 7) by score: independent, dead, utility, quality-adjusted life years."""
    independent, dead = np.zeros(7), np.zeros(7)
    independent[:3], dead[6] = 1, 1
    years = life_years(benefit.utility, benefit.remaining_life, numbers["discount_rate_health"])
    return np.stack([independent, dead, benefit.utility, years])


class Centre(NamedTuple):
    """The mean effect of volume over patients at baseline, so that the stated minutes are the baseline's mean."""

    needle: float
    puncture: float


def centre(baseline: Care, benefit: Benefit, numbers: Mapping[str, float]) -> Centre:
    """The mean over the baseline's patients of the minutes that volume adds or takes away."""
    needle = needle_minutes(baseline.thrombolysed, numbers)
    puncture = _puncture(baseline, benefit, numbers)
    return Centre(_mean_at(needle, baseline.thrombolysis), _mean_at(puncture, baseline.thrombectomy))


def _puncture(of: Care, benefit: Benefit, numbers: Mapping[str, float]) -> np.ndarray:
    effect = puncture_minutes(of.thrombectomies, numbers)
    return effect if benefit.thrombectomy_volume == "minutes" else np.zeros_like(effect)


def _mean_at(effect: np.ndarray, legs: Legs) -> float:
    reached = legs.unit >= 0
    total = legs.weight[reached].sum()
    return float((effect[legs.unit[reached]] * legs.weight[reached]).sum() / total) if total else 0.0


def outcome(
    of: Care, benefit: Benefit, numbers: Mapping[str, float], size: float, mean: Centre, value: Values | None = None
) -> np.ndarray:
    """What becomes of a year's eligible patients.

    Parameters
    ----------
    of
        One side of a comparison.
    benefit
        Distributions and settings.
    numbers
        The estimates, or a draw of them.
    size
        The size of the effect of volume: 0 for time alone, 1 for time with volume as published.
    mean
        Of the baseline (`centre`).
    value
        What `values` gives, where it is at hand.

    Returns
    -------
    (2, M) by treatment and measure (`TREATMENTS`, `MEASURES`), sums over a year's patients.
    """
    value = value or values(benefit, numbers, size)
    faster = size * (needle_minutes(of.thrombolysed, numbers) - mean.needle)
    nearer = size * (_puncture(of, benefit, numbers) - mean.puncture)
    needle = onset_to_needle(of.thrombolysis, numbers, faster)
    puncture = onset_to_puncture(of.thrombectomy, numbers, nearer)
    busy = is_busy(of.thrombectomies, numbers)[of.thrombectomy.unit] & (of.thrombectomy.unit >= 0)
    quiet = of.thrombectomy._replace(weight=of.thrombectomy.weight * ~busy)
    crowded = of.thrombectomy._replace(weight=of.thrombectomy.weight * busy)
    thrombectomy = _summed(quiet, puncture, value.thrombectomy, value.untreated[1])
    thrombectomy = thrombectomy + _summed(crowded, puncture, value.busy, value.untreated[1])
    return np.stack([_summed(of.thrombolysis, needle, value.thrombolysis, value.untreated[0]), thrombectomy])


def onset_to_needle(legs: Legs, numbers: Mapping[str, float], sooner: np.ndarray) -> np.ndarray:
    """(N,) minutes from onset to thrombolysis; ``sooner`` is (U,) the minutes that a unit's volume adds."""
    needle = np.maximum(numbers["arrival_to_needle_minutes"] + sooner[legs.unit], 0.0)
    return _onset_to_arrival(legs, numbers) + needle


def onset_to_puncture(legs: Legs, numbers: Mapping[str, float], sooner: np.ndarray) -> np.ndarray:
    """(N,) minutes from onset to thrombectomy: straight to the centre, or by the first hospital's door, out, and over."""
    direct = numbers["arrival_to_puncture_minutes"]
    moved = numbers["transfer_arrival_to_puncture_minutes"]
    way = numbers["door_in_door_out_minutes"] + numbers["ambulance_speed_ratio"] * legs.transfer
    inside = np.maximum(np.where(legs.transfer > 0, moved, direct) + sooner[legs.unit], 0.0)
    return _onset_to_arrival(legs, numbers) + inside + np.where(legs.transfer > 0, way, 0.0 * legs.transfer)


def _onset_to_arrival(legs: Legs, numbers: Mapping[str, float]) -> np.ndarray:
    before = sum(numbers[f"{name}_minutes"] for name in ("onset_to_call", "ambulance_response", "ambulance_on_scene"))
    return before + numbers["ambulance_speed_ratio"] * legs.minutes


def _summed(legs: Legs, minutes: np.ndarray, value: np.ndarray, untreated: np.ndarray) -> np.ndarray:
    """(M,) sums over patients: each lies between two half minutes and is shared between them."""
    known = ~np.isnan(minutes) & (legs.unit >= 0)
    weight, minutes = legs.weight[known], minutes[known]
    place = np.minimum(minutes / GRID_MINUTES, len(value) - 1.000001)
    low = place.astype(np.int64)
    upper = weight * (place - low)
    at = np.bincount(low, weight - upper, len(value)) + np.bincount(low + 1, upper, len(value))
    lost = legs.weight[~known].sum()
    # A dot product of so many would start threads, which on a busy machine wait for each other a hundred times as long as they work.
    return np.concatenate([[weight.sum(), (weight * minutes).sum()], at @ value + lost * untreated])


_DUST = 1e-9
"""Quality-adjusted life years a year that are no change, but what sums in another order leave."""


class Change(NamedTuple):
    """Both sides under both mechanisms; axes: mechanism (time alone, time with volume), side, treatment, measure."""

    value: np.ndarray
    """(2, 2, 2, M) with the estimates as they stand."""
    draw: np.ndarray
    """(D, 2, 2, 2, M) with the estimates drawn from their intervals; both sides share a draw."""
    break_even: np.ndarray
    """(3,) for thrombolysis, thrombectomy and both: the size of the effect of volume, 1 as published, at which the option turns from
    harm to benefit in quality-adjusted life years; 0 where time alone does no harm, infinite where no size does, NaN where nothing
    changes."""
    break_even_draw: np.ndarray
    """(D, 3)"""


def change(before: Care, after: Care, benefit: Benefit, seed: int) -> Change:
    """What an option does to outcomes, by time alone and by time with volume, with draws for an interval.

    Parameters
    ----------
    before, after
        The two sides.
    benefit
        Of the service.
    seed
        Of the run; the draws have a stream of their own.
    """
    value, even = _both(before, after, benefit, benefit.numbers)
    drawn = [_both(before, after, benefit, numbers) for numbers in draws(benefit, seed)]
    return Change(value, np.stack([each for each, _ in drawn]), even, np.array([each for _, each in drawn]))


def _both(before: Care, after: Care, benefit: Benefit, numbers: Mapping[str, float]) -> tuple[np.ndarray, np.ndarray]:
    mean = centre(before, benefit, numbers)

    same = None if benefit.thrombectomy_volume == "odds" else values(benefit, numbers, 0.0)

    def sides(size: float) -> np.ndarray:
        value = same or values(benefit, numbers, size)
        return np.stack([outcome(side, benefit, numbers, size, mean, value) for side in (before, after)])

    alone, both = sides(0.0), sides(1.0)
    gain = _gain(alone), _gain(both)
    even = [
        break_even(lambda size, of=of: _gain(sides(size))[of], *ends) if np.abs(ends).max() > _DUST else np.nan
        for of, ends in enumerate(zip(*gain))
    ]
    return np.stack([alone, both]), np.array(even)


def _gain(sides: np.ndarray) -> list[float]:
    """Quality-adjusted life years gained by thrombolysis, by thrombectomy, and by both."""
    gain = np.diff(sides[..., MEASURES.index("qalys")], axis=0)[0]
    return [*gain.tolist(), float(gain.sum())]


def break_even(gain: Callable[[float], float], at_none: float, at_one: float) -> float:
    """The size of an effect at which a loss becomes a gain.

    Parameters
    ----------
    gain
        The gain at a size.
    at_none, at_one
        The gain at sizes 0 and 1.

    Returns
    -------
    The size; 0 where there is no loss without the effect, infinite where the effect does not help or would have to be more than
    `LARGEST`. The gain is all but a straight line in the size: two steps of the secant method from it.

    Examples
    --------
    >>> break_even(lambda size: 4 * size - 1, -1.0, 3.0), break_even(lambda size: -size, 0.0, -1.0)
    (0.25, 0.0)
    """
    if at_none >= 0:
        return 0.0
    if at_one <= at_none:
        return float("inf")
    last, last_gain, size = 0.0, at_none, -at_none / (at_one - at_none)
    for _ in range(2 if size <= LARGEST else 0):
        found = gain(size)
        if found == last_gain or abs(found) < 1e-9:
            break
        last, last_gain, size = size, found, size - found * (size - last) / (found - last_gain)
    return float(max(size, 0.0)) if size <= LARGEST else float("inf")


def draws(benefit: Benefit, seed: int) -> list[dict[str, float]]:
    """The estimates drawn from their intervals, each on its own.

    A normal law of two halves: a half of the draws lie below the value, and the ends of the interval cut off 2.5 % on either side.
    Odds ratios are drawn on their logarithm; what must not be below 0 is held there.
    """
    numbers = benefit.numbers
    given = {name: each for name, each in benefit.estimate.items() if each.low is not None and each.low < each.high}
    score = {name: stream(seed, 0, f"estimate {name}").standard_normal(benefit.draws) / _Z975 for name in given}
    return [
        numbers | {name: _drawn(float(score[name][d]), name, each) for name, each in given.items()}
        for d in range(benefit.draws)
    ]


_Z975 = 1.959963984540054
"""Normal score that cuts off 2.5 %."""


def _drawn(score: float, name: str, estimate: Parameter) -> float:
    low, value, high = estimate.low, float(estimate.value), estimate.high
    if "odds_ratio" in name:
        low, value, high = (float(np.log(each)) for each in (low, value, high))
        return float(np.exp(value + score * (high - value if score > 0 else value - low)))
    drawn = value + score * (high - value if score > 0 else value - low)
    return min(max(drawn, 0.0 if low >= 0 else drawn), 1.0 if name.startswith("share") else np.inf)
