"""Expected volume and load of each unit, and the quick estimate of beds: no luck, no queues, in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..journeys.expected import ways
from ..service.demand import DAYS_A_YEAR
from ..service.pathway import DESTINATIONS, Stage, expected_stay
from ..service.service import Service


@dataclass(frozen=True, eq=False)
class Load:
    """What each unit would see a year if every unit had room; letters: A areas, U units."""

    index: np.ndarray
    """(U,) index admissions a year: patients who come first to it for the kind that access is measured to, mimics apart."""
    stays: np.ndarray
    """(U,) stays in a bed a year, of all groups; going on in the same bed is the same stay."""
    counted: dict[str, np.ndarray]
    """By label of a stage (for example thrombectomy), (U,) a year."""
    bed_days: np.ndarray
    """(U,) bed-days a year."""
    by_kind: dict[str, np.ndarray]
    """By kind of care, (U,) of these bed-days."""
    transfers: float
    """Journeys a year from one site to another."""
    unreached: np.ndarray
    """(A,) bool: areas from which no unit of the first kind can be reached."""
    slots: dict[str, np.ndarray] = field(default_factory=dict)
    """By sort of slot, (U,) requests for one a year."""

    @property
    def beds(self) -> np.ndarray:
        """(U,) the offered load: beds occupied on average if nobody ever waited."""
        return self.bed_days / DAYS_A_YEAR


def expected_load(service: Service, is_open: np.ndarray | None = None, at: float = 0.0) -> Load:
    """The load that the rule of allocation puts on each unit: exact, and no simulation.

    Parameters
    ----------
    service
        The service.
    is_open
        (U,) bool: units that take new patients; those open at that time where not given.
    at
        Days from the start of the run: the demand of that time, seasons apart.
    """
    is_open = service.is_open(at) if is_open is None else is_open
    count = len(service.units)
    index, stays = np.zeros(count), np.zeros(count)
    by_kind: dict[str, np.ndarray] = {}
    counted: dict[str, np.ndarray] = {}
    slots: dict[str, np.ndarray] = {}
    unreached = np.zeros(len(service.areas), dtype=bool)
    transfers = 0.0
    for node in ways(service, is_open):
        reached = node.unit >= 0
        rate = node.rate(service, at)

        def at_unit(weight, unit=node.unit, reached=reached):
            return np.bincount(unit[reached], weights=weight[reached], minlength=count)

        if node.before is None:
            unreached |= ~reached & (np.asarray(node.chance) > 0)
        if node.group.is_index and node.stage is service.index_stage(node.group):
            index += at_unit(rate)
        if node.before is not None:
            moved = reached & (node.before.unit >= 0)
            site = service.units.site
            transfers += float(rate[moved & (site[node.unit] != site[node.before.unit])].sum())
        if node.stage.counts:
            counted[node.stage.counts] = counted.get(node.stage.counts, 0) + at_unit(rate)
        if node.stage.slot:
            slots[node.stage.slot] = slots.get(node.stage.slot, 0) + at_unit(rate)
        if node.stage.beds == "counted":
            days = np.where(node.in_same_bed, *(mean_stay(service, node.stage, same) for same in (True, False)))
            by_kind[node.stage.kind] = by_kind.get(node.stage.kind, 0.0) + at_unit(rate * days)
            stays += at_unit(rate * ~node.in_same_bed)
        before = node.before
        if before is not None and before.stage.beds == "counted" and node.stage.keeps_bed:
            # Both beds are held from the next being given to leaving the one before.
            days = rate * ~node.in_same_bed * node.stage.transfer.expectation * (reached & (before.unit >= 0))
            held = np.bincount(np.maximum(before.unit, 0), weights=days, minlength=count)
            by_kind[before.stage.kind] = by_kind.get(before.stage.kind, 0.0) + held
            if node.stage.beds == "counted":
                by_kind[node.stage.kind] = by_kind.get(node.stage.kind, 0.0) + at_unit(days)
    return Load(index, stays, counted, sum(by_kind.values(), np.zeros(count)), by_kind, transfers, unreached, slots)


def mean_stay(service: Service, stage: Stage, in_same_bed: bool) -> float:
    """Days that a bed is held on average in a stage: the stay, and what comes after the last one before going home.

    The wait for the hours at which staff discharge is that from a moment anywhere in the week: exact where arrivals are steady.
    """
    gone = sum(share for to, share in stage.next.items() if to in DESTINATIONS)
    days = expected_stay(stage, in_same_bed) + stage.leaving.expectation * gone
    if service.discharge is not None:
        days += service.discharge.mean_wait * (gone - stage.next.get("death", 0.0))
    return days


def erlang_b(load, beds) -> np.ndarray:
    """The share of requests refused by ``beds`` beds that are offered ``load`` (Erlang 1917), whatever the law of stays.

    Examples
    --------
    >>> round(float(erlang_b(8.0, 10)), 6)
    0.121661
    """
    load, beds = np.broadcast_arrays(np.asarray(load, dtype=float), np.asarray(beds))
    blocked = np.ones(load.shape)
    for n in range(1, int(beds.max(initial=0)) + 1):
        step = load * blocked / (n + load * blocked)
        blocked = np.where(n <= beds, step, blocked)
    return blocked


def erlang_c(load, beds) -> np.ndarray:
    """The share of requests that wait for one of ``beds`` beds, exponential stays, first come first served; 1 where saturated.

    Examples
    --------
    >>> round(float(erlang_c(8.0, 10)), 6)
    0.40918
    """
    load, beds = np.broadcast_arrays(np.asarray(load, dtype=float), np.asarray(beds))
    blocked = erlang_b(load, beds)
    use = np.divide(load, beds, out=np.ones(load.shape), where=beds > 0)
    return np.where(use >= 1, 1.0, blocked / np.maximum(1 - use * (1 - blocked), 1e-300))


def delay_without_limit(load, beds) -> np.ndarray:
    """The chance that at least ``beds`` patients are present when nobody is ever turned away: Poisson with mean ``load``.

    The quick estimate for emergency care, whose stay runs whether or not the right bed is free.

    Examples
    --------
    >>> round(float(delay_without_limit(8.0, 12)), 4)
    0.1119
    """
    from scipy.special import gammainc

    load, beds = np.broadcast_arrays(np.asarray(load, dtype=float), np.asarray(beds))
    return np.where(beds > 0, gammainc(np.maximum(beds, 1), load), 1.0)


def beds_for_delay(load, delay: float) -> np.ndarray:
    """The fewest beds with which at most a share ``delay`` of requests finds none free (`delay_without_limit`).

    Parameters
    ----------
    load
        (U,) offered load in beds.
    delay
        Share from 0 to 1.

    Returns
    -------
    (U,) whole beds; 0 where there is no load.

    Examples
    --------
    >>> beds_for_delay([0.0, 8.0, 80.0], 0.05).tolist()
    [0, 14, 96]
    """
    load = np.asarray(load, dtype=float)
    # Eight standard deviations below the mean, where some bed is surely wanting, whatever the delay allowed.
    beds = np.floor(np.maximum(load - 8 * np.sqrt(load), 0.0)).astype(int) if delay < 1 else np.zeros(load.shape, int)
    short = (load > 0) & (delay_without_limit(load, beds) > delay)
    while short.any():
        beds = beds + short
        short = (load > 0) & (delay_without_limit(load, beds) > delay)
    return beds
