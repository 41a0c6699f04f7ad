"""How a sweep is run: where, on how many processes, in shards of which size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from ..service.fault import Fault, is_number, nearest_spelling, refuse, settings
from .design import Design

BY = ("all", "kind", "group", "unit", "icb", "destination", "waited_for", "month", "option_row", "replication")
"""What outcomes can be kept by."""


def _checked(made: object, numbers: Mapping[str, tuple[float, bool]]) -> list[Fault]:
    """Faults of settings that must be numbers: name, the least, and whether whole."""
    return [
        Fault(f"{name} must be a {'whole ' if whole else ''}number, {least:g} or more", getattr(made, name))
        for name, (least, whole) in numbers.items()
        if not is_number(getattr(made, name), least) or (whole and not isinstance(getattr(made, name), int))
    ]


@dataclass(frozen=True)
class Slurm:
    """What is asked of a cluster; ``configs/sweep.yaml`` says what each line is."""

    partition: str | None = None
    account: str | None = None
    qos: str | None = None
    constraint: str | None = None
    cpus: int = 1
    mem_gb_per_cpu: float = 2
    minutes: int = 60
    task_minutes: float = 15
    tasks: int | str = "auto"
    parallel: int | None = None
    requeues: int = 10
    setup: tuple[str, ...] = ()
    additional: Mapping[str, object] | None = None
    poll_seconds: float = 2

    def __post_init__(self):
        faults = _checked(
            self,
            {
                "cpus": (1, True),
                "mem_gb_per_cpu": (0.1, False),
                "minutes": (1, True),
                "task_minutes": (0.01, False),
                "requeues": (0, True),
                "poll_seconds": (0.1, False),
            },
        )
        if self.tasks != "auto":
            faults += _checked(self, {"tasks": (1, True)})
        if self.parallel is not None:
            faults += _checked(self, {"parallel": (1, True)})
        refuse(faults, of="sweep.slurm")


@dataclass(frozen=True)
class How:
    """How a sweep is run; ``configs/sweep.yaml`` says what each line is."""

    on: str = "local"
    dry_run: bool = False
    wait: bool = True
    workers: int = 0
    shard: int | str = "auto"
    shard_seconds: float = 30
    cost: float | None = None
    by: tuple[str, ...] = ("all", "kind")
    design: str = "grid"
    points: int | None = None
    seed: int = 1
    seeds: str = "crossed"
    line_seconds: float = 5
    slurm: Slurm = Slurm()

    def __post_init__(self):
        faults = _checked(self, {"workers": (0, True), "shard_seconds": (0.01, False), "line_seconds": (0, False)})
        if self.on not in ("local", "slurm"):
            faults.append(Fault("a sweep runs on local or slurm", self.on))
        if self.shard != "auto":
            faults += _checked(self, {"shard": (1, True)})
        if self.cost is not None:
            faults += _checked(self, {"cost": (0, False)})
        faults += [
            Fault(f"{name} is true or false", getattr(self, name))
            for name in ("dry_run", "wait")
            if not isinstance(getattr(self, name), bool)
        ]
        cure = "known: " + ", ".join(BY)
        faults += [Fault("unknown in by", each, cure + nearest_spelling(each, BY)) for each in self.by if each not in BY]
        faults += [Fault("by names each once", list(self.by))] if len({str(each) for each in self.by}) < len(self.by) else []
        refuse(faults, of="sweep")

    def covered(self) -> Design:
        """How ranges are covered."""
        return Design(self.design, self.points or 0, self.seed, self.seeds)

    @classmethod
    def read(cls, given: Mapping) -> How:
        """Settings as in ``configs/sweep.yaml``."""
        made = settings(given, "sweep", known=[field.name for field in fields(cls)])
        known = [field.name for field in fields(Slurm)]
        cluster = settings(made.pop("slurm", None), "sweep.slurm", known=known)
        lists = [Fault(f"{key} is a list", made[key]) for key in ("by",) if not isinstance(made.get(key, []), list)]
        lists += [Fault("setup is a list", cluster["setup"])] if not isinstance(cluster.get("setup", []), list) else []
        refuse(lists, of="sweep")
        made |= {key: tuple(value) for key, value in made.items() if isinstance(value, list)}
        cluster |= {key: tuple(value) for key, value in cluster.items() if isinstance(value, list)}
        return cls(**made, slurm=Slurm(**cluster))
