"""Pathways of an option: stages of single groups replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sim.service.pathway import Group, Stage
from sim.service.service import Service


def with_stages(service: Service, stages: Mapping[tuple[str, str], Stage], said: str) -> Service:
    """The service with some stages replaced, by the names of group and stage; luck is keyed by the stage's name, so it is kept."""

    def changed(group: Group) -> Group:
        return replace(group, stages=tuple(stages.get((group.name, stage.name), stage) for stage in group.stages))

    groups = tuple(changed(group) for group in service.groups)
    return replace(service, groups=groups, history=(*service.history, said))
