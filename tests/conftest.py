"""What tests of more than one folder share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.engine.engines import ENGINES
from sim.engine.engines import engine as engine_of_name


@pytest.fixture(params=sorted(ENGINES, reverse=True))
def engine(request) -> Callable:
    """Each engine in turn: whatever holds of one holds of all."""
    return engine_of_name(request.param)
