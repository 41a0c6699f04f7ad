"""Cap the volume of a unit by the hours in which it takes new patients."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.journeys.nearest import nearest, unit_minutes
from sim.measures.access import unit_volume
from sim.service.fault import Fault, is_number, refuse
from sim.service.service import Service, WeeklyHours

from .find import Finder, unit_names
from .open_hours import NOT_EXPECTED, nowhere_open

_FIRST_HOUR = 8
"""The hour of the day from which a capped unit is open."""


@dataclass(frozen=True)
class CapVolume:
    """Named units take at most so many patients a year, on average: they open each day at 08:00 and close when that is reached.

    There is no list that patients could be put on at the door, so the cap is kept by opening hours: the unit takes new patients in
    as many hours of the week, from 08:00 on every day, as make the expected admissions of the year not exceed the cap; in the other
    hours patients go to the nearest unit that is open. The count of one year varies about that by chance.
    """

    units: tuple[str, ...]
    """Unit ids."""
    most: float
    """Index admissions a year, each."""
    kind: str | None = None
    """The kind of care whose patients are counted; None for the one that access is measured to."""

    def __post_init__(self):
        object.__setattr__(self, "units", unit_names(self.units, "CapVolume"))
        good = is_number(self.most, 0) and self.most > 0
        refuse(
            [] if good else [Fault("most must be a number of admissions a year, above 0", self.most)], of="CapVolume"
        )

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        kind = service.access_kind if self.kind is None else self.kind
        find.kinds((kind,))
        rows = find.open_units(self.units, 0.0)
        for u in rows:
            if not service.gives(kind)[u]:
                find.fault(f"{service.units.id[u]} gives no {kind} care")
            if str(service.units.id[u]) in service.hours:
                find.fault(f"{service.units.id[u]} has opening hours already", cure="cap it or give it hours, not both")
        find.refuse()
        open_hours, volume = self._hours(service, kind, rows)
        for unit, hours in open_hours.items():
            if not hours.any():
                find.fault(
                    f"{unit} would never open under a cap of {self.most:g} a year", cure="close it: scenario=close"
                )
        capped = {unit: WeeklyHours(hours) for unit, hours in open_hours.items() if not hours.all()}
        find.faults += nowhere_open(service, {**service.hours, **capped}) if not find.faults else []
        find.refuse()
        marks = {}
        for u in rows:
            unit = str(service.units.id[u])
            hours = int(open_hours[unit].sum())
            said = f"capped: open {hours} of 168 hours a week, {volume[u]:.0f} a year expected"
            marks[unit] = (said if unit in capped else f"under its cap as it is, {volume[u]:.0f} a year expected",)
        option = replace(service, hours={**service.hours, **capped})
        said = f"{', '.join(self.units)} take at most {self.most:g} patients a year each, on average, by hours of opening. {NOT_EXPECTED}"
        return option.with_changes(said=said, marks=marks)

    def _hours(self, service: Service, kind: str, rows: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """The (7, 24) hours of each capped unit, and the (U,) admissions a year that all units then expect."""
        expect = _Expected(service, kind)
        count = dict.fromkeys(rows.tolist(), 168)
        volume = expect.volume(count)
        # Closing one unit's hours never takes patients from another, so hours only ever fall.
        while over := [u for u in count if count[u] and volume[u] > self.most * (1 + 1e-9)]:
            for u in over:
                count[u] = min(count[u] - 1, int(count[u] * self.most / volume[u]) + 1)
            volume = expect.volume(count)
        return {str(service.units.id[u]): expect.hours(n) for u, n in count.items()}, volume


class _Expected:
    """Expected admissions of the year under opening hours, from the nearest unit of each area at each hour."""

    def __init__(self, service: Service, kind: str):
        self.service = service
        self.gives = service.gives(kind) & service.is_open()
        self.minutes = unit_minutes(service.region.travel.area_site, service.units.site)
        self.demand = service.demand_at() * service.index_share
        self.weight = (service.demand.hour / service.demand.hour.sum()).reshape(-1)
        hour, day = np.meshgrid((np.arange(24) - _FIRST_HOUR) % 24, np.arange(7))
        self.order = np.lexsort((day.reshape(-1), hour.reshape(-1)))
        self.known: dict[bytes, np.ndarray] = {}

    def hours(self, count: int) -> np.ndarray:
        """(7, 24) bool: the first so many hours of the week, taken hour of the day by hour of the day from 08:00."""
        is_open = np.zeros(168, dtype=bool)
        is_open[self.order[:count]] = True
        return is_open.reshape(7, 24)

    def volume(self, count: dict[int, int]) -> np.ndarray:
        """(U,) admissions a year where each capped unit is open so many hours of the week."""
        is_open = np.repeat(self.gives[None, :], 168, axis=0)
        for unit, hours in self.service.hours.items():
            is_open[:, self.service.unit_index(unit)] &= hours.is_open.reshape(-1)
        for u, hours in count.items():
            is_open[:, u] &= self.hours(hours).reshape(-1)
        states, hour = np.unique(is_open, axis=0, return_inverse=True)
        share = np.bincount(hour.reshape(-1), self.weight, len(states))
        return sum(part * self._at(state) for part, state in zip(share, states))

    def _at(self, state: np.ndarray) -> np.ndarray:
        if state.tobytes() not in self.known:
            unit = nearest(self.minutes, state).unit
            self.known[state.tobytes()] = unit_volume(unit, self.demand, len(state))
        return self.known[state.tobytes()]
