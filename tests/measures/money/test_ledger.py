"""Ledger: what is paid is what is received, to the penny, in every run; and who pays whom follows the settings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scenarios import Close, Localise
from sim.measures.money.activity import stage_rows
from sim.measures.money.ledger import LINES
from sim.service.commissioning import LEVELS
from sim.study.money import money_of, simulated_books
from sim.study.question import ask
from tests.money import anything, dover_closes, finance_of, towns_in_round_numbers
from tests.two_towns import QUICK, stroke

ALL_ICB = {"icb": 1.0}


def received(found, provider: str, side: str = "option") -> list[float]:
    party = found.parties.index("provider", provider)
    return [books.received[party] / 100 for books in found.side[side].books]


def check(books) -> None:
    """What must hold of any ledger: whole pence, every line in balance, and nobody paid but by somebody who may pay."""
    level, pence = books.parties.level, books.pence
    payers, providers, ambulances = np.isin(level, LEVELS), level == "provider", level == "ambulance"
    assert pence.dtype == np.int64
    assert books.paid.sum() == books.received.sum()
    for line, name in enumerate(LINES):
        assert pence[line].sum(axis=1).sum() == pence[line].sum(axis=0).sum()
        assert not pence[line][~payers].any(), name
    payees = {"ambulance": ambulances, "population budget": level == "lead_provider"}
    payees |= dict.fromkeys(("care", "device", "drug", "stranded support"), providers)
    payees |= dict.fromkeys(("pooling", "risk share"), payers)
    for name, of in payees.items():
        assert not books.line(name)[:, ~of].any(), name
    spent = books.line("care", "device", "drug", "ambulance", "stranded support").sum(axis=1)
    assert spent[payers].sum() == books.received[providers | ambulances].sum()


@pytest.mark.parametrize("seed", range(60))
def test_what_is_paid_is_what_is_received(seed):
    found = money_of(*anything(seed))
    for side in found.side.values():
        for year, books in enumerate(side.books):
            check(books)
            # What commissioners bear in the end is what trusts and ambulances got, less what was there to spend.
            icbs = np.isin(books.parties.level, LEVELS)
            over = side.deviation[year]
            assert over.after.sum() == over.own.sum()
            net = (books.paid - books.received)[icbs].sum()
            assert net == books.received[~icbs].sum()


@pytest.mark.parametrize("seed", range(3))
def test_what_is_paid_is_what_is_received_in_every_replication(seed):
    baseline, option, finance = anything(seed)
    found = ask(baseline, lambda _: option, QUICK, finance=finance)
    for side in ("baseline", "option"):
        every = list(simulated_books(found, side))
        assert len(every) == QUICK.replications
        for books in every:
            check(books)


@pytest.mark.parametrize("seed", range(6))
def test_all_that_is_paid_for_care_is_plan_and_variable_share(seed):
    baseline, option, finance = anything(seed)
    found = money_of(baseline, option, finance)
    side = found.side["option"]
    for year, books in enumerate(side.books):
        plan, total = found.plan, 0.0
        for span in side.spans:
            if span.start in finance.payment.rebase:
                plan = side.till.plan(span)
            if span.year == year:
                total += slow_care(side, span, plan) * span.years
        assert books.line("care").sum() == pytest.approx(100 * total, abs=1)


def slow_care(side, span, plan) -> float:
    """Care paid in a span, row by row."""
    till, total = side.till, 0.0
    for service, activity, is_plan in ((plan.service, plan.activity, True), (till.service, span.activity, False)):
        own = till.prices.worth(service, activity, plan.provider, till.at, plan.is_harmonised) * plan.growth
        now = till.prices.worth(service, activity, span.provider, till.at, till.is_harmonised(span.start))
        now = now * till.growth(span.year)
        names = stage_rows(service)
        for row, stage in enumerate(activity.stage):
            how = till.finance.payment.how(*names[stage], span.start)
            share = {"block": 0.0, "aligned": till.finance.number["variable_share"], "activity": 1.0}[how]
            if not is_plan:
                total += share * now[row]
            elif how != "activity":
                total += own[row] - share * now[row]
    return total


def test_a_plan_is_read_by_its_own_stages_where_an_option_has_others():
    service = stroke()
    option = Localise("rehabilitation", "acute", 0.25)(service)
    finance = finance_of(service, payment="block", rebase=[])
    found = money_of(service, option, finance)
    for before, after in zip(found.side["baseline"].books, found.side["option"].books):
        assert before.line("care").tolist() == after.line("care").tolist()


def test_a_fixed_element_moves_only_when_it_is_set_anew():
    assert received(dover_closes(payment="block", rebase=[]), "DOV") == [300_000.0] * 4
    assert received(dover_closes(payment="block", rebase=[730.5]), "DOV") == [300_000.0, 300_000.0, 0.0, 0.0]


def test_aligned_payment_follows_activity_by_its_share():
    found = dover_closes(payment="aligned", rebase=[365.25])
    # Dover: 300,000 less a fifth of 300 stays at 1,000; Ashford gains it.
    assert received(found, "DOV") == [240_000.0, 0.0, 0.0, 0.0]
    assert received(found, "ASH") == [660_000.0, 900_000.0, 900_000.0, 900_000.0]


def test_payment_by_activity_follows_it_at_once():
    found = dover_closes(payment="activity", rebase=[])
    assert received(found, "DOV") == [0.0] * 4
    assert received(found, "ASH") == [900_000.0] * 4


def test_payment_may_differ_by_stage_and_date():
    later = [{"at": 365.25, "group": "all", "stage": "ward", "payment": "activity"}]
    assert received(dover_closes(payment="block", rebase=[], payment_changes=later), "DOV") == [
        300_000.0,
        0.0,
        0.0,
        0.0,
    ]


def test_half_of_a_line_may_be_paid_nationally_from_a_date():
    rows = [{"icb": 1.0}, {"line": "care", "at": 365.25, "icb": 0.5, "national": 0.5}]
    who = {"name": "halves", "bodies": {"icb": "icb"}, "payers": rows}
    found = dover_closes(commissioning=who)
    nation = found.parties.index("national", "the nation")
    assert [books.paid[nation] for books in found.side["option"].books] == [0, 450_000_00, 450_000_00, 450_000_00]
    # The budget moves with the line.
    assert found.budget.pence[:, nation].tolist() == [0, 450_000_00, 450_000_00, 450_000_00]


def test_on_the_host_basis_the_site_pays_and_on_the_resident_basis_the_home():
    service = towns_in_round_numbers()
    body = {"icb": np.array(["Ashford ICB", "Dover ICB"])}
    areas = replace(service.areas, body={**service.areas.body, **body})
    sites = replace(service.sites, body={**service.sites.body, **body})
    service = replace(service, region=replace(service.region, areas=areas, sites=sites))
    option = Close(("Dover",))(service)

    def paid(basis: str) -> dict[str, float]:
        finance = finance_of(service, payment="activity", budgets={"basis": basis})
        found = money_of(service, option, finance)
        books = found.side["option"].books[0].line("care").sum(axis=1) / 100
        return {name: float(books[found.parties.index("icb", name)]) for name in ("Ashford ICB", "Dover ICB")}

    assert paid("resident") == {"Ashford ICB": 600_000.0, "Dover ICB": 300_000.0}
    assert paid("host") == {"Ashford ICB": 900_000.0, "Dover ICB": 0.0}


def test_a_lead_provider_is_paid_its_populations_budget_whatever_it_spends():
    service = stroke()
    rows = [{"icb": 1.0}, {"stage": "acute", "line": "care", "lead_provider": 1.0}]
    who = {"name": "lead", "bodies": {"icb": "icb", "lead_provider": "region"}, "payers": rows}
    option = Close(("Dover",))(service)
    found = money_of(service, option, finance_of(service, commissioning=who, payment="activity"))
    lead = found.parties.index("lead_provider", "Made up")
    for year in range(4):
        before, after = (found.side[name].books[year] for name in ("baseline", "option"))
        assert before.received[lead] == after.received[lead] == found.budget.pence[year, lead]
        assert before.paid[lead] == before.received[lead]
        assert found.side["option"].deviation[year].own[lead] == after.paid[lead] - after.received[lead] != 0
        assert found.side["option"].deviation[year].shared[lead] == 0


def test_support_for_what_is_stranded_is_a_transfer_and_no_cost():
    without, given = dover_closes(), dover_closes(parameters={"stranded_support": 0.5})
    assert given.side["option"].bill.total.tolist() == without.side["option"].bill.total.tolist()
    gain = np.array(received(given, "DOV")) - np.array(received(without, "DOV"))
    assert gain.tolist() == [78_750.0, 52_500.0, 32_812.5, 0.0]
