"""Sweeps on a real Slurm cluster: whatever happens to its workers, tasks and nodes, the table is that of a local sweep."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("commands", Path(__file__).parents[1] / "sweep" / "commands.py")
commands = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(commands)
POINTS, collected, said, start = commands.POINTS, commands.collected, commands.said, commands.start

SCRIPT = Path(__file__).with_name("slurm.sh")
DAEMONS = ("slurmctld", "slurmd", "munged", "sbatch")
SEARCHED = os.environ.get("PATH", "") + os.pathsep + os.pathsep.join(["/usr/sbin", "/sbin"])
ABSENT = [name for name in DAEMONS if not shutil.which(name, path=SEARCHED)]
HAS_SUBMITIT = importlib.util.find_spec("submitit") is not None

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(ABSENT), reason=f"Slurm is not installed here: no {', '.join(ABSENT)}"),
    pytest.mark.skipif(not HAS_SUBMITIT, reason="the extra `cluster` is not installed: no submitit"),
]

SWEEP = ("sweep", "s", *POINTS, "service.outcome.draws=200", "sweep.shard=1")
ON_SLURM = (*SWEEP, "sweep.on=slurm", "sweep.cost=0.5", "sweep.slurm.tasks=4", "sweep.slurm.poll_seconds=0.5")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Two nodes of two cores."""
    # A short path: a socket's may have a hundred letters.
    folder = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    # Workers of a test run side by side have a cluster each.
    port = 17200 + 100 * int("".join(filter(str.isdigit, os.environ.get("PYTEST_XDIST_WORKER", "0"))))
    subprocess.run(["bash", str(SCRIPT), "up", str(folder), "2"], check=True, timeout=120, env=os.environ | {"PORT": str(port)})
    os.environ["SLURM_CONF"] = str(folder / "slurm.conf")
    yield folder
    subprocess.run(["bash", str(SCRIPT), "down", str(folder)], check=True, timeout=120)
    del os.environ["SLURM_CONF"]
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """The files of the same sweep on this machine."""
    place = tmp_path_factory.mktemp("local")
    said(place, *SWEEP, "sweep.cost=0.5")
    return collected(place, "s")


@pytest.fixture(autouse=True)
def _awake(cluster):
    """Each test finds both nodes up and the queue empty."""
    yield
    slurm("scancel", "-u", str(os.getuid()))
    for node in ("n1", "n2"):
        subprocess.run(["scontrol", "update", f"nodename={node}", "state=resume"], capture_output=True)
    wait_for(lambda: not tasks(), "an empty queue")


def slurm(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def tasks(state: str = "") -> list[str]:
    """Tasks in the queue, as 12_3."""
    rows = [line.split() for line in slurm("squeue", "-h", "-r", "-o", "%i %T").splitlines()]
    return [name for name, now in rows if now == state or not state]


def wait_for(what, words: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, f"waited in vain for {words}"
        time.sleep(0.1)


def parts(place: Path) -> int:
    return len(list((place / "results" / "sweeps" / "s" / "parts").glob("part-*.parquet")))


def processes(word: str) -> dict[int, int]:
    """Processes with a word in their command: number and parent."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if word in (folder / "cmdline").read_bytes().decode(errors="replace"):
                found[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
    return found


def task_processes(place: Path) -> list[int]:
    """The Python processes of this sweep's tasks."""
    found = processes(str(place / "results" / "sweeps" / "s" / "slurm"))
    return [
        pid
        for pid in found
        if "submitit.core._submit" in Path(f"/proc/{pid}/cmdline").read_text() and "bash" not in _name(pid)
    ]


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text()


def test_a_sweep_through_submitit_gives_the_table_of_a_local_one(cluster, local, tmp_path):
    text = said(tmp_path, *ON_SLURM)
    assert "submitted 4 tasks" in text
    assert "30 of 30 done" in said(tmp_path, "status", "s")
    assert collected(tmp_path, "s") == local


def test_a_killed_worker_a_killed_task_a_cancelled_task_and_a_drained_node_lose_nothing(cluster, local, tmp_path):
    said(tmp_path, *ON_SLURM, "sweep.wait=false")
    wait_for(lambda: parts(tmp_path) >= 3, "three parts")
    before = parts(tmp_path)
    running = task_processes(tmp_path)
    assert len(running) == 4
    workers = [pid for pid, parent in processes("multiprocessing.spawn").items() if parent == running[0]]
    os.kill(workers[-1], signal.SIGKILL)
    os.kill(running[1], signal.SIGKILL)
    slurm("scancel", tasks("RUNNING")[-1])
    slurm("scontrol", "update", "nodename=n1", "state=drain", "reason=test")
    status = said(tmp_path, "status", "s", expect=1)
    assert "running" in status
    wait_for(lambda: not tasks(), "the rest of the tasks")
    assert before < parts(tmp_path) < 30, "the killed and cancelled tasks leave points undone"
    manifest = collected(tmp_path, "s", expect=1)["manifest.csv"].decode()
    assert '"missing","not asked yet' in manifest
    text = said(tmp_path, *ON_SLURM)
    assert "30 of 30 done" in text
    assert collected(tmp_path, "s") == local


def test_a_cancelled_sweep_ends_by_itself_without_accounting_and_says_so(cluster, local, tmp_path):
    driver = start(tmp_path, *ON_SLURM)
    wait_for(lambda: parts(tmp_path) >= 2, "two parts")
    slurm("scancel", *{name.partition("_")[0] for name in tasks()})
    text = driver.communicate(timeout=60)[0]
    assert driver.returncode == 1, text
    assert "ended before it" in text
    assert "ended before it" in collected(tmp_path, "s", expect=1)["manifest.csv"].decode()
    said(tmp_path, *ON_SLURM)
    assert collected(tmp_path, "s") == local


def test_a_driver_killed_while_its_tasks_run_finds_them_again(cluster, local, tmp_path):
    driver = start(tmp_path, *ON_SLURM)
    wait_for(lambda: parts(tmp_path) >= 1, "a part")
    driver.kill()
    driver.communicate()
    text = said(tmp_path, *ON_SLURM)
    assert "in the queue already" in text
    assert "submitted 4 tasks" not in text
    assert collected(tmp_path, "s") == local


def test_a_task_started_again_goes_on_with_what_it_has_not_done(cluster, local, tmp_path):
    said(tmp_path, *ON_SLURM, "sweep.wait=false")
    wait_for(lambda: parts(tmp_path) >= 3, "three parts")
    task = tasks("RUNNING")[0]
    slurm("scontrol", "requeue", task)
    # A requeued task waits two minutes unless told otherwise.
    wait_for(lambda: task in tasks("PENDING"), "the task back in the queue")
    slurm("scontrol", "update", f"jobid={task}", "starttime=now")
    text = said(tmp_path, *ON_SLURM)
    assert "30 of 30 done" in text
    assert collected(tmp_path, "s") == local


def test_hydras_own_launcher_runs_points_on_slurm(cluster, tmp_path):
    words = ("-m", "hydra/launcher=submitit_slurm", "hydra.launcher.timeout_min=10", "hydra.launcher.mem_gb=2")
    few = ("region=two_towns", "run=quick", "figures=false", "scenario=close", "scenario.units=[Dover]", "run.seed=1,2")
    process = start(tmp_path, *words, *few)
    text = process.communicate(timeout=300)[0]
    assert process.returncode == 0, text
    assert len(list((tmp_path / "results").rglob("summary.csv"))) == 2
