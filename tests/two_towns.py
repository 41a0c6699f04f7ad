"""Two towns, for every test that is worked by hand: the shipped service in them, pathways of one's own, patients of one's own.

Ashford has 600 admissions a year and Dover 300. Ashford is 10 minutes from its own hospital and 40 from Dover's; Dover is
50 minutes from Ashford's and 15 from its own; the hospitals are 45 minutes apart.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.cohort.cohort import Cohort, baseline_rate
from sim.service.build import build_service
from sim.service.pathway import Group
from sim.service.places import Areas, Region, Sites, Travel, Units
from sim.service.region import load_region
from sim.service.service import Service
from sim.study.load import load_service
from sim.study.run import Run

ASHFORD, ASHFORD_REHAB, DOVER, DOVER_REHAB = range(4)
"""The rows of the units."""

QUICK = Run(replications=2, warmup_days=20, years=0.1, cooldown_days=5, workers=1)
"""A run of seconds."""

WARD = {"per_admission": 1, "stages": {"ward": {"kind": "acute", "stay": 10}}}
"""One stay of ten days in a stroke unit, then home."""

WARD_AND_REHABILITATION = {
    "per_admission": 1,
    "stages": {
        "ward": {"kind": "acute", "stay": 10, "next": {"rehabilitation": 0.25, "home": "rest"}},
        "rehabilitation": {"kind": "rehabilitation", "stay": 30},
    },
}
"""Ten days in a stroke unit, and for a quarter thirty more in the rehabilitation ward of the same hospital."""


def stroke(**changed) -> Service:
    """The shipped stroke service in the two towns, with some keys of its config replaced."""
    return load_service("stroke", region="two_towns", **changed)


def towns(**group: Mapping) -> Service:
    """A service in the two towns with pathways of one's own, by the names of their groups."""
    groups = tuple(Group.read(name, lines) for name, lines in group.items())
    return Service(name="test", region=load_region("two_towns"), groups=groups, access_kind="hyperacute")


def built(**given) -> Service:
    """A service in the two towns from the lines of a config: what is needed, and what is given."""
    lines = {
        "name": "test",
        "table": "stroke",
        "access_kind": "hyperacute",
        "threshold_minutes": [30],
        "groups": {"all": WARD},
    }
    return build_service({**lines, **given}, load_region("two_towns"))


def cohort(service: Service, arrival, area, group_luck=None, horizon: float = 100.0) -> Cohort:
    """Patients of one's own, present under every option whose demand is no less than the baseline's."""
    count = len(arrival)
    return Cohort(
        seed=1,
        replication=0,
        horizon=horizon,
        rate=baseline_rate(service),
        arrival=np.array(arrival, dtype=float),
        mark=np.zeros(count),
        area=np.array(area, dtype=np.int32),
        group_luck=np.zeros(count) if group_luck is None else np.array(group_luck, dtype=float),
        layer=np.array([0, count]),
    )


def anywhere(seed: int, areas: int = 30, units: int = 8) -> Service:
    """A service somewhere made up by chance: stroke units of all sizes, each at a site of its own, and one ward in the pathway."""
    luck = np.random.default_rng(seed)
    ids = [f"U{number:02d}" for number in range(units)]
    home, place = luck.random((areas, 2)) * 100, luck.random((units, 2)) * 100
    region = Region(
        name=f"made up {seed}",
        areas=Areas([f"A{number}" for number in range(areas)], [f"Area {number}" for number in range(areas)],
                    np.round(luck.gamma(1.0, 150.0, areas), 1), home[:, 0] / 10, home[:, 1] / 10),
        sites=Sites(ids, ids, place[:, 0] / 10, place[:, 1] / 10),
        units=Units(ids, ids, np.arange(units), {"acute": [True] * units, "hyperacute": [True] * units}, luck.integers(5, 40, units),
                    ids, np.round(luck.gamma(3.0, 200.0, units)), np.full(units, np.nan)),
        travel=Travel(_minutes(home, place), _minutes(place, place), np.zeros(units, dtype=bool)),
        boundaries="made up",
    )  # fmt: skip
    return Service(name="test", region=region, groups=(Group.read("all", WARD),), access_kind="hyperacute")


def _minutes(here: np.ndarray, there: np.ndarray) -> np.ndarray:
    return np.round(np.hypot(*(here[:, None] - there).T).T, 1)
