"""The stability of a rule: how often it closes each unit when what it rests on is a little different.

A rule that closes the smallest unit first names hospitals, and what it names may hang on a minute, on one year's admissions, on whose
count of them is taken, or on a tie. So it is asked again a thousand times, each time with other minutes, another year of the same demand,
reported or modelled volumes, patients who go to the nearest or choose; and what it closes in 5 to 95 of 100 draws is undecided. Nothing
is simulated: everything is of the access core.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Protocol

import numpy as np

from ..service.allocation import Allocation, with_allocation
from ..service.fault import Fault, InputError, is_number, refuse
from ..service.service import Service
from .load import load_allocation

SURE, UNSURE = 0.95, 0.05
"""A unit that closes in more of the draws closes, in fewer stays; in between it is undecided."""

CLOSES, STAYS, UNDECIDED = "closes", "stays", "undecided"

TENTH = 0.1
"""Minutes are given in tenths: two that differ by less may be the other way round."""


class Rule(Protocol):
    """A closing rule of `scenarios`."""

    def decide(self, service: Service, at: float = 0.0):
        """Which units close: a value with ``order``, rows of the service, and ``kept``, rows with reasons."""
        ...


MOST_DRAWS = 1_000_000
"""More draws tell nothing more of a share, and take days."""


@dataclass(frozen=True)
class Shaken:
    """What is varied, and how often."""

    draws: int = 1000
    seed: int = 1
    minutes: float = 0.10
    """Each minute is multiplied by a factor within so much of 1: half of it is its own, and half that of its site. What is wrong with the
    roads to a hospital is wrong for all who go there; errors of single pairs would cancel out over a catchment."""
    poisson: bool = True
    """Each area's admissions, and each unit's reported ones, are those of another year: Poisson."""
    volumes: tuple[str, ...] = ("reported", "modelled")
    """Whose volumes the rule looks at, each in as many draws."""
    catchments: tuple[str, ...] = ("nearest", "choice")
    """Where patients go, each in as many draws."""
    ties: bool = True
    """Ties of minutes are broken at random, and not by the order of the table."""

    def __post_init__(self):
        faults = [
            Fault(f"{name} must be a whole number from {least} to {most:,}", getattr(self, name))
            for name, least, most in (("draws", 1, MOST_DRAWS), ("seed", 0, 2**32))
            if not (isinstance(getattr(self, name), int) and is_number(getattr(self, name), least, most))
        ]
        faults += [] if is_number(self.minutes, 0, 0.9) else [Fault("minutes must be a share from 0 to 0.9", self.minutes)]
        for name, known in (("volumes", ("reported", "modelled")), ("catchments", ("nearest", "choice"))):
            given = getattr(self, name)
            good = isinstance(given, (tuple, list)) and given and all(given.count(each) == 1 and each in known for each in given)
            faults += [] if good else [Fault(f"{name} is a list of {' and '.join(known)}, each once, or one of them", given)]
        for name in ("poisson", "ties"):
            faults += [] if isinstance(getattr(self, name), bool) else [Fault(f"{name} is true or false", getattr(self, name))]
        refuse(faults, of="stability")
        object.__setattr__(self, "volumes", tuple(self.volumes))
        object.__setattr__(self, "catchments", tuple(self.catchments))


@dataclass(frozen=True, eq=False)
class Stability:
    """What a rule closes over draws; letters: N draws, U units."""

    service: Service
    shaken: Shaken
    judged: np.ndarray
    """(U,) bool: units of the kind that the rule is about, open when it decides."""
    as_given: np.ndarray
    """(U,) bool: closed without anything varied."""
    closed: np.ndarray
    """(N, U) bool."""
    kept: np.ndarray
    """(N, U) bool: the rule would close it, but it stays for a reason."""
    volume: np.ndarray
    """(N,) text: whose volumes."""
    catchment: np.ndarray
    """(N,) text: where patients went."""
    refused: tuple[str, ...]
    """Why draws gave no answer; they are in none of the numbers."""
    left_out: tuple[str, ...]
    """What could not be varied here, and why."""

    @property
    def share(self) -> np.ndarray:
        """(U,) of draws in which each unit closes."""
        return self.closed.mean(axis=0) if len(self.closed) else np.full(len(self.judged), np.nan)


def verdict_of(share: float) -> str:
    """What is said of a unit that closes in so many of the draws.

    Examples
    --------
    >>> [verdict_of(share) for share in (0.0, 0.05, 0.5, 0.95, 0.951)]
    ['stays', 'undecided', 'undecided', 'undecided', 'closes']
    """
    if share > SURE:
        return CLOSES
    return STAYS if share < UNSURE else UNDECIDED


def stability(
    service: Service, rule: Rule, shaken: Shaken | None = None, at: float = 0.0, progress: Callable[[int, int], None] | None = None
) -> Stability:
    """Ask a rule again and again.

    Parameters
    ----------
    service
        The baseline.
    rule
        A closing rule; where it has no such setting, whose volumes or where patients go is not varied.
    shaken
        What is varied.
    at
        Days from the start of the run: when the rule decides.
    progress
        Called with draws done and draws in all.

    Raises
    ------
    InputError
        If the rule cannot decide even as it is given, or in no draw at all.
    """
    shaken = shaken or Shaken()
    given = rule.decide(service, at)
    ways, left_out = _ways(service, rule, shaken, at)
    judged = service.gives(rule.kind) & service.is_open(at)
    closed, kept, volume, catchment, refused = [], [], [], [], []
    for number in range(shaken.draws):
        own, source, where = ways[number % len(ways)]
        luck = np.random.default_rng([shaken.seed, number])
        try:
            decision = own.decide(shake(where, shaken, luck), at)
        except InputError as error:
            refused.append(" ".join(str(error).split()))
            continue
        for rows, made in ((decision.order, closed), (list(decision.kept), kept)):
            made.append(np.isin(np.arange(len(judged)), rows))
        volume.append(source)
        catchment.append(where.allocation.rule.name)
        if progress and (number + 1) % 50 == 0:
            progress(number + 1, shaken.draws)
    refuse([] if closed else [Fault("the rule decides in none of the draws", refused[0])], of="stability")
    as_given = np.isin(np.arange(len(judged)), given.order)
    every = (np.array(closed), np.array(kept), np.array(volume), np.array(catchment))
    return Stability(service, shaken, judged, as_given, *every, tuple(refused), left_out)


def _ways(service: Service, rule: Rule, shaken: Shaken, at: float) -> tuple[list[tuple[Rule, str, Service]], tuple[str, ...]]:
    """The rule by each source of volumes and each catchment, with the service it then looks at; and what was left out."""
    known = {field.name for field in fields(rule)}
    volumes = shaken.volumes if "volume" in known else (getattr(rule, "volume", "as the rule has them"),)
    left_out = [] if "volume" in known else ["the rule does not say whose volumes it looks at"]
    catchments: Sequence[str] = shaken.catchments if "catchment" in known else ("nearest",)
    ways = []
    for source in volumes:
        for catchment in catchments:
            changed = {"volume": source, "catchment": catchment}
            own = replace(rule, **{name: value for name, value in changed.items() if name in known})
            where = _choosing(service) if catchment == "choice" else with_allocation(service, Allocation())
            try:
                own.decide(where, at)
            except InputError as error:
                left_out.append(f"{source} volumes, {catchment}: {' '.join(str(error).split())}")
                continue
            ways.append((own, source, where))
    refuse([] if ways else [Fault("the rule decides under none of the ways", "; ".join(left_out))], of="stability")
    return ways, tuple(left_out)


def _choosing(service: Service) -> Service:
    """The service under a choice: its own where it has one."""
    if service.allocation.rule.name == "choice":
        return service
    lines = {key: value for key, value in load_allocation("choice").items() if key != "calibrate"}
    return with_allocation(service, Allocation.read(lines, service.region.own, service.name))


def shake(service: Service, shaken: Shaken, luck: np.random.Generator) -> Service:
    """The service with other minutes, and another year of the same demand."""
    region = service.region
    minutes = region.travel.area_site
    if shaken.minutes:
        half = shaken.minutes / 2
        minutes = minutes * (1 + luck.uniform(-half, half, minutes.shape) + luck.uniform(-half, half, minutes.shape[1:]))
    if shaken.ties:
        minutes = np.maximum(minutes + luck.uniform(-TENTH, TENTH, minutes.shape), 0.0)
    areas, units = region.areas, region.units
    if shaken.poisson:
        areas = replace(areas, demand=luck.poisson(areas.demand).astype(float))
        known = ~np.isnan(units.reported_volume)
        reported = np.where(known, luck.poisson(np.where(known, units.reported_volume, 0.0)), np.nan)
        units = replace(units, reported_volume=reported)
    travel = replace(region.travel, area_site=minutes)
    return replace(service, region=replace(region, areas=areas, units=units, travel=travel))


def stability_rows(found: Stability) -> list[dict]:
    """One row a unit judged, the most often closed first."""
    units, share = found.service.units, found.share
    order = np.flatnonzero(found.judged)
    rows = []
    for u in order[np.lexsort((order, -share[order]))]:
        closed = found.closed[:, u]
        row = {
            "unit": str(units.id[u]),
            "name": str(units.name[u]),
            "closes_as_given": bool(found.as_given[u]),
            "share_of_draws": float(share[u]),
            "verdict": verdict_of(float(share[u])),
            "share_kept_for_a_reason": float(found.kept[:, u].mean()),
            "reported_volume": float(units.reported_volume[u]),
        }
        for name, column in (("volume", found.volume), ("catchment", found.catchment)):
            for value in dict.fromkeys(column.tolist()):
                row[f"share_with_{value}_{name}"] = float(closed[column == value].mean())
        rows.append(row)
    return rows


def stability_in_words(found: Stability) -> list[str]:
    """What must be said of it, a sentence each."""
    verdicts = [verdict_of(float(share)) for share in found.share[found.judged]]
    counts = {name: verdicts.count(name) for name in (CLOSES, UNDECIDED, STAYS)}
    how, ways = found.shaken, len(found.closed)
    varied = [f"minutes +-{100 * how.minutes:g} %"] if how.minutes else []
    varied += ["Poisson demand"] if how.poisson else []
    varied += ["ties at random"] if how.ties else []
    varied += [f"{'and '.join(f'{each} ' for each in dict.fromkeys(found.volume.tolist()))}volumes"]
    varied += ["patients to the " + " or by ".join(dict.fromkeys(found.catchment.tolist()))]
    said = [
        f"Of {len(verdicts)} units {counts[CLOSES]} close in more than 95 % of {ways:,} draws, {counts[STAYS]} in fewer than 5 %; "
        f"{counts[UNDECIDED]} are undecided.",
        "Varied: " + ", ".join(varied) + ".",
    ]
    wrong = found.as_given & found.judged & (found.share <= SURE)
    if wrong.any():
        said.append(f"Closed as given, and yet not sure: {', '.join(found.service.units.id[wrong])}.")
    reasons = dict.fromkeys(found.refused)
    said += [f"{found.refused.count(reason)} draws gave no answer: {reason}" for reason in reasons]
    return said + [f"Not varied: {each}" for each in found.left_out]
