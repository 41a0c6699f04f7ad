"""Sizing beds where no table gives them: once, on the baseline, by a stated rule, and never again for an option unless it says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..measures.load import beds_for_delay, expected_load
from ..service.fault import Fault, refuse
from ..service.service import Service


def size_beds(service: Service, delay: float = 0.05) -> Service:
    """Give every unit without a known number of beds the fewest with which a request seldom finds none free.

    Parameters
    ----------
    service
        The baseline.
    delay
        The chance, in a system without queues, that a request finds no bed free (`measures.load.delay_without_limit`).

    Returns
    -------
    The service with whole beds at every unit, at least one, and the rule in words where it was used.
    """
    if isinstance(delay, bool) or not isinstance(delay, (int, float)) or not 0 < delay < 1:
        refuse([Fault("beds.delay must lie between 0 and 1", delay)])
    known = ~np.isnan(service.units.beds)
    if known.all():
        return service
    sized = np.maximum(beds_for_delay(expected_load(service).beds, delay), 1)
    rule = (
        f"{int((~known).sum())} of {len(known)} units have no public bed count: sized once, on the baseline, as the fewest beds with "
        f"which at most {100 * delay:g} % of requests would find none free; results on them are comparative"
    )
    return replace(service.with_units(beds=np.where(known, service.units.beds, sized)), beds_rule=rule)
