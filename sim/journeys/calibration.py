"""Calibration: constants of units that make the modelled volumes of a choice rule equal to given ones.

A unit's constant is raised by ln(target / modelled) until nothing changes: the update of Berry 1994 (RAND Journal of Economics
25:242-262) and of Berry, Levinsohn and Pakes 1995. With every patient placed somewhere it is iterative proportional fitting (Deming
and Stephan 1940), which converges wherever volumes can be met at all; constants are then fixed up to one sum, taken as 0.

Constants say what distance does not; they are not quality. Only those of neighbours can be compared: where few patients choose
between two parts of a country, a small imbalance of their totals needs a large difference of constants.

Letters: A areas, U units, C units that give the kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..service.allocation import Allocation, Choice, with_allocation
from ..service.fault import Fault, nearest_spelling, refuse
from ..service.service import Service
from .choice import logit_of
from .expected import first_open

TOLERANCE = 1e-5
"""Share of its target by which a unit's modelled volume may be off."""

ODD = 2.0
"""A reported volume so many times above or below that of the nearest-unit catchment is listed as odd."""


_RUNAWAY = 300.0
"""A difference of constants at which a calibration is given up: no patient could be moved by more."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """A service whose modelled volumes equal the targets, and how well they do."""

    service: Service
    """With the constants in its rule."""
    unit: np.ndarray
    """(C,) index of the units calibrated."""
    target: np.ndarray
    """(C,) index admissions a year asked for, scaled to the total of demand."""
    modelled: np.ndarray
    """(C,) index admissions a year found."""
    constant: np.ndarray
    """(C,) utility; sums to 0."""
    steps: int
    """How many updates it took."""
    error_max: float
    """The largest abs(modelled / target - 1)."""
    error_mean: float
    """The mean of the same."""
    odd: tuple[str, ...]
    """Units whose target is odd, and why, one sentence each."""

    @property
    def sentence(self) -> str:
        """The fit as outputs say it."""
        said = f"constants of {len(self.unit)} units calibrated to their volumes (largest error {100 * self.error_max:.2g} %)"
        return said + (f"; {len(self.odd)} volumes are odd" if self.odd else "")


def calibrate(
    service: Service,
    target_volume: Mapping[str, float] | None = None,
    tolerance: float = TOLERANCE,
    most_steps: int = 20_000,
) -> Calibration:
    """Find the constants of units with which modelled volumes equal the targets.

    Parameters
    ----------
    service
        Under a rule of choice that holds for every index group.
    target_volume
        Index admissions a year by unit id, for every unit open at the start that gives the kind patients start with; None for the
        reported volumes. Only their proportions count: they are scaled to the total of demand.
    tolerance
        Share of its target by which each volume may be off.
    most_steps
        Updates after which it is given up.

    Raises
    ------
    InputError
        The rule is not choice; a target is missing or not above 0; or some units cannot be met, and they are named.
    """
    group = _group(service)
    logit = logit_of(service, group)
    unit = logit.unit[service.is_open()[logit.unit]]
    target = _targets(service, unit, target_volume)
    kept = np.isin(logit.unit, unit)
    demand = service.areas.demand * sum(g.per_admission for g in service.groups if g.is_index)
    reached = np.isfinite(logit.utility[:, kept]).any(axis=1)
    target = target * demand[reached].sum() / target.sum()
    constant, modelled, steps = _fit(logit.utility[:, kept], demand * reached, target, tolerance, most_steps)
    error = np.abs(modelled / target - 1)
    missed = error > tolerance
    if (missed & (modelled < target)).any():
        missed &= modelled < target  # what these lack the others have too much
    refuse(
        [
            Fault(
                f"{service.units.id[unit[c]]} cannot be met: {modelled[c]:.0f} modelled of {target[c]:.0f} a year",
                cure="give another target, or a smaller decay by minutes",
            )
            for c in np.flatnonzero(missed)
        ],
        of="calibration",
    )
    rule = service.allocation.rule
    before = np.array([rule.constants.get(name, 0.0) for name in service.units.id[unit].tolist()])
    constant = before + constant - (before + constant).mean()
    made = Calibration(
        service,
        unit,
        target,
        modelled,
        constant,
        steps,
        float(error.max()),
        float(error.mean()),
        _odd(service, group.stages[0].kind, unit, target, demand),
    )
    named = {str(name): float(value) for name, value in zip(service.units.id[unit], constant)}
    allocation = replace(
        service.allocation, rule=replace(rule, constants={**rule.constants, **named}), note=made.sentence
    )
    return replace(made, service=with_allocation(service, allocation))


def _group(service: Service):
    allocation: Allocation = service.allocation
    index = [group for group in service.groups if group.is_index and group.per_admission > 0]
    faults = []
    if not isinstance(allocation.rule, Choice):
        faults.append(Fault("only a rule of choice has constants to calibrate", allocation.rule.name))
    if any(not allocation.holds_for(group.name) for group in index):
        faults.append(Fault("the rule must hold for every index group", allocation.groups))
    if len({group.stages[0].kind for group in index}) != 1:
        faults.append(Fault("index groups must start with one kind of care"))
    refuse(faults, of="calibration")
    return index[0]


def _targets(service: Service, unit: np.ndarray, given: Mapping[str, float] | None) -> np.ndarray:
    ids = service.units.id[unit].tolist()
    if given is None:
        target = service.units.reported_volume[unit]
    else:
        unknown = [name for name in given if name not in ids]
        refuse(
            [Fault(f"no open unit to calibrate is {name!r}" + nearest_spelling(name, ids)) for name in unknown],
            of="calibration",
        )
        target = np.array([given.get(name, np.nan) for name in ids], dtype=float)
    refuse(
        [
            Fault(f"the target of {ids[c]} must be a number above 0", float(target[c]), "give index admissions a year")
            for c in np.flatnonzero(~(target > 0) | ~np.isfinite(target))
        ],
        of="calibration",
    )
    return target


def _fit(utility: np.ndarray, demand: np.ndarray, target: np.ndarray, tolerance: float, most_steps: int):
    """Constants (C,), modelled volumes (C,) and steps; in weights the update is: exp(constant) times target / modelled."""
    used = demand > 0
    utility, demand = utility[used], demand[used]
    weight = np.exp(utility - utility.max(axis=1, keepdims=True))
    factor, steps = np.ones(len(target)), 0
    modelled = (demand / weight.sum(axis=1)) @ weight
    # A unit that nobody can reach stays at nothing whatever its constant; one of which too much is asked runs away.
    while steps < most_steps and (modelled > 0).all() and np.abs(modelled / target - 1).max() > tolerance:
        steps += 1
        if np.ptp(np.log(factor)) > _RUNAWAY:
            break
        factor = factor * (target / modelled)
        factor /= np.exp(np.log(factor).mean())
        modelled = factor * ((demand / (weight @ factor)) @ weight)
    return np.log(factor), modelled, steps


def _odd(service: Service, kind: str, unit, target, demand) -> tuple[str, ...]:
    units, said = service.units, []
    near = first_open(service, kind, service.is_open(), "home")
    nearest = np.bincount(near[near >= 0], weights=demand[near >= 0], minlength=len(units))[unit]
    for c, u in enumerate(unit):
        reasons = []
        ratio = target[c] / nearest[c] if nearest[c] > 0 else np.inf
        if not 1 / ODD <= ratio <= ODD:
            reasons.append(f"{target[c]:.0f} a year against {nearest[c]:.0f} of its nearest-unit catchment")
        twins = [v for v in unit if v != u and _is_copy(units, u, v)]
        if twins:
            reasons.append(f"reports just what {', '.join(units.id[twins])} reports")
        if reasons:
            said.append(f"{units.id[u]} {units.name[u]}: {'; '.join(reasons)}")
    return tuple(said)


def _is_copy(units, u: int, v: int) -> bool:
    """Whether two units report the same volume and the same of everything else reported: one is likely a copy of the other."""
    columns = [units.reported_volume, *(c for name, c in units.attribute.items() if name.startswith("reported_"))]
    columns = [column for column in columns if column.dtype.kind == "f"]
    alike = [column[u] == column[v] for column in columns if not (np.isnan(column[u]) and np.isnan(column[v]))]
    return len(alike) > 1 and all(alike)
