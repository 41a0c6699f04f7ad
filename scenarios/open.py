"""Open a unit: one that is closed reopens, or a new one starts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.service.extend import NewUnit, with_new_units
from sim.service.fault import Fault, is_whole, refuse
from sim.service.service import Change, Service

from .find import Finder, names_of


@dataclass(frozen=True)
class Open:
    """A closed unit reopens, or a new one opens at a known site, from a date."""

    unit: str
    """Its id; for a new unit one that no other has."""
    beds: int | None = None
    """Staffed beds; needed for a new unit, and for one whose beds are gone."""
    site: str | None = None
    """New units only: the site's id."""
    kinds: tuple[str, ...] = ()
    """New units only: the kinds of care it gives, all from the same beds."""
    provider: str | None = None
    """New units only: the trust that runs it; the one that is at the site where not given."""
    name: str | None = None
    """New units only: what it is called; the site's name where not given."""
    at: object = 0
    """A date or days from the start of the run."""

    def __post_init__(self):
        object.__setattr__(self, "unit", str(self.unit))
        object.__setattr__(self, "kinds", names_of(self.kinds))
        good = self.beds is None or is_whole(self.beds, 1)
        refuse([] if good else [Fault("beds must be a whole number, 1 or more", self.beds)], of="Open")

    def __call__(self, service: Service) -> Service:
        is_known = self.unit in service.units.id.tolist()
        is_new = not is_known and (self.site is not None or self.kinds)
        return self._new(service) if is_new else self._again(service)

    def _again(self, service: Service) -> Service:
        find = Finder(service, self)
        at, rows = find.day(self.at), find.units((self.unit,))
        for u in rows:
            if service.is_open(at)[u]:
                find.fault(f"{self.unit} is open already on day {at:g}")
            if self.beds is None and not service.beds(at)[u] > 0:
                find.fault(f"{self.unit} has no beds on day {at:g}", cure="say how many: scenario.beds=10")
            if self.site is not None or self.kinds:
                find.fault(
                    f"{self.unit} is there already", cure="leave site and kinds out, or give a new unit its own id"
                )
        if find.faults and not len(rows):
            find.fault("a new unit needs site, kinds and beds")
        find.refuse()
        changes = [Change(at, self.unit, "open", 1)]
        changes += [] if self.beds is None else [Change(at, self.unit, "beds", int(self.beds))]
        beds = int(self.beds or service.beds(at)[rows[0]])
        said = f"From day {at:g} {self.unit} is open again, with {beds} beds."
        return service.with_changes(*changes, said=said, marks={self.unit: ("reopened",)})

    def _new(self, service: Service) -> Service:
        find = Finder(service, self)
        at, kinds = find.day(self.at), find.kinds(self.kinds)
        sites = service.sites.id.tolist()
        if self.site is None or not self.kinds or self.beds is None:
            find.fault(f"a new unit {self.unit!r} needs site, kinds and beds")
        if self.site is not None and find.name(self.site, sites, "site"):
            site = sites.index(str(self.site))
            beside = np.flatnonzero(service.units.site == site)
            if self.provider is None and not len(beside):
                find.fault(f"no unit is at {self.site} yet", cure="say who runs the new one: scenario.provider=...")
        find.refuse()
        provider = str(self.provider) if self.provider is not None else str(service.units.provider[beside[0]])
        name = self.name or str(service.sites.name[site])
        new = NewUnit(self.unit, name, site, kinds, int(self.beds), provider)
        said = f"From day {at:g} {self.unit} opens at {self.site} with {self.beds} beds for {' and '.join(kinds)} care."
        return with_new_units(service, [new], at).with_changes(said=said, marks={self.unit: ("new",)})
