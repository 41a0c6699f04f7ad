"""The contract of every engine: from journeys to a trace, with nothing random on the way.

This page is the specification. `reference.py` is written to be read beside it, `compiled.py` to be fast, and both must
give the same trace to the last bit.

**State.** A unit has beds in force, beds held, patients waiting, and is open or closed (a dated change) and inside or
outside its hours. A patient is at home, on the road, at a door, waiting, in a stay, or gone; holds no bed, one, or two
while a transfer runs (``transfer``); and lies at the site of the unit they last arrived at, or at home.

**An instant.** At one time, the first of these steps that has something to do is done for *all* patients and units
together, then the list is looked at again from the top, until nothing is left:

a. *Dated changes* (all that are due, in the order listed; only the state after all of them counts, and slots add up).
   Those waiting at a unit that closes (whose chosen unit it is) are in need again.
b. *Ends*: ends of stay, beds left behind, arrivals in the system, arrivals at a door, patience run out.
c. *Choice*: every patient in need chooses a unit, all on the same state. Choosing changes nothing yet.
d. *Requests*: what was chosen takes effect: requests are entered (with those of patients who reached an open door in
   (b)), journeys begin, stays go on in the same bed, the unplaced leave.
e. *Beds*: free beds (and slots) are given at all units at once; then those who do not wait (`lost`) and got none leave.

Unused slots lapse when the instant is over. The run stops before anything at the horizon: times at or beyond it are
NaN.

**Need** arises at arrival, at the end of a stay that has a next step, at a door found shut, and when the unit one
waits for closes. A door is shut if the unit is closed or outside its hours.

**End of stay** (b). The stay is ready. With no further step the patient keeps the bed they hold, if any, ``leaving``
days and, where the step says `at_round`, on to the first moment at which staff discharge (inside a span from
``round_start`` up to ``round_end``, that end apart; no spans: at all times), and is then discharged; without a bed they
are discharged at once. With a further step:

* if that stage says `same_bed`, is not unlimited, and the unit whose bed the patient holds gives its kind: it is taken
  up in that bed - at once if it needs no slot (requested = given = arrived = now; the stay is ``stay_same_bed``), else
  by asking for the slot at that unit in (d), though it be shut;
* otherwise the patient is in need; if the stage does not say `keeps_bed`, the bed held is left first, now.

A patient without a bed whose stay ends leaves the place they were at that moment (``left`` = ``ready``).

**Choice** (c). The units of the rank row (of the step, or of the site where the patient is) are tried in order; the
first that is open and inside its hours is chosen. With diversion, of the units open and inside hours those without room
are passed over, and so are those to which travel from where the patient is exceeds that to the first open one by more
than the limit; if none is left the first open one is chosen. *Room*: the stage is unlimited, or beds - held - waiting >
0, or it is the patient's own bed. *Waiting* counts patients whose chosen unit it is and who have entered their request;
those on the road do not count. No unit left: *unplaced*; the patient leaves the system and the bed held is left, at
(d).

**Effect** (d).

* The chosen unit is the one whose bed the patient holds, and the stage is not unlimited: the stay goes on in that bed
  as under `same_bed` above (for the slot, they wait for it there). The step whose bed it was is ``left`` when this one
  is given.
* The patient holds another bed: the request is entered from it, with no journey.
* The patient holds no bed: they travel (from home: ``contact`` + ``travel_area``; from a site: ``travel_site``), arrive
  at the door, and if it is not shut the request is entered then; a door reached in no time is asked at in the same
  step.

``requested`` is the time of a patient's *first* request for that step and is kept when they choose again, even on the
road between two doors. ``unit`` is set with every request entered; a door found shut is not asked. A step with
`from_requested` ends at ``requested + stay`` if the patient then waits, is in need again, or is on the road to another
door: the stay is ready without a bed (``given`` and ``arrived`` stay NaN, ``left`` = ``ready``), and the patient goes
on as at any end of stay - from the bed of the step before, if they still hold it. Patience runs from ``requested`` too,
on the road as well. Where several fall at one time the end of stay comes first, then patience, then the door, which
then is not reached. Whoever gives up leaves the system, and the bed they hold is left, now.

**Beds** (e). All waiting patients of all units are taken in the order of (priority, blocked first if so set, requested,
number); each is given a bed at the first of their units that can. *Blocked* is one who holds a bed at another unit than
the one asked. They are on the list of the unit asked, and with `any` also of every unit of the rank row (of the step,
or of the site where they are) that is not closed and has been open inside its hours at some moment from their latest
entry on - in rank order, the unit asked first if the row lacks it. A unit can give if the stage is unlimited, or the
bed they hold is its own (that bed is given; nobody gets a second one there), or held < beds; and if the stage needs a
slot, one of its sort is left at that unit. Being outside hours does not stop beds from being given.

**Given.** ``unit`` is set to the unit that gave. A patient at its door (or already in its bed) has arrived. Another
with no bed travels from where they are. One who holds another bed leaves it ``transfer`` days later (the bed is then
free, at (b)), travels, and arrives. The stay is ready at ``arrived + stay``, or with `from_requested` at the later of
``arrived`` and ``requested + stay``; for one given the bed they lay in, ``stay_same_bed`` takes the place of ``stay``.

**Present at the start.** ``unit`` is ``start_unit``. One in a bed at time 0: ``requested`` NaN, given = arrived = 0,
``stay`` is what is left; the bed is held before anything else happens, even above the beds in force (none if the stage
is unlimited). One who waits at time 0 is on the list of ``start_unit`` from the first (d) on, with ``requested`` =
their arrival time (0 or less), unless that unit is closed at time 0: then they choose again from there; hours do not
matter. What by their times would have been due before 0 is due at 0, the earliest alone.

**Beds in force.** A cut below held beds drains: none is given while held >= beds. Closing gives no new bed; a bed
already held counts, though its patient be on the way; those in stays finish them.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from ..journeys.journeys import Journeys

IN_SYSTEM, DISCHARGED, LOST, GAVE_UP, UNPLACED = 0, 1, 2, 3, 4
"""How a patient's time in the system ended. Every patient arrives once and ends at most once:
arrivals = discharged + lost + gave up + unplaced + in the system."""


class Trace(NamedTuple):
    """What an engine decided: one row a step, in the order of ``Journeys.steps``.

    Times are days from the start of the run; NaN is a time that did not come before the horizon.
    """

    unit: np.ndarray
    """(M,) int32: the unit that gave the bed, or the one last asked; -1 where none was asked."""
    requested: np.ndarray
    """(M,) float64: when the patient first asked for this step."""
    given: np.ndarray
    """(M,) float64: when a bed was given."""
    arrived: np.ndarray
    """(M,) float64: when the patient was there."""
    ready: np.ndarray
    """(M,) float64: when the stay was over."""
    left: np.ndarray
    """(M,) float64: when the bed was left (for a stay without a bed: when the patient went on)."""
    end: np.ndarray
    """(P,) int8: `IN_SYSTEM`, `DISCHARGED`, `LOST`, `GAVE_UP` or `UNPLACED`."""
    ended: np.ndarray
    """(P,) float64: when the patient left the system."""


class Engine(Protocol):
    """Anything that turns journeys into a trace by the rules of this page."""

    def __call__(self, journeys: Journeys, horizon: float) -> Trace:
        """Run from time 0 to just before ``horizon`` (days, on the grid)."""
        ...


def same_trace(one: Trace, other: Trace) -> bool:
    """Whether two traces are equal to the last bit (NaN equals NaN)."""
    return all(np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in zip(one, other, strict=True))
