"""An attack on a public pack: what all its numbers together leave possible for each small count of the pack for colleagues.

Each count is an unknown. What a public sheet shows of it bounds it; sums that hold between sheets tie unknowns together: units add up to
all patients, flows to the units they leave and reach, groups to their dimension, patients longer, shorter and unchanged to a group. A
number of money, beds or staff is taken to be so much a patient, by the exact rate: the attacker knows the model and all its parameters. A
linear programme then finds the least and the most that each small count, and each small change, could be.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

Rows = Mapping[str, list[dict]]
"""The rows of each sheet, by the letter and number of its name."""

SIDES = ("baseline", "option")
FAR = 1e7


class Left(NamedTuple):
    """What an attack leaves possible for a number that is secret."""

    what: str
    true: float
    low: float
    high: float

    def is_safe(self, least: float) -> bool:
        """Whether nothing between 0 and the threshold is ruled out, on the side where the number lies."""
        low, high = (self.low, self.high) if self.true > 0 else (-self.high, -self.low)
        return low <= 1e-4 and high >= least - 1e-4


def number(value: object) -> float | None:
    """A number of a sheet or of a CSV file; None for a mark, for nothing and for words."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


class Attack:
    """Unknowns, their bounds and the sums between them."""

    def __init__(self, exact: Rows, public: Rows, least: float):
        self.least = least
        self.place: dict[tuple, int] = {}
        self.true: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.sums: list[list[tuple[int, float]]] = []
        self.exact, self.public = exact, public
        self._activity()
        self._flows()
        self._bodies()
        self._groups()
        self._figures()

    def unknown(self, key: tuple, true: float) -> int:
        if key not in self.place:
            self.place[key] = len(self.true)
            self.true.append(true)
            self.low.append(0.0)
            self.high.append(FAR)
        return self.place[key]

    def within(self, at: int, low: float, high: float) -> None:
        assert low - 1e-6 <= self.true[at] <= high + 1e-6, (low, self.true[at], high)
        self.low[at], self.high[at] = max(self.low[at], low), min(self.high[at], high)

    def cell(self, key: tuple, true: object, shown: object) -> int | None:
        """A count: exact where it is printed so, in a band where it is rounded down, not known at all under a mark."""
        value = number(true)
        if value is None:
            return None
        at = self.unknown(key, value)
        told = number(shown)
        if told is not None and (abs(told - value) <= 1e-6 * max(1.0, value) and (value % self.least or value == 0)):
            self.within(at, told, told)
        elif told is not None:
            self.within(at, told, told + self.least)
        return at

    def add(self, terms: list[tuple[int | None, float]]) -> None:
        """A sum that is nought."""
        if all(at is not None for at, _ in terms):
            off = sum(self.true[at] * weight for at, weight in terms)
            if abs(off) <= 1e-3:
                self.sums.append(terms)

    def pairs(self, sheet: str) -> Iterator[tuple[dict, dict]]:
        """Rows of a sheet, each with what is public of it; rows that are left out have nothing."""
        given = defaultdict(list)
        shown = self.public.get(sheet, [])
        names = [key for key in NAMES if shown and key in shown[0]]
        for row in shown:
            given[tuple(str(row[key] or "") for key in names)].append(row)
        for row in self.exact.get(sheet, []):
            found = given[tuple(str(row.get(key) or "") for key in names)]
            yield row, (found.pop(0) if found else {})

    # -- the sheets -----------------------------------------------------------------------------------------------------

    def _activity(self) -> None:
        total: dict[str, list] = defaultdict(list)
        for row, shown in self.pairs("A1"):
            unit, at = row["unit"], {}
            for side in SIDES:
                column = f"modelled_volume_{side}"
                at[side] = self.cell(("unit", unit, side), row.get(column), shown.get(column))
                if at[side] is not None:
                    total[side].append(at[side])
                column = f"index_admissions_per_year_{side}"
                self.cell(("simulated", unit, side), row.get(column), shown.get(column))
            self._change(("unit", unit))
            self._change(("simulated", unit))
            self.cell(("reported", unit), row.get("reported_volume"), shown.get("reported_volume"))
        for row, shown in self.pairs("B8"):
            side, unit = row["scenario"], row["unit"]
            key = ("standard", row["standard"], unit, side)
            same = self.place.get(("unit", unit, side))
            if same is not None and abs(self.true[same] - (number(row["modelled_volume"]) or -1)) < 1e-6:
                key = ("unit", unit, side)
            self.cell(key, row["modelled_volume"], shown.get("modelled_volume"))
            self.cell(("reported", unit), row.get("reported_volume"), shown.get("reported_volume"))
        for row, shown in self.pairs("C11"):
            key = ("unit", row["unit"], row["scenario"])
            if key in self.place and abs(self.true[self.place[key]] - number(row["admissions_per_year"])) < 1e-6:
                self.cell(key, row["admissions_per_year"], shown.get("admissions_per_year"))
        for side, parts in total.items():
            whole = self.unknown(("whole", side), sum(self.true[at] for at in parts))
            self.add([(whole, -1.0), *((at, 1.0) for at in parts)])
        for row, shown in self.pairs("Option"):
            if row.get("key") == "index_admissions":
                for side in SIDES:
                    if abs(self.true[self.unknown(("whole", side), number(row[side]))] - number(row[side])) < 1e-3:
                        self.cell(("whole", side), row[side], shown.get(side))
        for row, shown in self.pairs("B4"):
            change = self._change(("unit", row["unit"]))
            if change is not None and abs(self.true[change] - number(row["extra_admissions_per_year"])) < 1e-6:
                self.cell(("change", "unit", row["unit"]), row["extra_admissions_per_year"], shown.get("extra_admissions_per_year"))

    def _change(self, key: tuple) -> int | None:
        """What a count changes by, as an unknown of its own."""
        ends = [self.place.get((*key, side)) for side in SIDES]
        if None in ends:
            return None
        change = ("change", *key)
        if change not in self.place:
            at = self.unknown(change, self.true[ends[1]] - self.true[ends[0]])
            self.low[at] = -FAR
            self.sums.append([(ends[1], 1.0), (ends[0], -1.0), (at, -1.0)])
        return self.place[change]

    def _flows(self) -> None:
        by: dict[tuple, list] = defaultdict(list)
        for row, shown in self.pairs("A2"):
            key = ("flow", row["from_unit"], row["to_unit"])
            at = self.cell(key, row["patients_per_year"], shown.get("patients_per_year"))
            by["simulated", row["from_unit"], "baseline"].append(at)
            by["simulated", row["to_unit"], "option"].append(at)
        for key, parts in by.items():
            if key in self.place:
                self.add([(self.place[key], -1.0), *((at, 1.0) for at in parts)])

    def _bodies(self) -> None:
        column = "admissions_per_year"
        parts = [self.cell(("body", row["icb"]), row[column], shown.get(column)) for row, shown in self.pairs("B5")]
        for side in SIDES:
            if parts and ("whole", side) in self.place:
                self.add([(self.place["whole", side], -1.0), *((at, 1.0) for at in parts)])
        for row, shown in self.pairs("B5"):
            self._shares(("body", row["icb"]), row, shown)
        for row, shown in self.pairs("B9"):
            for column in ("cases_per_year", "imported_admissions_per_year", "exported_admissions_per_year"):
                same = self.place.get(("body", row["icb"]))
                is_same = column.startswith("cases") and same is not None and abs(self.true[same] - number(row[column])) < 1e-6
                key = ("body", row["icb"]) if is_same else (row["standard"], row["icb"], column)
                self.cell(key, row[column], shown.get(column))

    def _shares(self, of: tuple, row: Mapping, shown: Mapping) -> None:
        """Patients within a time, and those beyond it: a share of a count that is itself in a band."""
        for column in row:
            share, told = number(row[column]), number(shown.get(column))
            if not column.startswith("within_") or share is None:
                continue
            people = self.true[self.place[of]]
            inside = self.unknown((*of, column), share * people)
            beyond = self.unknown((*of, column, "beyond"), (1 - share) * people)
            self.sums.append([(inside, 1.0), (beyond, 1.0), (self.place[of], -1.0)])
            if told in (0.0, 1.0) and told == share:
                self.within(beyond if told else inside, 0.0, 0.0)
            elif told is not None:
                low, high = self.low[self.place[of]], self.high[self.place[of]]
                whole, half = self._down(people) + self.least / 2, self.least / 2
                step = step_of(told, min(1.0, (self._down(share * people) + half) / whole), self.least / whole / 2)
                if step:
                    most = self._down((told + step / 2) * whole - half) + self.least if told + step / 2 < 1 else FAR
                    self.within(inside, max(0.0, self._up((told - step / 2) * whole - half)), most)
                else:
                    half = grid(share, told) / 2
                    self.within(inside, (told - half) * low, (told + half) * high)
                    self.within(beyond, max(0.0, 1 - told - half) * low, (1 - told + half) * high)

    def _up(self, value: float) -> float:
        return self.least * math.ceil(value / self.least - 1e-9)

    def _down(self, value: float) -> float:
        return self.least * math.floor(value / self.least + 1e-9)

    def _groups(self) -> None:
        by: dict[tuple, list] = defaultdict(list)
        for row, shown in self.pairs("B6"):
            dimension, group, at = row["dimension"], row["group"], {}
            for column in row:
                if column.startswith(("patients_", "newly_beyond_")) and number(row[column]) is not None:
                    key = (dimension, group, column)
                    if column == "patients_per_year" and dimension == "icb" and ("body", group) in self.place:
                        key = ("body", group)
                    if column == "patients_per_year" and dimension == "all":
                        key = ("whole", "baseline")
                        self.unknown(key, number(row[column]))
                    at[column] = self.cell(key, row[column], shown.get(column))
                    by[dimension, column].append(at[column])
            kinds = [at.get(f"patients_{kind}") for kind in ("longer", "shorter", "unchanged")]
            if None not in kinds:
                self.add([(at.get("patients_per_year"), -1.0), *((each, 1.0) for each in kinds)])
                self._shares(next(key for key, place in self.place.items() if place == at["patients_per_year"]), row, shown)
        for (dimension, column), parts in by.items():
            if dimension != "all" and ("all", column) in by:
                self.add([(by["all", column][0], -1.0), *((at, 1.0) for at in parts)])

    # -- what is so much a patient -----------------------------------------------------------------------------------

    def _figures(self) -> None:
        unit_provider = {row["unit"]: row.get("provider") for row in self.exact.get("A1", [])}
        for side in SIDES:
            of: dict[str, list[int]] = defaultdict(list)
            for unit, provider in unit_provider.items():
                if ("unit", unit, side) in self.place:
                    of[provider].append(self.place["unit", unit, side])
            for provider, parts in of.items():
                at = self.unknown(("provider", provider, side), sum(self.true[each] for each in parts))
                self.add([(at, -1.0), *((each, 1.0) for each in parts)])
        for sheet in ("A5", "B1", "B2", "B3", "C1", "C5", "C9", "C3", "C2", "C8", "Option", "C11"):
            for row, shown in self.pairs(sheet):
                self._figures_of(sheet, row, shown)

    def _figures_of(self, sheet: str, row: Mapping, shown: Mapping) -> None:
        for column, told in shown.items():
            value, told = number(row.get(column)), number(told)
            if value is None or told is None or not value or not RATED.search(column):
                continue
            side = "option" if "option" in column or row.get("scenario") == "option" else "baseline"
            at = self._who(sheet, row, side)
            if at is None or not self.true[at] or (sheet == "C8" and value <= self.true[at]):
                continue  # a share of the patients is a count of its own
            # What is that of the middle of a band tells of bands alone; anything else tells what its digits tell.
            rate, half = abs(value) / self.true[at], self.least / 2
            step = 0.0 if told == value else step_of(abs(told), rate * (self._down(self.true[at]) + half), self.least * rate)
            if step:
                low, high = ((abs(told) + way * step / 2) / rate - half for way in (-1, 1))
                self.within(at, max(0.0, self._up(low)), self._down(high) + self.least)
            else:
                half = grid(value, told) / 2
                self.within(at, max(0.0, (abs(told) - half) / rate - 1e-7), (abs(told) + half) / rate + 1e-7)

    def _who(self, sheet: str, row: Mapping, side: str) -> int | None:
        if sheet == "Option" and row.get("unit") not in ("GBP million", "QALYs a year", "WTE"):
            return None
        if sheet == "C8" and row["unit"] != "journeys a year":
            return None
        for column, kind in (("unit", "unit"), ("provider", "provider")):
            if row.get(column) and sheet not in ("Option", "C2", "C8"):
                return self.place.get((kind, row[column], side)) if row[column] != "all" else self.place.get(("whole", side))
        if sheet == "C5":
            return self.place.get(("body", row.get("body")))
        if "spending of" in str(row.get("measure")):
            return self.place.get(("body", str(row["key"]).partition("=")[2]))
        return self.place.get(("whole", side))

    # -- the attack ------------------------------------------------------------------------------------------------------

    def left(self, most: int = 10**9) -> list[Left]:
        """What is left possible for every small count and every small change; of the first ``most``."""
        secret = [(key, at) for key, at in self.place.items() if 1e-6 < abs(self.true[at]) < self.least * (1 - 1e-9)][:most]
        terms = [(row, at, weight) for row, sum_ in enumerate(self.sums) for at, weight in sum_]
        rows, columns, weights = zip(*terms) if terms else ((), (), ())
        sums = coo_matrix((weights, (rows, columns)), shape=(len(self.sums), len(self.true))).tocsr()
        # Sums hold to the digits that are written.
        off = sums @ np.array(self.true)
        bounds = list(zip(self.low, self.high))
        made = []
        for key, at in secret:
            ends = []
            for sign in (1.0, -1.0):
                aim = np.zeros(len(self.true))
                aim[at] = sign
                found = linprog(aim, A_eq=sums, b_eq=off, bounds=bounds, method="highs")
                assert found.status == 0, (key, found.message)
                ends.append(sign * found.fun)
            made.append(Left(" ".join(map(str, key)), self.true[at], *ends))
        return made


