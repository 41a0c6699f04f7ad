"""The engines by name."""

from __future__ import annotations

from ..service.fault import Fault, nearest_spelling, refuse
from .contract import Engine

ENGINES = {
    "reference": "one SimPy process a patient, written to be read",
    "compiled": "numba kernels, the same trace to the last bit, a hundred times sooner",
}
"""Each engine and what it is."""


def engine(name: str) -> Engine:
    """The engine of that name, imported only when asked for."""
    refuse(
        [Fault(f"unknown engine {name!r}", cure="known: " + ", ".join(ENGINES) + nearest_spelling(str(name), ENGINES))]
        if str(name) not in ENGINES
        else []
    )
    if name == "reference":
        from .reference import simulate
    else:
        from .compiled import simulate
    return simulate
