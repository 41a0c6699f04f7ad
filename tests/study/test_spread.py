"""What is not known of the numbers, carried to the headlines of money: held to full bills with other numbers."""

from __future__ import annotations

import importlib
from dataclasses import replace

import numpy as np
import pytest

from scenarios import Close, Grow, Localise
from sim.study.load import load_finance
from sim.study.money import money_of, net_present_value, reckon
from sim.study.option_row import ESTIMATE, option_row
from sim.study.question import ask
from sim.study.scorecard import dominated, scorecard
from tests.money import towns_in_round_numbers
from tests.two_towns import QUICK, stroke

spread = importlib.import_module("sim.study.money.spread")


def asked(scenario=None, run=QUICK, service=None, **finance):
    service = service or stroke()
    own = load_finance(service, start=run.start, **finance)
    return ask(service, scenario or Close("Dover"), run, finance=own)


@pytest.fixture(scope="module")
def found():
    return asked()


def ends(belief):
    """A number at the ends of its interval, no share below nothing."""
    return [max(0.0, end) for end in (belief.low, belief.high)]


def full(money, finance=None, factors=None):
    """(2, Y) GBP of both sides and the net present value, billed anew."""
    before, after = (money.side[name].service for name in ("baseline", "option"))
    if factors:
        changed = stroke(factors=factors)
        before, after = (replace(each, costs=changed.costs, staffing=changed.staffing) for each in (before, after))
    made = money_of(before, after, finance or money.finance)
    return np.stack([made.side[name].bill.total / 100 for name in ("baseline", "option")]), net_present_value(made)


FINANCE = [name for names in spread.OF_FINANCE.values() for name in names]


@pytest.mark.parametrize("scenario", [Close("Dover"), Close("Dover", at=50)], ids=["at once", "later"])
@pytest.mark.parametrize("name", FINANCE)
def test_a_bill_with_another_number_of_finance_is_that_billed_anew(found, scenario, name):
    found = found if scenario.at == 0 else asked(scenario)
    money = reckon(found)
    (belief,) = (each for group in spread.beliefs(money).values() for each in group if each.name == name)
    for value in ends(belief):
        total, saved = full(money, replace(money.finance, number={**money.finance.number, name: value}))
        made = spread.with_numbers(money, {name: np.array([value])})
        # Some pence by which each line of a bill is rounded.
        assert made.total[:, 0] == pytest.approx(total, abs=0.5)
        assert made.saving(money.finance.number["discount_rate"])[0] == pytest.approx(saved, abs=1)


@pytest.mark.parametrize("line", [line for line in spread.OF_COSTS if not line.startswith("share")])
@pytest.mark.parametrize("scenario", [Close("Dover"), Localise("rehabilitation", "acute", 0.25)], ids=["close", "localise"])
def test_a_bill_with_another_number_of_the_service_is_that_billed_anew(found, scenario, line):
    found = found if isinstance(scenario, Close) else asked(scenario)
    money = reckon(found)
    group = spread.beliefs(money)[f"cost {line}"]
    for multiple in (0.5, 1.5):
        total, _ = full(money, factors={each.name: multiple for each in group})
        made = spread.with_numbers(money, {line: np.array([multiple])})
        assert made.total[0, 0] == pytest.approx(total[0], abs=1)
        # Nothing of the transition is left from the fourth year on: exact. In it, what closed is taken to be built as all of its unit is.
        assert made.total[1, 0, 3:] == pytest.approx(total[1, 3:], abs=1)
        assert made.total[1, 0] == pytest.approx(total[1], rel=2e-3)


def test_stated_shares_of_cost_are_drawn_too():
    money = reckon(asked(service=towns_in_round_numbers(), pass_through={}))
    made = spread.with_numbers(money, {"share_fixed": np.array([1.0, 2.0, 9.0])})
    assert made.total[0] == pytest.approx(made.total[0, [0, 0, 0]])  # the shares sum to the whole: the baseline costs the same
    # Dover's fixed cost is released in the end: half of the fixed share of what is paid by the admission.
    gain = (made.total[0] - made.total[1])[:, -1]
    assert gain[0] < gain[1] < gain[2]


def test_headlines_of_money_have_the_interval_of_their_samples(found):
    row = {each.key: each for each in option_row(found)}
    for key in ("cost_first_year", "cost_last_year", "net_present_saving", "stranded_first_year", "net_present_saving_no_capital"):
        of = row[key]
        assert of.samples.over == ESTIMATE
        assert len(of.samples.option) == spread.DRAWS
        assert of.low < of.difference < of.high
        assert of.basis == spread.BASIS
        assert of.is_guess
    gap = row["cost_last_year"].samples.option - row["cost_last_year"].samples.baseline
    assert (np.percentile(gap, 2.5), np.percentile(gap, 97.5)) == pytest.approx((row["cost_last_year"].low, row["cost_last_year"].high))


def test_draws_are_the_same_whatever_the_option_and_others_with_another_seed(found):
    other = asked(Localise("rehabilitation", "acute", 0.25))
    numbers = [spread.draw(reckon(each), 1) for each in (found, other)]
    assert all((numbers[0][name] == numbers[1][name]).all() for name in numbers[0])
    baselines = [next(m for m in option_row(each) if m.key == "cost_last_year").samples.baseline for each in (found, other)]
    assert (baselines[0] == baselines[1]).all()
    assert (spread.draw(reckon(found), 2)["capital_per_bed"] != numbers[0]["capital_per_bed"]).any()


def test_the_three_years_of_release_go_together(found):
    made = spread.draw(reckon(found), 1)
    order = [np.argsort(made[name]).tolist() for name in spread.OF_FINANCE["stranded"]]
    assert order[0] == order[1] == order[2]


def test_a_number_that_is_set_is_certain():
    every = {name: 0.3 for name in FINANCE if name != "ambulance_job"}
    known = spread.beliefs(reckon(asked(parameters=every)))
    assert "capital_per_bed" not in known
    assert "stranded" not in known
    assert "ambulance_job" in known


def test_two_options_are_compared_draw_by_draw_and_dominance_rests_on_no_bare_guess(found):
    card = scorecard({"close": option_row(found), "localise": option_row(asked(Localise("rehabilitation", "acute", 0.25)))})
    pair = card.beside("close", "localise", "net_present_saving")
    own = [card.cell[option, "net_present_saving"].samples.option for option in ("close", "localise")]
    assert (pair.low, pair.high) == pytest.approx(tuple(np.percentile(own[0] - own[1], (2.5, 97.5))))
    judged = [each.key for each in card.judged_by()]
    assert "net_present_saving" in judged
    assert not {"trusts_below_tolerance", "largest_rise", "commissioners_paying_more"} & set(judged)
    assert card.beside("close", "baseline", "trusts_below_tolerance").verdict == "undecided"
    named = dominated(card, ["trusts_below_tolerance"])
    assert named
    assert not any(each.is_beyond_luck for each in named)


def test_growth_has_the_interval_of_its_price(found):
    row = {each.key: each for each in option_row(asked(Grow(a_year=0.01)))}
    of = row["net_present_saving"]
    assert of.low < of.difference < of.high < 0
