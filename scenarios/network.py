"""Network: each body designates where its patients go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from sim.journeys.nearest import nearest, unit_minutes
from sim.service.allocation import Catchment, with_allocation
from sim.service.fault import Fault, refuse
from sim.service.flows import AREA, Flows
from sim.service.service import Service

from .find import Finder
from .rules import level_name


@dataclass(frozen=True)
class Network:
    """Patients go to the nearest unit of their own body, as networks designate, and not across its border; for the whole run."""

    level: str = "icb"
    """The level of bodies (icb, icb_2026, sub_icb, isdn for stroke networks, region) whose patients stay inside."""
    send: Mapping[str, str] | None = None
    """Bodies or areas that send their patients to a named unit instead, wherever that is: ``{Kent and Medway: ME169QQ}``."""
    kind: str | None = None
    """The kind of care that patients start with; None for the one that access is measured to."""

    def __post_init__(self):
        good = isinstance(self.send or {}, Mapping)
        cure = "as {Kent and Medway: ME169QQ}"
        refuse([] if good else [Fault("send is a unit for each body or area", self.send, cure)], of="Network")

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        kind = service.access_kind if self.kind is None else self.kind
        find.kinds((kind,))
        if find.name(self.level, service.sites.body, "level of bodies of sites"):
            find.name(self.level, service.areas.body, "level of bodies of areas")
        send = {str(place): str(unit) for place, unit in (self.send or {}).items()}
        designated = [(find.areas((place,)), find.units((unit,))) for place, unit in send.items()]
        find.refuse()
        unit = self._inside(service, kind)
        for areas, row in designated:
            unit[areas] = row[0]
        of = np.flatnonzero(unit >= 0)
        flows = Flows(
            np.full(len(of), AREA),
            service.areas.id[of],
            service.units.id[unit[of]],
            np.ones(len(of)),
            f"network by {self.level}",
        )
        option = with_allocation(service, replace(service.allocation, rule=Catchment(flows)))
        left = int((service.areas.demand > 0).sum() - (service.areas.demand[of] > 0).sum())
        said = f"Patients go to the nearest unit of their own {level_name(self.level)}"
        said += "".join(f"; those of {place} to {name}" for place, name in send.items())
        said += f"; {left} areas of bodies without a unit go to the nearest." if left else "."
        return replace(option, history=(*option.history, said))

    def _inside(self, service: Service, kind: str) -> np.ndarray:
        """(A,) the nearest unit at a site of each area's own body; -1 where there is none."""
        home, seat = service.areas.body[self.level], service.sites.body[self.level][service.units.site]
        minutes = unit_minutes(service.region.travel.area_site, service.units.site)
        gives = service.gives(kind) & service.is_open()
        unit = np.full(len(home), -1)
        for name in np.unique(home):
            of = home == name
            unit[of] = nearest(minutes[of], gives & (seat == name)).unit
        return unit
