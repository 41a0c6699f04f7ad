"""Nobody is lost, no bed is invented, none stands free while someone waits for it - on random cases, for each engine."""

import pytest

from tests.cases import random_case
from tests.conservation import check

BLOCK = 25
"""Seeds a test: few enough to find the one that failed, which the message names."""


def hunt(engine, first: int) -> None:
    """Check a block of random cases."""
    for seed in range(first, first + BLOCK):
        case, horizon = random_case(seed)
        try:
            check(case, engine(case, horizon), horizon)
        except AssertionError as broken:
            pytest.fail(f"random_case({seed}): {broken}")


@pytest.mark.parametrize("first", range(0, 300, BLOCK))
def test_every_trace_conserves_patients_and_beds(engine, first):
    hunt(engine, first)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(300, 2300, BLOCK))
def test_every_trace_of_two_thousand_conserves_patients_and_beds(engine, first):
    hunt(engine, first)
