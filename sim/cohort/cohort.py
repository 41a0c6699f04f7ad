"""The cohort: the patients of one replication, with all their luck. The only random step of the simulation.

Luck is drawn before any option is looked at. Patients arrive by a Poisson process of time and *mark*: in layer 0 marks are
uniform in [0, 1), in layer 1 in [1, 2) and so on, each layer at the baseline rate and from streams of its own. A patient
is present under an option if the mark is below the option's relative rate there and then, so the same patients
meet every option and growth adds patients without removing any. A patient's number is the index here and never changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..service.demand import DAYS_A_YEAR
from ..service.service import Service
from .stream import stream


@dataclass(eq=False)
class Cohort:
    """Patients and their luck; letters: P patients."""

    seed: int
    replication: int
    horizon: float
    """Days from the start of the run."""
    rate: float
    """Patients an admission at which each layer was drawn."""
    arrival: np.ndarray
    """(P,) days: when the need arises; rising within a layer."""
    mark: np.ndarray
    """(P,) number compared with the option's relative rate."""
    area: np.ndarray
    """(P,) int32: index of the area."""
    group_luck: np.ndarray
    """(P,) uniform: which group the patient belongs to."""
    layer: np.ndarray
    """(L+1,) index of the first patient of each layer, and P."""
    _luck: dict[str, np.ndarray] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.arrival)

    def luck(self, purpose: str) -> np.ndarray:
        """(P,) uniforms of one purpose, the same whenever and in whatever order they are asked for."""
        if purpose not in self._luck:
            parts = [
                stream(self.seed, self.replication, purpose, number).random(last - first)
                for number, (first, last) in enumerate(zip(self.layer[:-1], self.layer[1:]))
            ]
            self._luck[purpose] = np.concatenate(parts) if parts else np.empty(0)
        return self._luck[purpose]

    def forget(self) -> None:
        """Let go of the luck drawn so far, which is most of the memory; asked for again, it is drawn again, the same."""
        self._luck.clear()


def baseline_rate(service: Service) -> float:
    """Patients of all groups an admission: what an area's demand is multiplied by."""
    return float(sum(group.per_admission for group in service.groups))


def layers_needed(services: list[Service], horizon: float) -> int:
    """How many layers serve every one of these options."""
    return (
        int(
            np.ceil(
                max(
                    (
                        service.demand.most(horizon, group.name) * _share_bound(services[0], service)
                        for service in services
                        for group in service.groups
                    ),
                    default=1.0,
                )
                - 1e-9
            )
        )
        or 1
    )


def _share_bound(base: Service, option: Service) -> float:
    """How much an option's total rate of patients exceeds the baseline's: another mix of groups may need more patients."""
    return baseline_rate(option) / baseline_rate(base)


_STEPS = 2**17
"""Equal steps of the unit interval, a power of 2 so that a uniform times it is exact."""


def _area_of(weight: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """(N,) int32: the first area whose cumulated demand, (A,) ``weight``, is above a uniform's share of the total.

    Most steps of the unit interval lie wholly within one area: uniforms there need no search, which would be most of the time
    that drawing takes.
    """
    if len(uniform) < _STEPS:
        return np.searchsorted(weight, uniform * weight[-1:], side="right").astype(np.int32)
    edge = np.arange(_STEPS + 1) / _STEPS
    low = np.searchsorted(weight, edge[:-1] * weight[-1], side="right").astype(np.int32)
    high = np.searchsorted(weight, np.nextafter(edge[1:], 0.0) * weight[-1], side="right")
    step = (uniform * _STEPS).astype(np.int32)
    area = low[step]
    unsure = np.flatnonzero((low != high)[step])
    area[unsure] = np.searchsorted(weight, uniform[unsure] * weight[-1], side="right")
    return area


def draw(service: Service, seed: int, replication: int, horizon: float, layers: int = 1) -> Cohort:
    """Draw the patients of one replication from the baseline.

    Parameters
    ----------
    service
        The *baseline*: its areas' demand and groups give the baseline rate.
    seed, replication
        What the luck depends on; nothing else.
    horizon
        Days from the start of the run.
    layers
        How many layers of the baseline rate, enough for the largest relative rate of any option (`layers_needed`).
    """
    weight = np.cumsum(service.areas.demand)
    total = float(weight[-1]) if len(weight) else 0.0
    rate = total * baseline_rate(service) / DAYS_A_YEAR
    arrival, mark, area, group = [], [], [], []
    for layer in range(layers):
        count = int(stream(seed, replication, "number of arrivals", layer).poisson(rate * horizon))
        arrival.append(np.sort(stream(seed, replication, "arrival", layer).random(count)) * horizon)
        mark.append(layer + stream(seed, replication, "mark", layer).random(count))
        area.append(_area_of(weight, stream(seed, replication, "area", layer).random(count)))
        group.append(stream(seed, replication, "group", layer).random(count))
    return Cohort(
        seed,
        replication,
        horizon,
        baseline_rate(service),
        np.concatenate(arrival),
        np.concatenate(mark),
        np.concatenate(area),
        np.concatenate(group),
        np.cumsum([0, *map(len, arrival)]),
    )
