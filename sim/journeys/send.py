"""Sending a cohort through a service: from uniforms to steps. Pure: the same cohort and routes give the same journeys.

Which stages a patient comes to is luck alone, so the whole way is known before the engine starts; the engine decides
only where and when.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..cohort.cohort import Cohort, baseline_rate
from ..service.distribution import Distribution
from ..service.pathway import DESTINATIONS, Group, Stage
from .journeys import GRID, NEVER, Journeys, Patients, Steps, on_grid
from .routes import Routes


@dataclass(frozen=True, eq=False)
class Sent:
    """A cohort's journeys, with what measures need to know of each patient."""

    routes: Routes
    journeys: Journeys
    group: np.ndarray
    """(P,) int8: index of the group."""
    destination: np.ndarray
    """(P,) int8: where the patient is bound for in the end, an index of `DESTINATIONS`."""


def present(cohort: Cohort, routes: Routes) -> tuple[np.ndarray, np.ndarray]:
    """Who is there under this option, and in which group.

    Returns
    -------
    (P',) cohort indices, rising, and (P',) group indices.
    """
    service = routes.service
    edges = np.cumsum([group.per_admission for group in service.groups]) / baseline_rate(service)
    edges[-1] = 1.0
    group = _place(edges, cohort.group_luck)
    share = baseline_rate(service) / cohort.rate
    bound = np.empty(len(cohort))
    for number, each in enumerate(service.groups):
        of = np.flatnonzero(group == number)
        bound[of] = share * service.demand.relative(cohort.arrival[of], cohort.area[of], each.name, service.calendar)
    there = np.flatnonzero(cohort.mark < bound)
    return there, group[there]


def send(cohort: Cohort, routes: Routes, before: Sent | None = None) -> Sent:
    """Turn luck into journeys.

    Parameters
    ----------
    cohort
        The patients of one replication.
    routes
        The option's routes.
    before
        The same cohort sent under another option. Where the two differ only in when units are open and how many beds they
        have, as most closures do, the steps are taken from there.

    Returns
    -------
    Journeys of the patients who are present, in the order of their numbers.
    """
    if before is not None and _has_same_steps(before.routes, routes):
        journeys = before.journeys._replace(network=routes.network, stages=routes.stages)
        return Sent(routes, journeys, before.group, before.destination)
    number, group = present(cohort, routes)
    count = np.zeros(len(number), dtype=np.int64)
    own = np.full(len(number), -1, dtype=np.int64)
    ranks = [routes.network.rank]
    destination = np.zeros(len(number), dtype=np.int8)
    contact = np.zeros(len(number))
    parts = []
    for index, each in enumerate(routes.service.groups):
        of = np.flatnonzero(group == index)
        contact[of] = _days(cohort, each.first_contact, "first contact", number[of])
        first_rank = _first_rank(cohort, routes, index, number[of], of, own, ranks)
        parts += _walk(cohort, routes, index, each, of, number, count, destination, first_rank, own)
    cohort.forget()
    first = np.concatenate([[0], np.cumsum(count)])
    network = routes.network if len(ranks) == 1 else routes.network._replace(rank=np.concatenate(ranks))
    steps = _steps(parts, first)
    if len(network.round_start):
        goes_home = destination != DESTINATIONS.index("death")
        steps = steps._replace(at_round=np.repeat(goes_home, count))
    journeys = Journeys(
        network=network,
        stages=routes.stages,
        steps=steps,
        patients=Patients(
            number=number,
            arrival=on_grid(cohort.arrival[number]),
            area=cohort.area[number],
            contact=on_grid(contact) if contact.any() else np.zeros(1),
            first=first,
            start_unit=np.full(1, -1, dtype=np.int32),
            start_in_bed=np.zeros(1, dtype=bool),
        ),
    )
    return Sent(routes, journeys, group, destination)


def _has_same_steps(one: Routes, other: Routes) -> bool:
    """Whether every patient takes the same steps under both; everything that `send` reads is compared."""
    a, b = one.service, other.service
    is_nearest = not any(first is not None for first in (*one.first, *other.first))
    is_same = a.groups == b.groups and a.demand is b.demand and a.calendar == b.calendar and a.discharge is b.discharge
    return is_nearest and is_same and one.stage_name == other.stage_name and np.array_equal(one.home_rank, other.home_rank)


@dataclass(frozen=True, eq=False)
class _Visit:
    """All visits to one stage of one group: who, at which position of their way, and with what luck."""

    patient: np.ndarray
    position: np.ndarray
    row: int
    rank: np.ndarray
    stay: np.ndarray
    stay_same_bed: np.ndarray | None
    patience: np.ndarray | None
    transfer: np.ndarray | None
    leaving: np.ndarray | None


def _first_rank(cohort: Cohort, routes: Routes, index: int, who: np.ndarray, of, own, ranks) -> np.ndarray | None:
    """(n,) the rank rows of a group's first stage, None for the nearest; sets its patients' own units, adds rows that are theirs alone."""
    first = routes.first[index]
    if first is None:
        return None
    drawn = first.draw(cohort, who, routes.network.rank.shape[1], sum(map(len, ranks)))
    if drawn.own is not None:
        own[of] = drawn.own
    if len(drawn.more):
        ranks.append(drawn.more)
    return drawn.row


