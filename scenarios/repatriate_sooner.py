"""Repatriate sooner: shorten the time from a local bed being given to leaving the centre."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sim.service.fault import refuse
from sim.service.service import Service

from .find import Finder, names_of
from .laws import factor_faults, factor_of, in_words
from .pathways import with_stages


@dataclass(frozen=True)
class RepatriateSooner:
    """Transfers to the next stage, during which two beds are held, take less time (or more); it holds for the whole run."""

    factor: float | None = None
    """How many times as long; or give ``mean``."""
    mean: float | None = None
    """Days."""
    stages: tuple[str, ...] = ()
    """The stages that patients are transferred to; every stage that has a transfer where none is named."""
    groups: tuple[str, ...] = ()
    """The groups it holds for; all where none is named."""

    def __post_init__(self):
        object.__setattr__(self, "stages", names_of(self.stages))
        object.__setattr__(self, "groups", names_of(self.groups))
        refuse(factor_faults(self.factor, self.mean), of="RepatriateSooner")

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        groups = find.groups(self.groups)
        every = dict.fromkeys(stage.name for group in groups for stage in group.stages)
        found = [(g, s) for g, s in find.stages(self.stages or every, groups) if s.transfer.expectation > 0]
        if not found and not find.faults:
            find.fault("no stage named has a transfer that takes time", list(self.stages) or None)
        find.refuse()
        changed = {
            (g.name, s.name): replace(s, transfer=s.transfer.times(factor_of(s.transfer, self.factor, self.mean)))
            for g, s in found
        }
        names = ", ".join(dict.fromkeys(stage.name for _, stage in found))
        said = f"Transfers to {names} care are {in_words(self.factor, self.mean)}"
        return with_stages(service, changed, said + (f" for {', '.join(self.groups)}." if self.groups else "."))
