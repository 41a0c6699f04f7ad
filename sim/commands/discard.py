"""An option laid aside, or taken up again, with the reason: a line in the log of options; its folder stays."""

from __future__ import annotations

from ..service.fault import Fault, refuse
from .words import one_folder, split


def main(given: list[str]) -> int:
    """Log that an option is discarded.

    Parameters
    ----------
    given
        One results folder and ``reason=...``; ``again=true`` where a discarded option is taken up again.
    """
    from ..store.finished import finished
    from ..store.log import DISCARDED, KEPT, append, line, log_of

    places, own = split(given, {"reason": None, "again": False})
    faults = one_folder("discard", places)
    if not str(own["reason"] or "").strip():
        faults.append(Fault("a reason must be given", cure="add reason='no room at the receiving sites'"))
    faults += [] if isinstance(own["again"], bool) else [Fault("again is true or false", own["again"])]
    refuse(faults)
    run = finished(places[0])
    what, log = KEPT if own["again"] else DISCARDED, log_of(run.folder)
    service = str(run.service.get("name", ""))
    append(log, line(what, run.folder, run.provenance, run.option_row, service, str(own["reason"]).strip()))
    print(f"{run.name} {what}: {own['reason']}\nLog: {log}")
    return 0
