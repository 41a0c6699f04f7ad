"""Costs: what care costs in total, and what a unit is built from - staff x pay, equipment, what is used up.

Cost-collection figures are fully absorbed totals. How they fall into parts is built from below, or, for a service without pay, stated as
shares; either way `measures.cost` scales the parts so that they sum to the total.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .fault import Fault, refuse, settings
from .places import Columns
from .staffing import Staffing

_NEEDED = ("admission", "transfer")
_SHARES = ("share_fixed", "share_semi_fixed")
_USED = ("per_bed_day", "per_admission")
_BY = ("bed_day", "counted", "equipment")


@dataclass(frozen=True)
class Costs:
    """What care costs in total, and how that total falls into parts (GBP at the price year of the parameters)."""

    admission: float
    """GBP an index admission, fully absorbed, rehabilitation apart."""
    transfer: float
    """GBP a journey between sites."""
    bed_day: Mapping[str, float]
    """By kind whose beds are priced by the day (rehabilitation): GBP a bed-day, fully absorbed."""
    counted: Mapping[str, float]
    """By label of a stage (thrombectomy): GBP a procedure."""
    share_fixed: float | None = None
    """The share that a unit costs for being open at all; None where the parts are built from staff and pay."""
    share_semi_fixed: float | None = None
    """The share that goes with staffed beds; what is left goes with bed-days."""
    equipment: Mapping[str, float] = field(default_factory=dict)
    """By kind, GBP a year of equipment that an open unit which gives it has, whatever its size."""
    per_bed_day: float = 0.0
    """GBP used up a bed-day, before scaling."""
    per_admission: float = 0.0
    """GBP used up an index admission, before scaling."""
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By part (fixed, semi_fixed, variable), the parameters of the service that it rests on; and by line of the config, those it names."""

    def __post_init__(self):
        for name in (*_BY, "named"):
            object.__setattr__(self, name, Columns(getattr(self, name)))
        if self.is_built:
            return
        shares = (self.share_fixed, self.share_semi_fixed)
        bad = None in shares or min(shares) < 0 or sum(shares) > 1
        refuse(
            [Fault("fixed and semi-fixed shares must be 0 or more and sum to at most 1", shares)] if bad else [],
            of="cost",
        )

    @property
    def is_built(self) -> bool:
        """Whether the parts are built from staff and pay, and not stated as shares of the total."""
        return self.share_fixed is None and self.share_semi_fixed is None

    def faults(self, staffing: Staffing | None) -> list[Fault]:
        """What is wanting for the parts to be built: staff, and their pay."""
        if not self.is_built:
            return []
        if staffing is None:
            return [
                Fault(
                    "the cost of a unit is built from staff and pay, and the service has no staff",
                    cure="describe `staff:` with pay, or state the parts as share_fixed and share_semi_fixed",
                )
            ]
        return [
            Fault(
                f"staff group {group.name} has no pay, from which the cost of a unit is built",
                cure="give pay: GBP a year for a whole-time equivalent, with on-costs; 0 where a procedure's price covers it",
            )
            for group in staffing.groups
            if group.pay is None
        ]


def read_costs(given: object, numbers, staff: object) -> Costs | None:
    """The costs that the lines ``cost:`` of a service's config describe; None where there are none.

    Parameters
    ----------
    given
        ``admission``, ``transfer``; ``bed_day`` and ``equipment`` by kind and ``counted`` by label of a stage; ``per_bed_day`` and
        ``per_admission``; or, instead of building the parts, ``share_fixed`` and ``share_semi_fixed``.
    numbers
        Turns names of the service's own parameters into numbers: ``numbers.amount(value, of)``.
    staff
        The lines ``staff:`` of the same config: whose ratios, rotas and pay the parts are built from.
    """
    if not given:
        return None
    given = settings(given, "cost", _NEEDED, (*_NEEDED, *_SHARES, *_USED, *_BY))
    stated = [name for name in _SHARES if given.get(name) is not None]
    built = [name for name in (*_USED, "equipment") if given.get(name) is not None]
    faults = []
    if stated and built:
        faults.append(
            Fault("cost: the parts are either built or stated", [*stated, *built], "leave out the one or the other")
        )
    if len(stated) == 1:
        faults.append(
            Fault(f"cost: {stated[0]} is stated alone", cure="state share_fixed and share_semi_fixed, or neither")
        )
    refuse(faults)
    amounts = {
        name: numbers.amount(given[name], f"cost {name}") for name in (*_NEEDED, *stated, *_USED) if name in given
    }
    by = {
        key: {k: numbers.amount(v, f"cost {key} {k}") for k, v in settings(given.get(key), f"cost {key}").items()}
        for key in _BY
    }
    return Costs(**amounts, **by, named=_named(given, staff, bool(stated)))


def _named(given: Mapping, staff: object, is_stated: bool) -> dict[str, tuple[str, ...]]:
    """By part of a unit's cost, the names of parameters that it rests on."""
    lines = {name: _names(given[name]) for name in given}
    if is_stated:
        fixed, semi = (lines[name] for name in _SHARES)
        return lines | {"fixed": fixed, "semi_fixed": semi, "variable": (*fixed, *semi)}
    groups = settings(staff or {}, "service staff").get("groups") or {}
    pay, rota, ratio = (
        _names([lines.get(key) for lines in groups.values() if isinstance(lines, Mapping)])
        for key in ("pay", "minimum", "per_bed")
    )
    used = _names([given.get(name) for name in _USED])
    return lines | {
        "fixed": tuple(dict.fromkeys((*pay, *rota, *_names(given.get("equipment"))))),
        "semi_fixed": tuple(dict.fromkeys((*pay, *ratio, *rota))),
        "variable": used,
    }


def _names(given: object) -> tuple[str, ...]:
    """Every name of a parameter in a part of a config, in order, once."""
    if isinstance(given, str):
        return (given,)
    inside = given.values() if isinstance(given, Mapping) else given if isinstance(given, (list, tuple)) else ()
    return tuple(dict.fromkeys(name for each in inside for name in _names(each)))
