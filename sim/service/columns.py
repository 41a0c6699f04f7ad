"""Columns: what each table of a region holds, said once - for the reader, for templates and for whoever fills them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from .build_finance import BUDGET_COLUMNS, PROVIDER_COLUMNS
from .parameter_table import PARAMETER_COLUMNS
from .standing import STATUS
from .tables import Column

_ID = Column(is_unique=True, meaning="a short code, used once; kept as text, leading zeros and all", example="A01")
_NAME = Column(meaning="the name that outputs show")
_SHARE = Column(float, is_required=False, blank=np.nan, least=0, most=1, unit="share 0 to 1")

PLACE_COLUMNS = {
    "latitude": Column(
        float, least=-90, most=90, unit="degrees north", example="51.15",
        meaning="where it is; or give easting and northing instead",
        outside="degrees; metres belong in columns easting and northing",
    ),
    "longitude": Column(
        float, least=-180, most=180, unit="degrees east, west of Greenwich below 0", example="0.87",
        meaning="where it is; or give easting and northing instead",
        outside="degrees; metres belong in columns easting and northing",
    ),
    "easting": Column(
        float, is_required=False, least=1_000, most=700_000, unit="metres, British National Grid (EPSG:27700)", example="601000",
        meaning="instead of latitude and longitude, or beside them",
        outside="whole metres of the British National Grid; degrees belong in latitude and longitude",
    ),
    "northing": Column(
        float, is_required=False, least=1_000, most=1_300_000, unit="metres, British National Grid (EPSG:27700)", example="142000",
        meaning="instead of latitude and longitude, or beside them",
        outside="whole metres of the British National Grid; degrees belong in latitude and longitude",
    ),
}  # fmt: skip
"""Where a place is: in degrees, on the British National Grid, or both."""

AREA_COLUMNS = {
    "id": _ID,
    "name": _NAME,
    **PLACE_COLUMNS,
    "population": Column(float, is_required=False, blank=np.nan, least=0, unit="people", meaning="who lives there"),
    "share_65_79": replace(_SHARE, meaning="of the people, aged 65 to 79"),
    "share_80_plus": replace(_SHARE, meaning="of the people, aged 80 and over"),
    "deprivation": Column(
        float, is_required=False, blank=np.nan, least=0, unit="score", meaning="index of multiple deprivation, more is worse"
    ),
    "rural": replace(_SHARE, meaning="of the people, living in rural places"),
}
"""Columns of ``areas`` next to ``demand``. Further columns may follow: those that hold numbers are attributes, others bodies."""

DEMAND = Column(
    float, least=0, unit="a year", example="62.5", meaning="index admissions of the people who live there, wherever they are treated"
)
"""The column ``demand`` of ``areas``, or ``demand_<service>``."""

SITE_COLUMNS = {"id": replace(_ID, example="S1"), "name": _NAME, **PLACE_COLUMNS}
"""Columns of ``sites``. Further columns are bodies the sites lie in."""

UNIT_COLUMNS = {
    "id": replace(_ID, example="S1-STROKE"),
    "name": _NAME,
    "site": Column(meaning="the id of its site", example="S1"),
    "kinds": Column(
        meaning="the kinds of care it gives from the same beds, with semicolons between them", example="hyperacute;acute"
    ),
    "beds": Column(int, blank=np.nan, least=0, unit="staffed beds", meaning="blank where not known: then sized by rule", example="24"),
    "provider": Column(meaning="the code of the trust that runs it and has its income", example="RAA"),
    "reported_volume": Column(float, is_required=False, blank=np.nan, least=0, unit="index admissions a year", meaning="as reported"),
    "reported_stay": Column(float, is_required=False, blank=np.nan, least=0, unit="days", meaning="mean stay as reported"),
    "market_forces_factor": Column(
        float, is_required=False, blank=np.nan, least=0, meaning="of its trust, about 1 to 1.2; money cannot be counted without"
    ),
    "near_border": Column(bool, is_required=False, blank=False, meaning="1 where it serves patients whom no area here holds"),
    "note": Column(is_required=False, blank="", meaning="anything else"),
}
"""Columns of ``units_<service>``. Further columns are attributes."""

STANDING_COLUMNS = {
    "standard": Column(meaning="the standard's name in the service", example="hyperacute_minimum"),
    "unit": Column(meaning="the id of the unit"),
    "status": Column(known=STATUS, meaning=", ".join(STATUS)),
    "until": Column(blank="", is_required=False, is_date=True, meaning="the last day of a derogation", example="2028-03-31"),
    "source": Column(meaning="who says so"),
}
"""Columns of ``standing_<service>``."""

FLOW_COLUMNS = {
    "area": Column(meaning="the id of the area; or a column named as a level of bodies, as icb"),
    "unit": Column(meaning="the id of the unit that its patients go to"),
    "patients": Column(float, least=0, unit="any count", meaning="how many; or a column share that sums to 1 over an area"),
}
"""Columns of ``flows_<service>``, as they are mostly written; `flows` knows the other ways."""

CATCHMENT_COLUMNS = {
    "icb": Column(meaning="the body whose patients are meant; or a column area, or any other level of bodies"),
    "unit": Column(meaning="the id of the unit they are designated to"),
}
"""Columns of ``catchments_<service>``, as they are mostly written."""


class Sort(NamedTuple):
    """A sort of table that a region may hold."""

    what: str
    """One line."""
    columns: Mapping[str, Column]
    """Empty for a table with places on both sides."""
    is_required: bool
    without: str = ""
    """What stands in where it is not there."""


TABLES = {
    "areas": Sort("where patients live: one row an area", {**AREA_COLUMNS, "demand": DEMAND}, True),
    "sites": Sort("where care is given: one row a hospital or other building", SITE_COLUMNS, True),
    "units_{service}": Sort("sets of staffed beds: one row a unit", UNIT_COLUMNS, True),
    "travel": Sort(
        "minutes from area (row) to site (column), or three columns area, site, minutes", {}, False,
        "every pair by the straight-line rule, where region.yaml says missing_minutes: straight_line",
    ),
    "site_travel": Sort(
        "minutes from site (row) to site (column)", {}, False,
        "every pair by the straight-line rule, where region.yaml says missing_minutes: straight_line",
    ),
    "flows_{service}": Sort("who goes where today, for allocation=observed", FLOW_COLUMNS, False, "the nearest unit"),
    "catchments_{service}": Sort(
        "designated units, for allocation=catchment", CATCHMENT_COLUMNS, False, "the nearest unit"
    ),
    "standing_{service}": Sort(
        "what is known of units against standards, beside their volumes", STANDING_COLUMNS, False, "volumes alone"
    ),
}  # fmt: skip
"""The tables of a region by name, in which ``{service}`` is the service's."""

FURTHER = {
    "parameters_{service}": Sort("numbers of your own for the service, with their sources", PARAMETER_COLUMNS, False, "those that ship"),
    "costs_{service}": Sort("costs and prices of your own, with their sources", PARAMETER_COLUMNS, False, "those that ship"),
    "providers": Sort("what is known of the trusts' books", PROVIDER_COLUMNS, False, "no control totals, national prices"),
    "budgets": Sort("what commissioners have to spend", BUDGET_COLUMNS, False, "budgets as activity was"),
}
"""The same, for tables that say more of the service and of money."""
