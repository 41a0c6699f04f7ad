"""Sources: where a table stands - a CSV file, a sheet of an Excel workbook, a Parquet file - and what tables a folder holds.

A region is a folder of tables, one workbook with a sheet for each, or a mixture. A table is known by its name (``areas``), whatever
the form it has; a table found in two places is refused, for nobody could tell which was meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .fault import Fault, nearest_spelling, refuse

NUMBERS = Path(__file__).parent / "parameters"
"""Where the shipped tables of numbers are."""

TEXT_FILES = (".csv", ".tsv", ".txt")
WORKBOOKS = (".xlsx", ".xlsm")
PARQUET = (".parquet",)
READ = (*TEXT_FILES, *WORKBOOKS, *PARQUET)
"""The endings of files that are read as tables."""

UNREAD = {
    ".xls": "save it as an Excel workbook (.xlsx)",
    ".xlsb": "save it as an Excel workbook (.xlsx)",
    ".ods": "save it as an Excel workbook (.xlsx) or as CSV UTF-8",
    ".numbers": "export it as an Excel workbook (.xlsx) or as CSV UTF-8",
}
"""Tables of forms that are not read, with the cure."""

ASIDE = ("readme", "columns", "notes")
"""Names, in small letters, of sheets and files beside the tables that hold no table."""


@dataclass(frozen=True)
class Source:
    """One table in one place."""

    path: Path
    sheet: str = ""
    """Of a workbook; empty for a file that is one table, and for the first sheet of a workbook."""

    @classmethod
    def of(cls, given: Source | Path | str) -> Source:
        """A source from one, or from the path of a file."""
        return given if isinstance(given, Source) else cls(Path(given))

    @property
    def name(self) -> str:
        """What faults and outputs call it: ``areas.csv``, ``my_region.xlsx sheet areas``."""
        return f"{self.path.name} sheet {self.sheet}" if self.sheet else self.path.name

    def is_there(self) -> bool:
        """Whether something stands where the table should."""
        return self.path.exists() or self.path.is_symlink()


def is_place(given: object) -> bool:
    """Whether there is a folder or a workbook of that name; what can be no path is none."""
    path = Path(str(given))
    try:
        return bool(str(given).strip()) and (path.is_dir() or (path.is_file() and path.suffix.lower() in WORKBOOKS))
    except (OSError, ValueError):  # a name that no file can have
        return False


def is_sentences(given: object) -> bool:
    """Whether something names a file of sentences (YAML) and not a choice that ships."""
    return str(given).lower().endswith((".yaml", ".yml"))


def table_of_numbers(name: object, of: str = "") -> Path:
    """The path of a table of numbers: a shipped one by its name, or a file of the user's own.

    Parameters
    ----------
    name
        As a config gives it.
    of
        The heading of the config that names the table, as faults say it.
    """
    path = Path(str(name))
    if path.suffix.lower() not in (*READ, *UNREAD):
        path = NUMBERS / f"{name}.csv"
    if not path.exists():
        shipped = sorted(each.stem for each in NUMBERS.glob("*.csv"))
        cure = "shipped: " + ", ".join(shipped) + nearest_spelling(name, shipped)
        refuse([Fault("no such table of parameters", str(name), cure)], of=of)
    return path


class Shelf:
    """The tables of a folder or of one workbook, by name.

    Parameters
    ----------
    place
        The folder, or the workbook.
    """

    def __init__(self, place: Path | str):
        self.place = Path(place)
        self.faults: list[Fault] = []
        """What is wrong with it as a whole."""
        self.spoilt: set[str] = set()
        """Tables that are there and cannot be had, as is said among the faults."""
        self.unread: list[str] = []
        """Sheets and files that were passed over, as messages call them."""
        self.hidden: dict[str, Path] = {}
        """Hidden sheets by name, each with its workbook."""
        self._known: set[str] = set()
        self._found: dict[str, list[Source]] = {}
        for path in self._files():
            if path.suffix.lower() in WORKBOOKS:
                self._add_workbook(path)
            elif path.suffix.lower() in READ:
                self._add(path.stem, Source(path))

    def _files(self) -> Iterable[Path]:
        if not self.place.is_dir():
            return [self.place]
        # Excel leaves a file of this name beside a workbook that is open.
        return sorted(path for path in self.place.iterdir() if not path.name.startswith((".", "~$")))

    def _add(self, name: str, source: Source) -> None:
        self._found.setdefault(name, []).append(source)

    def _add_workbook(self, path: Path) -> None:
        from .workbook import sheets  # only here, for what only workbooks need

        known, faults = sheets(path)
        self.faults += faults
        self.spoilt |= {path.stem} if faults else set()
        names = [name for name, is_hidden in known.items() if not is_hidden]
        self.hidden |= {name: path for name, is_hidden in known.items() if is_hidden}
        for name in names:
            self._add(name, Source(path, name))
        # A workbook of one sheet may be named after its table, as a CSV file is.
        if len(names) == 1 and names[0] != path.stem and self.place.is_dir():
            self._add(path.stem, Source(path, names[0]))

    def get(self, table: str) -> Source | None:
        """Where a table stands; None where it is not there."""
        found = self._found.get(table, [])
        return found[0] if found else None

    def expected(self, table: str) -> Source:
        """Where a table stands or, where it is not there, should stand."""
        found = self.get(table)
        if found:
            return found
        if self.place.is_dir():
            return Source(self.place / f"{table}.csv")
        return Source(self.place, table)

    def settle(self, known: Iterable[str], optional_endings: Iterable[str] = ()) -> list[Fault]:
        """Check the names of all that is there against the tables known, and keep what is passed over in ``unread``.

        Parameters
        ----------
        known
            Names of tables that this service reads.
        optional_endings
            Beginnings of names of tables that another service may read: ``units_``.

        Returns
        -------
        Tables that stand in two places, and those that differ from a known one by capitals or spaces alone.
        """
        known, faults = list(known), list(self.faults)
        self._known = set(known)
        for name, places in self._found.items():
            if name in known and len(places) > 1:
                said = ", ".join(place.name for place in places)
                faults.append(Fault(f"the table {name} is given {len(places)} times", cure=f"keep one of {said}"))
            like = next((each for each in known if _plain(each) == _plain(name) != _plain("")), "")
            if name not in known and like and like not in self._found:
                self.spoilt.add(like)
                is_sheet = bool(places[0].sheet)
                faults.append(
                    Fault(f"{'sheet' if is_sheet else 'file'} must be named {like!r}", name, "rename it", places[0].path.name)
                )
        for name, path in self.hidden.items():
            if name in known:
                self.spoilt.add(name)
                faults.append(Fault(f"sheet {name!r} is hidden", cure="show it, or give it another name", file=path.name))
        stems = {_plain(word) for word in (*known, *ASIDE)}
        self.unread = [
            place.name
            for name, places in self._found.items()
            for place in places[:1]
            if _plain(name) not in stems and not name.startswith(tuple(optional_endings)) and not self._is_used(places, known)
        ]
        return faults

    def lacking(self, table: str) -> Fault:
        """What to say of a table that must be there and is not."""
        strange = [name for name in self._found if name not in self._known]
        if not self.place.is_dir():
            cure = "add it" + (nearest_spelling(table, strange) or f"; its sheets are {', '.join(self._found)}")
            return Fault(f"there is no sheet {table!r}", cure=cure, file=self.place.name)
        cure = f"add {table}.csv, {table}.xlsx or {table}.parquet, or a sheet of that name"
        for path in self._files():
            if path.suffix.lower() in UNREAD and _plain(path.stem) == _plain(table):
                return Fault(f"{path.name} is of a form that is not read", cure=UNREAD[path.suffix.lower()], file=table)
        return Fault(f"the table {table} is missing", cure=cure + nearest_spelling(table, strange), file=self.place.name)

    def _is_used(self, places: list[Source], known: list[str]) -> bool:
        """Whether a place is known by another name too: a workbook of one sheet."""
        return any(place in self._found.get(name, []) for place in places for name in known)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
