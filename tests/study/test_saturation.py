"""Units offered what their beds can hardly bear: named everywhere, and their waits are no number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scenarios import AddBeds, Baseline
from sim.service.service import Change
from sim.show.terminal import report
from sim.store.results import cell, notices, readme
from sim.study import tables
from sim.study.comparison import compare
from sim.study.load import load_service
from sim.study.option_row import option_row
from sim.study.question import ask
from sim.study.run import Run
from sim.study.saturation import saturated_units, saturation
from sim.sweep.answer import rows_of
from tests.elective import theatre
from tests.theory.build import group, stage
from tests.theory.build import service as theory
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
        "has; waits there that nothing ends grow without limit, and so does any mean"
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


# -- waits that something ends --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", [{"if_full": "lost"}, {"stay_from": "requested"}, {"gives_up_after": 30}])
def test_waits_that_a_stay_or_patience_ends_keep_their_number_at_a_saturated_unit(setting):
    """Ashford has 10 beds for a load of 16.4, and is named; but nobody there waits longer than their stay, or their patience."""
    wards = {"stages": {"ward": {**WARD["stages"]["ward"], **setting}}}
    few = towns(all={**WARD, **wards}).with_units(beds=np.array([10.0, 1.0, 30.0, 1.0]))
    short, long = (ask(few, Baseline(), replace(RUN, years=years)).experiment for years in (1, 4))
    assert np.flatnonzero(short.saturated("baseline")).tolist() == [ASHFORD]
    waits = [found.values("baseline", "wait_hours_mean", "unit")[1][:, ASHFORD].mean() for found in (short, long)]
    assert waits[1] == pytest.approx(waits[0], rel=0.2)  # and so they do not grow with the length of the run
    assert waits[1] <= 24 * 30


def test_only_those_wait_without_limit_whom_nothing_stops():
    """Of two groups in one ward, the stay of one runs on while it waits."""
    patient = {"per_admission": 0.5, "stages": {"ward": {**WARD["stages"]["ward"], "stay_from": "requested"}}}
    few = towns(waits={**WARD, "per_admission": 0.5}, runs=patient).with_units(beds=np.array([10.0, 1.0, 30.0, 1.0]))
    found = ask(few, Baseline(), RUN).experiment
    groups, seen = found.values("baseline", "wait_hours_mean", "group")
    assert dict(zip(groups, np.isinf(seen).all(axis=0).tolist())) == {"waits": True, "runs": False}


# -- slots ----------------------------------------------------------------------------------------------------------------

COMPLETED = ("completed_wait_weeks_median", "completed_wait_weeks_p92")


def raw(found, measure: str) -> float:
    """A measure over everything as it was taken, limit or none."""
    of = [each.value[0] for one in found.replications for each in one.baseline if (each.measure, each.by) == (measure, "all")]
    return float(np.mean(of))


def test_a_unit_of_which_more_slots_are_asked_than_come_is_saturated_and_its_beds_are_not():
    """One patient a day for four slots in five days, with beds enough."""
    scarce = theatre(7 * 0.8)
    short, long = (ask(scarce, Baseline(), replace(RUN, years=years)) for years in (1, 4))
    of = short.experiment.saturation("baseline")
    assert (of.beds.tolist(), {sort: at.tolist() for sort, at in of.slots.items()}) == ([False], {"theatre": [True]})
    for measure in COMPLETED:
        assert np.isinf(short.experiment.values("baseline", measure)[1]).all()
    assert np.isinf(short.experiment.values("baseline", COMPLETED[0], "group")[1]).all()
    assert raw(long.experiment, COMPLETED[1]) > 2 * raw(short.experiment, COMPLETED[1])  # and so it does grow
    assert not np.isinf(short.experiment.values("baseline", "waiting_list_at_end")[1]).any()


def test_a_unit_short_of_slots_is_named_wherever_a_saturated_one_is():
    found = ask(theatre(7 * 0.8), Baseline(), RUN)
    (unit,) = tables.units(found)
    assert (unit["saturated_baseline"], unit["saturated_for_baseline"]) == (True, "theatre slots")
    row = {each.key: each for each in option_row(found)}["units_saturated"]
    assert row.baseline == 1.0
    rests_on = "expected load, and slots lost for want of a bed as simulated"
    assert row.basis == f"{rests_on}; baseline: unit (theatre slots); option: unit (theatre slots)"
    said = (
        "Saturated in the baseline for want of theatre slots (those who wait on ask for at least 95 % of the slots that come and find a "
        "bed; lists and waits for slots there grow without limit, and so does any mean that has them in it): unit."
    )
    for text in (notices(found), readme(found, {"command": ""})):
        assert said in "".join(text)
    waits = [each for each in tables.summary(found) if each["measure"].startswith("completed waits")]
    assert [cell(each["baseline"]) for each in waits] == ["no limit", "no limit"]
    assert "no limit" in report(found, notices(found))


@pytest.mark.parametrize("a_day", [1.0, 1.04])
def test_slots_saturate_from_95_in_100_of_what_comes(a_day):
    at = [bool(saturated_units(theatre(7 * a_day * more), 0.0, 100.0).any()) for more in (1.0, 1.02)]
    assert at == [True, a_day < 1.03]


@pytest.mark.parametrize("setting", [{"if_full": "lost"}, {"stay_from": "requested"}, {"gives_up_after": 30}])
def test_a_list_that_patience_ends_is_bounded(setting):
    stages = {"operation": stage("theatre", 1.0, slot="theatre", **setting)}
    bounded = theatre(7 * 0.8, groups={"elective": {"waiting_list": "referral", "stages": stages}})
    assert not saturated_units(bounded, 0.0, 100.0).any()
    # Those who give up leave what is theirs to those who do not, who alone are too few to fill the slots.
    half = {"waiting_list": "referral", "per_admission": 0.5}
    both = {"goes": {**half, "stages": stages}, "stays": half}
    assert not saturated_units(theatre(7 * 0.8, groups=both), 0.0, 100.0).any()
    # But served first they take theirs; being turned away they never do.
    before = {"goes": {**both["goes"], "priority": 0}, "stays": half}
    assert saturated_units(theatre(7 * 0.8, groups=before), 0.0, 100.0).any() == (setting != {"if_full": "lost"})


def test_of_classes_of_urgency_it_is_the_last_served_that_grow():
    half = {"waiting_list": "referral", "per_admission": 0.5}
    groups = {"urgent": {**half, "priority": 1}, "routine": {**half, "priority": 2}}
    found = ask(theatre(7 * 0.8, groups=groups), Baseline(), RUN).experiment
    keys, seen = found.values("baseline", COMPLETED[0], "group")
    assert dict(zip(keys, np.isinf(seen).all(axis=0).tolist())) == {"urgent": False, "routine": True}
    assert np.isinf(found.values("baseline", COMPLETED[0])[1]).all()


def test_waits_for_beds_keep_their_numbers_where_slots_alone_are_short():
    """Half go to theatre from a list, half come to the same beds at once."""
    stages = {"stay": stage("theatre", 1.0)}
    groups = {"elective": {"waiting_list": "referral", "per_admission": 0.5}, "emergency": {"per_admission": 0.5, "stages": stages}}
    found = ask(theatre(7 * 0.4, groups=groups), Baseline(), RUN).experiment
    assert found.saturated("baseline").all()
    for by in ("all", "unit", "kind", "group"):
        assert not np.isinf(found.values("baseline", "wait_hours_mean", by)[1]).any()


def test_waits_for_slots_of_patients_on_no_list_are_waits_for_a_bed_and_grow():
    found = ask(theatre(7 * 0.8, groups={"all": {}}), Baseline(), RUN).experiment
    assert all(np.isinf(found.values("baseline", "wait_hours_mean", by)[1]).all() for by in ("all", "unit", "kind", "group"))


def test_beds_kept_by_those_who_wait_for_slots_fill_up():
    stages = {
        "ward": stage("ward", 1.0, next={"operation": 1.0}),
        "operation": stage("theatre", 1.0, slot="theatre"),
    }
    units = {"ward": ("ward", 20), "theatre": ("theatre", 20)}
    slots = tuple(replace(each, unit="theatre") for each in theatre(7 * 0.8).slots)
    made = replace(theory(units, {"all": group(1.0, stages)}), slots=slots)
    of = saturation(made, 0.0, 100.0)
    ids = made.units.id
    assert (ids[of.beds].tolist(), ids[of.slots["theatre"]].tolist()) == (["ward"], ["theatre"])


def test_slots_that_find_no_bed_are_not_counted_among_those_that_come():
    """Three slots in two days for six patients in five, in two beds; but a stay of a day and a half keeps a bed from every second noon."""
    blocked = theatre(7 * 1.5, beds=2, stay=1.5, groups={"elective": {"waiting_list": "referral", "per_admission": 1.2}})
    assert not saturated_units(blocked, 0.0, 365.0).any()
    short, long = (ask(blocked, Baseline(), replace(RUN, years=years)).experiment for years in (1, 4))
    of = short.saturation("baseline")
    assert (of.beds.any(), of.slots["theatre"].tolist()) == (False, [True])
    assert raw(long, COMPLETED[1]) > 2 * raw(short, COMPLETED[1])


def test_slots_that_end_inside_the_window_saturate_and_dated_ones_count():
    (weekly,) = theatre(8.0).slots
    ends = replace(theatre(8.0), slots=(replace(weekly, until=50.0), replace(weekly, since=50.0, a_week=5.0)))
    assert [bool(saturated_units(ends, start, start + 40).any()) for start in (0.0, 30.0, 60.0)] == [False, True, True]
    dated = theatre(5.0).with_changes(*(Change(float(day), "unit", "slots", 3, "theatre") for day in range(0, 98, 7)))
    assert not saturated_units(dated, 0.0, 98.0).any()
    assert saturated_units(theatre(5.0), 0.0, 98.0).all()


@pytest.mark.parametrize("name", ["stroke", "neurosurgery", "congenital_heart"])
def test_no_unit_of_a_shipped_service_is_asked_for_more_than_it_has(name):
    """Before anything is simulated: beds and slots that no table gives are sized with something to spare."""
    for region in ("england", "two_towns"):
        assert not saturated_units(load_service(name, region=region), 180.0, 545.0).any()


def test_only_routine_patients_wait_without_limit_for_hearts_with_a_fifth_fewer_slots():
    hearts = load_service("congenital_heart", region="england")
    fewer = replace(hearts, slots=tuple(replace(each, a_week=each.a_week * 0.8) for each in hearts.slots))
    of = saturation(fewer, 180.0, 545.0)
    assert (int(of.units.sum()), of.beds.any()) == (10, False)
    assert {wait[:3] for wait in of.waits} == {("list", "routine", "congenital_heart")}
