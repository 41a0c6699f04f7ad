"""A finished results folder, read again: its tables, its settings, what made it, and its option row.

What is read is what was promised: every file is there, its numbers are numbers, and whoever opens an older folder is told to run it
again. Nothing is computed anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path

import numpy as np

from ..service.fault import Fault, Gathering, is_number, nearest_spelling, refuse
from ..study.fit import ILLUSTRATIVE
from ..study.option_row import COLUMNS, HIGHER, LOWER, NEUTRAL, Measure, Samples
from .reading import Row, read_columns, read_rows, read_settings, read_text
from .results import SAMPLE_COLUMNS, SAMPLES, TABLES

NEEDED = ("provenance.json", "config/config.yaml", "option_row.csv", SAMPLES, "parameters.csv")
"""Without these a folder is no finished results folder."""

FILLED = ("summary.csv", "units.csv", "parameters.csv")
"""Tables that have at least one row in every run."""

CURE = "it is of another version, or was edited: run it again"


@dataclass(frozen=True, eq=False)
class Finished:
    """A finished comparison of an option with its baseline, as it stands in a results folder."""

    folder: Path
    provenance: Mapping
    """Versions, commit, seed, hashes of the data, and the command."""
    config: Mapping
    """The composed configuration."""

    @property
    def name(self) -> str:
        """The scenario's name."""
        return str(self.provenance["scenario"])

    @cached_property
    def option_row(self) -> tuple[Measure, ...]:
        """Everything the option is judged by, with the samples behind its intervals."""
        return tuple(_measures(self.folder))

    @property
    def said_first(self) -> list[str]:
        """What every output must say of its data and its fit; of an older run, that it is not known."""
        said = self.provenance.get("said_first")
        return list(map(str, said)) if isinstance(said, list) else [f"{ILLUSTRATIVE}: the run does not say whether its baseline is fitted."]

    @property
    def is_fitted(self) -> bool:
        """Whether its baseline fits what is reported."""
        fit = self.provenance.get("fit")
        return isinstance(fit, Mapping) and bool(fit.get("is_fitted"))

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of what is set beside other runs, by file."""
        return {name: sha256((self.folder / name).read_bytes()).hexdigest() for name in ("option_row.csv", SAMPLES)}

    @property
    def all_hashes(self) -> dict[str, str]:
        """SHA-256 of its tables and words, by file."""
        names = sorted(path.name for path in (*self.folder.glob("*.csv"), self.folder / "README.md") if path.is_file())
        return {name: sha256((self.folder / name).read_bytes()).hexdigest() for name in names}

    @property
    def service(self) -> Mapping:
        """The sentences of its service."""
        return self.config.get("service") or {}

    @property
    def readme(self) -> str:
        """What the folder says of itself."""
        return read_text(self.folder / "README.md", CURE)

    def table(self, name: str) -> list[Row]:
        """The rows of one of its tables, cells as they are written.

        Raises
        ------
        InputError
            If there is no such table, or its rows are broken.
        """
        known = (*TABLES, "parameters.csv")
        refuse([] if name in known else [Fault(f"no table {name!r}" + nearest_spelling(name, known))], of=str(self.folder))
        path = self.folder / name
        refuse([] if path.is_file() else [_missing(self.folder, name, self.provenance)])
        rows = read_rows(path)
        refuse([Fault("the table has no row", cure=CURE, file=str(path))] if name in FILLED and not rows else [])
        return rows


def finished(folder: Path | str) -> Finished:
    """Open a finished results folder.

    Parameters
    ----------
    folder
        What ``python -m sim`` wrote.

    Raises
    ------
    InputError
        Naming whatever is missing or cannot be read, and how to make it anew.
    """
    folder = Path(folder)
    if not folder.is_dir():
        cure = "give the folder that `python -m sim` printed after `Files:`"
        refuse([Fault("no such results folder", str(folder), cure)])
    provenance = {}
    if (folder / "provenance.json").is_file():
        provenance = read_settings(folder / "provenance.json")
    lacking = [name for name in NEEDED if not (folder / name).is_file()]
    refuse([_missing(folder, ", ".join(lacking), provenance)] if lacking else [])
    config = read_settings(folder / "config" / "config.yaml")
    refuse([*_of_provenance(provenance, folder / "provenance.json"), *_of_config(config, folder / "config" / "config.yaml")])
    return Finished(folder, provenance, config)


def _of_provenance(given: Mapping, path: Path) -> Iterator[Fault]:
    """What is wrong with what a folder says of how it was made."""
    kinds = {**dict.fromkeys(("scenario", "command", "commit", "region"), str), **dict.fromkeys(("run", "data", "packages"), Mapping)}
    for key, kind in kinds.items():
        if key not in given:
            yield Fault(f"{key} is missing", cure=CURE, file=str(path))
        elif not isinstance(given[key], kind):
            yield Fault(f"{key} is {'text' if kind is str else 'settings, as key: value'}", given[key], CURE, str(path))
    run = given.get("run")
    for key in ("seed", "replications", "years") if isinstance(run, Mapping) else ():
        if not is_number(run.get(key), 0):
            yield Fault(f"{key} of the run is a number", run.get(key), CURE, str(path))


def _of_config(given: Mapping, path: Path) -> Iterator[Fault]:
    """What is wrong with the settings that a folder keeps."""
    for key in ("scenario", "region", "service", "allocation", "finance", "commissioning", "engine", "run"):
        if not isinstance(given.get(key) or {}, Mapping):
            yield Fault(f"{key} is settings, as key: value", given[key], CURE, str(path))


def is_finished(folder: Path) -> bool:
    """Whether a folder looks like the results of one question."""
    return (folder / "provenance.json").is_file() and (folder / "config" / "config.yaml").is_file()


def finished_under(root: Path) -> Iterator[Path]:
    """Every finished results folder under a folder, in the order of their names; what is hidden is passed over."""
    for path in sorted(root.rglob("provenance.json")):
        inside = path.parent.relative_to(root).parts
        if is_finished(path.parent) and not any(part.startswith(".") for part in inside):
            yield path.parent


def _missing(folder: Path, name: str, provenance: Mapping) -> Fault:
    command = str(provenance.get("command") or "").strip()
    again = f"run it again: {command}" if command else "only folders that `python -m sim` wrote to their end can be read"
    return Fault("not a finished results folder of this version", str(folder), f"it has no {name}; {again}")


def _measures(folder: Path) -> Iterator[Measure]:
    path = folder / "option_row.csv"
    rows = read_rows(path)
    lacking = [name for name in COLUMNS if rows and name not in rows[0]]
    refuse([] if rows else [Fault("the table has no row", cure=CURE, file=str(path))])
    refuse([Fault("columns are missing", ", ".join(lacking), CURE, str(path))] if lacking else [])
    samples, made, reading = _samples(folder / SAMPLES), [], Gathering()
    for row in rows:
        values = {column: reading.attempt(partial(row.number, column)) for column in ("baseline", "option", "low", "high")}
        words = (row["key"], row["section"], row["measure"], row["unit"], row["better"])
        guesses = tuple(name for name in row["rests_on_guesses"].split("; ") if name)
        of = samples.get(row["key"])
        made.append(Measure(*words, **values, basis=row["basis"], rests_on=guesses, is_headline=row["headline"] == "yes", samples=of))
    refuse([*reading.faults, *_odd(rows, samples)])
    return iter(made)


def _odd(rows: Sequence[Row], samples: Mapping[str, Samples]) -> Iterator[Fault]:
    """Measures that stand twice, have a direction nobody knows, or came from a simulation and have no samples."""
    seen = set()
    for row in rows:
        place = {"file": str(row.path), "row": row.at}
        if row["key"] in seen:
            yield Fault("a measure has one row", row["key"], CURE, **place, column="key")
        seen.add(row["key"])
        if row["better"] not in (LOWER, HIGHER, NEUTRAL):
            yield Fault(f"better is {LOWER}, {HIGHER} or {NEUTRAL}", row["better"], CURE, **place, column="better")
        if row["basis"].endswith("replications") and row["key"] not in samples:
            yield Fault(f"{SAMPLES} has no samples of a simulated measure", row["key"], CURE, **place, column="key")


def _samples(path: Path) -> dict[str, Samples]:
    """By key, the samples of a measure."""
    side, _, key, over, value = read_columns(path, SAMPLE_COLUMNS).values()
    found: dict[str, dict] = {}
    for row in zip(side, key, over, value):
        of = found.setdefault(row[1], {"over": row[2], "baseline": [], "option": []})
        refuse([] if row[0] in of else [Fault("side is baseline or option", row[0], CURE, str(path))])
        of[row[0]].append(np.nan if row[3] is None else row[3])
    return {name: Samples(of["over"], np.array(of["baseline"]), np.array(of["option"])) for name, of in found.items()}
