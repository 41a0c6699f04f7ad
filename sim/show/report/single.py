"""The report of one option: what a board reads, in the order in which it reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ...study.keeping import keeping
from ...study.option_row import option_row
from ...study.tables import Findings
from ...study.turning import turning_points
from ..figures import FIGURES, Picture, pictures
from . import sections, words
from .map_data import map_of
from .page import data, page, picture_address


class Shown(NamedTuple):
    """A figure of a report."""

    address: str
    alternative: str


def single_report(
    found: Findings,
    tables: Mapping[str, Sequence[Mapping]],
    provenance: Mapping,
    notices: Sequence[str],
    drawn: Sequence[Picture] = (),
    progress: Callable | None = None,
) -> str:
    """The report of a comparison, as HTML.

    Parameters
    ----------
    found
        The comparison.
    tables
        By name, the rows of the tables of its results folder; a section whose table is not there says so.
    provenance
        What repeats the run.
    notices
        What every output must say.
    drawn
        Its figures, if they are drawn already.
    progress
        Makes what is called while units are kept one by one: with how many are done, and of how many.

    Returns
    -------
    A whole page: no other file and no network is needed. The same run makes the same bytes.
    """
    wanted = tuple(name for name in FIGURES if name not in ("map",))
    known = {each.name: each for each in (drawn or pictures(found, wanted))}
    kept = list(keeping(found, progress() if progress else None))
    land = map_of(found)
    said = words.warnings(found, list(notices))
    return page(
        "single.html",
        title=words.title(found),
        question=words.question(found),
        changes=words.changes(found),
        answer=words.answer(found),
        measured=words.measured(found),
        warnings=[each for each in said if each[0] != words.NOTE],
        notes=[each for word, each in said if word == words.NOTE],
        left_out=words.left_out(found),
        is_open_data=found.service.region.is_open_data,
        basis=found.service.region.travel.basis,
        option_row=sections.option_row_table(option_row(found)),
        turning=turning_points(found),
        kept=sections.kept_table(found, kept),
        kept_count=len(kept),
        land=land,
        land_data=data(land.data),
        figure={name: Shown(picture_address(each.svg), each.alternative) for name, each in known.items()},
        table=sections.tables_of(found, tables),
        effects=sections.effects_table(found),
        provenance=provenance,
        packages=", ".join(f"{name} {version}" for name, version in provenance.get("packages", {}).items()),
    )
