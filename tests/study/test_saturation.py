"""Units offered what their beds can hardly bear: named everywhere, and their waits are no number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scenarios import AddBeds, Baseline
from sim.show.terminal import report
from sim.store.results import cell, notices, readme
from sim.study import tables
from sim.study.comparison import compare
from sim.study.option_row import option_row
from sim.study.question import ask
from sim.study.run import Run
from sim.study.saturation import saturated_units
from sim.sweep.answer import rows_of
from tests.two_towns import ASHFORD, ASHFORD_REHAB, DOVER, WARD, WARD_AND_REHABILITATION, towns

RUN = Run(replications=3, warmup_days=20, years=0.2, cooldown_days=5, workers=1)


@pytest.fixture(scope="module")
def found():
    """Ashford has 15 beds for a load of 16.4 in the baseline, and 40 under the option."""
    service = towns(all=WARD).with_units(beds=np.array([15.0, 1.0, 30.0, 1.0]))
    return ask(service, AddBeds({"Ashford": 25}), RUN, name="more beds")


def test_saturated_units_are_known_by_their_expected_load(found):
    assert np.flatnonzero(found.experiment.saturated("baseline")).tolist() == [ASHFORD]
    assert not found.experiment.saturated("option").any()


@pytest.mark.parametrize(("by", "grows"), [("unit", [True, False, False, False]), ("all", [True]), ("group", [True])])
def test_a_mean_wait_with_a_saturated_unit_in_it_is_without_limit(found, by, grows):
    _, before = found.experiment.values("baseline", "wait_hours_mean", by)
    _, after = found.experiment.values("option", "wait_hours_mean", by)
    assert np.isinf(before).all(axis=0).tolist() == grows
    assert not np.isinf(after).any()


def test_every_output_says_no_limit_where_a_wait_would_stand(found):
    row = next(each for each in tables.summary(found) if each["measure"] == "mean wait for a bed, acute")
    assert (cell(row["baseline"]), cell(row["low"])) == ("no limit", "")
    unit = tables.units(found)[ASHFORD]
    assert cell(unit["wait_hours_mean_baseline"]) == "no limit"
    assert unit["wait_hours_mean_option"] < 1
    assert (unit["saturated_baseline"], unit["saturated_option"]) == (True, False)
    assert all(cell(month["wait_hours_mean_baseline"]) == "no limit" for month in tables.months(found))
    row = {each.key: each for each in option_row(found)}
    assert row["wait_hours_mean"].verdict == "better"
    assert (row["units_saturated"].baseline, row["units_saturated"].basis) == (1.0, "no simulation; baseline: Ashford")
    assert all(np.isinf(each.baseline) for each in rows_of(found, ("all",)) if each.measure.startswith("wait_hours"))
    assert "no limit" in report(found, notices(found))


def test_saturated_units_are_named_in_print_and_in_the_folder(found):
    said = (
        "Saturated in the baseline (expected load at least 95 % of beds, or beds kept by those who wait for a unit that is offered all it "
        "has; waits there grow without limit, and so does any mean"
    )
    for text in (" ".join(notices(found)), readme(found, {"command": ""})):
        assert said in text
        assert "in it): Ashford." in text


def test_where_waits_grow_under_both_there_is_no_difference():
    service = towns(all=WARD).with_units(beds=np.array([15.0, 1.0, 8.0, 1.0]))
    same = ask(service, Baseline(), RUN)
    each = compare(same.experiment, "wait_hours_mean", "unit")[DOVER]
    assert (each.baseline, each.option, np.isnan(each.difference), np.isnan(each.low)) == (np.inf, np.inf, True, True)
    assert next(of for of in option_row(same) if of.key == "wait_hours_mean").verdict == ""


def ashfords_hours(found) -> float:
    """The mean wait at Ashford's ward as it was measured, limit or none."""
    seen = [each for one in found.replications for each in one.baseline if (each.measure, each.by) == ("wait_hours_mean", "unit")]
    return float(np.mean([each.value[ASHFORD] for each in seen]))


def test_a_unit_behind_one_that_is_offered_more_than_it_has_is_saturated_too():
    """Ashford's ward has beds enough for its own load, and its patients keep them while rehabilitation has none."""
    service = towns(all=WARD_AND_REHABILITATION).with_units(beds=np.array([30.0, 6.0, 30.0, 20.0]))
    run = replace(RUN, warmup_days=60)
    short, long = (ask(service, Baseline(), replace(run, years=years)).experiment for years in (1, 4))
    assert np.flatnonzero(short.saturated("baseline")).tolist() == [ASHFORD, ASHFORD_REHAB]
    raw = [ashfords_hours(found) for found in (short, long)]
    assert raw[1] > 2 * raw[0]  # and so they do grow with the length of the run


@pytest.mark.parametrize("setting", [{"keeps_bed": False}, {"if_full": "lost"}, {"stay_from": "requested"}, {"gives_up_after": 30}])
def test_whoever_does_not_wait_on_in_a_bed_holds_nobody_up(setting):
    ward, rehabilitation = WARD_AND_REHABILITATION["stages"].values()
    stages = {"ward": ward, "rehabilitation": {**rehabilitation, **setting}}
    service = towns(all={"per_admission": 1, "stages": stages}).with_units(beds=np.array([30.0, 6.0, 30.0, 20.0]))
    assert np.flatnonzero(saturated_units(service, 0.0, 100.0)).tolist() == [ASHFORD_REHAB]
