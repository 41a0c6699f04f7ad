"""Sweeps on Slurm: shards handed out to the tasks of one job array, through submitit, and watched through the queue.

A task is done when its parts are there. The queue only says whether more can come; accounting is never asked, so that a sweep
ends on clusters that keep none. A task that is started again, for whatever reason, skips the shards whose parts are there.
"""

from __future__ import annotations

import getpass
import math
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ..service.fault import Fault, refuse
from .how import Slurm
from .parts import part_name, read_footer
from .plan import Stored
from .point import digest
from .shard import Shard, Work, ask_shards, cores

WARNED_SECONDS = 90
"""How long before its time limit a task is told, so that it goes back into the queue; Slurm may be up to a minute early."""


class Task:
    """What a task of the array does."""

    def __call__(self, work: Work, shards: tuple[Shard, ...]) -> None:
        """Ask the shards that have no part yet."""
        stored = Stored(Path(work.folder), work.plan)
        keys = stored.keys_of(row for shard in shards for row in shard)

        def is_done(shard: Shard) -> bool:
            path = stored.parts / part_name(keys[row] for row in shard)
            return path.is_file() and not read_footer(path, "").failed

        left = [shard for shard in shards if not is_done(shard)]
        for shard, reason in ask_shards(work, left, cores()):
            print(f"points {min(shard)} to {max(shard)}: {reason}", file=sys.stderr)

    def checkpoint(self, work: Work, shards: tuple[Shard, ...]):
        """At its time limit a task goes back into the queue and goes on."""
        from submitit.helpers import DelayedSubmission

        return DelayedSubmission(self, work, shards)


def job_name(folder: Path) -> str:
    """The name by which the queue knows a sweep; also from another shell."""
    folder = Path(folder).absolute()
    return f"sim-{folder.name[:40]}-{digest(str(folder))[:8]}"


def hand_out(shards: Sequence[Shard], tasks: int) -> list[tuple[Shard, ...]]:
    """Shards by task, as even as can be.

    Examples
    --------
    >>> hand_out([(0,), (1,), (2,)], 2)
    [((0,), (1,)), ((2,),)]
    """
    size, more = divmod(len(shards), tasks)
    ends = [0]
    for task in range(tasks):
        ends.append(ends[-1] + size + (task < more))
    return [tuple(shards[a:b]) for a, b in zip(ends, ends[1:])]


def task_count(how: Slurm, shards: int, seconds: float) -> int:
    """How many tasks.

    Parameters
    ----------
    shards
        To be asked.
    seconds
        Computing time of all of them.
    """
    most = min(shards, array_limit())
    if how.tasks != "auto":
        return min(how.tasks, most)
    wide = how.cpus * 60
    wanted = max(seconds / (wide * how.task_minutes), min(nodes(how.partition), seconds / wide))
    return max(1, min(math.ceil(wanted), most))


def array_limit() -> int:
    """The most tasks that an array may have on this cluster."""
    said = _asked(["scontrol", "show", "config"])
    found = re.search(r"MaxArraySize\s*=\s*(\d+)", said)
    return max(1, int(found[1]) - 1) if found else 1000


def nodes(partition: str | None) -> int:
    """Nodes of a partition, or of the cluster."""
    words = _asked(["sinfo", "-h", "-N", "-o", "%N", *(["-p", partition] if partition else [])]).split()
    return len(set(words))


def check(instead: str = "use sweep.on=local") -> None:
    """Refuse Slurm where there is none; ``instead`` is what can be done there."""
    try:
        import submitit  # noqa: F401
    except ImportError:
        refuse([Fault("submitit is not installed", cure='pip install "service-reconfiguration[cluster]"')])
    try:
        _asked(["scontrol", "ping"])
    except (OSError, subprocess.SubprocessError) as error:
        refuse([Fault("Slurm cannot be reached from here", " ".join(str(error).split()), f"or {instead}")])


def submit(work: Work, shards: Sequence[Shard], how: Slurm, seconds: float) -> dict[str, tuple[Shard, ...]]:
    """Submit shards.

    Returns
    -------
    The shards of every task by its name in the queue.
    """
    import submitit

    folder = Path(work.folder)
    # Without srun the warning before the time limit comes to the shell of the job alone: the shell gives way to Python, which goes back
    # into the queue when it is warned. (A step of srun would be given one core only, whatever the job has.)
    python = f"exec {shlex.quote(sys.executable)}"
    executor = submitit.SlurmExecutor(folder=folder / "slurm", max_num_timeout=how.requeues, python=python)
    asked = {
        "partition": how.partition,
        "account": how.account,
        "qos": how.qos,
        "constraint": how.constraint,
        "setup": ["trap '' USR2", *how.setup],  # a warning that comes before Python has begun ends nothing
        "additional_parameters": {"signal": f"B:USR2@{WARNED_SECONDS}", **(how.additional or {})},
    }
    handed = hand_out(shards, task_count(how, len(shards), seconds))
    executor.update_parameters(
        array_parallelism=how.parallel or len(handed),
        job_name=job_name(folder),
        time=how.minutes,
        cpus_per_task=how.cpus,
        mem_per_cpu=f"{math.ceil(how.mem_gb_per_cpu * 1024)}M",
        use_srun=False,
        **{name: value for name, value in asked.items() if value},
    )
    jobs = executor.map_array(Task(), [work] * len(handed), handed)
    return {job.job_id: each for job, each in zip(jobs, handed)}


def queue(folder: Path) -> Counter | None:
    """Tasks of a sweep in the queue by state; None where the queue cannot be asked just now."""
    try:
        said = _asked(["squeue", "-h", "-r", "-u", getpass.getuser(), "-n", job_name(folder), "-o", "%T"])
    except (OSError, subprocess.SubprocessError):
        return None
    return Counter(said.split())


def why_lost(folder: Path, task: str) -> str:
    """What a task that ended early said last."""
    log = Path(folder) / "slurm" / f"{task}_0_log.err"
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        lines = []
    last = f": {lines[-1].strip()[:200]}" if lines else ""
    return f"Slurm task {task} ended before it{last}"


def _asked(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
