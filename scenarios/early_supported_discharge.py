"""Early supported discharge: home from a stage instead of on to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sim.service.fault import refuse
from sim.service.pathway import Group, Stage
from sim.service.service import Service

from .find import Finder, names_of, number_fault
from .pathways import with_stages

HOME = "home_supported"
"""Home, with early supported discharge."""


@dataclass(frozen=True)
class EarlySupportedDischarge:
    """A share of those who would go on to a further stage goes home with support instead; it holds for the whole run."""

    share: float
    """Of those who would go on."""
    stage: str
    """The stage they go home from."""
    groups: tuple[str, ...] = ()
    """The groups it holds for; all that have the stage where none is named."""

    def __post_init__(self):
        object.__setattr__(self, "groups", names_of(self.groups))
        refuse(number_fault("share", self.share, 0, 1), of="EarlySupportedDischarge")

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        found = find.stages((self.stage,), find.groups(self.groups))
        changed = {(group.name, stage.name): self._changed(group, stage) for group, stage in found}
        if found and all(changed[g.name, s.name].next == s.next for g, s in found) and self.share > 0:
            find.fault(f"nobody goes on to a further stage from {self.stage}", cure="name a stage before it")
        find.refuse()
        said = f"{100 * self.share:g} % of those who would go on from {self.stage} to a further stage go home with support instead"
        return with_stages(service, changed, said + (f" ({', '.join(self.groups)})." if self.groups else "."))

    def _changed(self, group: Group, stage: Stage) -> Stage:
        """The stage with other chances, in the order they had: luck changes for as few patients as it can."""
        onward = {to for to in stage.next if any(each.name == to for each in group.stages)}
        moved = self.share * sum(stage.next[to] for to in onward)
        made: dict[str, float] = {}
        for to, chance in stage.next.items():
            made[to] = chance * (1 - self.share) if to in onward else chance
            if to in onward and HOME not in stage.next:
                made.setdefault(HOME, 0.0)
        if moved > 0:
            made[HOME] += moved
        return replace(stage, next=made)
