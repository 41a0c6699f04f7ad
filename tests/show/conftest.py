"""One comparison in two towns for every test of figures and reports, and one whose names are hostile."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import scenarios
from sim.study.load import load_finance
from sim.study.question import ask
from tests.two_towns import QUICK, stroke

HOSTILE = (
    "<script>alert('unit')</script><!--",
    "Very long " + "and longer " * 40,
    "مستشفى دوفر \u202e right to left",
    "🏥 </script> & \"quoted\" 'name' $\\frac{1}{0}$ $ {{ 7*7 }} \x07",
)
"""Names that a user's table may hold, one a unit of the two towns."""


def hostile(service):
    """The same service with names that should never be more than text."""
    sites = replace(service.region.sites, name=np.array(HOSTILE[:2]))
    areas = replace(service.region.areas, name=np.array([HOSTILE[0], HOSTILE[3]]))
    named = service.with_units(name=np.array(HOSTILE), provider=np.array([HOSTILE[0], HOSTILE[0], HOSTILE[3], HOSTILE[3]]))
    return replace(named, region=replace(named.region, sites=sites, areas=areas))


def closing_dover(service):
    return ask(service, scenarios.Close(["Dover"]), QUICK, name="close", finance=load_finance(service))


@pytest.fixture(scope="package")
def found():
    return closing_dover(stroke())


@pytest.fixture(scope="package")
def found_hostile():
    return closing_dover(hostile(stroke()))
