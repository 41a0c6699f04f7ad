"""Units offered what their beds can hardly bear: named everywhere, and their waits are no number."""

from __future__ import annotations

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
from sim.sweep.answer import rows_of
from tests.two_towns import ASHFORD, DOVER, WARD, towns

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
    said = "Saturated in the baseline (expected load at least 95 % of beds; waits there grow without limit, and so does any mean"
    for text in (" ".join(notices(found)), readme(found, {"command": ""})):
        assert said in text
        assert "in it): Ashford." in text


def test_where_waits_grow_under_both_there_is_no_difference():
    service = towns(all=WARD).with_units(beds=np.array([15.0, 1.0, 8.0, 1.0]))
    same = ask(service, Baseline(), RUN)
    each = compare(same.experiment, "wait_hours_mean", "unit")[DOVER]
    assert (each.baseline, each.option, np.isnan(each.difference), np.isnan(each.low)) == (np.inf, np.inf, True, True)
    assert next(of for of in option_row(same) if of.key == "wait_hours_mean").verdict == ""
