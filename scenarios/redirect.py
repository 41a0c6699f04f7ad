"""Redirect: some of those who would go on to one stage go to another."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.measures.load import expected_load
from sim.service.fault import Fault, refuse
from sim.service.pathway import Group, Stage
from sim.service.service import Service

from .beds import beds_for_same_delay, shifted_beds
from .find import Finder, names_of, number_fault
from .pathways import with_stages

BEDS = ("resized", "as they are")


@dataclass(frozen=True)
class Redirect:
    """A share of those who would go from one stage to a second go to a third instead, for the whole run."""

    stage: str
    """The stage they leave."""
    of: str
    """The stage that they would go on to."""
    to: str
    """The stage that they go to instead; the pathway must have it."""
    share: float
    """Of those who would."""
    groups: tuple[str, ...] = ()
    """The groups it holds for; all that have the three stages where none is named."""
    beds: str = "resized"
    """``resized``: units whose load grows get beds until a request is as seldom delayed as before (quick estimate); ``as they are``."""

    def __post_init__(self):
        object.__setattr__(self, "groups", names_of(self.groups))
        faults = number_fault("share", self.share, 0, 1)
        faults += [] if self.beds in BEDS else [Fault("beds is " + " or ".join(BEDS), self.beds)]
        refuse(faults, of="Redirect")

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        every = find.groups(self.groups)
        for name in (self.stage, self.of, self.to):
            find.stages((name,), every)
        names = {group.name: [stage.name for stage in group.stages] for group in every}
        some = [group for group in every if {self.stage, self.of, self.to} <= set(names[group.name])]
        some = [group for group in some if group.stage(self.stage).next.get(self.of, 0) > 0]
        if not find.faults and not some:
            find.fault(f"nobody goes from {self.stage} to {self.of} in a group that has {self.to}")
        for group in some:
            if names[group.name].index(self.to) <= names[group.name].index(self.stage):
                find.fault(f"group {group.name} has {self.to} before {self.stage}", cure="name a stage after it")
        find.refuse()
        changed = {(group.name, self.stage): self._changed(group) for group in some}
        said = f"{100 * self.share:g} % of those who would go from {self.stage} to {self.of} go to {self.to} instead; beds {self.beds}."
        option = with_stages(service, changed, said)
        return option if self.beds == "as they are" else _resized(service, option)

    def _changed(self, group: Group) -> Stage:
        """The stage with other chances: the stage gone to comes next to the one it takes from, so that luck changes for nobody else."""
        stage = group.stage(self.stage)
        moved = self.share * stage.next[self.of]
        made: dict[str, float] = {}
        for name, chance in stage.next.items():
            if name != self.to:
                made[name] = chance - moved if name == self.of else chance
            if name == self.of:
                made[self.to] = moved + stage.next.get(self.to, 0.0)
        return replace(stage, next=made)


def _resized(before: Service, option: Service) -> Service:
    """The option with beds for the load that its units gain."""
    was, now, beds = expected_load(before).beds, expected_load(option).beds, option.beds()
    extra = beds_for_same_delay(beds, was, now, np.maximum(now - was, 0.0))
    by_unit = {str(option.units.id[u]): int(extra[u]) for u in np.flatnonzero(extra)}
    return option.with_changes(*shifted_beds(option, by_unit, 0.0))
