"""Outcomes of traces made by hand, worked on paper."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.contract import DISCHARGED, GAVE_UP, IN_SYSTEM, LOST, UNPLACED, Trace
from sim.journeys.routes import route
from sim.journeys.send import send
from sim.measures.outcomes import MEASURES, outcomes
from sim.measures.records import Records, Window, record
from sim.measures.tidy import rows
from tests.two_towns import ASHFORD, ASHFORD_REHAB, DOVER, WARD, WARD_AND_REHABILITATION, cohort, towns

NAN = np.nan
HORIZON = 100.0
WINDOW = Window(8.0, 98.0)
YEARS = 90 / 365.25
UNITS = ("Ashford", "Ashford-REHAB", "Dover", "Dover-REHAB")


def trace(stays, endings) -> Trace:
    """A trace from rows of (unit, requested, given, arrived, ready, left) and of (end, ended)."""
    unit, *times = (np.array(column, dtype=float) for column in zip(*stays, strict=True))
    end, ended = zip(*endings, strict=True)
    return Trace(unit.astype(np.int32), *times, np.array(end, dtype=np.int8), np.array(ended, dtype=float))


def records(service, patients, made: Trace, **luck) -> Records:
    """The records of patients (arrival, area, luck of the group) whose trace is given."""
    arrival, area, group = zip(*patients, strict=True)
    drawn = cohort(service, arrival, area, group, HORIZON)
    drawn._luck.update({purpose.replace("_", " "): np.array(values) for purpose, values in luck.items()})
    sent = send(drawn, route(service, HORIZON))
    assert len(sent.journeys.steps.stage) == len(made.unit)
    return record(sent, made)


def by(found: Records, window: Window = WINDOW) -> dict[tuple[str, str], dict[str, float]]:
    """Every outcome: {(measure, by): {key: value}}."""
    return {
        (each.measure, each.by): dict(zip(each.key, each.value.tolist(), strict=True))
        for each in outcomes(found, window)
    }


@pytest.fixture(scope="module")
def eight():
    """Eight patients of two groups: half of all are index patients (luck below 0.5), the rest are mimics.

    0 Ashford: ward at 10, ready at 20, waits in its bed for rehabilitation until 23, home at 53.
    1 Dover: asks at 12, waits until 14, home at 24.
    2 Dover, a mimic: asks at 15 and gives up at 16.
    3 Ashford: asks at 95 and still waits at the end.
    4 Dover: nothing is open to them at 50.
    5 Ashford: asked before the window, at 5, home at 15.
    6 Dover: in a bed from 97 on.
    7 Dover: ward at 30, then rehabilitation in Ashford, 1/32 of a day away, from 40.03125 to 70.03125.
    """
    stages = WARD_AND_REHABILITATION["stages"]
    counting = {**stages, "rehabilitation": {**stages["rehabilitation"], "counts": "rehabilitated"}}
    index = {"per_admission": 0.5, "stages": counting}
    service = towns(index=index, mimic={**WARD, "per_admission": 0.5, "is_index": False}).with_units(beds=[2, 2, 1, 0])
    stays = [
        (ASHFORD, 10, 10, 10, 20, 23),
        (ASHFORD_REHAB, 20, 23, 23, 53, 53),
        (DOVER, 12, 14, 14, 24, 24),
        (DOVER, 15, NAN, NAN, NAN, NAN),
        (ASHFORD, 95, NAN, NAN, NAN, NAN),
        (-1, NAN, NAN, NAN, NAN, NAN),
        (ASHFORD, 5, 5, 5, 15, 15),
        (DOVER, 97, 97, 97, NAN, NAN),
        (DOVER, 30, 30, 30, 40, 40),
        (ASHFORD_REHAB, 40, 40, 40.03125, 70.03125, 70.03125),
    ]
    endings = [
        (DISCHARGED, 53),
        (DISCHARGED, 24),
        (GAVE_UP, 16),
        (IN_SYSTEM, NAN),
        (UNPLACED, 50),
        (DISCHARGED, 15),
        (IN_SYSTEM, NAN),
    ]
    endings.append((DISCHARGED, 70.03125))
    patients = [
        (10, 0, 0.0),
        (12, 1, 0.1),
        (15, 1, 0.9),
        (95, 0, 0.2),
        (50, 1, 0.3),
        (5, 0, 0.0),
        (97, 1, 0.4),
        (30, 1, 0.0),
    ]
    return records(service, patients, trace(stays, endings), next_ward=[0.1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.1])


@pytest.fixture(scope="module")
def found(eight):
    return by(eight)


def test_admissions_are_index_patients_by_the_unit_they_asked_first(found):
    # Ashford: 0 and 3. Dover: 1, 6 and 7. Not the mimic, not whoever asked before the window, not the unplaced.
    assert found["index_admissions_per_year", "unit"] == pytest.approx(
        dict(zip(UNITS, [2 / YEARS, 0, 3 / YEARS, 0], strict=True))
    )
    assert found["index_admissions_per_year", "all"] == {"": pytest.approx(5 / YEARS)}
    assert found["index_admissions_per_year", "icb"] == {"Two Towns": pytest.approx(5 / YEARS)}


def test_stays_begin_when_a_bed_is_given(found):
    # Ashford 0; its rehabilitation ward 0 and 7; Dover 1, 6 and 7.
    assert found["stays_per_year", "unit"] == pytest.approx(
        dict(zip(UNITS, [1 / YEARS, 2 / YEARS, 3 / YEARS, 0], strict=True))
    )


def test_what_a_stage_counts_as_is_counted_where_the_bed_is(found):
    assert found["rehabilitated_per_year", "unit"] == pytest.approx(dict(zip(UNITS, [0, 2 / YEARS, 0, 0], strict=True)))
    assert found["rehabilitated_per_year", "all"] == {"": pytest.approx(2 / YEARS)}


def test_waits_are_from_the_request_to_the_bed_and_count_those_who_never_had_one(found):
    # Hours: 0 and 72 (patient 0), 48 (1), 24 until they gave up (2), 120 until the run ended (3), 0 (6), 0 and 0 (7).
    assert found["wait_hours_mean", "all"] == {"": 264 / 8}
    assert found["wait_hours_p95", "all"] == {"": 120}
    assert found["wait_share_delayed", "all"] == {"": 4 / 8}
    assert found["wait_hours_mean", "kind"] == pytest.approx(
        {"acute": 192 / 6, "rehabilitation": 36, "hyperacute": NAN, "comprehensive": NAN}, nan_ok=True
    )
    assert found["wait_hours_mean", "group"] == pytest.approx({"index": 240 / 7, "mimic": 24})
    assert found["wait_hours_mean", "unit"] == pytest.approx(
        dict(zip(UNITS, [60, 36, 72 / 4, NAN], strict=True)), nan_ok=True
    )
    assert found["wait_share_delayed", "unit"] == pytest.approx(
        dict(zip(UNITS, [0.5, 0.5, 0.5, NAN], strict=True)), nan_ok=True
    )
    assert found["wait_hours_p95", "unit"] == pytest.approx(
        dict(zip(UNITS, [120, 72, 48, NAN], strict=True)), nan_ok=True
    )


def test_whoever_waits_when_the_window_ends_is_counted(found):
    assert found["waiting_at_end", "all"] == {"": 1}


def test_beds_are_held_from_given_to_left_clipped_to_the_window(found):
    # Ashford: 13 days of patient 0 and 7 of 5. Its rehabilitation ward: 30 and 30.03125. Dover: 10, 10 and 1.
    days = [20, 60.03125, 21, 0]
    assert found["occupied_beds_mean", "unit"] == pytest.approx(dict(zip(UNITS, [d / 90 for d in days], strict=True)))
    assert found["occupied_beds_mean", "all"] == {"": pytest.approx(sum(days) / 90)}
    # Two beds at once: Ashford from 10 to 15, rehabilitation from 40 to 53.
    assert found["occupied_beds_p95", "unit"] == dict(zip(UNITS, [2, 2, 1, 0], strict=True))
    full = [5 / 90, 13 / 90, 21 / 90, NAN]
    assert found["time_full_share", "unit"] == pytest.approx(dict(zip(UNITS, full, strict=True)), nan_ok=True)


def test_a_bed_held_for_somebody_on_the_way_is_given_apart(found):
    assert found["beds_held_on_the_way_mean", "unit"] == pytest.approx(
        dict(zip(UNITS, [0, 0.03125 / 90, 0, 0], strict=True))
    )


def test_a_delayed_transfer_is_from_ready_to_left_by_unit_and_by_what_is_waited_for(found):
    assert found["delayed_transfer_bed_days_per_year", "unit"] == pytest.approx(
        dict(zip(UNITS, [3 / YEARS, 0, 0, 0], strict=True))
    )
    assert found["delayed_transfer_bed_days_per_year", "all"] == {"": pytest.approx(3 / YEARS)}
    to = found["delayed_transfer_bed_days_per_year", "destination"]
    assert to == pytest.approx({**dict.fromkeys(to, 0), "rehabilitation": 3 / YEARS})


def test_a_transfer_is_a_journey_from_one_site_to_another(found):
    assert found["transfers_per_year", "all"] == {"": pytest.approx(1 / YEARS)}


def test_the_lost_and_the_unplaced_are_counted_apart(found):
    assert found["lost_per_year", "all"] == {"": pytest.approx(1 / YEARS)}
    assert found["unplaced_per_year", "all"] == {"": pytest.approx(1 / YEARS)}


def test_the_months_of_the_window_add_up_to_the_whole(found):
    assert sum(found["index_admissions", "month"].values()) == 5
    assert sum(found["delayed_transfer_bed_days", "month"].values()) == pytest.approx(3)


def test_months_are_told_apart_though_the_window_begins_within_a_day(eight):
    window = Window(8.5, 97.25)
    months = by(eight, window)
    assert sum(months["index_admissions", "month"].values()) == 5
    assert sum(months["delayed_transfer_bed_days", "month"].values()) == pytest.approx(3)


def test_whoever_goes_on_in_the_same_bed_asks_for_nothing_and_begins_no_stay():
    pathway = {"a": {"kind": "acute", "stay": 5, "next": {"b": 1}}, "b": {"kind": "hyperacute", "stay": 5}}
    service = towns(all={"per_admission": 1, "stages": pathway})
    made = trace([(DOVER, 20, 20, 20, 25, 25), (DOVER, 25, 25, 25, 30, 30)], [(DISCHARGED, 30)])
    found = by(records(service, [(20, 1, 0.0)], made))
    assert found["stays_per_year", "unit"]["Dover"] == pytest.approx(1 / YEARS)
    assert found["wait_share_delayed", "kind"] == pytest.approx(
        {"acute": 0, "hyperacute": NAN, "comprehensive": NAN, "rehabilitation": NAN}, nan_ok=True
    )
    assert found["delayed_transfer_bed_days_per_year", "all"] == {"": 0}
    assert found["occupied_beds_mean", "unit"]["Dover"] == pytest.approx(10 / 90)


def test_a_bed_kept_before_going_home_is_a_delay_of_leaving():
    service = towns(all={"per_admission": 1, "stages": {"ward": {"kind": "acute", "stay": 5, "leaving": 2}}})
    found = by(records(service, [(20, 1, 0.0)], trace([(DOVER, 20, 20, 20, 25, 27)], [(DISCHARGED, 27)])))
    assert found["delayed_transfer_bed_days_per_year", "destination"]["leaving"] == pytest.approx(2 / YEARS)
    assert found["delayed_transfer_bed_days_per_year", "unit"]["Dover"] == pytest.approx(2 / YEARS)


EMERGENCY = {
    "per_admission": 1,
    "stages": {
        "door": {"kind": "acute", "beds": "unlimited", "stay": 0, "next": {"ward": 1}},
        "ward": {"kind": "acute", "stay": 10, "stay_from": "requested", "next": {"later": 0.5, "home": "rest"}},
        "later": {"kind": "rehabilitation", "stay": 10, "stay_from": "requested", "next": {"last": 1}},
        "last": {"kind": "rehabilitation", "stay": 5, "stay_from": "requested"},
    },
}


def test_days_of_a_stay_waited_outside_the_right_unit_are_outlying():
    # The first waits three days of the ten for the bed; the second finishes the ten without one.
    stays = [
        (DOVER, 20, 20, 20, 20, 20),
        (DOVER, 20, 23, 23, 30, 30),
        (DOVER, 40, 40, 40, 40, 40),
        (DOVER, 40, NAN, NAN, 50, 50),
    ]
    made = trace(stays, [(DISCHARGED, 30), (DISCHARGED, 50)])
    found = by(records(towns(all=EMERGENCY), [(20, 1, 0.0), (40, 1, 0.0)], made, next_ward=[0.9, 0.9]))
    assert found["outlying_bed_days_per_year", "unit"] == pytest.approx(
        dict(zip(UNITS, [0, 0, 13 / YEARS, 0], strict=True))
    )
    assert found["outlying_bed_days_per_year", "all"] == {"": pytest.approx(13 / YEARS)}
    assert found["occupied_beds_mean", "unit"]["Dover"] == pytest.approx(7 / 90)
    assert found["wait_hours_mean", "unit"]["Dover"] == pytest.approx((72 + 240) / 2)


def test_whoever_waits_in_another_bed_is_delayed_and_not_outlying_however_many_stays_they_finish_there():
    # In Dover's bed from 20, ready at 30. The next stay runs from 30 to 40 and the last from 40 to 45, both in that bed; the bed of the
    # last comes at 43.
    stays = [
        (DOVER, 20, 20, 20, 20, 20),
        (DOVER, 20, 20, 20, 30, 43),
        (ASHFORD_REHAB, 30, NAN, NAN, 40, 40),
        (ASHFORD_REHAB, 40, 43, 43, 45, 45),
    ]
    found = by(records(towns(all=EMERGENCY), [(20, 1, 0.0)], trace(stays, [(DISCHARGED, 45)]), next_ward=[0.1]))
    assert found["delayed_transfer_bed_days_per_year", "unit"]["Dover"] == pytest.approx(13 / YEARS)
    assert found["outlying_bed_days_per_year", "all"] == {"": 0}


def test_a_request_turned_away_is_lost_and_delayed():
    service = towns(all={"per_admission": 1, "stages": {"ward": {"kind": "acute", "stay": 5, "if_full": "lost"}}})
    made = trace([(DOVER, 20, 20, 20, 25, 25), (DOVER, 22, NAN, NAN, NAN, NAN)], [(DISCHARGED, 25), (LOST, 22)])
    found = by(records(service, [(20, 1, 0.0), (22, 1, 0.0)], made))
    assert found["lost_per_year", "all"] == {"": pytest.approx(1 / YEARS)}
    assert found["wait_share_delayed", "all"] == {"": 0.5}
    assert found["wait_hours_mean", "all"] == {"": 0}


def test_nobody_makes_no_figures_and_no_fault():
    empty = Trace(np.empty(0, np.int32), *(np.empty(0) for _ in range(5)), np.empty(0, np.int8), np.empty(0))
    service = towns(all=WARD)
    found = by(record(send(cohort(service, [], []), route(service, HORIZON)), empty))
    assert found["index_admissions_per_year", "all"] == {"": 0}
    assert np.isnan(found["wait_hours_mean", "all"][""])
    assert found["occupied_beds_mean", "all"] == {"": 0}


def test_every_measure_given_is_defined(eight):
    given = {each.measure for each in outcomes(eight, WINDOW) if each.by != "month"}
    assert given - {"rehabilitated_per_year"} <= set(MEASURES)


def test_the_tidy_form_names_what_a_value_is_by(eight):
    tidy = list(rows(outcomes(eight, WINDOW)))
    assert ("waiting_at_end", "all", 1.0) in tidy
    assert ("occupied_beds_p95", "unit=Ashford", 2.0) in tidy
