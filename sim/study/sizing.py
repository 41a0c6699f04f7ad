"""Sizing beds and slots where no table gives them: once, on the baseline, by a stated rule, and never again for an option unless it
says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..measures.load import beds_for_delay, expected_load
from ..measures.standards import numbers_of
from ..service.demand import DAYS_A_YEAR
from ..service.fault import Fault, is_number, nearest_spelling, refuse
from ..service.service import Service
from ..service.slots import WeeklySlots


def size_beds(service: Service, delay: float = 0.05, delay_of: Mapping[str, float] | None = None) -> Service:
    """Give every unit without a known number of beds the fewest with which a request seldom finds none free.

    Parameters
    ----------
    service
        The baseline.
    delay
        The chance, in a system without queues, that a request finds no bed free (`measures.load.delay_without_limit`).
    delay_of
        The same by kind of care, for units that give it: where care is known to be waited for. Of several the least holds.

    Returns
    -------
    The service with whole beds at every unit, at least one, and the rule in words where it was used.
    """
    delays = {kind: value for kind, value in (delay_of or {}).items() if value is not None}
    kinds = [kind for kind, given in service.units.gives.items() if given.any()]
    faults = [
        Fault(f"{name} must lie between 0 and 1", value)
        for name, value in (("beds.delay", delay), *((f"beds.delay_of {kind}", value) for kind, value in delays.items()))
        if not is_number(value, 0, 1) or value in (0, 1)
    ]
    faults += [
        Fault("beds.delay_of names a kind of care that no unit gives", kind, nearest_spelling(kind, kinds)[2:])
        for kind in delays
        if kind not in kinds
    ]
    refuse(faults)
    known = ~np.isnan(service.units.beds)
    if known.all():
        return service
    load, sized = expected_load(service).beds, np.zeros(len(known), dtype=int)
    chance = _delay_by_unit(service, delay, delays)
    for each in np.unique(chance[~known]):
        sized = np.where(chance == each, beds_for_delay(load, float(each)), sized)
    sized = np.maximum(sized, 1)
    apart = "".join(f"; {100 * value:g} % for {kind}" for kind, value in delays.items())
    rule = (
        f"{int((~known).sum())} of {len(known)} units have no public bed count: sized once, on the baseline, as the fewest beds with "
        f"which at most {100 * delay:g} % of requests would find none free{apart}; results on them are comparative"
    )
    return replace(service.with_units(beds=np.where(known, service.units.beds, sized)), beds_rule=rule)


def _delay_by_unit(service: Service, delay: float, delays: Mapping[str, float]) -> np.ndarray:
    """(U,) the chance of delay that each unit is sized for."""
    own = [np.where(service.gives(kind), value, np.inf) for kind, value in delays.items()]
    least = np.min(own, axis=0) if own else np.full(len(service.units), np.inf)
    return np.where(np.isfinite(least), least, delay)


def size_slots(service: Service) -> Service:
    """Give every unit at which patients need slots as many a week as its table says, or somewhat more than are asked for.

    Parameters
    ----------
    service
        The baseline, with rules for its sorts of slots (`Service.slot_rules`). A column ``<sort>_slots_a_week`` of the units table goes
        before the rule.

    Returns
    -------
    The service with slots that come week by week, and the rule in words where it was used.
    """
    load, made, sized = expected_load(service), [], []
    for rule in service.slot_rules:
        wanted = load.slots.get(rule.sort, np.zeros(len(service.units))) * 7 / DAYS_A_YEAR
        given = numbers_of(service, rule.column)
        a_week = np.where(np.isnan(given), wanted * (1 + rule.spare), given)
        units = np.flatnonzero(a_week > 0)
        made += [WeeklySlots(str(service.units.id[u]), rule.sort, float(a_week[u]), rule.hours) for u in units]
        count = int(np.isnan(given[units]).sum())
        if count:
            sized.append(
                f"{rule.sort} slots of {count} units are not known: {100 * (1 + rule.spare):g} % of the requests expected at the baseline"
            )
    said = "; ".join(part for part in (service.beds_rule, *sized) if part)
    return replace(service, slots=(*service.slots, *made), beds_rule=said) if made else service
