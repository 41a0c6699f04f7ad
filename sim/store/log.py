"""The log of options: every one that was run, do-nothing and discarded ones included, with the reason.

A line is added in one step and no line is ever changed, so that several runs may write at once and nothing is lost that somebody would
rather forget. There is no time in it: the order of its lines is the order in which things were done.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp

from ..service.fault import Fault, refuse
from ..study.option_row import Measure
from .reading import read_rows
from .results import cell

NAME = "log.csv"
RUN, DISCARDED, KEPT = "run", "discarded", "kept"
"""What a line says was done with an option."""

CURE = "free the file, or move it away: a new log begins with the next run"

SAID = ("minutes_mean", "within_30_and_minimum", "cost_last_year", "net_present_saving", "qalys_time_with_volume")
"""What a line keeps of the option row, so that the log still says what an option brought when its folder is gone: the differences."""

COLUMNS = (
    *("what", "option", "service", "region", "seed", "replications", "commit", "folder", "option_row", "reason", "command"),
    *(f"{key}_change" for key in SAID),
)


def log_of(folder: Path) -> Path:
    """Where the log of a results folder is: in the folder ``results`` it lies in, else beside it."""
    folder = Path(folder).absolute()
    root = next((each for each in folder.parents if each.name == "results"), folder.parent)
    return root / NAME


def line(what: str, folder: Path, provenance: Mapping, row: Iterable[Measure], service: str, reason: str = "") -> dict:
    """What is logged of an option."""
    folder = Path(folder).absolute()
    change = {each.key: each.difference for each in row}
    digest = sha256((folder / "option_row.csv").read_bytes()).hexdigest()[:12]
    run = provenance["run"]
    values = (
        *(what, provenance["scenario"], service, provenance["region"], run["seed"], run["replications"]),
        *(provenance["commit"], _place(folder), digest, reason, provenance["command"]),
        *(change.get(key) for key in SAID),
    )
    return dict(zip(COLUMNS, values))


def append(log: Path, entry: Mapping) -> None:
    """Add a line to a log, in one step.

    Raises
    ------
    InputError
        If it cannot be written, or is no log.
    """
    check_log(log)
    try:
        _begin(log)
        with os.fdopen(os.open(log, os.O_RDWR | os.O_APPEND), "r+b", buffering=0) as file:
            file.write(_apart(file) + _csv([cell(entry[name]) for name in COLUMNS]))
    except OSError as error:
        refuse([Fault(f"the log of options cannot be written ({error.strerror or error})", str(log), CURE)])


def check_log(log: Path) -> None:
    """Refuse a log that cannot be added to, before any time is spent: it is looked at by its header, for others may be writing."""
    try:
        first = log.read_bytes().split(b"\n", 1)[0].decode("utf-8-sig") if log.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        refuse([Fault(f"the log of options cannot be written ({why})", str(log), CURE)])
    lacking = [name for name in COLUMNS if name not in next(csv.reader([first]), [])] if first.strip() else []
    refuse([Fault("columns are missing", ", ".join(lacking), CURE, str(log))] if lacking else [])


def _apart(file) -> bytes:
    """What sets a new line apart from those there are: an end of line where somebody's editor left none."""
    if not file.seek(0, os.SEEK_END):
        return _csv(COLUMNS)
    file.seek(-1, os.SEEK_END)
    return b"" if file.read(1) in b"\r\n" else b"\n"


def _begin(log: Path) -> None:
    """Make a log with its header, unless there is one: a file of its own is linked into place, so that nobody sees half of it."""
    if log.exists():
        return
    handle, name = mkstemp(prefix=".log-", dir=log.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(_csv(COLUMNS))
    try:
        os.chmod(name, 0o644)
        os.link(name, log)
    except FileExistsError:  # another run was sooner
        pass
    finally:
        os.unlink(name)


def _csv(cells: Iterable[object]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode("utf-8")


def read_log(log: Path) -> list[dict[str, str]]:
    """The lines of a log, the first first; none where there is no log.

    Raises
    ------
    InputError
        If it is no log, or a line of it is broken.
    """
    if not log.is_file():
        return []
    cure = "it was edited or cut off: mend it, or move it away and a new log begins with the next run"
    rows = read_rows(log, cure)
    lacking = [name for name in COLUMNS if rows and name not in rows[0]]
    refuse([Fault("columns are missing", ", ".join(lacking), cure, str(log))] if lacking else [])
    return rows


def decision(folder: Path) -> tuple[str, str] | None:
    """What was last decided on the option of a results folder, `DISCARDED` or `KEPT`, and why; None where it was only run."""
    log = log_of(folder)
    place = _place(folder)
    said = [(row["what"], row["reason"]) for row in read_log(log) if row["folder"] == place and row["what"] != RUN]
    return said[-1] if said else None


def _place(folder: Path) -> str:
    """A results folder as a log names it."""
    return Path(folder).absolute().relative_to(log_of(folder).parent).as_posix()
