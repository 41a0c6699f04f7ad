"""Epochs: the measured window cut at the dates on which units open or close or beds change, under either of two services."""

from __future__ import annotations

from ..measures.records import Window
from ..service.service import Service
from .run import Run

MOST = 12
"""Epochs beyond which the window is not cut: a measure by epoch is then of too short a time to say anything."""


def epochs(services: tuple[Service, ...], run: Run) -> tuple[Window, ...]:
    """The parts of the measured window between dated changes; none where it is of one piece, or of too many.

    Parameters
    ----------
    services
        Those that are compared: all are cut alike.
    run
        Its window; where changes slip, the dates are the planned ones.
    """
    window = run.window
    dates = {c.at for service in services for c in service.changes if c.what in ("open", "beds") and window.start < c.at < window.end}
    edge = (window.start, *sorted(dates), window.end)
    return tuple(map(Window, edge[:-1], edge[1:])) if 1 < len(edge) - 1 <= MOST else ()
