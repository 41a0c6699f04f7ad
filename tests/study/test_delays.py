"""Delayed transfers priced twice, by hand: Dover's patients wait for rehabilitation beds that are not there."""

from __future__ import annotations

from functools import lru_cache

import pytest

from scenarios import AddBeds, Baseline
from sim.measures.load import beds_for_delay
from sim.store.results import write_csv
from sim.study import money
from sim.study.question import ask
from sim.study.run import Run
from tests.money import COST, finance_of, towns_in_round_numbers
from tests.two_towns import WARD_AND_REHABILITATION

RUN = Run(replications=2, warmup_days=100, years=1, cooldown_days=5, workers=1)
STAFF = {
    "share_moving": 0.5,
    "groups": {"nurses": {"per_bed": {"acute": 2, "rehabilitation": 2}, "minimum": {}, "pay": 50_000}},
}


@lru_cache
def waiting(more: int = 0):
    """Ashford asks for 600 x 1/4 x 30 / 365 = 12 rehabilitation beds and has 10; Dover for 6 and has 8."""
    service = towns_in_round_numbers(groups={"all": WARD_AND_REHABILITATION}, staff=STAFF, cost=COST)
    service = service.with_units(beds=[40.0, 10.0, 20.0, 8.0])
    scenario = AddBeds({"Ashford-REHAB": more}) if more else Baseline()
    return ask(service, scenario, RUN, finance=finance_of(service))


def part(found, name: str) -> dict[str, dict]:
    return {row["unit"]: row for row in money.delays(found) if row["part"] == name}


def test_a_delayed_day_is_priced_where_it_lies_and_borne_by_the_trust_that_is_paid_by_the_admission():
    found = waiting()
    row, bill = part(found, "borne now")["Ashford"], money.reckon(found).side["baseline"].bill
    # A bed-day: the semi-fixed cost of all stroke beds over their days in the year, and what is used up in a day.
    beds, days = 60.0, 900 * 10
    semi = bill.pence[0, 1][[0, 2]].sum() / 100 / (beds * 365.25)
    used = bill.pence[0, 2][[0, 2]].sum() / 100 / days
    assert row["gbp_a_bed_day"] == pytest.approx(semi + used, rel=1e-6)
    assert row["gbp_baseline"] == pytest.approx(row["bed_days_baseline"] * row["gbp_a_bed_day"])
    assert row["bed_days_baseline"] > 365
    assert row["who_bears"].startswith("the trust")


def test_the_beds_that_are_waited_for_are_priced_where_they_would_stand():
    found = waiting()
    rows = part(found, "local beds")
    row = rows["Ashford-REHAB"]
    assert rows["all"]["bed_days_baseline"] >= row["bed_days_baseline"] > 365
    # 12.3 patients at once would need 19 beds for at most a twentieth to wait: nine more than ten.
    assert row["beds_wanting_baseline"] == beds_for_delay([600 / 4 * 30 / 365.25], 0.05)[0] - 10 == 9
    rates = money.reckon(found).at.rates
    a_bed = float(rates.scale[1, 1] * rates.factor[1])
    assert row["gbp_baseline"] == pytest.approx(row["beds_wanting_baseline"] * a_bed)
    assert row["capital_once_baseline_gbp"] == pytest.approx(row["beds_wanting_baseline"] * 100_000 * 1.2)
    assert (row["provider"], row["icb"]) == ("ASH", "Two Towns")
    assert "stranded_share_year_1" not in row["rests_on_guesses"]


def test_what_is_waited_for_is_what_is_waited_in():
    both = money.delays(waiting())
    borne, local = (
        next(row for row in both if row["part"] == name and row["unit"] == "all")
        for name in ("borne now", "local beds")
    )
    assert borne["bed_days_baseline"] == pytest.approx(local["bed_days_baseline"])


def test_local_beds_end_the_delays_and_what_they_cost():
    before = part(waiting(), "borne now")["all"]
    after = part(waiting(12), "borne now")["all"]
    assert after["gbp_option"] < 0.2 * before["gbp_option"]
    assert after["gbp_difference"] < 0
    assert after["low"] <= after["bed_days_difference"] <= after["high"]


def test_rows_have_one_shape(tmp_path):
    rows = money.delays(waiting())
    assert all(list(row) == list(rows[0]) for row in rows)
    write_csv(tmp_path / "delays.csv", rows)
