import numpy as np
import pytest

from sim.service.fault import InputError
from sim.sweep.design import SEED, Design, Range

SPACE = {"x": Range(0, 1), "y": Range(10, 1000, scale="log"), "scenario": ("a", "b")}


def shares(points, place, low, high):
    return np.array([(p[place] - low) / (high - low) for p in points])


def test_a_grid_takes_both_ends_of_every_range():
    points = list(Design("grid", 3).points(SPACE))
    assert len(points) == 3 * 3 * 2
    assert {p[0] for p in points} == {0.0, 0.5, 1.0}
    assert {p[1] for p in points} == {10.0, 100.0, 1000.0}


@pytest.mark.parametrize("count", [5, 16, 33])
def test_a_latin_hypercube_takes_one_point_from_every_slice_of_every_range(count):
    points = list(Design("lhs", count, seed=3).points({"x": Range(0, 1), "z": Range(-5, 5)}))
    for place, (low, high) in enumerate([(0, 1), (-5, 5)]):
        slices = np.floor(shares(points, place, low, high) * count).astype(int)
        assert sorted(slices) == list(range(count))


def test_sobol_points_fill_every_quarter_alike():
    points = np.array(list(Design("sobol", 64).points({"x": Range(0, 1), "z": Range(0, 1)})))
    quarter = np.floor(points[:, 0] * 2) * 2 + np.floor(points[:, 1] * 2)
    assert np.bincount(quarter.astype(int)).tolist() == [16] * 4


@pytest.mark.parametrize("kind", ["lhs", "sobol"])
def test_values_are_crossed_with_what_a_design_takes(kind):
    points = list(Design(kind, 8).points(SPACE))
    assert len(points) == 16
    assert [p[:2] for p in points if p[2] == "a"] == [p[:2] for p in points if p[2] == "b"]


@pytest.mark.parametrize("kind", ["lhs", "sobol"])
def test_a_design_depends_on_its_own_seed_only(kind):
    assert list(Design(kind, 8, seed=1).points(SPACE)) == list(Design(kind, 8, seed=1).points(SPACE))
    assert list(Design(kind, 8, seed=1).points(SPACE)) != list(Design(kind, 8, seed=2).points(SPACE))


def test_crossed_seeds_are_the_same_for_every_point_and_nested_ones_are_its_own():
    space = {"x": Range(0, 1), SEED: (1, 2, 3)}
    crossed = list(Design("lhs", 4).points(space))
    assert [p[1] for p in crossed] == [1, 2, 3] * 4
    nested = list(Design("lhs", 4, seeds="nested").points(space))
    assert len({p[1] for p in nested}) == 12
    assert [p[0] for p in nested] == [p[0] for p in crossed]


def test_whole_ranges_take_whole_numbers_with_both_ends():
    points = list(Design("lhs", 60).points({"n": Range(1, 6, whole=True)}))
    assert np.bincount([p[0] for p in points]).tolist() == [0] + [10] * 6


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: Range(2, 1), "low end below"),
        (lambda: Range(0, 1, scale="log"), "starts above 0"),
        (lambda: Design("latin"), "unknown design 'latin'"),
        (lambda: Design(seeds="both"), "crossed or nested"),
        (lambda: list(Design("lhs").points(SPACE)), "sweep.points must say how many"),
    ],
)
def test_wrong_designs_are_refused_in_words(wrong, words):
    with pytest.raises(InputError, match=words):
        wrong()
