"""Answers: a point's config in, the rows that are kept of it out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from ..service.fault import Fault, InputError, refuse
from ..study.comparison import compare, paired
from ..study.option_row import option_row
from ..study.tables import Findings, summary
from .parts import Answer, Row
from .plan import Point

REPLICATION = "replication"
"""What ``by`` names to keep the option row's simulated measures of every replication, next to the option row."""

Find = Callable[[dict, str], Findings]
"""Asks the question of a composed config; the second is the scenario's name. It may keep between points what they share."""


def answer(point: Point, by: tuple[str, ...], find: Find) -> Answer:
    """Ask one point; whatever goes wrong in it is its answer."""
    began = time.perf_counter()
    try:
        rows, reason = tuple(_rows(point, by, find)), ""
    except Exception as error:
        rows, reason = (), _said(error)
    return Answer(point.key, rows, reason, time.perf_counter() - began)


def _said(error: Exception) -> str:
    """Why, in one line."""
    words = " ".join(str(error).split())
    return words if isinstance(error, InputError) else f"{type(error).__name__}: {words}"


def _rows(point: Point, by: tuple[str, ...], find: Find) -> list[Row]:
    # The pool is as wide as the cores: a point has one of them.
    found = find({**point.config, "run": {**point.config["run"], "workers": 1}}, point.scenario)
    same = dict(found.service.region.hashes) == dict(point.data)
    name = found.service.region.name
    refuse(
        [] if same else [Fault("the region's tables have changed since the sweep was planned", name, "run it again")]
    )
    return rows_of(found, by)


def rows_of(found: Findings, by: tuple[str, ...]) -> list[Row]:
    """The summary, the option row where ``by`` has it, and the means of every outcome that is by one of ``by``.

    With `REPLICATION` in ``by``, also what each replication has of the measures of the option row that are simulated.
    """
    made = [
        Row(
            row["measure"],
            "summary",
            row["unit"],
            *(row[name] for name in ("baseline", "option", "difference", "low", "high")),
            row["basis"],
        )
        for row in summary(found)
    ]
    if "option_row" in by:
        made += [
            Row(of.key, "option_row", of.unit, of.baseline, of.option, of.difference, of.low, of.high, of.basis)
            for of in option_row(found)
        ]
    if REPLICATION in by:
        made += _replications(found)
    measured = dict.fromkeys((o.measure, o.by) for o in found.experiment.replications[0].baseline if o.by in by)
    for measure, of in measured:
        for d in compare(found.experiment, measure, of):
            basis = f"{d.replications} replications"
            made.append(Row(measure, d.by, "", d.baseline, d.option, d.difference, d.low, d.high, basis))
    return made


def _replications(found: Findings) -> list[Row]:
    """The option row of every replication, of measures whose value is a mean of replications: luck is in them."""
    made = []
    for of in option_row(found):
        if of.samples is None or not is_lucky(of.basis):
            continue
        change = paired(of.samples.baseline, of.samples.option)
        for number, each in enumerate(zip(of.samples.baseline, of.samples.option, change), start=1):
            made.append(Row(of.key, f"{REPLICATION}={number}", of.unit, *map(float, each), None, None, "1 replication"))
    return made


def is_lucky(basis: str) -> bool:
    """Whether a value has luck in it, by what it rests on: not an expected one, even where its interval is of replications.

    Examples
    --------
    >>> is_lucky("4 replications"), is_lucky("expected; interval of 4 replications"), is_lucky("no simulation")
    (True, False, False)
    """
    return re.match(r"\d+ replications", basis or "") is not None
