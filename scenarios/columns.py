"""Columns of the units table that only a user can give: what a unit earns, and how good it is."""

from __future__ import annotations

import numpy as np

from sim.service.fault import Fault
from sim.service.service import Service

INCOME = "net_income_gbp"
"""GBP a year that a unit earns above its cost; below 0 for a loss."""

QUALITY = "quality"
"""A score of quality; more is better."""

_MEANING = {INCOME: "GBP a year, below 0 for a loss", QUALITY: "a score, more is better"}


def column_faults(service: Service, *names: str) -> list[Fault]:
    """What is wrong with columns of the units table that a rule rests on."""
    faults = []
    for name in names:
        cure = f"add a column {name} ({_MEANING[name]}) to units_{service.name}.csv of a region of your own, region=path/to/folder"
        column = service.units.attribute.get(name)
        if column is None:
            faults.append(Fault(f"the units table has no column {name}", cure=cure))
        elif column.dtype.kind not in "fiu" or np.isnan(np.asarray(column, dtype=float)).all():
            faults.append(Fault(f"the column {name} of the units table holds no numbers", cure=cure))
    return faults


def column_of(service: Service, name: str) -> np.ndarray:
    """(U,) numbers; NaN where a cell is blank."""
    return np.asarray(service.units.attribute[name], dtype=float)
