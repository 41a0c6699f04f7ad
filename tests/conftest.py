"""What tests of more than one folder share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.engine.engines import ENGINES
from sim.engine.engines import engine as engine_of_name
from tests.comparison import take


@pytest.fixture(params=sorted(ENGINES, reverse=True))
def engine(request) -> Callable:
    """Each engine in turn: whatever holds of one holds of all."""
    return engine_of_name(request.param)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item, call) -> None:
    """What a test compared with published figures goes with its report."""
    if call.when == "call":
        item.user_properties += [("comparison", tuple(each)) for each in take()]
