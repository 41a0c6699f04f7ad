"""Change how long a stage lasts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sim.service.fault import refuse
from sim.service.pathway import Stage
from sim.service.service import Service

from .find import Finder, names_of
from .laws import factor_faults, factor_of, in_words
from .pathways import with_stages


@dataclass(frozen=True)
class ChangeStay:
    """The stay of a stage is scaled, or gets another mean, its shape kept; it holds for the whole run."""

    stage: str
    """The stage's name."""
    factor: float | None = None
    """How many times as long; or give ``mean``."""
    mean: float | None = None
    """Days; stays that depend on what comes next, or are spent in the bed of the stage before, are scaled alike."""
    groups: tuple[str, ...] = ()
    """The groups it holds for; all that have the stage where none is named."""

    def __post_init__(self):
        object.__setattr__(self, "groups", names_of(self.groups))
        refuse(factor_faults(self.factor, self.mean), of="ChangeStay")

    def __call__(self, service: Service) -> Service:
        find = Finder(service, self)
        found = find.stages((self.stage,), find.groups(self.groups))
        for group, stage in found:
            if self.mean is not None and stage.stay.expectation == 0:
                find.fault(f"group {group.name} stage {stage.name} has no stay whose mean could be changed")
        find.refuse()
        said = f"Stays in {self.stage} are {in_words(self.factor, self.mean)}"
        said += f" for {', '.join(self.groups)}." if self.groups else "."
        return with_stages(service, {(g.name, s.name): self._changed(s) for g, s in found}, said)

    def _changed(self, stage: Stage) -> Stage:
        factor = factor_of(stage.stay, self.factor, self.mean)
        same_bed = None if stage.stay_same_bed is None else stage.stay_same_bed.times(factor)
        stay_if = {to: law.times(factor) for to, law in stage.stay_if.items()}
        return replace(stage, stay=stage.stay.times(factor), stay_if=stay_if, stay_same_bed=same_bed)
