"""Equity: who lives where, as weights for every measure of access.

A patient is not known by age or deprivation, an area is. A group's weight in an area is the area's patients times the share of
them that belongs to it; for ages the share follows the admission rates by age, for deprivation areas are cut into fifths of the population.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ..service.service import Service

FIFTHS = ("most deprived fifth", "second", "third", "fourth", "least deprived fifth")

WITHOUT_DATA = ("sex", "ethnicity", "disability", "no car")
"""Groups that an equality table must name even where no table gives them."""


class Group(NamedTuple):
    """A group of patients by where they live."""

    dimension: str
    name: str
    weight: np.ndarray | None
    """(A,) patients a year; None where there is no data."""


def groups(service: Service) -> Iterator[Group]:
    """Every group of patients that the region's tables let us tell apart, and those that they do not."""
    areas = service.areas
    demand = areas.demand * service.index_share
    yield Group("all", "all patients", demand)
    if (fifth := deprivation_fifth(service)) is not None:
        for number, name in enumerate(FIFTHS):
            yield Group("deprivation", name, demand * (fifth == number))
    for name, share in age_shares(service).items():
        yield Group("age", name, demand * share)
    if "rural" in areas.attribute:
        rural = np.nan_to_num(areas.attribute["rural"])
        yield Group("rurality", "rural", demand * rural)
        yield Group("rurality", "urban", demand * (1 - rural))
    given = {name: column for name, column in areas.attribute.items() if name.startswith("group_")}
    for name, column in given.items():
        yield Group("given", name.removeprefix("group_").replace("_", " "), demand * np.nan_to_num(column))
    for name in WITHOUT_DATA:
        if f"group_{name.replace(' ', '_')}" not in given:
            yield Group(name, "no data", None)
    for level, column in areas.body.items():
        if not level.endswith("_code"):
            for name in np.unique(column):
                yield Group(level, str(name), demand * (column == name))


def deprivation_fifth(service: Service) -> np.ndarray | None:
    """(A,) which fifth of the population each area is in, 0 the most deprived; None where deprivation is not known.

    Areas are taken from the highest score down; an area belongs to the fifth in which the middle of its population falls.
    """
    score = service.areas.attribute.get("deprivation")
    if score is None or np.isnan(score).all():
        return None
    people = np.nan_to_num(service.areas.attribute.get("population", np.ones(len(score))), nan=0.0)
    order = np.argsort(-np.nan_to_num(score, nan=np.nanmean(score)), kind="stable")
    middle = np.cumsum(people[order]) - people[order] / 2
    fifth = np.empty(len(score), dtype=int)
    fifth[order] = np.minimum((5 * middle / max(people.sum(), 1e-300)).astype(int), 4)
    return fifth


def age_shares(service: Service) -> dict[str, np.ndarray]:
    """By age band, (A,) the share of an area's patients in it; empty where ages or rates are not known."""
    attribute, need = service.areas.attribute, service.need
    if not {"share_65_79", "share_80_plus"} <= set(attribute) or not {
        "share_0_64",
        "share_65_79",
        "share_80_plus",
    } <= set(need):
        return {}
    old, oldest = attribute["share_65_79"], attribute["share_80_plus"]
    people = {
        "0 to 64": ("share_0_64", 1 - old - oldest),
        "65 to 79": ("share_65_79", old),
        "80 and over": ("share_80_plus", oldest),
    }
    cases = {name: need[rate] * share for name, (rate, share) in people.items()}
    total = np.sum(list(cases.values()), axis=0)
    return {name: np.nan_to_num(case / total) for name, case in cases.items()}


def expected_cases(service: Service) -> np.ndarray | None:
    """(A,) admissions a year that age and deprivation alone would bring, before scaling; None where they are not known."""
    attribute, need = service.areas.attribute, service.need
    wanted = {"population", "share_65_79", "share_80_plus", "deprivation"}
    if not wanted <= set(attribute) or "deprivation" not in need:
        return None
    old, oldest = attribute["share_65_79"], attribute["share_80_plus"]
    rate = need["share_0_64"] * (1 - old - oldest) + need["share_65_79"] * old + need["share_80_plus"] * oldest
    score = attribute["deprivation"]
    centred = score - np.nansum(score * attribute["population"]) / np.nansum(attribute["population"])
    return np.nan_to_num(attribute["population"] / 1e5 * rate * need["deprivation"] ** (centred / 10))
