"""Any number of finished runs as one page for a board: scorecard with hurdles, what is traded for what, and a summary."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from ..configs import choices
from ..service.fault import Fault, refuse, words
from .compare import USUAL, side_by_side
from .words import is_folder


def main(given: list[str]) -> int:
    """Write the page of some finished runs.

    Parameters
    ----------
    given
        Results folders and settings as for ``compare``. ``to``: the page, ``comparison.html`` beside the first run. ``studies``: folders
        of studies to be shown on it, as ``stability``, ``uncertainty`` and ``select`` write them.
    """
    from ..show.report import comparison_report
    from ..show.report.studies import study_of
    from ..store.results import write_text
    from ..store.whole import made_by

    own, made = side_by_side(given, {**USUAL, "studies": None})
    to = Path(own["to"]) if own["to"] else _in(made.first.folder.absolute().parent) / "comparison.html"
    faults = [] if to.suffix in (".html", ".htm") else [Fault("to is a page: its name ends in .html", str(to))]
    faults += [Fault("a folder of that name is in the way", str(to), "give another name with to=...")] if is_folder(to) else []
    cure = "give another one with to=..."
    faults += [Fault("a results folder is left as its run wrote it", str(to), cure)] if made_by(to.absolute().parent) else []
    refuse(faults)
    studies = [study_of(Path(place)) for place in words(own["studies"], "studies")]
    command = shlex.join(["python", "-m", "sim", "report", *given])
    made_of = (made.runs, made.card, made.dominance, made.judged, made.weighted, made.decided, made.notes)
    html = comparison_report(*made_of, choices("scenario"), made.measures, command, to, studies)
    partial = to.with_name(f".{to.name}.new")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            write_text(partial, html)
            os.replace(partial, to)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        refuse([Fault(f"the page cannot be written ({error.strerror or error})", str(to), cure)])
    print(f"Report: {to}")
    return 0


def _in(folder: Path) -> Path:
    """A folder as one would type it from where one stands."""
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
