"""Close small units: the smallest under the minimum, reassign its patients, repeat until none is under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from sim.journeys.nearest import nearest, tenths, unit_minutes
from sim.measures.access import unit_volume
from sim.service.fault import Fault, nearest_spelling, refuse
from sim.service.service import Change, Service, Standard

from .beds import bed_changes, check_fate
from .dates import day_of

_SOURCES = ("reported", "modelled")


@dataclass(frozen=True, eq=False)
class Decision:
    """What the rule decides, and all it rests on; letters: U units (those of other kinds are never touched)."""

    order: tuple[int, ...]
    """The units closed, in order."""
    volume_at_closing: tuple[float, ...]
    """The volume of each when it was closed, a year."""
    volume_before: np.ndarray
    """(U,) volume a year by the source that decides; NaN for units of other kinds."""
    volume_after: np.ndarray
    """(U,) the same after all closures; NaN where closed."""
    modelled_before: np.ndarray
    """(U,) modelled volume a year."""
    reported: np.ndarray
    """(U,) reported volume a year; NaN where not reported."""
    kept: Mapping[int, str]
    """Units under the minimum that stay, and why."""
    tied: frozenset[int]
    """Units closed whose turn hangs on a tie of volumes or of minutes."""
    disputed: frozenset[int]
    """Units on opposite sides of the minimum by reported and by modelled volume."""


@dataclass(frozen=True)
class CloseSmallUnits:
    """The smallest unit under the minimum closes, its patients go to the nearest left, until none is under."""

    kind: str = "hyperacute"
    """The kind of care whose units are judged."""
    minimum: float | None = None
    """Index admissions a year; None for the service's standard of that kind."""
    volume: str = "reported"
    """``reported``: the reported volume where the units table has one, plus the modelled change; ``modelled``: nearest unit."""
    keep_remote: bool = True
    """Keep a unit whose closure would put more than ``remote_share`` of its patients beyond ``remote_minutes``."""
    remote_share: float = 0.05
    remote_minutes: float = 60.0
    protect_kinds: tuple[str, ...] = ("comprehensive",)
    """Units that give one of these kinds never close."""
    protected: Mapping[str, str] = field(default_factory=dict)
    """Further units that never close, each with its reason."""
    beds: str = "moved"
    """What becomes of the beds: ``moved``, ``resized`` or ``lost``."""
    at: object = 0
    """A date or days from the start of the run."""

    def __post_init__(self):
        faults = []
        if self.volume not in _SOURCES:
            faults.append(
                Fault("volume is reported or modelled" + nearest_spelling(str(self.volume), _SOURCES), self.volume)
            )
        if self.minimum is not None and not (isinstance(self.minimum, (int, float)) and self.minimum > 0):
            faults.append(Fault("minimum must be a number of admissions a year, above 0", self.minimum))
        if not isinstance(self.keep_remote, bool):
            faults.append(Fault("keep_remote is true or false", self.keep_remote))
        if not 0 <= self.remote_share <= 1:
            faults.append(Fault("remote_share must lie between 0 and 1", self.remote_share))
        refuse(faults, of="CloseSmallUnits")
        check_fate(self.beds, "CloseSmallUnits")
        object.__setattr__(self, "protect_kinds", tuple(self.protect_kinds or ()))
        object.__setattr__(self, "protected", dict(self.protected or {}))

    def __call__(self, service: Service) -> Service:
        at = day_of(self.at, service, "CloseSmallUnits")
        decision = self.decide(service, at)
        units = service.units.id
        closed = np.zeros(len(units), dtype=bool)
        closed[list(decision.order)] = True
        shuts = tuple(Change(at, str(units[u]), "open", 0) for u in decision.order)
        minimum = self._minimum(service)
        said = (
            f"From day {at:g} {len(decision.order)} {self.kind} units close, smallest first, until none that may close is under "
            f"{minimum:g} a year by {self.volume} volume; beds {self.beds}."
        )
        return service.with_changes(
            *shuts, *bed_changes(service, closed, at, self.beds), said=said, marks=self._marks(units, decision)
        )

    def _marks(self, units: np.ndarray, decision: Decision) -> dict[str, tuple[str, ...]]:
        marks: dict[str, list[str]] = {}
        for turn, (u, volume) in enumerate(zip(decision.order, decision.volume_at_closing), start=1):
            marks.setdefault(units[u], []).append(
                f"closed {turn} of {len(decision.order)} at {volume:.0f} a year by {self.volume} volume"
            )
        for u, why in decision.kept.items():
            marks.setdefault(units[u], []).append(f"under the minimum but kept: {why}")
        for u in sorted(decision.tied):
            marks.setdefault(units[u], []).append("its closure hangs on a tie")
        for u in sorted(decision.disputed):
            marks.setdefault(units[u], []).append(
                "disputed (reported and modelled volume on opposite sides of the minimum)"
            )
        return {str(unit): tuple(words) for unit, words in marks.items()}

    def _minimum(self, service: Service) -> float:
        if self.minimum is not None:
            return float(self.minimum)
        found: list[Standard] = [s for s in service.standards if s.kind == self.kind and s.counts == "index"]
        refuse(
            [] if found else [Fault(f"the service has no minimum for {self.kind}", cure="set scenario.minimum")],
            of="CloseSmallUnits",
        )
        return found[0].minimum

    def _refuse_unknown(self, service: Service) -> None:
        kinds = [kind for kind, given in service.units.gives.items() if given.any()]
        faults = [
            Fault("no unit gives this kind of care", kind, "given: " + ", ".join(kinds) + nearest_spelling(kind, kinds))
            for kind in (self.kind, *self.protect_kinds)
            if kind not in kinds
        ]
        known = set(service.units.id.tolist())
        faults += [
            Fault(f"unknown protected unit {u!r}" + nearest_spelling(u, known))
            for u in self.protected
            if u not in known
        ]
        error = service.region.volume_error
        if self.volume == "modelled" and error > 0.05:
            faults.append(
                Fault(
                    f"unit volumes of region {service.region.name} are off by {100 * error:.1f} % against the finest level known, "
                    "too much to close by modelled volume",
                    cure="use region=england, or volume=reported",
                )
            )
        refuse(faults, of="CloseSmallUnits")

    def decide(self, service: Service, at: float = 0.0) -> Decision:
        """Which units close, in which order, and why others stay. Pure: the service is not changed."""
        self._refuse_unknown(service)
        minimum = self._minimum(service)
        units = np.flatnonzero(service.gives(self.kind) & service.is_open(at))
        minutes, demand = (
            unit_minutes(service.region.travel.area_site, service.units.site[units]),
            service.areas.demand * _index_share(service),
        )
        is_open = np.ones(len(units), dtype=bool)
        unit, _, tied_area = nearest(minutes, is_open)
        modelled = unit_volume(unit, demand, len(units))
        before = modelled.copy()
        reported = service.units.reported_volume[units]
        base = np.where(np.isnan(reported), modelled, reported) if self.volume == "reported" else modelled
        shift = base - modelled
        protected = self._protected(service, units)
        kept: dict[int, str] = {}
        order, at_closing, tied = [], [], set()
        while True:
            volume = np.where(is_open, modelled + shift, np.inf)
            small = np.flatnonzero(is_open & (volume < minimum) & ~np.isin(np.arange(len(units)), list(kept)))
            if not len(small):
                break
            smallest = int(small[np.argmin(volume[small])])
            reason = protected.get(smallest) or self._remote(minutes, demand, is_open, unit, smallest)
            if reason:
                kept[smallest] = reason
                continue
            lifted = volume[smallest] + _tied_demand(minutes, demand, unit, tied_area, smallest) >= minimum
            if lifted or (np.abs(volume[small] - volume[smallest]) < 1e-9).sum() > 1:
                tied.add(smallest)
            order.append(smallest)
            at_closing.append(float(volume[smallest]))
            is_open[smallest] = False
            refuse(
                []
                if is_open.any()
                else [Fault(f"every {self.kind} unit is under {minimum:g} a year", cure="lower the minimum")]
            )
            unit, _, tied_area = nearest(minutes, is_open)
            modelled = unit_volume(unit, demand, len(units))
        opposite = np.flatnonzero(~np.isnan(reported) & ((reported < minimum) != (before < minimum)))
        spread = _spread(len(service.units), units)
        return Decision(
            tuple(int(units[u]) for u in order),
            tuple(at_closing),
            spread(base),
            spread(np.where(is_open, modelled + shift, np.nan)),
            spread(before),
            spread(reported),
            {int(units[u]): why for u, why in kept.items()},
            frozenset(int(units[u]) for u in tied),
            frozenset(int(units[u]) for u in opposite),
        )

    def _protected(self, service: Service, units: np.ndarray) -> dict[int, str]:
        reasons = {}
        for place, u in enumerate(units):
            for kind in self.protect_kinds:
                if service.gives(kind)[u]:
                    reasons[place] = f"protected, gives {kind} care"
            if str(service.units.id[u]) in self.protected:
                reasons[place] = f"protected, {self.protected[str(service.units.id[u])]}"
        return reasons

    def _remote(self, minutes, demand, is_open, unit, candidate: int) -> str:
        """Why a unit counts as small and remote; empty where it does not."""
        if not self.keep_remote:
            return ""
        of = unit == candidate
        left = is_open.copy()
        left[candidate] = False
        total = demand[of].sum()
        if total <= 0 or not left.any():
            return ""
        _, to, _ = nearest(minutes[of], left)
        share = demand[of][~(to <= self.remote_minutes)].sum() / total
        return (
            f"small and remote, {100 * share:.0f} % of its patients would be beyond {self.remote_minutes:g} minutes"
            if share > self.remote_share
            else ""
        )


def _tied_demand(minutes, demand, unit, tied_area, candidate: int) -> float:
    """Patients a year who live as near to the candidate as to the unit they go to, which is listed before it."""
    of = np.flatnonzero(tied_area & (unit != candidate))
    as_near = tenths(minutes[of, candidate]) == tenths(minutes[of, unit[of]])
    return float(demand[of[as_near]].sum())


def _index_share(service: Service) -> float:
    return float(sum(group.per_admission for group in service.groups if group.is_index))


def _spread(count: int, units: np.ndarray):
    def spread(value: np.ndarray) -> np.ndarray:
        full = np.full(count, np.nan)
        full[units] = value
        return full

    return spread
