"""Where specialised care should be: a simulation of service reconfiguration.

A **service** is described. A **scenario** changes it. **Patients** are drawn. Each is **routed**. An **engine** decides when
each gets a bed. **Outcomes** are measured, and **compared**. The folders follow that order; read them in it:
`service`, `cohort`, `journeys`, `engine`, `measures`, `study`, `store`, `show`.
"""

from __future__ import annotations

from importlib import import_module

_WHERE = {
    "Run": "sim.study.run",
    "ask": "sim.study.question",
    "bypass_table": "sim.study.allocations",
    "calibrate": "sim.journeys.calibration",
    "compare": "sim.study.comparison",
    "compare_allocations": "sim.study.allocations",
    "experiment": "sim.study.experiment",
    "InputError": "sim.service.fault",
    "load_finance": "sim.study.load",
    "load_region": "sim.service.region",
    "load_service": "sim.study.load",
    "size_beds": "sim.study.sizing",
    "standing": "sim.measures.standards",
    "strictness": "sim.measures.standards",
    "summary": "sim.study.tables",
    "view": "sim.study.view",
    "write_results": "sim.store.results",
}

__all__ = sorted(_WHERE)


def __getattr__(name: str):
    # Imported when asked for: a command that needs no simulation need not wait for the engines.
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_WHERE])
