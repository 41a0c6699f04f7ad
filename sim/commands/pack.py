"""The assurance pack and the assumptions book of a finished run: workbooks and CSV files beside its results folder."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

from ..service.fault import Fault, InputError, is_number, refuse, words
from ..study.fit import ILLUSTRATIVE
from .words import one_folder, split

USUAL = {"to": None, "publish": False, "least": 5, "bed_test": None, "evidence": "", "effects": True, "uncertainty": None}
"""Settings and what they are where nothing is given; see `main`."""

NOT_FITTED = f"{ILLUSTRATIVE}: the baseline is not fitted to what is reported; the first sheet says more."
"""The first note of every sheet of a run that is not fitted."""


def main(given: list[str]) -> int:
    """Write the pack of a finished run.

    Parameters
    ----------
    given
        One results folder. ``to``: where the pack goes; beside the folder, with ``-pack`` or ``-public`` to its name. ``publish``: show
        counts of patients in bands of ``least``, and nothing that tells more. ``bed_test``: the conditions of the test of bed
        closures that you claim, with your ``evidence``. ``effects=false``: leave out what each number does to the headlines.
        ``uncertainty``: the folder of an analysis of uncertainty, for what numbers do that move the simulation.
    """
    from ..store.bed_test import check_claims
    from ..store.finished import finished
    from ..store.pack import front_page, pages
    from ..store.provenance import made_with
    from ..store.publishing import published, unsigned, without_folders, without_people, without_places
    from ..store.results import write_text
    from ..store.spreadsheet import write_pages_as_csv, write_workbook
    from ..store.whole import check_writable, whole_folder

    places, own = split(given, USUAL)
    faults = one_folder("pack", places)
    faults += [Fault(f"{key} is true or false", own[key]) for key in ("publish", "effects") if not isinstance(own[key], bool)]
    faults += [] if is_number(own["least"], 0) and own["least"] else [Fault("least is a number above 0", own["least"])]
    refuse(faults)
    claimed = check_claims(words(own["bed_test"], "bed_test"))
    run = finished(places[0])
    to = Path(own["to"]) if own["to"] else _beside(run.folder, "-public" if own["publish"] else "-pack")
    check_writable(to, "give another one with to=...", "pack")
    sheets = pages(run, claimed, str(own["evidence"] or ""))
    sheets = sheets if run.is_fitted else [replace(page, notes=(NOT_FITTED, *page.notes)) for page in sheets]
    small, lines = [], _said(run)
    if own["publish"]:
        sheets, small, lines = published(sheets, lines, float(own["least"]))
    sheets = [front_page(run, sheets, lines, small), *sheets]
    book = _book(run, own["effects"] and not own["publish"], None if own["publish"] else own["uncertainty"])
    said = {"command": shlex.join(["python", "-m", "sim", "pack", *given]), **made_with(), "of": run.provenance, "data": run.all_hashes}
    if own["publish"]:
        *sheets, book = map(without_places, [*sheets, unsigned(book)])
        # Settings may hold counts of a unit, and the hash of a table confirms a guess of what is in it.
        of = {key: value for key, value in without_people(run.provenance).items() if key != "config"}
        said = without_folders({key: value for key, value in said.items() if key != "data"} | {"of": of})
    with whole_folder(to, "pack") as folder:
        write_workbook(folder / "assurance_pack.xlsx", sheets, f"Assurance pack: {run.name}")
        write_pages_as_csv(folder / "csv", sheets)
        write_workbook(folder / "assumptions_book.xlsx", [book], f"Assumptions book: {run.name}")
        write_pages_as_csv(folder, [book])
        write_text(folder / "provenance.json", json.dumps(said, indent=2, sort_keys=True) + "\n")
    print(*(f"{page.name:<22} {len(page.rows):>6} rows  {page.title}" for page in sheets), sep="\n")
    print("", *small, next(page for page in sheets if page.name.startswith("D ")).notes[0 if run.is_fitted else 1], sep="\n")
    print(f"\nFiles: {to}")
    return 0


def _beside(folder: Path, ending: str) -> Path:
    """The folder beside another one, its name with an ending; also of the folder that one stands in."""
    return folder.with_name(folder.name + ending) if folder.name else folder.absolute().with_name(folder.absolute().name + ending)


def _said(run) -> list[str]:
    """The first lines of the run's README: what changes, and what every output must say."""
    return [line[2:] for line in run.readme.splitlines() if line.startswith("- ")]


def _book(run, has_effects: bool, study: str | None):
    """The assumptions book, with what each number does to the headlines: as an analysis says, or worked out without simulation."""
    from ..store.assumptions import book_page, effects_of_study

    told = effects_of_study(Path(str(study)), run) if study else {}
    effect, usually = {}, "not known: left out (effects=false)"
    if has_effects:
        usually = "not known: it moves what is simulated, or no headline; `python -m sim uncertainty` tells (uncertainty=<its folder>)"
        try:
            effect = {name: each.words for name, each in _effects(run.config).items()}
        except InputError as error:
            usually = f"not known: the service of the run cannot be built here ({str(error).splitlines()[0]})"
    return book_page(run, effect | told, usually)


def _effects(config) -> dict:
    from ..compose import parts_of, service_of
    from ..service.extend import same_units
    from ..study.effects import finance_effects, outcome_effects
    from ..study.load import finance_from

    before, scenario, run, finance = parts_of(config, service_of)
    before = replace(before, calendar=run.calendar)
    option = scenario(before)
    before = same_units(before, option)
    origin = run.window.start

    def finance_with(numbers):
        lines = {**config["finance"], "parameters": {**(config["finance"].get("parameters") or {}), **numbers}}
        return replace(finance_from(lines, config["commissioning"], before, run), origin=origin)

    found = outcome_effects(before, option, run.window.end)
    return found | finance_effects(before, option, finance and replace(finance, origin=origin), finance_with)
