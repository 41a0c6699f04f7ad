"""Localise: part of what a higher tier does is done near home."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sim.service.fault import Fault, refuse
from sim.service.service import Service

from .find import Finder, names_of, number_fault


@dataclass(frozen=True)
class Localise:
    """A share of a group has a stage in another, local kind of care; everybody else keeps their luck.

    The share becomes a group of its own (``<group>_local``) beside the first, with the same stages by the same names, of which
    one asks for another kind. Who belongs to it is decided by the same luck as the group was; nobody else's changes.
    """

    stage: str
    """The stage that is given locally."""
    kind: str
    """The kind of care it then asks for."""
    share: float
    """Of each group's patients."""
    groups: tuple[str, ...] = ()
    """The groups; all that have the stage where none is named."""

    def __post_init__(self):
        object.__setattr__(self, "groups", names_of(self.groups))
        refuse(number_fault("share", self.share, 0, 1), of="Localise")

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        found = find.stages((self.stage,), find.groups(self.groups))
        find.kinds((self.kind,))
        names = {group.name for group in service.groups}
        for group, stage in found:
            if stage.kind == self.kind:
                find.fault(f"group {group.name} stage {stage.name} asks for {self.kind} care already")
            if f"{group.name}_local" in names:
                find.faults.append(Fault(f"group {group.name} is localised already", cure="localise it once"))
        find.refuse()
        parts = {group.name for group, _ in found}
        groups = [
            part
            for group in service.groups
            for part in (self._split(group) if group.name in parts and self.share > 0 else (group,))
        ]
        said = f"{100 * self.share:g} % of {', '.join(sorted(parts))} have {self.stage} in {self.kind} care near home."
        return replace(service, groups=tuple(groups), history=(*service.history, said))

    def _split(self, group):
        stages = tuple(replace(s, kind=self.kind) if s.name == self.stage else s for s in group.stages)
        local = replace(
            group, name=f"{group.name}_local", per_admission=group.per_admission * self.share, stages=stages
        )
        return replace(group, per_admission=group.per_admission * (1 - self.share)), local
