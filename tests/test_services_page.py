"""The page on services shows every parameter as the tables have it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "services.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("service", ["neurosurgery", "congenital_heart"])
def test_the_page_shows_every_parameter_with_its_confidence(service):
    with (ROOT / "sim" / "service" / "parameters" / f"{service}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            law = ", ".join(f"{key} {row[key]}" for key in ("mean", "sd", "median", "lower", "upper") if row[key])
            value = row["value"] or f"{row['law']} ({law})"
            assert f"| `{row['name']}` | {value} | {row['unit']} | {row['confidence']}, {row['basis']} |" in PAGE
