"""Burden: what journeys cost patients, those who visit them, and the climate - the numbers; `measures.burden` does the sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .estimates import read_estimates, set_estimates
from .fault import Fault, is_number, refuse, settings
from .places import Columns
from .service import Parameter

NUMBERS = (
    "road_ratio",
    "car_kg_per_km",
    "public_transport_kg_per_km",
    "ambulance_kg_per_km",
    "ambulance_return_ratio",
    "ambulance_share",
    "visits_per_bed_day",
    "share_public_transport",
    "public_transport_ratio",
    "fetching_trips",
)


@dataclass(frozen=True, eq=False)
class Burden:
    """What is needed to turn journeys into hours, kilometres and emissions."""

    estimate: Mapping[str, Parameter]
    """By name: `NUMBERS`."""

    def __post_init__(self):
        object.__setattr__(self, "estimate", Columns(self.estimate))

    @property
    def numbers(self) -> dict[str, float]:
        """The estimates without their sources."""
        return {name: float(each.value) for name, each in self.estimate.items()}

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Every number with its source."""
        return tuple(self.estimate.values())


def read_burden(given: object) -> Burden | None:
    """The burden that the lines ``burden:`` of a service's config describe; None where there are none.

    Parameters
    ----------
    given
        ``table`` (a shipped table or a CSV file) and ``parameters`` (rows of it to set).
    """
    if not given:
        return None
    given = settings(given, "service burden", ("table",), ("table", "parameters"))
    table = read_estimates(given["table"], NUMBERS, "service burden table")
    table = set_estimates(table, given.get("parameters"), "service burden parameters")
    faults = [Fault(f"{n} must be 0 or more", table[n].value) for n in NUMBERS if not is_number(table[n].value, 0)]
    faults += [
        Fault(f"{name} must be at most 1", table[name].value)
        for name in ("ambulance_share", "share_public_transport")
        if not is_number(table[name].value, most=1)
    ]
    refuse(faults, of="service burden")
    return Burden(table)
