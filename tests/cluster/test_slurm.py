"""Sweeps on a real Slurm cluster: whatever happens to its workers, tasks and nodes, the table is that of a local sweep."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest


def _beside(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


commands = _beside(Path(__file__).parents[1] / "sweep" / "commands.py")
POINTS, collected, said, start = commands.POINTS, commands.collected, commands.said, commands.start
conftest = _beside(Path(__file__).with_name("conftest.py"))

ABSENT = conftest.absent("slurmctld", "slurmd", "munged", "sbatch")
HAS_SUBMITIT = importlib.util.find_spec("submitit") is not None

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(ABSENT), reason=f"Slurm is not installed here: no {', '.join(ABSENT)}"),
    pytest.mark.skipif(not HAS_SUBMITIT, reason="the extra `cluster` is not installed: no submitit"),
]

LONG = [word.replace("draws=10", "draws=200") for word in POINTS]
SWEEP = ("sweep", "s", *LONG, "run.years=1", "sweep.shard=1")
ON_SLURM = (*SWEEP, "sweep.on=slurm", "sweep.cost=0.5", "sweep.slurm.tasks=4", "sweep.slurm.poll_seconds=0.5")
AND_GO = "sweep.wait=false"


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """The files of the same sweep on this machine."""
    place = tmp_path_factory.mktemp("local")
    said(place, *SWEEP, "sweep.cost=0.5")
    return collected(place, "s")


@pytest.fixture
def cluster(unaccounted, monkeypatch):
    """Both nodes up and the queue empty, before a test and after it."""
    yield from _awake(unaccounted, monkeypatch)


@pytest.fixture(params=["unaccounted", "accounted"])
def either(request, monkeypatch):
    """The same of a cluster without accounting, then of one with it."""
    yield from _awake(request.getfixturevalue(request.param), monkeypatch)


def _awake(folder: Path, monkeypatch):
    monkeypatch.setenv("SLURM_CONF", str(folder / "slurm.conf"))
    yield folder
    slurm("scancel", "-u", str(os.getuid()))
    for node in ("n1", "n2"):
        subprocess.run(["scontrol", "update", f"nodename={node}", "state=resume"], capture_output=True)
    wait_for(lambda: not tasks(), "an empty queue")


def slurm(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def tasks(state: str = "", what: str = "%i", *more: str) -> list[str]:
    """Tasks in the queue, as 12_3."""
    rows = [line.split() for line in slurm("squeue", "-h", "-r", "-o", f"{what} %T", *more).splitlines()]
    return [name for name, now in rows if now == state or not state]


def wait_for(what, words: str, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, f"waited in vain for {words}"
        time.sleep(0.1)


def parts(place: Path) -> int:
    return len(list((place / "results" / "sweeps" / "s" / "parts").glob("part-*.parquet")))


def begun(place: Path, least: int = 3) -> None:
    """Submit the sweep, go away, and come back when some points are done."""
    said(place, *ON_SLURM, AND_GO)
    wait_for(lambda: parts(place) >= least, "the first parts")


def ended(place: Path, local: dict[str, bytes]) -> str:
    """Give the same command to its end; the table is that of a local sweep, byte for byte."""
    text = said(place, *ON_SLURM)
    assert "30 of 30 done" in text
    assert collected(place, "s") == local
    return text


def again(names: list[str]) -> None:
    """Spare tasks that are back in the queue the two minutes that Slurm makes them wait."""
    for name in names:
        wait_for(lambda name=name: name in tasks("PENDING"), f"task {name} back in the queue")
        slurm("scontrol", "update", f"jobid={name}", "starttime=now")


def processes(*words: str) -> dict[int, int]:
    """Processes with all of some words in their command or environment: number and parent."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            about = b" ".join((folder / name).read_bytes() for name in ("cmdline", "environ")).decode(errors="replace")
            if all(word in about for word in words):
                found[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
    return found


def task_processes(place: Path) -> list[int]:
    """The process of every task of a sweep that runs: the parent of its pool."""
    found = processes("submitit.core._submit", str(place / "results" / "sweeps" / "s" / "slurm"))
    return sorted(pid for pid, parent in found.items() if parent not in found)


def workers(of: int) -> list[int]:
    """The pool of a task."""
    return [pid for pid, parent in processes("multiprocessing.spawn").items() if parent == of]


def test_a_sweep_through_submitit_gives_the_table_of_a_local_one(cluster, local, tmp_path):
    text = said(tmp_path, *ON_SLURM)
    assert "submitted 4 tasks" in text
    assert "30 of 30 done" in said(tmp_path, "status", "s")
    assert collected(tmp_path, "s") == local


def test_a_killed_worker_a_killed_task_a_cancelled_task_and_a_drained_node_lose_nothing(cluster, local, tmp_path):
    begun(tmp_path)
    before = parts(tmp_path)
    running = task_processes(tmp_path)
    assert len(running) == 4
    os.kill(workers(running[0])[-1], signal.SIGKILL)
    os.kill(running[1], signal.SIGKILL)
    slurm("scancel", tasks("RUNNING")[-1])
    slurm("scontrol", "update", "nodename=n1", "state=drain", "reason=test")
    assert "running" in said(tmp_path, "status", "s", expect=1)
    wait_for(lambda: not tasks(), "the rest of the tasks")
    assert before < parts(tmp_path) < 30, "the killed and cancelled tasks leave points undone"
    manifest = collected(tmp_path, "s", expect=1)["manifest.csv"].decode()
    assert '"missing","not asked yet' in manifest
    ended(tmp_path, local)


def test_a_cancelled_sweep_ends_by_itself_and_says_so(either, local, tmp_path):
    driver = start(tmp_path, *ON_SLURM)
    wait_for(lambda: parts(tmp_path) >= 2, "two parts")
    slurm("scancel", *{name.partition("_")[0] for name in tasks()})
    text = driver.communicate(timeout=60)[0]
    assert driver.returncode == 1, text
    assert "ended before it" in text
    assert "ended before it" in collected(tmp_path, "s", expect=1)["manifest.csv"].decode()
    ended(tmp_path, local)


def test_a_driver_killed_while_its_tasks_run_finds_them_again(cluster, local, tmp_path):
    driver = start(tmp_path, *ON_SLURM)
    wait_for(lambda: parts(tmp_path) >= 1, "a part")
    driver.kill()
    driver.communicate()
    text = ended(tmp_path, local)
    assert "in the queue already" in text
    assert "submitted 4 tasks" not in text


def test_tasks_put_back_by_more_urgent_ones_go_on_with_what_they_have_not_done(cluster, local, tmp_path):
    begun(tmp_path)
    put_back = tasks("RUNNING")
    slurm("sbatch", "--partition=urgent", "--nodes=2", "--exclusive", "--mem=0", "--output=/dev/null", "--wrap=sleep 1")
    again(put_back)
    text = ended(tmp_path, local)
    assert "in the queue already" in text


def test_tasks_of_a_node_that_is_lost_go_on_at_another(cluster, local, tmp_path):
    begun(tmp_path)
    lost = tasks("RUNNING", "%i", "-w", "n1")
    steps = [f"slurmstepd: [{number}." for number in tasks("RUNNING", "%A", "-w", "n1")]
    gone = {int((cluster / "slurmd-n1.pid").read_text()), *processes("SLURMD_NODENAME=n1")}
    for pid in {*gone, *(pid for step in steps for pid in processes(step))}:
        os.kill(pid, signal.SIGKILL)
    assert lost
    again(lost)
    ended(tmp_path, local)
    conftest.script("node", str(cluster), "n1")
    wait_for(lambda: len(slurm("sinfo", "-h", "-N", "-p", "main", "-t", "idle", "-o", "%N").split()) == 2, "the node")


def test_a_task_at_its_time_limit_goes_back_into_the_queue(cluster, local, tmp_path):
    # Told a minute before the limit of two, which Slurm sees to every half minute.
    words = ("sweep.slurm.tasks=1", "sweep.slurm.minutes=2", "sweep.slurm.additional={signal: 'B:USR2@60'}")
    said(tmp_path, *(word for word in ON_SLURM if not word.startswith("sweep.slurm.tasks")), AND_GO, *words)
    wait_for(lambda: parts(tmp_path) >= 3, "three parts")
    [task] = tasks("RUNNING")
    [running] = task_processes(tmp_path)
    for pid in workers(running):
        os.kill(pid, signal.SIGSTOP)  # as a point that takes very long would
    again([task])
    logs = "".join(path.read_text() for path in (tmp_path / "results" / "sweeps" / "s" / "slurm").glob("*.out"))
    assert "this job is timed-out" in logs
    ended(tmp_path, local)


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk is mounted, which only root may do")
def test_a_full_disk_loses_what_does_not_fit_and_says_so(cluster, local, tmp_path):
    place = tmp_path / "results" / "sweeps" / "s" / "parts"
    place.mkdir(parents=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", str(place)], capture_output=True).returncode:
        pytest.skip("this machine mounts no small disk")
    try:
        text = said(tmp_path, *ON_SLURM, expect=1)
        assert 0 < parts(tmp_path) < 30
        assert not [path for path in place.iterdir() if not path.name.startswith("part-")], "half a file"
        assert "No space left on device" in text
        assert "No space left on device" in collected(tmp_path, "s", expect=1)["manifest.csv"].decode()
        subprocess.run(["mount", "-o", "remount,size=10m", str(place)], check=True)
        ended(tmp_path, local)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_an_array_stays_within_the_limit_of_the_cluster(cluster, tmp_path):
    words = [word for word in ON_SLURM if not word.startswith(("run.seed", "sweep.slurm.tasks"))]
    many = ("run.seed=range(0,1500)", "sweep.slurm.tasks=5000", "sweep.dry_run=true")
    assert "1,000 Slurm tasks" in said(tmp_path, *words, *many)


def test_hydras_own_launcher_runs_points_on_slurm(cluster, tmp_path):
    words = ("-m", "hydra/launcher=submitit_slurm", "hydra.launcher.timeout_min=10", "hydra.launcher.mem_gb=2")
    few = ("region=two_towns", "run=quick", "figures=false", "report=false", "scenario=close", "scenario.units=[Dover]", "run.seed=1,2")
    process = start(tmp_path, *words, *few)
    text = process.communicate(timeout=300)[0]
    assert process.returncode == 0, text
    assert len(list((tmp_path / "results").rglob("summary.csv"))) == 2