NAMES = (
    "key", "section", "measure", "unit", "from_unit", "to_unit", "provider", "staff_group", "standard", "scenario", "dimension", "group",
    "level", "body", "icb", "year", "period", "month", "date", "line", "part", "area",
    "of", "mechanism",
)  # fmt: skip
"""Columns that say what a row is of."""

RATED = re.compile(r"_gbp|^wte_|load|^baseline$|^option$|occupied_beds")
"""Columns of what is so much a patient."""


def steps(value: float) -> Iterator[float]:
    """Steps of 1, 2 and 5 times a power of ten, from far finer than a number to coarser."""
    for power in range(math.floor(math.log10(abs(value))) - 8, math.ceil(math.log10(abs(value))) + 4):
        yield from (digit * 10.0**power for digit in (1, 2, 5))


def step_of(told: float, middle: float, least: float) -> float:
    """The finest step, from ``least`` up, at which a number shown is that of the middle of a band; 0 where there is none."""
    fine = (step for step in steps(middle) if step >= least)
    return next((step for step in fine if abs(math.floor(middle / step + 0.5) * step - told) <= 1e-9 * max(step, told)), 0.0)


def grid(value: float, told: float) -> float:
    """The finest step that makes the number shown of the exact one; nothing where it is printed exactly."""
    if abs(told - value) <= 1e-9 * abs(value):
        return 0.0
    for step in steps(value):
        if abs(round(told / step) * step - told) <= 1e-9 * max(abs(told), step) and abs(told - value) <= step / 2 * (1 + 1e-9):
            return step
    raise AssertionError(f"{told} is no rounding of {value}")
