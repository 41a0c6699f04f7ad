"""Payer: the bodies that may pay, and which of them stands behind each row of activity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...service.commissioning import LEVELS
from ...service.finance import Finance
from ...service.service import Service
from .activity import Homes


@dataclass(frozen=True, eq=False)
class Parties:
    """Everyone in the ledger: commissioners first, then providers, then ambulance services."""

    name: np.ndarray
    """(N,) text: unique, as ``icb: Kent and Medway``, ``provider: RVV``, ``ambulance: South East Coast``."""
    level: np.ndarray
    """(N,) text: a level of commissioner, ``provider`` or ``ambulance``."""
    body: np.ndarray
    """(N,) text: the body's name, or the provider's code."""
    of_home: np.ndarray
    """(levels, H) int: by level, who pays for patients of a home."""
    of_site: np.ndarray
    """(levels, S) int: by level, who pays for what is done at a site."""
    ambulance_of_home: np.ndarray
    """(H,) int: the ambulance service."""

    def index(self, level: str, body: str) -> int:
        """The row of a party."""
        return int(np.flatnonzero((self.level == level) & (self.body == body))[0])

    def of_provider(self, provider: np.ndarray) -> np.ndarray:
        """(U,) the rows of providers by their codes."""
        place = {str(self.body[k]): k for k in np.flatnonzero(self.level == "provider")}
        return np.array([place[str(name)] for name in provider])


def parties(services: tuple[Service, ...], finance: Finance, at: Homes) -> Parties:
    """Everyone who may pay or be paid.

    Parameters
    ----------
    services
        Those that are compared.
    finance
        Which bodies stand for which level, and the basis of payment.
    at
        The homes of the areas.
    """
    service = services[0]
    rows: dict[tuple[str, str], int] = {}

    def place(level: str, names) -> np.ndarray:
        return np.array([rows.setdefault((level, str(name)), len(rows)) for name in names], dtype=int)

    of_home, of_site = [], []
    for level in LEVELS:
        column = finance.commissioning.bodies[level]
        if level == "national":
            everywhere = ["the nation"] * at.count, ["the nation"] * len(service.sites)
        elif not column:
            everywhere = [service.region.name] * at.count, [service.region.name] * len(service.sites)
        else:
            everywhere = at.body[column], service.sites.body.get(column)
            if everywhere[1] is None:
                everywhere = at.body[column], np.full(len(service.sites), at.body[column][0])
        of_home.append(place(level, everywhere[0]))
        of_site.append(place(level, everywhere[1]))
    trusts = {
        str(name) for each in services for name in (*each.units.provider, *(c.provider for c in each.new_providers))
    }
    place("provider", sorted(trusts))
    ambulance = place("ambulance", at.body.get("ambulance", np.full(at.count, service.region.name)))
    level, body = (np.array([row[k] for row in rows]) for k in (0, 1))
    name = np.array([f"{row[0]}: {row[1]}" for row in rows])
    return Parties(name, level, body, np.stack(of_home), np.stack(of_site), ambulance)


def payers(parties: Parties, finance: Finance, service: Service, home: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """(levels, N) who pays for rows of activity, by level: by the patient's home, or by the unit's site on the host basis."""
    if finance.budgets.basis == "host":
        return parties.of_site[:, service.units.site[unit]]
    return parties.of_home[:, home]
