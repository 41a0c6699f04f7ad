"""What is said of how far intervals of luck can be leant on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scenarios import ChangeStay, Close
from sim.show.report.words import warnings
from sim.store.results import notices
from sim.study.comparison import paired
from sim.study.option_row import option_row
from sim.study.precisely import FEW, LEAN, precision_rows
from sim.study.question import ask
from tests.two_towns import QUICK, WARD, stroke, towns


@pytest.fixture(scope="module")
def found():
    """Dover closes, and few of the short replications see anybody wait long."""
    return ask(stroke(), Close("Dover"), replace(QUICK, replications=30))


def told(found) -> list[str]:
    return [said for said in notices(found) if said.startswith((FEW, LEAN))]


def test_a_table_says_how_lopsided_replications_are_and_how_many_that_takes(found):
    rows = {each["measure"]: each for each in precision_rows(found) if each["by"] == "all"}
    x, y = (found.experiment.values(side, "wait_hours_mean")[1][:, 0] for side in ("baseline", "option"))
    change = paired(x, y)
    lean = np.mean((change - change.mean()) ** 3) / np.mean((change - change.mean()) ** 2) ** 1.5
    row = rows["wait_hours_mean"]
    assert row["skewness"] == pytest.approx(lean)
    assert row["replications_for_skew"] == int(np.ceil(25 * lean**2))
    nobody = rows["lost_per_year"]
    assert np.isnan(nobody["skewness"])
    assert nobody["replications_for_skew"] is None


def test_headline_measures_with_fewer_replications_than_they_need_are_named_the_worst_first(found):
    (said,) = told(found)
    rows = {each["measure"]: each["replications_for_skew"] for each in precision_rows(found) if each["by"] == "all"}
    assert said.startswith(f"{LEAN}: 30 are fewer than the intervals of these need")
    assert rows["wait_hours_mean"] > 30
    assert f"mean wait for a bed, all stages ({rows['wait_hours_mean']:,})" in said
    simulated = {each.label: rows[each.key] or 0 for each in option_row(found) if each.is_headline and each.key in rows}
    assert {label: f"{label} (" in said for label in simulated} == {label: many > 30 for label, many in simulated.items()}
    assert 0 < min(filter(None, simulated.values())) <= 30  # some are not lopsided
    needed = [int(part.rpartition("(")[2].partition(")")[0].replace(",", "")) for part in said.partition("tell: ")[2].split("; ")]
    assert needed == sorted(needed, reverse=True)
    assert f"run.replications={needed[0]}," in said


def test_of_fewer_than_ten_it_is_said_that_nobody_can_see(found):
    few = replace(found, experiment=replace(found.experiment, run=QUICK, replications=found.experiment.replications[:2]))
    (said,) = told(few)
    assert said.startswith(f"{FEW}: intervals of luck rest on 2. Of fewer than 10 nobody can see how lopsided they are")


def test_where_replications_lie_to_both_sides_nothing_is_said():
    ample = towns(all=WARD).with_units(beds=np.array([60.0, 1.0, 60.0, 1.0]))
    assert told(ask(ample, ChangeStay("ward", factor=0.9), replace(QUICK, replications=60))) == []


@pytest.mark.parametrize("count", [2, 30])
def test_a_report_says_it_once_among_what_is_read_first(found, count):
    kept = replace(found.experiment, run=replace(QUICK, replications=count), replications=found.experiment.replications[:count])
    short = replace(found, experiment=kept)
    (said,) = told(short)
    of = [(word, sentence) for word, sentence in warnings(short, notices(short)) if "fewer" in sentence and "100 repeats" in sentence]
    assert [word for word, _ in of] == [FEW if count < 10 else LEAN]
    assert said.removeprefix(of[0][0] + ": ").lower() == of[0][1].lower()
