"""Named streams: each purpose has luck of its own, and none shifts when another is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from sim.cohort.stream import hashed_uniform, stream


def test_a_stream_is_the_same_whenever_it_is_asked_for():
    first = stream(1, 0, "stay acute").random(5)
    stream(1, 0, "stay rehabilitation").random(100)
    assert stream(1, 0, "stay acute").random(5).tolist() == first.tolist()


@pytest.mark.parametrize("other", [(2, 0, "stay", 0), (1, 1, "stay", 0), (1, 0, "stays", 0), (1, 0, "stay", 1)])
def test_seed_replication_purpose_and_layer_each_give_another_stream(other):
    one, two = stream(1, 0, "stay", 0).random(10_000), stream(*other).random(10_000)
    assert not np.isin(one, two).any()
    # Independent uniforms of 10,000 pairs correlate by 0.01 (one standard error).
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.04


def test_luck_hashed_for_a_patient_and_a_unit_depends_on_nothing_else():
    every = hashed_uniform(1, 0, np.arange(100), "Dover")
    assert hashed_uniform(1, 0, np.array([7, 3]), "Dover").tolist() == every[[7, 3]].tolist()
    for other in ((2, 0, np.arange(100), "Dover"), (1, 1, np.arange(100), "Dover"), (1, 0, np.arange(100), "Ashford")):
        assert not np.isin(hashed_uniform(*other), every).any()


def test_hashed_luck_is_uniform_and_units_are_independent():
    count = 100_000
    one, two = (hashed_uniform(1, 0, np.arange(count), unit) for unit in ("Dover", "Ashford"))
    assert ((one >= 0) & (one < 1)).all()
    assert abs(one.mean() - 0.5) < 4 / np.sqrt(12 * count)
    tenth = np.histogram(one, 10, (0, 1))[0]
    assert abs(tenth - count / 10).max() < 4 * np.sqrt(count * 0.1 * 0.9) * 1.2
    assert abs(np.corrcoef(one, two)[0, 1]) < 4 / np.sqrt(count)
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 4 / np.sqrt(count)


def test_a_seed_may_be_as_long_as_one_likes():
    assert 0 <= stream(10**30, 0, "stay").random() < 1
