"""How far a sweep is."""

from __future__ import annotations

from ..launch import nothing_else, sweep_folder
from ..sweep.plan import Stored
from ..sweep.status import status


def main(given: list[str]) -> int:
    """Print one line.

    Returns
    -------
    0 where every point is done, else 1.
    """
    place = sweep_folder("status", given)
    nothing_else(given[1:])
    found, said = status(Stored(place))
    print(said)
    return int(len(found.left) > 0)
