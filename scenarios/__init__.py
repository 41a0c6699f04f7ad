"""Scenarios: verbs that turn a service into another.

A verb is a frozen dataclass called with a service and returning a service; the first line of its docstring is what a report
prints. Bigger verbs are built from smaller ones. `scenarios` imports `sim`, never the reverse.
"""

from .baseline import Baseline
from .chain import Chain, chain
from .close import Close
from .close_small_units import CloseSmallUnits
from .consolidate import Consolidate

__all__ = ["Baseline", "Chain", "Close", "CloseSmallUnits", "Consolidate", "chain"]
