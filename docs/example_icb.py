"""Write ``example_icb.xlsx``: what an analyst of a made-up ICB of 40 areas and 6 hospitals may have, three slips included.

    python docs/example_icb.py
"""

from __future__ import annotations

import math
from pathlib import Path

from openpyxl import Workbook

SITES = [
    # code, name, easting, northing, trust, trust's name, beds, people near it in thousands, market forces factor
    ("RXA01", "Marchfield General Hospital", 349_000, 312_000, "RXA", "Marchfield Hospitals Trust", 60, 260, 1.02),
    ("RXA02", "Oakengrove Hospital", 370_000, 309_000, "RXA", "Marchfield Hospitals Trust", 44, 210, 1.02),
    ("RXB01", "Ludwell Infirmary", 351_000, 275_000, "RXB", "South Marches Trust", 26, 110, 1.0),
    ("RXB02", "Clunmouth Hospital", 331_000, 287_000, "RXB", "South Marches Trust", 16, 70, 1.0),
    ("RXC01", "Whitmere Hospital", 354_000, 341_000, "RXC", "Northern Meres Trust", 24, 120, 1.01),
    ("RXC02", "Drayford Hospital", 368_000, 333_000, "RXC", "Northern Meres Trust", None, 80, 1.01),
]
AREAS = (9, 8, 6, 5, 7, 5)
"""How many areas lie around each hospital."""


def areas() -> list[list[object]]:
    """Code, name, easting, northing, admissions, people, shares aged 65 to 79 and 80 or more, deprivation, rural share."""
    rows = []
    for (_, name, east, north, *_, people, _), count in zip(SITES, AREAS, strict=True):
        for n in range(count):
            far, turn = 14_000 * math.sqrt(n / count), 2.4 * n
            old, rural = 0.17 + 0.06 * n / count, round(n / count, 2)
            heads = round(1000 * people / count * (1.2 - 0.4 * n / count))
            code = f"{len(rows) + 1:03d}"
            rows.append(
                [
                    code, f"{name.split()[0]} {n + 1:02d}", round(east + far * math.cos(turn)), round(north + far * math.sin(turn)),
                    round(heads * (0.9 + 2.4 * old) / 1000, 1), heads, round(old, 3), round(old / 3, 3), round(31 - 14 * rural, 1), rural,
                ]
            )  # fmt: skip
    # Three slips that spreadsheets have: a number typed as text, one held back, one that stands in the wrong column.
    rows[3][5] = f"{rows[3][5]:,}"
    rows[38][4] = "*"
    rows[20][2], rows[20][3] = rows[20][3], rows[20][2]
    return rows


def write(path: Path) -> None:
    book = Workbook()
    page = book.active
    page.title = "Stroke activity"
    page.append(["Stroke admissions by neighbourhood, 2024/25 (made up)"])
    page.append([])
    head = ["Code", "Neighbourhood", "Easting", "Northing", "Admissions", "Population", "Aged 65-79", "Aged 80+", "IMD score", "Rural"]
    page.append(head)
    for row in areas():
        page.append(row)
        page.cell(page.max_row, 1).number_format = "@"
    page = book.create_sheet("Hospitals")
    page.append(["Site code", "Hospital", "Easting", "Northing", "Trust code", "Trust", "Stroke beds", "MFF"])
    for code, name, east, north, trust, trust_name, beds, _, factor in SITES:
        page.append([code, name, east, north, trust, trust_name, beds, factor])
    for page in book:
        for letter, width in zip("ABCDEFGHIJ", (10, 30, 10, 10, 12, 28, 12, 10, 10, 10)):
            page.column_dimensions[letter].width = width
    book.save(path)


if __name__ == "__main__":
    write(Path(__file__).with_suffix(".xlsx"))
