"""The baseline beside what is reported: near, or not, and every output of a region that is not fitted says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scenarios import Baseline
from sim.show.figures import source_line
from sim.show.terminal import report
from sim.store.provenance import provenance
from sim.store.results import notices, readme
from sim.study.fit import fit, fit_in_words, fit_rows, is_fitted, said_first, said_first_unsimulated
from sim.study.question import ask
from sim.study.run import Run
from tests.two_towns import ASHFORD, DOVER, WARD_AND_REHABILITATION, stroke, towns

RUN = Run(replications=2, warmup_days=20, years=0.2, cooldown_days=5, workers=1)
NAN = np.nan
REPORTED = {"reported_volume": [600.0, NAN, 300.0, NAN], "reported_stay": [10.0, 30.0, NAN, NAN]}


def found(attribute=None, open_data=False, share=1.0, **columns):
    """Ashford has 600 a year, or a share of it, and Dover 300; ten days in the ward, thirty in rehabilitation."""
    service = towns(all={**WARD_AND_REHABILITATION, "per_admission": share})
    service = service.with_units(beds=np.full(4, 60.0), **{k: np.array(v) for k, v in columns.items()})
    own = {**service.units.attribute, **{k: np.array(v) for k, v in (attribute or {}).items()}}
    service = service.with_units(attribute=own)
    return ask(replace(service, region=replace(service.region, is_open_data=open_data)), Baseline(), RUN)


def test_what_is_modelled_as_it_is_reported_fits():
    seen = found(**REPORTED)
    assert {each.name: each.share for each in fit(seen)} == {"volume": 1.0, "stay": 1.0}
    assert is_fitted(seen)
    assert fit_in_words(seen).startswith("The baseline fits what is reported: volume 2 of 2 units near, 100 % in all: passes")
    assert not any(said.startswith("Illustrative") for said in notices(seen))


@pytest.mark.parametrize(("reported", "near"), [(705.0, True), (706.0, False), (522.0, True), (521.0, False)])
def test_a_volume_may_be_off_by_its_share(reported, near):
    # 600 are modelled: 15 % of 705.9 and of 521.7 below and above.
    (of,) = fit(found(reported_volume=[reported, NAN, NAN, NAN], reported_stay=[NAN] * 4))
    assert bool(of.is_near[ASHFORD]) is near


@pytest.mark.parametrize(("modelled", "near"), [(64.0, True), (65.0, False), (36.0, True), (35.0, False)])
def test_a_small_volume_may_be_off_by_the_luck_of_a_year(modelled, near):
    # Two roots of 50 are 14.1.
    (of,) = fit(found(share=modelled / 600, reported_volume=[50.0, NAN, NAN, NAN], reported_stay=[NAN] * 4))
    assert bool(of.is_near[ASHFORD]) is near


def test_what_is_off_is_named_unit_by_unit_and_makes_everything_illustrative():
    seen = found(reported_volume=[1200.0, NAN, 300.0, NAN], reported_stay=[NAN] * 4)
    assert not is_fitted(seen)
    first = fit_rows(seen)[0]
    assert (first["unit"], first["reported"], first["modelled"], first["near"]) == ("Ashford", 1200.0, pytest.approx(600.0), False)
    words = "Illustrative: the baseline does not fit what is reported: volume 1 of 2 units near, 60 % in all: fails"
    for text in (" ".join(notices(seen)), readme(seen, {"command": ""})):
        assert words in text
    assert "Illustrative: the baseline" in report(seen, notices(seen))
    assert source_line(seen).startswith("Illustrative: the baseline is not fitted.")
    kept = provenance(seen, "")["fit"]
    assert (kept["is_fitted"], kept["measures"]["volume"]["share_near"]) == (False, 0.5)


def test_where_nothing_is_reported_nothing_is_fitted():
    seen = found(reported_volume=[NAN] * 4, reported_stay=[NAN] * 4)
    assert not is_fitted(seen)
    assert fit_in_words(seen).startswith("Illustrative: nothing is reported")
    assert fit_rows(seen) == []


def test_occupancy_and_transfers_are_taken_where_the_units_table_has_them():
    seen = found(
        {"reported_occupancy": [16.4 / 60 * 0.75 + 0.07, NAN, 0.9, NAN], "reported_transfers": [0.0, NAN, 0.0, NAN]},
        reported_volume=[NAN] * 4,
        reported_stay=[NAN] * 4,
    )
    of = {each.name: each for each in fit(seen)}
    assert of["occupancy"].modelled[ASHFORD] == pytest.approx(600 * 10 / 365.25 / 60, rel=0.2)
    assert not of["occupancy"].is_near[DOVER]
    assert of["transfers"].share == 1.0


def test_modelled_transfers_are_those_of_the_demand_of_the_day():
    service = stroke()
    service = service.with_units(attribute={**service.units.attribute, "reported_transfers": np.ones(len(service.units))})
    grown = replace(service, demand=replace(service.demand, growth=1.0))
    run = replace(RUN, warmup_days=40)
    transfers = [{each.name: each for each in fit(ask(of, Baseline(), run))}["transfers"].modelled.sum() for of in (service, grown)]
    assert transfers[0] > 10
    assert transfers[1] == pytest.approx(transfers[0] * 2 ** (1 / 12))  # one whole month of doubling in a year has gone by


def test_without_simulation_the_same_is_said_but_for_the_occupancy_of_beds():
    seen = found(**REPORTED)
    start = seen.experiment.run.window.start
    assert said_first_unsimulated(seen.service, start) == said_first(seen)
    full = found({"reported_occupancy": [0.99, NAN, 0.9, NAN]}, **REPORTED)
    assert fit_in_words(full).startswith("Illustrative")
    said = said_first_unsimulated(full.service, start)
    assert said[:-1] == said_first(seen)
    assert said[-1] == "The fit leaves out the occupancy of beds, which a run tells (fit.csv)."


def test_open_data_is_named_first_and_only_once():
    seen = found(open_data=True, **REPORTED)
    assert said_first(seen)[0] == "Open data, illustrative, not a proposal."
    assert notices(seen).count("Open data, illustrative, not a proposal.") == 1
