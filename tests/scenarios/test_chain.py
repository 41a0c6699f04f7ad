"""Several verbs, one after the other."""

from __future__ import annotations

from scenarios import Baseline, Chain, Close, Consolidate, chain
from tests.two_towns import stroke


def test_no_verb_changes_nothing():
    service = stroke()
    assert chain()(service) is service
    assert Chain()(service) is service
    assert Baseline()(service) is service


def test_one_verb_is_itself():
    service, verb = stroke(), Close("Dover")
    assert chain(verb)(service).changes == verb(service).changes


def test_verbs_come_one_after_the_other():
    service = stroke()
    one, other = Close("Dover-REHAB", at=5), Consolidate("Dover", "Ashford", at=9)
    both = chain(one, other)(service)
    assert both.changes == other(one(service)).changes
    assert both.history == (*one(service).history, *other(service).history)
    assert [both.beds(at).tolist() for at in (0, 5, 9)] == [[34, 16, 18, 8], [34, 24, 18, 0], [52, 24, 0, 0]]


def test_chains_nest():
    one, two, three = Baseline(), Close("Dover-REHAB"), Close("Dover", at=3)
    service = stroke()
    flat, nested = chain(one, two, three)(service), chain(one, chain(two, chain(three)))(service)
    assert flat.changes == nested.changes
    assert flat.history == nested.history


def test_a_list_of_steps_is_kept_as_it_was():
    steps = [Close("Dover")]
    made = Chain(steps)
    steps.append(Close("Ashford"))
    assert made.steps == (Close("Dover"),)
