"""Deflators: what money of one price year is worth in another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .fault import Fault, nearest_spelling, refuse
from .source import table_of_numbers
from .tables import TEXT, Column, read_table

_FOLDER = Path(__file__).parent / "parameters"
_YEAR = re.compile(r"\d{4}/\d{2}")


@dataclass(frozen=True, eq=False)
class Deflators:
    """An index of prices by April-March year."""

    index: Mapping[str, float]
    """By year as ``2024/25``; only ratios matter."""
    source: str
    forecast: frozenset[str] = frozenset()
    """Years whose index is a forecast."""

    def factor(self, since: str, to: str) -> float:
        """What a pound of one price year is in pounds of another.

        Examples
        --------
        >>> Deflators({"2018/19": 78.7948, "2024/25": 100.0}, "made up").factor("2018/19", "2024/25").__round__(4)
        1.2691
        """
        refuse(self.faults((since, to)))
        return self.index[to] / self.index[since]

    def faults(self, years) -> list[Fault]:
        """The price years among these that have no deflator."""
        known = f"known: {min(self.index)} to {max(self.index)}"
        return [
            Fault(
                "price year without deflator",
                year,
                known + nearest_spelling(year, self.index) + "; or give a table of your own that has it: finance.deflators=deflators.csv",
            )
            for year in dict.fromkeys(years)
            if year not in self.index
        ]


def read_deflators(name: str = "deflators") -> Deflators:
    """Deflators from the shipped table or from a CSV file with ``price_year``, ``gdp_deflator``, ``is_forecast``, ``source``."""
    path = table_of_numbers(name, "finance deflators")
    columns = {
        "price_year": Column(is_unique=True),
        "gdp_deflator": Column(float, least=1e-6),
        "is_forecast": Column(bool),
        "source": TEXT,
    }
    table = read_table(path, columns)
    refuse(
        table.fault(place, "a price year is written 2024/25", year)
        for place, year in enumerate(table["price_year"].tolist())
        if not _YEAR.fullmatch(year)
    )
    years = table["price_year"].tolist()
    forecast = frozenset(year for year, is_forecast in zip(years, table["is_forecast"]) if is_forecast)
    return Deflators(dict(zip(years, table["gdp_deflator"].tolist())), str(table["source"][0]), forecast)
