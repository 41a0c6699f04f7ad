"""Standing: what is known of single units against standards, beside what volumes say, each with its source.

A unit meets a standard, does not, or is derogated: it may go on without meeting it until a date. Rows are read from an optional
table of the region, ``standing_<service>.csv``; for a unit and standard without a row, volumes tell (`measures.standards`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from .calendar import read_date
from .fault import InputError, refuse
from .number import date_cure
from .source import Source
from .tables import TEXT, Column, read_table

MET, DEROGATED, NOT_MET = "met", "derogated", "not met"
NOT_KNOWN = "not known"
"""What is said of a unit where neither a table nor a volume tells."""

STATUS = (MET, DEROGATED, NOT_MET)
"""What a unit can be against a standard."""


@dataclass(frozen=True)
class Standing:
    """One unit against one standard."""

    standard: str
    """The standard's name."""
    unit: str
    """The unit's id."""
    status: str
    """``met``, ``derogated`` or ``not met``."""
    source: str
    """Who says so."""
    until: date | None = None
    """The last day of a derogation; None for no end, and for the other states."""

    @property
    def in_words(self) -> str:
        """Its state, with the last day of a derogation."""
        return f"derogated until {self.until}" if self.until else self.status


def read_standing(path: Source | Path, units: np.ndarray) -> tuple[Standing, ...]:
    """Read a table of standing: ``standard``, ``unit``, ``status``, ``until`` (a date, for derogations), ``source``.

    Parameters
    ----------
    path
        The table.
    units
        (U,) the ids of the units known.

    Raises
    ------
    InputError
        With every fault of the table. Standards are checked when a service is built with it.
    """
    columns = {
        "standard": TEXT,
        "unit": Column(known=units.tolist(), known_from="the units table"),
        "status": Column(known=STATUS),
        "until": Column(blank="", is_required=False, is_date=True),
        "source": TEXT,
    }
    table = read_table(path, columns)
    table.setdefault("until", np.full(len(table["unit"]), ""))
    made, faults = [], []
    rows = zip(*(table[name] for name in ("standard", "unit", "status", "source", "until")))
    for place, (standard, unit, status, source, until) in enumerate(rows):
        try:
            last = read_date(str(until), "until") if until else None
        except InputError:
            faults.append(table.fault(place, "must be a date", str(until), date_cure(str(until)), "until"))
            continue
        if last and status != DEROGATED:
            faults.append(table.fault(place, "only a derogation has a last day", str(until), column="until"))
        made.append(Standing(str(standard), str(unit), str(status), str(source), last))
    refuse(faults)
    return tuple(made)