def _rank(
    cohort: Cohort, routes: Routes, row: int, stage: Stage, who: np.ndarray, own: np.ndarray | None
) -> np.ndarray:
    """(n,) the rank rows of a later stage, or of a first one that goes to the nearest."""
    home = routes.home_rank[row]
    if home < 0:
        return np.full(len(who), -1, dtype=np.int32)
    rank = (home + cohort.area[who]).astype(np.int32)
    if own is not None:
        is_own = (own >= 0) & routes.service.gives(stage.kind)[own]
        rank[is_own] = routes.stages.here_rank[row] + routes.service.units.site[own[is_own]]
    return rank


def _walk(
    cohort: Cohort, routes: Routes, index: int, group: Group, of, number, count, destination, first_rank, own
) -> list[_Visit]:
    """The visits of one group, stage by stage in the order in which they are listed (a next stage is always listed later)."""
    waiting = {stage.name: [] for stage in group.stages}
    waiting[group.stages[0].name].append(of)
    visits = []
    for stage in group.stages:
        come = [part for part in waiting[stage.name] if len(part)]
        if not come:
            continue
        patient = come[0] if len(come) == 1 else np.sort(np.concatenate(come))
        who = number[patient]
        onward = _next(cohort, stage, who)
        names = list(stage.next)
        row = routes.row(index, stage.name)
        is_given = first_rank is not None and stage is group.stages[0]
        unit = None if first_rank is None else own[patient]
        rank = first_rank if is_given else _rank(cohort, routes, row, stage, who, unit)
        visits.append(
            _Visit(
                patient,
                count[patient],
                row,
                rank,
                _stay(cohort, stage, who, onward),
                _optional(cohort, stage.stay_same_bed, f"stay {stage.name}", who),
                _optional(cohort, stage.gives_up_after, f"patience {stage.name}", who),
                _optional(cohort, stage.transfer, f"transfer {stage.name}", who),
                _optional(cohort, stage.leaving, f"leaving {stage.name}", who),
            )
        )
        count[patient] += 1
        for choice, name in enumerate(names):
            going = patient[onward == choice] if len(names) > 1 else patient
            if name in waiting:
                waiting[name].append(going)
            else:
                destination[going] = DESTINATIONS.index(name)
    return visits


def _next(cohort: Cohort, stage: Stage, who: np.ndarray) -> np.ndarray:
    if len(stage.next) == 1:
        return np.zeros(len(who), dtype=np.int8)
    edges = np.cumsum(list(stage.next.values()))
    return _place(edges[:-1], cohort.luck(f"next {stage.name}")[who])


def _place(edges: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """(N,) int8: how many of a few edges, rising, a uniform has reached; comparing with each is quicker than a search."""
    place = np.zeros(len(luck), dtype=np.int8)
    for edge in edges:
        place += luck >= edge
    return place


def _days(cohort: Cohort, law: Distribution, purpose: str, who: np.ndarray) -> np.ndarray:
    if law.is_constant:
        return np.full(len(who), float(law.mean))
    return law.quantile(cohort.luck(purpose)[who])


def _stay(cohort: Cohort, stage: Stage, who: np.ndarray, onward: np.ndarray) -> np.ndarray:
    purpose = f"stay {stage.name}"
    stay = _days(cohort, stage.stay, purpose, who)
    for choice, name in enumerate(stage.next):
        if name in stage.stay_if:
            of = np.flatnonzero(onward == choice)
            stay[of] = _days(cohort, stage.stay_if[name], purpose, who[of])
    return stay


def _optional(cohort: Cohort, law: Distribution | None, purpose: str, who: np.ndarray) -> np.ndarray | None:
    """None where there is nothing to say, so that the column need not be stored."""
    is_default = purpose.startswith(("transfer", "leaving"))  # where nothing said means no days
    if law is None or (law.is_constant and not law.mean and is_default):
        return None
    return _days(cohort, law, purpose, who)


def _steps(visits: list[_Visit], first: np.ndarray) -> Steps:
    """Lay the visits out patient by patient."""
    total = int(first[-1])
    place = [first[visit.patient] + visit.position for visit in visits]

    def column(name: str, dtype, fill: float) -> np.ndarray:
        if all(getattr(visit, name) is None for visit in visits):
            return np.full(1, fill, dtype=dtype)
        made = np.full(total, fill, dtype=dtype)
        for at, visit in zip(place, visits):
            if (value := getattr(visit, name)) is not None:
                made[at] = value
        return made

    return Steps(
        stage=column("row", np.int32, -1) if visits else np.empty(0, np.int32),
        rank=column("rank", np.int32, -1) if visits else np.empty(0, np.int32),
        stay=on_grid(column("stay", np.float64, 0.0)) if visits else np.empty(0),
        stay_same_bed=on_grid(column("stay_same_bed", np.float64, np.nan)),
        patience=np.maximum(on_grid(column("patience", np.float64, NEVER)), GRID),
        transfer=on_grid(column("transfer", np.float64, 0.0)),
        leaving=on_grid(column("leaving", np.float64, 0.0)),
    )
