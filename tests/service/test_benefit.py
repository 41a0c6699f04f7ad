"""Estimates and benefits: what is read, what is set, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.service.benefit import SHARES, TIMES, VOLUMES, read_benefit
from sim.service.estimates import read_estimates, set_estimates
from sim.service.fault import InputError
from sim.store.results import describe
from tests.two_towns import stroke

LINES = {"table": "outcome", "distributions": "mrs", "thrombolysis_share": 0.105, "thrombectomy": "thrombectomy"}
HEAD = "name,value,low,high,unit,source,confidence,basis,interval,contrary,note"


def amount(value, of, most):
    return float(value)


def table(folder: Path, *rows: str) -> str:
    path = folder / "mine.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return str(path)


def test_every_shipped_estimate_has_its_source_and_every_volume_effect_its_contrary_evidence():
    found = read_estimates("outcome", (*TIMES, *SHARES, *VOLUMES), "outcome")
    assert all(each.source and each.unit and each.confidence for each in found.values())
    for name in ("needle_minutes_many", "puncture_minutes_many", "thrombectomy_odds_ratio"):
        assert found[name].contrary
        assert found[name].low < found[name].value < found[name].high


def test_a_number_set_by_the_user_is_certain_unless_an_interval_is_given():
    found = read_estimates("outcome", (), "outcome")
    made = set_estimates(found, {"arrival_to_needle_minutes": 45}, "outcome")["arrival_to_needle_minutes"]
    assert (made.value, made.low, made.high, made.source) == (45, None, None, "set by the user")
    made = set_estimates(found, {"arrival_to_needle_minutes": {"value": 45, "low": 40, "high": 55}}, "outcome")
    assert (made["arrival_to_needle_minutes"].low, made["arrival_to_needle_minutes"].high) == (40, 55)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"arrival_to_needel_minutes": 1},
            "unknown parameter 'arrival_to_needel_minutes'; did you mean 'arrival_to_needle_minutes'?",
        ),
        ({"arrival_to_needle_minutes": "soon"}, "is a number, or value, low and high"),
        ({"arrival_to_needle_minutes": {"value": 45, "low": 50, "high": 55}}, "with the value between"),
    ],
)
def test_a_setting_that_is_no_estimate_is_refused(given, words):
    with pytest.raises(InputError, match=words.replace("?", r"\?")):
        set_estimates(read_estimates("outcome", (), "outcome"), given, "outcome")


def test_a_table_tells_all_its_faults(tmp_path):
    path = table(tmp_path, "a,1,2,3,min,s,high,seen,,,", "b,1,0,,min,s,high,seen,,,")
    with pytest.raises(InputError, match=r"3 faults(.|\n)*row 2(.|\n)*row 3(.|\n)*a row is missing, got 'c'"):
        read_estimates(path, ("c",), "outcome")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"utility": "wang"}, "utility is no row of the distributions"),
        ({"thrombectomy_volume": "some"}, "thrombectomy_volume is one of minutes, odds, none"),
        ({"draws": 1}, "draws must be a whole number, 2 or more"),
        ({"table": "outcom"}, "no such table of parameters"),
        ({"parameters": {"arrival_to_needle_minutes": -1}}, "arrival_to_needle_minutes must be 0 or more"),
        ({"parameters": {"thrombolysis_few": 60}}, "thrombolysis_few must be below thrombolysis_many"),
        ({"parameters": {"thrombectomy_no_effect_minutes": 0}}, "must be above 0"),
    ],
)
def test_faults_of_a_benefit_are_told(changed, words):
    with pytest.raises(InputError, match=words):
        read_benefit({**LINES, **changed}, amount)


def test_a_label_that_no_stage_counts_as_is_refused():
    with pytest.raises(InputError, match="outcome thrombectomy is none of"):
        stroke(outcome={**LINES, "thrombectomy": "thrombectomies"})


def test_a_service_without_outcome_has_none():
    service = stroke(outcome=None, burden=None, staff=None, cost=None)
    assert (service.benefit, service.burden, service.staffing) == (None, None, None)


def test_what_is_used_is_among_the_parameters_that_are_written():
    service = stroke()
    said = {each.name: describe(each.value) for each in service.parameters}
    assert said["needle_minutes_many"] == "-28"
    assert said["t0_lvo_mt"] == "0.306, 0.429, 0.548, 0.707, 0.851, 0.915, 1"
    assert {"visits_per_bed_day", "nurses_per_hyperacute_bed", "share_staff_moving"} <= set(said)
