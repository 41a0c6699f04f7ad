"""Processes that are lost, and disks that are full, in a pool of one's own."""

from __future__ import annotations

import importlib
import itertools
import os
import signal
from multiprocessing import active_children

import pytest

from sim.service.fault import InputError
from sim.sweep.plan import Base, Plan, write_plan
from sim.sweep.run import cut
from sim.sweep.shard import Work, ask_shards
from sim.sweep.slurm import hand_out
from sim.sweep.standing import standing

FIND = """
import os
import pathlib


def find(config, name):
    seed, place = config["run"]["seed"], pathlib.Path(config["service"]["place"])
    if seed == 3:
        os._exit(1)
    if seed == 5 and not (place / "once").exists():
        (place / "once").touch()
        os._exit(1)
    raise ValueError("asked")
"""
names = itertools.count()


@pytest.fixture
def work(tmp_path, monkeypatch):
    """Eight points, of which one loses its process every time and one the first time; the others are asked, and say so."""
    name = f"finding_{next(names)}"
    (tmp_path / f"{name}.py").write_text(FIND, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)  # spawned processes get the same path
    find = importlib.import_module(name).find
    config = {"run": {"seed": 0}, "service": {"place": str(tmp_path)}}
    plan = Plan(
        ("run.seed",), (Base({"scenario": "s"}, config, {}),), [0] * 8, [(seed,) for seed in range(8)], ("all",)
    )
    of = write_plan(plan, tmp_path / "sweep", {})
    of.parts.mkdir()
    return of, Work(str(of.folder), of.name, find)


def test_a_point_that_kills_its_process_is_put_down_as_failed_and_the_others_are_asked(work):
    of, what = work
    assert ask_shards(what, cut(range(8), 2), workers=2) == []
    found = standing(of)
    assert sorted(found.failed) == list(range(8))
    assert {row for row, why in found.failed.items() if "lost three times" in why} == {3}
    assert {why for row, why in found.failed.items() if row != 3} == {"ValueError: asked"}


def test_a_shard_that_cannot_be_written_is_lost_with_its_reason_and_the_others_are_kept(work):
    of, what = work
    (of.parts).rmdir()
    lost = ask_shards(what, [(0, 1), (6,)], workers=1)
    assert [shard for shard, _ in lost] == [(0, 1), (6,)]
    assert "No such file" in lost[0].reason
    of.parts.mkdir()
    assert ask_shards(what, [(0, 1), (6,)], workers=1) == []
    assert sorted(standing(of).failed) == [0, 1, 6]


def test_code_that_changed_since_the_plan_is_not_mixed_with_it(work):
    of, what = work
    plan = Plan(("run.seed",), (Base({"scenario": "s"}, {"run": {}}, {}),), [0], [(1,)], ("all",), "another version")
    other = write_plan(plan, of.folder, {})
    with pytest.raises(InputError, match="the code has changed"):
        ask_shards(Work(what.folder, other.name, what.find), [(0,)], workers=1)


def test_every_shard_is_handed_to_one_task():
    for shards, tasks in [(10, 3), (3, 3), (7, 1)]:
        handed = hand_out([(row,) for row in range(shards)], tasks)
        assert [shard for each in handed for shard in each] == [(row,) for row in range(shards)]
        assert max(map(len, handed)) - min(map(len, handed)) <= 1


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes cannot be held here")
def test_stopping_waits_for_no_process_that_will_not_answer(work):
    _, what = work

    def stop(*_):
        for child in active_children():
            os.kill(child.pid, signal.SIGSTOP)  # as one that was lost while it was being started
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask_shards(what, cut([0, 1, 2, 4], 1), workers=2, progress=stop)
    assert active_children() == []
