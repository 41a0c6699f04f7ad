"""Budget: what each commissioner has to spend in a year."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...service.commissioning import LEVELS
from ...service.finance import Finance
from ...service.service import Service
from ..equity import expected_cases
from .activity import Homes
from .course import Span
from .ledger import LINES, Till, ledger
from .payer import Parties
from .pence import in_pence


def need(service: Service, at: Homes) -> np.ndarray:
    """(H,) the weight of each home by need: cases expected from age and deprivation, else people, else patients."""
    cases = expected_cases(service)
    if cases is None or not cases.sum() > 0:
        people = service.areas.attribute.get("population")
        cases = service.areas.demand if people is None or not np.nansum(people) > 0 else np.nan_to_num(people)
    return np.bincount(at.of_area, weights=cases, minlength=at.count)


class Budget(NamedTuple):
    """What there is to spend in each plan year."""

    pence: np.ndarray
    """(Y, T) int64: of each commissioner; a lead provider's is what it is paid for its population."""
    population: np.ndarray
    """(Y, T, T) int64: what ICBs pay lead providers for their populations, whatever is done; part of the ICBs' budgets."""


def budgets(till: Till, first: Span, spans: tuple[Span, ...], at: Homes) -> Budget:
    """What each commissioner has in each plan year.

    History is what the baseline's first span costs at its prices, charged to those who pay in the year: a line that moves between levels
    takes its budget with it. Need shares the sum of a level's history by `need`; converging goes from the one to the other.

    Parameters
    ----------
    till
        Of the baseline.
    first
        The first span of the baseline.
    spans
        Its course.
    at
        The homes of its areas.
    """
    parties, weight = till.parties, need(till.service, at)
    history = [np.zeros((len(LINES), len(parties.name), len(parties.name))) for _ in range(spans[-1].year + 1)]
    for span in spans:
        history[span.year] += till.history(first, span.start) * span.years
    made = [_year(ledger(parties, paid).paid, year, till.finance, parties, weight) for year, paid in enumerate(history)]
    return Budget(*(np.stack(each) for each in zip(*made)))


def _year(history: np.ndarray, year: int, finance: Finance, parties: Parties, weight: np.ndarray):
    """(T,) budgets and (T, T) payments to lead providers, from the pence that each party would pay by history."""
    growth = (1 + finance.number["budget_growth"]) ** year
    given = {
        parties.index(level, body): round(100 * gbp) for (level, body), gbp in (finance.budgets.given or {}).items()
    }
    is_lead = parties.level == "lead_provider"
    grown = history if growth == 1 else np.rint(history * growth).astype(np.int64)
    for party, pence in given.items():
        if is_lead[party]:
            grown[party] = pence
    population = _population(np.where(is_lead, grown, 0), parties, weight)
    made = _shared(grown + population.sum(axis=1), year, finance, parties, weight)
    for party, pence in given.items():
        made[party] = pence
    return made, population


def _shared(history: np.ndarray, year: int, finance: Finance, parties: Parties, weight: np.ndarray) -> np.ndarray:
    """(T,) pence: history, need, or what lies between them."""
    by_need = {"history": 0.0, "need": 1.0}.get(finance.budgets.by)
    if by_need is None:
        by_need = min(1.0, finance.number["budget_pace"] * year)
    made = history.copy()
    for place, level in enumerate(LEVELS):
        of = parties.level == level
        shares = np.bincount(parties.of_home[place], weights=weight, minlength=len(made))[of]
        if by_need and level != "lead_provider" and shares.sum() > 0:
            total = int(history[of].sum())
            made[of] = in_pence((1 - by_need) * history[of] / 100 + by_need * total * shares / shares.sum() / 100)
    return made


def _population(budget: np.ndarray, parties: Parties, weight: np.ndarray) -> np.ndarray:
    """(T, T) pence: each lead provider's budget, paid by the ICBs of its population by need."""
    made = np.zeros((len(budget),) * 2, dtype=np.int64)
    lead, icb = parties.of_home[LEVELS.index("lead_provider")], parties.of_home[LEVELS.index("icb")]
    for party in np.flatnonzero(budget):
        shares = np.bincount(icb[lead == party], weights=weight[lead == party], minlength=len(budget))
        if not shares.sum() > 0:
            shares = np.bincount(icb[lead == party], minlength=len(budget)).astype(float)
        made[:, party] = in_pence(budget[party] / 100 * shares / shares.sum())
    return made
