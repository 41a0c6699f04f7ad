"""What published and exact figures are compared with, noted as it is asserted: `make validate` prints the notes as a table.

A test calls `agree` (or `is_within`, where it gathers faults itself) instead of asserting a tolerance of its own. The comparison
is kept until the test is over; then `tests/conftest.py` hands it to pytest's report, which any worker
sends to `tests/validate.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Comparison(NamedTuple):
    """One figure of one case."""

    item: str
    """Of what: an item of a table, a scenario, a unit."""
    figure: str
    published: float
    """The published or exact value."""
    ours: float
    low: float
    """Ours must lie between these two."""
    high: float
    rule: str
    """Why between these."""
    engine: str
    """``compiled`` or ``reference``; empty where nothing was simulated."""

    @property
    def passes(self) -> bool:
        return self.low <= self.ours <= self.high

    @property
    def strain(self) -> float:
        """How much of what is allowed is used up: 0 where equal, 1 at the edge, more where it fails."""
        if self.ours == self.published:
            return 0.0
        edge = self.high if self.ours > self.published else self.low
        allowed = abs(edge - self.published)
        return abs(self.ours - self.published) / allowed if allowed > 0 else float("inf")


_noted: list[Comparison] = []
_engine = [""]


def simulated_by(engine: Callable) -> None:
    """Say which engine made the figures that follow in this test."""
    _engine[0] = engine.__module__.rpartition(".")[2]


def take() -> list[Comparison]:
    """The comparisons noted since the last time, and a clean sheet."""
    noted = _noted.copy()
    _noted.clear()
    _engine[0] = ""
    return noted


def is_within(
    item: str, figure: str, published: float, ours: float, allowed: float | tuple[float, float], rule: str
) -> bool:
    """Note a comparison; whether ours lies where it may.

    Parameters
    ----------
    item, figure
        What is compared.
    published, ours
        In the same unit.
    allowed
        How far from the published value, on either side; or the two ends of what is allowed.
    rule
        Why so far.
    """
    low, high = allowed if isinstance(allowed, tuple) else (published - allowed, published + allowed)
    made = Comparison(str(item), str(figure), *map(float, (published, ours, low, high)), rule, _engine[0])
    _noted.append(made)
    return made.passes


def agree(
    item: str, figure: str, published: float, ours: float, allowed: float | tuple[float, float], rule: str
) -> None:
    """Note a comparison, and assert that ours lies where it may (`is_within`)."""
    assert is_within(item, figure, published, ours, allowed, rule), (
        f"{item} {figure}: published {published:.8g}, ours {ours:.8g}, allowed {allowed} ({rule})"
    )
